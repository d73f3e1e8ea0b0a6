/** Texts and tokens, by the names of llama.cpp's server and of vLLM's. */
import { Hono } from 'hono';
import { z } from 'zod';
import { LlamboError } from '../errors.ts';
import { requires } from './auth.ts';
import { type Env, readJson } from './http.ts';
import { textOf } from './openai/convert.ts';
import { messageSchema, tokenIds } from './openai/schemas.ts';
import type { Services } from './services.ts';

export const tokenizeSchema = z.object({
  model: z.string().optional(),
  content: z.string().nullish(),
  prompt: z.string().nullish().describe('the same as content'),
  messages: z.array(messageSchema).min(1).nullish(),
  with_pieces: z.boolean().nullish().describe('each token with its text'),
});

export const detokenizeSchema = z.object({
  model: z.string().optional(),
  tokens: tokenIds.max(1_000_000),
});

export const templateSchema = z.object({
  model: z.string().optional(),
  messages: z.array(messageSchema).min(1),
});

type Messages = z.output<typeof templateSchema>['messages'];

const toChat = (messages: Messages): { role: string; content: string }[] =>
  messages.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    content: textOf(content),
  }));

export function tokenRoutes({ orchestrator, auth }: Services): Hono<Env> {
  const app = new Hono<Env>();
  const infer = requires('infer', auth);

  app.post('/tokenize', infer, async (context) => {
    const {
      model,
      content,
      prompt,
      messages,
      with_pieces: pieces,
    } = tokenizeSchema.parse(await readJson(context));
    const given = content ?? prompt;
    if (given == null && messages == null)
      throw new LlamboError('bad-request', 'one of content, prompt and messages is needed');
    const text = given ?? (await orchestrator.applyTemplate(model, toChat(messages as Messages)));
    const ids = text === '' ? [] : await orchestrator.tokenize(model, text);
    const resolved = orchestrator.resolve(model).model;
    const tokens = pieces
      ? await Promise.all(ids.map(async (id) => ({ id, piece: await orchestrator.detokenize(model, [id]) })))
      : ids;
    const context_size = orchestrator.models().find(({ name }) => name === resolved)?.context ?? null;
    return context.json({ tokens, count: ids.length, max_model_len: context_size });
  });

  app.post('/detokenize', infer, async (context) => {
    const { model, tokens } = detokenizeSchema.parse(await readJson(context));
    orchestrator.resolve(model);
    const text = tokens.length === 0 ? '' : await orchestrator.detokenize(model, tokens);
    return context.json({ content: text, prompt: text });
  });

  app.post('/apply-template', infer, async (context) => {
    const { model, messages } = templateSchema.parse(await readJson(context));
    return context.json({ prompt: await orchestrator.applyTemplate(model, toChat(messages)) });
  });
  return app;
}
