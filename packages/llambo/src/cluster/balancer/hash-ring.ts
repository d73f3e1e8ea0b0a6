import { hash32 } from './fingerprint.ts';

/** Points of each node on the ring. */
const POINTS = 16;
/** A point and its owner's number in one exact double: 32 + 21 bits. */
const SCALE = 0x20_0000;

/** Consistent hashing: a node that comes or goes moves only the keys that are (or were) its own. */
export class HashRing<N extends { readonly id: string }> {
  readonly #owners: (N | undefined)[] = [];
  readonly #numbers = new Map<N, number>();
  #ring = new Float64Array(0);
  #fresh: number[] = [];
  #dead = 0;

  add(node: N): void {
    if (this.#owners.length >= SCALE - 1) this.#compact();
    const number = this.#owners.push(node) - 1;
    this.#numbers.set(node, number);
    for (let i = 0; i < POINTS; i++) this.#fresh.push(hash32(`${i}/${node.id}`) * SCALE + number);
  }

  remove(node: N): void {
    const number = this.#numbers.get(node);
    if (number === undefined) return;
    this.#numbers.delete(node);
    this.#owners[number] = undefined;
    this.#dead += POINTS;
  }

  /** The owners clockwise from the key on, repeats included, at most `limit`; the first one that `accept` takes. */
  find(key: string, limit: number, accept: (node: N) => boolean): N | undefined {
    this.#settle();
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
      const node = this.#owners[(ring[(low + i) % length] as number) % SCALE];
      if (node === undefined) continue;
      seen++;
      if (accept(node)) return node;
    }
    return undefined;
  }

  /** Works in what came and went since: linear, but once for all of a batch. */
  #settle(): void {
    if (this.#dead > 64 * POINTS && this.#dead * 2 > this.#ring.length) this.#compact();
    if (this.#fresh.length === 0) return;
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

  #compact(): void {
    const nodes = [...this.#numbers.keys()];
    this.#owners.length = 0;
    this.#numbers.clear();
    this.#ring = new Float64Array(0);
    this.#fresh = [];
    this.#dead = 0;
    for (const node of nodes) this.add(node);
  }
}
