import { LlamaError } from '@llambo/llama';
import { z } from 'zod';
import { LlamboError } from '../../errors.ts';

/** An error as the OpenAI API writes it. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

export interface HttpFailure {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 421 | 429 | 499 | 500 | 501 | 503;
  readonly body: ErrorBody;
  /** Seconds for the Retry-After header. */
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const failure = (
  status: HttpFailure['status'],
  type: string,
  message: string,
  code: string | null = null,
  param: string | null = null,
): HttpFailure => ({ status, body: { error: { message, type, param, code } } });

export function invalidRequest(message: string, param: string | null = null): HttpFailure {
  return failure(400, 'invalid_request_error', message, null, param);
}

export function tooLarge(limit: number): HttpFailure {
  return {
    ...failure(413, 'invalid_request_error', `request body is over ${limit} bytes`, 'request_too_large'),
    headers: { connection: 'close' },
  };
}

export function notFound(method: string, path: string): HttpFailure {
  return failure(404, 'invalid_request_error', `there is no ${method} ${path} here`, 'unknown_url');
}

export function wrongMethod(method: string, path: string, allowed: readonly string[]): HttpFailure {
  return {
    ...failure(
      405,
      'invalid_request_error',
      `${path} takes ${allowed.join(', ')}, not ${method}`,
      'wrong_method',
    ),
    headers: { allow: allowed.join(', ') },
  };
}

export function unauthorized(message: string): HttpFailure {
  return {
    ...failure(401, 'invalid_request_error', message, 'invalid_api_key'),
    headers: { 'www-authenticate': 'Bearer' },
  };
}

export function forbidden(scope: string): HttpFailure {
  return failure(403, 'invalid_request_error', `API key lacks the scope ${scope}`, 'insufficient_scope');
}

export function foreignOrigin(origin: string): HttpFailure {
  return failure(
    403,
    'invalid_request_error',
    `pages of ${origin} may not use this cluster`,
    'foreign_origin',
  );
}

export function foreignHost(name: string): HttpFailure {
  return failure(403, 'invalid_request_error', `this cluster is not ${name}`, 'foreign_host');
}

export function rateLimited(message: string, retryAfter: number): HttpFailure {
  return { ...failure(429, 'rate_limit_error', message, 'rate_limit_exceeded'), retryAfter };
}

/** The status and body that tell a client of an error. */
export function toFailure(error: unknown): HttpFailure {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const param = issue?.path.join('.') || null;
    return invalidRequest(
      param === null ? (issue?.message ?? 'invalid request') : `${param}: ${issue?.message}`,
      param,
    );
  }
  if (error instanceof LlamaError || error instanceof LlamboError) {
    const { message } = error;
    switch (error.code) {
      case 'bad-request':
        return failure(400, 'invalid_request_error', message);
      case 'context-overflow':
        return failure(400, 'invalid_request_error', message, 'context_length_exceeded');
      case 'unknown-model':
        return failure(404, 'invalid_request_error', message, 'model_not_found', 'model');
      case 'unknown-node':
        return failure(404, 'invalid_request_error', message, 'node_not_found');
      case 'queue-full':
      case 'overloaded':
        return { ...failure(429, 'rate_limit_error', message, 'overloaded'), retryAfter: retryAfter(error) };
      case 'no-node':
      case 'engine-gone':
        return { ...failure(503, 'server_error', message, 'unavailable'), retryAfter: retryAfter(error) };
      case 'cancelled':
        return failure(499, 'server_error', message, 'cancelled');
    }
    return failure(500, 'server_error', message);
  }
  return failure(500, 'server_error', 'internal error');
}

const retryAfter = (error: LlamaError | LlamboError): number =>
  error instanceof LlamboError ? (error.retryAfter ?? 1) : 1;
