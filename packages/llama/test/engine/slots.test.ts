import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutsOf } from '../../src/engine/prompt.ts';
import { type Placement, type Slot, SlotPool } from '../../src/engine/slots.ts';

const range = (from: number, length: number): number[] => Array.from({ length }, (_, i) => from + i);
const place = (pool: SlotPool, tokens: number[], cuts = cutsOf([tokens.length]), tenant = 't'): Placement =>
  pool.place(tenant, tokens, cuts, true);

/** Runs a request to its end: all of its prompt read, `answer` tokens generated. */
function occupy(pool: SlotPool, tokens: number[], answer = 0, tenant = 't'): Slot {
  const placement = place(pool, tokens, cutsOf([tokens.length]), tenant);
  if (placement.kind !== 'slot') throw new Error(placement.kind);
  pool.take(placement.slot, tenant, tokens, placement.reuse, true);
  placement.slot.tokens.push(...range(9000, answer));
  placement.slot.computed = tokens.length + answer;
  return placement.slot;
}

describe('slot pool', () => {
  test('cuts: at the ends of segments, and every 64 tokens within', () => {
    expect(cutsOf([100, 30])).toEqual([64, 100, 130]);
    expect(cutsOf([64])).toEqual([64]);
    expect(cutsOf([0, 5])).toEqual([5]);
  });

  test('a prompt with a cached beginning copies it up to a cut', () => {
    const pool = new SlotPool(2, true);
    occupy(pool, range(0, 200));
    const placement = place(pool, [...range(0, 150), ...range(500, 50)]);
    expect(placement).toMatchObject({ kind: 'slot', reuse: 128, source: { id: 0 }, slot: { id: 1 } });
  });

  test('a conversation goes on in its own slot, behind the answer', () => {
    const pool = new SlotPool(2, true);
    pool.release(occupy(pool, range(0, 40), 10));
    const placement = place(pool, [...range(0, 40), ...range(9000, 10), ...range(700, 20)]);
    expect(placement).toMatchObject({ kind: 'slot', reuse: 50, source: { id: 0 }, slot: { id: 0 } });
  });

  test('waits for a prefix that is being read', () => {
    const pool = new SlotPool(2, true);
    occupy(pool, range(0, 200)).computed = 10;
    expect(place(pool, [...range(0, 150), 1, 2, 3]).kind).toBe('wait');
  });

  test('shares nothing between tenants, nor for models whose state cannot be cut', () => {
    for (const [sharing, tenant] of [
      [true, 'other'],
      [false, 't'],
    ] as const) {
      const pool = new SlotPool(2, sharing);
      occupy(pool, range(0, 200));
      expect(place(pool, range(0, 200), undefined, tenant)).toMatchObject({ kind: 'slot', reuse: 0 });
    }
  });

  test('the least recently used slot is evicted; none when all are busy', () => {
    const pool = new SlotPool(2, true);
    const [a, b] = [occupy(pool, range(0, 70)), occupy(pool, range(100, 70))];
    expect(place(pool, [5]).kind).toBe('none');
    pool.release(a);
    pool.release(b);
    expect(place(pool, range(300, 10))).toMatchObject({ slot: { id: a.id } });
  });

  test('what is reused is always a true prefix of the prompt, computed, and shorter than it', () => {
    const prompt = fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ prompt, read: fc.nat({ max: 200 }), release: fc.boolean() }), { maxLength: 12 }),
        (steps) => {
          const pool = new SlotPool(4, true);
          for (const step of steps) {
            const placement = place(pool, step.prompt);
            if (placement.kind !== 'slot') continue;
            const { source, slot, reuse } = placement;
            expect(slot.busy).toBe(false);
            expect(reuse).toBeLessThan(Math.max(1, step.prompt.length));
            expect(reuse).toBeLessThanOrEqual(source.computed);
            expect(source.tokens.slice(0, reuse)).toEqual(step.prompt.slice(0, reuse));
            pool.take(slot, 't', step.prompt, reuse, true);
            slot.computed = Math.max(reuse, Math.min(step.read, step.prompt.length));
            if (step.release) pool.release(slot);
          }
        },
      ),
    );
  });
});
