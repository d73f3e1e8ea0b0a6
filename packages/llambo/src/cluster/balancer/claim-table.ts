/** Claims that share a set; the least recently used of them makes room. */
const WAYS = 8;
const SETS = 16_384;

/**
 * Which slots are believed to hold which prefix: a set-associative table, as processors keep their caches, of fixed size
 * (131,072 claims, 2 MB) and without an object for each. Times are counts of the caller's.
 */
export class ClaimTable {
  readonly #hashes = new Int32Array(SETS * WAYS);
  readonly #slots = new Int32Array(SETS * WAYS).fill(-1);
  readonly #used = new Float64Array(SETS * WAYS);
  /** When it was used the time before that; -1: never. */
  readonly #before = new Float64Array(SETS * WAYS);

  /** Of the slots that claim the prefix, the one that `cost` makes the cheapest; -1 when all cost Infinity. */
  cheapest(hash: number, cost: (slot: number, used: number) => number): number {
    const start = setOf(hash);
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = start; i < start + WAYS; i++) {
      if (this.#hashes[i] !== (hash | 0)) continue;
      const slot = this.#slots[i] as number;
      if (slot < 0) continue;
      const price = cost(slot, this.#used[i] as number);
      if (price < least) {
        least = price;
        best = slot;
      }
    }
    return best;
  }

  claim(hash: number, slot: number, now: number): void {
    const start = setOf(hash);
    let place = start;
    for (let i = start; i < start + WAYS; i++) {
      if (this.#hashes[i] === (hash | 0) && this.#slots[i] === slot) {
        this.#before[i] = this.#used[i] as number;
        this.#used[i] = now;
        return;
      }
      if ((this.#used[i] as number) < (this.#used[place] as number)) place = i;
    }
    this.#hashes[place] = hash | 0;
    this.#slots[place] = slot;
    this.#used[place] = now;
    this.#before[place] = -1;
  }

  /** The claim's `before`; -1 when there is no such claim. */
  before(hash: number, slot: number): number {
    const place = this.#find(hash, slot);
    return place < 0 ? -1 : (this.#before[place] as number);
  }

  drop(hash: number, slot: number): void {
    const place = this.#find(hash, slot);
    if (place < 0) return;
    this.#slots[place] = -1;
    this.#used[place] = 0;
  }

  #find(hash: number, slot: number): number {
    const start = setOf(hash);
    for (let i = start; i < start + WAYS; i++) {
      if (this.#hashes[i] === (hash | 0) && this.#slots[i] === slot) return i;
    }
    return -1;
  }
}

/** Multiplied first: hashes of callers' own making may be small numbers. */
const setOf = (hash: number): number => ((Math.imul(hash, 0x9e3779b1) >>> 18) % SETS) * WAYS;
