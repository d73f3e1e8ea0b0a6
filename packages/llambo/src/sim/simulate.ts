/**
 * Requests on a virtual clock, in seconds, through the cluster's own balancer, admission, health, retry and autoscaler
 * code. Engines work as measured curves say; everything else is the code that runs the real cluster.
 */
import { Admission, type Ticket, type Waiting } from '../cluster/admission/index.ts';
import { Autoscaler } from '../cluster/autoscaler/index.ts';
import {
  createStrategy,
  type Observation,
  type RouteRequest,
  type Strategy,
} from '../cluster/balancer/index.ts';
import { SlotHeap } from '../cluster/balancer/slot-heap.ts';
import { HealthMonitor, type HealthState, toNodeState } from '../cluster/health/index.ts';
import { Hedging, RetryPolicy } from '../cluster/retry/index.ts';
import { PIECE } from './engine.ts';
import { type Group, type Job, SimHost, SimNode, type SimRun } from './node.ts';
import { exponential, type Random, seededRandom } from './random.ts';
import { Samples, Series } from './recorder.ts';
import { Timers } from './timers.ts';
import type { Arrival, SimulationOptions, SimulationResult } from './types.ts';

/** Seconds without a token after which the dispatcher gives a node up, when nothing else told it to. */
const STALL = 120;
/** Seconds after the last arrival at which a cluster that cannot end its work is given up. */
const PATIENCE_WITH_DEAD = 86_400;
const NEVER = Number.POSITIVE_INFINITY;

interface Tally {
  offered: number;
  served: number;
}

