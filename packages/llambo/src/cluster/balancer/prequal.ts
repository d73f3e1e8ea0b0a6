import { AvailableList } from './available-list.ts';
import { Pace } from './pace.ts';
import { type Pool, PooledStrategy } from './pools.ts';
import {
  hasRoom,
  type NodeView,
  type Observation,
  type RouteRequest,
  type Strategy,
  type StrategyOptions,
} from './strategy.ts';

/** Constants of the paper (Wydrowski et al., NSDI 2024). */
const PROBES = 3;
const POOL = 16;
const REUSE = 4;
const MOST_AGE_MS = 1000;
/** A probe with more requests in flight than this share of the pool's is hot. */
const HOT_QUANTILE = 0.84;

interface Probe<N> {
  readonly node: N;
  readonly at: number;
  readonly latency: number;
  load: number;
  uses: number;
}

/**
 * Prequal: keeps a few probes of random nodes; takes the cold one with the lowest latency, and when all are hot the one
 * with the fewest requests in flight. Latency is what the node's answers showed, a token, so that long answers do not
 * make a node look slow.
 */
class PrequalPool<N extends NodeView> implements Pool<N> {
  readonly #available = new AvailableList<N>();
  readonly #pace = new Pace<N>();
  readonly #latency = new Map<N, number>();
  readonly #options: StrategyOptions;
  #probes: Probe<N>[] = [];
  #removeOldest = true;

  constructor(options: StrategyOptions) {
    this.#options = options;
  }

  add(node: N): void {
    this.changed(node);
  }

  remove(node: N): void {
    this.#available.remove(node);
    this.#latency.delete(node);
    this.#probes = this.#probes.filter((probe) => probe.node !== node);
  }

  changed(node: N): void {
    this.#pace.seen(node);
    this.#available.changed(node);
  }

  observe(node: N, { ok, totalMs, tokens }: Observation): void {
    if (!ok || totalMs === undefined || tokens === undefined || tokens === 0) return;
    const latency = totalMs / tokens;
    const before = this.#latency.get(node);
    this.#latency.set(node, before === undefined ? latency : before * 0.8 + latency * 0.2);
  }

  pick({ exclude }: RouteRequest): N | undefined {
    const now = this.#options.now();
    this.#probes = this.#probes.filter(
      ({ node, at, uses }) => uses > 0 && now - at <= MOST_AGE_MS && hasRoom(node),
    );
    this.#removeOne();
    for (let i = 0; i < PROBES; i++) {
      const node = this.#available.draw(this.#options.random, exclude);
      if (node === undefined) return undefined;
      this.#probes.push({ node, at: now, load: node.load, latency: this.#estimate(node), uses: REUSE });
    }
    if (this.#probes.length > POOL) this.#probes.splice(0, this.#probes.length - POOL);
    const hot = this.#hotLoad();
    let best: Probe<N> | undefined;
    for (const probe of this.#probes) {
      if (exclude?.has(probe.node.id)) continue;
      if (best === undefined || better(probe, best, hot)) best = probe;
    }
    if (best === undefined) return undefined;
    best.uses--;
    best.load++; // the request that goes there now
    return best.node;
  }

  #estimate(node: N): number {
    return this.#latency.get(node) ?? 1000 * this.#pace.cost(node);
  }

  /** One probe leaves for each request: the oldest and the worst in turn, so that the pool neither ages nor fills with bad ones. */
  #removeOne(): void {
    if (this.#probes.length < POOL - PROBES) return;
    let place = 0;
    if (!this.#removeOldest) {
      const hot = this.#hotLoad();
      for (let i = 1; i < this.#probes.length; i++) {
        if (better(this.#probes[place] as Probe<N>, this.#probes[i] as Probe<N>, hot)) place = i;
      }
    }
    this.#probes.splice(place, 1);
    this.#removeOldest = !this.#removeOldest;
  }

  #hotLoad(): number {
    const loads = this.#probes.map((probe) => probe.load).sort((a, b) => a - b);
    return loads[Math.min(loads.length - 1, Math.floor(HOT_QUANTILE * loads.length))] ?? 0;
  }
}

function better<N>(a: Probe<N>, b: Probe<N>, hot: number): boolean {
  const coldA = a.load <= hot;
  const coldB = b.load <= hot;
  if (coldA !== coldB) return coldA;
  return coldA ? a.latency < b.latency : a.load < b.load;
}

export const prequal = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('prequal', () => new PrequalPool<N>(options));
