import type { KeyLimits } from '../cluster/admission/index.ts';
import type { PolicyOptions, ScaleDecision } from '../cluster/autoscaler/index.ts';
import type { StrategyOptions } from '../cluster/balancer/index.ts';
import type { HealthOptions } from '../cluster/health/index.ts';
import type { HedgeOptions, RetryOptions } from '../cluster/retry/index.ts';
import type { Curve } from './curve.ts';
import type { Random } from './random.ts';

/** Nodes of one kind, all of one model of their own. */
export interface ClassOptions {
  readonly name: string;
  readonly nodes: number;
  /** Requests at once on one node. */
  readonly capacity: number;
  /** Engines that work step by step as this says ... */
  readonly curve?: Curve;
  /** ... or ideal ones, that share so much work a second (by the number of requests) evenly. */
  readonly fluid?: (batch: number) => number;
  /** Nodes that compute on one engine, as those of a host do. Default 1. */
  readonly nodesPerEngine?: number;
  /** Requests at once of one engine; the others wait inside it. Default: what its nodes take. */
  readonly sequences?: number;
  /** Seconds until a spawned node serves. Default 10. */
  readonly warmUp?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of the requests, relative to the other classes. Default 1. */
  readonly share?: number;
}

/** Requests a second at a time, and the most that it ever is. */
export interface Rate {
  at(time: number): number;
  readonly most: number;
}

export interface Tenant {
  readonly name: string;
  /** Of the requests, relative to the others. */
  readonly share: number;
  /** Claim to the cluster when it is full. Default 1. */
  readonly weight?: number;
}

/** A request as a workload makes it; times in seconds, sizes in tokens. */
export interface Arrival {
  readonly at: number;
  readonly prompt: number;
  readonly tokens: number;
}

export interface Workload {
  /** Requests in all, or until the rate's end (`seconds`), whichever comes first. */
  readonly requests?: number;
  readonly seconds?: number;
  readonly rate: Rate;
  /** `poisson` (default): independent of each other; `regular`: evenly spaced. */
  readonly arrivals?: 'poisson' | 'regular';
  readonly prompt?: (random: Random) => number;
  readonly tokens: (random: Random) => number;
  /** These very requests, instead of all that is above. */
  readonly trace?: readonly Arrival[];
  readonly tenants?: readonly Tenant[];
  /** Beginnings that prompts share: one of `groups` (the first ones more often), `tokens` long. */
  readonly prefixes?: { readonly groups: number; readonly tokens: number; readonly cached: number };
}

export interface Faults {
  /** Engines that take `factor` times as long, from some second on. */
  readonly slow?: { readonly share: number; readonly factor: number; readonly from?: number };
  /** Engines that die again and again: every so many seconds (exponential), for so many seconds. */
  readonly crash?: {
    readonly share: number;
    readonly every: number;
    readonly down: number;
    /** Share of the deaths that nobody is told of: the connection stays, and nothing comes any more. */
    readonly silent?: number;
  };
}

export interface SimulationOptions {
  readonly seed: number;
  readonly classes: readonly ClassOptions[];
  readonly workload: Workload;
  readonly strategy: string;
  readonly strategyOptions?: Partial<StrategyOptions>;
  /** Whether nodes show their speed to the balancer. Default true. */
  readonly learn?: boolean;
  /** Requests (by arrival) that are not measured at the start. */
  readonly skip?: number;
  /** Requests that are measured behind these: others come until the last of them has ended, and then all stops. */
  readonly measured?: number;
  /** Requests that wait at most, for each class. */
  readonly queue?: number;
  /** Seconds that a request waits for a node at most. */
  readonly patience?: number;
  /** Seconds within which a whole answer counts as good. Default: any time. */
  readonly deadline?: number;
  readonly limits?: (tenant: string) => KeyLimits | undefined;
  readonly policy?: string;
  readonly policyOptions?: PolicyOptions;
  /** Of all classes together. */
  readonly maximum?: number;
  readonly health?: HealthOptions | boolean;
  readonly retry?: RetryOptions;
  readonly hedge?: HedgeOptions | boolean;
  readonly faults?: Faults;
  /** Seconds between two snapshots of the nodes' loads; the balancer knows nothing newer. Default 0: all at once. */
  readonly stale?: number;
}

/** The cluster at a moment. */
export interface Sample {
  readonly at: number;
  readonly nodes: number;
  readonly starting: number;
  /** Share of the slots that is busy. */
  readonly busy: number;
  readonly waiting: number;
  /** Of answers that ended since the last sample. */
  readonly tokensPerSecond: number;
}

export interface TenantResult {
  readonly name: string;
  readonly weight: number;
  readonly offeredTokens: number;
  readonly servedTokens: number;
}

export interface SimulationResult {
  readonly arrived: number;
  readonly completed: number;
  /** Turned away at once; waited in vain; told that too many nodes failed. */
  readonly refused: number;
  readonly expired: number;
  readonly failed: number;
  /** Requests that came to none of these ends: 0, or the simulator lost one. */
  readonly missing: number;
  readonly failovers: number;
  readonly hedges: number;
  readonly ejections: number;
  /** Seconds from the start to the last end. */
  readonly seconds: number;
  /** Seconds in the system, in the queue and to the first token, of the measured requests in the order of their ends. */
  readonly sojourn: Float64Array;
  readonly wait: Float64Array;
  readonly first: Float64Array;
  /** When they ended. */
  readonly ended: Float64Array;
  /** Time averages over the measured part: requests in the system, arrivals a second. */
  readonly meanInSystem: number;
  readonly measuredRate: number;
  /** Nodes times seconds, from the moment that they were asked for until they are gone. */
  readonly nodeSeconds: number;
  /** The same of the fewest nodes, always full, that could have done the work that was done. */
  readonly idealNodeSeconds: number;
  /** The same for all work that was asked for. */
  readonly offeredNodeSeconds: number;
  readonly offeredTokens: number;
  readonly servedTokens: number;
  /** Of answers within the deadline. */
  readonly goodTokens: number;
  readonly tokensPerSecond: number;
  readonly tenants: readonly TenantResult[];
  readonly decisions: readonly ScaleDecision[];
  readonly series: readonly Sample[];
}
