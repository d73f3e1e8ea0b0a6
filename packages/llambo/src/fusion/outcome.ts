/** What a decision over votes comes to, in figures. */
import { leaderPosterior, normalisedEntropy } from './agreement.ts';
import type { Decision } from './strategies/index.ts';
import type { Agreement, Dissent, Vote } from './types.ts';

/** Weight of all opinions of a pool together: members that err alike are worth less than their number. */
const POOL_WEIGHT = 1.3;

/**
 * What each opinion counts: its member's weight, shared by the nodes of one model that were asked alike (they know the
 * same), and in all what several members are worth together. Empty for votes that are no opinions.
 */
export function poolShares(votes: readonly Vote[]): ReadonlyMap<Vote, number> {
  const groups = new Map<string, Vote[]>();
  for (const vote of votes) {
    if (vote.opinion === undefined) continue;
    const key = `${vote.model} ${vote.format}`;
    groups.set(key, [...(groups.get(key) ?? []), vote]);
  }
  const total = [...groups.values()].reduce((sum, [first]) => sum + (first?.weight ?? 0), 0) || 1;
  const whole = groups.size === 1 ? 1 : POOL_WEIGHT;
  return new Map(
    [...groups.values()].flatMap((group) =>
      group.map((vote) => [vote, (whole * vote.weight) / (total * group.length)] as const),
    ),
  );
}

/** What a decision says about agreement. */
export function agreementOf(decision: Decision | undefined): Agreement {
  if (decision === undefined) return { share: 0, entropy: 0, posterior: 0, tolerates: 0 };
  const weights = decision.shares.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const typical = decision.weights.reduce((sum, weight) => sum + weight, 0) / decision.weights.length || 1;
  const [first = 0, second = 0] = weights.map((weight) => (weight / total) * decision.weights.length);
  return {
    share: (weights[0] ?? 0) / total,
    entropy: normalisedEntropy(weights),
    posterior: typical > 0 ? leaderPosterior(first, second) : 0,
    tolerates: decision.tolerates,
  };
}

/** The answers that did not win, heaviest first. */
export function dissentOf(
  decision: Decision | undefined,
  votes: readonly Vote[],
  options: readonly string[],
): Dissent[] {
  if (decision === undefined) return [];
  const total = decision.shares.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const leading = decision.shares[0]?.key;
  const dissent: Dissent[] = [];
  for (const key of new Set(votes.map((vote) => vote.key))) {
    const own = votes.filter((vote) => vote.key === key);
    if (key === leading) continue;
    const share = (decision.shares.find((one) => one.key === key)?.weight ?? 0) / total;
    const text = options[Number(key)] ?? (own[0] as Vote).text;
    dissent.push({ text, share, nodes: own.map(({ node }) => node) });
  }
  return dissent.sort((a, b) => b.share - a.share);
}
