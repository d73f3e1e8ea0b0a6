/** The rest of the OpenAI API, judged by the official client: completions, embeddings, responses, rerank. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scripted } from './script.ts';
import { type Served, serve } from './support.ts';

let served: Served;
const { cluster, requests } = scripted({
  answer: ({ messages, prompt }) => {
    const asked = messages?.at(-1)?.content ?? prompt ?? '';
    if (asked === 'call') return '<tool_call>{"name":"weather","arguments":{"city":"Rome"}}</tool_call>';
    return asked.includes('long') ? 'word '.repeat(100) : 'Hello, world!';
  },
});

beforeAll(async () => {
  served = await serve(cluster);
});
afterAll(() => served.gateway.close());

describe('completions', () => {
  test('echo puts the prompt before the answer', async () => {
    const answer = await served.client.completions.create({ model: 'm', prompt: 'Say: ', echo: true });
    expect(answer.choices[0]?.text).toBe('Say: Hello, world!');
  });

  test('echo in a stream', async () => {
    const stream = await served.client.completions.create({
      model: 'm',
      prompt: 'Say: ',
      echo: true,
      stream: true,
    });
    let text = '';
    for await (const event of stream) text += event.choices[0]?.text ?? '';
    expect(text).toBe('Say: Hello, world!');
  });

  test('echo with logprobs and nothing to generate measures a text', async () => {
    const answer = await served.client.completions.create({
      model: 'm',
      prompt: 'abcd',
      echo: true,
      logprobs: 1,
      max_tokens: 0,
    });
    const [choice] = answer.choices;
    expect(choice?.text).toBe('abcd');
    expect(choice?.logprobs?.tokens).toEqual(['a', 'b', 'c', 'd']);
    expect(choice?.logprobs?.text_offset).toEqual([0, 1, 2, 3]);
    const [first, ...others] = choice?.logprobs?.token_logprobs ?? [];
    expect(first).toBeNull();
    for (const value of others) expect(value).toBeLessThanOrEqual(0);
  });

  test('logprobs of what was generated', async () => {
    const answer = await served.client.completions.create({
      model: 'm',
      prompt: 'x',
      logprobs: 1,
      max_tokens: 2,
    });
    expect(answer.choices[0]?.logprobs).toEqual({
      tokens: ['Hel', 'lo,'],
      token_logprobs: [-0.5, -0.5],
      top_logprobs: [{ Hel: -0.5 }, { 'lo,': -0.5 }],
      text_offset: [0, 3],
    });
  });

  test.each([
    ['suffix', { prompt: 'x', suffix: 'y' }, /suffix: is not supported/],
    ['no tokens without echo', { prompt: 'x', max_tokens: 0 }, /max_tokens/],
  ])('refuses %s', async (_name, body, message) => {
    const response = await served.post('/v1/completions', { model: 'm', ...body });
    const { error } = (await response.json()) as { error: { message: string } };
    expect(response.status).toBe(400);
    expect(error.message).toMatch(message);
  });

  test('prompts of token ids, several of them', async () => {
    const answer = await served.client.completions.create({ model: 'm', prompt: [[1, 2], [3]] });
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(requests.slice(-2).map(({ tokens }) => tokens)).toEqual([[1, 2], [3]]);
  });
});

describe('embeddings', () => {
  test('of a text: a unit vector, in both encodings the same', async () => {
    // The client asks for base64 by itself unless told otherwise.
    const binary = await served.client.embeddings.create({ model: 'm', input: 'a text' });
    const plain = await served.client.embeddings.create({
      model: 'm',
      input: 'a text',
      encoding_format: 'float',
    });
    const [vector] = plain.data.map(({ embedding }) => embedding);
    expect(vector).toHaveLength(8);
    expect(Math.hypot(...(vector as number[]))).toBeCloseTo(1, 5);
    expect(binary.data[0]?.embedding.map(Math.fround)).toEqual(vector?.map(Math.fround));
    expect(plain.usage).toEqual({ prompt_tokens: 6, total_tokens: 6 });
  });

  test('shorter, and still of length 1', async () => {
    const { data } = await served.client.embeddings.create({
      model: 'm',
      input: ['a', 'b'],
      dimensions: 3,
      encoding_format: 'float',
    });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([3, 3]);
    expect(Math.hypot(...(data[1]?.embedding ?? []))).toBeCloseTo(1, 5);
  });

  test.each([
    ['more dimensions than there are', { input: 'a', dimensions: 9 }],
    ['an empty text', { input: ['a', ''] }],
    ['nothing', { input: [] }],
  ])('refuses %s', async (_name, body) => {
    expect((await served.post('/v1/embeddings', body)).status).toBe(400);
  });
});

describe('responses', () => {
  test('whole', async () => {
    const response = await served.client.responses.create({
      model: 'm',
      input: 'hi',
      instructions: 'Be kind.',
    });
    expect(response).toMatchObject({
      status: 'completed',
      output_text: 'Hello, world!',
      usage: { input_tokens: 5 },
    });
    expect(requests.at(-1)?.messages).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'hi' },
    ]);
  });

  test('streamed: all events in order, and the client puts the same response together', async () => {
    const stream = served.client.responses.stream({ model: 'm', input: 'hi' });
    const types: string[] = [];
    for await (const { type } of stream) if (types.at(-1) !== type) types.push(type);
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect((await stream.finalResponse()).output_text).toBe('Hello, world!');
  });

  test('cut short', async () => {
    const response = await served.client.responses.create({
      model: 'm',
      input: 'long',
      max_output_tokens: 3,
    });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
  });

  test('calls, and what follows them', async () => {
    const tools = [
      { type: 'function' as const, name: 'weather', parameters: { type: 'object' }, strict: false },
    ];
    const first = await served.client.responses.create({ model: 'm', input: 'call', tools });
    const [call] = first.output;
    expect(call).toMatchObject({ type: 'function_call', name: 'weather', arguments: '{"city":"Rome"}' });
    const { call_id } = call as { call_id: string };
    const second = await served.client.responses.create({
      model: 'm',
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id, output: 'sunny' }],
      tools,
    });
    expect(second.output_text).toBe('Hello, world!');
    expect(requests.at(-1)?.messages?.at(-1)?.content).toContain('sunny');
    const types: string[] = [];
    for await (const { type } of await served.client.responses.create({
      model: 'm',
      input: 'call',
      tools,
      stream: true,
    }))
      types.push(type);
    expect(types).toContain('response.function_call_arguments.done');
    expect(types).not.toContain('response.output_text.delta');
  });

  test('are kept, found and deleted', async () => {
    const { id } = await served.client.responses.create({ model: 'm', input: 'hi' });
    expect((await served.client.responses.retrieve(id)).id).toBe(id);
    await served.client.responses.delete(id);
    await expect(served.client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
    const { id: unkept } = await served.client.responses.create({ model: 'm', input: 'hi', store: false });
    await expect(served.client.responses.retrieve(unkept)).rejects.toMatchObject({ status: 404 });
  });
});

test.each(['likelihood', 'embedding'])('rerank by %s puts every document in order', async (method) => {
  const documents = ['cats purr', { text: 'dogs bark' }, 'fish swim'];
  const response = await served.post('/v1/rerank', {
    query: 'what do dogs do',
    documents,
    top_n: 2,
    return_documents: true,
    method,
  });
  const { results } = (await response.json()) as {
    results: { relevance_score: number; document: { text: string } }[];
  };
  expect(results).toHaveLength(2);
  expect(results[0]?.relevance_score).toBeGreaterThanOrEqual(results[1]?.relevance_score as number);
  expect(results[0]?.document.text).toMatch(/\w+ \w+/);
});

describe('a stream whose client comes back', () => {
  const body = { model: 'm', prompt: 'long', stream: true, max_tokens: 100 };
  const text = (events: string) =>
    events
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => (JSON.parse(line.slice(6)) as { choices: { text: string }[] }).choices[0]?.text ?? '')
      .join('');

  test('gets the rest, by the same request or by the id alone', async () => {
    const headers = { 'x-request-id': 'mine-1' };
    const whole = await (await served.post('/v1/completions', body, headers)).text();
    expect(whole).toContain('id: 1\n');
    const seen = whole.slice(0, whole.indexOf('id: 11\n'));
    const again = { ...headers, 'last-event-id': '10' };
    expect(seen + (await (await served.post('/v1/completions', body, again)).text())).toBe(whole);
    const got = await fetch(`${served.url}/v1/streams/mine-1`, { headers: { 'last-event-id': '10' } });
    expect(seen + (await got.text())).toBe(whole);
    expect(text(whole)).toBe('word '.repeat(100).slice(0, 300));
  });

  test('goes on while nobody listens', async () => {
    const abort = new AbortController();
    const response = await fetch(`${served.url}/v1/completions`, {
      method: 'POST',
      headers: { 'x-request-id': 'mine-2' },
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    const { value } = await (response.body as ReadableStream<Uint8Array>).getReader().read();
    expect(value?.length).toBeGreaterThan(0);
    abort.abort();
    const rest = await fetch(`${served.url}/v1/streams/mine-2`);
    expect(text(await rest.text())).toBe('word '.repeat(100).slice(0, 300));
  });

  test('finds nothing that never was', async () => {
    expect((await fetch(`${served.url}/v1/streams/nothing`)).status).toBe(404);
    expect(
      (await served.post('/v1/completions', body, { 'x-request-id': 'new', 'last-event-id': '3' })).status,
    ).toBe(404);
  });
});
