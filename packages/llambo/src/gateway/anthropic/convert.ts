import type { ChatMessage, GenerateRequest } from '@llambo/llama';
import { defined, textOf } from '../openai/convert.ts';
import type { Services } from '../services.ts';
import { type OfferedChat, offerTools } from '../tools/offer.ts';
import type { ToolChoice } from '../tools/tools.ts';
import type { CountRequest, MessagesRequest } from './schemas.ts';

type Message = CountRequest['messages'][number];

/** One message may hold results, text and calls: chat templates want a message for each result. */
function toMessages({ role, content }: Message): ChatMessage[] {
  if (typeof content === 'string') return [{ role, content }];
  const messages: ChatMessage[] = [];
  let text = '';
  const calls: Record<string, unknown>[] = [];
  for (const block of content) {
    if (block.type === 'text') text += block.text;
    else if (block.type === 'tool_use') {
      const { id, name, input } = block;
      calls.push({ id, type: 'function', function: { name, arguments: JSON.stringify(input) } });
    } else if (block.type === 'tool_result') {
      const written = textOf(block.content);
      const result = block.is_error ? `error: ${written}` : written;
      messages.push({ role: 'tool', content: result, tool_call_id: block.tool_use_id });
    }
  }
  if (text !== '' || calls.length > 0 || messages.length === 0) {
    messages.push({ role, content: text, ...(calls.length === 0 ? {} : { tool_calls: calls }) });
  }
  return messages;
}

function choiceOf(choice: CountRequest['tool_choice']): ToolChoice {
  if (choice == null) return 'auto';
  if (choice.type === 'tool') return { name: choice.name };
  return choice.type === 'any' ? 'required' : choice.type;
}

/** The chat with its tools as an engine takes it. @throws LlamboError */
export function toChat(services: Services, body: CountRequest): Promise<OfferedChat> {
  const system = body.system == null ? [] : [{ role: 'system', content: textOf(body.system) }];
  const messages = [...system, ...body.messages.flatMap(toMessages)];
  const tools = (body.tools ?? []).map(({ name, description, input_schema }) => ({
    name,
    description: description ?? undefined,
    parameters: input_schema,
  }));
  const { tool_choice: choice } = body;
  const single = choice != null && choice.type !== 'none' && choice.disable_parallel_tool_use === true;
  return offerTools(services, body.model, messages, {
    tools,
    choice: choiceOf(choice),
    parallel: single ? false : undefined,
  });
}

export async function toGenerate(
  services: Services,
  body: MessagesRequest,
): Promise<{ readonly request: GenerateRequest; readonly names: readonly string[] }> {
  const { request, names } = await toChat(services, body);
  return {
    names,
    request: defined({
      ...request,
      maxTokens: body.max_tokens,
      temperature: body.temperature ?? 1,
      topP: body.top_p ?? 1,
      topK: body.top_k,
      stop: [...(body.stop_sequences ?? []), ...(request.stop ?? [])],
    }),
  };
}
