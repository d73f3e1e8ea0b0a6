import { AvailableList } from './available-list.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
import type { NodeView, RouteRequest, Strategy, StrategyOptions } from './strategy.ts';

/** The seed's strategy 3: any node that has room, all equally likely. */
class RandomPool<N extends NodeView> implements Pool {
  readonly #available: AvailableList<N>;
  readonly #random: () => number;

  constructor(slots: Slots<N>, random: () => number) {
    this.#available = new AvailableList(slots);
    this.#random = random;
  }

  add(slot: number): void {
    this.#available.changed(slot);
  }

  remove(slot: number): void {
    this.#available.remove(slot);
  }

  changed(slot: number): void {
    this.#available.changed(slot);
  }

  pick({ exclude }: RouteRequest): number {
    return this.#available.draw(this.#random, exclude);
  }
}

export const random = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('random', (slots) => new RandomPool(slots, options.random));
