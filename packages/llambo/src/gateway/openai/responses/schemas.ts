import { z } from 'zod';
import { functionName } from '../schemas.ts';

const part = z.object({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });

const message = z.object({
  type: z.literal('message').optional(),
  id: z.string().nullish(),
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(part)]),
});
const call = z.object({
  type: z.literal('function_call'),
  id: z.string().nullish(),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
const callOutput = z.object({
  type: z.literal('function_call_output'),
  id: z.string().nullish(),
  call_id: z.string(),
  output: z.union([z.string(), z.array(part)]),
});
const reasoning = z.looseObject({ type: z.literal('reasoning') });

export const itemSchema = z.union([message, call, callOutput, reasoning]);

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string().optional(),
    schema: z.looseObject({}).or(z.boolean()),
    strict: z.boolean().nullish(),
  }),
]);

const tool = z.object({
  type: z.literal('function', 'only tools of type function are supported'),
  name: functionName,
  description: z.string().nullish(),
  parameters: z.looseObject({}).nullish(),
  strict: z.boolean().nullish(),
});

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), name: z.string() }),
]);

export const responseSchema = z.object({
  model: z.string().optional(),
  input: z.union([z.string(), z.array(itemSchema).min(1)]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  store: z
    .boolean()
    .nullish()
    .describe('default true: kept in memory, so that a later request may follow it'),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  text: z.object({ format: format.nullish() }).nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  user: z.string().nullish(),
});

export type ResponseRequest = z.output<typeof responseSchema>;
export type ResponseItem = z.output<typeof itemSchema>;
