/** The cluster's own API: what the dashboard and llamboctl build on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { type Served, serve, sse } from './support.ts';

let cluster: Orchestrator;
let served: Served;

beforeAll(async () => {
  cluster = await startEcho(
    new EchoModels({ tokenMs: 1 }),
    'classes: { tiny: { count: 8, model: m, capacity: 4 }, big: { count: 2, model: m, capacity: 1 } }',
  );
  served = await serve(cluster);
});

afterAll(async () => {
  await served.gateway.close();
  await cluster.stop();
});

const get = async (path: string) => (await (await fetch(served.url + path)).json()) as Record<string, never>;

test('status has the maximum and the version', async () => {
  expect(await get('/api/v1/status')).toMatchObject({
    health: 'healthy',
    nodes: 10,
    maximum: 10,
    capacity: 34,
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
});

test('nodes, one node, and no node', async () => {
  const { nodes } = await get('/api/v1/nodes');
  expect(nodes).toHaveLength(10);
  const [first] = nodes as Record<string, unknown>[];
  expect(first).toMatchObject({
    class: 'tiny',
    model: 'm',
    state: 'idle',
    load: 0,
    capacity: 4,
    requests: 0,
  });
  expect(await get(`/api/v1/nodes/${first?.id}`)).toMatchObject({ ...first, log: expect.any(Array) });
  const missing = await fetch(`${served.url}/api/v1/nodes/nobody`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'node_not_found' } }]);
});

test('hosts and history are lists', async () => {
  expect(await get('/api/v1/hosts')).toMatchObject({ hosts: expect.any(Array) });
  await expect.poll(async () => (await get('/api/v1/history')).points, { timeout: 4000 }).not.toHaveLength(0);
  const { points } = await get('/api/v1/history');
  expect((points as unknown[])[0]).toMatchObject({
    nodes: 10,
    waiting: 0,
    utilisation: 0,
    at: expect.any(Number),
  });
});

test('decisions say where questions went', async () => {
  await served.post('/v1/completions', { prompt: 'x', max_tokens: 1 });
  const { balancer, autoscaler } = await get('/api/v1/decisions');
  expect(autoscaler).toEqual([]);
  expect((balancer as unknown[]).at(-1)).toMatchObject({
    strategy: 'least-loaded',
    node: expect.any(String),
  });
});

describe('ctl', () => {
  test('changes the strategy', async () => {
    const response = await served.post('/api/v1/ctl', { command: 'strategy p2c' });
    expect([response.status, await response.json()]).toEqual([200, { result: expect.any(String) }]);
    expect(cluster.strategy).toBe('p2c');
  });

  test.each([
    ['nothing', {}],
    ['a member too many', { command: 'strategy p2c', force: true }],
    ['an empty command', { command: ' ' }],
    ['two commands', { command: 'strategy p2c\nstrategy prequal' }],
    ['an unknown command', { command: 'frobnicate 7' }],
    ['an unknown strategy', { command: 'strategy best' }],
  ])('refuses %s', async (_name, body) => {
    const response = await served.post('/api/v1/ctl', body);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { message: /\w/ } }]);
  });
});

describe('events', () => {
  test('tell each event once, and the status every second', async () => {
    const stream = sse(`${served.url}/api/v1/events`);
    const seen: { event: string; data: Record<string, unknown>; id: string | undefined }[] = [];
    for await (const { event, data, id } of stream) {
      seen.push({ event, data: JSON.parse(data), id });
      if (seen.filter((each) => each.event === 'status').length === 1 && event === 'status')
        cluster.events.add('now');
      if (seen.filter((each) => each.event === 'status').length === 2) break;
    }
    const texts = seen.filter(({ event }) => event === 'event').map(({ data }) => data.text);
    expect(texts.filter((text) => text === 'now')).toHaveLength(1);
    expect(texts).toContain('spawned 8 tiny nodes');
    const status = seen.findLast(({ event }) => event === 'status')?.data as Record<string, unknown>;
    expect(Buffer.from(status.states as string, 'base64')).toHaveLength(10);
    expect(status).toMatchObject({ nodes: 10, stateCounts: { idle: 10 }, history: { nodes: 10 } });
  });

  test('go on behind the last one that a client saw', async () => {
    const serial = cluster.events.recent(1)[0]?.serial ?? 0;
    cluster.events.add('after');
    for await (const { event, data, id } of sse(`${served.url}/api/v1/events`, {
      'last-event-id': String(serial),
    })) {
      expect([event, JSON.parse(data).text, id]).toEqual(['event', 'after', String(serial + 1)]);
      break;
    }
  });
});

test('live and ready', async () => {
  expect((await fetch(`${served.url}/health`)).status).toBe(200);
  expect(await get('/ready')).toEqual({ ready: true, nodes: 10 });
});

test('a path that takes another method says so', async () => {
  const response = await fetch(`${served.url}/api/v1/ctl`);
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
});
