/**
 * The nodes that there are, and those that there should be: hosts join and go, classes are scaled, and what differs is
 * spawned or drained. It knows nothing of requests; whoever dispatches them is told of every node that comes and goes.
 */
import { LlamaError, type ModelInfo } from '@llambo/llama';
import type { ClassConfig } from '../config/schema.ts';
import { LlamboError, unknownModel } from '../errors.ts';
import type { Proof } from '../host/proof.ts';
import { type DataPlace, NodeEngine } from '../wire/node-engine.ts';
import { Doubts } from './doubts.ts';
import {
  type EngineWanted,
  type HostHooks,
  HostLink,
  type HostStatus,
  type Worker,
  type WorkerShape,
} from './hosts/link.ts';
import type { HostAddress } from './hosts/ports.ts';
import type { FindModel, ServedModel } from './models.ts';
import { ClusterNode, capacityOf } from './node.ts';
import { place, type Room } from './placement.ts';
import { Rebalancer } from './rebalance.ts';

export interface FleetOptions extends Proof {
  /** Nodes at most, over all classes. */
  readonly maximum: number;
  readonly kind: 'llama' | 'echo';
  /** Requests that one engine runs at once. */
  readonly sequences: number;
  /** Threads of llama.cpp; all cores when undefined. */
  readonly threads?: number | undefined;
  /** Of the echo engine: milliseconds between two tokens. */
  readonly tokenMs?: number | undefined;
  readonly findModel: FindModel;
  /** Nodes of each class in an earlier life; the configuration's where there is none. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Number of the last node of an earlier life. */
  readonly lastNode?: number;
  /** Milliseconds that a node that leaves may finish what it has. */
  readonly drainMs: number;
}

export interface FleetHooks {
  added(node: ClusterNode): void;
  /** It is to get no new work; it goes when it is empty, or when its time is over. */
  leaving(node: ClusterNode): void;
  removed(node: ClusterNode): void;
  /** A heartbeat of its host. */
  beat(node: ClusterNode): void;
  /** Its engine, program or host is down for now, or works again. */
  down(node: ClusterNode, why: string): void;
  up(node: ClusterNode): void;
  event(text: string): void;
  /** A class is to have so many nodes from now on. */
  scaled(name: string, count: number): void;
  /** Names up to this number are taken. */
  named(last: number): void;
}

/** A class of nodes as it should be. */
interface Wanted {
  readonly options: ClassConfig;
  count: number;
}

/** A model that some class names. */
interface Pool {
  readonly served: ServedModel;
  readonly nodes: Set<ClusterNode>;
  info: ModelInfo | undefined;
}

