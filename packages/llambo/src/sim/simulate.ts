/**
 * Requests on a virtual clock, in seconds, through the cluster's own balancer, queue and autoscaler. A node works on all
 * of its requests at once, each at speed(batch) / batch: processor sharing, as continuous batching does.
 */
import { FairQueue } from '../cluster/admission/index.ts';
import { Autoscaler, type ScaleDecision } from '../cluster/autoscaler/index.ts';
import { createStrategy, type NodeView } from '../cluster/balancer/index.ts';
import { SlotHeap } from '../cluster/balancer/slot-heap.ts';
import { exponential, type Random, seededRandom } from './random.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Requests at once on one node. */
  readonly capacity: number;
  readonly strategy: string;
  /** Requests a second at a time. */
  readonly rate: (time: number) => number;
  /** Work of a request, in the unit that `speed` is of: tokens. */
  readonly work: (random: Random) => number;
  /** Tokens a second of a node in all with so many requests. */
  readonly speed: (batch: number) => number;
  /** Requests in all; the first `skip` are not measured. */
  readonly requests: number;
  readonly skip?: number;
  readonly queue?: number;
  readonly policy?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Seconds until a spawned node serves. */
  readonly warmUp?: number;
}

export interface SimulationResult {
  readonly completed: number;
  readonly refused: number;
  /** Requests that had neither ended nor been refused at the end: 0, or the simulator lost one. */
  readonly missing: number;
  readonly seconds: number;
  /** Seconds in the system and in the queue, of the measured requests in the order of their ends. */
  readonly sojourn: Float64Array;
  readonly wait: Float64Array;
  /** Time averages over the measured part: requests in the system, nodes, share of slots busy. */
  readonly meanInSystem: number;
  readonly measuredRate: number;
  readonly nodeSeconds: number;
  readonly tokensPerSecond: number;
  readonly decisions: readonly ScaleDecision[];
  /** Time, nodes, share of their slots that is busy. */
  readonly series: readonly (readonly [number, number, number])[];
}

interface Job {
  readonly arrived: number;
  readonly work: number;
  started: number;
  /** The node's virtual work a request at which it is done. */
  until: number;
}

class SimNode implements NodeView {
  readonly id: string;
  readonly slot: number;
  readonly class = 'tiny';
  readonly model = 'm';
  readonly capacity: number;
  readonly speed = 1;
  state: NodeView['state'] = 'idle';
  readonly jobs: Job[] = [];
  /** Work that each request has been given since the node began, and when that was last brought up to date. */
  given = 0;
  at = 0;

  constructor(slot: number, capacity: number) {
    this.id = `n${slot}`;
    this.slot = slot;
    this.capacity = capacity;
  }

  get load(): number {
    return this.jobs.length;
  }
}

