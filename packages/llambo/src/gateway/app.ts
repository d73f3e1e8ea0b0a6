import { Hono } from 'hono';
import type { Orchestrator } from '../cluster/orchestrator.ts';
import { anthropicRoutes } from './anthropic/routes.ts';
import { errorShape } from './anthropic/shape.ts';
import { requires } from './auth.ts';
import { clusterRoutes } from './cluster/routes.ts';
import { documentRoutes } from './document/routes.ts';
import { type Env, failureOf, respond } from './http.ts';
import { ollamaRoutes } from './ollama/routes.ts';
import { type HttpFailure, notFound, wrongMethod } from './openai/errors.ts';
import { openaiRoutes } from './openai/routes.ts';
import { createServices, type GatewayOptions, type Services } from './services.ts';
import { staticFiles } from './static.ts';
import { tokenRoutes } from './tokens.ts';

/** Everything that the cluster says over HTTP, for whoever brings a server of their own. */
export function gatewayApp(orchestrator: Orchestrator, options: GatewayOptions = {}): Hono<Env> {
  return appOf(createServices(orchestrator, options));
}

export function appOf(services: Services): Hono<Env> {
  const { orchestrator, auth, metrics } = services;
  const app = new Hono<Env>();
  const files = staticFiles(services.dashboard);
  app.use('*', async (context, next) => {
    const origin = context.req.header('origin');
    auth.checkSite(context.req.header('host'), origin);
    if (origin !== undefined && auth.allows(origin)) {
      if (context.req.method === 'OPTIONS') {
        return new Response(null, { status: 204, headers: preflight(origin) });
      }
      // A stream's headers are written by itself: they have to be there before.
      const { outgoing } = context.env ?? {};
      outgoing?.setHeader('access-control-allow-origin', origin);
      outgoing?.setHeader('vary', 'origin');
    }
    await next();
    metrics.http(apiOf(context.req.path), context.res.status);
    return undefined;
  });
  app.get('/health', (context) => {
    const status = orchestrator.status();
    return context.json(status, status.health === 'down' ? 503 : 200);
  });
  app.get('/ready', (context) => {
    const { health, states } = orchestrator.status();
    const nodes = states.idle === undefined ? 0 : states.idle + (states.busy ?? 0);
    return context.json({ ready: health !== 'down', nodes }, health === 'down' ? 503 : 200);
  });
  app.get('/metrics', requires('operate', auth), (context) =>
    context.text(metrics.registry.render(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  app.route('/v1/messages', anthropicRoutes(services));
  app.route('/v1', openaiRoutes(services));
  app.route('/api/v1', clusterRoutes(services));
  app.route('/api', ollamaRoutes(services));
  app.route('/', tokenRoutes(services));
  app.route('/', documentRoutes());
  app.notFound((context) => {
    const allowed = methodsOf(app, context.req.path);
    const reads = context.req.method === 'GET' || context.req.method === 'HEAD';
    const found = reads && allowed.length === 0 ? files(context) : undefined;
    if (found !== undefined) return found;
    return refuse(
      context.req.path,
      allowed.length > 0
        ? wrongMethod(context.req.method, context.req.path, allowed)
        : notFound(context.req.method, context.req.path),
    );
  });
  app.onError((error, context) => refuse(context.req.path, failureOf(error)));
  return app;
}

/** Whose API a path belongs to. */
function apiOf(path: string): string {
  if (path.startsWith('/v1/messages')) return 'anthropic';
  if (path.startsWith('/v1/')) return 'openai';
  if (path.startsWith('/api/v1/')) return 'cluster';
  return path.startsWith('/api/') ? 'ollama' : 'other';
}

const preflight = (origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, x-api-key, x-request-id, last-event-id, anthropic-version, anthropic-beta',
  'access-control-max-age': '600',
  vary: 'origin',
});

/** A refusal in the form of the API that was asked. */
function refuse(path: string, failure: HttpFailure): Response {
  if (path.startsWith('/v1/messages')) return respond(failure, errorShape(failure));
  const ollama = path.startsWith('/api/') && !path.startsWith('/api/v1/');
  return respond(failure, ollama ? { error: failure.body.error.message } : failure.body);
}

/** Methods that a path would have taken. */
function methodsOf(app: Hono<Env>, path: string): string[] {
  return ['GET', 'POST', 'DELETE'].filter((method) => {
    const [handlers] = app.router.match(method, path);
    // Middleware matches every path; a route of its own has a handler that is registered for the method.
    return handlers.some(([[, route]]) => (route as { method?: string } | undefined)?.method === method);
  });
}
