import type { NodeState } from './balancer/index.ts';
import type { ClusterNode } from './node.ts';

export interface ClassStatus {
  readonly name: string;
  readonly nodes: number;
  readonly load: number;
  readonly capacity: number;
}

/** The cluster in figures. */
export interface ClusterStatus {
  readonly health: 'healthy' | 'degraded' | 'down';
  readonly nodes: number;
  /** Nodes that there may be. */
  readonly maximum: number;
  readonly hosts: number;
  readonly states: Readonly<Partial<Record<NodeState, number>>>;
  readonly classes: readonly ClassStatus[];
  /** Requests in flight, and what all nodes together take at once. */
  readonly load: number;
  readonly capacity: number;
  /** Load over capacity, 0 to 1. */
  readonly utilisation: number;
  readonly waiting: number;
  readonly strategy: string;
  /** Generated tokens a second, over the last ten seconds. */
  readonly tokensPerSecond: number;
  /** Median time to the first token, milliseconds; null before the first answer. */
  readonly firstTokenMs: number | null;
  readonly uptimeSeconds: number;
}

export interface StatusInput {
  readonly nodes: readonly ClusterNode[];
  readonly classes: readonly string[];
  readonly maximum: number;
  readonly hosts: number;
  readonly waiting: number;
  readonly strategy: string;
  readonly tokensPerSecond: number;
  readonly firstTokenMs: number | undefined;
  readonly startedAt: number;
}

export function statusOf(input: StatusInput): ClusterStatus {
  const states: Partial<Record<NodeState, number>> & { idle: number; busy: number } = { idle: 0, busy: 0 };
  const classes = new Map(input.classes.map((name) => [name, { name, nodes: 0, load: 0, capacity: 0 }]));
  let load = 0;
  let capacity = 0;
  for (const node of input.nodes) {
    states[node.state] = (states[node.state] ?? 0) + 1;
    load += node.load;
    capacity += node.capacity;
    const ofClass = classes.get(node.class);
    if (ofClass === undefined) continue;
    ofClass.nodes++;
    ofClass.load += node.load;
    ofClass.capacity += node.capacity;
  }
  const working = states.idle + states.busy;
  return {
    health: working === 0 ? 'down' : working < input.nodes.length ? 'degraded' : 'healthy',
    nodes: input.nodes.length,
    maximum: input.maximum,
    hosts: input.hosts,
    states,
    classes: [...classes.values()],
    load,
    capacity,
    utilisation: capacity === 0 ? 0 : load / capacity,
    waiting: input.waiting,
    strategy: input.strategy,
    tokensPerSecond: input.tokensPerSecond,
    firstTokenMs: input.firstTokenMs ?? null,
    uptimeSeconds: (Date.now() - input.startedAt) / 1000,
  };
}

/** The first line for people, as in the seed: `Cluster: 1000 nodes, 67% util`; then attr=value lines. */
export function formatStatus(status: ClusterStatus): string {
  const lines = [
    `Cluster: ${status.nodes} nodes, ${Math.round(status.utilisation * 100)}% util`,
    `health=${status.health}`,
    `hosts=${status.hosts} maximum=${status.maximum}`,
    ...Object.entries(status.states).map(([state, count]) => `nodes_${state}=${count}`),
    ...status.classes.map(
      ({ name, nodes, load, capacity }) => `class=${name} nodes=${nodes} load=${load} capacity=${capacity}`,
    ),
    `load=${status.load} capacity=${status.capacity} waiting=${status.waiting}`,
    `strategy=${status.strategy}`,
    `tokens_per_second=${status.tokensPerSecond.toFixed(1)}`,
    `first_token_ms=${status.firstTokenMs === null ? '-' : status.firstTokenMs.toFixed(0)}`,
    `uptime_seconds=${status.uptimeSeconds.toFixed(0)}`,
  ];
  return `${lines.join('\n')}\n`;
}
