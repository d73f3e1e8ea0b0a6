/**
 * What decides which node answers a request. A strategy is pure: no timers, no I/O; chance and time are passed in, so
 * that the simulator runs the same code as the cluster. It keeps indices of its own, so that one decision among 10,000
 * nodes costs O(1) or O(log n).
 */

/**
 * What a node is doing, states(7). Requests go to `idle` and `busy` nodes, and one at a time to a node on `probation`.
 */
export type NodeState =
  | 'starting'
  | 'idle'
  | 'busy'
  | 'suspect'
  | 'ejected'
  | 'probation'
  | 'draining'
  | 'error'
  | 'gone';

/** What a strategy may know about a node. `id`, `class` and `model` stay as they are for the node's life. */
export interface NodeView {
  readonly id: string;
  /** `tiny`, `medium`, `large`, or whatever class the configuration names. */
  readonly class: string;
  readonly model: string;
  /** Requests in flight at most; at least 1. */
  readonly capacity: number;
  /** Requests in flight. */
  readonly load: number;
  readonly state: NodeState;
  /** Tokens a second that one request has been seen to get; 0 while unknown. */
  readonly speed: number;
  /** Tokens of prompt and answer together; absent where that is no limit. */
  readonly contextSize?: number;
}

export interface RouteRequest {
  readonly model: string;
  /** Only nodes of this class. */
  readonly class?: string;
  /** Estimated tokens of the prompt (and of the answer so far, after a failover). */
  readonly promptTokens: number;
  /** What keeps a conversation together: strategy `session`. */
  readonly session?: string;
  /** Hashes of ever longer beginnings of the prompt, see `fingerprint`: strategy `prefix`. */
  readonly prefix?: readonly number[];
  /** Ids of nodes that were tried already: never picked again. */
  readonly exclude?: ReadonlySet<string>;
}

/** What an answer taught about its node. Members that are not known are absent. */
export interface Observation {
  /** False when the node failed, not the request. */
  readonly ok: boolean;
  /** Milliseconds from the assignment to the first token. */
  readonly firstTokenMs?: number;
  /** Milliseconds from the assignment to the end. */
  readonly totalMs?: number;
  /** Tokens of the answer. */
  readonly tokens?: number;
  /** As in the request. */
  readonly prefix?: readonly number[];
  readonly promptTokens?: number;
  /** Tokens of the prompt that the engine found in its cache. */
  readonly cachedTokens?: number;
}

/** N is the caller's own kind of node: `pick` gives back the very objects that were added. */
export interface Strategy<N extends NodeView = NodeView> {
  /** The registered name, as in `strategy NAME`. */
  readonly name: string;
  /** Nodes that it knows. */
  readonly size: number;
  /** The node may get requests from now on, while its state allows it. Adding it twice is as good as once. */
  add(node: N): void;
  /** The node gets no more requests. A node that is not known is ignored. */
  remove(node: N): void;
  /** To be called after each change of `load`, `state`, `capacity` or `speed`. A node that is not known is ignored. */
  changed(node: N): void;
  /**
   * The node that is to answer, or undefined when none can: never one that is full, out of rotation, of another model or
   * class, or excluded. Does not change the load: the caller does that, and calls `changed`.
   */
  pick(request: RouteRequest): N | undefined;
  /** Learns from an answer that ended. Strategies that do not learn ignore it. */
  observe(node: N, observation: Observation): void;
}

/** For `affinity`: prompts of at most `upTo` tokens prefer nodes of `class`. */
export interface AffinityRule {
  readonly upTo: number;
  readonly class: string;
}

export interface StrategyOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** For `session`: a node's load at most, as a multiple of the mean. Default 1.25. */
  readonly boundedLoad?: number;
  /** For `prefix`: requests that the node with the cached prefix may have more than the least loaded. Default 4. */
  readonly imbalance?: number;
  /** For `affinity`: the first rule that holds counts. Default none: the smallest context that the prompt fits. */
  readonly affinity?: readonly AffinityRule[];
}

/** Requests at once that the node may have now. */
export function allowance(node: NodeView): number {
  const { state } = node;
  if (state === 'idle' || state === 'busy') return node.capacity;
  return state === 'probation' ? 1 : 0;
}

/** Whether the node can take one more request. */
export const hasRoom = (node: NodeView): boolean => node.load < allowance(node);
