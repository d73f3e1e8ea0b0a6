import { Hono } from 'hono';
import { resumed } from '../answer-stream.ts';
import { requires } from '../auth.ts';
import { type Env, readJson } from '../http.ts';
import type { Run } from '../run.ts';
import type { Services } from '../services.ts';
import { type Shape, streamedResponse, wholeResponse } from './answer.ts';
import { chatToGenerate, completionToGenerate, distinct } from './convert.ts';
import { chatSchema, completionSchema } from './schemas.ts';
import { chatLogprobs, completionLogprobs } from './shapes.ts';

const CHAT: Shape = {
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  choice: (index, { text, logprobs, reason }) => ({
    index,
    message: { role: 'assistant', content: text, refusal: null },
    logprobs: chatLogprobs(logprobs),
    finish_reason: reason,
  }),
  writer: (index) => ({
    opening: () => [{ index, delta: { role: 'assistant', content: '' }, finish_reason: null }],
    delta: ({ text, logprobs }) =>
      text === '' && logprobs === undefined
        ? []
        : [
            {
              index,
              delta: { content: text },
              ...(logprobs === undefined ? {} : { logprobs: chatLogprobs(logprobs) }),
              finish_reason: null,
            },
          ],
    closing: (reason) => [{ index, delta: {}, finish_reason: reason }],
  }),
};

const COMPLETION: Shape = {
  object: 'text_completion',
  chunkObject: 'text_completion',
  choice: (index, { text, logprobs, reason }) => ({
    index,
    text,
    logprobs: completionLogprobs(logprobs, 0),
    finish_reason: reason,
  }),
  writer: (index) => {
    let offset = 0;
    return {
      opening: () => [],
      delta({ text, logprobs }) {
        if (text === '' && logprobs === undefined) return [];
        const choice = { index, text, logprobs: completionLogprobs(logprobs, offset), finish_reason: null };
        offset += text.length;
        return [choice];
      },
      closing: (reason) => [{ index, text: '', logprobs: null, finish_reason: reason }],
    };
  },
};

/** The OpenAI API: https://platform.openai.com/docs/api-reference */
export function openaiRoutes(services: Services): Hono<Env> {
  const { orchestrator, auth } = services;
  const app = new Hono<Env>();
  app.use('*', requires('infer', auth));

  app.post('/chat/completions', async (context) => {
    const again = resumed(services, context);
    if (again !== undefined) return again;
    const body = chatSchema.parse(await readJson(context));
    const requests = Array.from({ length: body.n ?? 1 }, (_, i) => distinct(chatToGenerate(body), i));
    const run = {
      services,
      context,
      api: 'chat',
      prefix: 'chatcmpl',
      model: body.model,
      session: body.user,
      requests,
    };
    return answer(run, CHAT, body);
  });

  app.post('/completions', async (context) => {
    const again = resumed(services, context);
    if (again !== undefined) return again;
    const body = completionSchema.parse(await readJson(context));
    const requests = completionToGenerate(body).flatMap((request) =>
      Array.from({ length: body.n ?? 1 }, (_, i) => distinct(request, i)),
    );
    const run = {
      services,
      context,
      api: 'completions',
      prefix: 'cmpl',
      model: body.model,
      session: body.user,
      requests,
    };
    return answer(run, COMPLETION, body);
  });

  app.get('/models', (context) =>
    context.json({
      object: 'list',
      data: orchestrator.models().map((model) => modelShape(services, model.name)),
    }),
  );
  app.get('/models/:name{.+}', (context) => {
    const { model } = orchestrator.resolve(context.req.param('name'));
    return context.json(modelShape(services, model));
  });
  return app;
}

function modelShape({ orchestrator }: Services, name: string): Record<string, unknown> {
  return {
    id: name,
    object: 'model',
    created: Math.floor(orchestrator.startedAt / 1000),
    owned_by: 'llambo',
  };
}

interface Streamable {
  readonly stream?: boolean | null | undefined;
  readonly stream_options?: { readonly include_usage?: boolean | undefined } | null | undefined;
}

const answer = (run: Run, shape: Shape, { stream, stream_options }: Streamable): Promise<Response> =>
  stream ? streamedResponse(run, shape, stream_options?.include_usage ?? false) : wholeResponse(run, shape);
