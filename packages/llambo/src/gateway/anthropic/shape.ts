import { randomUUID } from 'node:crypto';
import type { InferenceFinish } from '../../cluster/inference.ts';
import type { HttpFailure } from '../openai/errors.ts';
import { provenance } from '../openai/shapes.ts';
import type { Envelope } from '../run.ts';
import type { ToolCall } from '../tools/tools.ts';

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

export function useBlock({ name, arguments: given }: ToolCall): Block {
  const id = `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  try {
    return { type: 'tool_use', id, name, input: JSON.parse(given) };
  } catch {
    return { type: 'tool_use', id, name, input: {} };
  }
}

export function messageShape(
  { id, model }: Envelope,
  content: readonly Block[],
  finish: InferenceFinish | undefined,
): Record<string, unknown> {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    ...(finish === undefined
      ? { stop_reason: null, stop_sequence: null, usage: { input_tokens: 0, output_tokens: 0 } }
      : {
          ...stopOf(
            finish,
            content.some(({ type }) => type === 'tool_use'),
          ),
          usage: usageOf(finish),
        }),
    ...(finish === undefined ? {} : { llambo: provenance(finish) }),
  };
}

export function stopOf(
  { reason, stopString }: InferenceFinish,
  called: boolean,
): { readonly stop_reason: string; readonly stop_sequence: string | null } {
  if (called) return { stop_reason: 'tool_use', stop_sequence: null };
  if (reason === 'length') return { stop_reason: 'max_tokens', stop_sequence: null };
  return stopString === undefined
    ? { stop_reason: 'end_turn', stop_sequence: null }
    : { stop_reason: 'stop_sequence', stop_sequence: stopString };
}

/** Cached tokens are counted apart from the others, as Anthropic does. */
export const usageOf = ({ usage }: InferenceFinish): Record<string, unknown> => ({
  input_tokens: usage.promptTokens - usage.cachedTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: usage.cachedTokens,
  output_tokens: usage.completionTokens,
});

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
};

/** An error as Anthropic's API writes it. */
export const errorShape = ({ status, body }: HttpFailure): Record<string, unknown> => ({
  type: 'error',
  error: { type: ERROR_TYPES[status] ?? 'api_error', message: body.error.message },
});
