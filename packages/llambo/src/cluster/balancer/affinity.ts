import { LeastLoadedPool } from './least-loaded.ts';
import { type Pool, PooledStrategy, type Slots } from './pools.ts';
import type { AffinityRule, NodeView, RouteRequest, Strategy, StrategyOptions } from './strategy.ts';

interface Group<N extends NodeView> {
  readonly class: string;
  readonly contextSize: number;
  readonly pool: LeastLoadedPool<N>;
  members: number;
}

/**
 * The smallest class that the prompt fits, and there the least loaded: long prompts find the big nodes free. Rules may
 * name the class for prompts up to some length; when that class is full, the others help out.
 */
class AffinityPool<N extends NodeView> implements Pool {
  readonly #slots: Slots<N>;
  readonly #rules: readonly AffinityRule[];
  /** By context size, the smallest first. As many as there are classes: a handful. */
  #groups: Group<N>[] = [];

  constructor(slots: Slots<N>, rules: readonly AffinityRule[]) {
    this.#slots = slots;
    this.#rules = rules;
  }

  add(slot: number): void {
    let group = this.#group(slot);
    if (group === undefined) {
      const node = this.#slots[slot] as N;
      const pool = new LeastLoadedPool(this.#slots);
      group = { class: node.class, contextSize: sizeOf(node), pool, members: 0 };
      this.#groups.push(group);
      this.#groups.sort((a, b) => a.contextSize - b.contextSize || (a.class < b.class ? -1 : 1));
    }
    group.members++;
    group.pool.add(slot);
  }

  remove(slot: number): void {
    const group = this.#group(slot) as Group<N>;
    group.pool.remove(slot);
    if (--group.members === 0) this.#groups = this.#groups.filter((each) => each !== group);
  }

  changed(slot: number): void {
    this.#group(slot)?.pool.changed(slot);
  }

  pick(request: RouteRequest): number {
    const { promptTokens } = request;
    const wanted = this.#rules.find(({ upTo }) => promptTokens <= upTo)?.class;
    if (wanted !== undefined) {
      for (const group of this.#groups) {
        const slot = group.class === wanted ? group.pool.pick(request) : -1;
        if (slot >= 0) return slot;
      }
    }
    for (const group of this.#groups) {
      const slot = group.contextSize > promptTokens ? group.pool.pick(request) : -1;
      if (slot >= 0) return slot;
    }
    // Nothing that surely fits is free. The estimate may be too high: the largest comes nearest.
    for (let i = this.#groups.length - 1; i >= 0; i--) {
      const slot = (this.#groups[i] as Group<N>).pool.pick(request);
      if (slot >= 0) return slot;
    }
    return -1;
  }

  #group(slot: number): Group<N> | undefined {
    const node = this.#slots[slot] as N;
    for (const group of this.#groups) {
      if (group.class === node.class && group.contextSize === sizeOf(node)) return group;
    }
    return undefined;
  }
}

const sizeOf = (node: NodeView): number => node.contextSize ?? Number.MAX_SAFE_INTEGER;

export const affinity = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('affinity', (slots) => new AffinityPool(slots, options.affinity ?? []));
