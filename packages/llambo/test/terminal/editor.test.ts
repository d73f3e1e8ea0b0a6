import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Editor, type EditorOptions, History, type Line } from '../../src/terminal/index.ts';
import { Keyboard, Screen, tick } from './screen.ts';

interface Bench {
  readonly screen: Screen;
  readonly keys: Keyboard;
  readonly editor: Editor;
}

function bench(options: EditorOptions = {}, columns = 40, rows = 12): Bench {
  const screen = new Screen(columns, rows);
  const keys = new Keyboard();
  const editor = new Editor({ input: keys, output: screen, env: {}, ...options });
  return { screen, keys, editor };
}

/** What the line is after these keys and Enter. */
async function typed(text: string, options: EditorOptions = {}): Promise<Line> {
  const { keys, editor } = bench(options);
  const line = editor.read('> ');
  keys.type(text);
  editor.close();
  return line;
}

const LEFT = '\x1b[D';
const UP = '\x1b[A';
const DOWN = '\x1b[B';

test.each([
  ['hello\r', 'hello'],
  ['helo\x02l\r', 'hello'],
  [`ab${LEFT}${LEFT}x\r`, 'xab'],
  ['abc\x01x\x05y\r', 'xabcy'],
  ['one two\x17three\r', 'one three'],
  ['one two\x1b\x7f\x19\r', 'one two'],
  ['one two\x01\x1bd\r', ' two'],
  ['one two\x15\x19\x19\r', 'one twoone two'],
  ['ab\x14\r', 'ba'],
  ['日本語\x7f\r', '日本'],
  ['👩‍👩‍👧‍👦x\x7f\x7f\r', ''],
  ['ab cd\x1b[1;5D\x1b[1;5DX\r', 'Xab cd'],
  ['abc\x1f\r', ''],
  ['one\x1bblonger\r', 'longerone'],
  ['one two\x01\x1bu\x1bc\r', 'ONE Two'],
  ['abc\x01\x04\r', 'bc'],
  ['\x1b[200~a\r\nb\x1b[201~\r', 'a\nb'],
  ['a\x1b\rb\r', 'a\nb'],
  ['aa\x1b\rbb\x1b[A\x7fX\r', 'aX\nbb'],
])('keys %j give %j', async (keys, text) => {
  expect(await typed(keys)).toEqual({ kind: 'line', text });
});

test('Ctrl-C drops the line, Ctrl-D on an empty one ends', async () => {
  expect(await typed('abc\x03')).toEqual({ kind: 'interrupt' });
  expect(await typed('\x04')).toEqual({ kind: 'end' });
});

test('shows prompt and text, with the cursor where it is', async () => {
  const { screen, keys, editor } = bench({}, 12);
  const line = editor.read('> ');
  keys.type('hello wide 日本語!');
  expect(screen.text).toBe('> hello wide\n 日本語!');
  expect(screen.cursor).toEqual({ row: 1, column: 8 });
  keys.type('\x01');
  expect(screen.cursor).toEqual({ row: 0, column: 2 });
  keys.type('X');
  expect(screen.text).toBe('> Xhello wid\ne 日本語!');
  keys.type('\r');
  expect(await line).toEqual({ kind: 'line', text: 'Xhello wide 日本語!' });
  expect(screen.cursor).toEqual({ row: 2, column: 0 });
  editor.close();
  expect(keys.raw).toBe(false);
});

test('a full row puts the cursor on the next', () => {
  const { screen, keys, editor } = bench({}, 10);
  void editor.read('> ');
  keys.type('12345678');
  expect(screen.cursor).toEqual({ row: 1, column: 0 });
  keys.type('9');
  expect(screen.text).toBe('> 12345678\n9');
  keys.type('\x7f\x7f');
  expect(screen.text).toBe('> 1234567');
  editor.close();
});

test('typed keys write little', () => {
  const { screen, keys, editor } = bench();
  void editor.read('> ');
  const before = screen.raw.length;
  keys.type('a');
  expect(screen.raw.length - before).toBeLessThan(20);
  editor.close();
});

