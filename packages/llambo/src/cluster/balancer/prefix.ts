import { LeastLoadedPool } from './least-loaded.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import {
  hasRoom,
  type NodeView,
  type Observation,
  type RouteRequest,
  type Strategy,
  type StrategyOptions,
} from './strategy.ts';

/** A node that is believed to hold a prefix. */
interface Claim<N> {
  readonly node: N;
  /** When it was last sent there, in requests of the pool. */
  used: number;
  /** When it had been sent there before that; -1 for the first time. */
  before: number;
}

/** Prefixes that are remembered, the least recently used forgotten first. */
const MOST_PREFIXES = 65_536;
/** Nodes that are remembered for each of them. */
const MOST_HOLDERS = 8;

/**
 * The node with the longest cached prefix of the prompt, unless it has `imbalance` requests more than the least loaded:
 * then the least loaded, which thereby comes to hold the prefix too.
 *
 * Engines evict what they used least recently. So when one reports that a prefix was not in its cache any more, all
 * claims on that node that are as old are dropped.
 */
class PrefixPool<N extends NodeView> implements Pool<N> {
  readonly #loads = new LeastLoadedPool<N>();
  readonly #claims = new Map<number, Claim<N>[]>();
  /** For each node the request up to which (inclusive) its claims are void. */
  readonly #void = new Map<N, number>();
  readonly #imbalance: number;
  #clock = 0;

  constructor(imbalance: number) {
    this.#imbalance = imbalance;
  }

  add(node: N): void {
    this.#void.set(node, this.#clock);
    this.#loads.add(node);
  }

  remove(node: N): void {
    this.#void.delete(node);
    this.#loads.remove(node);
  }

  changed(node: N): void {
    // An engine that is gone takes its cache with it.
    if (node.state === 'error' || node.state === 'gone') this.#void.set(node, this.#clock);
    this.#loads.changed(node);
  }

  pick(request: RouteRequest): N | undefined {
    const { prefix } = request;
    if (prefix === undefined || prefix.length === 0) return this.#loads.pick(request);
    const node = this.#holder(prefix, request.exclude) ?? this.#loads.pick(request);
    // Claimed at once: the requests that come right behind this one shall find the same node.
    if (node !== undefined) this.#claim(node, prefix);
    return node;
  }

  observe(node: N, { ok, prefix, promptTokens, cachedTokens }: Observation): void {
    if (prefix === undefined || prefix.length === 0) return;
    if (!ok) {
      for (const hash of prefix) {
        const claims = this.#claims.get(hash);
        const place = claims?.findIndex((claim) => claim.node === node) ?? -1;
        if (place >= 0) claims?.splice(place, 1);
      }
      return;
    }
    if (cachedTokens === undefined || promptTokens === undefined) return;
    const blocks = Math.round((cachedTokens / Math.max(1, promptTokens)) * prefix.length);
    const missed = prefix[blocks];
    if (missed === undefined) return;
    const claim = this.#claims.get(missed)?.find((each) => each.node === node);
    const voided = this.#void.get(node) as number;
    if (claim !== undefined && claim.before > voided) this.#void.set(node, claim.before);
  }

  #holder(prefix: readonly number[], exclude: ReadonlySet<string> | undefined): N | undefined {
    const most = (this.#loads.leastLoad ?? 0) + this.#imbalance;
    for (let i = prefix.length - 1; i >= 0; i--) {
      let best: N | undefined;
      for (const claim of this.#claims.get(prefix[i] as number) ?? []) {
        const { node } = claim;
        const voided = this.#void.get(node);
        if (voided === undefined || claim.used <= voided || !hasRoom(node) || node.load > most) continue;
        if (exclude?.has(node.id)) continue;
        if (best === undefined || node.load < best.load) best = node;
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }

  #claim(node: N, prefix: readonly number[]): void {
    const used = ++this.#clock;
    for (const hash of prefix) {
      const claims = this.#claims.get(hash) ?? [];
      const claim = claims.find((each) => each.node === node);
      if (claim !== undefined) {
        claim.before = claim.used;
        claim.used = used;
      } else {
        if (claims.length >= MOST_HOLDERS) claims.splice(oldest(claims), 1);
        claims.push({ node, used, before: -1 });
      }
      this.#claims.delete(hash);
      this.#claims.set(hash, claims);
    }
    while (this.#claims.size > MOST_PREFIXES) this.#claims.delete(this.#claims.keys().next().value as number);
  }
}

function oldest<N>(claims: readonly Claim<N>[]): number {
  let place = 0;
  for (let i = 1; i < claims.length; i++) {
    if ((claims[i] as Claim<N>).used < (claims[place] as Claim<N>).used) place = i;
  }
  return place;
}

export const prefix = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('prefix', () => new PrefixPool<N>(options.imbalance ?? 4));
