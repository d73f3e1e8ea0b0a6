import { ClaimTable } from './claim-table.ts';
import { LeastLoadedPool } from './least-loaded.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
import {
  hasRoom,
  type NodeView,
  type Observation,
  type RouteRequest,
  type Strategy,
  type StrategyOptions,
} from './strategy.ts';

/**
 * The node with the longest cached prefix of the prompt, unless it has `imbalance` requests more than the least loaded:
 * then the least loaded, which thereby comes to hold the prefix too.
 *
 * Engines evict what they used least recently. So when one reports that a prefix was not in its cache any more, all
 * claims on that node that are as old are void.
 */
class PrefixPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #loads: LeastLoadedPool<N>;
  readonly #imbalance: number;
  /** By slot: claims up to this time (inclusive) are void. */
  readonly #void: number[] = [];
  #claims: ClaimTable | undefined;
  #clock = 0;
  #exclude: ReadonlySet<string> | undefined;
  #most = 0;

  constructor(slots: Slots<N>, imbalance: number) {
    this.#slots = slots;
    this.#loads = new LeastLoadedPool(slots);
    this.#imbalance = imbalance;
  }

  add(slot: number): void {
    this.#void[slot] = this.#clock;
    this.#loads.add(slot);
  }

  remove(slot: number): void {
    this.#void[slot] = Number.POSITIVE_INFINITY;
    this.#loads.remove(slot);
  }

  changed(slot: number): void {
    const { state } = this.#slots[slot] as N;
    // An engine that is gone takes its cache with it.
    if (state === 'error' || state === 'gone') this.#void[slot] = this.#clock;
    this.#loads.changed(slot);
  }

  pick(request: RouteRequest): number {
    const { prefix, exclude } = request;
    if (prefix === undefined || prefix.length === 0) return this.#loads.pick(request);
    this.#claims ??= new ClaimTable();
    this.#exclude = exclude;
    this.#most = this.#loads.leastLoad + this.#imbalance;
    let slot = -1;
    for (let i = prefix.length - 1; i >= 0 && slot < 0; i--)
      slot = this.#claims.cheapest(prefix[i] as number, this.#cost);
    if (slot < 0) slot = this.#loads.pick(request);
    // Claimed at once: the requests that come right behind this one shall find the same node.
    if (slot >= 0) {
      const now = ++this.#clock;
      for (const hash of prefix) this.#claims.claim(hash, slot, now);
    }
    return slot;
  }

  observe(slot: number, { ok, prefix, promptTokens, cachedTokens }: Observation): void {
    const claims = this.#claims;
    if (claims === undefined || prefix === undefined) return;
    if (!ok) {
      for (const hash of prefix) claims.drop(hash, slot);
    } else if (cachedTokens !== undefined && promptTokens !== undefined) {
      const blocks = Math.round((cachedTokens / Math.max(1, promptTokens)) * prefix.length);
      const missed = prefix[blocks];
      if (missed === undefined) return;
      this.#void[slot] = Math.max(this.#void[slot] as number, claims.before(missed, slot));
    }
  }

  readonly #cost = (slot: number, used: number): number => {
    if (used <= (this.#void[slot] as number)) return Number.POSITIVE_INFINITY;
    const node = this.#slots[slot] as N;
    if (node.load > this.#most || !hasRoom(node) || this.#exclude?.has(node.id))
      return Number.POSITIVE_INFINITY;
    return node.load;
  };
}

export const prefix = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('prefix', (slots) => new PrefixPool(slots, options.imbalance ?? 4));
