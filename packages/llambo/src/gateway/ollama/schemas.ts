/** Request bodies of Ollama's API, as its documentation describes them; members that are not listed are ignored. */
import { z } from 'zod';
import { functionName } from '../openai/schemas.ts';

const images = z.array(z.unknown()).max(0, 'images are not supported').nullish();

const options = z
  .looseObject({
    temperature: z.number().min(0).max(2).nullish(),
    top_k: z.int().min(0).max(1_000_000).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    min_p: z.number().min(0).max(1).nullish(),
    seed: z.int().nullish(),
    num_predict: z.int().min(-2).max(1_000_000).nullish().describe('tokens at most; below 1: as many as fit'),
    stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(16)]).nullish(),
    repeat_penalty: z.number().min(0.01).max(10).nullish(),
    repeat_last_n: z.int().min(-1).max(1_000_000).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
  })
  .nullish();

const format = z.union([z.literal(''), z.literal('json'), z.looseObject({})]).nullish();

const common = {
  model: z.string().min(1),
  stream: z.boolean().nullish().describe('default true'),
  format,
  options,
  keep_alive: z.union([z.string(), z.number()]).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
};

const message = z.looseObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  images,
  tool_calls: z
    .array(
      z.looseObject({
        function: z.looseObject({ name: z.string(), arguments: z.looseObject({}).nullish() }),
      }),
    )
    .nullish(),
  tool_name: z.string().nullish(),
});

const tool = z.object({
  type: z.string().optional(),
  function: z.object({
    name: functionName,
    description: z.string().nullish(),
    parameters: z.looseObject({}).nullish(),
  }),
});

export const chatSchema = z.object({
  ...common,
  messages: z.array(message),
  tools: z.array(tool).max(128).nullish(),
});

export const generateSchema = z.object({
  ...common,
  prompt: z.string().nullish(),
  system: z.string().nullish(),
  raw: z.boolean().nullish().describe('the prompt as it is, without the model template'),
  suffix: z.literal('', 'is not supported: the models cannot fill in between two texts').nullish(),
  template: z.literal('', 'is not supported: the model brings its own template').nullish(),
  images,
});

export const embedSchema = z.object({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).max(2048)]),
  dimensions: z.int().min(1).nullish(),
  truncate: z.boolean().nullish(),
});

export const embeddingsSchema = z.object({ model: z.string().min(1), prompt: z.string() });
export const showSchema = z.union(
  [z.object({ model: z.string().min(1) }), z.object({ name: z.string().min(1) })],
  'needs a member model',
);

export type OllamaCommon = z.output<z.ZodObject<typeof common>>;
export type OllamaChat = z.output<typeof chatSchema>;
export type OllamaGenerate = z.output<typeof generateSchema>;
