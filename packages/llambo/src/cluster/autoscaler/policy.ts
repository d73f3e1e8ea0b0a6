/** What a policy sees of one group of nodes (one model and class), at one moment. */
export interface Signals {
  /** Milliseconds; monotonic. */
  readonly now: number;
  /** Nodes that serve. */
  readonly ready: number;
  /** Nodes that were asked for and do not serve yet. */
  readonly starting: number;
  /** Requests at once that one node takes. */
  readonly slots: number;
  /** Requests in flight on the group. */
  readonly busy: number;
  /** Requests that wait for a node of the group. */
  readonly waiting: number;
  /** Tokens a second of the group. */
  readonly tokensPerSecond: number;
  /** Milliseconds to the first token, 95th percentile; 0 while unknown. */
  readonly firstTokenMs: number;
  /** Milliseconds that nodes took to get ready, measured; 0 while unknown. */
  readonly warmUpMs: number;
  /** Milliseconds since midnight, for `schedule`. */
  readonly timeOfDayMs: number;
}

export interface Wish {
  /** Nodes that there should be, starting ones included; before minimum, maximum and the hosts' room. */
  readonly want: number;
  /** The numbers that made it, in words. */
  readonly why: string;
}

/** Keeps its history for one group; told the signals at regular intervals. Pure: no timers, no clock of its own. */
export interface Policy {
  readonly name: string;
  decide(signals: Signals): Wish;
}

export interface ScheduleEntry {
  /** `HH:MM`, from which on it holds. */
  readonly at: string;
  readonly nodes: number;
}

export interface PolicyOptions {
  /** Share of the slots that is to be busy. Default 0.65 (`kpa` 0.7, as published). */
  readonly target?: number;
  readonly schedule?: readonly ScheduleEntry[];
  /** `target` only: adds the demand's trend over the stable window, as far ahead as a node takes to get ready. */
  readonly predictive?: boolean;
}

/** What holds for every group, and what single ones have instead. */
export interface GroupedPolicyOptions extends PolicyOptions {
  readonly groups?: Readonly<Record<string, PolicyOptions>>;
}

/** Busy slots over all slots, of the nodes that serve; 1 when none does and somebody waits. */
export function utilization({ busy, ready, slots, waiting }: Signals): number {
  if (ready > 0) return busy / (ready * slots);
  return waiting > 0 ? 1 : 0;
}

export const percent = (share: number): string => `${Math.round(share * 100)}%`;
