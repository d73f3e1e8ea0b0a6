import { dm1, jsq, mm1, mmcTail, mmcWait } from './closed-forms.ts';
import { registerJsq } from './jsq.ts';
import { exponential } from './random.ts';
import { simulate } from './simulate.ts';
import type { ClassOptions, SimulationResult, Workload } from './types.ts';

export interface Check {
  readonly name: string;
  readonly expected: number;
  readonly measured: number;
  /** Half the width of the 95 % confidence interval. */
  readonly halfWidth: number;
  /** The closed form lies within that interval. */
  readonly within: boolean;
  /** It lies within the interval that holds for all checks at once with 95 %: one in twenty misses its own by chance. */
  readonly passed: boolean;
}

/** A check that has not been run yet. */
export interface CheckCase {
  readonly name: string;
  run(): Check;
}

/** Runs of each check that know nothing of each other. */
const REPLICATIONS = 20;
/** Student's t of 19 degrees of freedom, two-sided: 95 % for one check, and for 16 checks together (Bonferroni). */
const T_ONE = 2.093;
const T_ALL = 3.39;

/** Mean and half width of the 95 % confidence interval of independent values. */
export function interval(values: readonly number[], t: number = T_ONE): { mean: number; halfWidth: number } {
  const { length } = values;
  const mean = values.reduce((a, b) => a + b, 0) / length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (length - 1);
  return { mean, halfWidth: t * Math.sqrt(variance / length) };
}

export const meanOf = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;

interface Queue {
  readonly strategy: string;
  readonly nodes: number;
  readonly load: number;
  readonly capacity?: number;
  readonly arrivals?: 'regular';
  readonly tokens?: Workload['tokens'];
  readonly nodesOptions?: Partial<ClassOptions>;
  /** Mean services of one node before anything is measured (it begins empty: several relaxation times), and then. */
  readonly warm: number;
  readonly time: number;
}

/** @param scale of the measured time: 1 for the figures, less for a quick look */
export function checkCases(scale = 1): CheckCase[] {
  let cases = 0;
  const run = (queue: Queue, seed: number): SimulationResult => {
    const { nodes, load, warm, capacity = 1_000_000 } = queue;
    const rate = nodes * load;
    return simulate({
      seed,
      strategy: queue.strategy,
      learn: false,
      classes: [{ name: 'm', nodes, capacity, ...(queue.nodesOptions ?? { fluid: () => 1 }) }],
      workload: {
        rate: { at: () => rate, most: rate },
        tokens: queue.tokens ?? exponential,
        ...(queue.arrivals === undefined ? {} : { arrivals: queue.arrivals }),
        prompt: () => 1,
      },
      skip: Math.round(rate * warm),
      measured: Math.round(rate * queue.time * scale),
    });
  };
  const check = (
    name: string,
    expected: number,
    queue: Queue,
    value: (result: SimulationResult) => number = ({ sojourn }) => meanOf(sojourn),
  ): CheckCase => {
    const first = 1000 * ++cases; // seeds of its own, whichever checks are run
    const runAll = (): Check => {
      const values = Array.from({ length: REPLICATIONS }, (_, i) => value(run(queue, first + i)));
      const { mean, halfWidth } = interval(values);
      const miss = Math.abs(mean - expected);
      const within = miss <= halfWidth + 1e-12;
      const passed = miss <= halfWidth * (T_ALL / T_ONE) + 1e-12;
      return { name, expected, measured: mean, halfWidth, within, passed };
    };
    return { name, run: runAll };
  };
  const random = { strategy: 'random', nodes: 20 };
  const wait = ({ wait }: SimulationResult): number => meanOf(wait);
  // A single line before all servers: least loaded, one request a node.
  const line = (servers: number, load: number): Queue => {
    return { strategy: 'least-loaded', nodes: servers, capacity: 1, load, warm: 30, time: 10_000 / servers };
  };
  const tail = (servers: number, load: number, time: number): CheckCase =>
    check(
      `M/M/${servers} at ${load}, waits > ${time}`,
      mmcTail(servers, load, time),
      line(servers, load),
      ({ wait }) => wait.filter((each) => each > time).length / wait.length,
    );
  const steps: Partial<ClassOptions> = {
    curve: { step: (generating, reading) => (generating + reading) / 2000, rate: () => 2000 },
    sequences: 1_000_000,
  };
  const two = (load: number, warm: number): Queue => {
    return { strategy: 'p2c', nodes: 1000, load, warm, time: 60 };
  };
  return [
    check('random, M/M/1 at 0.5', mm1(0.5), { ...random, load: 0.5, warm: 50, time: 500 }),
    check('random, M/M/1 at 0.9', mm1(0.9), { ...random, load: 0.9, warm: 2500, time: 1500 }),
    check('processor sharing, constant work, at 0.8', mm1(0.8), {
      ...random,
      load: 0.8,
      warm: 600,
      time: 600,
      tokens: () => 1,
    }),
    check('the same by engine steps, 2,000 tokens', mm1(0.8), {
      ...random,
      load: 0.8,
      warm: 600,
      time: 300,
      tokens: () => 2000,
      nodesOptions: steps,
    }),
    ...[0.8, 0.9, 0.95].map((load) =>
      check(`round-robin, D/M/1 at ${load}`, dm1(load), {
        strategy: 'round-robin',
        nodes: 20,
        arrivals: 'regular',
        load,
        warm: 10 / (1 - load) ** 2,
        time: 1500,
      }),
    ),
    check('two choices, JSQ(2) at 0.8', jsq(2, 0.8), two(0.8, 20)),
    check('two choices, JSQ(2) at 0.9', jsq(2, 0.9), two(0.9, 30)),
    check('two choices, JSQ(2) at 0.95', jsq(2, 0.95), two(0.95, 60)),
    check('three choices, JSQ(3) at 0.9', jsq(3, 0.9), { ...two(0.9, 20), strategy: registerJsq(3) }),
    check('M/M/16 at 0.8, wait', mmcWait(16, 0.8), line(16, 0.8), wait),
    check('M/M/100 at 0.9, wait', mmcWait(100, 0.9), line(100, 0.9), wait),
    tail(16, 0.8, 0.5),
    tail(100, 0.9, 0.1),
    check(
      "Little's law: in system / (rate x time), at 0.8",
      1,
      { ...random, load: 0.8, warm: 600, time: 600 },
      ({ meanInSystem, measuredRate, sojourn }) => meanInSystem / (measuredRate * meanOf(sojourn)),
    ),
    check(
      'requests that were lost',
      0,
      { ...random, load: 0.8, warm: 10, time: 50 },
      ({ missing }) => missing,
    ),
  ];
}

/** All checks, one after the other; `done` hears of each. */
export function runChecks(scale = 1, done: (check: Check) => void = () => {}): Check[] {
  return checkCases(scale).map((each) => {
    const check = each.run();
    done(check);
    return check;
  });
}
