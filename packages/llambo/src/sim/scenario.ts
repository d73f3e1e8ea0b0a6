import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { analyticCurve, type Curve, type MeasuredCurve, measuredCurve } from './curve.ts';
import { exponential, logNormal, type Random } from './random.ts';
import { dailyRate, linearRate, stepRate } from './rates.ts';
import type { ClassOptions, SimulationOptions } from './types.ts';

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const lengths = z.enum(['constant', 'exponential', 'lognormal']);
const points = z.array(z.tuple([z.number().min(0), z.number().min(0)])).min(1);

const classFields = {
  nodes: z.int().min(0).max(100_000).describe('nodes at the start'),
  capacity: z.int().min(1).max(256).default(4).describe('requests at once on one node'),
  curve: z.string().optional().describe('a measured engine: a name in scenarios/curves, or a path'),
  speed: positive.default(10).describe('without a curve: tokens a second of an engine with one request'),
  exponent: share.default(0.5).describe('how that grows with requests: speed x requests ^ exponent'),
  read: positive.default(600).describe('prompt tokens a second'),
  nodes_per_engine: z.int().min(1).max(10_000).default(1),
  sequences: z.int().min(1).max(256).optional().describe('requests at once of one engine'),
  warm_up: z.number().min(0).default(10).describe('seconds until a spawned node serves'),
  minimum: z.int().min(0).default(1),
  maximum: z.int().min(1).max(100_000).default(10_000),
  share: positive.default(1).describe('of the requests, relative to other classes'),
};

const phase = z.strictObject({
  name: z.string(),
  from: z.number(),
  to: z.number(),
  /** What the architecture drawing says of it. */
  nodes: z.number(),
  tokens_per_second: z.number(),
  latency_ms: z.number().optional(),
  utilization: share.optional(),
});

const schema = z.strictObject({
  title: z.string().default(''),
  seed: z.int().default(1),
  ...classFields,
  nodes: classFields.nodes.optional().describe('of the only class; otherwise: classes'),
  classes: z.record(z.string(), z.strictObject(classFields)).optional(),
  strategy: z.string().default('least-loaded'),
  policy: z.string().optional().describe('absent: the nodes stay as they are'),
  policy_options: z
    .strictObject({
      target: positive.max(1).optional(),
      predictive: z.boolean().optional(),
      schedule: z.array(z.strictObject({ at: z.string(), nodes: z.int().min(0) })).optional(),
    })
    .default({}),
  /** Pairs of seconds and requests a second: from then on, or on straight lines between them. */
  rate: points.optional(),
  shape: z.enum(['step', 'linear']).default('step'),
  daily: z
    .strictObject({
      low: z.number().min(0),
      high: positive,
      peak_hour: z.number().min(0).max(24).default(15),
    })
    .optional(),
  arrivals: z.enum(['poisson', 'regular']).default('poisson'),
  requests: z.int().min(1).optional(),
  seconds: positive.optional(),
  skip: z.int().min(0).default(0),
  tokens: positive.default(50).describe('mean of an answer; median for lognormal'),
  lengths: lengths.default('exponential'),
  prompt: positive.default(50).describe('tokens of a prompt, distributed like prompt_lengths'),
  prompt_lengths: lengths.default('constant'),
  sigma: positive.default(1).describe('of the logarithm, for lognormal'),
  queue: z.int().min(0).default(1_000_000),
  patience: positive.optional().describe('seconds that a request waits for a node at most'),
  deadline: positive.optional().describe('seconds within which an answer counts as good'),
  tenants: z.record(z.string(), z.strictObject({ share: positive, weight: positive.default(1) })).optional(),
  prefixes: z
    .strictObject({ groups: z.int().min(1), tokens: z.int().min(1), cached: z.int().min(1) })
    .optional(),
  faults: z
    .strictObject({
      slow: z.strictObject({ share, factor: positive, from: z.number().min(0).default(0) }).optional(),
      crash: z.strictObject({ share, every: positive, down: positive, silent: share.default(0) }).optional(),
    })
    .optional(),
  stale: z.number().min(0).default(0).describe('seconds between two snapshots of the loads'),
  health: z.boolean().default(false),
  hedge: z.boolean().default(false),
  phases: z.array(phase).default([]),
});

export type Phase = z.output<typeof phase>;

export interface Scenario {
  readonly title: string;
  readonly options: SimulationOptions;
  /** Parts of it that a drawing says something about. */
  readonly phases: readonly Phase[];
}

