/** The report on closed questions: every method on the same items, the comparison with honest baselines, and its cost. */

import type { Measure } from '../fusion/profile.ts';
import {
  cascadeOutcomes,
  costOf,
  type FittedMember,
  fitPool,
  type ObservedSet,
  planCascade,
  pluralityOutcomes,
  poolOutcomes,
  type Reading,
  singleOutcomes,
} from './choice.ts';
import { recall } from './members.ts';
import {
  accuracy,
  type Comparison,
  calibrationError,
  compare,
  type Outcome,
  type RiskPoint,
  riskCoverage,
} from './statistics.ts';
import type { AnswerStore } from './store.ts';

/** Accuracies of one method: of each set, and their mean. */
export interface MethodRow {
  readonly name: string;
  readonly sets: readonly number[];
  readonly mean: number;
}

export interface ChoiceReport {
  readonly sets: readonly {
    readonly name: string;
    readonly source: string;
    readonly items: number;
    readonly tuning: number;
  }[];
  readonly singles: readonly MethodRow[];
  readonly methods: readonly MethodRow[];
  /** The single-node method that turned out best in the report: what the pool is compared with. */
  readonly best: MethodRow;
  /** The one that the tuning items would have chosen. */
  readonly chosen: { readonly row: MethodRow; readonly over: Comparison };
  readonly pool: MethodRow;
  readonly overBest: Comparison;
  /** Over the greedy letter, on the items for which it is stored; undefined without any. */
  readonly greedy:
    | {
        readonly name: string;
        readonly items: number;
        readonly accuracy: number;
        readonly pool: number;
        readonly over: Comparison;
      }
    | undefined;
  /** Pool with weights from the other sets only: what a new kind of question gets. */
  readonly unseen: { readonly row: MethodRow; readonly overBest: Comparison };
  /** Sets that were never looked at while anything was chosen; undefined without any. */
  readonly fresh:
    | {
        readonly sets: readonly { readonly name: string; readonly items: number }[];
        readonly pool: MethodRow;
        readonly best: MethodRow;
        readonly chosen: MethodRow;
        readonly overBest: Comparison;
        readonly overChosen: Comparison;
      }
    | undefined;
  readonly cascade: {
    readonly row: MethodRow;
    /** Text read, as a share of what the pool reads. */
    readonly cost: number;
    /** Of the pool's gain over the best single-node method. */
    readonly gainKept: number;
    /** Members in the order in which they are asked, and the margin that ends it. */
    readonly order: readonly string[];
    readonly margin: number;
    /** Share of answers that are the pool's. */
    readonly same: number;
    readonly over: Comparison;
  };
  readonly calibrationError: number;
  readonly risk: readonly RiskPoint[];
  readonly abstainGain: number;
  readonly members: readonly FittedMember[];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const rowOf = (name: string, outcomes: readonly (readonly Outcome[])[]): MethodRow => {
  const sets = outcomes.map(accuracy);
  return { name, sets, mean: mean(sets) };
};

/** Least confident items that are left unanswered, as a share. */
const ABSTAIN = 0.3;
/** How strongly the weights of one set are drawn towards those of all. */
const OWN_SHRINKAGE = 100;
/** Share of the whole cost that a cascade may take on the tuning items. */
const CASCADE_BUDGET = 0.48;

export interface Greedy {
  readonly reading: Reading;
  readonly stores: ReadonlyMap<string, AnswerStore>;
}

/**
 * @param letters the greedy letter answers of the models that are compared with, the best of them counts
 * @param fresh sets on which nothing is tuned, reported by themselves
 */
export function choiceReport(
  sets: readonly ObservedSet[],
  readings: readonly Reading[],
  letters: readonly Greedy[],
  fresh: readonly ObservedSet[] = [],
): ChoiceReport {
  const rest = sets.map((set) => set.rest);
  const tuning = sets.flatMap((set) => set.tuning);
  const groups = rest.flatMap((items, at) => items.map(() => at));

  const general = fitPool(readings, tuning);
  const own = sets.map((set) => fitPool(readings, set.tuning, general, OWN_SHRINKAGE));
  const others = sets.map((set) =>
    sets.length < 2
      ? general
      : fitPool(
          readings,
          sets.filter((other) => other !== set).flatMap((other) => other.tuning),
        ),
  );

  const pooled = rest.map((items, at) => poolOutcomes(own[at] as FittedMember[], items));
  const unseen = rest.map((items, at) => poolOutcomes(others[at] as FittedMember[], items));

  const singles = readings.flatMap((reading, r) =>
    reading.measures.map((measure) => ({
      name: `${reading.model} ${reading.format}:${measure}`,
      tuning: sets.map((set) => accuracy(singleOutcomes(set.tuning, r, measure))),
      outcomes: rest.map((items) => singleOutcomes(items, r, measure)),
    })),
  );
  const { best, chosen } = bestSingles(singles);
  const overBest = compare(pooled.flat(), best.outcomes.flat(), groups);

  const plan = planCascade(general, tuning, CASCADE_BUDGET);
  const cascades = rest.map((items, at) =>
    cascadeOutcomes(own[at] as FittedMember[], items, plan.order, plan.margin),
  );
  const cascadeRow = rowOf(
    'cascade',
    cascades.map(({ outcomes }) => outcomes),
  );
  const asked = plan.order.map((r) => readings[r] as Reading);
  const allCosts = rest.map((items) =>
    items.reduce((sum, one) => sum + mean(asked.map((reading) => costOf(reading, one))), 0),
  );
  const cost =
    cascades.reduce((sum, { cost: share }, at) => sum + share * (allCosts[at] as number), 0) /
    allCosts.reduce((a, b) => a + b, 0);

  const pool = rowOf('pool', pooled);
  const risk = riskCoverage(pooled.flat());
  const answered = [...pooled.flat()].sort((a, b) => b.confidence - a.confidence);
  const kept = answered.slice(0, Math.round(answered.length * (1 - ABSTAIN)));
  return {
    sets: sets.map(({ name, source, rest: items, tuning: tuned }) => ({
      name,
      source,
      items: items.length,
      tuning: tuned.length,
    })),
    singles: singles.map(({ name, outcomes }) => rowOf(name, outcomes)),
    methods: [
      pool,
      rowOf(
        'pool, one set of weights',
        rest.map((items) => poolOutcomes(general, items)),
      ),
      rowOf('pool, set not tuned on', unseen),
      rowOf(
        'pool, linear',
        rest.map((items, at) => poolOutcomes(own[at] as FittedMember[], items, 'linear')),
      ),
      rowOf(
        'plurality of members',
        rest.map((items, at) => pluralityOutcomes(own[at] as FittedMember[], items)),
      ),
      ...readings.map((reading, r) =>
        rowOf(
          `one node, mixed measures: ${reading.model} ${reading.format}`,
          rest.map((items, at) => poolOutcomes(alone(own[at] as FittedMember[], r), items)),
        ),
      ),
      ...[...new Set(readings.map(({ model }) => model))].map((model) =>
        rowOf(
          `pool of ${model} only`,
          rest.map((items, at) =>
            poolOutcomes(
              (own[at] as FittedMember[]).map((member) =>
                member.reading.model === model ? member : { ...member, weight: 0 },
              ),
              items,
            ),
          ),
        ),
      ),
      cascadeRow,
    ],
    best: rowOf(best.name, best.outcomes),
    chosen: {
      row: rowOf(chosen.name, chosen.outcomes),
      over: compare(pooled.flat(), chosen.outcomes.flat(), groups),
    },
    pool,
    overBest,
    greedy: greedyOf(sets, own, letters),
    unseen: {
      row: rowOf('pool, set not tuned on', unseen),
      overBest: compare(unseen.flat(), best.outcomes.flat(), groups),
    },
    fresh: confirmed(fresh, readings, general, chosen.name),
    cascade: {
      row: cascadeRow,
      cost,
      order: asked.map(({ model, format }) => `${model} ${format}`),
      margin: plan.margin,
      same: mean(cascades.map(({ same }) => same)),
      over: compare(
        cascades.flatMap(({ outcomes }) => outcomes),
        best.outcomes.flat(),
        groups,
      ),
      gainKept:
        (cascadeRow.mean - mean(best.outcomes.map(accuracy))) /
        (pool.mean - mean(best.outcomes.map(accuracy))),
    },
    calibrationError: calibrationError(pooled.flat()),
    risk,
    abstainGain: accuracy(kept) - accuracy(answered),
    members: general,
  };
}

/** A pool in which one member speaks alone. */
const alone = (members: readonly FittedMember[], r: number): FittedMember[] =>
  members.map((member, at) => ({ ...member, weight: at === r ? 1 : 0 }));

interface Single {
  readonly name: string;
  readonly tuning: readonly number[];
  readonly outcomes: readonly (readonly Outcome[])[];
}

/**
 * The hardest single-node baselines: the method with the best mean on the reported items themselves, which nobody could
 * have known (any gain over it is understated), and the one that the tuning items would have chosen.
 */
function bestSingles(singles: readonly Single[]): { best: Single; chosen: Single } {
  const meanOf = ({ outcomes }: Single): number => mean(outcomes.map(accuracy));
  return {
    best: singles.reduce((a, b) => (meanOf(b) > meanOf(a) ? b : a)),
    chosen: singles.reduce((a, b) => (mean(b.tuning) > mean(a.tuning) ? b : a)),
  };
}

/**
 * Sets on which nothing was tuned: neither weights nor formats, for nobody had looked at them. What is compared was all
 * decided by the tuning items of other sets: the pool's weights, and which single-node method is its rival.
 */
function confirmed(
  sets: readonly ObservedSet[],
  readings: readonly Reading[],
  general: readonly FittedMember[],
  chosen: string,
): ChoiceReport['fresh'] {
  if (sets.length === 0) return undefined;
  const items = sets.map((set) => [...set.tuning, ...set.rest]);
  const groups = items.flatMap((list, at) => list.map(() => at));
  const pooled = items.map((list) => poolOutcomes(general, list));
  const singles = readings.flatMap((reading, r) =>
    reading.measures.map((measure) => ({
      name: `${reading.model} ${reading.format}:${measure}`,
      tuning: [],
      outcomes: items.map((list) => singleOutcomes(list, r, measure)),
    })),
  );
  const { best } = bestSingles(singles);
  const rival = singles.find(({ name }) => name === chosen) ?? best;
  return {
    sets: sets.map(({ name }, at) => ({ name, items: (items[at] as readonly unknown[]).length })),
    pool: rowOf('pool', pooled),
    best: rowOf(best.name, best.outcomes),
    chosen: rowOf(rival.name, rival.outcomes),
    overBest: compare(pooled.flat(), best.outcomes.flat(), groups),
    overChosen: compare(pooled.flat(), rival.outcomes.flat(), groups),
  };
}

function greedyOf(
  sets: readonly ObservedSet[],
  own: readonly (readonly FittedMember[])[],
  letters: readonly Greedy[],
): ChoiceReport['greedy'] {
  const rows = letters.map(({ reading, stores }) => {
    const pairs = sets.map((set, at) => {
      const asked = [...set.rest, ...set.tuning].flatMap((one) => {
        const store = stores.get(reading.model);
        const scores = store && recall(store, reading, one.item);
        if (scores === undefined || !set.rest.includes(one)) return [];
        const option = scores.reduce(
          (top, { logprob }, i) => (logprob > (scores[top]?.logprob as number) ? i : top),
          0,
        );
        return [{ one, outcome: { right: option === one.item.answer, confidence: 1 } }];
      });
      return {
        greedy: asked.map(({ outcome }) => outcome),
        pool: poolOutcomes(
          own[at] as FittedMember[],
          asked.map(({ one }) => one),
        ),
      };
    });
    const used = pairs.filter(({ greedy }) => greedy.length > 0);
    const groups = used.flatMap(({ greedy }, at) => greedy.map(() => at));
    const [a, b] = [used.flatMap(({ pool }) => pool), used.flatMap(({ greedy }) => greedy)];
    return {
      name: `${reading.model} ${reading.format}`,
      items: b.length,
      accuracy: mean(used.map(({ greedy }) => accuracy(greedy))),
      pool: mean(used.map(({ pool }) => accuracy(pool))),
      pairs: [a, b, groups] as const,
    };
  });
  const found = rows.filter(({ items }) => items > 0).sort((a, b) => b.accuracy - a.accuracy)[0];
  if (found === undefined) return undefined;
  const { pairs, ...row } = found;
  return { ...row, over: compare(...pairs) };
}

/** The readings of a cluster of these models: what the pool's members are. */
export function defaultReadings(models: readonly string[]): Reading[] {
  const measures: readonly Measure[] = ['sum', 'byte', 'pmi'];
  return models.flatMap((model): Reading[] => [
    { model, format: 'plain', rotation: 0, prior: 'prior', measures },
    { model, format: 'channel', rotation: 0, measures: ['sum'] },
    { model, format: 'shots', rotation: 0, prior: 'shots-prior', measures: ['byte', 'pmi'] },
  ]);
}

export const letterReading = (model: string): Reading => ({
  model,
  format: 'chat-letter',
  rotation: 0,
  measures: ['sum'],
});

/** Sets of which something is stored. */
export const nonEmpty = (sets: readonly ObservedSet[]): ObservedSet[] =>
  sets.filter(({ rest, tuning }) => rest.length > 0 && tuning.length > 0);
