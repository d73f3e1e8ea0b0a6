import type { NodeState, NodeView } from '../cluster/balancer/index.ts';
import { type EngineEvents, FluidEngine, type Run, type SimEngine, StepEngine } from './engine.ts';
import type { ClassOptions } from './types.ts';

/** A client's request, from its arrival to its end. */
export interface Job {
  readonly group: Group;
  readonly tenant: number;
  readonly arrived: number;
  readonly measured: boolean;
  readonly prompt: number;
  readonly tokens: number;
  /** Which beginning its prompt shares with others; -1: none. */
  readonly prefix: number;
  /** Tokens that the client has. */
  done: number;
  /** When it was given to its first node, and when its first token came; negative: not yet. */
  started: number;
  first: number;
  attempts: number;
  tried: Set<string> | undefined;
  readonly runs: SimRun[];
  over: boolean;
}

/** A job on a node. */
export interface SimRun extends Run {
  readonly job: Job;
  readonly node: SimNode;
  readonly assigned: number;
  readonly cached: number;
}

interface Work {
  prompt: number;
  tokens: number;
}

/** All nodes of one class. */
export interface Group {
  readonly index: number;
  readonly options: ClassOptions;
  readonly nodes: Set<SimNode>;
  /** Engines that have room for another node. */
  readonly open: Set<SimHost>;
  /** Nodes in rotation, and requests on them. */
  ready: number;
  busy: number;
  starting: number;
  /** Nodes that are paid for. */
  paid: number;
  readonly offered: Work;
  readonly served: Work;
}

export class SimNode implements NodeView {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  readonly capacity: number;
  readonly group: Group;
  readonly host: SimHost;
  readonly runs: SimRun[] = [];
  /** As the balancer knows it: what is there, or was at the last snapshot. */
  load = 0;
  speed = 0;
  state: NodeState = 'idle';

  constructor(id: string, group: Group, host: SimHost) {
    this.id = id;
    this.group = group;
    this.host = host;
    this.class = group.options.name;
    this.model = group.options.name;
    this.capacity = group.options.capacity;
  }

  get serving(): boolean {
    return this.state === 'idle' || this.state === 'busy' || this.state === 'probation';
  }

  take(run: SimRun): void {
    const place = this.runs.indexOf(run);
    if (place < 0) return;
    this.runs[place] = this.runs[this.runs.length - 1] as SimRun;
    this.runs.pop();
  }
}

/** An engine and the nodes that compute on it. */
export class SimHost {
  readonly slot: number;
  readonly nodes: SimNode[] = [];
  readonly group: Group;
  engine: SimEngine<SimRun>;
  down = false;
  #slowness = 1;
  readonly #events: EngineEvents<SimRun>;
  /** Beginnings of prompts that the engine remembers, the one used longest ago first. */
  readonly #cache = new Set<number>();

  constructor(slot: number, group: Group, events: EngineEvents<SimRun>) {
    this.slot = slot;
    this.group = group;
    this.#events = events;
    this.engine = this.#start();
  }

  get full(): boolean {
    return this.nodes.length >= (this.group.options.nodesPerEngine ?? 1);
  }

  slow(factor: number): void {
    this.#slowness = factor;
    this.engine.slowness = factor;
  }

  restart(): void {
    this.down = false;
    this.#cache.clear();
    this.engine = this.#start();
  }

  remembers(prefix: number): boolean {
    return this.#cache.has(prefix);
  }

  remember(prefix: number, most: number): void {
    this.#cache.delete(prefix);
    this.#cache.add(prefix);
    if (this.#cache.size > most) this.#cache.delete(this.#cache.values().next().value as number);
  }

  #start(): SimEngine<SimRun> {
    const { curve, fluid, capacity, sequences, nodesPerEngine = 1, name } = this.group.options;
    let engine: SimEngine<SimRun>;
    if (fluid !== undefined) engine = new FluidEngine(fluid, this.#events);
    else if (curve !== undefined) {
      engine = new StepEngine(curve, this.#events, sequences ?? Math.min(256, capacity * nodesPerEngine));
    } else throw new RangeError(`class ${name} has neither a curve nor a fluid rate`);
    engine.slowness = this.#slowness;
    return engine;
  }
}
