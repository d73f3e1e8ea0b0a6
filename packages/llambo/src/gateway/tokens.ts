/** Texts and tokens, by the names of llama.cpp's server and of vLLM's. */
import { Hono } from 'hono';
import { z } from 'zod';
import { LlamboError } from '../errors.ts';
import { principalOf, requires } from './auth.ts';
import { errand } from './errand.ts';
import { type Ctx, type Env, readJson } from './http.ts';
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

export function tokenRoutes(services: Services): Hono<Env> {
  const { orchestrator, auth } = services;
  const app = new Hono<Env>();
  const infer = requires('infer', auth);

  const short = <T>(context: Ctx, api: string, model: string | undefined, work: () => Promise<T>) =>
    errand(services, { principal: principalOf(context), api, model, tokens: 0 }, work);

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
    const resolved = orchestrator.resolve(model).model;
    const { ids, tokens } = await short(context, 'tokenize', model, async () => {
      const text = given ?? (await orchestrator.applyTemplate(model, toChat(messages as Messages)));
      const ids = text === '' ? [] : await orchestrator.tokenize(model, text);
      const piece = async (id: number) => ({ id, piece: await orchestrator.detokenize(model, [id]) });
      return { ids, tokens: pieces ? await Promise.all(ids.map(piece)) : ids };
    });
    const context_size = orchestrator.models().find(({ name }) => name === resolved)?.context ?? null;
    return context.json({ tokens, count: ids.length, max_model_len: context_size });
  });

  app.post('/detokenize', infer, async (context) => {
    const { model, tokens } = detokenizeSchema.parse(await readJson(context));
    const text = await short(context, 'detokenize', model, async () =>
      tokens.length === 0 ? '' : orchestrator.detokenize(model, tokens),
    );
    return context.json({ content: text, prompt: text });
  });

  app.post('/apply-template', infer, async (context) => {
    const { model, messages } = templateSchema.parse(await readJson(context));
    const prompt = await short(context, 'apply-template', model, () =>
      orchestrator.applyTemplate(model, toChat(messages)),
    );
    return context.json({ prompt });
  });
  return app;
}