test('history goes up and down and keeps what was written', async () => {
  const history = new History(['first', 'second']);
  const { screen, keys, editor } = bench({ history });
  const line = editor.read('> ');
  keys.type(`new${UP}`);
  expect(screen.text).toBe('> second');
  keys.type(`${UP}${UP}`);
  expect(screen.text).toBe('> first');
  keys.type(`${DOWN}${DOWN}${DOWN}`);
  expect(screen.text).toBe('> new');
  keys.type(`${UP}!\r`);
  expect(await line).toEqual({ kind: 'line', text: 'second!' });
  expect(history.entries).toEqual(['first', 'second', 'second!']);
  editor.close();
});

test('reverse search finds, goes on, and gives up', async () => {
  const history = new History(['spawn tiny 5', 'status', 'spawn large 1', 'nodes']);
  const { screen, keys, editor } = bench({ history });
  const line = editor.read('> ');
  keys.type('\x12spa');
  expect(screen.text).toBe("(reverse-i-search)`spa': spawn large 1");
  keys.type('\x12');
  expect(screen.text).toContain('spawn tiny 5');
  keys.type('\x12');
  expect(screen.text).toContain('failed reverse-i-search');
  keys.type('\x07');
  expect(screen.text).toBe('>');
  keys.type('\x12tiny\x05 x\r');
  expect(await line).toEqual({ kind: 'line', text: 'spawn tiny 5 x' });
  editor.close();
});

test('completion: the only candidate, the common part, the list', async () => {
  const names = ['worker-0001', 'worker-0002', 'status'];
  const complete: EditorOptions['complete'] = (text, cursor) => {
    const start = text.lastIndexOf(' ', cursor - 1) + 1;
    const part = text.slice(start, cursor);
    return {
      start,
      candidates: names.filter((name) => name.startsWith(part)).map((name) => ({ text: name })),
    };
  };
  const { screen, keys, editor } = bench({ complete });
  const line = editor.read('> ');
  keys.type('st\t');
  await tick();
  expect(screen.text).toBe('> status');
  keys.type('w\t');
  await tick();
  expect(screen.text).toBe('> status worker-000');
  keys.type('\t');
  await tick();
  expect(screen.text).toBe('> status worker-000\nworker-0001  worker-0002');
  expect(screen.cursor).toEqual({ row: 0, column: 19 });
  keys.type('2');
  expect(screen.text).toBe('> status worker-0002');
  keys.type('\r');
  expect(await line).toEqual({ kind: 'line', text: 'status worker-0002' });
  editor.close();
});

test('keys wait while a completion is looked up; Ctrl-C gives it up', async () => {
  let found: (() => void) | undefined;
  const complete: EditorOptions['complete'] = async (_text, _cursor, signal) => {
    await new Promise<void>((resolve) => {
      found = resolve;
      signal.addEventListener('abort', () => resolve());
    });
    return { start: 0, candidates: [{ text: 'status' }] };
  };
  const { keys, editor, screen } = bench({ complete });
  const line = editor.read('> ');
  keys.type('st\tnow');
  expect(screen.text).toBe('> st');
  found?.();
  await tick();
  expect(screen.text).toBe('> status now');
  keys.type('\t\x03');
  await tick();
  keys.type('!\r');
  expect(await line).toEqual({ kind: 'line', text: 'status now!' });
  editor.close();
});

test('text that is not complete goes on in another line', async () => {
  const { screen, keys, editor } = bench({ incomplete: (text) => text.split("'").length % 2 === 0 });
  const line = editor.read('> ');
  keys.type("echo 'a\rb'\r");
  expect(await line).toEqual({ kind: 'line', text: "echo 'a\nb'" });
  expect(screen.text).toBe("> echo 'a\n... b'");
  editor.close();
});

