/** Request bodies of the OpenAI API, as its reference documents them; members that are not listed are ignored. */
import { z } from 'zod';

const stop = z
  .union([z.string().min(1), z.array(z.string().min(1)).max(16)])
  .nullish()
  .describe('texts before which the answer ends, 16 at most');

/** A member that other servers have, and this one cannot honour. */
const unsupported = (why: string): z.ZodType<null | undefined> =>
  z.null(`is not supported: ${why}`).optional() as z.ZodType<null | undefined>;

export const sampling = {
  model: z.string().optional().describe('name of a model or of a node class; default: the first class'),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop,
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.int().min(1).max(16).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z
    .record(z.string().regex(/^\d+$/, 'is not a token id'), z.number().min(-100).max(100))
    .nullish()
    .describe('token id to -100..100, added to its logit'),
  user: z.string().nullish().describe('keeps a conversation on one node where the strategy does'),
  // Beyond OpenAI, by the names that llama.cpp's server uses.
  top_k: z.int().min(0).max(1_000_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repeat_penalty: z.number().min(0.01).max(10).nullish(),
  ignore_eos: z.boolean().nullish(),
  grammar: z.string().nullish().describe('GBNF; the answer is a sentence of its rule root'),
  cache_prompt: z.boolean().nullish(),
};

const textPart = z.object({ type: z.enum(['text', 'input_text', 'output_text']), text: z.string() });
const content = z.union([z.string(), z.array(textPart)]);

const toolCall = z.looseObject({
  id: z.string().optional(),
  type: z.literal('function').optional(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

export const messageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: content.nullish(),
  tool_calls: z.array(toolCall).nullish(),
});

const schema = z.looseObject({}).or(z.boolean());

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({
      name: z.string().optional(),
      schema: schema.optional(),
      strict: z.boolean().nullish(),
    }),
  }),
]);

export const functionName = z.string().regex(/^[\w.-]{1,64}$/, 'must be up to 64 letters, digits and _ . -');

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: functionName,
    description: z.string().nullish(),
    parameters: z.looseObject({}).nullish(),
    strict: z.boolean().nullish(),
  }),
});

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
]);

export const chatSchema = z.object({
  ...sampling,
  messages: z.array(messageSchema).min(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: responseFormat.nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  fusion: z.looseObject({}).nullish().describe('details of a fusion, when model is fusion[:STRATEGY]'),
  audio: unsupported('answers are text'),
});

/** Token ids are 32 bits with a sign, in llama.cpp. */
export const tokenIds = z.array(z.int().min(0).max(0x7fffffff));
const tokens = tokenIds.min(1);

export const completionSchema = z.object({
  ...sampling,
  prompt: z.union([z.string(), tokens, z.array(z.string()).min(1).max(16), z.array(tokens).min(1).max(16)]),
  max_tokens: z.int().min(0).nullish().describe('default 16; 0 only with echo'),
  logprobs: z.int().min(0).max(20).nullish(),
  echo: z.boolean().nullish().describe('the prompt before the answer'),
  best_of: z.int().min(1).max(16).nullish(),
  suffix: unsupported('the models cannot fill in between two texts'),
});

export const embeddingSchema = z.object({
  model: z.string().optional(),
  input: z.union([
    z.string().min(1),
    tokens.max(100_000),
    z.array(z.string().min(1)).min(1).max(2048),
    z.array(tokens).min(1).max(2048),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z
    .int()
    .min(1)
    .nullish()
    .describe('only so many of the first numbers, brought to length 1 again'),
  user: z.string().nullish(),
});

export const rerankSchema = z.object({
  model: z.string().optional(),
  query: z.string().min(1),
  documents: z
    .array(z.union([z.string(), z.object({ text: z.string() })]))
    .min(1)
    .max(1000),
  top_n: z.int().min(1).nullish(),
  return_documents: z.boolean().nullish(),
  method: z
    .enum(['likelihood', 'embedding'])
    .nullish()
    .describe('likelihood (default): how likely the query is after the document; embedding: cosine'),
});

export type ChatRequest = z.output<typeof chatSchema>;
export type CompletionRequest = z.output<typeof completionSchema>;
export type EmbeddingRequest = z.output<typeof embeddingSchema>;
export type RerankRequest = z.output<typeof rerankSchema>;
