/** What kind of thing went wrong; a caller maps it to an HTTP status or an `Rerror`. */
export type LlamaErrorCode =
  /** The request itself is wrong: type, range, grammar, template. */
  | 'bad-request'
  /** Prompt and answer do not fit the context. */
  | 'context-overflow'
  /** The waiting queue is at its bound; try again later. */
  | 'queue-full'
  /** The caller gave up. */
  | 'cancelled'
  /** The engine is gone or going: crashed, closed, killed. */
  | 'engine-gone'
  /** The native library is missing, of another version, or refused the model. */
  | 'native';

export class LlamaError extends Error {
  override readonly name = 'LlamaError';
  readonly code: LlamaErrorCode;

  constructor(code: LlamaErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export const badRequest = (message: string): LlamaError => new LlamaError('bad-request', message);

export const contextOverflow = (promptTokens: number, maxTokens: number, context: number): LlamaError =>
  new LlamaError(
    'context-overflow',
    `prompt of ${promptTokens} tokens and ${maxTokens} to generate exceed the context of ${context} tokens`,
  );

export const queueFull = (limit: number): LlamaError =>
  new LlamaError('queue-full', `engine queue is full: ${limit} requests are waiting`);

export const cancelled = (): LlamaError => new LlamaError('cancelled', 'request was cancelled');

export const engineGone = (why: string, cause?: unknown): LlamaError =>
  new LlamaError('engine-gone', `engine is gone: ${why}`, { cause });

export const nativeError = (message: string, cause?: unknown): LlamaError =>
  new LlamaError('native', message, { cause });