test('what is printed comes above the line', () => {
  const { screen, keys, editor } = bench();
  void editor.read('> ');
  keys.type('half');
  editor.print('12:34:56 spawned 5 tiny nodes');
  expect(screen.text).toBe('12:34:56 spawned 5 tiny nodes\n> half');
  expect(screen.cursor).toEqual({ row: 1, column: 6 });
  editor.close();
});

test('keys typed while no line is read wait; Ctrl-C is told at once', async () => {
  let interrupts = 0;
  const { keys, editor } = bench({ interrupt: () => interrupts++ });
  editor.open();
  keys.type('lost\x03kept\r');
  expect(interrupts).toBe(1);
  expect(await editor.read('> ')).toEqual({ kind: 'line', text: 'kept' });
  editor.close();
});

test('a resize draws the line again', () => {
  const { screen, keys, editor } = bench({}, 30);
  screen.write('above\r\n');
  void editor.read('> ');
  keys.type('the quick brown fox jumps over the lazy dog');
  for (const width of [20, 50, 12, 30, 7]) {
    screen.resize(width);
    expect(screen.all.replace(/\s/g, '')).toBe('above>thequickbrownfoxjumpsoverthelazydog');
    expect(screen.all.split('\n')[0]).toBe('above');
  }
  editor.close();
});

test('a text taller than the screen shows the part around the cursor', () => {
  const { screen, keys, editor } = bench({}, 20, 5);
  void editor.read('> ');
  keys.type(`\x1b[200~${[1, 2, 3, 4, 5, 6, 7].join('\n')}\x1b[201~`);
  expect(screen.text).toBe('... 4\n... 5\n... 6\n... 7');
  keys.type(UP.repeat(6));
  expect(screen.text).toContain('> 1');
  editor.close();
});

test('without a terminal lines come as they are, and no escape codes go out', async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  let written = '';
  output.on('data', (bytes) => (written += bytes));
  const editor = new Editor({ input, output, incomplete: (text) => text.endsWith('\\') });
  input.end('one\ntwo \\\nthree\nlast');
  const lines: Line[] = [];
  for (;;) {
    const line = await editor.read('> ');
    lines.push(line);
    if (line.kind !== 'line') break;
  }
  expect(lines.map((line) => (line.kind === 'line' ? line.text : line.kind))).toEqual([
    'one',
    'two \\\nthree',
    'last',
    'end',
  ]);
  expect(written).toBe('');
});

test('a dumb terminal gets prompts and no escape codes', async () => {
  const screen = new Screen();
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const editor = new Editor({ input, output: screen, env: { TERM: 'dumb' } });
  const line = editor.read('> ');
  input.write('hello\n');
  expect(await line).toEqual({ kind: 'line', text: 'hello' });
  expect(screen.raw).toBe('> ');
  editor.close();
});

test('whatever is typed, screen and text agree', () => {
  const key = fc.constantFrom(
    'a',
    'b c',
    '日',
    '👍🏽',
    '\x1b[200~x\ny\x1b[201~',
    LEFT,
    '\x1b[C',
    UP,
    DOWN,
    '\x7f',
    '\x04',
    '\x01',
    '\x05',
    '\x0b',
    '\x15',
    '\x17',
    '\x19',
    '\x1by',
    '\x14',
    '\x1f',
    '\x1bd',
    '\x1b\r',
    '\x1bb',
    '\x1bf',
    '\x0c',
    '\x12b',
    '\x07',
    '\t',
    '\x1b_',
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 6, max: 30 }), (keys, columns) => {
      const {
        screen,
        keys: keyboard,
        editor,
      } = bench({ history: new History(['abc', 'b\nb']) }, columns, 60);
      void editor.read('> ');
      for (const k of keys) if (!(k === '\x04' && editor.buffer.text === '')) keyboard.type(k);
      keyboard.type('\x07');
      const { rows, cursor } = editor.layout();
      expect(screen.text).toBe(
        rows
          .map((row) => row.trimEnd())
          .join('\n')
          .trimEnd(),
      );
      expect(screen.cursor).toEqual(cursor);
      editor.close();
    }),
    { numRuns: 80 },
  );
});
