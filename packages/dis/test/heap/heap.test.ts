import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DisError } from '../../src/errors.ts';
import { Heap } from '../../src/heap/heap.ts';
import {
  charAt,
  compareStrings,
  concat,
  decode,
  setChar,
  slice,
  stringFromUtf8,
  utf8Of,
} from '../../src/heap/strings.ts';
import { defineType, typeByte, typePointer, typeWord } from '../../src/heap/types.ts';

const pair = defineType(8, 'c0');

describe('blocks', () => {
  test('never overlap, keep what was written, and all come back', () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          take: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 9000 })),
        }),
      },
      { weight: 2, arbitrary: fc.record({ drop: fc.nat() }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 400 }), (steps) => {
        const heap = new Heap(1 << 18);
        const held: { p: number; n: number; mark: number }[] = [];
        let mark = 0;
        const check = ({ p, n, mark }: { p: number; n: number; mark: number }): void => {
          expect(heap.arrayLength(p)).toBe(n);
          const data = heap.bytes(p);
          for (let i = 0; i < n; i++) if (data[i] !== mark) throw new Error(`byte ${i} of ${n} changed`);
        };
        for (const s of steps) {
          if ('take' in s) {
            let p: number;
            try {
              p = heap.newArray(typeByte, s.take);
            } catch (error) {
              expect(error).toBeInstanceOf(DisError);
              continue;
            }
            mark = (mark + 1) & 255;
            heap.bytes(p).fill(mark);
            held.push({ p, n: s.take, mark });
          } else if (held.length > 0) {
            const [gone] = held.splice(s.drop % held.length, 1);
            check(gone!);
            heap.release(gone!.p);
          }
        }
        for (const h of held) {
          check(h);
          heap.release(h.p);
        }
        expect(heap.used).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('one phase’s small objects can be the next one’s array', () => {
    const heap = new Heap(1 << 18);
    const all: number[] = [];
    try {
      for (;;) all.push(heap.newObject(pair));
    } catch {
      for (const p of all) heap.release(p);
    }
    expect(all.length).toBeGreaterThan(10_000);
    const p = heap.newArray(typeByte, 240_000);
    expect(heap.arrayLength(p)).toBe(240_000);
  });
});

describe('references', () => {
  test('the last one takes what the object refers to along', () => {
    const heap = new Heap(1 << 20);
    let list = 0;
    for (let i = 0; i < 5000; i++) {
      list = heap.cons(typePointer, list);
      heap.setPointer(heap.listData(list), heap.newString(`element ${i}`));
    }
    expect(heap.used).toBeGreaterThan(100_000);
    heap.release(list);
    expect(heap.used).toBe(0);
  });

  test('a hook runs once, before the references go', () => {
    const freed: string[] = [];
    const type = defineType(8, '80', (heap, at) => freed.push(heap.string(heap.pointer(at))));
    const heap = new Heap(65536);
    const p = heap.newObject(type);
    heap.setPointer(p, heap.newString('x'));
    heap.retain(p);
    heap.release(p);
    expect(freed).toEqual([]);
    heap.release(p);
    expect(freed).toEqual(['x']);
    heap.release(p);
    expect(freed).toEqual(['x']);
  });

  test('cycles are found, and only those that nothing refers to', () => {
    const freed: number[] = [];
    const node = defineType(8, '80', (heap, at) => freed.push(heap.word(at + 4)));
    const heap = new Heap(1 << 18);
    const ring = (id: number): number => {
      const a = heap.newObject(node);
      const b = heap.newObject(node);
      heap.setWord(a + 4, id);
      heap.setWord(b + 4, id);
      heap.setPointer(a, heap.retain(b));
      heap.setPointer(b, heap.retain(a));
      heap.release(b);
      return a;
    };
    const kept = ring(1);
    heap.release(ring(2));
    // A ring that only another, unreachable one refers to.
    const outer = heap.newObject(node);
    heap.setPointer(outer, heap.retain(outer));
    heap.release(outer);
    for (const _ of heap.collection()) void _;
    expect(freed.sort()).toEqual([0, 2, 2]);
    expect(heap.isObject(kept)).toBe(true);
    heap.release(kept);
    for (const _ of heap.collection()) void _;
    expect(heap.used).toBe(0);
  });
});

