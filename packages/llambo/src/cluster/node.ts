import type { Caller, Engine } from '@llambo/llama';
import type { ClassConfig } from '../config/schema.ts';
import type { NodeState, NodeView } from './balancer/index.ts';

export interface NodeOptions {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  /** Requests at once. */
  readonly capacity: number;
  /** Share of the engine under contention. */
  readonly cpu: number;
  /** Bytes for key-value cells and heap. */
  readonly memory: number;
  /** Tokens of prompt and answer together. */
  readonly contextSize: number;
}

/** A node of the cluster: a place with a share of one model's engine. */
export class ClusterNode implements NodeView {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  readonly capacity: number;
  readonly cpu: number;
  readonly memory: number;
  readonly contextSize: number;
  /** Requests in flight. */
  load = 0;
  /** Tokens a second that it has shown lately; 0 before its first answer. */
  speed = 0;
  readonly counters = { requests: 0, tokens: 0, failures: 0 };
  #engine: Engine | undefined;
  #draining = false;

  constructor(options: NodeOptions) {
    this.id = options.id;
    this.class = options.class;
    this.model = options.model;
    this.capacity = options.capacity;
    this.cpu = options.cpu;
    this.memory = options.memory;
    this.contextSize = options.contextSize;
  }

  /** The engine that it computes on; undefined while that is down. */
  get engine(): Engine | undefined {
    return this.#engine;
  }

  set engine(engine: Engine | undefined) {
    this.#engine = engine;
  }

  /** As which the engine knows it. */
  get caller(): Caller {
    return { id: this.id, weight: this.cpu };
  }

  get state(): NodeState {
    if (this.#engine === undefined) return 'error';
    if (this.#draining) return 'draining';
    return this.load > 0 ? 'busy' : 'idle';
  }

  /** Takes no new work; what it has goes on. */
  drain(): void {
    this.#draining = true;
  }

  resume(): void {
    this.#draining = false;
  }

  /** Learns from an answer: an average that forgets, a fifth of the weight on the newest. */
  measured(tokens: number, milliseconds: number): void {
    if (tokens < 2 || milliseconds <= 0) return;
    const rate = (tokens / milliseconds) * 1000;
    this.speed = this.speed === 0 ? rate : this.speed * 0.8 + rate * 0.2;
  }
}

/** Requests that a node's memory has room for, 1 to 16: the rest is the key-value cells of whole contexts. */
export function capacityOf(node: ClassConfig, kvBytesPerToken: number): number {
  if (node.capacity !== undefined) return node.capacity;
  const cells = Math.max(1, kvBytesPerToken) * node.context_size;
  return Math.min(16, Math.max(1, Math.floor(node.memory / cells)));
}
