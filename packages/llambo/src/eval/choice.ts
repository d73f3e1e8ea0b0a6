/**
 * Closed questions, from stored scores: single-node methods, the pool with weights from tuning questions, the cascade
 * and abstaining, all on the same items. Decisions are made by the very rule that runs in the cluster.
 */

import { clamp, logSoftmax } from '../fusion/agreement.ts';
import { findFormat, type OptionScore, type ScoreCall } from '../fusion/formats.ts';
import { DEFAULT_SCALES, type Measure, opinionOf, preferences } from '../fusion/profile.ts';
import type { Decision } from '../fusion/strategies/index.ts';
import { FLOOR, pool } from '../fusion/strategies/pool.ts';
import type { Vote } from '../fusion/types.ts';
import { type Example, fitWeights } from './fit.ts';
import { type EvalItem, type EvalSet, split } from './item.ts';
import { recall } from './members.ts';
import type { Outcome } from './statistics.ts';
import type { AnswerStore } from './store.ts';

/** What one node does: a reading, of which several measures may be taken. */
export interface Reading {
  readonly model: string;
  readonly format: string;
  readonly rotation: number;
  readonly prior?: string;
  readonly measures: readonly Measure[];
}

/** A reading with what its measures count, and its weight in the pool. */
export interface FittedMember {
  readonly reading: Reading;
  readonly scales: Readonly<Partial<Record<Measure, number>>>;
  readonly weight: number;
}

/** All that is stored of one item. */
export interface Observed {
  readonly item: EvalItem;
  readonly readings: readonly {
    readonly scores: readonly OptionScore[];
    readonly prior: readonly OptionScore[];
  }[];
}

export interface ObservedSet {
  readonly name: string;
  readonly source: string;
  readonly tuning: readonly Observed[];
  readonly rest: readonly Observed[];
}

/** The items of a set for which every reading is stored, split. */
export function observe(
  set: EvalSet,
  readings: readonly Reading[],
  stores: ReadonlyMap<string, AnswerStore>,
): ObservedSet {
  const observed = set.items.flatMap((item): Observed[] => {
    const found = readings.map((reading) => {
      const store = stores.get(reading.model);
      if (store === undefined) return undefined;
      const scores = recall(store, reading, item);
      const prior =
        reading.prior === undefined
          ? []
          : recall(store, { ...reading, format: reading.prior, rotation: 0 }, item);
      return scores && prior ? { scores, prior } : undefined;
    });
    return found.every((one) => one !== undefined) ? [{ item, readings: found }] : [];
  });
  const { tuning, rest } = split(observed);
  return { name: set.name, source: set.source, tuning, rest };
}

const right = ({ item }: Observed): number => item.answer as number;

/** Standardised spread of a feature, so that shrinkage means the same for nats and nats a byte. */
const spreadOf = (examples: readonly Example[], k: number): number => {
  let sum = 0;
  let count = 0;
  for (const { rows } of examples) {
    const mean = rows.reduce((total, row) => total + (row[k] as number), 0) / rows.length;
    for (const row of rows) sum += ((row[k] as number) - mean) ** 2;
    count += rows.length;
  }
  return Math.sqrt(sum / Math.max(1, count)) || 1;
};

/** Weights in the features' own units: fitted on standardised ones, drawn towards `towards`. */
function fitted(
  examples: readonly Example[],
  features: number,
  towards: readonly number[],
  shrinkage: number,
): number[] {
  const spread = Array.from({ length: features }, (_, k) => spreadOf(examples, k));
  const scaled = examples.map(({ rows, right: answer }) => ({
    rows: rows.map((row) => row.map((value, k) => value / (spread[k] as number))),
    right: answer,
  }));
  const weights = fitWeights(scaled, features, {
    towards: towards.map((value, k) => value * (spread[k] as number)),
    shrinkage,
  });
  return weights.map((value, k) => value / (spread[k] as number));
}

