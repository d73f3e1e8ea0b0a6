/**
 * Finds a node for every job: admission says who may wait and who goes next, the balancer says where. Loads are counted
 * here and nowhere else.
 */
import { LlamboError, noNode } from '../errors.ts';
import { Admission, type AdmissionOptions, type Ticket } from './admission/index.ts';
import { DecisionTrace, hasRoom, type Strategy } from './balancer/index.ts';
import type { Job } from './job.ts';
import type { ClusterNode } from './node.ts';

export interface DispatcherOptions extends AdmissionOptions {
  /** Milliseconds that a job may wait for a node; who would wait longer by the estimate is refused at once. */
  readonly waitMs: number;
  /** A node by its id. */
  readonly node: (id: string) => ClusterNode | undefined;
  /** Whether a node of the model may come, or come back, by itself. */
  readonly hopeful: (model: string) => boolean;
}

/** Where a job waits: by what it asks for. */
interface Lane {
  readonly name: string;
  readonly model: string;
  readonly class: string | undefined;
  readonly node: string | undefined;
  /** Jobs whose node died under them: they go first, and no limit refuses them. */
  readonly returned: Job[];
}

const now = (): number => performance.now();

export class Dispatcher {
  readonly trace: DecisionTrace = new DecisionTrace();
  readonly #options: DispatcherOptions;
  readonly #admission: Admission<Job>;
  readonly #tickets = new Map<Job, Ticket<Job>>();
  /** By model; then by name. Lanes of one node are kept only while somebody waits in them. */
  readonly #lanes = new Map<string, Map<string, Lane>>();
  #strategy: Strategy<ClusterNode>;
  #closed: Error | undefined;
  #pumping = false;
  readonly #dirty = new Set<string>();

  constructor(strategy: Strategy<ClusterNode>, options: DispatcherOptions) {
    this.#strategy = strategy;
    this.#options = options;
    this.#admission = new Admission(options);
  }

  get strategy(): Strategy<ClusterNode> {
    return this.#strategy;
  }

  /** Jobs that are under way keep their nodes; the next decision is the new strategy's. */
  set strategy(strategy: Strategy<ClusterNode>) {
    this.#strategy = strategy;
  }

  waiting(): number {
    let returned = 0;
    for (const lanes of this.#lanes.values()) {
      for (const lane of lanes.values()) returned += lane.returned.length;
    }
    return this.#admission.waiting() + returned;
  }

  /** Jobs that only nodes of the class can take, or any of its model. */
  waitingFor(nodeClass: string, model: string): number {
    let sum = 0;
    for (const lane of this.#lanes.get(model)?.values() ?? []) {
      if (lane.node !== undefined || (lane.class !== undefined && lane.class !== nodeClass)) continue;
      sum += lane.returned.length + this.#admission.waiting(lane.name);
    }
    return sum;
  }

  /** Milliseconds that a new job for the model would wait, about. */
  waitEstimate(model: string): number {
    return this.#admission.waitEstimate(model);
  }

