import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Content, PAGE } from '../../src/fs/content.ts';

/** Bytes by their place, zero where there is none. */
class Model {
  bytes = new Map<number, number>();
  length = 0;

  write(at: number, data: Uint8Array): void {
    data.forEach((byte, i) => {
      this.bytes.set(at + i, byte);
    });
    this.length = Math.max(this.length, at + data.length);
  }

  truncate(length: number): void {
    for (const at of this.bytes.keys()) if (at >= length) this.bytes.delete(at);
    this.length = length;
  }

  read(offset: number, count: number): number[] {
    const n = Math.max(0, Math.min(count, this.length - offset));
    return Array.from({ length: n }, (_, i) => this.bytes.get(offset + i) ?? 0);
  }
}

const edges = [0, PAGE, 1 << 20, (1 << 20) + PAGE, 3 << 20, 2 ** 33, Number.MAX_SAFE_INTEGER - 1000];
const place = fc
  .tuple(fc.constantFrom(...edges), fc.integer({ min: -150, max: 150 }))
  .map(([a, b]) => Math.max(0, a + b));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ at: place, data: fc.uint8Array({ minLength: 1, maxLength: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ length: place }) },
);

test('agrees with bytes by their place, wherever they are', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), fc.array(place, { maxLength: 8 }), (steps, places) => {
      const content = new Content();
      const model = new Model();
      const lent: { pieces: Uint8Array[]; bytes: number[] }[] = [];
      for (const s of steps) {
        if ('length' in s) {
          content.truncate(s.length);
          model.truncate(s.length);
        } else {
          const most = content.used + content.cost(s.at, s.data.length);
          content.write(s.at, s.data);
          model.write(s.at, s.data);
          expect(content.used).toBeLessThanOrEqual(most + PAGE);
        }
        expect(content.length).toBe(model.length);
        for (const at of [...places, ...edges, ...('at' in s ? [s.at] : [])]) {
          expect([...content.read(at, 200)]).toEqual(model.read(at, 200));
        }
        for (const at of places.slice(0, 2)) {
          lent.push({ pieces: content.lend(at, 200), bytes: model.read(at, 200) });
        }
        // What was lent stays what it was.
        for (const { pieces, bytes } of lent) expect(pieces.flatMap((piece) => [...piece])).toEqual(bytes);
      }
      content.truncate(0);
      expect([content.used, content.length]).toEqual([0, 0]);
    }),
    { numRuns: 150 },
  );
});

test('a hole takes nothing, a page is one piece, and one that was lent is not written to', () => {
  const content = new Content();
  content.write(2 ** 40, Uint8Array.of(1));
  content.truncate(2 ** 50);
  expect([content.length, content.used]).toEqual([2 ** 50, PAGE]);
  expect(content.read(2 ** 40, 2)).toEqual(Uint8Array.of(1, 0));
  const grown = new Content();
  for (let i = 0; i < 100; i++) grown.write(i * 1000, new Uint8Array(1000).fill(i));
  expect([grown.length, grown.used]).toEqual([100_000, 100_000]);
  expect(grown.read(50_000, 10).buffer).toBe(grown.read(0, 1).buffer);
  const pieces = grown.lend(0, 100_000);
  expect(pieces.map((piece) => piece.length)).toEqual([PAGE, 100_000 - PAGE]);
  grown.write(PAGE, Uint8Array.of(7));
  expect([pieces[1]?.[0], grown.read(PAGE, 1)[0]]).toEqual([Math.floor(PAGE / 1000), 7]);
  expect(grown.read(0, 1).buffer).toBe(pieces[0]?.buffer);
  expect(grown.read(PAGE, 1).buffer).not.toBe(pieces[1]?.buffer);
});
