/** Rules over written answers that are compared by their keys. */
import { clamp } from '../agreement.ts';
import type { Vote } from '../types.ts';
import type { Decision, Setting, Strategy } from './strategy.ts';
import { type Count, decisionOf, spokesman, tally } from './tally.ts';

const weightsOf = (votes: readonly Vote[], setting: Setting): number[] =>
  votes.map((vote) => setting.weight(vote));

const noConsensus = (decision: Decision, reason: string): Decision => ({
  ...decision,
  leader: undefined,
  reason,
});

/** Weights of a vote without and with full confidence: a boast or a lie counts no more than four timid votes. */
const [TIMID, SURE] = [1 / 2, 2];

/**
 * Weighted vote over canonical answers (self-consistency, Wang et al. 2023; with confidences as weights, Fu et al. 2025):
 * the answer with the most weight. A vote's weight depends on nobody else's, so that a lie moves nothing but itself.
 */
export const vote: Strategy = {
  name: 'vote',
  asks: 'answers',
  decide(votes, setting) {
    const own = weightsOf(votes, setting);
    const weights = votes.map(
      (one, at) => (own[at] as number) * (TIMID + (SURE - TIMID) * clamp(one.confidence, 0, 1)),
    );
    return decisionOf(votes, weights, tally(votes, weights), SURE * Math.max(...own));
  },
};

/** The answer that more than half of the votes give, each counting one; otherwise there is no majority. */
export const majority: Strategy = {
  name: 'majority',
  asks: 'answers',
  decide(votes) {
    const weights = votes.map(() => 1);
    const counts = tally(votes, weights);
    const first = counts[0] as Count;
    const decision = decisionOf(votes, weights, counts);
    return first.weight * 2 > votes.length
      ? decision
      : noConsensus(decision, `no majority: ${first.weight} of ${votes.length} votes agree`);
  },
};

/** The answer that at least `agree` nodes give, each counting one; otherwise an honest "no consensus". */
export const quorum: Strategy = {
  name: 'quorum',
  asks: 'answers',
  decide(votes, { agree }) {
    const weights = votes.map(() => 1);
    const counts = tally(votes, weights);
    const [first, second] = counts as [Count, Count | undefined];
    const decision = decisionOf(votes, weights, counts);
    return first.weight >= agree && first.weight > (second?.weight ?? 0)
      ? decision
      : noConsensus(decision, `no consensus: ${first.weight} of the ${agree} votes that must agree`);
  },
};

/** The answer of the node that is surest of it. Trusts every node: no lie is tolerated. */
export const confidence: Strategy = {
  name: 'confidence',
  asks: 'answers',
  decide(votes, setting) {
    const weights = votes.map((one) => setting.weight(one) * one.confidence);
    const leader = spokesman(
      votes,
      weights,
      votes.map((_, at) => at),
    );
    const { key } = votes[leader] as Vote;
    const counts = tally(votes, weights).sort((a, b) => Number(b.key === key) - Number(a.key === key));
    return {
      leader,
      shares: counts.map((one) => ({ key: one.key, weight: one.weight })),
      weights,
      tolerates: 0,
    };
  },
};

/**
 * Weighted average: an answer's score is the average, weighted by node, of what each node gives it (its opinion of the
 * option, or its confidence in the answer that it wrote and 0 for all others); the best average wins.
 */
export const weighted: Strategy = {
  name: 'weighted',
  asks: 'answers',
  decide(votes, setting) {
    const own = weightsOf(votes, setting);
    const total = own.reduce((sum, weight) => sum + weight, 0);
    const weights = votes.map((one, at) => ((own[at] as number) * one.confidence) / total);
    const decision = decisionOf(votes, weights, tally(votes, weights));
    // Confidence is a node's own word, up to 1: that is what a lie may weigh.
    const [first, second] = decision.shares;
    const lead = (first?.weight ?? 0) - (second?.weight ?? 0);
    const most = Math.max(...own) / total;
    return { ...decision, tolerates: Math.max(0, Math.ceil(lead / (2 * most) - 1e-9) - 1) };
  },
};

/** Points of accuracy within which models compete by self-consistency. */
const RIVALS = 0.1;

/**
 * Each model answers several times; the answer of the model that agrees most with itself wins, among models whose known
 * accuracies are within ten points of the best (a weak model is often sure of the same mistake).
 */
export const mux: Strategy = {
  name: 'mux',
  asks: 'answers',
  decide(votes, setting) {
    const models = [...new Set(votes.map(({ model }) => model))].sort();
    const best = Math.max(...models.map((model) => setting.accuracies[model] ?? 0));
    const rivals = models.filter((model) => (setting.accuracies[model] ?? best) >= best - RIVALS - 1e-9);
    const ranked = rivals
      .map((model) => {
        const weights = votes.map((one) => (one.model === model ? 1 : 0));
        const counts = tally(votes, weights);
        const of = weights.reduce<number>((sum, weight) => sum + weight, 0);
        return { weights, counts, of, share: (counts[0] as Count).weight / of };
      })
      .sort((a, b) => b.share - a.share || b.of - a.of);
    const { weights, counts } = ranked[0] as (typeof ranked)[number];
    const decision = decisionOf(votes, weights, counts);
    // Another model may win by one lie when its own agreement is near.
    return { ...decision, tolerates: ranked.length > 1 ? 0 : decision.tolerates };
  },
};

/**
 * The answer that is most like all others, verbatim (minimum Bayes risk over the samples). A text that answers nothing
 * like the others has no chance, however sure its node is; but one that is written to be like all others may win, so that
 * no lie is tolerated for sure.
 */
export const medoid: Strategy = {
  name: 'medoid',
  asks: 'answers',
  decide(votes, setting) {
    const own = weightsOf(votes, setting);
    const likeness = votes.map((a, i) => votes.map((b, j) => (i === j ? 1 : setting.likeness(a, b))));
    const scores = likeness.map((row, i) =>
      row.reduce((sum, value, j) => (i === j ? sum : sum + value * (own[j] as number)), 0),
    );
    const leader = spokesman(
      votes,
      scores,
      votes.map((_, at) => at),
    );
    // Votes that are close to the winner agree with it in part: that is what its share is made of.
    const near = votes.map((_, at) => (likeness[leader] as number[])[at] as number);
    const weights = votes.map((_, at) => (own[at] as number) * (near[at] as number));
    const { key } = votes[leader] as Vote;
    const agreed = weights.reduce((sum, weight) => sum + weight, 0);
    const total = own.reduce((sum, weight) => sum + weight, 0);
    return {
      leader,
      shares: [
        { key, weight: agreed },
        ...(total - agreed > 1e-9 ? [{ key: '\0others', weight: total - agreed }] : []),
      ],
      weights,
      tolerates: 0,
    };
  },
};