describe('strings', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'ÿ', '€', '😀', '\0'), maxLength: 20 });
  const points = (s: string): string[] => [...s];

  test('are what JavaScript says they are', () => {
    fc.assert(
      fc.property(text, text, fc.nat(20), fc.nat(20), (a, b, i, j) => {
        const heap = new Heap(65536);
        const p = heap.newString(a);
        const q = heap.newString(b);
        expect(heap.string(p)).toBe(a);
        expect(heap.stringLength(p)).toBe(points(a).length);
        expect(heap.string(concat(heap, p, q, false))).toBe(a + b);
        const [from, to] = [Math.min(i, j), Math.max(i, j)];
        if (to <= points(a).length) {
          expect(heap.string(slice(heap, from, to, p))).toBe(points(a).slice(from, to).join(''));
        } else expect(() => slice(heap, from, to, p)).toThrow('array bounds error');
        const order = compareStrings(heap, p, q);
        const codes = (s: string): string =>
          points(s)
            .map((c) => c.codePointAt(0)!.toString(16).padStart(6, '0'))
            .join('');
        expect(Math.sign(order)).toBe(codes(a) < codes(b) ? -1 : codes(a) > codes(b) ? 1 : 0);
        if (i < points(a).length) {
          expect(charAt(heap, p, i)).toBe(points(a)[i]!.codePointAt(0));
          const r = setChar(heap, heap.retain(p), i, 0x20ac);
          expect(heap.string(r)).toBe([...points(a).slice(0, i), '€', ...points(a).slice(i + 1)].join(''));
          expect(heap.string(p)).toBe(a);
        }
      }),
    );
  });

  test('grow in place while nothing else refers to them', () => {
    const heap = new Heap(1 << 18);
    let p = 0;
    for (let i = 0; i < 10_000; i++) p = setChar(heap, p, i, 97 + (i % 26));
    expect(heap.stringLength(p)).toBe(10_000);
    const q = heap.newString('x');
    const other = heap.retain(p);
    const r = concat(heap, p, q, true);
    expect(r).not.toBe(p);
    expect(heap.stringLength(other)).toBe(10_000);
    expect(heap.stringLength(r)).toBe(10_001);
  });

  test('come from UTF-8 and go there', () => {
    fc.assert(
      fc.property(text, (s) => {
        const heap = new Heap(65536);
        const utf8 = new TextEncoder().encode(s);
        const bytes = heap.newBytes(utf8);
        const p = stringFromUtf8(heap, heap.arrayData(bytes), utf8.length);
        expect(heap.string(p)).toBe(s);
        expect(utf8Of(heap, p)).toEqual(utf8);
      }),
    );
  });

  test('bytes that are not UTF-8 become U+FFFD, one each', () => {
    expect(decode(Uint8Array.of(0xff), 0, 1)).toEqual([0xfffd, 1]);
    expect(decode(Uint8Array.of(0xc0, 0x80), 0, 2)).toEqual([0xfffd, 1]);
    expect(decode(Uint8Array.of(0xe2, 0x82), 0, 2)).toEqual([0xfffd, 1]);
    expect(decode(Uint8Array.of(0xf4, 0x90, 0x80, 0x80), 0, 4)).toEqual([0xfffd, 1]);
  });
});

test('what a program wrote over does not lead the heap out of its memory', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(16000), fc.integer()), { maxLength: 50 }), (writes) => {
      const heap = new Heap(1 << 17);
      const held: number[] = [];
      for (let i = 0; i < 200; i++) {
        const p = i % 3 === 0 ? heap.newString('some text') : heap.newObject(pair);
        if (i % 3 === 1) heap.setPointer(p, heap.retain(held[i - 1]!));
        held.push(p);
        if (i % 5 === 0) held.push(heap.newArray(typeWord, i));
      }
      for (const [at, value] of writes) heap.setWord(1024 + at * 4, value);
      for (const p of held) heap.release(p);
      for (const _ of heap.collection()) void _;
      for (let i = 0; i < 100; i++) {
        try {
          heap.release(heap.newArray(typeByte, i * 10));
        } catch (error) {
          expect(error).toBeInstanceOf(DisError);
        }
      }
      expect(heap.memory.buffer.byteLength).toBeLessThanOrEqual(1 << 17);
    }),
  );
});
