import { posix } from 'node:path';
import { tokenize } from '@llambo/styx/fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanname } from '../src/index.ts';
import { addElement, elements, quoteIfNeeded } from '../src/path.ts';

describe('cleanname', () => {
  test.each([
    ['', '.'],
    ['/', '/'],
    ['.', '.'],
    ['//a//b/', '/a/b'],
    ['a/./b/../c', 'a/c'],
    ['/..', '/'],
    ['/../../x', '/x'],
    ['..', '..'],
    ['../../x', '../../x'],
    ['a/../..', '..'],
    ['#c', '#c'],
    ['#c/', '#c'],
    ['#c/a/../b', '#c/b'],
    ['#c/..', '#c'],
    ['#/', '#/'],
    ['#//a/..', '#//'],
  ])('%s is %s', (name, clean) => expect(cleanname(name)).toBe(clean));

  const segment = fc.constantFrom('a', 'bb', '.', '..', '', 'c');
  test('agrees with POSIX on names without a device', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(segment, { maxLength: 10 }), (rooted, segments) => {
        const name = (rooted ? '/' : '') + segments.join('/');
        const want = posix.normalize(name || '.').replace(/(.)\/$/, '$1');
        expect(cleanname(name)).toBe(want);
      }),
    );
  });

  test('is clean', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(cleanname(cleanname(name))).toBe(cleanname(name));
      }),
    );
  });

  test('elements put together are the clean name when none is dot-dot', () => {
    const plain = fc.array(fc.constantFrom('a', 'b', '.', ''), { maxLength: 8 });
    fc.assert(
      fc.property(plain, (segments) => {
        const name = `/${segments.join('/')}`;
        expect(elements(name).names.reduce(addElement, '/')).toBe(cleanname(name));
      }),
    );
  });
});

test('what is quoted is read back as one word', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/[\n\0]/.test(text));
      expect(tokenize(quoteIfNeeded(text))).toEqual([text]);
    }),
  );
});
