import type { Caller, Engine } from '@llambo/llama';
import type { ClassConfig } from '../config/schema.ts';
import type { NodeState, NodeView } from './balancer/index.ts';
import { type HealthState, toNodeState } from './health/index.ts';

/** What can be asked of a node: an engine's calls, through the node's own program. */
export type NodeCalls = Omit<Engine, 'info' | 'status' | 'close'>;

export interface NodeOptions {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  /** Name of the host that runs it. */
  readonly host: string;
  /** Which of the host's threads. */
  readonly thread: number;
  /** Requests at once. */
  readonly capacity: number;
  /** Share of the machine under contention, in cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Tokens. */
  readonly contextSize: number;
  readonly calls: NodeCalls;
}

/** One node of the cluster: a share of a model, as the orchestrator sees it. */
export class ClusterNode implements NodeView {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  readonly host: string;
  readonly thread: number;
  readonly capacity: number;
  readonly cpu: number;
  readonly memory: number;
  readonly contextSize: number;
  readonly calls: NodeCalls;
  /** Requests in flight. */
  load = 0;
  /** Tokens a second that it has shown lately; 0 before its first answer. */
  speed = 0;
  /** Its answers are to go on elsewhere: see `evict`. */
  evicting = false;
  /** Kept by the health monitor. */
  health: HealthState = 'serving';
  readonly counters = { requests: 0, tokens: 0, failures: 0 };
  /** Those who wait for it, to be told when nobody knows any more whether it lives. */
  readonly #waiting = new Set<() => void>();

  constructor(options: NodeOptions) {
    this.id = options.id;
    this.class = options.class;
    this.model = options.model;
    this.host = options.host;
    this.thread = options.thread;
    this.capacity = options.capacity;
    this.cpu = options.cpu;
    this.memory = options.memory;
    this.contextSize = options.contextSize;
    this.calls = options.calls;
  }

  get state(): NodeState {
    return toNodeState(this.health, this.load);
  }

  /** As which the engine knows it. */
  get caller(): Caller {
    return { id: this.id, weight: this.cpu };
  }

  /** Calls `doubted` whenever the node becomes suspect, until the function that this gives is called. */
  follow(doubted: () => void): () => void {
    this.#waiting.add(doubted);
    return () => this.#waiting.delete(doubted);
  }

  /** It is suspect: its heartbeats are overdue. */
  doubt(): void {
    for (const doubted of [...this.#waiting]) doubted();
  }

  /** Its time to drain is over: what it still has goes on at other nodes. */
  evict(): void {
    this.evicting = true;
    this.doubt();
    this.evicting = false;
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
