import { randomUUID } from 'node:crypto';
import type { ChatMessage } from '@llambo/llama';
import type { InferenceFinish } from '../../../cluster/inference.ts';
import type { Envelope } from '../../run.ts';
import type { ToolCall } from '../../tools/tools.ts';
import { callId } from '../chat.ts';
import { provenance } from '../shapes.ts';
import type { ResponseRequest } from './schemas.ts';

const idOf = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** One member of a response's `output`. */
export type OutputItem = Record<string, unknown> & { readonly id: string; readonly type: string };

export const textPart = (text: string): Record<string, unknown> => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
});

export const messageItem = (text: string | undefined, id: string = idOf('msg')): OutputItem => ({
  id,
  type: 'message',
  role: 'assistant',
  status: text === undefined ? 'in_progress' : 'completed',
  content: text === undefined ? [] : [textPart(text)],
});

export const callItem = ({ name, arguments: given }: ToolCall): OutputItem => ({
  id: idOf('fc'),
  type: 'function_call',
  call_id: callId(),
  name,
  arguments: given,
  status: 'completed',
});

/** The response object; without a finish, as it is at the beginning. */
export function responseShape(
  body: ResponseRequest,
  envelope: Envelope,
  output: readonly OutputItem[],
  finish: InferenceFinish | undefined,
): Record<string, unknown> {
  const cut = finish?.reason === 'length';
  return {
    id: envelope.id,
    object: 'response',
    created_at: envelope.created,
    status: finish === undefined ? 'in_progress' : cut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model: envelope.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: body.text?.format ?? { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: finish === undefined ? null : usageOf(finish),
    user: body.user ?? null,
    ...(finish === undefined ? {} : { llambo: provenance(finish) }),
  };
}

function usageOf({ usage }: InferenceFinish): Record<string, unknown> {
  return {
    input_tokens: usage.promptTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens },
    output_tokens: usage.completionTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.promptTokens + usage.completionTokens,
  };
}

/** What the answer was, as the next request's conversation has it. */
export function answerMessage(content: string, calls: readonly OutputItem[]): ChatMessage {
  if (calls.length === 0) return { role: 'assistant', content };
  return {
    role: 'assistant',
    content,
    tool_calls: calls.map(({ call_id: id, name, arguments: given }) => ({
      id,
      type: 'function',
      function: { name, arguments: given },
    })),
  };
}