  submit(job: Job): void {
    if (this.#closed !== undefined) return job.fail(this.#closed);
    if (!this.#options.hopeful(job.model)) return job.fail(noNode(job.model, 'all are out of order'));
    const lane = this.#lane(job);
    const { key, priority, tokens } = job;
    const admitted = this.#admission.submit(
      { item: job, model: lane.name, key, priority, tokens, patienceMs: this.#options.waitMs },
      now(),
      ({ item }) => this.#refuse(item),
    );
    if (!admitted.ok) {
      const { why, retryAfter, status } = admitted;
      return job.fail(new LlamboError(status === 429 ? 'rate-limited' : 'overloaded', why, { retryAfter }));
    }
    this.#tickets.set(job, admitted.ticket);
    this.pump(job.model);
  }

  /** The node died under the job: it gets the next one that is free. */
  resubmit(job: Job): void {
    if (this.#closed !== undefined) return job.fail(this.#closed);
    if (!this.#options.hopeful(job.model)) return job.fail(noNode(job.model, 'all are out of order'));
    this.#lane(job).returned.push(job);
    this.pump(job.model);
  }

  /** Asks a second node for a job that runs, if there is one with room now. */
  hedge(job: Job): boolean {
    const node =
      this.#closed === undefined && job.node === undefined ? this.#strategy.pick(job.route()) : undefined;
    if (node === undefined) return false;
    this.#begin(job, node);
    return true;
  }

  /** The job is over, whether it ran, waits or was refused. */
  forget(job: Job): void {
    const ticket = this.#tickets.get(job);
    this.#tickets.delete(job);
    if (ticket !== undefined) {
      if (ticket.waiting.waiting) this.#admission.cancel(ticket.model, ticket.waiting);
      this.#admission.done(ticket);
    }
    const lane = this.#lanes.get(job.model)?.get(laneName(job));
    const index = lane?.returned.indexOf(job) ?? -1;
    if (index >= 0) lane?.returned.splice(index, 1);
  }

  /** Gives waiting jobs to nodes that have room: to be called when a node came (back) or got less to do. */
  pump(model: string): void {
    this.#dirty.add(model);
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (const each of this.#dirty) {
        this.#dirty.delete(each);
        this.#pumpModel(each);
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** Ends all jobs that wait: the cluster is going down. */
  close(error: Error): void {
    this.#closed = error;
    for (const lanes of this.#lanes.values()) {
      for (const lane of lanes.values()) for (const job of lane.returned.splice(0)) job.fail(error);
    }
    for (const [job, ticket] of this.#tickets) if (ticket.waiting.waiting) job.fail(error);
  }

  #pumpModel(model: string): void {
    const lanes = this.#lanes.get(model);
    if (lanes === undefined) return;
    const open = new Set(lanes.values());
    while (open.size > 0) {
      let first: Lane | undefined;
      let oldest = Number.POSITIVE_INFINITY;
      for (const lane of open) {
        const since = this.#since(lane);
        if (since === undefined) {
          open.delete(lane);
          if (lane.node !== undefined) lanes.delete(lane.name);
        } else if (since < oldest) {
          oldest = since;
          first = lane;
        }
      }
      if (first === undefined) return;
      if (!this.#serve(first)) open.delete(first);
    }
  }

  /** Since when the lane's next job waits; undefined when none does. Those that waited in vain are told on the way. */
  #since(lane: Lane): number | undefined {
    if (lane.returned.length > 0) return Number.NEGATIVE_INFINITY;
    return this.#admission.next(lane.name, now(), ({ item }) => this.#refuse(item))?.enqueuedAt;
  }

  /** Gives the lane's next job a node; false when there is none for it. */
  #serve(lane: Lane): boolean {
    const returned = lane.returned[0];
    const waiting = returned === undefined ? this.#admission.next(lane.name, now()) : undefined;
    const job = returned ?? waiting?.item;
    if (job === undefined) return false;
    const node = this.#pick(job);
    if (node === undefined) return false;
    if (returned !== undefined) lane.returned.shift();
    else if (waiting !== undefined) this.#admission.take(lane.name, waiting, now());
    this.#begin(job, node);
    return true;
  }

  #pick(job: Job): ClusterNode | undefined {
    if (job.node !== undefined) {
      const node = this.#options.node(job.node);
      if (node === undefined) {
        job.fail(new LlamboError('unknown-node', `node ${job.node} is gone`));
        return undefined;
      }
      return hasRoom(node) ? node : undefined;
    }
    const node = this.#strategy.pick(job.route());
    if (node !== undefined || job.retryAll?.() !== true) return node;
    return this.#strategy.pick(job.route());
  }

  #begin(job: Job, node: ClusterNode): void {
    this.trace.add({
      at: Date.now(),
      request: job.id,
      model: job.model,
      strategy: this.#strategy.name,
      node: node.id,
      load: node.load,
      attempt: job.attempts + 1,
      nodes: this.#strategy.size,
    });
    node.load++;
    this.#strategy.changed(node);
    let released = false;
    job.start(node, () => {
      if (released) return;
      released = true;
      node.load--;
      this.#strategy.changed(node);
      this.pump(node.model);
    });
  }

  #refuse(job: Job): void {
    job.fail(new LlamboError('overloaded', 'cluster is at its limit: others go first', { retryAfter: 1 }));
  }

  #lane(job: Job): Lane {
    const lanes = this.#lanes.get(job.model) ?? new Map<string, Lane>();
    this.#lanes.set(job.model, lanes);
    const name = laneName(job);
    let lane = lanes.get(name);
    if (lane === undefined) {
      lane = { name, model: job.model, class: job.class, node: job.node, returned: [] };
      lanes.set(name, lane);
    }
    return lane;
  }
}

function laneName(job: Job): string {
  if (job.node !== undefined) return `${job.model} node ${job.node}`;
  return job.class === undefined ? job.model : `${job.model} class ${job.class}`;
}