/** How long a host may be away before its nodes are given up, milliseconds. */
const AWAY_MS = 10_000;
/** A host without a heartbeat for so long gets no new nodes, milliseconds. */
const SILENT_MS = 3000;
/** Requests at once that an engine is made for at least: it keeps its shape when nodes are added. */
const LEAST_SEQUENCES = 16;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #hooks: FleetHooks;
  readonly #hosts = new Map<string, HostLink>();
  readonly #away = new Map<string, NodeJS.Timeout>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #pools = new Map<string, Pool>();
  readonly #nodes = new Map<string, ClusterNode>();
  /** Nodes whose program or thread is gone for now, whatever their engine does. */
  readonly #broken = new Set<string>();
  readonly #doubts: Doubts;
  readonly #rebalancer: Rebalancer<ClusterNode>;
  readonly #leaving = new Map<ClusterNode, NodeJS.Timeout>();
  #lastNode = 0;
  #reconciling: Promise<void> | undefined;
  #again = false;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: FleetOptions, hooks: FleetHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.#lastNode = options.lastNode ?? 0;
    this.#doubts = new Doubts({
      ask: async (host, model) =>
        (await this.#hosts
          .get(host)
          ?.engineInfo(model)
          .catch(() => undefined)) !== undefined,
      cleared: (host, model) => {
        for (const node of this.#neighbours(host, model))
          if (!this.#broken.has(node.id)) this.#hooks.up(node);
      },
    });
    this.#rebalancer = new Rebalancer({
      nodes: () => this.#movable(),
      roomsFor: (model) => this.#rooms(model),
      move: (nodes) => this.#move(nodes),
      done: (moved) => hooks.event(`moved ${moved} node${moved === 1 ? '' : 's'} to emptier hosts`),
    });
  }

  /** Moves nodes to emptier hosts, a few at a time; an event tells when that is done. */
  rebalance(): void {
    this.#rebalancer.start();
  }

  *#movable(): Generator<ClusterNode> {
    for (const node of this.#nodes.values()) {
      if (node.health === 'serving' && !this.#leaving.has(node)) yield node;
    }
  }

  /** False when those in their place could not be had. */
  async #move(nodes: readonly ClusterNode[]): Promise<boolean> {
    this.#leave(nodes);
    return this.reconcile().then(
      () => true,
      () => false,
    );
  }

  get nodes(): ReadonlyMap<string, ClusterNode> {
    return this.#nodes;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get maximum(): number {
    return this.#options.maximum;
  }

  /** Class names in the configuration's order, each with the nodes that it should have. */
  get classes(): ReadonlyMap<string, { readonly options: ClassConfig; readonly count: number }> {
    return this.#wanted;
  }

  get hosts(): readonly HostStatus[] {
    const workers = new Map<string, number>();
    for (const { host } of this.#nodes.values()) workers.set(host, (workers.get(host) ?? 0) + 1);
    return [...this.#hosts.values()].map(({ status }) => ({
      ...status,
      workers: workers.get(status.name) ?? 0,
    }));
  }

  host(name: string): HostLink | undefined {
    return this.#hosts.get(name);
  }

  hasModel(name: string): boolean {
    return this.#pools.has(name);
  }

  modelNames(): string[] {
    return [...this.#pools.keys()];
  }

  /** Models whose engines have told of themselves. */
  models(): readonly ModelInfo[] {
    return [...this.#pools.values()].flatMap(({ info }) => (info === undefined ? [] : [info]));
  }

  nodesOf(model: string): ReadonlySet<ClusterNode> {
    return this.#pools.get(model)?.nodes ?? new Set();
  }

  /** Whether a node of the model is there, or is still wanted. */
  hopeful(model: string): boolean {
    const pool = this.#pools.get(model);
    if (pool === undefined) return false;
    if (pool.nodes.size > 0) return true;
    return [...this.#wanted.values()].some(({ options, count }) => options.model === model && count > 0);
  }

  /** Finds the models of the classes; nodes follow when a host has joined. @throws ModelStoreError */
  async define(classes: Readonly<Record<string, ClassConfig>>): Promise<void> {
    const names = new Set(Object.values(classes).map(({ model }) => model));
    await Promise.all(
      [...names].map(async (name) => {
        if (this.#pools.has(name)) return;
        const served = await this.#options.findModel(name);
        this.#pools.set(name, { served, nodes: new Set(), info: undefined });
      }),
    );
    for (const [name, options] of Object.entries(classes)) {
      this.#wanted.set(name, { options, count: this.#options.counts?.[name] ?? options.count });
    }
  }

  /**
   * A host is there, or is back: its workers are adopted; what is missing is spawned afterwards, and others may move there.
   *
   * @param models those that are on its disk
   * @throws StyxError
   */
  async join(name: string, address: HostAddress, models: readonly string[] = []): Promise<void> {
    this.#hosts.get(name)?.close();
    const link = await HostLink.open(name, address, this.#hostHooks(name), this.#options);
    link.announced = models;
    if (this.#stopped) return link.close();
    clearTimeout(this.#away.get(name));
    this.#away.delete(name);
    this.#hosts.set(name, link);
    const adopted = await this.#adopt(link);
    const { cpus } = link.status;
    this.#hooks.event(`host ${name} joined with ${cpus} cores${adopted > 0 ? ` and ${adopted} nodes` : ''}`);
    this.reconcile().catch(() => {});
    this.#rebalancer.start();
  }

  /** How many nodes the class is to have. @throws LlamboError `bad-request` */
  async scale(name: string, count: number): Promise<void> {
    const wanted = this.classOf(name);
    let others = 0;
    for (const [other, { count: n }] of this.#wanted) if (other !== name) others += n;
    if (others + count > this.maximum) {
      throw new LlamboError(
        'bad-request',
        `${count} ${name} nodes would make ${others + count}, more than the maximum of ${this.maximum}`,
      );
    }
    this.#want(name, wanted, count);
    await this.reconcile();
  }

  /** Drains one node and takes it away, without another in its place. */
  async retire(ids: readonly string[]): Promise<void> {
    const leaving = ids.flatMap((id) => this.#nodes.get(id) ?? []).filter((node) => !this.#leaving.has(node));
    for (const node of leaving) {
      const wanted = this.#wanted.get(node.class);
      if (wanted !== undefined && wanted.count > 0) this.#want(node.class, wanted, wanted.count - 1);
    }
    this.#leave(leaving);
  }

  /** Ends a node at once; its work goes on elsewhere, and another node takes its place. */
  async kill(id: string): Promise<void> {
    const node = this.node(id);
    await this.#stopWorkers(node.host, [node]);
    this.reconcile().catch(() => {});
  }

  /** @throws LlamboError `unknown-node` */
  node(id: string): ClusterNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new LlamboError('unknown-node', `there is no node ${id}`);
    return node;
  }

  /** The node has nothing to do: if it is leaving, it goes now. */
  idle(node: ClusterNode): void {
    if (this.#leaving.has(node)) void this.#stopWorkers(node.host, [node]).catch(() => {});
  }

  /** A node said that its engine is gone: its neighbours have the same one. */
  doubt({ host, model }: ClusterNode): void {
    if (!this.#doubts.raise(host, model)) return;
    for (const node of this.#neighbours(host, model)) this.#hooks.down(node, 'its engine may be gone');
  }

  /** The node was silent for too long. */
  lose(node: ClusterNode): void {
    this.#remove(node);
    this.reconcile().catch(() => {});
  }

  /** Makes what is there what should be there; settles when nothing is left to do, or the rest has to wait. */
  reconcile(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#reconciling !== undefined) {
      this.#again = true;
      return this.#reconciling;
    }
    this.#reconciling = this.#converge().finally(() => {
      this.#reconciling = undefined;
    });
    return this.#reconciling;
  }

  /** Leaves the hosts alone; with `down` ends them and their workers. */
  async stop(down: boolean): Promise<void> {
    this.#stopped = true;
    this.#rebalancer.stop();
    clearTimeout(this.#retry);
    for (const timer of this.#away.values()) clearTimeout(timer);
    this.#doubts.stop();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    await Promise.allSettled(
      [...this.#hosts.values()].map(async (link) => {
        if (down) await link.command('shutdown').catch(() => {});
        link.close();
      }),
    );
  }

  async #converge(): Promise<void> {
    try {
      do {
        this.#again = false;
        for (const [name, wanted] of this.#wanted) await this.#convergeClass(name, wanted);
      } while (this.#again && !this.#stopped);
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      if (this.#stopped) return;
      const wait = this.#retryMs;
      this.#retryMs = Math.min(LONGEST_RETRY_MS, wait * 2);
      this.#hooks.event(`spawning failed, next try in ${wait} ms: ${(error as Error).message}`);
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.reconcile().catch(() => {}), wait);
      throw error;
    }
  }

  async #convergeClass(name: string, wanted: Wanted): Promise<void> {
    const there = [...this.#nodes.values()].filter(
      (node) => node.class === name && !this.#leaving.has(node) && node.health !== 'gone',
    );
    const missing = wanted.count - there.length;
    if (missing < 0) {
      // The emptiest first, and of those the youngest.
      const order = there.sort((a, b) => a.load - b.load || (a.id < b.id ? 1 : -1));
      const leaving = order.slice(0, -missing);
      this.#hooks.event(`draining ${leaving.length} ${name} node${leaving.length === 1 ? '' : 's'}`);
      this.#leave(leaving);
    } else if (missing > 0 && this.#hosts.size > 0) {
      await this.#spawn(name, wanted.options, missing);
    }
  }

  async #spawn(name: string, options: ClassConfig, count: number): Promise<void> {
    const pool = this.#pools.get(options.model) as Pool;
    const shape: WorkerShape = {
      class: name,
      model: options.model,
      memory: options.memory,
      cpu: options.cpu,
      context: options.context_size,
      ...(options.cpu_limit === 'hard' ? { cpu_limit: 'hard' } : {}),
      capacity: capacityOf(options, pool.served.kvBytesPerToken),
    };
    const rooms = this.#rooms(options.model);
    const results = await Promise.allSettled(
      [...place(count, options.cpu, rooms)].map(async ([host, n]) => {
        const link = this.#hosts.get(host) as HostLink;
        await link.engine(this.#engineWanted(pool));
        await this.#learn(host, options.model);
        const ids = Array.from({ length: n }, () => this.#nextId());
        this.#hooks.named(this.#lastNode);
        const serving = [...this.#nodes.values()].some((node) => node.host === host && node.load > 0);
        await link.spawn(ids, shape, serving);
        const workers = new Map((await link.workers()).map((worker) => [worker.id, worker]));
        for (const id of ids) {
          const worker = workers.get(id);
          if (worker !== undefined) this.#add(worker, host);
        }
        return n;
      }),
    );
    const spawned = results.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value : 0), 0);
    if (spawned > 0) this.#hooks.event(`spawned ${spawned} ${name} node${spawned === 1 ? '' : 's'}`);
    const failed = results.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  }

  /** The hosts as they are for nodes of a model; those that have fallen silent get none while there are others. */
  #rooms(model: string): Room[] {
    const all = [...this.#hosts.values()];
    const awake = all.filter(({ silentMs }) => silentMs < SILENT_MS);
    return (awake.length > 0 ? awake : all).map(({ status, announced }) => ({
      host: status.name,
      cpus: status.cpus,
      promised: this.#promised(status.name),
      hasModel: this.#options.kind === 'echo' || status.models.includes(model) || announced.includes(model),
    }));
  }

  #engineWanted(pool: Pool): EngineWanted {
    const { name, path, kvBytesPerToken } = pool.served;
    const classes = [...this.#wanted.values()].filter(({ options }) => options.model === name);
    const planned = classes.reduce(
      (sum, { options, count }) => sum + count * capacityOf(options, kvBytesPerToken),
      0,
    );
    const { kind, threads, sequences, tokenMs } = this.#options;
    return {
      model: name,
      ...(path === undefined ? {} : { path }),
      kind,
      context: Math.max(...classes.map(({ options }) => options.context_size)),
      sequences: Math.min(sequences, Math.max(LEAST_SEQUENCES, planned)),
      queue: Math.max(1024, planned),
      ...(threads === undefined ? {} : { threads }),
      ...(tokenMs === undefined ? {} : { tokenMs }),
    };
  }

  #neighbours(host: string, model: string): ClusterNode[] {
    return [...this.nodesOf(model)].filter((node) => node.host === host);
  }

  /** What the engine on a host says of its model, and of itself. */
  async #learn(host: string, model: string): Promise<void> {
    const pool = this.#pools.get(model);
    if (pool === undefined) return;
    pool.info =
      (await this.#hosts
        .get(host)
        ?.engineInfo(model)
        .catch(() => undefined)) ?? pool.info;
  }

  #promised(host: string): number {
    let sum = 0;
    for (const node of this.#nodes.values()) if (node.host === host) sum += node.cpu;
    return sum;
  }

  #want(name: string, wanted: Wanted, count: number): void {
    wanted.count = count;
    this.#hooks.scaled(name, count);
  }

  #nextId(): string {
    return `worker-${String(++this.#lastNode).padStart(4, '0')}`;
  }

  /** Takes over the workers that a host runs already; those that nobody knows any more are ended. */
  async #adopt(link: HostLink): Promise<number> {
    const strangers: string[] = [];
    const seen = new Set<string>();
    let adopted = 0;
    for (const worker of await link.workers()) {
      this.#lastNode = Math.max(this.#lastNode, Number(/\d+$/.exec(worker.id)?.[0] ?? 0));
      const known = this.#nodes.get(worker.id);
      if (known?.host === link.name && known.thread === worker.thread) {
        seen.add(worker.id);
        this.#hooks.up(known);
        adopted++;
      } else if (known === undefined && this.#wanted.has(worker.class) && this.#pools.has(worker.model)) {
        this.#add(worker, link.name);
        seen.add(worker.id);
        adopted++;
      } else strangers.push(worker.id);
    }
    for (const node of [...this.#nodes.values()]) {
      if (node.host === link.name && !seen.has(node.id)) this.#remove(node);
    }
    if (strangers.length > 0) await link.stop(strangers);
    for (const [model, pool] of this.#pools) {
      if (pool.info === undefined) await this.#learn(link.name, model);
    }
    return adopted;
  }

  #add(worker: Worker, host: string): void {
    const pool = this.#pools.get(worker.model) as Pool;
    const node: ClusterNode = new ClusterNode({
      id: worker.id,
      class: worker.class,
      model: worker.model,
      host,
      thread: worker.thread,
      capacity: worker.capacity,
      cpu: worker.cpu,
      memory: worker.memory,
      contextSize: worker.context,
      calls: new NodeEngine(() => this.#dataOf(node)),
    });
    this.#nodes.set(node.id, node);
    pool.nodes.add(node);
    this.#hooks.added(node);
  }

  #dataOf(node: ClusterNode): DataPlace {
    const link = this.#hosts.get(node.host);
    if (link === undefined) throw new LlamaError('engine-gone', `host ${node.host} is away`);
    return { root: link.threadRoot(node.thread), names: [node.id, 'data'] };
  }

  #remove(node: ClusterNode): void {
    if (this.#nodes.get(node.id) !== node) return;
    this.#nodes.delete(node.id);
    this.#pools.get(node.model)?.nodes.delete(node);
    this.#broken.delete(node.id);
    clearTimeout(this.#leaving.get(node));
    this.#leaving.delete(node);
    this.#hooks.removed(node);
  }

  #leave(nodes: readonly ClusterNode[]): void {
    const empty = new Map<string, ClusterNode[]>();
    for (const node of nodes) {
      this.#hooks.leaving(node);
      const end = (): void => void this.#stopWorkers(node.host, [node]).catch(() => {});
      this.#leaving.set(node, setTimeout(end, this.#options.drainMs));
      if (node.load > 0) continue;
      const ofHost = empty.get(node.host);
      if (ofHost === undefined) empty.set(node.host, [node]);
      else ofHost.push(node);
    }
    for (const [host, idle] of empty) this.#stopWorkers(host, idle).catch(() => {});
  }

  async #stopWorkers(host: string, nodes: readonly ClusterNode[]): Promise<void> {
    for (const node of nodes) this.#remove(node);
    await this.#hosts.get(host)?.stop(nodes.map(({ id }) => id));
  }

  #hostHooks(name: string): HostHooks {
    const ours = function* (this: Fleet): Generator<ClusterNode> {
      for (const node of this.#nodes.values()) if (node.host === name) yield node;
    }.bind(this);
    return {
      beat: (silentMs) => {
        for (const node of ours()) this.#hooks.beat(node);
        if (silentMs >= SILENT_MS) this.reconcile().catch(() => {});
      },
      engine: (model, up, why) => {
        this.#doubts.drop(name, model);
        if (up) void this.#learn(name, model);
        let count = 0;
        for (const node of ours()) {
          if (node.model !== model) continue;
          count++;
          if (up && !this.#broken.has(node.id)) this.#hooks.up(node);
          else if (!up) this.#hooks.down(node, why);
        }
        if (count === 0) return;
        const what = up ? `is back, ${count} nodes recovered` : `died (${why}), ${count} nodes in error`;
        this.#hooks.event(`engine of ${model} on ${name} ${what}`);
      },
      worker: (id, state, why) => {
        const node = this.#nodes.get(id);
        if (node === undefined) return;
        this.#hooks.event(`${id} ${state === 'up' ? 'is back' : `failed: ${why}`}`);
        if (state === 'error') this.#broken.add(id);
        else this.#broken.delete(id);
        if (state === 'up') this.#hooks.up(node);
        else if (state === 'error') this.#hooks.down(node, why);
        else this.lose(node);
      },
      gone: (why) => {
        if (this.#stopped) return;
        this.#hosts.delete(name);
        const nodes = [...ours()];
        this.#hooks.event(`host ${name} is gone (${why}), ${nodes.length} nodes in error`);
        for (const node of nodes) this.#hooks.down(node, `host ${name} is gone`);
        const giveUp = (): void => {
          this.#away.delete(name);
          const lost = [...ours()];
          if (lost.length > 0) this.#hooks.event(`gave up ${lost.length} nodes of host ${name}`);
          for (const node of lost) this.#remove(node);
          this.reconcile().catch(() => {});
        };
        this.#away.set(name, setTimeout(giveUp, AWAY_MS));
      },
    };
  }

  /** @throws LlamboError `bad-request` */
  classOf(name: string): Wanted {
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) {
      throw new LlamboError(
        'bad-request',
        `there is no class ${name}; classes: ${[...this.#wanted.keys()].join(', ')}`,
      );
    }
    return wanted;
  }

  /** The model, and the class if one was named, that a request's model name stands for. @throws LlamboError */
  resolve(name: string | undefined): { model: string; class: string | undefined } {
    if (name === undefined || name === '' || name === 'default') {
      const [first] = this.#wanted.values();
      return { model: (first as Wanted).options.model, class: undefined };
    }
    const wanted = this.#wanted.get(name);
    if (wanted !== undefined) return { model: wanted.options.model, class: name };
    if (this.#pools.has(name)) return { model: name, class: undefined };
    throw unknownModel(name, [...this.#pools.keys(), ...this.#wanted.keys()]);
  }
}
