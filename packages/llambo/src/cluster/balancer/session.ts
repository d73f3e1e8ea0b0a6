import { HashRing } from './hash-ring.ts';
import { LeastLoadedPool } from './least-loaded.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
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
class SessionPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #ring = new HashRing();
  readonly #loads: LeastLoadedPool<N>;
  /** By slot, what it counts for in the totals: its load, or -1 when it is out of rotation. */
  readonly #counted: number[] = [];
  readonly #bound: number;
  #total = 0;
  #serving = 0;
  #exclude: ReadonlySet<string> | undefined;
  #most = 0;

  constructor(slots: Slots<N>, bound: number) {
    this.#slots = slots;
    this.#loads = new LeastLoadedPool(slots);
    this.#bound = bound;
  }

  add(slot: number): void {
    this.#ring.add(slot, (this.#slots[slot] as N).id);
    while (this.#counted.length <= slot) this.#counted.push(-1);
    this.changed(slot);
  }

  remove(slot: number): void {
    this.#count(slot, -1);
    this.#ring.remove(slot);
    this.#loads.remove(slot);
  }

  changed(slot: number): void {
    const node = this.#slots[slot] as N;
    this.#count(slot, allowance(node) > 0 ? node.load : -1);
    this.#loads.changed(slot);
  }

  pick(request: RouteRequest): number {
    const { session, exclude } = request;
    if (session === undefined || this.#serving === 0) return this.#loads.pick(request);
    this.#most = Math.ceil((this.#bound * (this.#total + 1)) / this.#serving);
    this.#exclude = exclude;
    const slot = this.#ring.find(session, MOST_STEPS, this.#accepts);
    return slot >= 0 ? slot : this.#loads.pick(request);
  }

  readonly #accepts = (slot: number): boolean => {
    const node = this.#slots[slot] as N;
    return node.load < this.#most && hasRoom(node) && !this.#exclude?.has(node.id);
  };

  #count(slot: number, load: number): void {
    const counted = this.#counted[slot] as number;
    if (counted >= 0) {
      this.#total -= counted;
      this.#serving--;
    }
    if (load >= 0) {
      this.#total += load;
      this.#serving++;
    }
    this.#counted[slot] = load;
  }
}

export const session = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('session', (slots) => new SessionPool(slots, options.boundedLoad ?? 1.25));
