import { AvailableList } from './available-list.ts';
import { Pace } from './pace.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import type { NodeView, RouteRequest, Strategy, StrategyOptions } from './strategy.ts';

/**
 * The power of two choices: of two nodes drawn at random the one with the lower (load + 1) / speed. Nearly as good as
 * the least loaded of all, and it does not send everybody to the same node when loads are seen late.
 */
class TwoChoicesPool<N extends NodeView> implements Pool<N> {
  readonly #available = new AvailableList<N>();
  readonly #pace = new Pace<N>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  add(node: N): void {
    this.changed(node);
  }

  remove(node: N): void {
    this.#available.remove(node);
  }

  changed(node: N): void {
    this.#pace.seen(node);
    this.#available.changed(node);
  }

  pick({ exclude }: RouteRequest): N | undefined {
    const first = this.#available.draw(this.#random, exclude);
    if (first === undefined) return undefined;
    const second = this.#available.draw(this.#random, exclude, first);
    return second === undefined || this.#pace.cost(first) <= this.#pace.cost(second) ? first : second;
  }
}

export const p2c = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('p2c', () => new TwoChoicesPool<N>(options.random));
