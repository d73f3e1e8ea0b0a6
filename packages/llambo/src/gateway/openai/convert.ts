import { type ChatMessage, type GenerateRequest, JSON_OBJECT_SCHEMA } from '@llambo/llama';
import type { ChatRequest, CompletionRequest } from './schemas.ts';

type Common = Pick<ChatRequest, Exclude<keyof ChatRequest & keyof CompletionRequest, 'logprobs'>>;

/** Options that both kinds of request have. `null` means the default, as in OpenAI's reference. */
function common(body: Common): GenerateRequest {
  return defined({
    temperature: body.temperature ?? 1,
    topP: body.top_p ?? 1,
    topK: body.top_k,
    minP: body.min_p,
    repeatPenalty: body.repeat_penalty,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    seed: body.seed == null ? undefined : body.seed >>> 0,
    stop: body.stop,
    logitBias: body.logit_bias,
    ignoreEos: body.ignore_eos,
    grammar: body.grammar,
    cachePrompt: body.cache_prompt,
  });
}

export function chatToGenerate(body: ChatRequest): GenerateRequest {
  const format = body.response_format;
  return defined({
    ...common(body),
    messages: body.messages.map(toMessage),
    maxTokens: body.max_completion_tokens ?? body.max_tokens,
    logprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
    jsonSchema:
      format?.type === 'json_schema'
        ? format.json_schema.schema
        : format?.type === 'json_object'
          ? JSON_OBJECT_SCHEMA
          : undefined,
    tools: body.tools,
  });
}

/** One request for each prompt of the body. */
export function completionToGenerate(body: CompletionRequest): GenerateRequest[] {
  const { prompt } = body;
  const options = {
    ...common(body),
    ...defined({ maxTokens: body.max_tokens ?? 16, logprobs: body.logprobs }),
  };
  if (typeof prompt === 'string') return [{ ...options, prompt }];
  if (typeof prompt[0] === 'number') return [{ ...options, tokens: prompt as number[] }];
  return (prompt as string[]).map((text) => ({ ...options, prompt: text }));
}

/** The choices of one seeded request differ, and each of them is repeatable. */
export function distinct<T extends { readonly seed?: number }>(request: T, index: number): T {
  return request.seed === undefined || index === 0
    ? request
    : { ...request, seed: (request.seed + index) >>> 0 };
}

function toMessage({ role, content, ...rest }: ChatRequest['messages'][number]): ChatMessage {
  const text = typeof content === 'string' ? content : (content ?? []).map((part) => part.text).join('');
  return { ...rest, role: role === 'developer' ? 'system' : role, content: text };
}

/** Without the members that are undefined or null. */
function defined(object: Record<string, unknown>): GenerateRequest {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value != null)) as GenerateRequest;
}
