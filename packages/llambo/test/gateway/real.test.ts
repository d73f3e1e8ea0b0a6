/** From an OpenAI client to the real model and back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { THREADS, tinyModel } from '../../../llama/test/engine/model.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { type Served, serve } from './support.ts';

let cluster: Orchestrator;
let served: Served;

beforeAll(async () => {
  const path = await tinyModel();
  const yaml = `classes: { tiny: { count: 4, model: ${JSON.stringify(path)}, capacity: 2, context_size: 512 } }\nengine: { threads: ${THREADS} }`;
  cluster = await Orchestrator.start(parseConfig(yaml, 'test'));
  served = await serve(cluster);
}, 300_000);

afterAll(async () => {
  await served?.gateway.close();
  await cluster?.stop();
});

const question = {
  model: 'tiny',
  messages: [{ role: 'user' as const, content: 'What is the capital of France? Answer in one sentence.' }],
  temperature: 0,
};

async function streamed(options: Record<string, unknown>, onEvent: (count: number) => void = () => {}) {
  const stream = await served.client.chat.completions.create({ ...question, ...options, stream: true });
  let text = '';
  let count = 0;
  let provenance: { attempts?: number } = {};
  let reason: string | null = null;
  for await (const event of stream) {
    text += event.choices[0]?.delta.content ?? '';
    reason = event.choices[0]?.finish_reason ?? reason;
    provenance = (event as unknown as { llambo?: { attempts: number } }).llambo ?? provenance;
    onEvent(++count);
  }
  return { text, reason, attempts: provenance.attempts };
}

const enginePid = (): number => (cluster.models()[0] as unknown as { pid: number }).pid;

describe('the real model', { timeout: 120_000 }, () => {
  test('answers', async () => {
    const answer = await served.client.chat.completions.create({ ...question, max_tokens: 24 });
    expect(answer.choices[0]?.message.content).toContain('Paris');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });

  test('obeys a JSON schema, and gives logprobs', async () => {
    const answer = await served.client.chat.completions.create({
      ...question,
      max_tokens: 60,
      logprobs: true,
      top_logprobs: 2,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'city',
          schema: {
            type: 'object',
            properties: { city: { type: 'string', maxLength: 20 } },
            required: ['city'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: expect.any(String) });
    expect(answer.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toHaveLength(2);
  });

  test('calls a function when it must, with arguments that obey its schema', async () => {
    const parameters = {
      type: 'object',
      properties: { city: { $ref: '#/$defs/city' }, unit: { enum: ['celsius', 'fahrenheit'] } },
      required: ['city', 'unit'],
      additionalProperties: false,
      $defs: { city: { type: 'string', maxLength: 20 } },
    };
    const answer = await served.client.chat.completions.create({
      ...question,
      messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
      max_tokens: 80,
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      tool_choice: 'required',
    });
    const [call] = answer.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } });
    const given = call?.type === 'function' ? JSON.parse(call.function.arguments) : undefined;
    expect(given).toEqual({
      city: expect.any(String),
      unit: expect.stringMatching(/^(celsius|fahrenheit)$/),
    });
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
  });

  test('measures a text, and embeds one', async () => {
    const prompt = 'The capital of France is Paris';
    const measured = await served.client.completions.create({
      model: 'tiny',
      prompt,
      echo: true,
      logprobs: 1,
      max_tokens: 0,
    });
    const { tokens = [], token_logprobs: logprobs = [] } = measured.choices[0]?.logprobs ?? {};
    expect(tokens.join('')).toBe(prompt);
    expect(logprobs[0]).toBeNull();
    const last = logprobs.at(-1) as number;
    expect(last).toBeLessThanOrEqual(0);
    expect(last).toBeGreaterThan(Math.log(0.1));
    const { data } = await served.client.embeddings.create({ model: 'tiny', input: ['a cat', 'a dog'] });
    for (const { embedding } of data) expect(Math.hypot(...embedding)).toBeCloseTo(1, 3);
  });

  test('kill -9 of its engine in mid-stream: the answer goes on in the same stream, and is the same', async () => {
    const options = {
      messages: [{ role: 'user', content: 'Write about the sea.' }],
      max_tokens: 60,
      temperature: 0.8,
      seed: 4,
      ignore_eos: true,
      cache_prompt: false,
    };
    const whole = await streamed(options);
    const killed = await streamed(options, (count) => {
      if (count === 15) process.kill(enginePid(), 'SIGKILL');
    });
    expect([killed.reason, killed.attempts]).toEqual(['length', 2]);
    expect(killed.text.slice(0, 20)).toBe(whole.text.slice(0, 20));
    expect(killed.text.length).toBeGreaterThan(100);
    expect(cluster.status()).toMatchObject({ health: 'healthy', load: 0 });
  });
});
