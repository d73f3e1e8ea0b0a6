import type { NodeState } from '../balancer/strategy.ts';

/** What health knows of a node; `serving` is `idle` or `busy`, by its load. */
export type HealthState = Exclude<NodeState, 'idle' | 'busy'> | 'serving';

export type HealthEvent =
  /** The node (or its engine) reports that it can work. */
  | 'ready'
  /** Its heartbeats are overdue. */
  | 'late'
  /** A heartbeat came. */
  | 'beat'
  /** It stayed silent for so long that it counts as lost. */
  | 'lost'
  /** Errors in a row, or far slower than its class. */
  | 'outlier'
  /** The time of its ejection is over. */
  | 'cooled'
  /** Enough good answers on probation. */
  | 'proved'
  /** A bad answer on probation. */
  | 'failed'
  /** Its engine or process is known to have died. */
  | 'crashed'
  | 'drain'
  | 'resume'
  | 'removed';

type Row = Readonly<Partial<Record<HealthEvent, HealthState>>>;

/** All transitions; an event that a row does not name changes nothing. states(7) prints this table. */
export const transitions: Readonly<Record<HealthState, Row>> = {
  starting: { ready: 'serving', lost: 'gone', crashed: 'error', drain: 'draining', removed: 'gone' },
  serving: { late: 'suspect', outlier: 'ejected', crashed: 'error', drain: 'draining', removed: 'gone' },
  suspect: { beat: 'serving', lost: 'gone', crashed: 'error', drain: 'draining', removed: 'gone' },
  ejected: { cooled: 'probation', late: 'suspect', crashed: 'error', drain: 'draining', removed: 'gone' },
  probation: {
    proved: 'serving',
    failed: 'ejected',
    late: 'suspect',
    crashed: 'error',
    drain: 'draining',
    removed: 'gone',
  },
  draining: { resume: 'serving', lost: 'gone', crashed: 'error', removed: 'gone' },
  error: { ready: 'probation', drain: 'draining', removed: 'gone' },
  gone: { ready: 'probation' },
};

/** The reducer: pure, total. */
export const nextState = (state: HealthState, event: HealthEvent): HealthState =>
  transitions[state][event] ?? state;

export const toNodeState = (state: HealthState, load: number): NodeState =>
  state === 'serving' ? (load > 0 ? 'busy' : 'idle') : state;
