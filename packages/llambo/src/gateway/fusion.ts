/** Questions to several nodes, by the cluster's own API and by OpenAI chats with a model named `fusion`. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AnswerSink, Inference, InferenceRequest } from '../cluster/inference.ts';
import { LlamboError } from '../errors.ts';
import { fusionJson, fusionMembers } from '../fusion/chat.ts';
import {
  type FusionCluster,
  type FusionHooks,
  type FusionHost,
  type FusionRequest,
  type FusionResult,
  fuse,
  fusionCluster,
  fusionOfChat,
} from '../fusion/index.ts';
import { AnswerStream, ownRequestId } from './answer-stream.ts';
import { ask } from './ask.ts';
import { principalOf } from './auth.ts';
import { errand, estimateOf, keyOf } from './errand.ts';
import { type Ctx, departureOf, failureOf, readJson } from './http.ts';
import { textOf } from './openai/convert.ts';
import { type ChatRequest, messageSchema } from './openai/schemas.ts';
import type { Services } from './services.ts';

export const fusionSchema = z.looseObject({
  query: z.string().min(1).optional(),
  messages: z.array(messageSchema).min(1).optional(),
  options: z.array(z.string().min(1)).min(2).max(26).nullish(),
  strategy: z.string().nullish(),
  model: z.string().nullish(),
  nodes: z.int().min(1).max(64).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: z.int().min(1).nullish(),
  seed: z.int().nullish(),
});

/** The cluster as a fusion needs it, with every vote measured and charged to who asked. */
function clusterFor(services: Services, context: Ctx): FusionCluster {
  const { orchestrator } = services;
  const principal = principalOf(context);
  const host: FusionHost = {
    get nodes() {
      return orchestrator.nodes;
    },
    infer: (request: InferenceRequest, sink: AnswerSink): Inference =>
      ask(services, request, principal, 'fusion', sink),
    score(model, request, signal) {
      const tokens = estimateOf([request.prompt ?? '', ...request.options]);
      return errand(services, { principal, api: 'fusion', model, tokens }, () =>
        orchestrator.score(model, { ...request, ...keyOf(principal) }, signal),
      );
    },
    embed: (model, texts) =>
      errand(services, { principal, api: 'fusion', model, tokens: estimateOf(texts) }, () =>
        orchestrator.embed(model, texts, keyOf(principal)),
      ),
  };
  return fusionCluster(host, orchestrator);
}

/** Runs a fusion for as long as its client is there. */
async function run(
  services: Services,
  context: Ctx,
  request: FusionRequest,
  hooks: FusionHooks,
): Promise<FusionResult> {
  // Fusion itself only knows nodes: that no node has such a model would be "try again later".
  if (request.model !== undefined) services.orchestrator.resolve(request.model);
  const abort = new AbortController();
  const departure = departureOf(context);
  const unwatch = departure.watch(() => abort.abort());
  if (departure.gone) abort.abort();
  try {
    const result = await fuse(clusterFor(services, context), request, hooks, abort.signal);
    services.metrics.fusion(result.strategy, result.abstained ? undefined : result.agreement.share);
    return result;
  } finally {
    unwatch();
  }
}

const withoutNull = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value != null));

/** `POST /api/v1/fusion`: an event for each vote, the consensus piece by piece, and the result. */
export async function fusionEvents(services: Services, context: Ctx): Promise<Response> {
  const { query, messages, temperature, top_p, max_tokens, seed, ...members } = fusionSchema.parse(
    await readJson(context),
  );
  if ((query === undefined) === (messages === undefined)) {
    throw new LlamboError('bad-request', 'exactly one of query and messages is needed');
  }
  const id = ownRequestId(context) ?? `fusion-${randomUUID().replaceAll('-', '')}`;
  const request = withoutNull({
    ...fusionMembers(withoutNull(members)),
    id,
    query,
    messages: messages?.map(({ role, content }) => ({ role, content: textOf(content) })),
    temperature,
    topP: top_p,
    maxTokens: max_tokens,
    seed: seed == null ? undefined : seed >>> 0,
  }) as FusionRequest;
  return new Promise((resolve, reject) => {
    const stream = new AnswerStream(services, context, () => {});
    const send = (name: string, data: unknown): void => {
      if (!stream.begun) resolve(stream.begin({ 'x-request-id': id }));
      stream.event(JSON.stringify(data), name);
    };
    const hooks = {
      vote: (vote: unknown) => send('vote', vote),
      text: (text: string) => send('text', { text }),
    };
    run(services, context, request, hooks).then(
      (result) => {
        send('result', fusionJson(result));
        stream.close();
      },
      (error: Error) => {
        if (!stream.begun) return reject(error);
        send('error', failureOf(error).body);
        stream.close();
      },
    );
  });
}

/** A chat that asks model `fusion`, `fusion:STRATEGY` or `fusion:STRATEGY@MODEL`. */
export async function fusionChat(services: Services, context: Ctx, body: ChatRequest): Promise<Response> {
  if ((body.n ?? 1) > 1 || (body.tools ?? []).length > 0) {
    throw new LlamboError('bad-request', 'a fusion gives one answer and calls no tools');
  }
  const request = fusionOfChat({ ...body, model: body.model as string });
  const id = ownRequestId(context) ?? `chatcmpl-${randomUUID().replaceAll('-', '')}`;
  const envelope = { id, created: Math.floor(Date.now() / 1000), model: body.model };
  const named = { ...request, id };
  if (!body.stream) {
    const result = await run(services, context, named, {});
    const message = { role: 'assistant', content: contentOf(result), refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
    const answer = {
      ...envelope,
      object: 'chat.completion',
      choices,
      usage: usageOf(result),
      fusion: fusionJson(result),
    };
    return Response.json(answer, { headers: { 'x-request-id': id } });
  }
  return new Promise((resolve, reject) => {
    const stream = new AnswerStream(services, context, () => {});
    let told = false;
    const send = (choices: readonly unknown[], more: Record<string, unknown> = {}): void => {
      if (!stream.begun) resolve(stream.begin({ 'x-request-id': id }));
      stream.event(JSON.stringify({ ...envelope, object: 'chat.completion.chunk', choices, ...more }));
    };
    const text = (content: string): void => {
      const role = told ? {} : { role: 'assistant' };
      told = true;
      send([{ index: 0, delta: { ...role, content }, finish_reason: null }]);
    };
    run(services, context, named, { text }).then(
      (result) => {
        if (!told) text(contentOf(result));
        send([{ index: 0, delta: {}, finish_reason: 'stop' }], { fusion: fusionJson(result) });
        if (body.stream_options?.include_usage) send([], { usage: usageOf(result) });
        stream.event('[DONE]');
        stream.close();
      },
      (error: Error) => {
        if (!stream.begun) return reject(error);
        stream.event(JSON.stringify(failureOf(error).body));
        stream.close();
      },
    );
  });
}

const contentOf = ({ abstained, reason, answer }: FusionResult): string =>
  abstained ? `No consensus: ${reason}.` : answer;

/** Prompts are not known to a fusion: only what was generated or scored is counted. */
const usageOf = ({ tokens }: FusionResult): Record<string, number> => ({
  prompt_tokens: 0,
  completion_tokens: tokens,
  total_tokens: tokens,
});
