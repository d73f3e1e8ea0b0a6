import { exponential } from './random.ts';
import { type SimulationOptions, simulate } from './simulate.ts';

export interface Check {
  readonly name: string;
  readonly expected: number;
  readonly measured: number;
  /** Half the width of the 95 % confidence interval, by batch means. */
  readonly halfWidth: number;
  readonly passed: boolean;
}

/** Mean and half width over 20 batches (t = 2.093 for 19 degrees of freedom). */
export function batchMeans(values: Float64Array): { mean: number; halfWidth: number } {
  const size = Math.floor(values.length / 20);
  const means = Array.from({ length: 20 }, (_, i) => {
    return values.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0) / size;
  });
  const mean = means.reduce((a, b) => a + b, 0) / 20;
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19;
  return { mean, halfWidth: 2.093 * Math.sqrt(variance / 20) };
}

/** Service of mean 1 at constant speed: by the queue's length processor sharing and first come first served agree. */
const base = (requests: number): SimulationOptions => ({
  seed: 11,
  nodes: 100,
  capacity: 1_000_000,
  strategy: 'random',
  rate: () => 1,
  work: exponential,
  speed: () => 1,
  requests,
  skip: Math.floor(requests / 5),
});

/** The simulator against closed forms. @param requests of each run */
export function runChecks(requests: number): Check[] {
  const sojourn = (name: string, expected: number, strategy: string, load: number, more = {}): Check => {
    const nodes = (more as { nodes?: number }).nodes ?? 100;
    const result = simulate({ ...base(requests), strategy, rate: () => load * nodes, ...more });
    return judge(name, expected, batchMeans(result.sojourn));
  };
  const waits = (name: string, expected: number, nodes: number, load: number): Check => {
    const result = simulate({
      ...base(requests),
      strategy: 'least-loaded',
      nodes,
      capacity: 1,
      rate: () => load * nodes,
    });
    return judge(name, expected, batchMeans(result.wait));
  };
  const little = simulate({ ...base(requests), rate: () => 80 });
  const mean = batchMeans(little.sojourn);
  return [
    sojourn('random, M/M/1, load .9', 10, 'random', 0.9),
    sojourn('random, M/M/1, load .5', 2, 'random', 0.5),
    sojourn('round-robin, D/M/1, load .8', 2.69, 'round-robin', 0.8, { nodes: 500 }),
    sojourn('p2c, JSQ(2), load .8', 1.947, 'p2c', 0.8, { nodes: 500 }),
    sojourn('p2c, JSQ(2), load .9', 2.614, 'p2c', 0.9, { nodes: 500 }),
    waits('M/M/16 wait, load .8', 0.0953, 16, 0.8),
    waits('M/M/100 wait, load .9', 0.0217, 100, 0.9),
    sojourn('processor sharing, constant work, load .8', 5, 'random', 0.8, { work: () => 1 }),
    judge("Little's law, load .8", little.meanInSystem / little.measuredRate, mean),
    judge('conservation of requests', 0, { mean: little.missing, halfWidth: 0 }),
  ];
}

const judge = (
  name: string,
  expected: number,
  { mean, halfWidth }: { mean: number; halfWidth: number },
): Check => ({
  name,
  expected,
  measured: mean,
  halfWidth,
  // Closed forms are quoted to three or four digits, and those of JSQ hold for infinitely many nodes: 1 % more.
  passed: Math.abs(mean - expected) <= halfWidth + 0.01 * expected,
});
