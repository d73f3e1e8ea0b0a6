/** What a fusion is asked, what it needs of a cluster and what it tells: the contract of all strategies and surfaces. */
import type { ChatMessage } from '@llambo/llama';
import type { OptionScore, ScoreCall } from './formats.ts';
import type { Reliabilities } from './reliability.ts';

/** A question to several nodes. */
export interface FusionRequest {
  /** For logs; default: `fusion-` and a random part. */
  readonly id?: string;
  /** Exactly one of the two. */
  readonly query?: string;
  readonly messages?: readonly ChatMessage[];
  /** Closed answers, 2 to 26; the consensus is one of them, verbatim. */
  readonly options?: readonly string[];
  /** Registered name, `cascade` or `cascade:NAME` around another. Default `auto`. */
  readonly strategy?: string;
  /** Model or class whose nodes are asked. Default: the nodes of all models. */
  readonly model?: string;
  /** Votes at most, 1 to 64. Default 5. */
  readonly nodes?: number;
  /** Votes at least: with fewer there is no consensus. Default: more than half of those asked for at the start. */
  readonly quorum?: number;
  /** Votes that must agree in strategy `quorum`. Default: two thirds of `nodes`, rounded up. */
  readonly agree?: number;
  /** Abstain when the leader's share is less, 0 to 1. Default 0, never. */
  readonly minAgreement?: number;
  /** Lying nodes that must not be able to change the result: abstains when they could. Default 0. */
  readonly tolerate?: number;
  /** Milliseconds for all of it, at most. Default 60,000. */
  readonly deadlineMs?: number;
  /** No two votes from one node (always), one host or one class, while there are others. Default 'node'. */
  readonly distinct?: 'node' | 'host' | 'class';
  /**
   * Easy questions with known answers, 0 to 6, that a node must have been asked before it votes; how it did weighs its
   * votes. Each node is asked each of them once in its life. Default 0.
   */
  readonly canaries?: number;
  /** Ask in waves and stop when more votes would hardly change the leader. Default true. */
  readonly adaptive?: boolean;
  /**
   * Confidence of the single first answer, 0 to 1, from which `cascade` asks nobody else. Default 0.8. Of opinions: pooled
   * probability of the leading option; default: as soon as it is 0.15 ahead of the second.
   */
  readonly confident?: number;
  /** Form of the answer: JSON that obeys a schema, a number, a choice. Default: by what is asked. */
  readonly jsonSchema?: unknown;
  readonly kind?: AnswerKind;
  /** How `pool` joins opinions. Default 'logarithmic'. */
  readonly pooling?: 'logarithmic' | 'linear';
  /** Likeness of free texts. Default 'rouge-l'. */
  readonly similarity?: 'rouge-l' | 'embedding';
  /** Weight of a model's votes, by name; with the node's reliability clipped to 0.05 to 4. Default 1. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Share of right answers that a model is known for, by name, 0 to 1: for `mux`. */
  readonly accuracies?: Readonly<Record<string, number>>;
  /** Of the sampled answers. Defaults 0.7, 0.95, 256, random. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
}

/** What an answer is, which decides how answers are compared. */
export type AnswerKind = 'choice' | 'number' | 'json' | 'short' | 'text';

/** One node's answer, or why there is none. */
export interface Vote {
  readonly node: string;
  readonly model: string;
  readonly class: string;
  readonly text: string;
  /** What the answer counts as: answers with the same key agree. */
  readonly key: string;
  /** Index of the option it stands for. */
  readonly option?: number;
  /** Log-probability of each option, normalised over the options; strategy `pool`. */
  readonly opinion?: readonly number[];
  /** How the node was asked, strategy `pool`: nodes of one model that were asked alike count as one. */
  readonly format?: string;
  /** What it counts in the strategy's sum; 0 for a vote that counts nothing. */
  readonly weight: number;
  /** Mean natural log-probability of its tokens. */
  readonly logprob: number;
  /** Confidence in its own answer, 0 to 1. */
  readonly confidence: number;
  /** Tokens generated, or read to score. */
  readonly tokens: number;
  readonly ms: number;
  /** Why it counts nothing: the node failed, was not waited for, or wrote nothing that is an answer. */
  readonly error?: string;
}

export interface Agreement {
  /** Weight of the leading answer's votes of the weight of all votes, 0 to 1. */
  readonly share: number;
  /** Of the distribution over answers, 0 (all agree) to 1 (all differ). */
  readonly entropy: number;
  /** Probability that the leader would lead among infinitely many such votes. */
  readonly posterior: number;
  /** Most lying nodes that could not have changed the result. */
  readonly tolerates: number;
}

export interface Dissent {
  readonly text: string;
  readonly share: number;
  readonly nodes: readonly string[];
}

export interface FusionResult {
  readonly id: string;
  /** The strategy that decided (what `auto` chose). */
  readonly strategy: string;
  /** Empty when abstained. */
  readonly answer: string;
  readonly option?: number;
  /** Node whose words the answer is. */
  readonly node?: string;
  readonly agreement: Agreement;
  readonly votes: readonly Vote[];
  /** The other answers, heaviest first. */
  readonly dissent: readonly Dissent[];
  /** Nodes that voted, of the nodes that were asked. */
  readonly responded: number;
  readonly asked: number;
  /** Tokens of all nodes: prompts that were not cached are not known here, so generated and scored ones. */
  readonly tokens: number;
  readonly ms: number;
  /** No answer is given; `reason` says why. */
  readonly abstained: boolean;
  readonly reason?: string;
}

/** Told while a fusion goes on; calls are synchronous, in order. */
export interface FusionHooks {
  /** A node answered, or failed to. */
  vote?(vote: Vote): void;
  /** The consensus, piece by piece, once it stands; nothing when it abstains. */
  text?(chunk: string): void;
}

/** A node as a fusion sees it. */
export interface FusionNode {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  /** Machine; undefined where all are on one. */
  readonly host?: string;
  /** Whether it takes work now. */
  readonly ready: boolean;
  readonly load: number;
  readonly capacity: number;
  /** Whether the model has a chat template. */
  readonly chat?: boolean;
}

/** What a node is asked to write. */
export interface AskRequest {
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly topP?: number;
  readonly maxTokens: number;
  readonly seed?: number;
  readonly jsonSchema?: unknown;
}

export interface AskAnswer {
  readonly text: string;
  /** Natural log-probability of each generated token. */
  readonly logprobs: readonly number[];
  readonly tokens: number;
}

/** The small part of a cluster that fusion stands on. Rejections are missing votes; aborting frees the node at once. */
export interface FusionCluster {
  nodes(): readonly FusionNode[];
  /** Asks exactly this node, which must not hand the question on. */
  ask(node: string, request: AskRequest, signal: AbortSignal): Promise<AskAnswer>;
  /** Scores on exactly this node. */
  score(node: string, call: ScoreCall, signal: AbortSignal): Promise<readonly OptionScore[]>;
  /** What canaries have shown of its nodes so far; kept between fusions. Without it all nodes are trusted alike. */
  readonly reliabilities?: Reliabilities;
  /** Unit vectors of texts, from any node. */
  embed?(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
}
