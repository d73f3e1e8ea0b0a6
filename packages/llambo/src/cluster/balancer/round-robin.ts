import { BitTree } from './bit-tree.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
import { hasRoom, type NodeView, type RouteRequest, type Strategy } from './strategy.ts';

/** The seed's strategy 1: one node after the other, in the order in which they came, over those that have room. */
class RoundRobinPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #available = new BitTree();
  #next = 0;

  constructor(slots: Slots<N>) {
    this.#slots = slots;
  }

  add(slot: number): void {
    this.changed(slot);
  }

  remove(slot: number): void {
    this.#available.delete(slot);
  }

  changed(slot: number): void {
    if (hasRoom(this.#slots[slot] as N)) this.#available.add(slot);
    else this.#available.delete(slot);
  }

  pick({ exclude }: RouteRequest): number {
    const slot = this.#scan(this.#next, Number.POSITIVE_INFINITY, exclude);
    return slot >= 0 ? slot : this.#scan(0, this.#next, exclude);
  }

  #scan(from: number, to: number, exclude: ReadonlySet<string> | undefined): number {
    let slot = this.#available.next(from);
    while (slot >= 0 && slot < to) {
      if (exclude === undefined || !exclude.has((this.#slots[slot] as N).id)) {
        this.#next = slot + 1;
        return slot;
      }
      slot = this.#available.next(slot + 1);
    }
    return -1;
  }
}

export const roundRobin = <N extends NodeView>(): Strategy<N> =>
  new PooledStrategy<N>('round-robin', (slots) => new RoundRobinPool(slots));
