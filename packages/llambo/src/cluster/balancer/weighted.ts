import { Pace } from './pace.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
import { SlotHeap } from './slot-heap.ts';
import { hasRoom, type NodeView, type RouteRequest, type Strategy } from './strategy.ts';

/**
 * Weighted round-robin by measured tokens a second, as earliest deadline first: a node's next turn is due 1/speed after
 * its last, on a clock that follows the turns that were given. A node that was full comes back without arrears.
 */
class WeightedPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #heap = new SlotHeap();
  readonly #pace = new Pace<N>();
  /** By slot. */
  readonly #due: number[] = [];
  #now = 0;

  constructor(slots: Slots<N>) {
    this.#slots = slots;
  }

  add(slot: number): void {
    const node = this.#slots[slot] as N;
    this.#pace.seen(node);
    this.#due[slot] = this.#now + 1 / this.#pace.speed(node);
    this.changed(slot);
  }

  remove(slot: number): void {
    this.#heap.delete(slot);
  }

  changed(slot: number): void {
    const node = this.#slots[slot] as N;
    this.#pace.seen(node);
    if (!hasRoom(node)) this.#heap.delete(slot);
    else if (!this.#heap.has(slot)) this.#heap.set(slot, Math.max(this.#now, this.#due[slot] as number));
  }

  pick({ exclude }: RouteRequest): number {
    const slot =
      exclude === undefined || exclude.size === 0
        ? this.#heap.first
        : this.#heap.firstThat((each) => !exclude.has((this.#slots[each] as N).id));
    if (slot < 0) return -1;
    this.#now = Math.max(this.#now, this.#heap.key(slot));
    const next = this.#now + 1 / this.#pace.speed(this.#slots[slot] as N);
    this.#due[slot] = next;
    this.#heap.set(slot, next);
    return slot;
  }
}

export const weighted = <N extends NodeView>(): Strategy<N> =>
  new PooledStrategy<N>('weighted', (slots) => new WeightedPool(slots));
