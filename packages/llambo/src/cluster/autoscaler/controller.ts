/**
 * The autoscaler of a real cluster: reads the signals each second, asks the policy, and acts through effects. It decides
 * nothing itself and owns no node; time, signals and effects are passed in, so that a virtual clock can drive it.
 */
import { Autoscaler, type ScaleDecision } from './autoscaler.ts';
import { type Clock, systemClock } from './clock.ts';
import type { GroupedPolicyOptions } from './policy.ts';

/** What the cluster knows of one class of nodes at one moment. */
export interface ClassSignals {
  readonly class: string;
  /** Nodes that take requests. Draining, lost and broken ones do not count. */
  readonly ready: number;
  /**
   * Nodes that are registered and do not serve yet, or will again by themselves, as after the restart of their engine;
   * 0 where nodes are registered only once they serve.
   */
  readonly starting: number;
  /** Requests at once that one node takes; at least 1. */
  readonly slots: number;
  /** Requests in flight on the class. */
  readonly busy: number;
  /** Requests that wait for a node of the class (of its model, when they name no class). */
  readonly waiting: number;
  /** Generated tokens a second. */
  readonly tokensPerSecond: number;
  /** Milliseconds to the first token, 95th percentile; 0 while unknown. */
  readonly firstTokenMs: number;
  /** Nodes that the hosts have room for beyond what there is (cores, memory); absent: no bound. */
  readonly room?: number;
}

export interface SignalSource {
  /** Every class that may be scaled, those with no node included. Called at each tick; must not block. */
  read(): Iterable<ClassSignals>;
  /** Nodes of a class that may be drained, with their requests in flight. Called only when some are to go. */
  nodes(nodeClass: string): Iterable<{ readonly id: string; readonly load: number }>;
}

export interface ScaleEffects {
  /**
   * Starts `count` nodes. Settles when they serve, with how many do when that is fewer; rejects when none could be
   * started. The controller waits for it and backs off after a rejection: 1, 2, 4, ... 60 s.
   */
  spawn(nodeClass: string, count: number): Promise<number | undefined>;
  /** Takes these nodes out of rotation, lets their answers end, and stops them. A rejection is reported, no more. */
  drain(nodeIds: readonly string[]): Promise<void>;
}

export interface ClassBounds {
  readonly minimum: number;
  readonly maximum: number;
}

export interface ScaleLimits extends ClassBounds {
  /** Bounds of single classes; absent: 1 up to the cluster's maximum. A minimum of 0 lets the class scale to zero. */
  readonly classes?: Readonly<Record<string, Partial<ClassBounds>>>;
}

export interface ControllerOptions {
  /** Registered name of a policy. Default `target`. */
  readonly policy?: string;
  readonly policyOptions?: GroupedPolicyOptions;
  /** Of all nodes together, and of classes. */
  readonly limits: ScaleLimits;
  readonly effects: ScaleEffects;
  readonly signals: SignalSource;
  readonly clock?: Clock;
  /** Milliseconds between two looks. Default 1,000. */
  readonly periodMs?: number;
  /** Milliseconds after which a spawn that has not settled counts as failed. Default 300,000. */
  readonly spawnTimeoutMs?: number;
  /** Told in words what happened: "scaled tiny from 8 to 12: ...", "spawning 4 tiny nodes failed: ...". */
  readonly log?: (text: string) => void;
}

/** One line of `llamboctl autoscale` and of GET /api/v1/decisions. */
export interface ClassDecision {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly class: string;
  readonly policy: string;
  readonly from: number;
  readonly want: number;
  readonly to: number;
  readonly why: string;
}

export interface ClassScale extends ClassBounds {
  readonly class: string;
  readonly ready: number;
  readonly starting: number;
  /** Milliseconds from asking for nodes until they served, measured; 0 while unknown. */
  readonly warmUpMs: number;
  /** The last start from no node at all, from the first waiting request's look to the first node; 0 while unknown. */
  readonly coldStartMs: number;
  readonly failures: number;
  /** Milliseconds until spawns are tried again; 0: at once. */
  readonly retryMs: number;
}

/** Two looks are at least so far apart, however often `wake` is called. */
const LEAST_GAP_MS = 100;

interface Spawn {
  readonly count: number;
  readonly readyBefore: number;
}

interface ClassState {
  readonly spawns: Set<Spawn>;
  signals: ClassSignals;
  warmUpMs: number;
  coldStartMs: number;
}

