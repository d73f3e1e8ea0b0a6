import { Hono } from 'hono';
import { policyNames } from '../../cluster/autoscaler/index.ts';
import { strategyNames } from '../../cluster/balancer/index.ts';
import { adminCommand } from '../../cluster/ctl/index.ts';
import { formatEvent } from '../../cluster/events.ts';
import { LlamboError } from '../../errors.ts';
import { checkScope, principalOf, requires } from '../auth.ts';
import { EVENT_STREAM_HEADERS, outletOf } from '../event-stream.ts';
import { fusionEvents } from '../fusion.ts';
import { type Ctx, type Env, readJson } from '../http.ts';
import type { Services } from '../services.ts';
import { ClusterFiles } from './files.ts';
import { orderedNodes } from './observer.ts';
import { commandSchema } from './schemas.ts';

/** Milliseconds between two comments that keep a quiet connection through proxies alive. */
const ALIVE_MS = 15_000;

/** The cluster's own API: what the dashboard and llamboctl use. */
export function clusterRoutes(services: Services): Hono<Env> {
  const { orchestrator, observer, auth } = services;
  const files = new ClusterFiles(orchestrator);
  const app = new Hono<Env>();
  // Asking is not steering.
  app.post('/fusion', requires('infer', auth), (context) => fusionEvents(services, context));
  app.use('*', requires('operate', auth));

  app.get('/status', (context) =>
    context.json({
      ...observer.report(),
      autoscale: autoscaleOf(services),
      strategies: strategyNames(),
      policies: policyNames(),
      scopes: principalOf(context).scopes,
    }),
  );
  app.get('/nodes', (context) => context.json({ nodes: orderedNodes(orchestrator).map(nodeShape) }));
  app.get('/nodes/:id', async (context) => {
    const id = context.req.param('id');
    const node = orchestrator.node(id);
    if (node === undefined) throw new LlamboError('unknown-node', `there is no node ${id}`);
    const log = orchestrator.events
      .recent(1000)
      .filter(({ text }) => text.split(/[^\w-]+/).includes(id))
      .slice(-50)
      .map(formatEvent);
    const { cpu, memory, contextSize } = node;
    const [namespace, status] = await Promise.all(
      ['namespace', 'status'].map((file) => files.read(`${id}/${file}`)),
    );
    return context.json({ ...nodeShape(node), cpu, memory, contextSize, namespace, status, log });
  });
  app.get('/hosts', (context) => context.json({ hosts: orchestrator.hosts() }));
  app.get('/history', (context) => context.json({ points: observer.history() }));
  app.get('/decisions', (context) => context.json(orchestrator.decisions()));
  app.get('/events', (context) => events(services, context));
  app.post('/ctl', async (context) => {
    const { command } = commandSchema.parse(await readJson(context));
    if (adminCommand(command) !== undefined) checkScope(principalOf(context), 'admin');
    return context.json({ result: await orchestrator.execute(command) });
  });
  return app;
}

function autoscaleOf({ orchestrator }: Services): { readonly on: boolean; readonly policy: string } {
  const { enabled, policy } = orchestrator.autoscale();
  return { on: enabled, policy };
}

type Node = Services['orchestrator']['nodes'][number];

export const nodeShape = (node: Node): Record<string, unknown> => ({
  id: node.id,
  class: node.class,
  model: node.model,
  host: node.host,
  state: node.state,
  load: node.load,
  capacity: node.capacity,
  speed: Math.round(node.speed * 100) / 100,
  requests: node.counters.requests,
  tokens: node.counters.tokens,
  failures: node.counters.failures,
});

/** Events since `Last-Event-ID` (or none of the past), then each as it comes, and the status every second. */
function events({ orchestrator, observer }: Services, context: Ctx): Response {
  let alive: NodeJS.Timeout | undefined;
  let unfollow: () => void = () => {};
  const outlet = outletOf(context, () => {
    clearInterval(alive);
    unfollow();
  });
  const response = outlet.open(EVENT_STREAM_HEADERS);
  const send = (kind: string, data: string, serial: number | undefined): void =>
    outlet.write(`${serial === undefined ? '' : `id: ${serial}\n`}event: ${kind}\ndata: ${data}\n\n`);
  const seen = Number(context.req.header('last-event-id') ?? Number.NaN);
  const recent = orchestrator.events.recent(Number.isSafeInteger(seen) ? 1000 : 50);
  for (const event of recent) {
    if (!(event.serial <= seen)) send('event', JSON.stringify(event), event.serial);
  }
  unfollow = observer.follow(send);
  alive = setInterval(() => outlet.write(': alive\n\n'), ALIVE_MS);
  alive.unref();
  return response;
}
