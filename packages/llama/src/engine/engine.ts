/**
 * What an engine does, whoever runs it: the scheduler in this process, an engine in a child process, the echo engine of
 * the tests, or one reached over a network. Nodes hold one of these and know no more.
 */

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  readonly name?: string;
  readonly [key: string]: unknown;
}

/** How the next token is chosen. Every member has a default, so that `{}` is valid. */
export interface SamplingOptions {
  /** 0 takes the likeliest token; above, logits are divided by it. 0 to 2, default 0.8. */
  readonly temperature?: number;
  /** Only the k likeliest tokens; 0 is all of them. Default 40. */
  readonly topK?: number;
  /** The likeliest tokens whose probabilities reach p. 0 to 1, default 0.95; 1 is all. */
  readonly topP?: number;
  /** Tokens at least this likely, relative to the likeliest. 0 to 1, default 0.05; 0 is all. */
  readonly minP?: number;
  /** Divides (positive) or multiplies (negative) the logits of tokens seen in the last `penaltyLastN`. Default 1, off. */
  readonly repeatPenalty?: number;
  /** Subtracted from a logit for each time that the token was seen. -2 to 2, default 0. */
  readonly frequencyPenalty?: number;
  /** Subtracted once from the logits of tokens that were seen. -2 to 2, default 0. */
  readonly presencePenalty?: number;
  /** Tokens that penalties look back on, -1 for all. Default 64. */
  readonly penaltyLastN?: number;
  /** 32 bits, unsigned. The same seed and prompt on an engine without other work give the same text. Default: random. */
  readonly seed?: number;
  /** Added to logits: token id to -100..100; -100 and below forbids the token. */
  readonly logitBias?: Readonly<Record<string, number>>;
  /** GBNF; the answer is a sentence of its rule `root`. */
  readonly grammar?: string;
  /** JSON Schema that the answer obeys; excludes `grammar`. */
  readonly jsonSchema?: unknown;
}

/** Who asks, and with what claim to the machine. */
export interface Caller {
  /** Requests of one caller share a place in the queue; a node's name, usually. */
  readonly id: string;
  /** Share of the engine under contention, relative to other callers; above 0, default 1. */
  readonly weight?: number;
  /** Requests that it makes at once when it is busy: each of them has that part of its weight. Default 1. */
  readonly capacity?: number;
  /**
   * Cores that it may use on average, even of an engine that has nothing else to do; above 0, default: no limit. Counted is
   * the processor time of the steps of llama_decode that its requests are in, in proportion to their tokens in each.
   */
  readonly limit?: number;
  /** Whose time counts against `limit`: callers may share it. Default: `id`. */
  readonly account?: string;
  /** Prompts share cached prefixes only within a tenant. Default: one tenant for all. */
  readonly tenant?: string;
}

export interface GenerateRequest extends SamplingOptions {
  readonly caller?: Caller;
  /** Exactly one of the three: text as it is, a chat for the model's template, or token ids. */
  readonly prompt?: string;
  readonly messages?: readonly ChatMessage[];
  readonly tokens?: readonly number[];
  /** Functions that the chat template may offer to the model, in OpenAI's form. */
  readonly tools?: readonly unknown[];
  /**
   * Tokens that were generated elsewhere after this very prompt: the answer goes on behind them, with the sampler where
   * it would have been. They are not sent again, but count in `completionTokens`.
   */
  readonly resume?: readonly number[];
  /** Tokens to generate at most. Default: what is left of the context, 4,096 at most. */
  readonly maxTokens?: number;
  /** The answer ends before the first of these. At most 16, none empty. */
  readonly stop?: readonly string[];
  /** Go on past the model's end token until `maxTokens`. */
  readonly ignoreEos?: boolean;
  /** Log-probability of each generated token, and this many alternatives: 0 to 20. Default: none. */
  readonly logprobs?: number;
  /** 'error' (default) refuses what does not fit; 'shift' drops the oldest tokens after the first message. */
  readonly overflow?: 'error' | 'shift';
  /** Reuse a cached prefix, and leave one behind. Default true. */
  readonly cachePrompt?: boolean;
}

export interface TokenLogprob {
  readonly token: number;
  readonly text: string;
  /** Natural logarithm of the probability under the model, before any sampling option. */
  readonly logprob: number;
  readonly top: readonly { readonly token: number; readonly text: string; readonly logprob: number }[];
}

/** What one step of the engine added to an answer. */
export interface Chunk {
  /** Whole UTF-8 characters; may be empty when tokens gave none yet. */
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logprobs?: readonly TokenLogprob[];
}

export type FinishReason =
  /** The model ended its answer, or a stop string came up. */
  | 'stop'
  /** `maxTokens` or the context's end. */
  | 'length';

export interface Finish {
  readonly reason: FinishReason;
  /** The stop string that came up, if that was why. */
  readonly stopString?: string;
  readonly usage: Usage;
}

export interface Usage {
  readonly promptTokens: number;
  /** Prompt tokens that were in the cache. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Milliseconds in the queue, reading the prompt and generating. */
  readonly queueMs: number;
  readonly promptMs: number;
  readonly generateMs: number;
}

/** Receives an answer. Calls are synchronous, in order: any number of chunks, then one finish or one error. */
export interface GenerateSink {
  chunk(chunk: Chunk): void;
  finish(finish: Finish): void;
  error(error: Error): void;
}

/** A request under way. */
export interface Generation {
  /** Stops at the next token and frees the sequence; the sink gets `cancelled` unless it has ended. */
  cancel(): void;
}

export interface ScoreRequest {
  readonly caller?: Caller;
  readonly prompt?: string;
  readonly messages?: readonly ChatMessage[];
  /** Continuations to score, 1 to 256, none empty. */
  readonly options: readonly string[];
}

/** How likely the model holds one continuation. */
export interface Score {
  /** Sum of the natural log-probabilities of the option's tokens. */
  readonly logprob: number;
  readonly tokens: number;
  /** Bytes of the option in UTF-8, for normalisation by length. */
  readonly bytes: number;
}

export interface ModelInfo {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly parameters: number;
  readonly bytes: number;
  readonly vocabulary: number;
  readonly embeddingLength: number;
  /** Tokens that the model was trained on. */
  readonly trainedContext: number;
  /** Tokens that one request can use here. */
  readonly context: number;
  /** Requests that generate at once. */
  readonly sequences: number;
  readonly chat: boolean;
}

export interface EngineStatus {
  readonly active: number;
  readonly waiting: number;
  readonly sequences: number;
  /** Since the engine's start. */
  readonly requests: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly steps: number;
  /** Resident bytes of the engine's process. */
  readonly rss: number;
}

export interface Engine {
  readonly info: ModelInfo;
  /** Starts at once; bad requests reach the sink as errors, never as exceptions. */
  generate(request: GenerateRequest, sink: GenerateSink): Generation;
  /** @throws LlamaError */
  score(request: ScoreRequest, signal?: AbortSignal): Promise<Score[]>;
  /** One unit vector for each text. @throws LlamaError */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  tokenize(text: string, options?: { special?: boolean }): Promise<number[]>;
  detokenize(tokens: readonly number[]): Promise<string>;
  /** The prompt's text after the chat template. */
  applyTemplate(messages: readonly ChatMessage[], tools?: readonly unknown[]): Promise<string>;
  status(): Promise<EngineStatus>;
  /** Ends every request with `engine-gone` and releases the model. */
  close(): Promise<void>;
}
