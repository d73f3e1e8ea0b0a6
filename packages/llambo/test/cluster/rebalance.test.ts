/** Which nodes move when a host has come. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Room } from '../../src/cluster/placement.ts';
import { type Movable, movesOf } from '../../src/cluster/rebalance.ts';

const nodes = (host: string, count: number, cpu = 0.1, load = 0): Movable[] =>
  Array.from({ length: count }, () => ({ host, model: 'm', cpu, load }));

const rooms = (all: readonly Movable[], cpus: Readonly<Record<string, number>>, lacks = ''): Room[] =>
  Object.entries(cpus).map(([host, cores]) => ({
    host,
    cpus: cores,
    promised: all.filter((node) => node.host === host).reduce((sum, { cpu }) => sum + cpu, 0),
    hasModel: host !== lacks,
  }));

const counts = (all: readonly Movable[], cpus: Readonly<Record<string, number>>, lacks = ''): number =>
  movesOf(all, () => rooms(all, cpus, lacks), 1000).length;

describe('moves', () => {
  test.each([
    ['half of them to an equal host that is empty', nodes('a', 8), { a: 4, b: 4 }, 4],
    ['a third to a host of half the size', nodes('a', 9), { a: 4, b: 2 }, 3],
    [
      'none between hosts that are as even as can be',
      [...nodes('a', 5), ...nodes('b', 4)],
      { a: 4, b: 4 },
      0,
    ],
    ['none of a single host', nodes('a', 8), { a: 4 }, 0],
    ['large ones only where there is something to gain', nodes('a', 1, 4), { a: 4, b: 4 }, 0],
  ] as const)('%s', (_what, all, cpus, expected) => {
    expect(counts(all, cpus as Record<string, number>)).toBe(expected);
  });

  test('a host that would have to fetch the model waits until the other one is full', () => {
    expect(counts(nodes('a', 8), { a: 4, b: 4 }, 'b')).toBe(0);
    expect(counts(nodes('a', 80), { a: 4, b: 4 }, 'b')).toBeGreaterThan(0);
  });

  test('the idle move first, and no more than asked for', () => {
    const all = [...nodes('a', 3, 0.1, 1), ...nodes('a', 3)];
    const moved = movesOf(all, () => rooms(all, { a: 4, b: 4 }), 2);
    expect(moved.map(({ load }) => load)).toEqual([0, 0]);
  });

  test('moving comes to an end, whatever the hosts', () => {
    const host = fc.record({ cpus: fc.integer({ min: 1, max: 64 }), count: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.array(host, { minLength: 1, maxLength: 6 }), (hosts) => {
        const cpus = Object.fromEntries(hosts.map(({ cpus: cores }, i) => [`h${i}`, cores]));
        const all = hosts.flatMap(({ count }, i) => nodes(`h${i}`, count, 0.5));
        expect(counts(all, cpus)).toBeLessThanOrEqual(all.length);
      }),
    );
  });
});
