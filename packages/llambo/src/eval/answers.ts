/**
 * Written answers, from the store: one greedy answer and N sampled ones an item, judged by every rule that compares
 * answers. Decisions are made by the rules that run in the cluster.
 */
import { clamp, leaderPosterior } from '../fusion/agreement.ts';
import { canonical } from '../fusion/canonical.ts';
import { meanLogprob, windowConfidence } from '../fusion/confidence.ts';
import { rougeL, wordsOf } from '../fusion/rouge.ts';
import { fusionStrategy, type Setting } from '../fusion/strategies/index.ts';
import type { AnswerKind, AskRequest, Vote } from '../fusion/types.ts';
import type { EvalItem } from './item.ts';
import type { Outcome } from './statistics.ts';
import type { AnswerStore, StoredAnswer } from './store.ts';

/** How the stored answers are asked for: the same for every run, so that they are found again. */
export interface Sampling {
  readonly samples: number;
  readonly temperature: number;
  readonly maxTokens: number;
  /** Put behind the question. */
  readonly instruction: string;
}

export const SAMPLING: Sampling = {
  samples: 16,
  temperature: 0.8,
  maxTokens: 64,
  instruction: 'Answer with the number only.',
};

/** The request of sample `n` of an item; sample 0 is the greedy one. */
export function sampleRequest({ question }: EvalItem, n: number, sampling: Sampling): AskRequest {
  const content = sampling.instruction === '' ? question : `${question}\n${sampling.instruction}`;
  return {
    messages: [{ role: 'user', content }],
    temperature: n === 0 ? 0 : sampling.temperature,
    topP: 0.95,
    maxTokens: sampling.maxTokens,
    seed: n,
  };
}

export interface Answered {
  readonly item: EvalItem;
  readonly greedy: StoredAnswer;
  readonly samples: readonly StoredAnswer[];
}

/** The items of which all answers are stored. */
export function recallAnswers(
  items: readonly EvalItem[],
  store: AnswerStore,
  sampling: Sampling,
): Answered[] {
  return items.flatMap((item) => {
    const all = Array.from({ length: sampling.samples + 1 }, (_, n) =>
      store.answer(sampleRequest(item, n, sampling)),
    );
    if (!all.every((answer) => answer !== undefined)) return [];
    const [greedy, ...samples] = all as [StoredAnswer, ...StoredAnswer[]];
    return [{ item, greedy, samples }];
  });
}

const kindOf = ({ kind }: EvalItem): AnswerKind => (kind === 'numeric' ? 'number' : 'short');

/** Whether a text comes to the right answer. */
export function judged(text: string, item: EvalItem): boolean {
  const kind = kindOf(item);
  const key = canonical(text, kind)?.key;
  return key !== undefined && key === canonical(String(item.answer), kind)?.key;
}

export function voteOf(
  { text, logprobs, tokens }: StoredAnswer,
  item: EvalItem,
  node: string,
  model: string,
): Vote | undefined {
  const found = canonical(text, kindOf(item));
  if (found === undefined) return undefined;
  const confidence = windowConfidence(logprobs);
  return {
    node,
    model,
    class: model,
    text,
    key: found.key,
    weight: 1,
    logprob: meanLogprob(logprobs),
    confidence,
    tokens,
    ms: 0,
  };
}

export function setting(
  kind: AnswerKind,
  votes: number,
  accuracies: Readonly<Record<string, number>> = {},
): Setting {
  return {
    kind,
    options: [],
    agree: Math.ceil((votes * 2) / 3),
    pooling: 'logarithmic',
    accuracies,
    weight: () => 1,
    likeness: (a, b) => rougeL(wordsOf(a.text), wordsOf(b.text)),
  };
}

export interface RuleOutcome extends Outcome {
  /** Tokens generated for it. */
  readonly tokens: number;
  readonly abstained: boolean;
}

/** One rule over the first `count` samples of an item (of several models: in turns). */
export function ruleOutcome(
  rule: string,
  item: EvalItem,
  votes: readonly Vote[],
  tokens: number,
  accuracies = {},
): RuleOutcome {
  if (votes.length === 0) return { right: false, confidence: 0, tokens, abstained: true };
  const decision = fusionStrategy(rule).decide(votes, setting(kindOf(item), votes.length, accuracies));
  const total = decision.shares.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const winner = decision.leader === undefined ? undefined : votes[decision.leader];
  return {
    right: winner !== undefined && judged(winner.text, item),
    confidence: (decision.shares[0]?.weight ?? 0) / total,
    tokens,
    abstained: winner === undefined,
  };
}

export const greedyOutcome = ({ item, greedy }: Answered): RuleOutcome => ({
  right: judged(greedy.text, item),
  confidence: windowConfidence(greedy.logprobs),
  tokens: greedy.tokens,
  abstained: false,
});

/** Mean accuracy of single samples: what one node at temperature would give. */
export const meanSample = (answered: readonly Answered[]): number =>
  answered.reduce(
    (sum, { item, samples }) =>
      sum + samples.filter(({ text }) => judged(text, item)).length / samples.length,
    0,
  ) / answered.length;

const sum = (answers: readonly StoredAnswer[]): number =>
  answers.reduce((total, { tokens }) => total + tokens, 0);

/** All samples, by a rule. */
export function fullVote(
  rule: string,
  { item, samples }: Answered,
  model: string,
  count = samples.length,
): RuleOutcome {
  const used = samples.slice(0, count);
  const votes = used.flatMap((answer, n) => voteOf(answer, item, `node-${n}`, model) ?? []);
  return ruleOutcome(rule, item, votes, sum(used));
}

/** Waves of four, until the leader is the mode with a probability of 0.95, as the coordinator does. */
export function adaptiveVote(
  rule: string,
  { item, samples }: Answered,
  model: string,
  sure = 0.95,
): RuleOutcome {
  for (let count = Math.min(4, samples.length); ; count = Math.min(count + 4, samples.length)) {
    const used = samples.slice(0, count);
    const votes = used.flatMap((answer, n) => voteOf(answer, item, `node-${n}`, model) ?? []);
    const outcome = ruleOutcome(rule, item, votes, sum(used));
    if (count === samples.length) return outcome;
    if (votes.length === 0) continue;
    const { shares } = fusionStrategy(rule).decide(votes, setting(kindOf(item), votes.length));
    const typical = clamp(
      shares.reduce((total, { weight }) => total + weight, 0) / votes.length,
      1e-9,
      Number.MAX_VALUE,
    );
    const [first = 0, second = 0] = shares.map(({ weight }) => weight / typical);
    if (leaderPosterior(first, second) >= sure) return outcome;
  }
}

/** The greedy answer when it is sure of itself, else the adaptive vote as well. */
export function cascadeVote(rule: string, answered: Answered, model: string, confident: number): RuleOutcome {
  const greedy = greedyOutcome(answered);
  if (greedy.confidence >= confident) return greedy;
  const vote = adaptiveVote(rule, answered, model);
  return { ...vote, tokens: vote.tokens + greedy.tokens };
}
