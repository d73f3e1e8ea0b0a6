import { parse } from 'yaml';
import { z } from 'zod';
import { exponential, logNormal } from './random.ts';
import { type SimulationOptions, type SimulationResult, simulate } from './simulate.ts';

const schema = z.strictObject({
  seed: z.int().default(1),
  nodes: z.int().min(0).max(100_000),
  capacity: z.int().min(1).default(4),
  strategy: z.string().default('least-loaded'),
  policy: z.string().optional(),
  minimum: z.int().min(0).default(1),
  maximum: z.int().min(1).default(10_000),
  warm_up: z.number().min(0).default(10),
  queue: z.int().min(0).default(1_000_000),
  /** Pairs of seconds and requests a second from then on. */
  rate: z.array(z.tuple([z.number().min(0), z.number().positive()])).min(1),
  requests: z.int().min(1),
  /** Tokens a second of a node with one request, and how that grows: speed x batch ^ exponent. */
  speed: z.number().positive().default(10),
  exponent: z.number().min(0).max(1).default(0.5),
  /** Tokens of a request, on average (exponential) or in the median (lognormal, sigma 1). */
  tokens: z.number().positive().default(50),
  lengths: z.enum(['constant', 'exponential', 'lognormal']).default('exponential'),
});

/** A scenario file, checked. @throws ZodError or YAMLParseError with what is wrong */
export function parseScenario(text: string): SimulationOptions {
  const scenario = schema.parse(parse(text));
  const { rate, tokens, lengths, speed, exponent, policy, warm_up: warmUp, ...rest } = scenario;
  return {
    ...rest,
    warmUp,
    ...(policy === undefined ? {} : { policy }),
    rate: (time) => (rate.findLast(([from]) => from <= time) ?? (rate[0] as [number, number]))[1],
    work: (random) => {
      if (lengths === 'constant') return tokens;
      return lengths === 'exponential' ? tokens * exponential(random) : logNormal(random, tokens, 1);
    },
    speed: (batch) => speed * batch ** exponent,
  };
}

/** One line of the comparison table. */
export interface Summary {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly tokensPerSecond: number;
  readonly nodeHours: number;
  /** Changes of direction of the scaling. */
  readonly reversals: number;
  readonly refused: number;
}

export function summarize(name: string, result: SimulationResult): Summary {
  const sorted = result.sojourn.slice().sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const moves = result.decisions
    .filter(({ from, to }) => from !== to)
    .map(({ from, to }) => Math.sign(to - from));
  return {
    name,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    tokensPerSecond: result.tokensPerSecond,
    nodeHours: result.nodeSeconds / 3600,
    reversals: moves.filter((move, i) => i > 0 && move !== moves[i - 1]).length,
    refused: result.refused,
  };
}

/** The scenario under each of the strategies, or policies, on the same seed. */
export function compare(
  options: SimulationOptions,
  member: 'strategy' | 'policy',
  names: readonly string[],
): Summary[] {
  return names.map((name) => summarize(name, simulate({ ...options, [member]: name })));
}

export function formatSummaries(summaries: readonly Summary[]): string {
  const head = ['', 'p50 s', 'p95 s', 'p99 s', 'tok/s', 'node-hours', 'reversals', 'refused'];
  const rows = summaries.map((s) => [
    s.name,
    s.p50.toFixed(2),
    s.p95.toFixed(2),
    s.p99.toFixed(2),
    s.tokensPerSecond.toFixed(0),
    s.nodeHours.toFixed(1),
    String(s.reversals),
    String(s.refused),
  ]);
  return [head, ...rows]
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(11))).join(''))
    .join('\n');
}
