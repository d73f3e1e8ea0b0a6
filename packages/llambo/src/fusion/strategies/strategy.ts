import type { AnswerKind, Vote } from '../types.ts';

/** All that a strategy may know besides the votes. */
export interface Setting {
  readonly kind: AnswerKind;
  readonly options: readonly string[];
  /** Votes that must agree, for `quorum`. */
  readonly agree: number;
  readonly pooling: 'logarithmic' | 'linear';
  /** Share of right answers by model, where it is known. */
  readonly accuracies: Readonly<Record<string, number>>;
  /** Clipped weight of a vote: its model's and its node's reliability. */
  weight(vote: Vote): number;
  /** Likeness of two answers, 0 to 1, symmetric. */
  likeness(a: Vote, b: Vote): number;
}

export interface Decision {
  /** Whose words are the answer: index in the votes; undefined when there is no consensus. */
  readonly leader: number | undefined;
  /** Weight of each different answer, heaviest first: keys of the votes. */
  readonly shares: readonly { readonly key: string; readonly weight: number }[];
  /** What each vote counted, in the order of the votes. */
  readonly weights: readonly number[];
  /** Most votes that could have been lies without another result. */
  readonly tolerates: number;
  /** Why there is no consensus. */
  readonly reason?: string;
}

/**
 * A rule that makes one answer of several. Pure: the same votes give the same decision, in whatever order they came, so
 * that stored answers can be judged again by every rule.
 */
export interface Strategy {
  readonly name: string;
  /** What it asks nodes for: scores of the options, or answers that they write. */
  readonly asks: 'scores' | 'answers';
  /** @param votes without failures, each with a key; at least one */
  decide(votes: readonly Vote[], setting: Setting): Decision;
}
