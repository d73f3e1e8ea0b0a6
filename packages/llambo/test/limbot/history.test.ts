import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Conversation } from '../../src/limbot/conversation.ts';
import { toJson, toMarkdown } from '../../src/limbot/export.ts';
import { History } from '../../src/limbot/history.ts';
import { formatEntry, parseEntry, parseHistory } from '../../src/limbot/history-format.ts';

let folder: string;
let history: History;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llambo-history-'));
  history = new History(join(folder, 'limbot-history.txt'));
});
afterEach(() => {
  history.close();
  rmSync(folder, { recursive: true, force: true });
});

function talk(question: string, answer: string, conversation = new Conversation(history)): Conversation {
  conversation.say(question);
  const writer = conversation.begin();
  writer.push(answer);
  writer.end({ reason: 'stop', node: 'worker-0001', model: 'm' });
  return conversation;
}

const said = (id: string): string[] => history.session(id).turns.map(({ text }) => text);

describe('limbot-history.txt', () => {
  test('is lines of time, session, turn, kind and text', () => {
    const { id } = talk('What is AI?', 'One line.\n\nAnother.');
    const lines = readFileSync(history.path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace(/^\S+ \S+ /, ''));
    expect(lines).toEqual([
      '1 user What is AI?',
      '1 end',
      '2 assistant One line.',
      '2 assistant',
      '2 assistant Another.',
      '2 end reason=stop node=worker-0001 model=m',
    ]);
    expect(said(id)).toEqual(['What is AI?', 'One line.\n\nAnother.']);
  });

  test('keeps any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (question, answer) => {
        const { id } = talk(question, answer);
        const read = said(id);
        // Half a surrogate pair is no text; UTF-8 cannot hold it.
        const whole = (text: string): string => Buffer.from(text).toString();
        expect(read).toEqual([whole(question), whole(answer)]);
      }),
      { numRuns: 60 },
    );
  });

  test('a line is read as it was written', () => {
    const entry = { at: 1_700_000_000_123, session: 'abcd', turn: 3, kind: 'user', text: ' x  ' } as const;
    expect(parseEntry(formatEntry(entry))).toEqual(entry);
  });

  test('any bytes are read without harm', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseHistory(text)));
    appendFileSync(history.path, Buffer.from([0xff, 0xfe, 10, 0, 10]));
    const { id } = talk('q', 'a');
    expect(said(id)).toEqual(['q', 'a']);
  });

  test('a line that a dying writer left unfinished takes no other with it', () => {
    const { id } = talk('before', 'a');
    appendFileSync(history.path, '2026-01-01T00:00:00.000Z dead1 1 user half a que');
    const other = talk('after', 'b');
    expect(said(id)).toEqual(['before', 'a']);
    expect(said(other.id)).toEqual(['after', 'b']);
    expect(said('dead1')).toEqual(['half a que']);
  });

  test('undo, retry and names count after reading', () => {
    const conversation = talk('one', 'first');
    talk('two', 'second', conversation);
    conversation.undo();
    talk('three', 'third', conversation);
    conversation.undoAnswer();
    const writer = conversation.begin();
    writer.push('third again');
    writer.end({ reason: 'stop' });
    conversation.rename('counting');
    expect(said('counting')).toEqual(['one', 'first', 'three', 'third again']);
    // Going on with it numbers turns after all that there were.
    const again = new Conversation(history, history.session('counting'));
    talk('four', 'fourth', again);
    expect(said('counting')).toEqual(['one', 'first', 'three', 'third again', 'four', 'fourth']);
  });

  test('an answer that was cut short is there as far as it came', () => {
    const conversation = new Conversation(history);
    conversation.say('tell me');
    conversation.begin().push('first line\nsecond line\nhalf');
    const [, answer] = history.session(conversation.id).turns;
    expect(answer).toMatchObject({ text: 'first line\nsecond line', end: undefined });
  });

  test('a summary stands for turns until they are taken back', () => {
    const conversation = talk('one', 'first');
    conversation.summarise(2, 'they counted\nto one');
    expect(history.session(conversation.id).summary).toEqual({ through: 2, text: 'they counted\nto one' });
    expect(said(conversation.id)).toEqual(['one', 'first']);
  });

  test('sessions are found by id, its beginning, name and last; search finds all words in any case', () => {
    const first = talk('The quick brown fox', 'jumps');
    const second = talk('The lazy dog', 'sleeps');
    second.rename('dogs');
    expect(history.session('last').id).toBe(second.id);
    expect(history.session(first.id.slice(0, 6)).id).toBe(first.id);
    expect(history.session('dogs').id).toBe(second.id);
    expect(() => history.session('cats')).toThrow('there is no conversation cats');
    expect(history.search('BROWN quick').map(({ line }) => line)).toEqual(['The quick brown fox']);
    expect(history.search('brown dog')).toEqual([]);
  });

  test('exports', () => {
    const session = history.session(talk('Hello?', '**Hi.**').id);
    expect(toMarkdown(session)).toContain('## You\n\nHello?\n\n## Limbot (m, worker-0001)\n\n**Hi.**\n');
    expect(JSON.parse(toJson(session)).messages).toMatchObject([
      { role: 'user', content: 'Hello?' },
      { role: 'assistant', content: '**Hi.**', node: 'worker-0001' },
    ]);
  });
});

/** A process that talks until it is killed, and prints each turn's number when it is in the file. */
const WRITER = `
import { Conversation } from ${JSON.stringify(new URL('../../src/limbot/conversation.ts', import.meta.url).href)};
import { History } from ${JSON.stringify(new URL('../../src/limbot/history.ts', import.meta.url).href)};
const conversation = new Conversation(new History(process.argv[1]));
process.stdout.write(conversation.id + '\\n');
for (let i = 0; ; i++) {
  const text = i + ': ' + 'word '.repeat((i * 37) % 3000) + '\\nlast line of ' + i;
  conversation.say(text);
  process.stdout.write(i + '\\n');
  await new Promise(setImmediate);
}
`;

function writer(path: string): { child: ChildProcess; output: () => string } {
  const args = ['--conditions=llambo:source', '--import', 'tsx', '--input-type=module', '-e', WRITER, path];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  return { child, output: () => output };
}

test('several sessions at once, each killed in the middle, lose nothing that was written', async () => {
  const writers = Array.from({ length: 4 }, () => writer(history.path));
  const enough = (output: string): boolean => output.split('\n').length > 60;
  while (!writers.every(({ output }) => enough(output()))) await new Promise((r) => setTimeout(r, 20));
  await Promise.all(
    writers.map(({ child }) => {
      const gone = new Promise((resolve) => child.on('close', resolve));
      child.kill('SIGKILL');
      return gone;
    }),
  );
  const expected = (i: number): string => `${i}: ${'word '.repeat((i * 37) % 3000)}\nlast line of ${i}`;
  for (const { output } of writers) {
    const [id, ...acknowledged] = output().trimEnd().split('\n') as [string, ...string[]];
    const { turns } = history.session(id);
    expect(turns.length).toBeGreaterThanOrEqual(acknowledged.length);
    expect(turns.length).toBeLessThanOrEqual(acknowledged.length + 1);
    acknowledged.forEach((number, i) => {
      expect(Number(number)).toBe(i);
      expect(turns[i]?.text === expected(i)).toBe(true);
    });
  }
}, 60_000);
