import { type ChatMessage, type GenerateRequest, JSON_OBJECT_SCHEMA } from '@llambo/llama';
import type { Awaitable } from '@llambo/styx';
import { LlamboError } from '../../errors.ts';
import type { Services } from '../services.ts';
import { type OfferedChat, offerTools, speaksOfTools } from '../tools/offer.ts';
import type { ToolChoice } from '../tools/tools.ts';
import type { ChatRequest, CompletionRequest } from './schemas.ts';

type Common = Pick<
  ChatRequest,
  Exclude<keyof ChatRequest & keyof CompletionRequest, 'logprobs' | 'max_tokens'>
>;

/** Without the members that are undefined or null. */
export function defined(object: Record<string, unknown>): GenerateRequest {
  const result: Record<string, unknown> = {};
  for (const key in object) if (object[key] != null) result[key] = object[key];
  return result as GenerateRequest;
}

/** Options that both kinds of request have. `null` means the default, as in OpenAI's reference. */
function common(
  body: Common,
): Record<string, unknown> & { readonly stop: readonly string[] | null | undefined } {
  return {
    temperature: body.temperature ?? 1,
    topP: body.top_p ?? 1,
    topK: body.top_k,
    minP: body.min_p,
    repeatPenalty: body.repeat_penalty,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    seed: body.seed == null ? undefined : body.seed >>> 0,
    stop: typeof body.stop === 'string' ? [body.stop] : body.stop,
    logitBias: body.logit_bias,
    ignoreEos: body.ignore_eos,
    grammar: body.grammar,
    cachePrompt: body.cache_prompt,
  };
}

/** What a chat asks of an engine, and the names of the functions that its answer may call. */
export function chatToGenerate(services: Services, body: ChatRequest): Awaitable<GenerateChat> {
  const messages = body.messages.map(toMessage);
  const offer = offered(services, body, messages);
  return offer instanceof Promise ? offer.then((each) => withOptions(body, each)) : withOptions(body, offer);
}

export interface GenerateChat {
  readonly request: GenerateRequest;
  readonly names: readonly string[];
}

function withOptions(body: ChatRequest, { request, names }: OfferedChat): GenerateChat {
  const format = jsonSchemaOf(body.response_format);
  const options = common(body);
  if (request.grammar !== undefined && (format ?? options.grammar) !== undefined) {
    throw new LlamboError(
      'bad-request',
      'tool_choice that demands a call excludes response_format and grammar',
    );
  }
  const merged = defined({
    ...options,
    ...request,
    stop: request.stop === undefined ? options.stop : [...(options.stop ?? []), ...request.stop],
    maxTokens: body.max_completion_tokens ?? body.max_tokens,
    logprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
    jsonSchema: format,
  });
  return { request: merged, names };
}

/** Most chats know nothing of tools. */
function offered(
  services: Services,
  { model, tools, tool_choice, parallel_tool_calls }: ChatRequest,
  messages: readonly ChatMessage[],
): OfferedChat | Promise<OfferedChat> {
  if (tools == null && tool_choice == null && !messages.some(speaksOfTools)) {
    return { request: { messages }, names: [] };
  }
  const offer = {
    tools: (tools ?? []).map(({ function: { name, description, parameters } }) => ({
      name,
      description: description ?? undefined,
      parameters: parameters ?? undefined,
    })),
    choice: choiceOf(tool_choice),
    parallel: parallel_tool_calls ?? undefined,
  };
  return offerTools(services, model, messages, offer);
}

const choiceOf = (choice: ChatRequest['tool_choice']): ToolChoice =>
  typeof choice === 'object' && choice !== null ? { name: choice.function.name } : (choice ?? 'auto');

function jsonSchemaOf(format: ChatRequest['response_format']): unknown {
  if (format?.type === 'json_object') return JSON_OBJECT_SCHEMA;
  return format?.type === 'json_schema' ? (format.json_schema.schema ?? JSON_OBJECT_SCHEMA) : undefined;
}

/** One request for each prompt of the body. */
export function completionToGenerate(body: CompletionRequest): GenerateRequest[] {
  const { prompt } = body;
  const options = {
    ...defined({ ...common(body), maxTokens: body.max_tokens ?? 16, logprobs: body.logprobs }),
  };
  if (typeof prompt === 'string') return [{ ...options, prompt }];
  if (typeof prompt[0] === 'number') return [{ ...options, tokens: prompt as number[] }];
  return (prompt as (string | number[])[]).map((each) =>
    typeof each === 'string' ? { ...options, prompt: each } : { ...options, tokens: each },
  );
}

/** The choices of one seeded request differ, and each of them is repeatable. */
export function distinct<T extends { readonly seed?: number }>(request: T, index: number): T {
  return request.seed === undefined || index === 0
    ? request
    : { ...request, seed: (request.seed + index) >>> 0 };
}

export const textOf = (content: string | readonly { readonly text: string }[] | null | undefined): string =>
  typeof content === 'string' ? content : (content ?? []).map((part) => part.text).join('');

function toMessage({
  role,
  content,
  tool_calls: calls,
  ...rest
}: ChatRequest['messages'][number]): ChatMessage {
  const message = { ...rest, role: role === 'developer' ? 'system' : role, content: textOf(content) };
  return calls == null || calls.length === 0 ? message : { ...message, tool_calls: calls };
}
