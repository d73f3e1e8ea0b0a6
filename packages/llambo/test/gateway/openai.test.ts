/** The OpenAI API on engines without a model, judged by the official client. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { type Served, serve } from './support.ts';

let cluster: Orchestrator;
let served: Served;

beforeAll(async () => {
  cluster = await startEcho(
    new EchoModels({ tokenMs: 1 }),
    'queue: 500\nclasses: { tiny: { count: 8, model: m, capacity: 4, context_size: 512 } }',
  );
  served = await serve(cluster);
});

afterAll(async () => {
  await served.gateway.close();
  await cluster.stop();
});

const messages = [{ role: 'user' as const, content: 'What is AI?' }];

describe('answers', () => {
  test('whole', async () => {
    const answer = await served.client.chat.completions.create({
      model: 'm',
      messages,
      max_tokens: 6,
      seed: 1,
    });
    expect(answer.choices[0]?.message).toMatchObject({ role: 'assistant' });
    expect(answer.choices[0]?.message.content?.split(' ')).toHaveLength(6);
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 });
  });

  test('streamed: the same text, a reason, and usage when it is asked for', async () => {
    const options = { model: 'm', messages, max_tokens: 12, seed: 5 };
    const whole = await served.client.chat.completions.create(options);
    const stream = await served.client.chat.completions.create({
      ...options,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    const reasons: unknown[] = [];
    let usage: unknown;
    for await (const event of stream) {
      text += event.choices[0]?.delta.content ?? '';
      if (event.choices[0]?.finish_reason) reasons.push(event.choices[0].finish_reason);
      usage = event.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(reasons).toEqual(['length']);
    expect(usage).toMatchObject({ completion_tokens: 12 });
  });

  test('n choices differ, and are repeatable', async () => {
    const choices = async () =>
      (
        await served.client.chat.completions.create({ model: 'm', messages, n: 3, seed: 9, max_tokens: 8 })
      ).choices.map(({ message }) => message.content);
    const first = await choices();
    expect(new Set(first).size).toBe(3);
    expect(await choices()).toEqual(first);
  });

  test('completions of a text, of tokens, and of several texts', async () => {
    for (const [prompt, count] of [
      ['abc', 1],
      [[1, 2, 3], 1],
      [['a', 'b'], 2],
    ] as const) {
      const answer = await served.client.completions.create({
        model: 'tiny',
        prompt: prompt as string,
        max_tokens: 3,
      });
      expect(answer.choices).toHaveLength(count);
    }
  });

  test('say which node gave them, and why', async () => {
    const response = await served.post('/v1/chat/completions', { messages, max_tokens: 1 });
    expect(response.headers.get('x-llambo-node')).toMatch(/^worker-\d{4}$/);
    expect(response.headers.get('x-llambo-strategy')).toBe('least-loaded');
    expect(response.headers.get('x-llambo-attempts')).toBe('1');
  });

  test('a hundred streams at once', async () => {
    const texts = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const stream = await served.client.chat.completions.create({
          model: 'm',
          messages: [{ role: 'user', content: `q${i}` }],
          max_tokens: 5,
          stream: true,
        });
        let text = '';
        for await (const event of stream) text += event.choices[0]?.delta.content ?? '';
        return text;
      }),
    );
    expect(texts.filter((text) => text.split(' ').length !== 5)).toEqual([]);
    expect(cluster.status().load).toBe(0);
  });

  test('a client that goes away frees its place', async () => {
    const abort = new AbortController();
    const stream = await served.client.chat.completions.create(
      { model: 'm', messages, max_tokens: 400, stream: true },
      { signal: abort.signal },
    );
    for await (const _event of stream) break;
    abort.abort();
    await expect.poll(() => cluster.status().load).toBe(0);
    const tokens = () => cluster.nodes.reduce((sum, node) => sum + node.counters.tokens, 0);
    const before = tokens();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(tokens()).toBe(before);
  });

  test('models are listed and found', async () => {
    expect((await served.client.models.list()).data.map(({ id }) => id)).toEqual(['m']);
    const found = await served.client.models.retrieve('m');
    const tokens = expect.any(Number);
    expect(found).toMatchObject({
      id: 'm',
      context_length: tokens,
      max_model_len: tokens,
      meta: { n_ctx_train: tokens },
    });
  });

  test('health is the cluster in figures', async () => {
    const health = (await (await fetch(`${served.url}/health`)).json()) as Record<string, unknown>;
    expect(health).toMatchObject({ health: 'healthy', nodes: 8, capacity: 32 });
  });
});

describe('errors', () => {
  const chat = '/v1/chat/completions';
  test.each<[string, string, unknown, number, Record<string, unknown>]>([
    ['not JSON', chat, '{"messages":', 400, { type: 'invalid_request_error' }],
    ['no messages', chat, {}, 400, { param: 'messages' }],
    ['messages of the wrong type', chat, { messages: 'hi' }, 400, { param: 'messages' }],
    ['unknown role', chat, { messages: [{ role: 'king', content: 'x' }] }, 400, { param: 'messages.0.role' }],
    ['temperature out of range', chat, { messages, temperature: 9 }, 400, { param: 'temperature' }],
    ['unknown model', chat, { messages, model: 'gpt-5' }, 404, { code: 'model_not_found' }],
    [
      'unknown model, streamed',
      chat,
      { messages, model: 'gpt-5', stream: true },
      404,
      { code: 'model_not_found' },
    ],
    [
      'prompt over the context',
      chat,
      { messages: [{ role: 'user', content: 'x '.repeat(600) }] },
      400,
      { code: 'context_length_exceeded' },
    ],
    [
      'prompt over the context, streamed',
      chat,
      { messages: [{ role: 'user', content: 'x '.repeat(600) }], stream: true },
      400,
      { code: 'context_length_exceeded' },
    ],
    ['body over the limit', chat, 'x'.repeat(9 * 1024 * 1024), 413, { code: 'request_too_large' }],
    ['unknown URL', '/v1/nothing', {}, 404, { code: 'unknown_url' }],
    ['completion without a prompt', '/v1/completions', { model: 'm' }, 400, { param: 'prompt' }],
  ])('%s', async (_name, path, body, status, error) => {
    const response = await served.post(path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String), ...error } });
  });

  test('unknown model, by GET', async () => {
    await expect(served.client.models.retrieve('gpt-5')).rejects.toMatchObject({ status: 404 });
  });

  test('and after all of that it still answers', async () => {
    expect((await served.post(chat, { messages, max_tokens: 1 })).status).toBe(200);
  });
});
