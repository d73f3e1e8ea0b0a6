import { type ChatMessage, type GenerateRequest, JSON_OBJECT_SCHEMA } from '@llambo/llama';
import type { Services } from '../../services.ts';
import { offerTools } from '../../tools/offer.ts';
import type { ToolChoice } from '../../tools/tools.ts';
import { defined, textOf } from '../convert.ts';
import type { ResponseItem, ResponseRequest } from './schemas.ts';

const functionCall = (id: string, name: string, given: string): Record<string, unknown> => ({
  id,
  type: 'function',
  function: { name, arguments: given },
});

/** Items as chat messages: calls that follow each other are one assistant's message. */
export function toMessages(input: string | readonly ResponseItem[]): ChatMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  const messages: ChatMessage[] = [];
  for (const item of input) {
    if ('role' in item) {
      const message = item as { role: string; content: Parameters<typeof textOf>[0] };
      messages.push({
        role: message.role === 'developer' ? 'system' : message.role,
        content: textOf(message.content),
      });
    } else if (item.type === 'function_call') {
      const {
        call_id: id,
        name,
        arguments: given,
      } = item as { call_id: string; name: string; arguments: string };
      const last = messages.at(-1);
      const calls = last?.role === 'assistant' ? ((last.tool_calls as unknown[]) ?? []) : [];
      if (last?.role === 'assistant') messages.pop();
      const content = last?.role === 'assistant' ? last.content : '';
      messages.push({ role: 'assistant', content, tool_calls: [...calls, functionCall(id, name, given)] });
    } else if (item.type === 'function_call_output') {
      const { call_id: id, output } = item as { call_id: string; output: Parameters<typeof textOf>[0] };
      messages.push({ role: 'tool', content: textOf(output), tool_call_id: id });
    }
  }
  return messages;
}

export async function toGenerate(
  services: Services,
  body: ResponseRequest,
  conversation: readonly ChatMessage[],
): Promise<{ readonly request: GenerateRequest; readonly names: readonly string[] }> {
  const system = body.instructions == null ? [] : [{ role: 'system', content: body.instructions }];
  const choice: ToolChoice =
    typeof body.tool_choice === 'object' && body.tool_choice !== null
      ? { name: body.tool_choice.name }
      : (body.tool_choice ?? 'auto');
  const tools = (body.tools ?? []).map(({ name, description, parameters }) => ({
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
  }));
  const { request, names } = await offerTools(services, body.model, [...system, ...conversation], {
    tools,
    choice,
    parallel: body.parallel_tool_calls ?? undefined,
  });
  const format = body.text?.format;
  return {
    names,
    request: defined({
      ...request,
      temperature: body.temperature ?? 1,
      topP: body.top_p ?? 1,
      maxTokens: body.max_output_tokens,
      overflow: body.truncation === 'auto' ? 'shift' : undefined,
      jsonSchema:
        format?.type === 'json_schema'
          ? format.schema
          : format?.type === 'json_object'
            ? JSON_OBJECT_SCHEMA
            : undefined,
    }),
  };
}