const folder = new URL('../../scenarios/', import.meta.url);

/** Names of the scenarios that are shipped. */
export const scenarioNames = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -5));

/** A scenario that is shipped, or a file. @throws Error with what is wrong with it */
export function loadScenario(nameOrPath: string): Scenario {
  const shipped = scenarioNames().includes(nameOrPath);
  const path = shipped ? fileURLToPath(new URL(`${nameOrPath}.yaml`, folder)) : nameOrPath;
  return parseScenario(readFileSync(path, 'utf8'));
}

/** A curve that is shipped, by its name, or a file that was measured. @throws Error when there is none */
export function loadCurve(nameOrPath: string): MeasuredCurve {
  const path = nameOrPath.endsWith('.json') ? nameOrPath : new URL(`curves/${nameOrPath}.json`, folder);
  return JSON.parse(readFileSync(path, 'utf8')) as MeasuredCurve;
}

/** A scenario's text, checked. @throws ZodError or YAMLParseError with what is wrong */
export function parseScenario(text: string, curves: (name: string) => MeasuredCurve = loadCurve): Scenario {
  const scenario = schema.parse(parse(text));
  const { patience, deadline, policy, faults, tenants, prefixes, requests, seconds } = scenario;
  const { rate: steps, daily, shape } = scenario;
  if (requests === undefined && seconds === undefined)
    throw new RangeError('scenario has neither requests nor seconds');
  if (steps === undefined && daily === undefined) throw new RangeError('scenario has neither rate nor daily');
  const one = (fields: Fields, name: string): ClassOptions => classOf(fields, name, curves);
  const { nodes } = scenario;
  const classes =
    scenario.classes === undefined
      ? [one({ ...scenario, nodes: nodes ?? missingNodes() }, 'tiny')]
      : Object.entries(scenario.classes).map(([name, fields]) => one(fields, name));
  const options: SimulationOptions = {
    seed: scenario.seed,
    strategy: scenario.strategy,
    classes,
    workload: {
      rate:
        daily !== undefined
          ? dailyRate(daily.low, daily.high, daily.peak_hour)
          : shape === 'step'
            ? stepRate(steps ?? [])
            : linearRate(steps ?? []),
      arrivals: scenario.arrivals,
      prompt: distribution(scenario.prompt_lengths, scenario.prompt, scenario.sigma),
      tokens: distribution(scenario.lengths, scenario.tokens, scenario.sigma),
      ...(requests === undefined ? {} : { requests }),
      ...(seconds === undefined ? {} : { seconds }),
      ...(prefixes === undefined ? {} : { prefixes }),
      ...(tenants === undefined
        ? {}
        : { tenants: Object.entries(tenants).map(([name, tenant]) => ({ name, ...tenant })) }),
    },
    skip: scenario.skip,
    queue: scenario.queue,
    stale: scenario.stale,
    health: scenario.health,
    hedge: scenario.hedge,
    policyOptions: definedOnly(scenario.policy_options),
    ...(policy === undefined ? {} : { policy }),
    ...(patience === undefined ? {} : { patience }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(faults === undefined ? {} : { faults: definedOnly(faults) }),
  };
  return { title: scenario.title, options, phases: scenario.phases };
}

type Fields = z.output<z.ZodObject<typeof classFields>>;

function classOf(fields: Fields, name: string, curves: (name: string) => MeasuredCurve): ClassOptions {
  const { sequences, curve } = fields;
  const shape: Curve =
    curve === undefined
      ? analyticCurve(fields.speed, fields.exponent, fields.read)
      : measuredCurve(curves(curve));
  return {
    name,
    nodes: fields.nodes,
    capacity: fields.capacity,
    curve: shape,
    nodesPerEngine: fields.nodes_per_engine,
    ...(sequences === undefined ? {} : { sequences }),
    warmUp: fields.warm_up,
    minimum: fields.minimum,
    maximum: fields.maximum,
    share: fields.share,
  };
}

function distribution(
  kind: z.output<typeof lengths>,
  size: number,
  sigma: number,
): (random: Random) => number {
  if (kind === 'constant') return () => size;
  return (random) =>
    Math.max(1, kind === 'exponential' ? size * exponential(random) : logNormal(random, size, sigma));
}

function missingNodes(): never {
  throw new RangeError('scenario has neither nodes nor classes');
}

/** Without the members that are undefined. */
function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
