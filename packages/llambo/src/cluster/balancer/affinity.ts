import { LeastLoadedPool } from './least-loaded.ts';
import { type Pool, PooledStrategy } from './pools.ts';
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
class AffinityPool<N extends NodeView> implements Pool<N> {
  /** By context size, the smallest first. As many as there are classes: a handful. */
  #groups: Group<N>[] = [];
  readonly #rules: readonly AffinityRule[];

  constructor(rules: readonly AffinityRule[]) {
    this.#rules = rules;
  }

  add(node: N): void {
    let group = this.#group(node);
    if (group === undefined) {
      group = { class: node.class, contextSize: sizeOf(node), pool: new LeastLoadedPool<N>(), members: 0 };
      this.#groups.push(group);
      this.#groups.sort((a, b) => a.contextSize - b.contextSize || (a.class < b.class ? -1 : 1));
    }
    group.members++;
    group.pool.add(node);
  }

  remove(node: N): void {
    const group = this.#group(node) as Group<N>;
    group.pool.remove(node);
    if (--group.members === 0) this.#groups = this.#groups.filter((each) => each !== group);
  }

  changed(node: N): void {
    this.#group(node)?.pool.changed(node);
  }

  pick(request: RouteRequest): N | undefined {
    const { promptTokens } = request;
    const wanted = this.#rules.find(({ upTo }) => promptTokens <= upTo)?.class;
    if (wanted !== undefined) {
      for (const group of this.#groups) {
        const node = group.class === wanted ? group.pool.pick(request) : undefined;
        if (node !== undefined) return node;
      }
    }
    for (const group of this.#groups) {
      const node = group.contextSize > promptTokens ? group.pool.pick(request) : undefined;
      if (node !== undefined) return node;
    }
    // Nothing that surely fits is free. The estimate may be too high: the largest comes nearest.
    for (let i = this.#groups.length - 1; i >= 0; i--) {
      const node = (this.#groups[i] as Group<N>).pool.pick(request);
      if (node !== undefined) return node;
    }
    return undefined;
  }

  #group(node: N): Group<N> | undefined {
    return this.#groups.find((group) => group.class === node.class && group.contextSize === sizeOf(node));
  }
}

const sizeOf = (node: NodeView): number => node.contextSize ?? Number.MAX_SAFE_INTEGER;

export const affinity = <N extends NodeView>(options: StrategyOptions): Strategy<N> =>
  new PooledStrategy<N>('affinity', () => new AffinityPool<N>(options.affinity ?? []));
