import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, layOut, step } from '../src/field/layout.ts';

const groupsOf = (counts: readonly number[]) => {
  let next = 0;
  return counts.map((count, g) => ({ name: `g${g}`, members: Array.from({ length: count }, () => next++) }));
};
const size = { width: 800, height: 420, label: 20, most: 26, least: 4 };
const some = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 6 });

describe('layout of the field', () => {
  it('gives every node a cell of its own, which is found again at its place', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 40, max: 2000 }), (counts, width) => {
        const layout = layOut(groupsOf(counts), { ...size, width });
        const edge = layout.pitch - layout.gap;
        const seen = new Set<string>();
        const wrong = layout.order.filter((place) => {
          const [x, y] = [layout.x[place] as number, layout.y[place] as number];
          seen.add(`${x} ${y}`);
          return x + edge > width || y + edge > layout.height || cellAt(layout, x + edge - 1, y) !== place;
        });
        expect(wrong.length).toBe(0);
        expect(seen.size).toBe(counts.reduce((a, b) => a + b, 0));
      }),
      { numRuns: 60 },
    );
  });

  it('fits into the height while cells are not smaller than the least', () => {
    for (const count of [1, 18, 1000, 5000, 10_000]) {
      const layout = layOut(groupsOf([count * 0.75, count * 0.2, count * 0.05].map(Math.ceil)), size);
      if (layout.pitch > size.least) expect(layout.height).toBeLessThanOrEqual(size.height);
      expect(layout.pitch).toBeLessThanOrEqual(size.most);
    }
  });

  it('is walked by the arrow keys without ever leaving it, down and up again', () => {
    fc.assert(
      fc.property(
        some,
        fc.nat(),
        fc.array(fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'), {
          maxLength: 40,
        }),
        (counts, start, keys) => {
          const layout = layOut(groupsOf(counts), size);
          if (layout.order.length === 0) return;
          let at = start % layout.order.length;
          for (const key of keys) {
            at = step(layout, at, key);
            expect(at).toBeGreaterThanOrEqual(0);
            expect(at).toBeLessThan(layout.order.length);
          }
          at = 0;
          for (let i = 0; i < 3000 && step(layout, at, 'ArrowDown') !== at; i++)
            at = step(layout, at, 'ArrowDown');
          const last = layout.blocks.findLast(({ count }) => count > 0)!;
          expect(at).toBeGreaterThanOrEqual(last.first);
        },
      ),
      { numRuns: 60 },
    );
  });
});
