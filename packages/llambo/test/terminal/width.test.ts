import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  clusters,
  clusterWidth,
  definitions,
  hang,
  inColumns,
  pad,
  stripEscapes,
  table,
  textWidth,
  truncate,
  visible,
} from '../../src/terminal/index.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['日本語', 6],
  ['한국어', 6],
  ['\u1112\u1161\u11ab', 2],
  ['ﬁ', 1],
  ['🙂', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['👍🏽', 2],
  ['🇫🇷', 2],
  ['❤', 1],
  ['❤️', 2],
  ['1️⃣', 2],
  ['\u200b', 0],
  ['ｶﾞ', 2],
  ['Ａ', 2],
  ['नमस्ते', 4],
  ['\x1b[1mbold\x1b[0m', 4],
  ['\x1b]8;;http://x\x07link\x1b]8;;\x07', 4],
])('%j takes %d columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

test('what clusters tears apart is the text again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(clusters(text).join('')).toBe(text);
      for (const cluster of clusters(text)) expect([0, 1, 2]).toContain(clusterWidth(cluster));
    }),
  );
});

test('truncate and pad keep to the columns', () => {
  expect(truncate('hello world', 8)).toBe('hello w…');
  expect(truncate('日本語', 4)).toBe('日…');
  expect(pad('日本', 6)).toBe('日本  ');
  expect(pad('7', 3, 'right')).toBe('  7');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
      const bare = visible(stripEscapes(text)).replace(/[\n\t]/g, '');
      expect(textWidth(truncate(bare, columns))).toBeLessThanOrEqual(columns);
      expect(textWidth(pad(truncate(bare, columns), columns))).toBe(columns);
    }),
  );
});

test('nothing that is shown steers the terminal', () => {
  expect(visible('a\x1b[31mred\x07\n\tb\x7f')).toBe('a␛[31mred␇\n\tb␡');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    }),
  );
});

test('columns read downwards', () => {
  expect(inColumns(['a', 'b', 'c', 'dd', 'e'], 11)).toEqual(['a   c   e', 'b   dd']);
  expect(inColumns(['one', 'two', 'three'], 4)).toEqual(['one', 'two', 'thr…']);
  expect(inColumns(['1', '2', '3', '4', '5', '6'], 1, 3)).toEqual(['1', '2', '... 4 more']);
});

test('tables align cells', () => {
  expect(
    table(
      [
        ['NODE', 'LOAD'],
        ['worker-0001', '5'],
      ],
      { right: [1] },
    ),
  ).toBe('NODE         LOAD\nworker-0001     5');
});

test('definitions go on under themselves', () => {
  const rows = [
    ['ls', 'list directories'],
    ['status', 'print how it is'],
  ] as const;
  expect(definitions(rows)).toBe('  ls      list directories\n  status  print how it is\n');
  expect(definitions(rows, 19)).toBe(
    '  ls      list\n          directories\n  status  print how\n          it is\n',
  );
});

test('wide rows are broken at blanks, and go on under their last column', () => {
  expect(hang('  /save NAME  name it, or write it', 30)).toBe(
    '  /save NAME  name it, or\n              write it',
  );
  expect(hang('a sentence of words', 10)).toBe('a sentence\nof words');
  expect(hang('short\n日本語 日本語', 8)).toBe('short\n日本語\n日本語');
  expect(hang('unbreakable', 5)).toBe('unbreakable');
});
