import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MarkdownStream, renderMarkdown, textWidth } from '../../src/terminal/index.ts';
import { Screen } from './screen.ts';

const plain = (text: string, columns = 40): string => renderMarkdown(text, { columns, colours: false });
const coloured = (text: string): string =>
  renderMarkdown(text, { columns: 60, colours: true })
    .replace(/\x1b\[(\d+)m/g, (_, code: string) => `<${code}>`)
    .trimEnd();

test.each([
  ['one\ntwo', 'one two\n'],
  ['one\n\ntwo', 'one\n\ntwo\n'],
  ['one  \ntwo\\\nthree', 'one\ntwo\nthree\n'],
  ['# Title\ntext', '# Title\n\ntext\n'],
  ['Title\n===\n\nSub\n---', '# Title\n\n## Sub\n'],
  ['- a\n- b\n  - c\n- d', ' • a\n • b\n    ◦ c\n • d\n'],
  ['* a\n\n* b', ' • a\n\n • b\n'],
  ['1. a\n2. b', ' 1. a\n 2. b\n'],
  ['9. a\n10. b', '  9. a\n 10. b\n'],
  ['- [ ] open\n- [x] done', ' ☐ open\n ☑ done\n'],
  ['- a\n\n  more\n- b', ' • a\n\n   more\n\n • b\n'],
  ['1. a\n   ```js\n   x\n   ```\n2. b', ' 1. a\n      x\n 2. b\n'],
  ['- a\nlazy', ' • a lazy\n'],
  ['> quoted\n> text\n\nafter', '│ quoted text\n\nafter\n'],
  ['> - a\n> - b', '│  • a\n│  • b\n'],
  ['```\na  b\n\n  c\n```\nafter', '  a  b\n\n    c\n\nafter\n'],
  ['~~~py\nx = 1\n~~~', '  x = 1\n'],
  ['```\nopen', '  open\n'],
  ['---', `${'─'.repeat(40)}\n`],
  ['a*b*c **d** `e` ~~f~~', 'abc d `e` f\n'],
  ['snake_case_name and 2*3*4', 'snake_case_name and 234\n'],
  ['a * b * c', 'a * b * c\n'],
  ['**open', '**open\n'],
  ['\\*no\\*', '*no*\n'],
  ['[text](http://x.y) <http://z>', 'text (http://x.y) http://z\n'],
  ['![alt](pic.png)', 'alt\n'],
  ['a &amp; b &lt;c&gt; &#65; &nope;', 'a & b <c> A &nope;\n'],
  ['``a`b``', '`a`b`\n'],
  [
    '| a | b |\n|---|--:|\n| one | 1 |\n| `x|y` | 22 |',
    'a     │   b\n──────┼────\none   │   1\n`x|y` │  22\n',
  ],
  ['a | b\n--|--\n1 | 2\n\nafter', 'a   │ b\n────┼────\n1   │ 2\n\nafter\n'],
  ['no | table', 'no | table\n'],
  ['text\x1b[2Jmore', 'text␛[2Jmore\n'],
])('%j', (text, rows) => {
  expect(plain(text)).toBe(rows);
});

test('styles begin and end in each row', () => {
  expect(coloured('**b** *i* `c` ~~s~~')).toBe('<1>b<22> <3>i<23> <36>c<39> <9>s<29>');
  expect(coloured('***both***')).toBe('<1><3>both<23><22>');
  expect(coloured('**bold *both***')).toBe('<1>bold<22> <1><3>both<23><22>'.replace('<22> <1>', ' <22><1>'));
  expect(coloured('# H')).toBe('<1><4>H<24><22>');
  expect(coloured('```js\nconst x = 1; // n\n```')).toBe('  <35>const<39> x = <33>1<39>; <2>// n<22>');
});

test('rows wrap at blanks, wide characters anywhere, long words where they must', () => {
  expect(plain('the quick brown fox', 11)).toBe('the quick\nbrown fox\n');
  expect(plain('日本語の文章は空白がない。', 12)).toBe('日本語の文章\nは空白がな\nい。\n');
  expect(plain('supercalifragilistic', 10)).toBe('supercalif\nragilistic\n');
  expect(plain('- item that wraps', 12)).toBe(' • item that\n   wraps\n');
});

test('a wide table is made to fit', () => {
  const rows = plain('| name | what it is |\n|--|--|\n| node | a sandboxed virtual machine with files |', 30);
  for (const row of rows.split('\n')) expect(textWidth(row)).toBeLessThanOrEqual(30);
  expect(rows).toContain('sandboxed');
});

const SAMPLE = `# Plan

Some *text* with \`code\`, and a
second line.

- one
- two
  1. deep
  2. deeper

\`\`\`ts
const a = "b";

if (a) return;
\`\`\`

| a | b |
|---|---|
| 1 | 2 |
| long cell | 3 |

> quote **bold**

End.
`;

describe('a stream', () => {
  const show = (pieces: readonly string[], columns = 40, rows = 100): Screen => {
    const screen = new Screen(columns, rows);
    const stream = new MarkdownStream({ output: screen, env: {} });
    for (const piece of pieces) stream.push(piece);
    stream.end();
    return screen;
  };

  test('shows the same however it is cut', () => {
    expect(show([SAMPLE]).text).toContain(' • one');
    const piece = fc.constantFrom(
      'word ',
      'two words\n',
      '**bold** ',
      '\n',
      '\n\n',
      '# head\n',
      '- item\n',
      '  - sub\n',
      '1. one\n',
      '> quote\n',
      '```js\ncode\n```\n',
      '| a | b |\n|---|---|\n| 1 | 2 |\n',
      '---\n',
      '    indented\n',
      '日本語',
    );
    const texts = fc.oneof(
      { weight: 1, arbitrary: fc.constant(SAMPLE) },
      { weight: 9, arbitrary: fc.array(piece, { maxLength: 14 }).map((parts) => parts.join('')) },
    );
    fc.assert(
      fc.property(texts, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (text, sizes) => {
        const pieces: string[] = [];
        for (let at = 0; at < text.length; ) {
          const size = sizes.next().value as number;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(show(pieces, 40, 400).all).toBe(show([text], 40, 400).all);
      }),
      { numRuns: 60 },
    );
  });

  test('draws only the last block again', () => {
    const screen = new Screen(40, 30);
    const stream = new MarkdownStream({ output: screen, env: {} });
    stream.push('A paragraph that is complete.\n\nAnd the next ');
    const before = screen.raw.length;
    stream.push('one');
    const written = screen.raw.slice(before);
    expect(written).not.toContain('paragraph');
    expect(written.length).toBeLessThan(40);
  });

  test('goes on when an answer is taller than the screen', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
    const screen = show(['```\n', ...lines.map((line) => `${line}\n`), '```\n\nafter'], 40, 10);
    expect(screen.all).toBe(`${lines.map((line) => `  ${line}`).join('\n')}\n\nafter`);
  });

  test('leaves the cursor on a new line', () => {
    expect(show(['text']).cursor).toEqual({ row: 1, column: 0 });
    expect(show(['text\n\n']).cursor).toEqual({ row: 1, column: 0 });
    expect(show([]).cursor).toEqual({ row: 0, column: 0 });
  });

  test('writes the text as it is into a pipe', () => {
    let out = '';
    const stream = new MarkdownStream({ output: { write: (text) => (out += text) } });
    stream.push('# T\n\x1b[1m**b**');
    stream.end();
    expect(out).toBe('# T\n\x1b[1m**b**\n');
  });

  test('has no colours with NO_COLOR', () => {
    const screen = new Screen();
    const stream = new MarkdownStream({ output: screen, env: { NO_COLOR: '1' } });
    stream.push('**bold** `code`');
    stream.end();
    expect(screen.raw).not.toMatch(/\x1b\[[0-9;]*m/);
    expect(screen.text).toBe('bold `code`');
  });
});

test('any text is rendered, in rows that fit', () => {
  const piece = fc.constantFrom(
    'word ',
    '*',
    '**',
    '_',
    '`',
    '```',
    '\n',
    '\n\n',
    '# ',
    '- ',
    '1. ',
    '> ',
    '|',
    '|-|-|\n',
    '    ',
    '[',
    '](',
    ')',
    '\\',
    '日',
    '&amp;',
    '~~',
    '---\n',
    '<',
    '![',
    '- [x] ',
    '\t',
    '🙂',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 10, max: 60 }), (pieces, columns) => {
      const deep = 3 * 16 + 10;
      for (const row of renderMarkdown(pieces.join(''), { columns, colours: false }).split('\n')) {
        expect(textWidth(row)).toBeLessThanOrEqual(Math.max(columns, deep) + 30);
      }
    }),
    { numRuns: 300 },
  );
});

test('hostile text takes no long time', () => {
  for (const text of [
    '*a '.repeat(5000),
    '['.repeat(5000),
    '`'.repeat(5000),
    '> '.repeat(2000),
    '- '.repeat(2000),
    '|'.repeat(5000),
    '_a*'.repeat(4000),
  ]) {
    plain(text);
  }
});
