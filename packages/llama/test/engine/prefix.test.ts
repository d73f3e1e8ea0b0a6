import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PrefixIndex } from '../../src/engine/prefix.ts';

const commonPrefix = (a: readonly number[], b: readonly number[]): number => {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
};

describe('prefix index', () => {
  test.each([
    ['nothing known', [], [1, 2], 0, []],
    ['whole', [[1, 2, 3]], [1, 2, 3], 3, [0]],
    ['within an edge', [[1, 2, 3]], [1, 2, 9], 2, [0]],
    [
      'behind a branch',
      [
        [1, 2, 3],
        [1, 2, 4, 5],
      ],
      [1, 2, 4, 5, 6],
      4,
      [1],
    ],
    [
      'both hold the branch',
      [
        [1, 2, 3],
        [1, 2, 4],
      ],
      [1, 2, 7],
      2,
      [0, 1],
    ],
  ])('%s', (_name, held, wanted, length, holders) => {
    const index = new PrefixIndex();
    for (const [i, tokens] of held.entries()) index.set(i, 't', tokens);
    const match = index.match('t', wanted);
    expect([match.length, [...match.holders].sort()]).toEqual([length, holders]);
  });

  test('tenants see nothing of each other', () => {
    const index = new PrefixIndex();
    index.set(0, 'a', [1, 2, 3]);
    expect(index.match('b', [1, 2, 3])).toEqual({ length: 0, holders: [] });
  });

  test('agrees with a list of sequences under any history', () => {
    const tokens = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 8 });
    const step = fc.record({ id: fc.nat({ max: 5 }), tokens: fc.option(tokens) });
    fc.assert(
      fc.property(fc.array(step), tokens, (steps, wanted) => {
        const index = new PrefixIndex();
        const model = new Map<number, number[]>();
        for (const { id, tokens } of steps) {
          if (tokens === null) {
            index.delete(id);
            model.delete(id);
          } else {
            index.set(id, '', tokens);
            model.set(id, tokens);
          }
        }
        const longest = Math.max(0, ...[...model.values()].map((held) => commonPrefix(held, wanted)));
        const holders =
          longest === 0
            ? []
            : [...model].filter(([, held]) => commonPrefix(held, wanted) === longest).map(([id]) => id);
        const match = index.match('', wanted);
        expect(match.length).toBe(longest);
        expect([...match.holders].sort()).toEqual(holders.sort());
      }),
    );
  });
});
