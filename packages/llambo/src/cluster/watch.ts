/** The health of the nodes: the pure monitor on a real clock, with probes that never become a load of their own. */
import { LlamaError } from '@llambo/llama';
import type { Observation } from './balancer/index.ts';
import { type HealthEvent, HealthMonitor, type HealthState } from './health/index.ts';
import type { ClusterNode } from './node.ts';

export interface WatchHooks {
  node(id: string): ClusterNode | undefined;
  /** The node's state has changed. */
  changed(node: ClusterNode, from: HealthState, to: HealthState, why: string): void;
  /** Asks the node for one token. */
  probe(node: ClusterNode): Promise<Observation>;
}

const TICK_MS = 500;
/** Probes at once: a cluster of thousands of idle nodes must not keep its engines busy with itself. */
const MOST_PROBES = 4;
/** Probes a second; those of nodes on probation come first. */
const PROBES_A_SECOND = 8;

const now = (): number => performance.now();

export class Watch {
  readonly #monitor: HealthMonitor;
  readonly #hooks: WatchHooks;
  readonly #timer: NodeJS.Timeout;
  readonly #queue = new Set<string>();
  #probing = 0;
  #allowed = 0;

  constructor(hooks: WatchHooks) {
    this.#hooks = hooks;
    this.#monitor = new HealthMonitor({
      changed: (id, from, to, why) => {
        const node = hooks.node(id);
        if (node === undefined) return;
        node.health = to;
        hooks.changed(node, from, to, why);
      },
      probe: (id) => this.#queue.add(id),
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** A node that serves from now on; one that is known begins anew: what was learnt of it is void. */
  add(node: ClusterNode): void {
    this.#monitor.add(node.id, node.class, now(), 'serving');
    node.health = 'serving';
  }

  beat(node: ClusterNode): void {
    this.#monitor.beat(node.id, now());
  }

  answered(node: ClusterNode, observation: Observation): void {
    this.#monitor.answered(node.id, observation, now());
  }

  tell(node: ClusterNode, event: HealthEvent, why?: string): void {
    this.#monitor.tell(node.id, event, now(), why);
    this.#queue.delete(node.id);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#monitor.tick(now());
    this.#allowed = Math.min(PROBES_A_SECOND, this.#allowed + (PROBES_A_SECOND * TICK_MS) / 1000);
    for (const id of this.#queue) {
      if (this.#probing >= MOST_PROBES || this.#allowed < 1) break;
      this.#queue.delete(id);
      const node = this.#hooks.node(id);
      if (node !== undefined) void this.#probe(node);
    }
  }

  async #probe(node: ClusterNode): Promise<void> {
    this.#probing++;
    this.#allowed--;
    try {
      this.answered(node, await this.#hooks.probe(node));
    } catch (error) {
      // A node that is busy, or a cluster that is full, is no sign of illness.
      const ill = error instanceof LlamaError && error.code === 'engine-gone';
      this.answered(node, { ok: !ill });
    } finally {
      this.#probing--;
    }
  }
}
