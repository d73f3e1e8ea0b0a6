import { NodeHeap } from './node-heap.ts';
import { Pace } from './pace.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import { hasRoom, type NodeView, type RouteRequest, type Strategy } from './strategy.ts';

/**
 * Weighted round-robin by measured tokens a second, as earliest deadline first: a node's next turn is due 1/speed after
 * its last, on a clock that follows the turns that were given. A node that was full comes back without arrears.
 */
class WeightedPool<N extends NodeView> implements Pool<N> {
  readonly #heap = new NodeHeap<N>();
  readonly #due = new Map<N, number>();
  readonly #pace = new Pace<N>();
  #now = 0;

  add(node: N): void {
    this.#pace.seen(node);
    this.#due.set(node, this.#now + 1 / this.#pace.speed(node));
    this.changed(node);
  }

  remove(node: N): void {
    this.#heap.delete(node);
    this.#due.delete(node);
  }

  changed(node: N): void {
    this.#pace.seen(node);
    if (!hasRoom(node)) this.#heap.delete(node);
    else if (this.#heap.key(node) === undefined) {
      this.#heap.set(node, Math.max(this.#now, this.#due.get(node) as number));
    }
  }

  pick({ exclude }: RouteRequest): N | undefined {
    const node = this.#heap.firstExcept(exclude);
    if (node === undefined) return undefined;
    const due = this.#heap.key(node) as number;
    this.#now = Math.max(this.#now, due);
    const next = this.#now + 1 / this.#pace.speed(node);
    this.#due.set(node, next);
    this.#heap.set(node, next);
    return node;
  }
}

export const weighted = <N extends NodeView>(): Strategy<N> =>
  new PooledStrategy<N>('weighted', () => new WeightedPool<N>());
