import { type Pool, PooledStrategy, type Slots } from './pools.ts';
import { SlotHeap } from './slot-heap.ts';
import { hasRoom, type NodeView, type RouteRequest, type Strategy } from './strategy.ts';

/** The seed's strategy 2: the fewest requests in flight; among equals the one that has waited longest. */
export class LeastLoadedPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #heap = new SlotHeap();

  constructor(slots: Slots<N>) {
    this.#slots = slots;
  }

  add(slot: number): void {
    this.changed(slot);
  }

  remove(slot: number): void {
    this.#heap.delete(slot);
  }

  changed(slot: number): void {
    const node = this.#slots[slot] as N;
    if (hasRoom(node)) this.#heap.set(slot, node.load);
    else this.#heap.delete(slot);
  }

  pick({ exclude }: RouteRequest): number {
    const { first } = this.#heap;
    if (first < 0 || exclude === undefined || exclude.size === 0) return first;
    return this.#heap.firstThat((slot) => !exclude.has((this.#slots[slot] as N).id));
  }

  /** Of any node with room, excluded or not; 0 when all are full. */
  get leastLoad(): number {
    const { first } = this.#heap;
    return first < 0 ? 0 : this.#heap.key(first);
  }
}

export const leastLoaded = <N extends NodeView>(): Strategy<N> =>
  new PooledStrategy<N>('least-loaded', (slots) => new LeastLoadedPool(slots));
