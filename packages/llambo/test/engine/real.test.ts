/** The real model through files, beside the engine itself: nothing is lost or changed on the way. */
import { collect, type Engine, type GenerateRequest, type LlamaError, LocalEngine } from '@llambo/llama';
import { Client, pair, serve } from '@llambo/styx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineServer } from '../../src/engine/server.ts';
import { NodeEngine } from '../../src/wire/node-engine.ts';
import { sessionData } from '../../src/wire/session.ts';
import { parseReport } from '../../src/wire/status.ts';
import { THREADS, tinyModel } from './model.ts';
import { reach } from './support.ts';

let direct: LocalEngine;
let client: Client;
let node: NodeEngine;

beforeAll(async () => {
  direct = await LocalEngine.load({ path: await tinyModel(), context: 256, sequences: 8, threads: THREADS });
  const [a, b] = pair();
  serve(a, engineServer(direct));
  client = await Client.connect(b);
  node = await as('test');
}, 300_000);

afterAll(async () => {
  client?.close();
  await direct?.close();
});

async function as(uname: string, aname = ''): Promise<NodeEngine> {
  const root = await client.attach({ uname, aname });
  return new NodeEngine(sessionData(() => root));
}

const ask = (prompt: string, options: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt,
  temperature: 0,
  maxTokens: 6,
  cachePrompt: false,
  ...options,
});

const both = async <T>(run: (engine: Engine) => Promise<T>): Promise<[T, T]> => [
  await run(direct),
  await run(node as unknown as Engine),
];

/** What does not depend on how long it took. */
async function answerOf(engine: Engine, request: GenerateRequest): Promise<unknown> {
  try {
    const { usage, ...rest } = await collect(engine, request);
    const { promptTokens, cachedTokens, completionTokens } = usage;
    return { ...rest, promptTokens, cachedTokens, completionTokens };
  } catch (error) {
    const { code, message } = error as LlamaError;
    return { code, message };
  }
}

describe('the same as the engine itself', { timeout: 120_000 }, () => {
  test.each<[string, GenerateRequest]>([
    ['a chat', { messages: [{ role: 'user', content: "What's\nup?" }], temperature: 0, maxTokens: 4 }],
    ['a prompt as it is', ask("The sea\n\nis 'blue'")],
    ['a prompt as ids', { tokens: [504, 3575, 282, 4649, 314], temperature: 0, maxTokens: 6 }],
    ['a seed', ask('Once', { temperature: 1, seed: 7, topK: 50, topP: 0.9, minP: 0.01 })],
    [
      'penalties, a bias',
      ask('Go go go', { repeatPenalty: 1.3, presencePenalty: 1, logitBias: { '28': -100 } }),
    ],
    ['resume', ask('The sea', { resume: [314, 260], maxTokens: 6 })],
    ['a stop string', ask('one, two, three, four, one, two,', { stop: [' three'] })],
    ['the end token passed over', ask('Yes.', { ignoreEos: true })],
    ['log-probabilities', ask('The capital of France is', { logprobs: 3, maxTokens: 3 })],
    ['log-probabilities alone', ask('The capital of France is', { logprobs: 0, maxTokens: 3 })],
    ['a grammar', ask('Blue?', { grammar: 'root ::= "yes" | "no"' })],
    ['a schema', ask('An apple:', { jsonSchema: { enum: ['red', 'gr"een'] }, maxTokens: 10 })],
    ['characters of several tokens', ask('日本語 😀 日本語 😀 日本語', { maxTokens: 10 })],
    ['tools that the template does not know', { ...ask('a'), tools: [{ type: 'function' }] }],
    ['nothing asked', {}],
    ['temperature out of range', ask('a', { temperature: 3 })],
    ['a broken grammar', ask('a', { grammar: 'root ::= "a' })],
    ['a token outside the vocabulary', { tokens: [999_999_999] }],
    ['a prompt over the context', ask('word '.repeat(300))],
  ])('%s', async (_name, request) => {
    const [expected, got] = await both((engine) => answerOf(engine, request));
    expect(got).toEqual(expected);
  });

  test('scores, to the last digit', async () => {
    const request = { prompt: 'The capital of France is', options: [' Paris', ' Berlin', " it's\nRome"] };
    const [expected, got] = await both((engine) => engine.score(request));
    expect(got).toHaveLength(3);
    got.forEach((score, i) => {
      expect(score.logprob).toBeCloseTo(expected[i]?.logprob as number, 3);
      expect([score.tokens, score.bytes]).toEqual([expected[i]?.tokens, expected[i]?.bytes]);
    });
  });

  test('embeddings, to the last bit', async () => {
    const [expected, got] = await both((engine) => engine.embed(['A cat sleeps.', 'Two\nlines']));
    expect(got).toEqual(expected);
  });

  test('tokens, text and templates', async () => {
    const text = 'héllo <|im_start|> 日本語\n';
    const [expected, got] = await both(async (engine) => [
      await engine.tokenize(text),
      await engine.tokenize(text, { special: true }),
      await engine.detokenize(await engine.tokenize(text)),
      await engine.applyTemplate([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: text },
      ]),
    ]);
    expect(got).toEqual(expected);
  });
});

test('a process of its own gives the same answer', { timeout: 120_000 }, async () => {
  const request = ask('The capital of France is', { logprobs: 1 });
  const reached = await reach({
    kind: 'llama',
    path: await tinyModel(),
    context: 256,
    sequences: 8,
    threads: THREADS,
  });
  try {
    expect(await answerOf(reached.engine as unknown as Engine, request)).toEqual(
      await answerOf(direct, request),
    );
    expect(parseReport(await reached.read('status'))).toMatchObject({
      ...direct.info,
      active: 0,
      requests: 1,
    });
  } finally {
    await reached.close();
  }
});

describe('callers', { timeout: 120_000 }, () => {
  test('the tenant of an attach goes before that of a request', async () => {
    const [mine, other] = [await as('w1', 'tenant=mine'), await as('w2', 'tenant=other')];
    const request = ask('An agreed text. '.repeat(16), { maxTokens: 1, cachePrompt: true });
    const cached = async (engine: NodeEngine, tenant?: string): Promise<number> => {
      const caller = tenant === undefined ? undefined : { id: 'x', tenant };
      return (await collect(engine as unknown as Engine, { ...request, caller })).usage.cachedTokens;
    };
    expect(await cached(mine)).toBe(0);
    expect(await cached(mine)).toBeGreaterThan(50);
    expect(await cached(other, 'mine')).toBe(0);
    expect(await cached(node, 'mine')).toBeGreaterThan(50);
  });

  test('a wrong claim is refused at attach', async () => {
    await expect(as('w', 'weight=0')).rejects.toThrow(
      'bad-request: weight: expected a number above 0, got "0"',
    );
    await expect(as('w', 'wait=1')).rejects.toThrow(
      'bad-request: unknown attribute "wait": expected weight, capacity, limit, account or tenant',
    );
  });
});
