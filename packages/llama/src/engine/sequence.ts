import type { CpuLimit } from './cpu-limits.ts';
import type { Detokenizer } from './detokenizer.ts';
import type { Caller, GenerateRequest, GenerateSink, Score } from './engine.ts';
import type { Prompt } from './prompt.ts';
import type { Queued } from './queue.ts';
import type { Sampler } from './sampler.ts';
import type { Slot } from './slots.ts';

interface Common extends Queued {
  /** Weight of this one of its caller's requests within a step. */
  readonly share: number;
  readonly limit: CpuLimit | undefined;
  readonly prompt: Prompt;
  readonly tenant: string;
  readonly cached: boolean;
  readonly queuedAt: number;
  slot: Slot | undefined;
  /** Service received, in tokens over share; who is far ahead of the others sits steps out. */
  virtual: number;
  cancelled: boolean;
  startedAt: number;
  cachedTokens: number;
}

/** A request that generates. */
export interface GenerateSequence extends Common {
  readonly kind: 'generate';
  readonly request: GenerateRequest;
  readonly sink: GenerateSink;
  readonly sampler: Sampler;
  readonly detokenizer: Detokenizer;
  readonly maxTokens: number;
  /** Tokens of the answer, those resumed from elsewhere included. */
  generated: number;
  /** Sampled, not yet in the KV cache. */
  next: number;
  firstTokenAt: number;
}

/** A continuation to be scored whose last token follows the tokens that a ScoreSequence reads. */
export interface ScoreTarget {
  readonly option: number;
  readonly last: number;
  readonly tokens: number;
  readonly bytes: number;
}

/** Continuations that differ in their last token at most, scored in one reading. */
export interface ScoreSequence extends Common {
  readonly kind: 'score';
  /** First token of the continuations; its probability is read from the logits of the one before. */
  readonly from: number;
  readonly targets: readonly ScoreTarget[];
  /** Sum over the tokens that the targets have in common, so far. */
  logprob: number;
  readonly done: (scores: readonly (readonly [option: number, score: Score])[]) => void;
  readonly failed: (error: Error) => void;
}

export type Sequence = GenerateSequence | ScoreSequence;

export function callerOf({
  id,
  weight = 1,
  capacity = 1,
  tenant = '',
  limit,
  account = id,
}: Caller = NOBODY): Pick<Common, 'callerId' | 'weight' | 'share' | 'tenant' | 'limit'> {
  return {
    callerId: id,
    weight,
    share: weight / capacity,
    tenant,
    limit: limit === undefined ? undefined : { account, cores: limit },
  };
}

const NOBODY: Caller = { id: '' };

export function fail(sequence: Sequence, error: Error): void {
  if (sequence.kind === 'generate') {
    sequence.sampler.free();
    sequence.sink.error(error);
  } else {
    sequence.failed(error);
  }
}
