/** Kinds of failure; the gateway maps them to HTTP statuses, the name space to `Rerror` texts. */
export type LlamboErrorCode =
  | 'bad-request'
  | 'context-overflow'
  | 'unknown-model'
  | 'unknown-node'
  | 'overloaded'
  | 'rate-limited'
  | 'no-node'
  | 'cancelled'
  | 'config'
  | 'unreachable'
  | 'internal';

export class LlamboError extends Error {
  override readonly name = 'LlamboError';
  readonly code: LlamboErrorCode;
  /** Seconds after which trying again makes sense, where it does. */
  readonly retryAfter: number | undefined;

  constructor(
    code: LlamboErrorCode,
    message: string,
    options: { cause?: unknown; retryAfter?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

const oneOf = (names: Iterable<string>): string => [...names].join(', ') || 'none';

export const unknownModel = (name: string, known: Iterable<string>): LlamboError =>
  new LlamboError('unknown-model', `model ${name} is not served here; models: ${oneOf(known)}`);

export const unknownStrategy = (name: string, known: Iterable<string>): LlamboError =>
  new LlamboError('bad-request', `strategy ${name} is unknown; strategies: ${oneOf(known)}`);

export const noNode = (model: string, why: string): LlamboError =>
  new LlamboError('no-node', `no node can serve model ${model}: ${why}`, { retryAfter: 1 });

export const requestCancelled = (): LlamboError => new LlamboError('cancelled', 'request was cancelled');

export const configError = (message: string): LlamboError => new LlamboError('config', message);

export const unreachable = (address: string, cause?: unknown): LlamboError =>
  new LlamboError('unreachable', `no cluster answers at ${address}; start one with llamboctl up`, { cause });