/** What a pool of readings needs to know; from tuning items only. `towards`: what is believed without them. */
export function fitPool(
  readings: readonly Reading[],
  items: readonly Observed[],
  towards?: readonly FittedMember[],
  shrinkage = 40,
): FittedMember[] {
  const scaled = readings.map((reading, r) => {
    const examples = items.map((one): Example => ({ rows: rowsOf(reading, one, r), right: right(one) }));
    const before = reading.measures.map(
      (measure) => (towards?.[r]?.scales ?? DEFAULT_SCALES[reading.format])?.[measure] ?? 0,
    );
    const weights = fitted(examples, reading.measures.length, before, shrinkage);
    return {
      reading,
      scales: Object.fromEntries(reading.measures.map((measure, k) => [measure, weights[k] as number])),
      weight: 0,
    };
  });
  const examples = items.map((one): Example => {
    const opinions = scaled.map(({ scales }, r) => floored(opinionAt(scales, one, r)));
    const options = one.item.options?.length ?? 0;
    return {
      rows: Array.from({ length: options }, (_, o) => opinions.map((opinion) => opinion[o] as number)),
      right: right(one),
    };
  });
  // Without other knowledge every member is believed alike, and all of them together as much as one.
  const before = scaled.map((_, r) => towards?.[r]?.weight ?? 1.5 / scaled.length);
  const weights = fitWeights(examples, scaled.length, { towards: before, shrinkage });
  return scaled.map((member, r) => ({ ...member, weight: weights[r] as number }));
}

function rowsOf(reading: Reading, one: Observed, r: number): number[][] {
  const { scores, prior } = one.readings[r] as Observed['readings'][number];
  const columns = reading.measures.map((measure) => preferences(measure, scores, prior));
  return scores.map((_, option) => columns.map((column) => column[option] as number));
}

const opinionAt = (scales: FittedMember['scales'], one: Observed, r: number): number[] => {
  const { scores, prior } = one.readings[r] as Observed['readings'][number];
  return opinionOf({ scales }, scores, prior);
};

const floored = (opinion: readonly number[]): number[] => opinion.map((value) => clamp(value, FLOOR, 0));

/** The votes that the members' nodes would give. */
export function votesOf(members: readonly FittedMember[], one: Observed): Vote[] {
  return members.map(({ reading, scales, weight }, r) => {
    const opinion = opinionAt(scales, one, r);
    const option = opinion.indexOf(Math.max(...opinion));
    const logprob = opinion[option] as number;
    return {
      node: `${reading.model}/${reading.format}`,
      model: reading.model,
      class: reading.model,
      text: one.item.options?.[option] as string,
      key: String(option),
      option,
      opinion,
      weight,
      logprob,
      confidence: Math.exp(logprob),
      tokens: 0,
      ms: 0,
    };
  });
}

/** The pool's answers. */
export function poolOutcomes(
  members: readonly FittedMember[],
  items: readonly Observed[],
  pooling: 'logarithmic' | 'linear' = 'logarithmic',
): Outcome[] {
  return items.map((one) => decide(votesOf(members, one), one, pooling));
}

function decide(
  votes: readonly Vote[],
  one: Observed,
  pooling: 'logarithmic' | 'linear' = 'logarithmic',
): Outcome {
  const [first] = sharesOf(votes, one, pooling);
  return { right: Number(first?.key) === right(one), confidence: first?.weight ?? 0 };
}

function sharesOf(
  votes: readonly Vote[],
  one: Observed,
  pooling: 'logarithmic' | 'linear' = 'logarithmic',
): Decision['shares'] {
  const live = votes.filter(({ weight }) => weight > 0);
  const used = live.length > 0 ? live : votes.map((vote) => ({ ...vote, weight: 1 }));
  return pool.decide(used, {
    kind: 'choice',
    options: one.item.options ?? [],
    agree: 0,
    pooling,
    accuracies: {},
    weight: (vote) => vote.weight,
    likeness: () => 0,
  }).shares;
}

/** One node's answers by one measure: the likeliest option, with its probability at temperature 1. */
export function singleOutcomes(items: readonly Observed[], r: number, measure: Measure): Outcome[] {
  return items.map((one) => {
    const { scores, prior } = one.readings[r] as Observed['readings'][number];
    const shares = logSoftmax(preferences(measure, scores, prior));
    const option = shares.indexOf(Math.max(...shares));
    return { right: option === right(one), confidence: Math.exp(shares[option] as number) };
  });
}

/** Plurality of the members' first choices, ties to the first: what voting without opinions would give. */
export function pluralityOutcomes(members: readonly FittedMember[], items: readonly Observed[]): Outcome[] {
  return items.map((one) => {
    const counts = (one.item.options ?? []).map(() => 0);
    const votes = votesOf(members, one);
    for (const { option } of votes) counts[option as number] = (counts[option as number] as number) + 1;
    const most = Math.max(...counts);
    return { right: counts.indexOf(most) === right(one), confidence: most / votes.length };
  });
}

