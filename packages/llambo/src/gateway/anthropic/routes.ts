import { Hono } from 'hono';
import { resumed } from '../answer-stream.ts';
import { principalOf, requires } from '../auth.ts';
import { errand } from '../errand.ts';
import { type Env, jsonResponse, readJson } from '../http.ts';
import { split } from '../openai/chat.ts';
import { envelopeFor, headersOf, streamedAnswers, type WholeAnswer, wholeAnswers } from '../run.ts';
import type { Services } from '../services.ts';
import { toChat, toGenerate } from './convert.ts';
import { countSchema, messagesSchema } from './schemas.ts';
import { type Block, messageShape, useBlock } from './shape.ts';
import { MessageWriter } from './stream.ts';

/** Anthropic's messages API: https://docs.anthropic.com/en/api/messages */
export function anthropicRoutes(services: Services): Hono<Env> {
  const app = new Hono<Env>();
  app.use('*', requires('infer', services.auth));

  app.post('/', async (context) => {
    const again = resumed(services, context);
    if (again !== undefined) return again;
    const body = messagesSchema.parse(await readJson(context));
    const { request, names } = await toGenerate(services, body);
    const session = body.metadata?.user_id ?? undefined;
    const run = {
      services,
      context,
      api: 'messages',
      prefix: 'msg',
      model: body.model,
      session,
      requests: [request],
    };
    const envelope = envelopeFor(run);
    if (body.stream) {
      return streamedAnswers(run, envelope, (stream) => new MessageWriter(stream, envelope, names));
    }
    const [{ text, finish }] = (await wholeAnswers(run, envelope)) as [WholeAnswer];
    const { content, calls } = split(names, text);
    const blocks: Block[] = [
      ...(calls.length > 0 && content.trim() === '' ? [] : [{ type: 'text' as const, text: content }]),
      ...calls.map(useBlock),
    ];
    return jsonResponse(
      context,
      messageShape(envelope, blocks, finish),
      headersOf(envelope, finish.assignment),
    );
  });

  app.post('/count_tokens', async (context) => {
    const body = countSchema.parse(await readJson(context));
    const { request } = await toChat(services, body);
    const { orchestrator } = services;
    const asked = { principal: principalOf(context), api: 'count_tokens', model: body.model, tokens: 0 };
    const tokens = await errand(services, asked, async () => {
      const text = await orchestrator.applyTemplate(body.model, request.messages ?? [], request.tools);
      return orchestrator.tokenize(body.model, text);
    });
    return context.json({ input_tokens: tokens.length });
  });
  return app;
}
