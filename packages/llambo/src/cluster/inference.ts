import type { Chunk, Finish, GenerateRequest } from '@llambo/llama';
import type { Priority } from './admission/index.ts';

/** A question to the cluster. */
export interface InferenceRequest {
  /** For logs and for clients that come back: `req-` and a random part, when the client gave none. */
  readonly id: string;
  /** Name of a model or of a node class; undefined is the cluster's default model. */
  readonly model?: string;
  /** What keeps a conversation on one node, for strategy `session`. */
  readonly session?: string;
  /** This node and no other. */
  readonly node?: string;
  /** None of these nodes. */
  readonly exclude?: ReadonlySet<string>;
  /** Whose request it is, for fairness and limits: an API key's or a user's name. Default `anonymous`. */
  readonly key?: string;
  /** What an earlier orchestrator had given of this answer: it is given again, and the rest goes on behind it. */
  readonly begun?: readonly Chunk[];
  /** `high` goes before `normal`, that before `low`. Default `normal`. */
  readonly priority?: Priority;
  /** What the engine is to do; caller and resume are the cluster's own business. */
  readonly generate: Omit<GenerateRequest, 'caller' | 'resume'>;
}

/** Who answers, and why. */
export interface Assignment {
  readonly node: string;
  readonly class: string;
  readonly model: string;
  readonly strategy: string;
  /** 1 for the first node that was tried. */
  readonly attempt: number;
}

export interface InferenceFinish extends Finish {
  readonly assignment: Assignment;
}

/** Receives an answer: an assignment before the first chunk (and again after each failover), chunks, one end. */
export interface AnswerSink {
  assigned?(assignment: Assignment): void;
  chunk(chunk: Chunk): void;
  finish(finish: InferenceFinish): void;
  error(error: Error): void;
}

/** A question under way. */
export interface Inference {
  readonly id: string;
  /** Gives it up: the node is free at its next token. Nothing reaches the sink afterwards. */
  cancel(): void;
}
