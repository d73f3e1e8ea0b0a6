/**
 * How nodes are asked to score options, and how their scores become opinions: which formats, in which order they are
 * handed to nodes, at which temperature, with which weight. The figures were fitted on tuning questions only, see
 * docs/fusion.md.
 */
import { logSoftmax } from './agreement.ts';
import { type Format, findFormat, type OptionScore, rotation, type ScoreCall } from './formats.ts';

/** How the log-probability of an option's text becomes comparable between options of different length and frequency. */
export type Measure =
  /** As it is: letters, which are all of one token. */
  | 'sum'
  /** Per byte of the option. */
  | 'byte'
  /** Minus the option's log-probability without the question. */
  | 'pmi';

export interface PoolMember {
  readonly format: string;
  /** Format of the reading without the question, where `pmi` is used. */
  readonly prior?: string;
  readonly rotation: number;
  /** What each measure of the reading counts: inverse temperatures, in the measure's own unit. */
  readonly scales: Readonly<Partial<Record<Measure, number>>>;
  /** Weight in the pool. */
  readonly weight: number;
}

export interface PoolProfile {
  /** Handed to the nodes of a model in this order, from the start again when there are more nodes. */
  readonly members: readonly PoolMember[];
}

/** What a measure counts before anything is known of a model: flatter than the model's own probabilities, which are too sure. */
export const DEFAULT_SCALES: Readonly<Record<string, Readonly<Partial<Record<Measure, number>>>>> = {
  plain: { pmi: 0.35, byte: 1.5 },
  shots: { pmi: 0.35, byte: 1.5 },
  channel: { sum: 0.4 },
};

const GENERIC: PoolProfile = {
  members: [
    { format: 'plain', prior: 'prior', rotation: 0, scales: DEFAULT_SCALES['plain'] ?? {}, weight: 1 },
    { format: 'channel', rotation: 0, scales: DEFAULT_SCALES['channel'] ?? {}, weight: 1 },
    { format: 'shots', prior: 'shots-prior', rotation: 0, scales: DEFAULT_SCALES['shots'] ?? {}, weight: 1 },
  ],
};

/**
 * Fitted on the tuning questions of docs/fusion.md. `plain` of the smaller model got no weight there; `channel` and `shots`
 * of the larger one were not measured yet and stand in with the weights that they have in the smaller. A cascade asks in this
 * order: `channel`, which alone is seldom sure and costs a reading for each option, comes last.
 */
const PROFILES: Readonly<Record<string, PoolProfile>> = {
  'smollm2-135m': {
    members: [
      { format: 'shots', prior: 'shots-prior', rotation: 0, scales: { pmi: 0.25, byte: 1.35 }, weight: 0.4 },
      { format: 'channel', rotation: 0, scales: { sum: 0.38 }, weight: 0.42 },
    ],
  },
  'qwen2.5-0.5b': {
    members: [
      { format: 'plain', prior: 'prior', rotation: 0, scales: { pmi: 0.24, byte: 1.42 }, weight: 0.45 },
      { format: 'shots', prior: 'shots-prior', rotation: 0, scales: { pmi: 0.25, byte: 1.35 }, weight: 0.4 },
      { format: 'channel', rotation: 0, scales: { sum: 0.38 }, weight: 0.42 },
    ],
  },
};

/** What is known of a model, or what serves any. */
export const profileOf = (model: string): PoolProfile => PROFILES[model] ?? GENERIC;

/** The calls of one member: those with the question, and those without it. */
export function memberCalls(
  member: PoolMember,
  question: string,
  options: readonly string[],
): {
  readonly format: Format;
  readonly order: number[];
  readonly calls: readonly ScoreCall[];
  readonly prior: readonly ScoreCall[];
} {
  const format = findFormat(member.format);
  if (format === undefined) throw new Error(`format ${member.format} is unknown`);
  const order = rotation(options.length, format.ordered ? member.rotation % options.length : 0);
  const prior = member.scales.pmi ? findFormat(member.prior ?? 'prior') : undefined;
  return {
    format,
    order,
    calls: format.calls(question, options, order),
    prior: prior?.calls(question, options, order) ?? [],
  };
}

/** A node's opinion: the log-probability of each option, normalised over them. */
export function opinionOf(
  { scales }: Pick<PoolMember, 'scales'>,
  scores: readonly OptionScore[],
  prior: readonly OptionScore[] = [],
): number[] {
  const total = scores.map(() => 0);
  for (const [measure, scale] of Object.entries(scales) as [Measure, number][]) {
    if (scale === 0) continue;
    preferences(measure, scores, prior).forEach((value, at) => {
      total[at] = (total[at] as number) + scale * value;
    });
  }
  return logSoftmax(total);
}

/** Scores by a measure, higher is better. */
export function preferences(
  measure: Measure,
  scores: readonly OptionScore[],
  prior: readonly OptionScore[] = [],
): number[] {
  switch (measure) {
    case 'sum':
      return scores.map(({ logprob }) => logprob);
    case 'byte':
      return scores.map(({ logprob, bytes }) => logprob / bytes);
    case 'pmi':
      return scores.map(({ logprob }, at) => logprob - (prior[at]?.logprob ?? 0));
  }
}
