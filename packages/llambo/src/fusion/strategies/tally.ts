import type { Vote } from '../types.ts';
import type { Decision } from './strategy.ts';

export interface Count {
  readonly key: string;
  weight: number;
  /** Indices of its votes. */
  readonly votes: number[];
}

/**
 * Weight by answer, heaviest first. Equal weights are put in order by the better mean log-probability, then by the key:
 * never by who came first, so that the result does not depend on chance in the network.
 */
export function tally(votes: readonly Vote[], weights: readonly number[]): Count[] {
  const counts = new Map<string, Count>();
  votes.forEach(({ key }, at) => {
    const count = counts.get(key) ?? { key, weight: 0, votes: [] };
    counts.set(key, count);
    count.weight += weights[at] as number;
    count.votes.push(at);
  });
  const best = ({ votes: own }: Count): number => Math.max(...own.map((at) => (votes[at] as Vote).logprob));
  return [...counts.values()].sort(
    (a, b) => nearly(b.weight - a.weight) || nearly(best(b) - best(a)) || (a.key < b.key ? -1 : 1),
  );
}

/** Zero for what only the order of additions makes. */
const nearly = (difference: number): number => (Math.abs(difference) < 1e-9 ? 0 : difference);

/** The vote whose words stand for an answer: the heaviest, then the surest, then by node. */
export function spokesman(
  votes: readonly Vote[],
  weights: readonly number[],
  own: readonly number[],
): number {
  return [...own].sort(
    (a, b) =>
      nearly((weights[b] as number) - (weights[a] as number)) ||
      nearly((votes[b] as Vote).logprob - (votes[a] as Vote).logprob) ||
      ((votes[a] as Vote).node < (votes[b] as Vote).node ? -1 : 1),
  )[0] as number;
}

/**
 * The decision of a count. One lie changes the lead over the second by twice the heaviest possible vote at most: it takes
 * one away from the right answer and gives one to another.
 *
 * @param most what a vote can weigh
 */
export function decisionOf(
  votes: readonly Vote[],
  weights: readonly number[],
  counts: readonly Count[],
  most: number = Math.max(...weights),
): Decision {
  const [first, second] = counts as [Count, Count | undefined];
  const lead = first.weight - (second?.weight ?? 0);
  return {
    leader: spokesman(votes, weights, first.votes),
    shares: counts.map(({ key, weight }) => ({ key, weight })),
    weights,
    tolerates: toleratedLies(lead, most, votes.length),
  };
}

/** Lies that a lead survives when each moves it by at most twice `influence`. */
export function toleratedLies(lead: number, influence: number, votes: number): number {
  if (!(lead > 0) || influence <= 0) return 0;
  return Math.min(Math.max(0, votes - 1), Math.max(0, Math.ceil(lead / (2 * influence) - 1e-9) - 1));
}
