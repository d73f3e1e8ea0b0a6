import { hash32 } from './fingerprint.ts';

/** Points of each slot on the ring. */
const POINTS = 16;
/** A point and its slot in one exact double: 32 + 21 bits. */
const SCALE = 0x20_0000;

/** Consistent hashing: a node that comes or goes moves only the keys that are (or were) its own. */
export class HashRing {
  #ring = new Float64Array(0);
  #fresh: number[] = [];
  #dead: Set<number> = new Set();

  add(slot: number, id: string): void {
    if (this.#dead.has(slot)) this.#sweep();
    for (let i = 0; i < POINTS; i++) this.#fresh.push(hash32(`${i}/${id}`) * SCALE + slot);
  }

  remove(slot: number): void {
    if (this.#fresh.length > 0) this.#merge();
    this.#dead.add(slot);
  }

  /** The slots clockwise from the key on, repeats included, at most `limit`: the first one that `accept` takes, or -1. */
  find(key: string, limit: number, accept: (slot: number) => boolean): number {
    if (this.#fresh.length > 0) this.#merge();
    if (this.#dead.size * POINTS * 4 > this.#ring.length) this.#sweep();
    const ring = this.#ring;
    const { length } = ring;
    const point = hash32(key) * SCALE;
    let low = 0;
    for (let high = length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((ring[middle] as number) < point) low = middle + 1;
      else high = middle;
    }
    for (let i = 0, seen = 0; i < length && seen < limit; i++) {
      if (low === length) low = 0;
      const slot = (ring[low++] as number) % SCALE;
      if (this.#dead.size > 0 && this.#dead.has(slot)) continue;
      seen++;
      if (accept(slot)) return slot;
    }
    return -1;
  }

  /** Works in what came since: linear, but once for all of a batch. */
  #merge(): void {
    const fresh = new Float64Array(this.#fresh).sort();
    this.#fresh = [];
    const old = this.#ring;
    const merged = new Float64Array(old.length + fresh.length);
    for (let i = 0, j = 0, k = 0; k < merged.length; k++) {
      const a = old[i] ?? Number.POSITIVE_INFINITY;
      const b = fresh[j] ?? Number.POSITIVE_INFINITY;
      merged[k] = Math.min(a, b);
      if (a < b) i++;
      else j++;
    }
    this.#ring = merged;
  }

  #sweep(): void {
    this.#ring = this.#ring.filter((each) => !this.#dead.has(each % SCALE));
    this.#dead = new Set();
  }
}
