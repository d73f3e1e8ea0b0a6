/** Request bodies of Anthropic's messages API, as its reference documents them; members that are not listed are ignored. */
import { z } from 'zod';
import { functionName } from '../openai/schemas.ts';

const textBlock = z.object({ type: z.literal('text'), text: z.string() });

const resultContent = z.union([z.string(), z.array(textBlock)]);

const block = z.discriminatedUnion('type', [
  textBlock,
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.looseObject({}) }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: resultContent.nullish(),
    is_error: z.boolean().nullish(),
  }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
]);

const message = z.object({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block)]),
});

const tool = z.object({
  name: functionName,
  description: z.string().nullish(),
  input_schema: z.looseObject({}),
});

const toolChoice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auto'), disable_parallel_tool_use: z.boolean().nullish() }),
  z.object({ type: z.literal('any'), disable_parallel_tool_use: z.boolean().nullish() }),
  z.object({ type: z.literal('tool'), name: z.string(), disable_parallel_tool_use: z.boolean().nullish() }),
  z.object({ type: z.literal('none') }),
]);

const prompt = {
  model: z.string().min(1),
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  messages: z.array(message).min(1),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: toolChoice.nullish(),
};

export const countSchema = z.object(prompt);

export const messagesSchema = z.object({
  ...prompt,
  max_tokens: z.int().min(1),
  stop_sequences: z.array(z.string().min(1)).max(16).nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).max(1_000_000).nullish(),
  metadata: z.object({ user_id: z.string().nullish() }).nullish(),
});

export type CountRequest = z.output<typeof countSchema>;
export type MessagesRequest = z.output<typeof messagesSchema>;
