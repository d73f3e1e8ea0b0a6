/** A binary heap of slots whose keys can be changed and taken out: O(log n) each, the least key first. */
export class SlotHeap {
  readonly #heap: number[] = [];
  /** By slot: its place in the heap or -1, its key, and among equal keys whose turn is first. */
  #places = new Int32Array(64).fill(-1);
  #keys = new Float64Array(64);
  #orders = new Float64Array(64);
  #clock = 0;

  /** -1 when it is empty. */
  get first(): number {
    return this.#heap.length === 0 ? -1 : (this.#heap[0] as number);
  }

  has(slot: number): boolean {
    return slot < this.#places.length && (this.#places[slot] as number) >= 0;
  }

  /** Of a slot that is in. */
  key(slot: number): number {
    return this.#keys[slot] as number;
  }

  /** Puts the slot in or moves it: behind all others of the same key, unless its key stays as it was. */
  set(slot: number, key: number): void {
    while (slot >= this.#places.length) this.#grow();
    if ((this.#places[slot] as number) < 0) {
      this.#keys[slot] = key;
      this.#orders[slot] = this.#clock++;
      this.#heap.push(slot);
      this.#up(slot, this.#heap.length - 1);
    } else if (this.#keys[slot] !== key) {
      const rises = key < (this.#keys[slot] as number);
      this.#keys[slot] = key;
      this.#orders[slot] = this.#clock++;
      if (rises) this.#up(slot, this.#places[slot] as number);
      else this.#down(slot, this.#places[slot] as number);
    }
  }

  delete(slot: number): void {
    if (!this.has(slot)) return;
    const place = this.#places[slot] as number;
    this.#places[slot] = -1;
    const last = this.#heap.pop() as number;
    if (last === slot) return;
    this.#up(last, place);
    this.#down(last, this.#places[last] as number);
  }

  /** The first slot that `accept` takes, -1 when it takes none: looks at the refused ones and their children. */
  firstThat(accept: (slot: number) => boolean): number {
    const frontier: number[] = this.#heap.length === 0 ? [] : [0];
    while (frontier.length > 0) {
      let best = 0;
      for (let i = 1; i < frontier.length; i++) {
        if (
          this.#before(
            this.#heap[frontier[i] as number] as number,
            this.#heap[frontier[best] as number] as number,
          )
        ) {
          best = i;
        }
      }
      const place = frontier[best] as number;
      const slot = this.#heap[place] as number;
      if (accept(slot)) return slot;
      frontier[best] = frontier[frontier.length - 1] as number;
      frontier.pop();
      if (2 * place + 1 < this.#heap.length) frontier.push(2 * place + 1);
      if (2 * place + 2 < this.#heap.length) frontier.push(2 * place + 2);
    }
    return -1;
  }

  #before(a: number, b: number): boolean {
    const difference = (this.#keys[a] as number) - (this.#keys[b] as number);
    return difference < 0 || (difference === 0 && (this.#orders[a] as number) < (this.#orders[b] as number));
  }

  #put(slot: number, place: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }

  #up(slot: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.#heap[(place - 1) >> 1] as number;
      if (!this.#before(slot, parent)) break;
      this.#put(parent, place);
      place = (place - 1) >> 1;
    }
    this.#put(slot, place);
  }

  #down(slot: number, from: number): void {
    const { length } = this.#heap;
    let place = from;
    for (let child = 2 * place + 1; child < length; child = 2 * place + 1) {
      if (child + 1 < length && this.#before(this.#heap[child + 1] as number, this.#heap[child] as number))
        child++;
      const next = this.#heap[child] as number;
      if (!this.#before(next, slot)) break;
      this.#put(next, place);
      place = child;
    }
    this.#put(slot, place);
  }

  #grow(): void {
    const { length } = this.#places;
    const places = new Int32Array(length * 2).fill(-1);
    places.set(this.#places);
    this.#places = places;
    const keys = new Float64Array(length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const orders = new Float64Array(length * 2);
    orders.set(this.#orders);
    this.#orders = orders;
  }
}
