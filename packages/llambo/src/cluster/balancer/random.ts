import { AvailableList } from './available-list.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import type { NodeView, RouteRequest, Strategy, StrategyOptions } from './strategy.ts';

/** The seed's strategy 3: any node that has room, all equally likely. */
class RandomPool<N extends NodeView> implements Pool<N> {
  readonly #available = new AvailableList<N>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  add(node: N): void {
    this.#available.changed(node);
  }

  remove(node: N): void {
    this.#available.remove(node);
  }

  changed(node: N): void {
    this.#available.changed(node);
  }

  pick({ exclude }: RouteRequest): N | undefined {
    return this.#available.draw(this.#random, exclude);
  }
}

export const random = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('random', () => new RandomPool<N>(options.random));