export function simulate(options: SimulationOptions): SimulationResult {
  const { capacity, requests, skip = 0, warmUp = 10, speed } = options;
  const random = seededRandom(options.seed);
  const strategy = createStrategy<SimNode>(options.strategy, {
    random: seededRandom(options.seed + 1),
    now: () => now * 1000,
  });
  const queue = new FairQueue<Job>({ limit: options.queue ?? Number.POSITIVE_INFINITY });
  const nodes: SimNode[] = [];
  const due = new SlotHeap();
  const starting: number[] = [];
  const sojourn = new Float64Array(Math.max(0, requests - skip));
  const wait = new Float64Array(sojourn.length);
  const series: (readonly [number, number, number])[] = [];
  let [now, arrived, completed, measured, refused, inSystem, serving] = [0, 0, 0, 0, 0, 0, 0];
  let [area, nodeSeconds, workDone, since, arrivedSince] = [0, 0, 0, 0, 0];

  const spawn = (): void => {
    const node = new SimNode(nodes.length, capacity);
    node.at = now;
    nodes.push(node);
    strategy.add(node);
    serving++;
  };
  const remove = (node: SimNode): void => {
    strategy.remove(node);
    serving--;
  };
  const advance = (node: SimNode): void => {
    const batch = node.jobs.length;
    if (batch > 0) node.given += ((now - node.at) * speed(batch)) / batch;
    node.at = now;
  };
  const plan = (node: SimNode): void => {
    const batch = node.jobs.length;
    if (batch === 0) return due.delete(node.slot);
    let next = Number.POSITIVE_INFINITY;
    for (const job of node.jobs) next = Math.min(next, job.until);
    due.set(node.slot, now + Math.max(0, ((next - node.given) * batch) / speed(batch)));
  };
  const route = (job: Job): boolean => {
    const node = strategy.pick({ model: 'm', promptTokens: 0 });
    if (node === undefined) return false;
    advance(node);
    job.started = now;
    job.until = node.given + job.work;
    node.jobs.push(job);
    strategy.changed(node);
    plan(node);
    return true;
  };
  const pump = (): void => {
    for (let next = queue.peek(now); next !== undefined && route(next.item); next = queue.peek(now))
      queue.take(next);
  };
  const finish = (node: SimNode): void => {
    advance(node);
    let place = 0;
    for (let i = 1; i < node.jobs.length; i++) {
      if ((node.jobs[i] as Job).until < (node.jobs[place] as Job).until) place = i;
    }
    const job = node.jobs[place] as Job;
    node.jobs[place] = node.jobs[node.jobs.length - 1] as Job;
    node.jobs.pop();
    completed++;
    inSystem--;
    workDone += job.work;
    if (completed > skip && measured < sojourn.length) {
      sojourn[measured] = now - job.arrived;
      wait[measured++] = job.started - job.arrived;
    }
    if (node.state === 'draining' && node.jobs.length === 0) remove(node);
    strategy.changed(node);
    plan(node);
    pump();
  };
  const scaler =
    options.policy === undefined
      ? undefined
      : new Autoscaler(options.policy, {
          spawn: (_group, count) => {
            for (let i = 0; i < count; i++) starting.push(now + warmUp);
          },
          drain: (_group, count) => {
            const alive = nodes.filter((node) => node.state === 'idle').sort((a, b) => a.load - b.load);
            for (const node of alive.slice(0, count)) {
              node.state = 'draining';
              strategy.changed(node);
              if (node.load === 0) remove(node);
            }
          },
        });
  const tick = (): void => {
    let ready = 0;
    let busy = 0;
    for (const node of nodes) {
      if (node.state !== 'idle') continue;
      ready++;
      busy += node.load;
    }
    series.push([now, ready, ready === 0 ? 0 : busy / (ready * capacity)]);
    const { minimum = 1, maximum = 10_000 } = options;
    const ms = now * 1000;
    const signals = {
      now: ms,
      ready,
      starting: starting.length,
      slots: capacity,
      busy,
      waiting: queue.length,
      tokensPerSecond: 0,
      firstTokenMs: 0,
      warmUpMs: warmUp * 1000,
      timeOfDayMs: ms % 86_400_000,
    };
    scaler?.tick('m', signals, { minimum, maximum });
  };

  for (let i = 0; i < options.nodes; i++) spawn();
  let nextArrival = exponential(random) / options.rate(0);
  let nextTick = scaler === undefined ? Number.POSITIVE_INFINITY : 0;
  while (arrived < requests || inSystem > 0) {
    const first = due.first;
    const ends = first < 0 ? Number.POSITIVE_INFINITY : due.key(first);
    const ready = starting[0] ?? Number.POSITIVE_INFINITY;
    const next = Math.min(ends, nextArrival, nextTick, ready);
    area += inSystem * (next - now);
    nodeSeconds += serving * (next - now);
    now = next;
    if (next === ends) finish(nodes[first] as SimNode);
    else if (next === nextArrival) {
      arrived++;
      if (arrived === skip + 1) [area, since, arrivedSince] = [0, now, 0];
      arrivedSince++;
      inSystem++;
      const job: Job = { arrived: now, work: options.work(random), started: 0, until: 0 };
      if (queue.length > 0 || !route(job)) {
        const entry = { item: job, key: '', priority: 'normal' as const, cost: 1, enqueuedAt: now };
        if (queue.push({ ...entry, deadline: Number.POSITIVE_INFINITY }) === undefined) {
          refused++;
          inSystem--;
        }
      }
      nextArrival =
        arrived < requests ? now + exponential(random) / options.rate(now) : Number.POSITIVE_INFINITY;
    } else if (next === ready) {
      starting.shift();
      spawn();
      pump();
    } else {
      tick();
      nextTick = now + 1;
    }
  }
  return {
    completed,
    refused,
    missing: requests - completed - refused,
    seconds: now,
    sojourn: sojourn.subarray(0, measured),
    wait: wait.subarray(0, measured),
    meanInSystem: area / (now - since),
    measuredRate: arrivedSince / (now - since),
    nodeSeconds,
    tokensPerSecond: workDone / now,
    decisions: scaler?.decisions() ?? [],
    series,
  };
}
