/** A set of small integers that finds the next member in O(log n): words of 32 bits, each level marks the filled words below. */
export class BitTree {
  readonly #levels: Uint32Array[] = [new Uint32Array(1)];

  /** Numbers from 0 up to this are held without growing. */
  get capacity(): number {
    return (this.#levels[0] as Uint32Array).length * 32;
  }

  add(value: number): void {
    while (value >= this.capacity) this.#grow();
    let at = value;
    for (const level of this.#levels) {
      const word = at >>> 5;
      level[word] = ((level[word] as number) | (1 << (at & 31))) >>> 0;
      at = word;
    }
  }

  delete(value: number): void {
    if (value >= this.capacity) return;
    let at = value;
    for (const level of this.#levels) {
      const word = at >>> 5;
      const rest = ((level[word] as number) & ~(1 << (at & 31))) >>> 0;
      level[word] = rest;
      if (rest !== 0) return;
      at = word;
    }
  }

  /** The least member >= `from`; -1 when there is none. */
  next(from: number): number {
    let at = from;
    for (let height = 0; height < this.#levels.length; height++) {
      const level = this.#levels[height] as Uint32Array;
      const word = at >>> 5;
      if (word >= level.length) return -1;
      const rest = ((level[word] as number) & (0xffffffff << (at & 31))) >>> 0;
      if (rest !== 0) return this.#descend(height, word * 32 + lowest(rest));
      at = word + 1;
    }
    return -1;
  }

  #descend(height: number, member: number): number {
    let at = member;
    for (let level = height - 1; level >= 0; level--) {
      at = at * 32 + lowest((this.#levels[level] as Uint32Array)[at] as number);
    }
    return at;
  }

  #grow(): void {
    let words = (this.#levels[0] as Uint32Array).length * 2;
    for (let height = 0; ; height++) {
      const old = this.#levels[height];
      const level = new Uint32Array(words);
      if (old !== undefined) level.set(old);
      else {
        // A new top: marks what the level below holds.
        const below = this.#levels[height - 1] as Uint32Array;
        for (let i = 0; i < below.length; i++) {
          if (below[i] !== 0) level[i >>> 5] = ((level[i >>> 5] as number) | (1 << (i & 31))) >>> 0;
        }
      }
      this.#levels[height] = level;
      if (words === 1) return;
      words = (words + 31) >>> 5;
    }
  }
}

const lowest = (word: number): number => 31 - Math.clz32(word & -word);
