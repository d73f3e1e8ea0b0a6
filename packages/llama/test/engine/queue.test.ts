import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue } from '../../src/engine/queue.ts';

interface Item {
  readonly callerId: string;
  readonly weight: number;
  readonly cost: number;
}

const item = (callerId: string, weight = 1, cost = 1): Item => ({ callerId, weight, cost });
const all = (): boolean => true;

describe('fair queue', () => {
  test('callers of equal weight take turns, whoever came first with more', () => {
    const queue = new FairQueue<Item>(100);
    for (let i = 0; i < 4; i++) queue.push(item('a'));
    for (let i = 0; i < 2; i++) queue.push(item('b'));
    const order = Array.from({ length: 6 }, () => queue.take(all)?.callerId).join('');
    expect(order).toBe('ababaa');
  });

  test('a caller of ten times the weight gets ten times the turns', () => {
    const queue = new FairQueue<Item>(1000);
    for (let i = 0; i < 200; i++) {
      queue.push(item('light', 0.1));
      queue.push(item('heavy', 1));
    }
    let light = 0;
    for (let i = 0; i < 110; i++) if (queue.take(all)?.callerId === 'light') light++;
    expect(light).toBeGreaterThanOrEqual(9);
    expect(light).toBeLessThanOrEqual(11);
  });

  test('idleness earns no credit', () => {
    const queue = new FairQueue<Item>(100);
    for (let i = 0; i < 20; i++) queue.push(item('busy'));
    for (let i = 0; i < 10; i++) queue.take(all);
    for (let i = 0; i < 10; i++) queue.push(item('late'));
    const order = Array.from({ length: 6 }, () => queue.take(all)?.callerId);
    expect(order.filter((id) => id === 'late')).toHaveLength(3);
  });

  test('refuses over its limit, and items that are not ready keep their place', () => {
    const queue = new FairQueue<Item>(2);
    const [first, second] = [item('a'), item('a')];
    expect([queue.push(first), queue.push(second), queue.push(item('a'))]).toEqual([true, true, false]);
    expect(queue.take((candidate) => candidate === second)).toBe(second);
    expect(queue.take(() => false)).toBeUndefined();
    expect(queue.take(all)).toBe(first);
  });

  test('gives back exactly what was put in', () => {
    const action = fc.oneof(
      fc.record({ push: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ take: fc.boolean() }),
      fc.record({ remove: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const queue = new FairQueue<Item>(1000);
        const inside: Item[] = [];
        for (const act of actions) {
          if ('push' in act) {
            const pushed = item(act.push);
            queue.push(pushed);
            inside.push(pushed);
          } else if ('take' in act) {
            const taken = queue.take(all);
            expect(taken === undefined).toBe(inside.length === 0);
            if (taken !== undefined) inside.splice(inside.indexOf(taken), 1);
          } else if (inside.length > 0) {
            const [removed] = inside.splice(act.remove % inside.length, 1);
            expect(queue.remove(removed as Item)).toBe(true);
            expect(queue.remove(removed as Item)).toBe(false);
          }
          expect(queue.size).toBe(inside.length);
        }
        expect(new Set(queue.drain())).toEqual(new Set(inside));
      }),
    );
  });
});
