/** Whatever ends a request, none of its choices goes on in the cluster. */
import { afterEach, expect, test } from 'vitest';
import { gatewayApp, type Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';

let cluster: Orchestrator | undefined;
afterEach(() => cluster?.stop());

const post = (path: string, body: Record<string, unknown>, signal?: AbortSignal): Request =>
  new Request(`http://cluster${path}`, {
    method: 'POST',
    body: JSON.stringify({ max_tokens: 500, ...body }),
    ...(signal === undefined ? {} : { signal }),
  });

const messages = [{ role: 'user', content: 'hi' }];
const chat = '/v1/chat/completions';

async function start(yaml: string) {
  cluster = await startEcho(new EchoModels({ tokenMs: 20 }), yaml);
  return { cluster, app: gatewayApp(cluster) };
}

test.each([true, false])('a choice that is refused takes the others along, stream: %s', async (stream) => {
  const { cluster, app } = await start('queue: 0\nclasses: { tiny: { count: 1, model: m, capacity: 1 } }');
  // The first choice has the node, the second finds no room, and by then the node is free for the third.
  const response = await app.request(post(chat, { messages, n: 3, stream }));
  expect(response.status).toBe(429);
  expect(cluster.status()).toMatchObject({ load: 0, waiting: 0 });
});

test.each([true, false])('a client that was gone before its request was read, stream: %s', async (stream) => {
  const { cluster, app } = await start('classes: { tiny: { count: 1, model: m, capacity: 4 } }');
  const abort = new AbortController();
  const request = post(chat, { messages, n: 2, stream }, abort.signal);
  const answered = Promise.resolve(app.request(request));
  abort.abort();
  expect((await answered).status).toBe(499);
  expect(cluster.status()).toMatchObject({ load: 0, waiting: 0 });
});

test.each([
  [chat, { messages: [{ role: 'user', content: 'x '.repeat(600) }] }],
  ['/v1/completions', { prompt: 'x '.repeat(600) }],
])('%s blames no member that the request does not have', async (path, body) => {
  const { app } = await start('classes: { tiny: { count: 1, model: m, context_size: 512 } }');
  const response = await app.request(post(path, body));
  const { error } = (await response.json()) as { error: { code: string; param: string | null } };
  expect(error.code).toBe('context_length_exceeded');
  expect(error.param === null || error.param in body).toBe(true);
});
