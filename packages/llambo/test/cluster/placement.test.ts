import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { place } from '../../src/cluster/placement.ts';

const room = (host: string, cpus: number, promised = 0, hasModel = true) => ({
  host,
  cpus,
  promised,
  hasModel,
});

describe('new workers', () => {
  test.each([
    ['go to the only host', 5, 1, [room('a', 2)], { a: 5 }],
    ['spread over equal hosts', 6, 1, [room('a', 4), room('b', 4), room('c', 4)], { a: 2, b: 2, c: 2 }],
    ['spread by cores', 9, 1, [room('a', 2), room('b', 4)], { a: 3, b: 6 }],
    ['go where less is promised', 2, 1, [room('a', 4, 4), room('b', 4)], { b: 2 }],
    ['go to hosts that have the model first', 4, 1, [room('a', 4, 0, false), room('b', 4)], { b: 4 }],
    [
      'fetch the model elsewhere when those are full',
      8,
      1,
      [room('a', 4, 0, false), room('b', 4)],
      { a: 4, b: 4 },
    ],
    ['are none without a host', 3, 1, [], {}],
  ])('%s', (_what, count, cpu, rooms, expected) => {
    expect(Object.fromEntries(place(count, cpu, rooms))).toEqual(expected);
  });

  test('are all placed, whatever the hosts', () => {
    const rooms = fc.uniqueArray(
      fc.record({
        host: fc.string({ minLength: 1, maxLength: 3 }),
        cpus: fc.integer({ min: 0, max: 64 }),
        promised: fc.integer({ min: 0, max: 1000 }),
        hasModel: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8, selector: ({ host }) => host },
    );
    fc.assert(
      fc.property(rooms, fc.nat(200), (hosts, count) => {
        const placed = [...place(count, 0.5, hosts).values()];
        expect(placed.reduce((a, b) => a + b, 0)).toBe(count);
      }),
    );
  });
});
