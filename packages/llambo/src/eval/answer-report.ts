/** The report on written answers of one model to one set: every rule over the same stored samples. */
import {
  type Answered,
  adaptiveVote,
  cascadeVote,
  fullVote,
  greedyOutcome,
  meanSample,
  type RuleOutcome,
} from './answers.ts';
import { split } from './item.ts';
import { accuracy, type Comparison, calibrationError, compare } from './statistics.ts';

export interface AnswerReport {
  readonly set: string;
  readonly model: string;
  readonly items: number;
  readonly tuning: number;
  readonly samples: number;
  readonly greedy: number;
  readonly meanSample: number;
  readonly rules: readonly {
    readonly name: string;
    readonly accuracy: number;
    readonly tokens: number;
    readonly over: Comparison;
    readonly calibrationError: number;
  }[];
  readonly vote: number;
  readonly overGreedy: Comparison;
  readonly cascade: { readonly accuracy: number; readonly gainKept: number; readonly tokens: number };
  readonly abstainGain: number;
  readonly outcomes: { readonly greedy: readonly RuleOutcome[]; readonly vote: readonly RuleOutcome[] };
}

const RULES = ['vote', 'majority', 'weighted', 'confidence', 'medoid', 'quorum'];
const tokensOf = (outcomes: readonly RuleOutcome[]): number =>
  outcomes.reduce((sum, { tokens }) => sum + tokens, 0);

export function answerReport(set: string, model: string, answered: readonly Answered[]): AnswerReport {
  const { tuning, rest } = split(answered);
  const greedy = rest.map(greedyOutcome);
  const vote = rest.map((one) => fullVote('vote', one, model));
  const all = tokensOf(vote);
  const rule = (name: string, outcomes: readonly RuleOutcome[]) => ({
    name,
    accuracy: accuracy(outcomes),
    tokens: tokensOf(outcomes) / all,
    over: compare(outcomes, greedy),
    calibrationError: calibrationError(outcomes),
  });
  const confident = confidentFor(tuning, model);
  const cascade = rest.map((one) => cascadeVote('vote', one, model, confident));
  const sorted = [...vote].sort((a, b) => b.confidence - a.confidence);
  const gain = accuracy(vote) - accuracy(greedy);
  return {
    set,
    model,
    items: rest.length,
    tuning: tuning.length,
    samples: answered[0]?.samples.length ?? 0,
    greedy: accuracy(greedy),
    meanSample: meanSample(rest),
    rules: [
      rule('greedy', greedy),
      ...RULES.map((name) =>
        rule(
          name,
          rest.map((one) => fullVote(name, one, model)),
        ),
      ),
      rule(
        'vote of 4',
        rest.map((one) => fullVote('vote', one, model, 4)),
      ),
      rule(
        'vote, adaptive',
        rest.map((one) => adaptiveVote('vote', one, model)),
      ),
      rule('cascade:vote', cascade),
    ],
    vote: accuracy(vote),
    overGreedy: compare(vote, greedy),
    cascade: {
      accuracy: accuracy(cascade),
      gainKept: (accuracy(cascade) - accuracy(greedy)) / gain,
      tokens: tokensOf(cascade) / all,
    },
    abstainGain: accuracy(sorted.slice(0, Math.round(sorted.length * 0.7))) - accuracy(vote),
    outcomes: { greedy, vote },
  };
}

/** The confidence from which the greedy answer stands, for half of the tokens on the tuning items. */
function confidentFor(tuning: readonly Answered[], model: string): number {
  const all = tokensOf(tuning.map((one) => fullVote('vote', one, model)));
  let best = 0;
  for (let confident = 0.05; confident <= 1; confident += 0.05) {
    if (tokensOf(tuning.map((one) => cascadeVote('vote', one, model, confident))) <= 0.5 * all)
      best = confident;
  }
  return best;
}
