import type { ModelInfo } from '@llambo/llama';
import { Hono } from 'hono';
import { principalOf, requires } from '../auth.ts';
import { type Env, readJson } from '../http.ts';
import { embed, shortened } from '../openai/embeddings.ts';
import type { Services } from '../services.ts';
import { VERSION } from '../version.ts';
import { answer, sayChat, sayGenerate } from './answer.ts';
import { chatToGenerate, plainName, promptToGenerate } from './convert.ts';
import { runningShape, showShape, tagShape } from './models.ts';
import { chatSchema, embeddingsSchema, embedSchema, generateSchema, showSchema } from './schemas.ts';

/** Ollama's API: https://github.com/ollama/ollama/blob/main/docs/api.md */
export function ollamaRoutes(services: Services): Hono<Env> {
  const { orchestrator, auth } = services;
  const app = new Hono<Env>();
  const infer = requires('infer', auth);
  const find = (name: string): ModelInfo => {
    const { model } = orchestrator.resolve(plainName(name));
    return orchestrator.models().find((info) => info.name === model) as ModelInfo;
  };

  app.get('/version', (context) => context.json({ version: VERSION }));
  app.get('/tags', infer, (context) =>
    context.json({ models: orchestrator.models().map((info) => tagShape(services, info)) }),
  );
  app.get('/ps', infer, (context) =>
    context.json({ models: orchestrator.models().map((info) => runningShape(services, info)) }),
  );
  app.post('/show', infer, async (context) => {
    const body = showSchema.parse(await readJson(context));
    return context.json(showShape(services, find('model' in body ? body.model : body.name)));
  });

  app.post('/chat', infer, async (context) => {
    const body = chatSchema.parse(await readJson(context));
    const model = plainName(body.model);
    if (body.messages.length === 0) return context.json(loaded(find(model), sayChat('', [])));
    const asked = await chatToGenerate(services, body);
    const stream = body.stream ?? true;
    return answer(
      { services, context, api: 'ollama chat', named: body.model, model, stream, ...asked },
      sayChat,
    );
  });

  app.post('/generate', infer, async (context) => {
    const body = generateSchema.parse(await readJson(context));
    const model = plainName(body.model);
    if ((body.prompt ?? '') === '') return context.json(loaded(find(model), sayGenerate('', [])));
    const asked = { request: promptToGenerate(body), names: [], stream: body.stream ?? true };
    return answer(
      { services, context, api: 'ollama generate', named: body.model, model, ...asked },
      sayGenerate,
    );
  });

  app.post('/embed', infer, async (context) => {
    const body = embedSchema.parse(await readJson(context));
    const startedAt = performance.now();
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    const model = plainName(body.model);
    orchestrator.resolve(model);
    const { vectors, tokens } =
      texts.length === 0
        ? { vectors: [], tokens: 0 }
        : await embed(services, principalOf(context), 'embed', model, texts);
    return context.json({
      model: body.model,
      embeddings: vectors.map((vector) => [...shortened(vector, body.dimensions)]),
      total_duration: Math.round((performance.now() - startedAt) * 1e6),
      load_duration: 0,
      prompt_eval_count: tokens,
    });
  });

  app.post('/embeddings', infer, async (context) => {
    const body = embeddingsSchema.parse(await readJson(context));
    const model = plainName(body.model);
    orchestrator.resolve(model);
    if (body.prompt === '') return context.json({ embedding: [] });
    const { vectors } = await embed(services, principalOf(context), 'embed', model, [body.prompt]);
    return context.json({ embedding: [...(vectors[0] as Float32Array)] });
  });
  return app;
}

/** A question without words only wants the model to be there. */
const loaded = ({ name }: ModelInfo, said: Record<string, unknown>): Record<string, unknown> => ({
  model: name,
  created_at: new Date().toISOString(),
  ...said,
  done: true,
  done_reason: 'load',
});
