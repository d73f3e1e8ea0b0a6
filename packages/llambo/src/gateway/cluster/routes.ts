import { Hono } from 'hono';
import { policyNames } from '../../cluster/autoscaler/index.ts';
import { strategyNames } from '../../cluster/balancer/index.ts';
import { formatEvent } from '../../cluster/events.ts';
import { LlamboError } from '../../errors.ts';
import { principalOf, requires } from '../auth.ts';
import { EVENT_STREAM_HEADERS, outletOf } from '../event-stream.ts';
import { fusionEvents } from '../fusion.ts';
import { type Ctx, type Env, readJson } from '../http.ts';
import type { Services } from '../services.ts';
import { decisionsOf, execute, hostsOf } from './control.ts';
import { orderedNodes } from './observer.ts';
import { commandSchema } from './schemas.ts';

/** Milliseconds between two comments that keep a quiet connection through proxies alive. */
const ALIVE_MS = 15_000;

/** The cluster's own API: what the dashboard and llamboctl use. */
export function clusterRoutes(services: Services): Hono<Env> {
  const { orchestrator, observer, auth } = services;
  const app = new Hono<Env>();
  // Asking is not steering.
  app.post('/fusion', requires('infer', auth), (context) => fusionEvents(services, context));
  app.use('*', requires('operate', auth));

  app.get('/status', (context) =>
    context.json({
      ...observer.report(),
      strategies: strategyNames(),
      policies: policyNames(),
      scopes: principalOf(context).scopes,
    }),
  );
  app.get('/nodes', (context) => context.json({ nodes: orderedNodes(orchestrator).map(nodeShape) }));
  app.get('/nodes/:id', (context) => {
    const id = context.req.param('id');
    const node = orchestrator.nodes.find((each) => each.id === id);
    if (node === undefined) throw new LlamboError('unknown-node', `there is no node ${id}`);
    const log = orchestrator.events
      .recent(1000)
      .filter(({ text }) => text.split(/[^\w-]+/).includes(id))
      .slice(-50)
      .map(formatEvent);
    const { cpu, memory, contextSize } = node;
    const status = `id=${id} class=${node.class} model=${node.model} state=${node.state} load=${node.load} capacity=${node.capacity} cpu=${cpu} memory=${memory} context=${contextSize}\n`;
    return context.json({ ...nodeShape(node), namespace: namespaceOf(node), status, log });
  });
  app.get('/hosts', (context) => context.json({ hosts: hostsOf(orchestrator) }));
  app.get('/history', (context) => context.json({ points: observer.history() }));
  app.get('/decisions', (context) => {
    const { balancer, autoscaler } = decisionsOf(orchestrator);
    return context.json({ balancer: balancer ?? services.assignments, autoscaler });
  });
  app.get('/events', (context) => events(services, context));
  app.post('/ctl', async (context) => {
    const { command } = commandSchema.parse(await readJson(context));
    const verb = command.trim().split(/\s+/)[0];
    if (verb === 'shutdown' || verb === 'limit') requireAdmin(context);
    return context.json({ result: await execute(orchestrator, command, `http ${principalOf(context).id}`) });
  });
  return app;
}

/** Ends the cluster, or changes what keys may use: not for every operator. */
function requireAdmin(context: Ctx): void {
  const { scopes } = principalOf(context);
  if (!scopes.includes('admin')) throw new LlamboError('bad-request', 'command needs a key with scope admin');
}

type Node = Services['orchestrator']['nodes'][number];

export const nodeShape = (node: Node): Record<string, unknown> => ({
  id: node.id,
  class: node.class,
  model: node.model,
  host: (node as { host?: string }).host ?? null,
  state: node.state,
  load: node.load,
  capacity: node.capacity,
  speed: Math.round(node.speed * 100) / 100,
  requests: node.counters.requests,
  tokens: node.counters.tokens,
  failures: node.counters.failures,
});

/** The node's mount table, where the node can tell it. */
const namespaceOf = (node: Node): string => (node as { namespace?: string }).namespace ?? '';

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
