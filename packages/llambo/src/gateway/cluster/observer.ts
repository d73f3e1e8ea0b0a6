import type { NodeState } from '../../cluster/balancer/index.ts';
import type { ClusterEvent } from '../../cluster/events.ts';
import type { Orchestrator } from '../../cluster/orchestrator.ts';
import type { ClusterStatus } from '../../cluster/status.ts';
import { VERSION } from '../version.ts';

/** One second of the cluster's life. */
export interface HistoryPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly tokensPerSecond: number;
  /** Over the newest 512 answers; null before the first. */
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

export interface StatusReport extends ClusterStatus {
  readonly version: string;
  /** Changes with every change of the list of nodes. */
  readonly generation: number;
  /** Share of the seconds since a node could answer for the first time in which one could, 0 to 1; 1 before. */
  readonly availability: number;
}

const MOST_POINTS = 15 * 60;

const STATE_CODES: Readonly<Record<NodeState, number>> = {
  idle: 0,
  busy: 1,
  error: 2,
  draining: 3,
  starting: 4,
  suspect: 5,
  ejected: 5,
  probation: 6,
  gone: 7,
};

/** What watches the cluster over time: the status that is sent. */
type Follower = (kind: 'event' | 'status', data: string, serial: number | undefined) => void;

/** Looks at the cluster once a second, remembers a quarter of an hour, and tells whoever follows. */
export class Observer {
  readonly #orchestrator: Orchestrator;
  readonly #points: HistoryPoint[] = [];
  readonly #followers = new Set<Follower>();
  readonly #timer: NodeJS.Timeout;
  readonly #unfollow: () => void;
  #seconds = 0;
  #up = 0;
  #ids: readonly string[] = [];
  #generation = 0;

  constructor(orchestrator: Orchestrator) {
    this.#orchestrator = orchestrator;
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#timer.unref();
    this.#currentGeneration();
    this.#unfollow = orchestrator.events.follow((event) => this.#event(event));
  }

  /** The newest points, oldest first. */
  history(): readonly HistoryPoint[] {
    return this.#points;
  }

  report(): StatusReport {
    return {
      ...this.#orchestrator.status(),
      version: VERSION,
      generation: this.#currentGeneration(),
      availability: this.#seconds === 0 ? 1 : this.#up / this.#seconds,
    };
  }

  /** Calls `follower` with what is to be sent, each second and for each event, until the returned function is called. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    follower('status', this.#observed(this.#point()), undefined);
    return () => this.#followers.delete(follower);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#unfollow();
    this.#followers.clear();
  }

  #event(event: ClusterEvent): void {
    if (this.#followers.size === 0) return;
    const data = JSON.stringify(event);
    for (const follower of this.#followers) follower('event', data, event.serial);
  }

  #currentGeneration(): number {
    const { nodes } = this.#orchestrator;
    const same = nodes.length === this.#ids.length && nodes.every(({ id }, i) => id === this.#ids[i]);
    if (same) return this.#generation;
    this.#ids = nodes.map(({ id }) => id);
    return ++this.#generation;
  }

  #tick(): void {
    this.#currentGeneration();
    const up = this.#orchestrator.status().health !== 'down';
    if (up) this.#up++;
    // Models that are still loading have not failed anybody.
    if (up || this.#seconds > 0) this.#seconds++;
    const point = this.#point();
    this.#points.push(point);
    if (this.#points.length > MOST_POINTS) this.#points.shift();
    if (this.#followers.size === 0) return;
    const data = this.#observed(point);
    for (const follower of this.#followers) follower('status', data, undefined);
  }

  #point(): HistoryPoint {
    const { tokensPerSecond, waiting, nodes, utilisation } = this.#orchestrator.status();
    const percentile = (share: number): number | null => this.#orchestrator.latency(share) ?? null;
    return {
      at: Date.now(),
      tokensPerSecond,
      firstTokenMs: { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) },
      waiting,
      nodes,
      utilisation,
    };
  }

  /**
   * The report and the newest point; `states` is then one byte a node, in the order of /api/v1/nodes (state in the low 3
   * bits, load over capacity in 31sts above), and the counts by state are called `stateCounts`.
   */
  #observed(history: HistoryPoint): string {
    const report = this.report();
    const states = Buffer.from(stateBytes(this.#orchestrator)).toString('base64');
    return JSON.stringify({ ...report, stateCounts: report.states, states, history });
  }
}

/** The nodes in the order that the API lists them. */
export function orderedNodes(orchestrator: Orchestrator): Orchestrator['nodes'] {
  const { nodes } = orchestrator;
  // Usually they are in order already: ids are given in order, and all have the same length below 10,000.
  const inOrder = nodes.every((node, i) => i === 0 || before((nodes[i - 1] as typeof node).id, node.id));
  return inOrder ? nodes : [...nodes].sort((a, b) => (before(a.id, b.id) ? -1 : 1));
}

const before = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length);

function stateBytes(orchestrator: Orchestrator): Uint8Array {
  return Uint8Array.from(orderedNodes(orchestrator), ({ state, load, capacity }) => {
    const share = capacity > 0 ? Math.min(31, Math.round((load / capacity) * 31)) : 0;
    return (share << 3) | STATE_CODES[state];
  });
}
