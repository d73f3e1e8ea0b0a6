import { AvailableList } from './available-list.ts';
import { Pace } from './pace.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
import type { NodeView, RouteRequest, Strategy, StrategyOptions } from './strategy.ts';

/**
 * The power of two choices: of two nodes drawn at random the one with the lower (load + 1) / speed. Nearly as good as
 * the least loaded of all, and it does not send everybody to the same node when loads are seen late.
 */
class TwoChoicesPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #available: AvailableList<N>;
  readonly #pace = new Pace<N>();
  readonly #random: () => number;

  constructor(slots: Slots<N>, random: () => number) {
    this.#slots = slots;
    this.#available = new AvailableList(slots);
    this.#random = random;
  }

  add(slot: number): void {
    this.changed(slot);
  }

  remove(slot: number): void {
    this.#available.remove(slot);
  }

  changed(slot: number): void {
    this.#pace.seen(this.#slots[slot] as N);
    this.#available.changed(slot);
  }

  pick({ exclude }: RouteRequest): number {
    const first = this.#available.draw(this.#random, exclude);
    if (first < 0) return -1;
    const second = this.#available.draw(this.#random, exclude, first);
    if (second < 0) return first;
    return this.#pace.cost(this.#slots[first] as N) <= this.#pace.cost(this.#slots[second] as N)
      ? first
      : second;
  }
}

export const p2c = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('p2c', (slots) => new TwoChoicesPool(slots, options.random));
