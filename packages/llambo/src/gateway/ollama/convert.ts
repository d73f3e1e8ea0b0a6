import { type ChatMessage, type GenerateRequest, JSON_OBJECT_SCHEMA } from '@llambo/llama';
import { defined } from '../openai/convert.ts';
import type { Services } from '../services.ts';
import { offerTools } from '../tools/offer.ts';
import type { OllamaChat, OllamaCommon, OllamaGenerate } from './schemas.ts';

/** Clients of Ollama write a tag after each name; ours have none. */
export const plainName = (name: string): string => name.replace(/:latest$/, '');

function common({ options, format, logprobs, top_logprobs: top }: OllamaCommon): GenerateRequest {
  const stop = options?.stop;
  const most = options?.num_predict ?? 0;
  return defined({
    temperature: options?.temperature,
    topK: options?.top_k,
    topP: options?.top_p,
    minP: options?.min_p,
    seed: options?.seed == null ? undefined : options.seed >>> 0,
    maxTokens: most > 0 ? most : undefined,
    stop: typeof stop === 'string' ? [stop] : stop,
    repeatPenalty: options?.repeat_penalty,
    penaltyLastN: options?.repeat_last_n,
    presencePenalty: options?.presence_penalty,
    frequencyPenalty: options?.frequency_penalty,
    jsonSchema: format === 'json' ? JSON_OBJECT_SCHEMA : format === '' ? undefined : format,
    logprobs: logprobs ? (top ?? 0) : undefined,
    // Ollama forgets the oldest messages of a chat that has grown too long.
    overflow: 'shift',
  });
}

type Message = OllamaChat['messages'][number];

function toMessage({ role, content, tool_calls: calls, tool_name: name }: Message): ChatMessage {
  const message = { role, content: content ?? '' };
  if (calls != null && calls.length > 0) {
    const written = calls.map(({ function: { name: called, arguments: given } }, i) => ({
      id: `call_${i}`,
      type: 'function',
      function: { name: called, arguments: JSON.stringify(given ?? {}) },
    }));
    return { ...message, tool_calls: written };
  }
  return name == null ? message : { ...message, name };
}

export async function chatToGenerate(
  services: Services,
  body: OllamaChat,
): Promise<{ readonly request: GenerateRequest; readonly names: readonly string[] }> {
  const tools = (body.tools ?? []).map(({ function: { name, description, parameters } }) => ({
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
  }));
  const messages = body.messages.map(toMessage);
  const { request, names } = await offerTools(services, plainName(body.model), messages, {
    tools,
    choice: 'auto',
  });
  return { names, request: { ...common(body), ...request } };
}

export function promptToGenerate(body: OllamaGenerate): GenerateRequest {
  const prompt = body.prompt ?? '';
  if (body.raw) return { ...common(body), prompt };
  const system = body.system == null || body.system === '' ? [] : [{ role: 'system', content: body.system }];
  return { ...common(body), messages: [...system, { role: 'user', content: prompt }] };
}
