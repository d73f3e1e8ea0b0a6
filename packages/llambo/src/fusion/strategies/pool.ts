import { clamp, logSoftmax } from '../agreement.ts';
import type { Vote } from '../types.ts';
import type { Decision, Strategy } from './strategy.ts';
import { spokesman, tally, toleratedLies } from './tally.ts';

/** The least log-probability that an opinion may give an option: what one lie can do is bounded by it. */
export const FLOOR: number = Math.log(0.01);

/**
 * Opinions about closed options, joined: a logarithmic pool (weighted sum of log-probabilities, normalised: the
 * externally Bayesian rule; Genest and Zidek 1986) or a linear one (weighted average of probabilities; Stone 1961).
 * An opinion is floored at 1 %, so that a lie moves the log-odds of two options by at most 2 x weight x ln 100.
 */
export const pool: Strategy = {
  name: 'pool',
  asks: 'scores',
  decide(votes, setting) {
    const { pooling, options } = setting;
    const own = votes.map((vote) => setting.weight(vote));
    const pooled = pooling === 'linear' ? linear(votes, own) : logarithmic(votes, own);
    const order = pooled
      .map((_, at) => at)
      .sort((a, b) => (pooled[b] as number) - (pooled[a] as number) || a - b);
    const [first, second] = order as [number, number];
    const shares = order.map((option) => ({
      key: String(option),
      weight: Math.exp(pooled[option] as number),
    }));
    const lead =
      pooling === 'linear'
        ? Math.exp(pooled[first] as number) - Math.exp(pooled[second] as number)
        : (pooled[first] as number) - (pooled[second] as number);
    const most = Math.max(...own);
    const influence =
      pooling === 'linear' ? most / own.reduce((sum, weight) => sum + weight, 0) : most * -FLOOR;
    const agreeing = tally(votes, own).find(({ key }) => key === String(first));
    // Nobody may have put the pooled winner first: then the surest of its votes speaks for it.
    const surest = votes.map((vote, at) => ({
      at,
      logprob: vote.opinion?.[first] ?? Number.NEGATIVE_INFINITY,
    }));
    surest.sort((a, b) => b.logprob - a.logprob || a.at - b.at);
    const leader = agreeing ? spokesman(votes, own, agreeing.votes) : (surest[0] as { at: number }).at;
    const decision: Decision = {
      leader,
      shares: shares.slice(0, options.length),
      weights: own,
      tolerates: toleratedLies(lead, influence, votes.length),
    };
    return decision;
  },
};

function logarithmic(votes: readonly Vote[], weights: readonly number[]): number[] {
  return logSoftmax(
    columns(votes).map((column) =>
      column.reduce((sum, value, at) => sum + (weights[at] as number) * clamp(value, FLOOR, 0), 0),
    ),
  );
}

function linear(votes: readonly Vote[], weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return columns(votes).map((column) =>
    Math.log(column.reduce((sum, value, at) => sum + (weights[at] as number) * Math.exp(value), 0) / total),
  );
}

/** For each option what every vote says of it. */
function columns(votes: readonly Vote[]): number[][] {
  const { length } = votes[0]?.opinion ?? [];
  return Array.from({ length }, (_, option) => votes.map((vote) => vote.opinion?.[option] ?? FLOOR));
}
