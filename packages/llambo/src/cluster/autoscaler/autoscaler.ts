import type { GroupedPolicyOptions, Policy, PolicyOptions, Signals } from './policy.ts';
import { createPolicy } from './registry.ts';

/** How the autoscaler acts. Neither call may throw; a spawn that fails is reported by `spawnFailed`. */
export interface ScalerEffects {
  /** Start `count` nodes of the group; they appear in its signals as starting at once. */
  spawn(group: string, count: number): void;
  /** Take `count` nodes out, those with the fewest requests first, drained. */
  drain(group: string, count: number): void;
}

export interface GroupLimits {
  readonly minimum: number;
  readonly maximum: number;
  /** Nodes that the hosts have room for beyond what there is (cores, memory); absent: no bound. */
  readonly room?: number;
}

export interface ScaleDecision {
  /** Milliseconds, on the clock that made the signals. */
  readonly at: number;
  readonly group: string;
  readonly policy: string;
  readonly from: number;
  /** What the policy wanted, and what came of it within the bounds. */
  readonly want: number;
  readonly to: number;
  readonly why: string;
}

const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 60_000;
const KEPT = 200;

interface Group {
  policy: Policy;
  failures: number;
  notBefore: number;
}

/** Brings each group to what its policy wants, within its bounds, and remembers why. */
export class Autoscaler {
  readonly #effects: ScalerEffects;
  #options: GroupedPolicyOptions;
  #policy: string;
  readonly #groups = new Map<string, Group>();
  readonly #decisions: ScaleDecision[] = [];

  /** @throws LlamboError `bad-request` when no policy has that name */
  constructor(policy: string, effects: ScalerEffects, options: GroupedPolicyOptions = {}) {
    checked(policy, options);
    this.#policy = policy;
    this.#effects = effects;
    this.#options = options;
  }

  /** The registered name, as in `autoscale policy NAME`. */
  get policy(): string {
    return this.#policy;
  }

  /** Another policy from the next tick on; decisions and back-off stay. @throws LlamboError `bad-request` */
  setPolicy(policy: string, options: GroupedPolicyOptions = this.#options): void {
    checked(policy, options);
    this.#policy = policy;
    this.#options = options;
    for (const [name, group] of this.#groups) group.policy = createPolicy(policy, optionsOf(name, options));
  }

  /** To be called every second or so for each group. What it decided, when it acted or was held back. */
  tick(group: string, signals: Signals, limits: GroupLimits): ScaleDecision | undefined {
    const state = this.#group(group);
    const { now } = signals;
    const nodes = signals.ready + signals.starting;
    const { want, why } = state.policy.decide(signals);
    const { minimum, maximum, room = Number.POSITIVE_INFINITY } = limits;
    let to = Math.max(minimum, Math.min(maximum, want));
    const reasons = [why];
    if (to !== want) reasons.push(to === minimum ? `minimum is ${minimum}` : `maximum is ${maximum}`);
    if (to > nodes + room) {
      to = nodes + Math.max(0, Math.floor(room));
      reasons.push(`hosts have room for ${to - nodes} more`);
    }
    if (to > nodes && now < state.notBefore) {
      reasons.push(
        `spawns failed ${state.failures} times: next try in ${Math.ceil((state.notBefore - now) / 1000)} s`,
      );
      to = nodes;
    }
    if (to === nodes && want === nodes) return undefined;
    const decision = { at: now, group, policy: this.policy, from: nodes, want, to, why: reasons.join('; ') };
    const last = this.#decisions.findLast((each) => each.group === group);
    // The same hindrance every second is one line, not a flood.
    const repeated = to === nodes && last !== undefined && last.to === to && last.from === nodes;
    if (!repeated) {
      this.#decisions.push(decision);
      if (this.#decisions.length > KEPT) this.#decisions.shift();
    }
    if (to > nodes) this.#effects.spawn(group, to - nodes);
    else if (to < nodes) this.#effects.drain(group, nodes - to);
    return decision;
  }

  /** A spawn failed: the next one waits 1 s, then 2, 4, ... 60 s. */
  spawnFailed(group: string, now: number): void {
    const state = this.#group(group);
    state.notBefore =
      now + Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(10, state.failures));
    state.failures++;
  }

  spawned(group: string): void {
    const state = this.#group(group);
    state.failures = 0;
    state.notBefore = 0;
  }

  /** Spawns of the group that failed in a row, and when the next may be tried (on the clock of the signals). */
  backoff(group: string): { readonly failures: number; readonly notBefore: number } {
    const { failures, notBefore } = this.#group(group);
    return { failures, notBefore };
  }

  /** The last decisions with the numbers that made them, oldest first. */
  decisions(count: number = KEPT): readonly ScaleDecision[] {
    return this.#decisions.slice(-count);
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = {
        policy: createPolicy(this.policy, optionsOf(name, this.#options)),
        failures: 0,
        notBefore: 0,
      };
      this.#groups.set(name, group);
    }
    return group;
  }
}

function optionsOf(name: string, { groups, ...all }: GroupedPolicyOptions): PolicyOptions {
  return { ...all, ...groups?.[name] };
}

/** Finds an error in any group's options before it is too late to refuse them. */
function checked(policy: string, options: GroupedPolicyOptions): void {
  createPolicy(policy, optionsOf('', options));
  for (const name of Object.keys(options.groups ?? {})) createPolicy(policy, optionsOf(name, options));
}
