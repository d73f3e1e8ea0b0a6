/** What the gateway's /api/v1 says: the shapes that this page relies on. What may be missing is optional. */

/** In the order of the low three bits of a byte of `states`. */
export const NODE_STATES = [
  'idle',
  'busy',
  'error',
  'draining',
  'starting',
  'suspect',
  'probation',
  'gone',
] as const;
export type NodeState = (typeof NODE_STATES)[number];

export interface ClassStatus {
  readonly name: string;
  readonly nodes: number;
  readonly load: number;
  readonly capacity: number;
}

/** GET /api/v1/status */
export interface ClusterStatus {
  readonly health: 'healthy' | 'degraded' | 'down';
  readonly nodes: number;
  readonly states: Readonly<Partial<Record<NodeState, number>>>;
  readonly classes: readonly ClassStatus[];
  readonly load: number;
  readonly capacity: number;
  /** 0 to 1. */
  readonly utilisation: number;
  readonly waiting: number;
  readonly strategy: string;
  readonly tokensPerSecond: number;
  readonly firstTokenMs: number | null;
  readonly uptimeSeconds: number;
  /** Nodes that the cluster may have at most. */
  readonly maximum?: number;
  readonly version?: string;
  /** Changes with every change of the list of nodes. */
  readonly generation?: number;
  /** Share of the time since the start in which the cluster answered, 0 to 1. */
  readonly availability?: number;
  readonly strategies?: readonly string[];
  readonly policies?: readonly string[];
  readonly autoscale?: { readonly on: boolean; readonly policy: string };
  /** What the key that was used may do. */
  readonly scopes?: readonly string[];
}

/** One second of the cluster. */
export interface HistoryPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly tokensPerSecond: number;
  readonly firstTokenMs: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
  readonly waiting: number;
  readonly nodes: number;
  /** 0 to 1. */
  readonly utilisation: number;
}

/** Data of `event: status`: `states` holds one byte a node, in base64, instead of the counts. */
export type StatusEvent = Omit<ClusterStatus, 'states'> & {
  readonly states: string;
  readonly history?: HistoryPoint;
};

export interface ClusterEvent {
  readonly serial: number;
  readonly at: number;
  readonly text: string;
}

export interface NodeSummary {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  /** Null where the cluster has one host only, or does not say. */
  readonly host: string | null;
  readonly state: NodeState | 'ejected';
  readonly load: number;
  readonly capacity: number;
  /** Tokens a second that it has shown lately. */
  readonly speed: number;
  readonly requests: number;
  readonly tokens: number;
  readonly failures: number;
}

/** GET /api/v1/nodes/ID */
export interface NodeDetail extends NodeSummary {
  /** The text of its namespace and status files. */
  readonly namespace?: string;
  readonly status?: string;
  readonly log?: string | readonly (string | { readonly at: number; readonly text: string })[];
  readonly memory?: number;
  readonly cpu?: number;
  readonly contextSize?: number;
  readonly current?: readonly { readonly id: string; readonly sinceMs?: number; readonly tokens?: number }[];
}

export interface HostStatus {
  readonly name: string;
  readonly state: string;
  readonly address?: string;
  readonly cpus?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly freeMemory?: number;
  readonly workers?: number;
  readonly threads?: number;
  readonly models?: readonly string[];
  readonly rttMs?: number | null;
  readonly uptimeSeconds?: number;
  /** Bytes that the heaps of its Dis machines hold. */
  readonly heap?: number;
}

/** Why a request went where it went. */
export interface BalancerDecision {
  readonly at: number;
  readonly request: string;
  readonly model: string;
  readonly strategy: string;
  readonly node?: string | null;
  readonly load: number;
  readonly attempt: number;
  readonly nodes: number;
}

export interface ScalingDecision {
  readonly at: number;
  readonly class: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

export interface Decisions {
  readonly balancer: readonly BalancerDecision[];
  readonly autoscaler: readonly ScalingDecision[];
}

/** Data of `event: vote` of a fusion: one node's answer, or why there is none. */
export interface Vote {
  readonly node: string;
  readonly model?: string;
  readonly class?: string;
  readonly text: string;
  /** Answers with the same key agree. */
  readonly key?: string;
  readonly option?: number;
  /** Natural log-probability of each option. */
  readonly opinion?: readonly number[];
  readonly weight?: number;
  readonly confidence?: number;
  readonly tokens?: number;
  readonly ms?: number;
  readonly error?: string;
}

/** Data of `event: result` of a fusion. */
export interface FusionResult {
  readonly strategy: string;
  /** Empty when abstained. */
  readonly answer: string;
  readonly node?: string;
  readonly agreement?: { readonly share: number; readonly posterior?: number; readonly tolerates?: number };
  readonly votes?: readonly Vote[];
  readonly responded?: number;
  readonly asked?: number;
  readonly tokens?: number;
  readonly ms?: number;
  readonly abstained?: boolean;
  readonly reason?: string;
}
