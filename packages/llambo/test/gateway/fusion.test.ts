/** Fusion by HTTP: as events, and as a chat with a model of that name. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { eventsOf, type Served, serve } from './support.ts';

let cluster: Orchestrator;
let served: Served;

beforeAll(async () => {
  cluster = await startEcho(new EchoModels(), 'classes: { tiny: { count: 8, model: m, capacity: 4 } }');
  served = await serve(cluster);
});
afterAll(async () => {
  await served.gateway.close();
  await cluster.stop();
});

test('votes come as events, then the result', async () => {
  const body = { query: 'Which?', options: ['red', 'blue'], nodes: 3, strategy: 'majority', max_tokens: 4 };
  const response = await served.post('/api/v1/fusion', body);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events = [];
  for await (const { event, data } of eventsOf(response.body as ReadableStream<Uint8Array>)) {
    events.push({ event, data: JSON.parse(data) as Record<string, unknown> });
  }
  expect(events.filter(({ event }) => event === 'vote').length).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({
    event: 'result',
    data: { strategy: 'majority', asked: expect.any(Number) },
  });
});

test.each([
  ['neither query nor messages', {}, /exactly one/],
  ['both', { query: 'x', messages: [{ role: 'user', content: 'x' }] }, /exactly one/],
  ['an unknown strategy', { query: 'x', strategy: 'coin' }, /coin/],
  ['an unknown member', { query: 'x', luck: 7 }, /luck/],
])('refuses %s', async (_name, body, message) => {
  const response = await served.post('/api/v1/fusion', body);
  const { error } = (await response.json()) as { error: { message: string } };
  expect([response.status, error.message]).toEqual([400, expect.stringMatching(message)]);
});

test('a chat with model fusion:STRATEGY is answered by several nodes', async () => {
  const request = {
    model: 'fusion:majority',
    messages: [{ role: 'user' as const, content: 'Which?' }],
    max_tokens: 4,
    fusion: { nodes: 3 },
  };
  const answer = await served.client.chat.completions.create(request);
  expect(answer).toMatchObject({
    choices: [{ message: { role: 'assistant', content: expect.any(String) } }],
    fusion: { strategy: 'majority', votes: expect.any(Array) },
  });
  let text = '';
  for await (const event of await served.client.chat.completions.create({ ...request, stream: true })) {
    text += event.choices[0]?.delta.content ?? '';
  }
  expect(text).not.toBe('');
  expect(await (await fetch(`${served.url}/metrics`)).text()).toMatch(
    /^llambo_fusion_total\{strategy="majority"\} [23]$/m,
  );
});
