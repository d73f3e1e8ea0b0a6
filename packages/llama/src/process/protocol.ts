/** Messages between an engine process and its owner: structured clones over the child-process channel. */

import type {
  ChatMessage,
  Chunk,
  EngineStatus,
  Finish,
  GenerateRequest,
  ModelInfo,
  Score,
  ScoreRequest,
} from '../engine/engine.ts';
import type { LocalEngineOptions } from '../engine/local-engine.ts';
import type { ErrorRecord } from '../errors.ts';

export type LoadOptions = Omit<LocalEngineOptions, 'log'>;

/** Calls with one answer: name, argument and result. */
export interface Calls {
  load: { argument: LoadOptions; result: ModelInfo };
  score: { argument: ScoreRequest; result: Score[] };
  embed: { argument: readonly string[]; result: Float32Array[] };
  tokenize: { argument: { text: string; special: boolean }; result: number[] };
  detokenize: { argument: readonly number[]; result: string };
  applyTemplate: {
    argument: { messages: readonly ChatMessage[]; tools?: readonly unknown[] };
    result: string;
  };
  status: { argument: undefined; result: EngineStatus };
  close: { argument: undefined; result: undefined };
}
export type CallName = keyof Calls;

export type ToEngine =
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly argument: unknown }
  | { readonly kind: 'generate'; readonly id: number; readonly request: GenerateRequest }
  | { readonly kind: 'cancel'; readonly id: number };

/** What happened to one request; the events of one turn travel in one message. */
export type Event =
  | { readonly id: number; readonly chunk: Chunk }
  | { readonly id: number; readonly finish: Finish }
  | { readonly id: number; readonly error: ErrorRecord };

export type FromEngine =
  | { readonly kind: 'events'; readonly events: readonly Event[] }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorRecord }
  | { readonly kind: 'log'; readonly text: string };
