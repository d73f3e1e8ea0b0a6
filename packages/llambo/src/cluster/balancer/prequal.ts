import { AvailableList } from './available-list.ts';
import { Pace } from './pace.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
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

interface Probe {
  readonly slot: number;
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
class PrequalPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #available: AvailableList<N>;
  readonly #pace = new Pace<N>();
  readonly #options: StrategyOptions;
  /** By slot: milliseconds a token; 0 while unknown. */
  readonly #latency: number[] = [];
  readonly #probes: Probe[] = [];
  readonly #loads: number[] = [];
  #removeOldest = true;

  constructor(slots: Slots<N>, options: StrategyOptions) {
    this.#slots = slots;
    this.#available = new AvailableList(slots);
    this.#options = options;
  }

  add(slot: number): void {
    while (this.#latency.length < slot) this.#latency.push(0);
    this.#latency[slot] = 0;
    this.changed(slot);
  }

  remove(slot: number): void {
    this.#available.remove(slot);
    this.#keep((probe) => probe.slot !== slot);
  }

  changed(slot: number): void {
    this.#pace.seen(this.#slots[slot] as N);
    this.#available.changed(slot);
  }

  observe(slot: number, { ok, totalMs, tokens }: Observation): void {
    if (!ok || totalMs === undefined || tokens === undefined || tokens === 0) return;
    const before = this.#latency[slot] as number;
    const latency = totalMs / tokens;
    this.#latency[slot] = before === 0 ? latency : before * 0.8 + latency * 0.2;
  }

  pick({ exclude }: RouteRequest): number {
    const now = this.#options.now();
    this.#keep(
      ({ slot, at, uses }) => uses > 0 && now - at <= MOST_AGE_MS && hasRoom(this.#slots[slot] as N),
    );
    if (this.#probes.length > POOL - PROBES) this.#removeOne();
    for (let i = 0; i < PROBES; i++) {
      const slot = this.#available.draw(this.#options.random, exclude);
      if (slot < 0) return -1;
      const node = this.#slots[slot] as N;
      const latency = this.#latency[slot] || 1000 * this.#pace.cost(node);
      this.#probes.push({ slot, at: now, load: node.load, latency, uses: REUSE });
    }
    while (this.#probes.length > POOL) this.#probes.shift();
    const hot = this.#hotLoad();
    let best: Probe | undefined;
    for (const probe of this.#probes) {
      if (exclude?.has((this.#slots[probe.slot] as N).id)) continue;
      if (best === undefined || better(probe, best, hot)) best = probe;
    }
    if (best === undefined) return -1;
    best.uses--;
    best.load++; // the request that goes there now
    return best.slot;
  }

  #keep(good: (probe: Probe) => boolean): void {
    let kept = 0;
    for (const probe of this.#probes) if (good(probe)) this.#probes[kept++] = probe;
    this.#probes.length = kept;
  }

  /** The oldest and the worst leave in turn, so that the pool neither ages nor fills with bad ones. */
  #removeOne(): void {
    let place = 0;
    if (!this.#removeOldest) {
      const hot = this.#hotLoad();
      for (let i = 1; i < this.#probes.length; i++) {
        if (better(this.#probes[place] as Probe, this.#probes[i] as Probe, hot)) place = i;
      }
    }
    this.#probes.splice(place, 1);
    this.#removeOldest = !this.#removeOldest;
  }

  /** The load at the quantile, by insertion into a short sorted array. */
  #hotLoad(): number {
    const loads = this.#loads;
    loads.length = 0;
    for (const { load } of this.#probes) {
      let place = loads.length;
      for (; place > 0 && (loads[place - 1] as number) > load; place--)
        loads[place] = loads[place - 1] as number;
      loads[place] = load;
    }
    return loads[Math.min(loads.length - 1, Math.floor(HOT_QUANTILE * loads.length))] ?? 0;
  }
}

function better(a: Probe, b: Probe, hot: number): boolean {
  const coldA = a.load <= hot;
  if (coldA !== b.load <= hot) return coldA;
  return coldA ? a.latency < b.latency : a.load < b.load;
}

export const prequal = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('prequal', (slots) => new PrequalPool(slots, options));
