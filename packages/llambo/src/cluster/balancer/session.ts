import { HashRing } from './hash-ring.ts';
import { LeastLoadedPool } from './least-loaded.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import {
  allowance,
  hasRoom,
  type NodeView,
  type RouteRequest,
  type Strategy,
  type StrategyOptions,
} from './strategy.ts';

/** Nodes that are looked at before the least loaded takes the request. */
const MOST_STEPS = 64;

/**
 * Consistent hashing on the conversation's key with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2018): the first node
 * clockwise whose load stays within 1.25 times the mean. Requests without a key go to the least loaded.
 */
class SessionPool<N extends NodeView> implements Pool<N> {
  readonly #ring = new HashRing<N>();
  readonly #loads = new LeastLoadedPool<N>();
  /** What each node counts for in the totals: its load, or -1 when it is out of rotation. */
  readonly #counted = new Map<N, number>();
  readonly #bound: number;
  #total = 0;
  #serving = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  add(node: N): void {
    this.#ring.add(node);
    this.#counted.set(node, -1);
    this.changed(node);
  }

  remove(node: N): void {
    this.#count(node, -1);
    this.#counted.delete(node);
    this.#ring.remove(node);
    this.#loads.remove(node);
  }

  changed(node: N): void {
    this.#count(node, allowance(node) > 0 ? node.load : -1);
    this.#loads.changed(node);
  }

  pick(request: RouteRequest): N | undefined {
    const { session, exclude } = request;
    if (session === undefined || this.#serving === 0) return this.#loads.pick(request);
    const most = Math.ceil((this.#bound * (this.#total + 1)) / this.#serving);
    const accept = (node: N): boolean => node.load < most && hasRoom(node) && !exclude?.has(node.id);
    return this.#ring.find(session, MOST_STEPS, accept) ?? this.#loads.pick(request);
  }

  #count(node: N, load: number): void {
    const counted = this.#counted.get(node) as number;
    if (counted >= 0) {
      this.#total -= counted;
      this.#serving--;
    }
    if (load >= 0) {
      this.#total += load;
      this.#serving++;
    }
    this.#counted.set(node, load);
  }
}

export const session = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('session', () => new SessionPool<N>(options.boundedLoad ?? 1.25));
