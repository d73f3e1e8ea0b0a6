import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { History, historyFile } from '../../src/terminal/index.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('leaves out what is empty, begins with a blank, or is the same again', () => {
  const history = new History();
  for (const entry of ['a', 'a', '', '  ', ' secret', 'b', 'a']) history.add(entry);
  expect(history.entries).toEqual(['a', 'b', 'a']);
});

test('keeps the newest', () => {
  const history = new History(['1', '2', '3'], undefined, 2);
  history.add('4');
  expect(history.entries).toEqual(['3', '4']);
});

test('two sessions at once lose nothing', () => {
  const path = join(folder, 'two');
  const a = historyFile(path);
  const b = historyFile(path);
  a.add('one');
  b.add('two\nlines');
  a.add('back\\slash');
  expect(historyFile(path).entries).toEqual(['one', 'two\nlines', 'back\\slash']);
});

test('a line that was cut short costs nothing but itself', () => {
  const path = join(folder, 'cut');
  historyFile(path).add('whole');
  appendFileSync(path, 'half a li');
  historyFile(path).add('next');
  expect(historyFile(path).entries).toEqual(['whole', 'half a li', 'next']);
  expect(readFileSync(path, 'utf8')).toBe('whole\nhalf a li\nnext\n');
});

test('any text is read back as it was', () => {
  let n = 0;
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      fc.pre(!/^\s/.test(text) && text.trim() !== '');
      const path = join(folder, String(n++));
      historyFile(path).add(text);
      expect(historyFile(path).entries).toEqual([text]);
    }),
    { numRuns: 50 },
  );
});

test('a file that cannot be written does not matter', () => {
  historyFile(join(folder, 'no', 'such', 'folder')).add('x');
});
