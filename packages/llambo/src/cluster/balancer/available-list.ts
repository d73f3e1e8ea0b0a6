import type { Slots } from './pools.ts';
import { hasRoom, type NodeView } from './strategy.ts';

/** The slots of a pool whose nodes have room, dense, so that one can be drawn at random in O(1). */
export class AvailableList<N extends NodeView> {
  readonly #slots: Slots<N>;
  readonly #list: number[] = [];
  /** By slot: its place in the list, or -1. */
  readonly #places: number[] = [];

  constructor(slots: Slots<N>) {
    this.#slots = slots;
  }

  changed(slot: number): void {
    if (!hasRoom(this.#slots[slot] as N)) return this.remove(slot);
    if ((this.#places[slot] ?? -1) >= 0) return;
    while (this.#places.length < slot) this.#places.push(-1);
    this.#places[slot] = this.#list.length;
    this.#list.push(slot);
  }

  remove(slot: number): void {
    const place = this.#places[slot] ?? -1;
    if (place < 0) return;
    this.#swap(place, this.#list.length - 1);
    this.#list.pop();
    this.#places[slot] = -1;
  }

  /** Uniform among the nodes that are neither excluded nor in the slot `other`; -1 when there is none. */
  draw(random: () => number, exclude: ReadonlySet<string> | undefined, other = -1): number {
    // What may not be drawn goes behind the end of what is still to be drawn from: exact, in exclude.size + 2 steps.
    for (let end = this.#list.length; end > 0; end--) {
      const place = Math.floor(random() * end);
      const slot = this.#list[place] as number;
      if (slot !== other && (exclude === undefined || !exclude.has((this.#slots[slot] as N).id))) return slot;
      this.#swap(place, end - 1);
    }
    return -1;
  }

  #swap(a: number, b: number): void {
    const first = this.#list[a] as number;
    const second = this.#list[b] as number;
    this.#list[a] = second;
    this.#list[b] = first;
    this.#places[second] = a;
    this.#places[first] = b;
  }
}
