import type { NodeView, Observation, RouteRequest, Strategy } from './strategy.ts';

/** One strategy's index over nodes that are all of one model, or of one model and class. */
export interface Pool<N extends NodeView> {
  add(node: N): void;
  remove(node: N): void;
  changed(node: N): void;
  /** As `Strategy.pick`, among the nodes of this pool. */
  pick(request: RouteRequest): N | undefined;
  observe?(node: N, observation: Observation): void;
}

interface ModelPools<N extends NodeView> {
  readonly nodes: Set<N>;
  readonly all: Pool<N>;
  /** Made when the first request names the class: most clusters have one class a model and never need them. */
  readonly classes: Map<string, Pool<N>>;
}

/** A strategy made of one pool for each model, and one for each class of it that requests ask for. */
export class PooledStrategy<N extends NodeView> implements Strategy<N> {
  readonly name: string;
  readonly #create: () => Pool<N>;
  readonly #models = new Map<string, ModelPools<N>>();
  #size = 0;

  constructor(name: string, create: () => Pool<N>) {
    this.name = name;
    this.#create = create;
  }

  get size(): number {
    return this.#size;
  }

  add(node: N): void {
    let pools = this.#models.get(node.model);
    if (pools === undefined) {
      pools = { nodes: new Set(), all: this.#create(), classes: new Map() };
      this.#models.set(node.model, pools);
    }
    if (pools.nodes.has(node)) return this.changed(node);
    pools.nodes.add(node);
    this.#size++;
    pools.all.add(node);
    pools.classes.get(node.class)?.add(node);
  }

  remove(node: N): void {
    const pools = this.#models.get(node.model);
    if (pools === undefined || !pools.nodes.delete(node)) return;
    this.#size--;
    if (pools.nodes.size === 0) {
      this.#models.delete(node.model);
      return;
    }
    pools.all.remove(node);
    pools.classes.get(node.class)?.remove(node);
  }

  changed(node: N): void {
    const pools = this.#models.get(node.model);
    if (pools === undefined || !pools.nodes.has(node)) return;
    pools.all.changed(node);
    if (pools.classes.size > 0) pools.classes.get(node.class)?.changed(node);
  }

  pick(request: RouteRequest): N | undefined {
    const pools = this.#models.get(request.model);
    if (pools === undefined) return undefined;
    if (request.class === undefined) return pools.all.pick(request);
    return (pools.classes.get(request.class) ?? this.#classPool(pools, request.class))?.pick(request);
  }

  observe(node: N, observation: Observation): void {
    const pools = this.#models.get(node.model);
    if (pools === undefined || !pools.nodes.has(node)) return;
    pools.all.observe?.(node, observation);
    if (pools.classes.size > 0) pools.classes.get(node.class)?.observe?.(node, observation);
  }

  #classPool(pools: ModelPools<N>, name: string): Pool<N> | undefined {
    const members = [...pools.nodes].filter((node) => node.class === name);
    if (members.length === 0) return undefined; // a class that only clients dream of takes no memory
    const pool = this.#create();
    for (const node of members) pool.add(node);
    pools.classes.set(name, pool);
    return pool;
  }
}
