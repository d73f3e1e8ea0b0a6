/** The cluster's own API: what the dashboard and llamboctl build on. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    maximum: expect.any(Number),
    autoscale: { on: false, policy: expect.any(String) },
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
  expect(await get(`/api/v1/nodes/${first?.id}`)).toMatchObject({
    ...first,
    log: expect.any(Array),
    namespace: expect.stringContaining('/n/llambo'),
    status: expect.stringContaining('='),
  });
  const missing = await fetch(`${served.url}/api/v1/nodes/nobody`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { error: { code: 'node_not_found' } }]);
});

test('hosts and history are lists', async () => {
  expect(await get('/api/v1/hosts')).toMatchObject({
    hosts: [{ name: expect.any(String), state: 'up', workers: 10 }],
  });
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

describe('pages', () => {
  test('the API is described, for programs and for people', async () => {
    const document = await get('/openapi.json');
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'llambo' } });
    const { paths } = document as { paths: Record<string, Record<string, { operationId: string }>> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/chat/completions', '/api/v1/ctl', '/health']),
    );
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const page = await (await fetch(`${served.url}/docs`)).text();
    expect(page).toContain('/v1/chat/completions');
    expect(page).not.toMatch(/<script|https?:\/\/(?!127)/);
  });

  test('every path that the document has is answered by what it says', async () => {
    const { paths } = (await get('/openapi.json')) as { paths: Record<string, Record<string, unknown>> };
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        if (path.endsWith('/events')) continue;
        const response = await fetch(served.url + path.replace(/\{\w+\}/, 'x'), {
          method: method.toUpperCase(),
        });
        expect([path, response.status < 500, response.status === 405]).toEqual([path, true, false]);
        await response.body?.cancel();
      }
    }
  });

  test('the root is a page that asks nobody else for anything', async () => {
    const response = await fetch(served.url);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });
});

describe('the dashboard', () => {
  let folder: string;
  let page: Served;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    mkdirSync(join(folder, 'dist/assets'), { recursive: true });
    writeFileSync(join(folder, 'dist/index.html'), '<title>built</title>');
    writeFileSync(join(folder, 'dist/assets/index-DDN9YjAg.js'), 'let a');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    page = await serve(cluster, { dashboard: join(folder, 'dist') });
  });
  afterAll(async () => {
    await page.gateway.close();
    rmSync(folder, { recursive: true });
  });

  test('is served as it was built: its page is asked for again, what has a hash in its name is kept', async () => {
    const index = await fetch(page.url);
    expect([await index.text(), index.headers.get('cache-control')]).toEqual([
      '<title>built</title>',
      'no-cache',
    ]);
    const script = await fetch(`${page.url}/assets/index-DDN9YjAg.js`);
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(script.headers.get('cache-control')).toMatch(/immutable/);
    const etag = script.headers.get('etag') as string;
    const again = await fetch(`${page.url}/assets/index-DDN9YjAg.js`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
  });

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/secret.txt',
    '/nothing.js',
  ])('nothing else is: %s', async (path) => {
    const { hostname, port } = new URL(page.url);
    const status = await new Promise((resolve, reject) => {
      http
        .get({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
        .on('error', reject);
    });
    expect(status).toBe(404);
  });
});

describe('metrics', () => {
  test('are Prometheus text, with the names that boards know', async () => {
    await served.post('/v1/completions', { prompt: 'x', max_tokens: 3 });
    const response = await fetch(`${served.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    for (const line of [
      /^llambo_requests_total\{model="m",class="\w+",api="completions",outcome="length"\} [1-9]/m,
      /^llambo_tokens_total\{model="m",kind="completion"\} [1-9]/m,
      /^llambo_first_token_seconds_bucket\{model="m",le="\+Inf"\} [1-9]/m,
      /^llambo_nodes\{class="tiny",state="idle"\} 8$/m,
      /^llambo_node_requests_total\{node="worker-\d+",class="tiny"\} \d/m,
      /^llambo_spawns_total\{class="tiny"\} 8$/m,
      /^llamacpp:tokens_predicted_total [1-9]/m,
      /^llamacpp:requests_processing 0$/m,
      /^vllm:num_requests_running\{model_name="m"\} 0$/m,
      /^vllm:num_requests_waiting\{model_name="m"\} 0$/m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  test('every line is one that Prometheus reads, and every family is told of once', async () => {
    const text = await (await fetch(`${served.url}/metrics`)).text();
    expect(text.endsWith('\n')).toBe(true);
    const names = new Set<string>();
    for (const line of text.trimEnd().split('\n')) {
      const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
      if (type !== null) {
        expect(names.has(type[1] as string)).toBe(false);
        names.add(type[1] as string);
      } else if (!line.startsWith('# HELP ')) {
        expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{(\w+="(\\.|[^"\\])*",?)*\})? (NaN|[+-]Inf|-?\d[\d.e+-]*)$/);
      }
    }
  });
});
