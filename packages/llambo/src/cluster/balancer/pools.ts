import type { NodeView, Observation, RouteRequest, Strategy } from './strategy.ts';

/**
 * One strategy's index over nodes that are all of one model, or of one model and class. It sees a node as its slot: a
 * small number that is the node's own for as long as it is a member, so that indices are arrays, not maps.
 */
export interface Pool {
  add(slot: number): void;
  remove(slot: number): void;
  changed(slot: number): void;
  /** As `Strategy.pick`, among the nodes of this pool; -1 when none can. */
  pick(request: RouteRequest): number;
  observe?(slot: number, observation: Observation): void;
}

/** The nodes by slot. A pool asks only for slots that it was given and not yet told to remove. */
export type Slots<N extends NodeView> = readonly N[];

class Model<N extends NodeView> {
  readonly slots: N[] = [];
  readonly free: number[] = [];
  readonly all: Pool;
  /** Made when the first request names the class: most clusters have one class a model and never need them. */
  readonly classes = new Map<string, Pool>();
  members = 0;

  constructor(create: (slots: Slots<N>) => Pool) {
    this.all = create(this.slots);
  }
}

interface Member<N extends NodeView> {
  readonly model: Model<N>;
  readonly slot: number;
}

/** A strategy made of one pool for each model, and one for each class of it that requests ask for. */
export class PooledStrategy<N extends NodeView> implements Strategy<N> {
  readonly name: string;
  readonly #create: (slots: Slots<N>) => Pool;
  readonly #members = new Map<N, Member<N>>();
  readonly #models = new Map<string, Model<N>>();

  constructor(name: string, create: (slots: Slots<N>) => Pool) {
    this.name = name;
    this.#create = create;
  }

  get size(): number {
    return this.#members.size;
  }

  add(node: N): void {
    if (this.#members.has(node)) return this.changed(node);
    let model = this.#models.get(node.model);
    if (model === undefined) this.#models.set(node.model, (model = new Model(this.#create)));
    const slot = model.free.pop() ?? model.slots.length;
    model.slots[slot] = node;
    model.members++;
    this.#members.set(node, { model, slot });
    model.all.add(slot);
    model.classes.get(node.class)?.add(slot);
  }

  remove(node: N): void {
    const member = this.#members.get(node);
    if (member === undefined) return;
    const { model, slot } = member;
    this.#members.delete(node);
    model.all.remove(slot);
    model.classes.get(node.class)?.remove(slot);
    model.free.push(slot);
    if (--model.members === 0) this.#models.delete(node.model);
  }

  changed(node: N): void {
    const member = this.#members.get(node);
    if (member === undefined) return;
    const { model, slot } = member;
    model.all.changed(slot);
    if (model.classes.size > 0) model.classes.get(node.class)?.changed(slot);
  }

  pick(request: RouteRequest): N | undefined {
    const model = this.#models.get(request.model);
    if (model === undefined) return undefined;
    const pool = request.class === undefined ? model.all : this.#classPool(model, request.class);
    const slot = pool?.pick(request) ?? -1;
    return slot < 0 ? undefined : model.slots[slot];
  }

  observe(node: N, observation: Observation): void {
    const member = this.#members.get(node);
    if (member === undefined) return;
    const { model, slot } = member;
    model.all.observe?.(slot, observation);
    if (model.classes.size > 0) model.classes.get(node.class)?.observe?.(slot, observation);
  }

  #classPool(model: Model<N>, name: string): Pool | undefined {
    const known = model.classes.get(name);
    if (known !== undefined) return known;
    const members: number[] = [];
    for (const [node, member] of this.#members) {
      if (member.model === model && node.class === name) members.push(member.slot);
    }
    if (members.length === 0) return undefined; // a class that only clients dream of takes no memory
    const pool = this.#create(model.slots);
    for (const slot of members) pool.add(slot);
    model.classes.set(name, pool);
    return pool;
  }
}