export class AutoscaleController {
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #scaler: Autoscaler;
  readonly #classes = new Map<string, ClassState>();
  #limits: ScaleLimits;
  #enabled = false;
  #lastLook = Number.NEGATIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;
  #callOff: () => void = () => {};
  #reported = '';
  /** The clock's reading at 1970, so that decisions can be shown in wall time. */
  readonly #epoch: number;

  /** @throws LlamboError `bad-request` when no policy has that name */
  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#clock = options.clock ?? systemClock;
    this.#epoch = this.#clock.wall() - this.#clock.now();
    this.#scaler = new Autoscaler(
      options.policy ?? 'target',
      {
        spawn: (name, count) => void this.#spawn(name, count),
        drain: (name, count) => void this.#drain(name, count),
      },
      options.policyOptions,
    );
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  get policy(): string {
    return this.#scaler.policy;
  }

  get limits(): ScaleLimits {
    return this.#limits;
  }

  /** `autoscale on`: the first look is at once. */
  start(): void {
    if (this.#enabled) return;
    this.#enabled = true;
    this.#schedule(0);
  }

  /** `autoscale off`: no look any more; spawns that are under way go on. */
  stop(): void {
    this.#enabled = false;
    this.#callOff();
    this.#due = Number.POSITIVE_INFINITY;
  }

  /** `autoscale policy NAME`. @throws LlamboError `bad-request` */
  setPolicy(name: string, options?: GroupedPolicyOptions): void {
    this.#scaler.setPolicy(name, options);
  }

  /** Holds from the next look on. */
  setLimits(limits: ScaleLimits): void {
    this.#limits = limits;
  }

  /** Whether a class without nodes may get some by itself: a request for it is then held, not refused. */
  hopeful(nodeClass: string): boolean {
    return this.#enabled && this.#bounds(nodeClass).maximum > 0 && this.#limits.maximum > 0;
  }

  /** A request found no node: look now, not at the end of the second. Costs nothing when called often. */
  wake(): void {
    if (this.#enabled) this.#schedule(LEAST_GAP_MS);
  }

  /** The last decisions, oldest first. */
  decisions(count?: number): readonly ClassDecision[] {
    return this.#scaler.decisions(count).map((decision) => this.#shown(decision));
  }

  /** As of the last look. */
  classes(): readonly ClassScale[] {
    const now = this.#clock.now();
    return [...this.#classes].map(([name, state]) => {
      const { failures, notBefore } = this.#scaler.backoff(name);
      return {
        class: name,
        ...this.#bounds(name),
        ready: state.signals.ready,
        starting: startingOf(state),
        warmUpMs: Math.round(state.warmUpMs),
        coldStartMs: Math.round(state.coldStartMs),
        failures,
        retryMs: Math.max(0, notBefore - now),
      };
    });
  }

  /** One look at all classes. The clock calls it; tests may. */
  look(): void {
    const now = this.#clock.now();
    this.#lastLook = now;
    try {
      const seen = new Set<string>();
      for (const signals of this.#options.signals.read()) {
        this.#note(signals);
        seen.add(signals.class);
      }
      for (const name of this.#classes.keys()) if (!seen.has(name)) this.#classes.delete(name);
      for (const [name, state] of this.#classes) this.#decide(name, state, now);
      this.#reported = '';
    } catch (error) {
      // The same trouble every second is one line, not a flood.
      const text = `autoscaler could not look: ${(error as Error).message}`;
      if (text !== this.#reported) this.#options.log?.(text);
      this.#reported = text;
    }
  }

  #note(signals: ClassSignals): void {
    const state = this.#classes.get(signals.class);
    if (state !== undefined) state.signals = signals;
    else this.#classes.set(signals.class, { spawns: new Set(), signals, warmUpMs: 0, coldStartMs: 0 });
  }

  #decide(name: string, state: ClassState, now: number): void {
    const { ready, slots, busy, waiting, tokensPerSecond, firstTokenMs, room } = state.signals;
    const starting = startingOf(state);
    const { minimum, maximum } = this.#bounds(name);
    const others = [...this.#classes].reduce(
      (sum, [other, each]) => sum + (other === name ? 0 : each.signals.ready + startingOf(each)),
      0,
    );
    const most = Math.max(0, Math.min(maximum, this.#limits.maximum - others));
    const least = Math.min(most, Math.max(minimum, this.#isFirst(name) ? this.#limits.minimum - others : 0));
    const decision = this.#scaler.tick(
      name,
      {
        now,
        ready,
        starting,
        slots: Math.max(1, slots),
        busy,
        waiting,
        tokensPerSecond,
        firstTokenMs,
        warmUpMs: state.warmUpMs,
        timeOfDayMs: this.#clock.timeOfDay(),
      },
      { minimum: least, maximum: most, ...(room === undefined ? {} : { room }) },
    );
    if (decision !== undefined && decision.to !== decision.from) {
      this.#options.log?.(`scaled ${name} from ${decision.from} to ${decision.to}: ${decision.why}`);
    }
  }

  async #spawn(name: string, count: number): Promise<void> {
    const state = this.#classes.get(name) as ClassState; // kept by this call, even if the class goes
    const { ready } = state.signals;
    const spawn: Spawn = { count, readyBefore: ready };
    const cold = ready === 0 && startingOf(state) === 0;
    state.spawns.add(spawn);
    const begun = this.#clock.now();
    try {
      const served = (await this.#within(this.#options.effects.spawn(name, count))) ?? count;
      if (served <= 0) throw new Error('no node was started');
      const took = this.#clock.now() - begun;
      state.warmUpMs = state.warmUpMs === 0 ? took : state.warmUpMs * 0.7 + took * 0.3;
      if (cold) state.coldStartMs = took;
      // Fewer than asked for is a failure too: asking again at once would be a hot loop.
      if (served < count) this.#failed(name, count, `${served} were started`);
      else this.#scaler.spawned(name);
    } catch (error) {
      this.#failed(name, count, (error as Error).message);
    } finally {
      state.spawns.delete(spawn);
      this.wake();
    }
  }

  #failed(name: string, count: number, why: string): void {
    this.#scaler.spawnFailed(name, this.#clock.now());
    this.#options.log?.(`spawning ${count} ${name} nodes failed: ${why}`);
  }

  #within<T>(promise: Promise<T>): Promise<T> {
    const ms = this.#options.spawnTimeoutMs ?? 300_000;
    return new Promise((resolve, reject) => {
      const callOff = this.#clock.after(ms, () => reject(new Error(`nothing served after ${ms / 1000} s`)));
      promise.then(resolve, reject).finally(callOff);
    });
  }

  async #drain(name: string, count: number): Promise<void> {
    try {
      const nodes = [...this.#options.signals.nodes(name)].sort((a, b) => a.load - b.load);
      const ids = nodes.slice(0, count).map(({ id }) => id);
      if (ids.length > 0) await this.#options.effects.drain(ids);
    } catch (error) {
      this.#options.log?.(`draining ${count} ${name} nodes failed: ${(error as Error).message}`);
    }
  }

  #schedule(after: number): void {
    const now = this.#clock.now();
    const due = Math.max(now + after, this.#lastLook + LEAST_GAP_MS);
    if (due >= this.#due) return;
    this.#callOff();
    this.#due = due;
    this.#callOff = this.#clock.after(due - now, () => {
      this.#due = Number.POSITIVE_INFINITY;
      this.look();
      if (this.#enabled) this.#schedule(this.#options.periodMs ?? 1000);
    });
  }

  #bounds(name: string): ClassBounds {
    const own = this.#limits.classes?.[name];
    return { minimum: own?.minimum ?? 1, maximum: own?.maximum ?? this.#limits.maximum };
  }

  /** The cluster's own minimum is made up by its first class. */
  #isFirst(name: string): boolean {
    return this.#classes.keys().next().value === name;
  }

  #shown({ at, group, ...rest }: ScaleDecision): ClassDecision {
    return { at: this.#epoch + at, class: group, ...rest };
  }
}

/** Nodes under way: those that are registered, or those that were asked for and have not shown up, whichever is more. */
function startingOf({ spawns, signals }: ClassState): number {
  let asked = 0;
  for (const { count, readyBefore } of spawns) {
    asked += count - Math.min(count, Math.max(0, signals.ready - readyBefore));
  }
  return Math.max(signals.starting, asked);
}

/** Lines for people, the newest last: `18:05:12 tiny 8 > 12 (wants 12) demand 9+4, ...`. */
export function formatDecisions(decisions: readonly ClassDecision[]): string {
  return decisions
    .map(({ at, class: name, from, want, to, why }) => {
      const time = new Date(at).toTimeString().slice(0, 8);
      const wanted = want === to ? '' : ` (policy wants ${want})`;
      return `${time} ${name} ${from === to ? `stays ${from}` : `${from} > ${to}`}${wanted}: ${why}\n`;
    })
    .join('');
}
