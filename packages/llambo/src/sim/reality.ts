import { type MeasuredCurve, measuredCurve, readingCost } from './curve.ts';
import { ask } from './load.ts';
import { exponential, logNormal, seededRandom } from './random.ts';
import { quantile } from './recorder.ts';
import { simulate } from './simulate.ts';
import type { Arrival } from './types.ts';

export interface RealityOptions {
  readonly url: string;
  /** Nodes of the real cluster, which share one engine, and requests at once of each. */
  readonly nodes: number;
  readonly capacity: number;
  readonly curve: MeasuredCurve;
  readonly strategy: string;
  /** Seconds of arrivals. */
  readonly seconds: number;
  /** Share of what the engine can do. Default 0.7. */
  readonly load?: number;
  readonly seed?: number;
  readonly log?: (text: string) => void;
}

/** Tokens a second, and latencies of whole answers in milliseconds. */
export interface Figures {
  readonly throughput: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Reality {
  readonly requests: number;
  readonly real: Figures;
  readonly simulated: Figures;
  /** Of the simulation, relative to reality. */
  readonly errors: Figures;
}

const MEAN_TOKENS = 48;
const MEAN_PROMPT = 48;

/** Requests as they come: independent of each other, prompts and answers of log-normal length. */
export function makeTrace(seconds: number, rate: number, seed: number): Arrival[] {
  const random = seededRandom(seed);
  const trace: Arrival[] = [];
  const length = (mean: number): number => {
    const sigma = 0.5;
    const tokens = logNormal(random, mean * Math.exp(-(sigma ** 2) / 2), sigma);
    return Math.max(4, Math.min(4 * mean, Math.round(tokens)));
  };
  for (let at = exponential(random) / rate; at < seconds; at += exponential(random) / rate) {
    trace.push({ at, prompt: length(MEAN_PROMPT), tokens: length(MEAN_TOKENS) });
  }
  return trace;
}

/** Requests a second that keep the engine busy for this share of its time, with so many sequences at most. */
export function rateFor(curve: MeasuredCurve, sequences: number, load: number): number {
  const { step, rate } = measuredCurve(curve);
  const reading = MEAN_PROMPT * (step(1, 1) - step(1, 0));
  return load / (MEAN_TOKENS / rate(sequences) + reading);
}

/** The same requests, at the same moments, to the real cluster and to its simulation. */
export async function compareWithReality(options: RealityOptions): Promise<Reality> {
  const { nodes, capacity, curve, log = () => {} } = options;
  const slots = nodes * capacity;
  const rate = rateFor(curve, Math.min(slots, 64), options.load ?? 0.7);
  const trace = makeTrace(options.seconds, rate, options.seed ?? 1);
  log(`${trace.length} requests in ${options.seconds} s, ${rate.toFixed(2)} a second`);
  const { real, sent } = await runReal(options.url, trace);
  const simulated = runSimulated(options, sent);
  const error = (value: (figures: Figures) => number): number => value(simulated) / value(real) - 1;
  return {
    requests: trace.length,
    real,
    simulated,
    errors: {
      throughput: error(({ throughput }) => throughput),
      p50: error(({ p50 }) => p50),
      p99: error(({ p99 }) => p99),
    },
  };
}

async function runReal(url: string, trace: readonly Arrival[]): Promise<{ real: Figures; sent: Arrival[] }> {
  const begun = performance.now();
  const latencies: number[] = [];
  const sent: Arrival[] = [];
  let tokens = 0;
  let last = begun;
  await Promise.all(
    trace.map(async (arrival) => {
      const wait = begun + arrival.at * 1000 - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
      const at = (performance.now() - begun) / 1000; // timers are late on a busy machine: the simulation is told when
      const answer = await ask(url, arrival);
      latencies.push(answer.totalMs);
      tokens += answer.tokens;
      last = performance.now();
      sent.push({ at, prompt: answer.promptTokens, tokens: answer.tokens });
    }),
  );
  sent.sort((a, b) => a.at - b.at);
  return { real: figures(latencies, tokens, (last - begun) / 1000), sent };
}

function runSimulated(options: RealityOptions, trace: readonly Arrival[]): Figures {
  const { nodes, capacity, curve, strategy } = options;
  const { outside } = readingCost(curve);
  const result = simulate({
    seed: 1,
    strategy,
    classes: [
      {
        name: 'tiny',
        nodes,
        capacity,
        nodesPerEngine: nodes,
        sequences: Math.min(64, nodes * capacity),
        curve: measuredCurve(curve),
      },
    ],
    workload: { rate: { at: () => 1, most: 1 }, tokens: () => 1, trace },
  });
  const latencies = [...result.sojourn].map((seconds) => seconds * 1000 + outside);
  return figures(latencies, result.servedTokens, result.seconds);
}

function figures(latencies: readonly number[], tokens: number, seconds: number): Figures {
  const sorted = Float64Array.from(latencies).sort();
  return { throughput: tokens / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

export function formatReality({ requests, real, simulated, errors }: Reality): string {
  const line = (name: string, value: (figures: Figures) => number, unit: string): string =>
    `${name.padEnd(12)}${value(real).toFixed(1).padStart(10)}${value(simulated).toFixed(1).padStart(12)} ${unit.padEnd(6)}${(value(errors) * 100).toFixed(1).padStart(7)} %`;
  return [
    `${requests} requests        real   simulated         error`,
    line('throughput', ({ throughput }) => throughput, 'tok/s'),
    line('p50', ({ p50 }) => p50, 'ms'),
    line('p99', ({ p99 }) => p99, 'ms'),
  ].join('\n');
}
