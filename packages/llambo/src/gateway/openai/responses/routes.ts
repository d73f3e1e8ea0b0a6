import type { ChatMessage } from '@llambo/llama';
import { Hono } from 'hono';
import { resumed } from '../../answer-stream.ts';
import { principalOf } from '../../auth.ts';
import { type Ctx, type Env, HttpError, jsonResponse, readJson } from '../../http.ts';
import { envelopeFor, headersOf, streamedAnswers, type WholeAnswer, wholeAnswers } from '../../run.ts';
import type { Services } from '../../services.ts';
import { split } from '../chat.ts';
import { notFound } from '../errors.ts';
import { toGenerate, toMessages } from './convert.ts';
import { type ResponseRequest, responseSchema } from './schemas.ts';
import { answerMessage, callItem, messageItem, type OutputItem, responseShape } from './shape.ts';
import { ResponseStore, type StoredResponse } from './store.ts';
import { ResponseWriter } from './stream.ts';

/** /v1/responses: text and function calls. */
export function responsesRoutes(services: Services): Hono<Env> {
  const app = new Hono<Env>();
  const store = new ResponseStore();

  app.post('/', async (context) => {
    const again = resumed(services, context);
    if (again !== undefined) return again;
    const body = responseSchema.parse(await readJson(context));
    const conversation = [...previous(store, context, body), ...toMessages(body.input)];
    const { request, names } = await toGenerate(services, body, conversation);
    const run = {
      services,
      context,
      api: 'responses',
      prefix: 'resp',
      model: body.model,
      session: body.user ?? undefined,
      requests: [request],
    };
    const envelope = envelopeFor(run);
    const keep = (response: Record<string, unknown>, text: string, output: readonly OutputItem[]): void => {
      if (body.store === false) return;
      const calls = output.filter(({ type }) => type === 'function_call');
      const messages = [...conversation, answerMessage(text, calls)];
      store.add(principalOf(context).id, envelope.id, { response, messages });
    };
    if (body.stream) {
      return streamedAnswers(
        run,
        envelope,
        (stream) => new ResponseWriter(stream, body, envelope, names, keep),
      );
    }
    const [{ text, finish }] = (await wholeAnswers(run, envelope)) as [WholeAnswer];
    const { content, calls } = split(names, text);
    const output = [
      ...(calls.length > 0 && content.trim() === '' ? [] : [messageItem(content)]),
      ...calls.map(callItem),
    ];
    const response = responseShape(body, envelope, output, finish);
    keep(response, content, output);
    return jsonResponse(context, response, headersOf(envelope, finish.assignment));
  });

  app.get('/:id', (context) => context.json(find(store, context, context.req.param('id')).response));
  app.delete('/:id', (context) => {
    const id = context.req.param('id');
    if (!store.delete(principalOf(context).id, id)) throw new HttpError(notFound('response', id));
    return context.json({ id, object: 'response', deleted: true });
  });
  return app;
}

function previous(store: ResponseStore, context: Ctx, body: ResponseRequest): readonly ChatMessage[] {
  const id = body.previous_response_id;
  return id == null ? [] : find(store, context, id).messages;
}

/** @throws HttpError 404 */
function find(store: ResponseStore, context: Ctx, id: string): StoredResponse {
  const stored = store.find(principalOf(context).id, id);
  if (stored === undefined) throw new HttpError(notFound('response', id));
  return stored;
}
