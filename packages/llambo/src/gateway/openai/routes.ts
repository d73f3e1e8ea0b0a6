import { Hono } from 'hono';
import type { Orchestrator } from '../../cluster/orchestrator.ts';
import { type AnswerOptions, type Shape, streamedAnswer, wholeAnswer } from './answer.ts';
import { chatToGenerate, completionToGenerate } from './convert.ts';
import { chatSchema, completionSchema } from './schemas.ts';
import { chatLogprobs, completionLogprobs } from './shapes.ts';

const CHAT: Shape = {
  prefix: 'chatcmpl',
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  choice: (index, { text, logprobs, reason }) => ({
    index,
    message: { role: 'assistant', content: text, refusal: null },
    logprobs: chatLogprobs(logprobs),
    finish_reason: reason,
  }),
  opening: (index) => ({ index, delta: { role: 'assistant', content: '' }, finish_reason: null }),
  delta: (index, { text, logprobs }) => ({
    index,
    delta: { content: text },
    ...(logprobs === undefined ? {} : { logprobs: chatLogprobs(logprobs) }),
    finish_reason: null,
  }),
  closing: (index, reason) => ({ index, delta: {}, finish_reason: reason }),
};

const COMPLETION: Shape = {
  prefix: 'cmpl',
  object: 'text_completion',
  chunkObject: 'text_completion',
  choice: (index, { text, logprobs, reason }) => ({
    index,
    text,
    logprobs: completionLogprobs(logprobs, 0),
    finish_reason: reason,
  }),
  delta: (index, { text, logprobs }, offset) => ({
    index,
    text,
    logprobs: completionLogprobs(logprobs, offset),
    finish_reason: null,
  }),
  closing: (index, reason) => ({ index, text: '', logprobs: null, finish_reason: reason }),
};

/** The OpenAI API: https://platform.openai.com/docs/api-reference */
export function openaiRoutes(orchestrator: Orchestrator): Hono {
  const app = new Hono();

  app.post('/chat/completions', async (context) => {
    const body = chatSchema.parse(await readJson(context.req.raw));
    const requests = Array.from({ length: body.n ?? 1 }, (_, i) => distinct(chatToGenerate(body), i));
    return answer(body, {
      orchestrator,
      model: body.model,
      session: body.user,
      requests,
      shape: CHAT,
      signal: context.req.raw.signal,
    });
  });

  app.post('/completions', async (context) => {
    const body = completionSchema.parse(await readJson(context.req.raw));
    const requests = completionToGenerate(body).flatMap((request) =>
      Array.from({ length: body.n ?? 1 }, (_, i) => distinct(request, i)),
    );
    return answer(body, {
      orchestrator,
      model: body.model,
      session: body.user,
      requests,
      shape: COMPLETION,
      signal: context.req.raw.signal,
    });
  });

  app.get('/models', (context) =>
    context.json({
      object: 'list',
      data: orchestrator.models().map((model) => modelShape(orchestrator, model.name)),
    }),
  );
  app.get('/models/:name{.+}', (context) => {
    const { model } = orchestrator.resolve(context.req.param('name'));
    return context.json(modelShape(orchestrator, model));
  });
  return app;
}

function modelShape(orchestrator: Orchestrator, name: string): Record<string, unknown> {
  return {
    id: name,
    object: 'model',
    created: Math.floor(orchestrator.startedAt / 1000),
    owned_by: 'llambo',
  };
}

/** The choices of one seeded request differ, and each of them is repeatable. */
function distinct<T extends { readonly seed?: number }>(request: T, index: number): T {
  return request.seed === undefined || index === 0
    ? request
    : { ...request, seed: (request.seed + index) >>> 0 };
}

type Streamable = {
  readonly stream?: boolean | null;
  readonly stream_options?: { include_usage?: boolean } | null;
};

function answer(body: Streamable, options: Omit<AnswerOptions, 'includeUsage'>): Promise<Response> {
  // An unknown model is known before anything is sent.
  options.orchestrator.resolve(options.model);
  const includeUsage = body.stream_options?.include_usage ?? false;
  return body.stream
    ? streamedAnswer({ ...options, includeUsage })
    : wholeAnswer({ ...options, includeUsage });
}

/** @throws SyntaxError with what was wrong with the body */
async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`request body is not JSON: ${(error as Error).message}`);
  }
}
