/** The engine on the real model: what it promises about answers, seen from outside. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect, type GenerateRequest, type LlamaError, LocalEngine } from '../../src/index.ts';
import { THREADS, tinyModel } from './model.ts';

let engine: LocalEngine;

beforeAll(async () => {
  engine = await LocalEngine.load({ path: await tinyModel(), context: 512, sequences: 16, threads: THREADS });
}, 300_000);

afterAll(() => engine?.close());

const ask = (content: string, options: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: 'user', content }],
  temperature: 0,
  maxTokens: 24,
  ...options,
});

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: LlamaError) => error.code,
  );

describe('answers', { timeout: 120_000 }, () => {
  test('a question gets a sensible answer, with its figures', async () => {
    const answer = await collect(engine, ask('What is the capital of France? Answer in one sentence.'));
    expect(answer.text).toContain('Paris');
    expect(answer.reason).toBe('stop');
    expect(answer.usage.promptTokens).toBeGreaterThan(30);
    expect(answer.usage.completionTokens).toBe(answer.tokens.length);
  });

  test('the same seed gives the same text, another seed another', async () => {
    const once = await collect(engine, ask('Tell me a story.', { temperature: 1, seed: 11 }));
    const again = await collect(engine, ask('Tell me a story.', { temperature: 1, seed: 11 }));
    const other = await collect(engine, ask('Tell me a story.', { temperature: 1, seed: 12 }));
    expect(again.tokens).toEqual(once.tokens);
    expect(other.tokens).not.toEqual(once.tokens);
  });

  test('a cached prefix changes nothing in the answer', async () => {
    const system = {
      role: 'system',
      content: 'You are a helpful pirate who answers every question in rhymes. '.repeat(8),
    };
    const request = (content: string, cachePrompt: boolean): GenerateRequest => ({
      ...ask(content, { temperature: 0.9, seed: 3, cachePrompt }),
      messages: [system, { role: 'user', content }],
    });
    await collect(engine, request('Where is the gold?', true));
    const cached = await collect(engine, request('Where is the ship?', true));
    const fresh = await collect(engine, request('Where is the ship?', false));
    expect(cached.usage.cachedTokens).toBeGreaterThan(100);
    expect(fresh.usage.cachedTokens).toBe(0);
    expect(cached.tokens).toEqual(fresh.tokens);
  });

  test('an answer that is resumed elsewhere goes on as if nothing had happened', async () => {
    const request = ask('Write about the sea.', { temperature: 0.8, seed: 5, maxTokens: 20 });
    const whole = await collect(engine, request);
    const rest = await collect(engine, { ...request, resume: whole.tokens.slice(0, 8) });
    expect([...whole.tokens.slice(0, 8), ...rest.tokens].length).toBe(whole.tokens.length);
    expect(rest.usage.completionTokens).toBe(whole.usage.completionTokens);
    expect(whole.text.endsWith(rest.text)).toBe(true);
  });

  test('many conversations at once never see each other', async () => {
    const secrets = Array.from(
      { length: 32 },
      (_, i) => `${['amber', 'cobalt', 'jade', 'ruby'][i % 4]}${1000 + i * 37}`,
    );
    const answers = await Promise.all(
      secrets.map((secret) =>
        collect(engine, {
          prompt: `${'All of them begin with this text. '.repeat(8)}${`The code is ${secret}. `.repeat(4)}The code is`,
          temperature: 0,
          maxTokens: 12,
        }),
      ),
    );
    answers.forEach(({ text }, i) => {
      const others = secrets.filter((secret, j) => j !== i && text.includes(secret));
      expect(others, text).toEqual([]);
    });
    expect(answers.filter(({ text }, i) => text.includes(secrets[i] as string)).length).toBeGreaterThan(16);
  });

  test('tenants do not share prefixes', async () => {
    const messages = [
      { role: 'system', content: 'An agreed text that two tenants happen to use. '.repeat(10) },
      { role: 'user', content: 'Hi' },
    ];
    const as = (tenant: string): GenerateRequest => ({
      messages,
      maxTokens: 1,
      temperature: 0,
      caller: { id: tenant, tenant },
    });
    await collect(engine, as('a'));
    expect((await collect(engine, as('a'))).usage.cachedTokens).toBeGreaterThan(50);
    expect((await collect(engine, as('b'))).usage.cachedTokens).toBe(0);
  });
});

describe('options', { timeout: 120_000 }, () => {
  test('stop strings end an answer before themselves', async () => {
    const { text, reason, stopString } = await collect(
      engine,
      ask('Count: one, two, three, four, five. Repeat it.', { stop: ['three'] }),
    );
    expect(text).not.toContain('three');
    expect([reason, stopString]).toEqual(['stop', 'three']);
  });

  test('maxTokens is exact, and ignoreEos goes on to it', async () => {
    const answer = await collect(engine, ask('Say yes.', { maxTokens: 40, ignoreEos: true }));
    expect([answer.tokens.length, answer.reason]).toEqual([40, 'length']);
  });

  test('a grammar is obeyed', async () => {
    const { text } = await collect(
      engine,
      ask('Is the sky blue?', { grammar: 'root ::= "yes" | "no"', temperature: 1, seed: 1 }),
    );
    expect(['yes', 'no']).toContain(text);
  });

  test('a JSON schema is obeyed', async () => {
    const jsonSchema = {
      type: 'object',
      properties: {
        colour: { enum: ['red', 'green'] },
        count: { type: 'integer' },
        tags: { type: 'array', items: { type: 'string', maxLength: 8 }, maxItems: 2 },
      },
      required: ['colour', 'count'],
    };
    for (const seed of [1, 2, 3]) {
      const { text } = await collect(
        engine,
        ask('Describe an apple.', { jsonSchema, temperature: 1, seed, maxTokens: 120 }),
      );
      const value = JSON.parse(text) as { colour: string; count: number; tags?: string[] };
      expect(['red', 'green']).toContain(value.colour);
      expect(Number.isInteger(value.count)).toBe(true);
      expect((value.tags ?? []).length).toBeLessThanOrEqual(2);
    }
  });

  test('logprobs are those of the model: they sum to one over all tokens, the chosen one among them', async () => {
    const { logprobs } = await collect(
      engine,
      ask('The capital of France is', { logprobs: 5, maxTokens: 3 }),
    );
    expect(logprobs).toHaveLength(3);
    for (const { token, logprob, top } of logprobs) {
      expect(top).toHaveLength(5);
      expect(top[0]).toMatchObject({ token, logprob }); // greedy
      expect(top.reduce((sum, each) => sum + Math.exp(each.logprob), 0)).toBeLessThanOrEqual(1 + 1e-6);
      expect([...top].sort((a, b) => b.logprob - a.logprob)).toEqual(top);
    }
  });

  test('scores agree with the logprobs of generation, whether an option is one token or several', async () => {
    const prompt = 'Question: What is the capital of France?\nAnswer:';
    const generated = await collect(engine, {
      prompt,
      temperature: 0,
      maxTokens: 4,
      logprobs: 0,
      ignoreEos: true,
      cachePrompt: false,
    });
    const prefixes = [1, 2, 4].map((count) => generated.logprobs.slice(0, count));
    const scores = await engine.score({
      prompt,
      options: prefixes.map((part) => part.map(({ text }) => text).join('')),
    });
    scores.forEach((score, i) => {
      const part = prefixes[i] as typeof generated.logprobs;
      expect(score.tokens).toBe(part.length);
      expect(score.logprob).toBeCloseTo(
        part.reduce((sum, { logprob }) => sum + logprob, 0),
        1,
      );
    });
    const [right, wrong] = await engine.score({ prompt, options: [' Paris', ' Berlin'] });
    expect((right as { logprob: number }).logprob).toBeGreaterThan((wrong as { logprob: number }).logprob);
  });

  test('embeddings are unit vectors, nearer for what is alike', async () => {
    const [cat, kitten, law] = (await engine.embed([
      'A cat sleeps on the sofa.',
      'A kitten naps on the couch.',
      'Parliament passed the tax bill.',
    ])) as [Float32Array, Float32Array, Float32Array];
    const dot = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
    expect(dot(cat, cat)).toBeCloseTo(1, 4);
    expect(dot(cat, kitten)).toBeGreaterThan(dot(cat, law));
  });

  test('text survives tokenising and back', async () => {
    for (const text of ['Hello, world!', 'héllo wörld', '日本語 😀 mixed', '  spaces\n\ttabs ']) {
      expect(await engine.detokenize(await engine.tokenize(text))).toBe(text);
    }
  });
});

describe('limits', { timeout: 120_000 }, () => {
  test.each<[string, GenerateRequest, string]>([
    ['nothing asked', {}, 'bad-request'],
    ['two prompts', { prompt: 'a', tokens: [1] }, 'bad-request'],
    ['empty messages', { messages: [] }, 'bad-request'],
    ['temperature out of range', ask('a', { temperature: 3 }), 'bad-request'],
    ['empty stop string', ask('a', { stop: [''] }), 'bad-request'],
    ['token outside the vocabulary', { tokens: [1e9] }, 'bad-request'],
    ['broken grammar', ask('a', { grammar: 'root ::= "a' }), 'bad-request'],
    ['unfollowable schema', ask('a', { jsonSchema: { not: {} } }), 'bad-request'],
    ['prompt over the context', ask('word '.repeat(600)), 'context-overflow'],
  ])('%s', async (_name, request, expected) => {
    expect(await code(collect(engine, request))).toBe(expected);
  });

  test('an answer that fills the context ends with length', async () => {
    const { reason, usage } = await collect(
      engine,
      ask('word '.repeat(440), { maxTokens: 400, ignoreEos: true }),
    );
    expect(reason).toBe('length');
    expect(usage.promptTokens + usage.completionTokens).toBeLessThanOrEqual(513);
  });

  test('with overflow shift it goes on past the context', async () => {
    const { usage, reason } = await collect(
      engine,
      ask('word '.repeat(440), { maxTokens: 90, ignoreEos: true, overflow: 'shift' }),
    );
    expect([usage.completionTokens, reason]).toEqual([90, 'length']);
  });

  test('cancelling frees the sequence at the next token', async () => {
    const abort = new AbortController();
    const cancelled = collect(
      engine,
      ask('Write a long essay.', { maxTokens: 400, ignoreEos: true }),
      abort.signal,
    );
    await collect(engine, ask('Hi', { maxTokens: 4 }));
    abort.abort();
    expect(await code(cancelled)).toBe('cancelled');
    await collect(engine, ask('Hi', { maxTokens: 2 }));
    expect((await engine.status()).active).toBe(0);
  });

  test('weights divide the tokens of a busy engine', async () => {
    const counts = { light: 0, heavy: 0 };
    const run = (id: 'light' | 'heavy', weight: number) => {
      let end = (): void => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const generation = engine.generate(
        { ...ask('Go on for ever.', { maxTokens: 400, ignoreEos: true }), caller: { id, weight } },
        {
          chunk: ({ tokens }) => void (counts[id] += tokens.length),
          finish: () => end(),
          error: () => end(),
        },
      );
      return { generation, ended };
    };
    const [light, heavy] = [run('light', 0.1), run('heavy', 1)];
    await expect.poll(() => counts.heavy, { timeout: 60_000 }).toBeGreaterThanOrEqual(100);
    const share = counts.light / counts.heavy;
    light.generation.cancel();
    heavy.generation.cancel();
    await Promise.all([light.ended, heavy.ended]);
    expect(share).toBeGreaterThan(0.085);
    expect(share).toBeLessThan(0.13);
  });
});
