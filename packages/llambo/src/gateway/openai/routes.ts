import type { GenerateRequest, ModelInfo } from '@llambo/llama';
import { Hono } from 'hono';
import { LlamboError } from '../../errors.ts';
import { isFusionModel } from '../../fusion/index.ts';
import { replayed, resumed } from '../answer-stream.ts';
import { type Principal, principalOf, requires } from '../auth.ts';
import { fusionChat } from '../fusion.ts';
import { type Ctx, type Env, readJson } from '../http.ts';
import type { Run } from '../run.ts';
import type { Services } from '../services.ts';
import { type Shape, streamedResponse, wholeResponse } from './answer.ts';
import { chatShape } from './chat.ts';
import { completionShape, type Echoed, echoOf } from './completion.ts';
import { chatToGenerate, completionToGenerate, distinct } from './convert.ts';
import { embeddings } from './embeddings.ts';
import { rerank } from './rerank.ts';
import { responsesRoutes } from './responses/routes.ts';
import {
  type CompletionRequest,
  chatSchema,
  completionSchema,
  embeddingSchema,
  rerankSchema,
} from './schemas.ts';

/** Answers of one request at most, whatever its prompts and `n` make together. */
const MOST_ANSWERS = 64;

/** The OpenAI API: https://platform.openai.com/docs/api-reference */
export function openaiRoutes(services: Services): Hono<Env> {
  const { orchestrator, auth } = services;
  const app = new Hono<Env>();
  app.use('*', requires('infer', auth));

  app.post('/chat/completions', (context) => chatCompletions(services, context));

  app.post('/completions', async (context) => {
    const again = resumed(services, context);
    if (again !== undefined) return again;
    const body = completionSchema.parse(await readJson(context));
    const prompts = completionToGenerate(body);
    const echoes = body.echo ? await echoesOf(services, principalOf(context), body, prompts) : undefined;
    if (body.max_tokens === 0) return Response.json(onlyEchoes(services, body, echoes));
    const requests = prompts.flatMap((request) => copies(request, body.n));
    if (requests.length > MOST_ANSWERS) {
      throw new LlamboError('bad-request', `prompts times n must be at most ${MOST_ANSWERS}`);
    }
    const session = body.user ?? undefined;
    const run = {
      services,
      context,
      api: 'completions',
      prefix: 'cmpl',
      model: body.model,
      session,
      requests,
    };
    return answer(run, completionShape(echoes?.flatMap((echo) => copies(echo, body.n))), body);
  });

  app.post('/embeddings', async (context) => {
    const body = embeddingSchema.parse(await readJson(context));
    return context.json(await embeddings(services, principalOf(context), body));
  });

  app.post('/rerank', async (context) => {
    const body = rerankSchema.parse(await readJson(context));
    return context.json(await rerank(services, principalOf(context), body));
  });

  app.route('/responses', responsesRoutes(services));

  app.get('/streams/:id', (context) => replayed(services, context, context.req.param('id')));

  app.get('/models', (context) => {
    const data = orchestrator.models().map((info) => modelShape(services, info.name, info));
    const ids = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
    return context.json({ object: 'list', data, has_more: false, ...ids });
  });
  app.get('/models/:name{.+}', (context) => {
    const { model } = orchestrator.resolve(context.req.param('name'));
    const info = orchestrator.models().find(({ name }) => name === model);
    return context.json(modelShape(services, model, info));
  });
  return app;
}

/** `POST /v1/chat/completions`, wherever the request came in. */
export async function chatCompletions(services: Services, context: Ctx): Promise<Response> {
  const again = resumed(services, context);
  if (again !== undefined) return again;
  const body = chatSchema.parse(await readJson(context));
  if (body.model !== undefined && isFusionModel(body.model)) return fusionChat(services, context, body);
  const offered = chatToGenerate(services, body);
  const { request, names } = offered instanceof Promise ? await offered : offered;
  const requests = copies(request, body.n);
  const session = body.user ?? undefined;
  const run = { services, context, api: 'chat', prefix: 'chatcmpl', model: body.model, session, requests };
  return answer(run, chatShape(names), body);
}

/**
 * Members of OpenAI's shape and of Anthropic's: both ask at the same place. The context is told by the names that
 * OpenRouter and LM Studio (context_length), vLLM (max_model_len) and llama.cpp's server (meta) use.
 *
 * @param info undefined while the model's engine has not told of itself
 */
function modelShape(
  { orchestrator }: Services,
  name: string,
  info: ModelInfo | undefined,
): Record<string, unknown> {
  return {
    id: name,
    object: 'model',
    created: Math.floor(orchestrator.startedAt / 1000),
    owned_by: 'llambo',
    type: 'model',
    display_name: name,
    created_at: new Date(orchestrator.startedAt).toISOString(),
    ...(info === undefined ? {} : sizesOf(info)),
  };
}

function sizesOf(info: ModelInfo): Record<string, unknown> {
  const { context, trainedContext, vocabulary, embeddingLength, parameters, bytes } = info;
  return {
    context_length: context,
    max_model_len: context,
    meta: {
      n_ctx: context,
      n_ctx_train: trainedContext,
      n_vocab: vocabulary,
      n_embd: embeddingLength,
      n_params: parameters,
      size: bytes,
    },
  };
}

const copies = <T extends GenerateRequest | Echoed>(each: T, n: number | null | undefined): T[] =>
  Array.from({ length: n ?? 1 }, (_, i) => ('text' in each ? each : (distinct(each, i) as T)));

const echoesOf = (
  services: Services,
  principal: Principal,
  { model }: CompletionRequest,
  prompts: readonly GenerateRequest[],
): Promise<Echoed[]> => Promise.all(prompts.map((prompt) => echoOf(services, principal, model, prompt)));

/** Nothing is generated: what measures texts asks for their log-probabilities like this. */
function onlyEchoes(
  { orchestrator }: Services,
  { model, stream }: CompletionRequest,
  echoes: readonly Echoed[] | undefined,
): Record<string, unknown> {
  if (echoes === undefined || stream) {
    throw new LlamboError(
      'bad-request',
      'max_tokens must be at least 1, unless echo is set and stream is not',
    );
  }
  const shape = completionShape(echoes);
  return {
    id: 'cmpl-echo',
    object: shape.object,
    created: Math.floor(Date.now() / 1000),
    model: model || orchestrator.resolve(model).model,
    choices: echoes.map((_, index) => shape.choice(index, { text: '', logprobs: [], reason: 'length' })),
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  };
}

interface Streamable {
  readonly stream?: boolean | null | undefined;
  readonly stream_options?: { readonly include_usage?: boolean | null | undefined } | null | undefined;
}

const answer = (run: Run, shape: Shape, { stream, stream_options }: Streamable): Promise<Response> =>
  stream ? streamedResponse(run, shape, stream_options?.include_usage ?? false) : wholeResponse(run, shape);
