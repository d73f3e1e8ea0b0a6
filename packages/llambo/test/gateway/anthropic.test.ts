/** Anthropic's messages API, judged by the official client. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scripted } from './script.ts';
import { type Served, serve } from './support.ts';

let served: Served;
let client: Anthropic;
const CALL = 'Let me look.\n<tool_call>{"name":"weather","arguments":{"city":"Rome"}}</tool_call>';
const { cluster, requests } = scripted({
  answer: ({ messages }) => {
    const asked = messages?.at(-1)?.content ?? '';
    if (asked.includes('sunny')) return 'It is sunny.';
    return asked === 'call' ? CALL : 'Hello there';
  },
});

beforeAll(async () => {
  served = await serve(cluster);
  client = new Anthropic({ baseURL: served.url, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => served.gateway.close());

const tools: Anthropic.Tool[] = [
  { name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } },
];
const ask = (content: string): Anthropic.MessageCreateParamsNonStreaming => ({
  model: 'm',
  max_tokens: 100,
  messages: [{ role: 'user', content }],
});

describe('answers', () => {
  test('whole', async () => {
    const message = await client.messages.create({
      ...ask('hi'),
      system: 'Be kind.',
      stop_sequences: ['END'],
    });
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 4 },
    });
    expect(requests.at(-1)).toMatchObject({
      messages: [{ role: 'system', content: 'Be kind.' }, { content: 'hi' }],
      stop: ['END'],
    });
  });

  test('cut short', async () => {
    const message = await client.messages.create({ ...ask('hi'), max_tokens: 2 });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', content: [{ text: 'Hello ' }] });
  });

  test('streamed, as the client puts it together', async () => {
    const stream = client.messages.stream(ask('hi'));
    let text = '';
    stream.on('text', (delta) => {
      text += delta;
    });
    const message = await stream.finalMessage();
    expect(text).toBe('Hello there');
    expect(message).toMatchObject({
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage: { output_tokens: 4 },
    });
  });

  test.each([false, true])('calls a tool and answers with its result, streamed: %s', async (streamed) => {
    const call = { ...ask('call'), tools };
    const first = streamed
      ? await client.messages.stream(call).finalMessage()
      : await client.messages.create(call);
    expect(first.stop_reason).toBe('tool_use');
    expect(first.content).toMatchObject([
      { type: 'text', text: 'Let me look.\n' },
      { type: 'tool_use', name: 'weather', input: { city: 'Rome' } },
    ]);
    const { id } = first.content[1] as Anthropic.ToolUseBlock;
    const second = await client.messages.create({
      ...call,
      messages: [
        ...call.messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'sunny' }] },
      ],
    });
    expect(second.content).toMatchObject([{ type: 'text', text: 'It is sunny.' }]);
  });

  test('tokens are counted without an answer', async () => {
    const { input_tokens } = await client.messages.countTokens({ model: 'm', messages: ask('hi').messages });
    expect(input_tokens).toBe('<user>hi'.length);
  });

  test('models are listed', async () => {
    const { data } = await client.models.list();
    expect(data).toMatchObject([{ id: 'm', type: 'model', display_name: 'm' }]);
  });
});

describe('errors', () => {
  test.each([
    ['an unknown model', { ...ask('x'), model: 'claude' }, 404, 'not_found_error'],
    ['a number out of range', { ...ask('x'), temperature: 3 }, 400, 'invalid_request_error'],
    [
      'a picture',
      { ...ask('x'), messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] },
      400,
      'invalid_request_error',
    ],
  ])('%s', async (_name, body, status, type) => {
    await expect(
      client.messages.create(body as Anthropic.MessageCreateParamsNonStreaming),
    ).rejects.toMatchObject({
      status,
      error: { type: 'error', error: { type, message: expect.stringMatching(/\w/) } },
    });
  });
});
