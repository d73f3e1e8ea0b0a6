/** What can be said of right and wrong answers, with how much certainty. Everything random is drawn from a seed. */
import { logGamma } from '../fusion/agreement.ts';
import { seededRandom } from '../sim/random.ts';

/** One method's answer to one item. */
export interface Outcome {
  readonly right: boolean;
  /** What the method says is the probability that it is right, 0 to 1. */
  readonly confidence: number;
}

export const accuracy = (outcomes: readonly Outcome[]): number =>
  outcomes.length === 0 ? Number.NaN : outcomes.filter(({ right }) => right).length / outcomes.length;

export interface Comparison {
  /** Difference of the accuracies, a - b. */
  readonly gain: number;
  /** 95 % of the bootstrap's differences lie between these. */
  readonly interval: readonly [number, number];
  /** Items that only a got right, and only b. */
  readonly gains: number;
  readonly losses: number;
  /** Of McNemar's exact test, two-sided: such a split of gains and losses, or a more uneven one, by chance. */
  readonly p: number;
}

/**
 * Two methods on the same items, in the same order.
 *
 * @param groups a number for each item: items of a group (a question set) are drawn from their own group only, so that
 *   every resample has the sets in the same proportions
 */
export function compare(
  a: readonly Outcome[],
  b: readonly Outcome[],
  groups: readonly number[] = [],
  resamples = 10_000,
): Comparison {
  const differences = a.map(({ right }, at) => Number(right) - Number((b[at] as Outcome).right));
  const gains = differences.filter((difference) => difference > 0).length;
  const losses = differences.filter((difference) => difference < 0).length;
  const members = new Map<number, number[]>();
  differences.forEach((difference, at) => {
    const group = groups[at] ?? 0;
    members.set(group, [...(members.get(group) ?? []), difference]);
  });
  const lists = [...members.values()];
  const mean = (draw: (list: readonly number[]) => number): number =>
    lists.reduce((sum, list) => sum + draw(list) / list.length, 0) / lists.length;
  const random = seededRandom(1);
  const drawn = Float64Array.from({ length: resamples }, () =>
    mean((list) => {
      let sum = 0;
      for (let i = 0; i < list.length; i++) sum += list[Math.floor(random() * list.length)] as number;
      return sum;
    }),
  ).sort();
  return {
    gain: mean((list) => list.reduce((sum, difference) => sum + difference, 0)),
    interval: [
      drawn[Math.floor(resamples * 0.025)] as number,
      drawn[Math.floor(resamples * 0.975)] as number,
    ],
    gains,
    losses,
    p: mcnemar(gains, losses),
  };
}

/** McNemar's exact test: gains and losses would come from a fair coin. Two-sided, 1 at most. */
export function mcnemar(gains: number, losses: number): number {
  const n = gains + losses;
  const few = Math.min(gains, losses);
  let sum = 0;
  for (let k = 0; k <= few; k++) {
    sum += Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
  }
  return Math.min(1, 2 * sum);
}

/** Expected calibration error: mean distance of confidence and accuracy in `bins` equally wide bins, by their items. */
export function calibrationError(outcomes: readonly Outcome[], bins = 10): number {
  return reliability(outcomes, bins).reduce(
    (sum, { count, confidence, accuracy: share }) =>
      sum + (count / outcomes.length) * Math.abs(confidence - share),
    0,
  );
}

export interface Bin {
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/** Mean confidence and accuracy of each bin that holds anything. */
export function reliability(outcomes: readonly Outcome[], bins = 10): Bin[] {
  const held = new Map<number, Outcome[]>();
  for (const outcome of outcomes) {
    const bin = Math.min(bins - 1, Math.floor(outcome.confidence * bins));
    held.set(bin, [...(held.get(bin) ?? []), outcome]);
  }
  return [...held.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, list]) => ({
      count: list.length,
      confidence: list.reduce((sum, { confidence }) => sum + confidence, 0) / list.length,
      accuracy: accuracy(list),
    }));
}

export interface RiskPoint {
  /** Share of the items that are answered, those with the most confidence. */
  readonly coverage: number;
  readonly accuracy: number;
}

/** Accuracy when only the surest share of the items is answered, for each share. */
export function riskCoverage(outcomes: readonly Outcome[], steps = 20): RiskPoint[] {
  const sorted = [...outcomes].sort((a, b) => b.confidence - a.confidence);
  return Array.from({ length: steps }, (_, i) => {
    const coverage = (i + 1) / steps;
    return {
      coverage,
      accuracy: accuracy(sorted.slice(0, Math.max(1, Math.round(coverage * sorted.length)))),
    };
  });
}
