/** Request bodies of the OpenAI API, as its reference documents them; members that are not listed are ignored. */
import { z } from 'zod';

const stop = z
  .union([z.string().min(1), z.array(z.string().min(1)).max(16)])
  .nullish()
  .transform((value) => (value == null ? undefined : typeof value === 'string' ? [value] : value));

const sampling = {
  model: z.string().optional(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop,
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  n: z.int().min(1).max(16).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string().regex(/^\d+$/), z.number().min(-100).max(100)).nullish(),
  user: z.string().optional(),
  // Beyond OpenAI, by the names that llama.cpp's server uses.
  top_k: z.int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repeat_penalty: z.number().min(0.01).max(10).nullish(),
  ignore_eos: z.boolean().nullish(),
  grammar: z.string().nullish(),
  cache_prompt: z.boolean().nullish(),
};

const textPart = z.object({ type: z.literal('text'), text: z.string() });

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(textPart)]).nullish(),
});

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string().optional(), schema: z.unknown() }),
  }),
]);

export const chatSchema = z.object({
  ...sampling,
  messages: z.array(message).min(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: responseFormat.nullish(),
  tools: z.array(z.unknown()).nullish(),
});

export const completionSchema = z.object({
  ...sampling,
  prompt: z.union([z.string(), z.array(z.int().min(0)).min(1), z.array(z.string()).min(1).max(16)]),
  max_tokens: z.int().min(1).nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  echo: z.boolean().nullish(),
});

export type ChatRequest = z.output<typeof chatSchema>;
export type CompletionRequest = z.output<typeof completionSchema>;
