import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Orchestrator } from '../cluster/orchestrator.ts';
import { type HttpFailure, invalidRequest, notFound, toFailure, tooLarge } from './openai/errors.ts';
import { openaiRoutes } from './openai/routes.ts';

/** Bytes of a request body at most. */
const MOST_BODY = 8 * 1024 * 1024;

/** Everything that the cluster says over HTTP. */
export function gatewayApp(orchestrator: Orchestrator): Hono {
  const app = new Hono();
  app.use('*', bodyLimit({ maxSize: MOST_BODY, onError: () => respond(tooLarge(MOST_BODY)) }));
  app.route('/v1', openaiRoutes(orchestrator));
  app.get('/health', (context) => {
    const status = orchestrator.status();
    return context.json(status, status.health === 'down' ? 503 : 200);
  });
  app.notFound((context) => respond(notFound(context.req.method, context.req.path)));
  app.onError((error) =>
    respond(error instanceof SyntaxError ? invalidRequest(error.message) : toFailure(error)),
  );
  return app;
}

function respond({ status, body, retryAfter }: HttpFailure): Response {
  return Response.json(body, {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) },
  });
}
