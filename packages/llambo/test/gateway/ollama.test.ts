/** Ollama's API, judged by the official client. */
import { Ollama } from 'ollama';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scripted } from './script.ts';
import { type Served, serve } from './support.ts';

let served: Served;
let client: Ollama;
const { cluster, requests } = scripted({
  answer: ({ messages, prompt }) => {
    const asked = messages?.at(-1)?.content ?? prompt ?? '';
    if (asked === 'call') return '<tool_call>{"name":"weather","arguments":{"city":"Rome"}}</tool_call>';
    return 'Hello there';
  },
});

beforeAll(async () => {
  served = await serve(cluster);
  client = new Ollama({ host: served.url });
});
afterAll(() => served.gateway.close());

const messages = [{ role: 'user', content: 'hi' }];

describe('answers', () => {
  test('a chat', async () => {
    const answer = await client.chat({
      model: 'm:latest',
      messages,
      options: { temperature: 0, num_predict: 50, seed: 3 },
    });
    expect(answer).toMatchObject({
      model: 'm:latest',
      message: { role: 'assistant', content: 'Hello there' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 5,
      eval_count: 4,
    });
    expect(requests.at(-1)).toMatchObject({ temperature: 0, maxTokens: 50, seed: 3, messages });
  });

  test('a chat in a stream', async () => {
    let text = '';
    let last: unknown;
    for await (const part of await client.chat({ model: 'm', messages, stream: true })) {
      text += part.message.content;
      last = part;
    }
    expect(text).toBe('Hello there');
    expect(last).toMatchObject({ done: true, done_reason: 'stop', eval_count: 4 });
  });

  test.each([false, true])('a call, streamed: %s', async (stream) => {
    const request = {
      model: 'm',
      messages: [{ role: 'user', content: 'call' }],
      tools: [
        { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } },
      ],
    };
    const calls = [];
    if (stream) {
      for await (const part of await client.chat({ ...request, stream: true }))
        calls.push(...(part.message.tool_calls ?? []));
    } else calls.push(...((await client.chat(request)).message.tool_calls ?? []));
    expect(calls).toEqual([{ function: { name: 'weather', arguments: { city: 'Rome' } } }]);
  });

  test('generate: by the template, and raw', async () => {
    const answer = await client.generate({ model: 'm', prompt: 'hi', system: 'Be kind.' });
    expect(answer).toMatchObject({ response: 'Hello there', done: true });
    expect(requests.at(-1)?.messages).toEqual([{ role: 'system', content: 'Be kind.' }, ...messages]);
    let text = '';
    for await (const part of await client.generate({ model: 'm', prompt: 'hi', raw: true, stream: true }))
      text += part.response;
    expect(text).toBe('Hello there');
    expect(requests.at(-1)).toMatchObject({ prompt: 'hi' });
  });

  test('a schema is enforced', async () => {
    const format = { type: 'object', properties: { a: { type: 'string' } } };
    await client.chat({ model: 'm', messages, format });
    expect(requests.at(-1)?.jsonSchema).toEqual(format);
  });

  test('a question without words only loads', async () => {
    expect(await client.generate({ model: 'm', prompt: '' })).toMatchObject({ done: true, response: '' });
  });

  test('embeddings', async () => {
    const { embeddings } = await client.embed({ model: 'm', input: ['a', 'b'] });
    expect(embeddings.map((vector) => vector.length)).toEqual([8, 8]);
    expect((await client.embeddings({ model: 'm', prompt: 'a' })).embedding).toEqual(embeddings[0]);
  });

  test('models', async () => {
    expect((await client.list()).models).toMatchObject([{ name: 'm', details: { format: 'gguf' } }]);
    expect((await client.ps()).models).toMatchObject([{ name: 'm' }]);
    expect(await client.show({ model: 'm' })).toMatchObject({
      capabilities: expect.arrayContaining(['completion', 'tools']),
    });
    expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+/);
  });
});

test.each([
  ['an unknown model', '/api/chat', { model: 'gpt', messages }, 404, /not served here/],
  ['no model', '/api/generate', { prompt: 'x' }, 400, /model/],
  [
    'pictures',
    '/api/generate',
    { model: 'm', prompt: 'x', images: ['aaaa'] },
    400,
    /images are not supported/,
  ],
])('refuses %s', async (_name, path, body, status, message) => {
  const response = await served.post(path, body);
  const { error } = (await response.json()) as { error: string };
  expect([response.status, error]).toEqual([status, expect.stringMatching(message)]);
});

describe('tokens', () => {
  test('there and back', async () => {
    const counted = await (await served.post('/tokenize', { content: 'abc', with_pieces: true })).json();
    expect(counted).toMatchObject({ count: 3, tokens: [{ id: 97, piece: 'a' }, {}, {}] });
    const { tokens } = (await (await served.post('/tokenize', { prompt: 'abc' })).json()) as {
      tokens: number[];
    };
    expect(await (await served.post('/detokenize', { tokens })).json()).toMatchObject({
      content: 'abc',
      prompt: 'abc',
    });
  });

  test('of a chat, by the template', async () => {
    expect(await (await served.post('/apply-template', { messages })).json()).toEqual({ prompt: '<user>hi' });
    expect(await (await served.post('/tokenize', { messages })).json()).toMatchObject({ count: 8 });
  });

  test('of nothing', async () => {
    expect((await served.post('/tokenize', {})).status).toBe(400);
    expect(await (await served.post('/tokenize', { content: '' })).json()).toMatchObject({
      tokens: [],
      count: 0,
    });
  });
});
