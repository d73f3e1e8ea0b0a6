/**
 * Collection of unreachable cycles, which counting cannot free. No list of roots is needed: references that are not
 * inside heap objects (from stacks, from the host) are found as the difference between an object's count and the
 * references to it that other objects hold. Objects with such a surplus, and all that can be reached from them, stay.
 */

import type { Heap } from './heap.ts';

/** Objects looked at in one slice. */
const slice = 4096;

export function* collect(heap: Heap): Generator<void> {
  const live = heap.objects;
  const n = live.length;
  // Surplus of references by granule; then 0: unreachable, positive: stays.
  const surplus = new Int32Array(n);
  let work = 0;
  for (let g = 0; g < n; g++) {
    if (live[g] !== 1) continue;
    const p = (g << 4) + 8;
    surplus[g]! += heap.word(p - 8);
    heap.eachReference(p, heap.word(p - 4), (at) => {
      const q = heap.word(at);
      if (heap.isObject(q)) surplus[q >> 4]!--;
    });
    if (++work % slice === 0) yield;
  }
  const grey: number[] = [];
  const reached = new Uint8Array(n);
  for (let g = 0; g < n; g++) {
    if (live[g] !== 1 || surplus[g]! <= 0 || reached[g] === 1) continue;
    reached[g] = 1;
    grey.push(g);
    for (let at = grey.pop(); at !== undefined; at = grey.pop()) {
      const p = (at << 4) + 8;
      heap.eachReference(p, heap.word(p - 4), (where) => {
        const q = heap.word(where);
        if (heap.isObject(q) && reached[q >> 4] === 0) {
          reached[q >> 4] = 1;
          grey.push(q >> 4);
        }
      });
      if (++work % slice === 0) yield;
    }
  }
  // Hold every unreachable object once more, cut its references, then let go: counting does the rest, hooks included.
  const dead: number[] = [];
  for (let g = 0; g < n; g++) {
    if (live[g] !== 1 || reached[g] === 1) continue;
    dead.push((g << 4) + 8);
    heap.retain((g << 4) + 8);
  }
  for (const p of dead) {
    heap.eachReference(p, heap.word(p - 4), (at) => {
      if (heap.isObject(heap.word(at)) && reached[heap.word(at) >> 4] === 0) heap.setPointer(at, 0);
    });
    if (++work % slice === 0) yield;
  }
  for (const p of dead) heap.release(p);
  heap.collected();
}