/**
 * Bytes that a reading takes in, question and options: what its tokens are in proportion to. What all questions share (the
 * examples of a format) is read once and for all, and what the calls of one question share is read once.
 */
export function costOf(reading: Reading, { item: { question, options = [] } }: Observed): number {
  const order = options.map((_, at) => at);
  const names = [reading.format, ...(reading.prior === undefined ? [] : [reading.prior])];
  let bytes = 0;
  for (const name of names) {
    const format = findFormat(name);
    const known = promptOf(format?.calls('\0', ['\0', '\0'], [0, 1])[0]);
    for (const call of format?.calls(question, options, order) ?? []) {
      const prompt = promptOf(call);
      bytes +=
        Buffer.byteLength(prompt.slice(shared(known, prompt))) +
        call.options.reduce((sum, option) => sum + Buffer.byteLength(option), 0);
    }
  }
  return bytes;
}

const promptOf = (call: ScoreCall | undefined): string =>
  call?.prompt ?? call?.messages?.map(({ content }) => content).join('\n') ?? '';

/** Characters that two texts have in common at their start. */
function shared(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

export interface CascadeOutcome {
  readonly outcomes: readonly Outcome[];
  /** Cost, as a share of asking all members about all items. */
  readonly cost: number;
  /** Share of the items whose answer is that of all members. */
  readonly same: number;
}

/**
 * Members one after another, in the given order, which leaves out who has no weight: each step pools what is there, and the
 * next is asked only while the leader's pooled probability is less than `margin` above the second's.
 */
export function cascadeOutcomes(
  members: readonly FittedMember[],
  items: readonly Observed[],
  order: readonly number[],
  margin: number,
): CascadeOutcome {
  const total = order.reduce((sum, r) => sum + (members[r] as FittedMember).weight, 0);
  let spent = 0;
  let all = 0;
  let same = 0;
  const outcomes = items.map((one) => {
    const votes = votesOf(members, one);
    const costs = order.map((r) => costOf((members[r] as FittedMember).reading, one));
    all += costs.reduce((sum, cost) => sum + cost, 0);
    const heard: Vote[] = [];
    let own = 0;
    for (const [step, r] of order.entries()) {
      const vote = votes[r] as Vote;
      heard.push(vote);
      own += vote.weight;
      spent += costs[step] as number;
      // A few votes speak with more than their own weight, as if the others were like them.
      const scale = own > 0 ? Math.min(total, 1.2 * own + 0.2) / own : 1;
      const shares = sharesOf(
        heard.map((each) => ({ ...each, weight: each.weight * scale })),
        one,
      );
      const [first, second] = shares;
      if (step < order.length - 1 && (first?.weight ?? 0) - (second?.weight ?? 0) < margin) continue;
      if (
        first?.key ===
        sharesOf(
          order.map((at) => votes[at] as Vote),
          one,
        )[0]?.key
      )
        same++;
      return { right: Number(first?.key) === right(one), confidence: first?.weight ?? 0 };
    }
    return { right: false, confidence: 0 };
  });
  return { outcomes, cost: spent / Math.max(1, all), same: same / Math.max(1, items.length) };
}

/** Order of members and the margin that ends a cascade. */
export interface CascadePlan {
  readonly order: readonly number[];
  readonly margin: number;
}

/** Members beyond these are asked last: orders are tried, and there are n! of them. */
const ORDERED = 3;

/** The plan that gives the pool's own answers most often on tuning items, for at most `budget` of its cost. */
export function planCascade(
  members: readonly FittedMember[],
  items: readonly Observed[],
  budget: number,
): CascadePlan {
  const live = members.map((_, r) => r).filter((r) => (members[r] as FittedMember).weight > 0.01);
  live.sort((a, b) => (members[b] as FittedMember).weight - (members[a] as FittedMember).weight);
  let best: CascadePlan & { same: number } = { order: live, margin: 0, same: -1 };
  for (const front of permutations(live.slice(0, ORDERED))) {
    const order = [...front, ...live.slice(ORDERED)];
    for (let margin = 0; margin < 0.9; margin += 0.03) {
      const { cost, same } = cascadeOutcomes(members, items, order, margin);
      if (cost > budget) break; // a wider margin asks more
      if (same > best.same) best = { order, margin, same };
    }
  }
  return { order: best.order, margin: best.margin };
}

function permutations(list: readonly number[]): number[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first) =>
    permutations(list.filter((other) => other !== first)).map((others) => [first, ...others]),
  );
}
