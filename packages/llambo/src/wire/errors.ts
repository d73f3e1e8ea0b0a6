/** Errors of requests as one line, `CODE: message`: what an Rerror carries, and what becomes of it at the other end. */
import { LlamaError, type LlamaErrorCode } from '@llambo/llama';
import { LlamboError, type LlamboErrorCode } from '../errors.ts';

const LLAMA: ReadonlySet<string> = new Set<LlamaErrorCode>([
  'bad-request',
  'context-overflow',
  'queue-full',
  'cancelled',
  'engine-gone',
  'native',
]);

/** Those that an engine has no word for. */
const LLAMBO: ReadonlySet<string> = new Set<LlamboErrorCode>([
  'unknown-model',
  'unknown-node',
  'overloaded',
  'no-node',
  'config',
  'unreachable',
  'internal',
]);

export const badRequest = (message: string): LlamaError => new LlamaError('bad-request', message);

export const requestCancelled = (): LlamaError => new LlamaError('cancelled', 'request was cancelled');

/** What an error is called that nobody gave a code to. */
const PLAIN = 'internal';

/** The line for `error`. An error without a code is `internal`. */
export function formatError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof LlamaError || error instanceof LlamboError ? error.code : PLAIN;
  return `${code}: ${message}`;
}

/**
 * The error that a line stands for: a LlamaError where the code is an engine's, a LlamboError where it is the cluster's.
 * A line without a code is a fault on the way, not of the request: whoever can asks another engine.
 */
export function parseError(line: string): LlamaError | LlamboError {
  const colon = line.indexOf(': ');
  const code = line.slice(0, Math.max(0, colon));
  const message = line.slice(colon + 2);
  if (LLAMA.has(code)) return new LlamaError(code as LlamaErrorCode, message);
  if (LLAMBO.has(code)) return new LlamboError(code as LlamboErrorCode, message);
  return new LlamaError('engine-gone', `engine is gone: ${line}`);
}
