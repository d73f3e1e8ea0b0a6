import { NodeHeap } from './node-heap.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import { hasRoom, type NodeView, type RouteRequest, type Strategy } from './strategy.ts';

/** The seed's strategy 2: the fewest requests in flight; among equals the one that has waited longest. */
export class LeastLoadedPool<N extends NodeView> implements Pool<N> {
  readonly #heap = new NodeHeap<N>();

  add(node: N): void {
    this.changed(node);
  }

  remove(node: N): void {
    this.#heap.delete(node);
  }

  changed(node: N): void {
    if (hasRoom(node)) this.#heap.set(node, node.load);
    else this.#heap.delete(node);
  }

  pick({ exclude }: RouteRequest): N | undefined {
    return this.#heap.firstExcept(exclude);
  }

  /** Of any node with room, excluded or not; undefined when all are full. */
  get leastLoad(): number | undefined {
    return this.#heap.first?.load;
  }
}

export const leastLoaded = <N extends NodeView>(): Strategy<N> =>
  new PooledStrategy<N>('least-loaded', () => new LeastLoadedPool<N>());