export function simulate(options: SimulationOptions): SimulationResult {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #fate: Random;
  readonly #strategy: Strategy<SimNode>;
  readonly #admission: Admission<Job>;
  readonly #health: HealthMonitor | undefined;
  readonly #retry: RetryPolicy;
  readonly #hedging: Hedging | undefined;
  readonly #scaler: Autoscaler | undefined;
  readonly #groups: readonly Group[];
  readonly #hosts: SimHost[] = [];
  readonly #due = new SlotHeap();
  readonly #timers = new Timers();
  readonly #nodes = new Map<string, SimNode>();
  readonly #samples = new Samples();
  readonly #sojourn = new Series();
  readonly #wait = new Series();
  readonly #first = new Series();
  readonly #ended = new Series();
  readonly #tallies: Tally[];
  #now = 0;
  #lastNode = 0;
  #arrived = 0;
  #completed = 0;
  #refused = 0;
  #expired = 0;
  #failed = 0;
  #failovers = 0;
  #hedges = 0;
  #ejections = 0;
  #inSystem = 0;
  #area = 0;
  #since = 0;
  #arrivedSince = 0;
  #nodeSeconds = 0;
  #goodTokens = 0;
  #sampledTokens = 0;
  #lastEnd = 0;
  /** Requests to be measured that have not ended. */
  #unmeasured = NEVER;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#fate = seededRandom(options.seed + 2);
    const { workload, queue = NEVER, limits, health, hedge, policy, policyOptions } = options;
    this.#strategy = createStrategy<SimNode>(options.strategy, {
      random: seededRandom(options.seed + 1),
      now: () => this.#now * 1000,
      ...options.strategyOptions,
    });
    const weights = new Map(workload.tenants?.map(({ name, weight = 1 }) => [name, weight]));
    this.#admission = new Admission<Job>({
      queue,
      weight: (key) => weights.get(key) ?? 1,
      ...(limits === undefined ? {} : { limits }),
    });
    this.#retry = new RetryPolicy(options.retry, this.#fate);
    if (hedge) this.#hedging = new Hedging(this.#retry.budget, hedge === true ? {} : hedge);
    if (health) {
      this.#health = new HealthMonitor(
        {
          changed: (id, _from, to) => this.#healthChanged(id, to),
          probe: (id) => this.#probe(id),
        },
        health === true ? {} : health,
      );
    }
    this.#groups = options.classes.map((each, index) => {
      const nodes = new Set<SimNode>();
      const work = { prompt: 0, tokens: 0 };
      const counts = { ready: 0, busy: 0, starting: 0, paid: 0, offered: { ...work }, served: { ...work } };
      return { index, options: each, nodes, open: new Set<SimHost>(), ...counts };
    });
    if (policy !== undefined) {
      const effects = {
        spawn: (name: string, count: number) => this.#spawn(this.#group(name), count),
        drain: (name: string, count: number) => this.#drain(this.#group(name), count),
      };
      this.#scaler = new Autoscaler(policy, effects, policyOptions);
    }
    this.#unmeasured = options.measured ?? NEVER;
    this.#tallies = (workload.tenants ?? [{}]).map(() => ({ offered: 0, served: 0 }));
  }

  run(): SimulationResult {
    for (const group of this.#groups) {
      group.paid += group.options.nodes;
      for (let i = 0; i < group.options.nodes; i++) this.#join(group);
    }
    this.#plagueAll();
    const arrivals = this.#arrivals();
    let next = arrivals.next();
    let lastArrival = 0;
    this.#every(
      () => this.#samples.interval,
      () => this.#sample(),
    );
    if (this.#scaler !== undefined || this.#options.patience !== undefined)
      this.#every(
        () => 1,
        () => this.#tick(),
      );
    if (this.#health !== undefined)
      this.#every(
        () => 0.5,
        () => this.#beat(),
      );
    const { stale = 0 } = this.#options;
    if (stale > 0)
      this.#every(
        () => stale,
        () => this.#snapshot(),
      );

    while ((!next.done || this.#inSystem > 0) && this.#unmeasured > 0) {
      const host = this.#due.first;
      const ends = host < 0 ? NEVER : this.#due.key(host);
      const arrival = next.done ? NEVER : next.value.at;
      const time = Math.min(ends, arrival, this.#timers.due);
      if (time === NEVER || time > lastArrival + PATIENCE_WITH_DEAD) break;
      this.#pass(time);
      if (time === ends) {
        const { engine } = this.#hosts[host] as SimHost;
        engine.step(time);
        this.#plan(this.#hosts[host] as SimHost);
      } else if (time === arrival) {
        lastArrival = time;
        this.#arrive((next as IteratorYieldResult<Arrival>).value);
        next = arrivals.next();
      } else this.#timers.fire();
    }
    return this.#result();
  }

  #pass(time: number): void {
    const passed = time - this.#now;
    this.#area += this.#inSystem * passed;
    let paid = 0;
    for (const group of this.#groups) paid += group.paid;
    this.#nodeSeconds += paid * passed;
    this.#now = time;
  }

  #every(interval: () => number, call: () => void): void {
    const again = (): void => {
      call();
      this.#timers.at(this.#now + interval(), again);
    };
    this.#timers.at(this.#now, again);
  }

  *#arrivals(): Generator<Arrival> {
    const {
      rate,
      requests = NEVER,
      seconds = NEVER,
      arrivals,
      prompt,
      tokens,
      trace,
    } = this.#options.workload;
    if (trace !== undefined) {
      yield* trace;
      return;
    }
    for (let at = 0, made = 0; made < requests; ) {
      if (arrivals === 'regular') at += 1 / rate.at(at);
      else {
        at += exponential(this.#random) / rate.most;
        const now = rate.at(at);
        if (now < rate.most && this.#random() * rate.most >= now && at <= seconds) continue;
      }
      if (at > seconds) return;
      made++;
      yield { at, prompt: prompt?.(this.#random) ?? 0, tokens: tokens(this.#random) };
    }
  }

  #arrive({ prompt, tokens }: Arrival): void {
    const { skip = 0, measured = NEVER, workload, patience } = this.#options;
    const group = this.#groups[this.#draw(this.#groups, ({ options }) => options.share ?? 1)] as Group;
    const tenant = workload.tenants === undefined ? 0 : this.#draw(workload.tenants, ({ share }) => share);
    const prefix = workload.prefixes === undefined ? -1 : this.#drawPrefix(workload.prefixes.groups);
    if (this.#arrived++ === skip) [this.#area, this.#since, this.#arrivedSince] = [0, this.#now, 0];
    this.#arrivedSince++;
    this.#inSystem++;
    const job: Job = {
      group,
      tenant,
      arrived: this.#now,
      measured: this.#arrived > skip && this.#arrived <= skip + measured,
      prompt: prompt + (workload.prefixes?.tokens ?? 0),
      tokens: group.options.fluid === undefined ? Math.max(1, Math.round(tokens)) : tokens,
      prefix,
      done: 0,
      started: -1,
      first: -1,
      attempts: 0,
      tried: undefined,
      runs: [],
      over: false,
    };
    (this.#tallies[tenant] as Tally).offered += job.tokens;
    group.offered.tokens += job.tokens;
    group.offered.prompt += job.prompt;
    this.#retry.arrived(this.#now * 1000);
    const model = group.options.name;
    const limited = this.#options.limits !== undefined;
    if (!limited && this.#admission.waiting(model) === 0 && this.#place(job)) return;
    this.#submit(job, 'normal', patience === undefined ? undefined : patience * 1000);
    if (limited) this.#pump(group);
  }

  #submit(job: Job, priority: 'high' | 'normal', patienceMs: number | undefined): void {
    const admitted = this.#admission.submit(
      {
        item: job,
        model: job.group.options.name,
        key: this.#options.workload.tenants?.[job.tenant]?.name ?? '',
        priority,
        tokens: job.prompt + job.tokens,
        ...(patienceMs === undefined ? {} : { patienceMs }),
      },
      this.#now * 1000,
      ({ item }) => {
        this.#refused++;
        this.#over(item);
      },
    );
    if (admitted.ok) {
      if (this.#options.limits !== undefined) this.#tickets.set(job, admitted.ticket);
    } else {
      this.#refused++;
      this.#over(job);
    }
  }

  readonly #tickets = new Map<Job, Ticket<Job>>();

  #pump(group: Group): void {
    const model = group.options.name;
    if (this.#admission.waiting(model) === 0) return;
    const now = this.#now * 1000;
    const expired = ({ item }: Waiting<Job>): void => {
      this.#expired++;
      this.#over(item);
    };
    let next = this.#admission.next(model, now, expired);
    while (next !== undefined && this.#place(next.item)) {
      this.#admission.take(model, next, now);
      next = this.#admission.next(model, now, expired);
    }
  }

  /** Gives the job to a node that the balancer chooses; false when none can take it. */
  #place(job: Job): boolean {
    const node = this.#pick(job);
    if (node === undefined) return false;
    this.#assign(job, node);
    if (this.#hedging !== undefined && job.done === 0) this.#planHedge(job);
    return true;
  }

  #pick(job: Job): SimNode | undefined {
    const { prefix, tried } = job;
    const model = job.group.options.name;
    const promptTokens = job.prompt + job.done;
    const route: RouteRequest =
      tried === undefined && prefix < 0
        ? { model, promptTokens }
        : {
            model,
            promptTokens,
            ...(tried === undefined ? {} : { exclude: tried }),
            ...(prefix < 0 ? {} : { prefix: [2 * prefix + 1], session: `s${prefix}` }),
          };
    const node = this.#strategy.pick(route);
    if (node !== undefined || tried === undefined) return node;
    // Every other node is busy or gone: one that failed before may have recovered.
    return this.#strategy.pick({ ...route, exclude: new Set() });
  }

  #assign(job: Job, node: SimNode): void {
    const { prefixes } = this.#options.workload;
    const { host } = node;
    const cached = prefixes !== undefined && host.remembers(job.prefix) ? prefixes.tokens : 0;
    if (prefixes !== undefined) host.remember(job.prefix, prefixes.cached);
    const run: SimRun = {
      job,
      node,
      assigned: this.#now,
      cached,
      prompt: Math.max(1, job.prompt + job.done - cached),
      tokens: job.tokens - job.done,
      until: NEVER,
      live: true,
    };
    if (job.started < 0) job.started = this.#now;
    job.attempts++;
    job.runs.push(run);
    node.runs.push(run);
    if (node.serving) node.group.busy++;
    this.#loadChanged(node);
    if (host.down) return; // sent into a dead connection: nothing comes back
    host.engine.add(run, this.#now);
    this.#plan(host);
  }

  /** The run is over on its node, however it ended. */
  #leave(run: SimRun): void {
    const { node, job } = run;
    node.take(run);
    job.runs.splice(job.runs.indexOf(run), 1);
    if (node.serving) node.group.busy--;
    this.#loadChanged(node);
    if (node.state === 'draining' && node.runs.length === 0) this.#remove(node);
  }

  #loadChanged(node: SimNode): void {
    if (this.#options.stale) return;
    node.load = node.runs.length;
    this.#strategy.changed(node);
  }

  #plan(host: SimHost): void {
    const { due } = host.engine;
    if (due === NEVER) this.#due.delete(host.slot);
    else this.#due.set(host.slot, due);
  }

  readonly #events = {
    first: (run: SimRun): void => {
      const { job } = run;
      this.#hedging?.observe(job.group.options.name, (this.#now - run.assigned) * 1000);
      if (job.first < 0) job.first = this.#now;
      for (const other of job.runs.length > 1 ? [...job.runs] : []) {
        if (other === run) continue;
        other.node.host.engine.remove(other, this.#now);
        this.#plan(other.node.host);
        this.#leave(other);
        this.#pump(job.group);
      }
    },
    ended: (run: SimRun): void => {
      const { job, node } = run;
      const { tokens } = run;
      const totalMs = (this.#now - run.assigned) * 1000;
      if (totalMs > 0 && this.#options.learn !== false) {
        const speed = (tokens / totalMs) * 1000;
        node.speed = node.speed === 0 ? speed : node.speed * 0.8 + speed * 0.2;
      }
      const seen = { ok: true, firstTokenMs: Math.max(0, job.first - run.assigned) * 1000, totalMs, tokens };
      const observation: Observation =
        job.prefix < 0
          ? seen
          : { ...seen, prefix: [2 * job.prefix + 1], promptTokens: job.prompt, cachedTokens: run.cached };
      this.#strategy.observe(node, observation);
      this.#health?.answered(node.id, observation, this.#now * 1000);
      this.#complete(job);
      this.#leave(run);
      this.#pump(job.group);
    },
  };

  #complete(job: Job): void {
    job.done = job.tokens;
    this.#completed++;
    const sojourn = this.#now - job.arrived;
    (this.#tallies[job.tenant] as Tally).served += job.tokens;
    job.group.served.tokens += job.tokens;
    job.group.served.prompt += job.prompt;
    this.#sampledTokens += job.tokens;
    if (sojourn <= (this.#options.deadline ?? NEVER)) this.#goodTokens += job.tokens;
    this.#lastEnd = this.#now;
    if (job.measured) {
      this.#sojourn.add(sojourn);
      this.#wait.add(job.started - job.arrived);
      this.#first.add(job.first - job.arrived);
      this.#ended.add(this.#now);
    }
    this.#over(job);
  }

  #over(job: Job): void {
    job.over = true;
    this.#inSystem--;
    if (job.measured) this.#unmeasured--;
    const ticket = this.#tickets.get(job);
    if (ticket !== undefined) this.#admission.done(ticket);
    this.#tickets.delete(job);
  }

  #planHedge(job: Job): void {
    const delay = this.#hedging?.delay(job.group.options.name);
    if (delay === undefined) return;
    this.#timers.at(this.#now + delay / 1000, () => {
      if (job.over || job.first >= 0 || job.runs.length !== 1) return;
      job.tried = new Set(job.tried).add((job.runs[0] as SimRun).node.id);
      const node = this.#strategy.pick({
        model: job.group.options.name,
        promptTokens: job.prompt,
        exclude: job.tried,
      });
      if (node === undefined || !this.#hedging?.allow(this.#now * 1000)) return;
      this.#hedges++;
      this.#assign(job, node);
    });
  }

  /** All that is on the node moves on. */
  #abandon(node: SimNode): void {
    for (const run of [...node.runs]) {
      const { job } = run;
      const done = node.host.engine.remove(run, this.#now);
      this.#leave(run);
      this.#health?.answered(node.id, { ok: false }, this.#now * 1000);
      this.#strategy.observe(node, { ok: false });
      if (job.runs.length > 0) continue; // its hedge still runs
      job.done = Math.min(job.tokens, job.done + done);
      if (job.done >= job.tokens) this.#complete(job);
      else this.#again(job, node);
    }
  }

  #again(job: Job, node: SimNode): void {
    this.#failovers++;
    job.tried = new Set(job.tried).add(node.id);
    const { patience } = this.#options;
    const patienceMs = patience === undefined ? NEVER : (job.arrived + patience - this.#now) * 1000;
    const verdict = this.#retry.failed(
      {
        attempts: job.attempts,
        tokens: job.done,
        another: true,
        patienceMs: job.done > 0 ? NEVER : patienceMs,
      },
      this.#now * 1000,
    );
    if (!verdict.retry) {
      this.#failed++;
      this.#over(job);
      return;
    }
    const go = (): void => {
      if (!this.#place(job)) this.#submit(job, 'high', undefined);
    };
    if (verdict.afterMs === 0) go();
    else this.#timers.at(this.#now + verdict.afterMs / 1000, go);
  }

  #group(name: string): Group {
    return this.#groups.find(({ options }) => options.name === name) as Group;
  }

  /** A node that serves from now on. */
  #join(group: Group): void {
    let host = group.open.values().next().value;
    if (host === undefined) {
      host = new SimHost(this.#hosts.length, group, this.#events);
      this.#hosts.push(host);
      group.open.add(host);
      if (this.#now > 0) this.#plague(host);
    }
    const node = new SimNode(`n${++this.#lastNode}`, group, host);
    host.nodes.push(node);
    if (host.full) group.open.delete(host);
    group.nodes.add(node);
    group.ready++;
    this.#nodes.set(node.id, node);
    this.#strategy.add(node);
    this.#health?.add(node.id, node.class, this.#now * 1000, 'serving');
  }

  #remove(node: SimNode): void {
    this.#strategy.remove(node);
    this.#health?.tell(node.id, 'removed', this.#now * 1000);
    this.#nodes.delete(node.id);
    node.group.nodes.delete(node);
    node.group.paid--;
    node.host.nodes.splice(node.host.nodes.indexOf(node), 1);
    if (!node.host.down) node.group.open.add(node.host);
  }

  #setState(node: SimNode, state: SimNode['state']): void {
    const before = node.serving;
    node.state = state;
    if (before !== node.serving) {
      const change = node.serving ? 1 : -1;
      node.group.ready += change;
      node.group.busy += change * node.runs.length;
    }
    this.#strategy.changed(node);
  }

  #spawn(group: Group, count: number): void {
    group.starting += count;
    group.paid += count;
    this.#timers.at(this.#now + (group.options.warmUp ?? 10), () => {
      group.starting -= count;
      for (let i = 0; i < count; i++) this.#join(group);
      this.#pump(group);
    });
  }

  #drain(group: Group, count: number): void {
    const serving = [...group.nodes].filter((node) => node.serving);
    serving.sort((a, b) => a.runs.length - b.runs.length);
    for (const node of serving.slice(0, count)) {
      this.#health?.tell(node.id, 'drain', this.#now * 1000);
      if (node.state !== 'draining') this.#setState(node, 'draining');
      if (node.runs.length === 0) this.#remove(node);
    }
  }

  #plagueAll(): void {
    for (const host of this.#hosts) this.#plague(host);
  }

  /** Decides what is to befall an engine. */
  #plague(host: SimHost): void {
    const { slow, crash } = this.#options.faults ?? {};
    if (slow !== undefined && this.#fate() < slow.share) {
      this.#timers.at(Math.max(this.#now, slow.from ?? 0), () => host.slow(slow.factor));
    }
    if (crash !== undefined && this.#fate() < crash.share) this.#planCrash(host);
  }

  #planCrash(host: SimHost): void {
    const { crash } = this.#options.faults ?? {};
    if (crash === undefined) return;
    this.#timers.at(this.#now + crash.every * exponential(this.#fate), () => {
      if (host.nodes.length === 0) return;
      const silent = this.#fate() < (crash.silent ?? 0);
      host.down = true;
      host.group.open.delete(host);
      host.engine.stop(this.#now);
      this.#plan(host);
      if (!silent) {
        for (const node of [...host.nodes]) {
          if (node.state !== 'draining') {
            if (this.#health === undefined) this.#setState(node, 'error');
            else this.#health.tell(node.id, 'crashed', this.#now * 1000);
          }
          this.#abandon(node);
        }
      } else if (this.#health === undefined) {
        this.#timers.at(this.#now + Math.min(STALL, crash.down), () => {
          for (const node of [...host.nodes]) this.#abandon(node);
        });
      }
      this.#timers.at(this.#now + crash.down, () => {
        for (const node of [...host.nodes]) this.#abandon(node);
        host.restart();
        if (!host.full) host.group.open.add(host);
        for (const node of host.nodes) {
          if (this.#health === undefined) this.#setState(node, 'idle');
          else if (this.#health.state(node.id) === 'gone' || this.#health.state(node.id) === 'error') {
            this.#health.tell(node.id, 'ready', this.#now * 1000);
          }
        }
        this.#pump(host.group);
        this.#planCrash(host);
      });
    });
  }

  #beat(): void {
    const now = this.#now * 1000;
    for (const node of this.#nodes.values()) if (!node.host.down) this.#health?.beat(node.id, now);
    this.#health?.tick(now);
  }

  #healthChanged(id: string, to: HealthState): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    if (to === 'ejected') this.#ejections++;
    this.#setState(node, toNodeState(to, node.runs.length));
    if (to === 'suspect' || to === 'gone') this.#abandon(node);
    if (node.serving) this.#pump(node.group);
  }

  /** One token, asked for by health: it comes after a step of one, if the node works at all. */
  #probe(id: string): void {
    const node = this.#nodes.get(id);
    if (node === undefined || node.host.down) return;
    const { curve } = node.group.options;
    const seconds = (curve?.step(1, 8) ?? 0) * node.host.engine.slowness;
    this.#timers.at(this.#now + seconds, () => {
      if (!node.host.down) {
        this.#health?.answered(id, { ok: true, totalMs: seconds * 1000, tokens: 1 }, this.#now * 1000);
      }
    });
  }

  #snapshot(): void {
    for (const node of this.#nodes.values()) {
      if (node.load === node.runs.length) continue;
      node.load = node.runs.length;
      this.#strategy.changed(node);
    }
    for (const group of this.#groups) this.#pump(group);
  }

  #tick(): void {
    const ms = this.#now * 1000;
    for (const group of this.#groups) {
      this.#pump(group);
      const { name, capacity, minimum = 1, maximum = 10_000, warmUp = 10 } = group.options;
      this.#scaler?.tick(
        name,
        {
          now: ms,
          ready: group.ready,
          starting: group.starting,
          slots: capacity,
          busy: group.busy,
          waiting: this.#admission.waiting(name),
          tokensPerSecond: this.#samples.samples.at(-1)?.tokensPerSecond ?? 0,
          firstTokenMs: 0,
          warmUpMs: warmUp * 1000,
          timeOfDayMs: ms % 86_400_000,
        },
        { minimum, maximum },
      );
    }
  }

  #sample(): void {
    let [nodes, starting, busy, slots] = [0, 0, 0, 0];
    for (const { ready, busy: inFlight, starting: coming, options } of this.#groups) {
      nodes += ready;
      starting += coming;
      busy += inFlight;
      slots += ready * options.capacity;
    }
    const { interval } = this.#samples;
    this.#samples.add({
      at: this.#now,
      nodes,
      starting,
      busy: slots === 0 ? 0 : busy / slots,
      waiting: this.#admission.waiting(),
      tokensPerSecond: this.#sampledTokens / interval,
    });
    this.#sampledTokens = 0;
  }

  #draw<T>(items: readonly T[], weight: (item: T) => number): number {
    if (items.length === 1) return 0;
    let total = 0;
    for (const item of items) total += weight(item);
    let left = this.#random() * total;
    for (let i = 0; i < items.length; i++) {
      left -= weight(items[i] as T);
      if (left < 0) return i;
    }
    return items.length - 1;
  }

  /** The k-th group as often as 1/k: few system prompts are shared by many. */
  #drawPrefix(groups: number): number {
    return Math.min(groups - 1, Math.floor((groups + 1) ** this.#random()) - 1);
  }

  #result(): SimulationResult {
    const measured = this.#now - this.#since;
    const tenants = this.#options.workload.tenants ?? [{ name: '', share: 1 }];
    const offeredTokens = this.#tallies.reduce((sum, { offered }) => sum + offered, 0);
    const servedTokens = this.#tallies.reduce((sum, { served }) => sum + served, 0);
    const ends = this.#completed + this.#refused + this.#expired + this.#failed;
    return {
      arrived: this.#arrived,
      completed: this.#completed,
      refused: this.#refused,
      expired: this.#expired,
      failed: this.#failed,
      missing: this.#arrived - ends - (this.#options.measured === undefined ? 0 : this.#inSystem),
      failovers: this.#failovers,
      hedges: this.#hedges,
      ejections: this.#ejections,
      seconds: this.#now,
      sojourn: this.#sojourn.values,
      wait: this.#wait.values,
      first: this.#first.values,
      ended: this.#ended.values,
      meanInSystem: this.#area / measured,
      measuredRate: this.#arrivedSince / measured,
      nodeSeconds: this.#nodeSeconds,
      idealNodeSeconds: this.#ideal('served'),
      offeredNodeSeconds: this.#ideal('offered'),
      offeredTokens,
      servedTokens,
      goodTokens: this.#goodTokens,
      tokensPerSecond: servedTokens / this.#lastEnd,
      tenants: this.#tallies.map(({ offered, served }, i) => {
        const { name = '', weight = 1 } = tenants[i] ?? {};
        return { name, weight, offeredTokens: offered, servedTokens: served };
      }),
      decisions: this.#scaler?.decisions() ?? [],
      series: this.#samples.samples,
    };
  }

  /** What the work takes of nodes that are full all the time. */
  #ideal(what: 'offered' | 'served'): number {
    return this.#groups.reduce((sum, { options, [what]: { prompt, tokens } }) => {
      const { curve, fluid, capacity, nodesPerEngine = 1 } = options;
      const full = Math.min(options.sequences ?? 256, capacity * nodesPerEngine);
      if (curve === undefined) return sum + (nodesPerEngine * tokens) / (fluid?.(full) ?? 1);
      const reading = (curve.step(1, PIECE) - curve.step(1, 0)) / PIECE;
      return sum + nodesPerEngine * (tokens / curve.rate(full) + prompt * reading);
    }, 0);
  }
}
