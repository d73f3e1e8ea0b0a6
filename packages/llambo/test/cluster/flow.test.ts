/** The way of a question through the cluster, on engines without a model. */
import { LlamaError } from '@llambo/llama';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { formatStatus } from '../../src/cluster/status.ts';
import { LlamboError, Orchestrator, parseConfig } from '../../src/index.ts';
import { ask, EchoModels, startEcho } from './support.ts';

let orchestrator: Orchestrator | undefined;
afterEach(() => orchestrator?.stop());

async function start(models = new EchoModels(), yaml?: string): Promise<Orchestrator> {
  orchestrator = await startEcho(models, yaml);
  return orchestrator;
}

describe('a question', () => {
  test('is answered by a node, which says how it came to it', async () => {
    const cluster = await start();
    const { text, finish } = await ask(cluster, 'What is AI?', { maxTokens: 5 });
    expect(text.split(' ')).toHaveLength(5);
    expect(finish?.assignment).toEqual({
      node: 'worker-0001',
      class: 'tiny',
      model: 'm',
      strategy: 'least-loaded',
      attempt: 1,
    });
    expect(cluster.status().load).toBe(0);
  });

  test('waits for a node when all are busy, and is answered in turn', async () => {
    const cluster = await start(new EchoModels({ tokenMs: 1 }));
    const answers = Array.from({ length: 10 }, (_, i) => ask(cluster, `question ${i}`, { maxTokens: 4 }));
    expect(cluster.status()).toMatchObject({ load: 2, capacity: 2, waiting: 8, utilisation: 1 });
    expect((await Promise.all(answers)).every(({ finish }) => finish !== undefined)).toBe(true);
    expect(cluster.status()).toMatchObject({ load: 0, waiting: 0 });
  });

  test('for a full class waits without holding up the others', async () => {
    const yaml = 'classes: { small: { model: m, capacity: 1 }, big: { model: m, capacity: 1 } }';
    const cluster = await start(new EchoModels({ tokenMs: 1 }), yaml);
    const order: string[] = [];
    const note = (name: string, model: string, maxTokens: number) =>
      ask(cluster, name, { model, maxTokens }).then(() => order.push(name));
    await Promise.all([
      note('long', 'small', 300),
      note('first', 'big', 20),
      note('blocked', 'small', 2),
      note('passes', 'big', 2),
    ]);
    expect(order).toEqual(['first', 'passes', 'long', 'blocked']);
  });

  test('over the queue is refused, with a time to try again', async () => {
    const cluster = await start(
      new EchoModels({ tokenMs: 1 }),
      'queue: 1\nclasses: { tiny: { count: 1, model: m, capacity: 1 } }',
    );
    const [, , third] = await Promise.all([
      ask(cluster, 'a', { maxTokens: 3 }),
      ask(cluster, 'b', { maxTokens: 3 }),
      ask(cluster, 'c'),
    ]);
    expect(third.error).toMatchObject({ code: 'overloaded', retryAfter: 1 });
  });

  test('that is cancelled frees its node at once for the next', async () => {
    const cluster = await start(
      new EchoModels({ tokenMs: 1 }),
      'classes: { tiny: { count: 1, model: m, capacity: 1 } }',
    );
    const given = ask(cluster, 'a', { maxTokens: 1000, onChunk: (count, cancel) => count === 3 && cancel() });
    const next = ask(cluster, 'b', { maxTokens: 2 });
    await given;
    expect((await next).finish?.assignment.attempt).toBe(1);
    expect(cluster.status().load).toBe(0);
  });

  test.each([
    [undefined, 'm', undefined],
    ['default', 'm', undefined],
    ['m', 'm', undefined],
    ['big', 'n', 'big'],
  ])('for %s goes to model %s, class %s', async (name, model, nodeClass) => {
    const cluster = await start(undefined, 'classes: { tiny: { model: m }, big: { model: n } }');
    expect(cluster.resolve(name)).toEqual({ model, class: nodeClass });
  });

  test('for an unknown model is refused with the names that are known', async () => {
    const cluster = await start();
    expect(() => cluster.resolve('gpt-5')).toThrow('model gpt-5 is not served here; models: m, tiny');
  });
});

describe('an engine that dies', () => {
  test('in mid-answer: the answer goes on where it stopped, byte for byte', async () => {
    const models = new EchoModels({ tokenMs: 1 });
    const cluster = await start(models);
    const whole = await ask(cluster, 'a long story', { maxTokens: 60 });
    const broken = await ask(cluster, 'a long story', {
      maxTokens: 60,
      onChunk: (count) => count === 20 && models.kill(),
    });
    expect(broken.text).toBe(whole.text);
    expect(broken.finish?.assignment.attempt).toBe(2);
    expect(broken.finish?.usage.completionTokens).toBe(60);
    expect(models.engines).toHaveLength(2);
    expect(
      cluster.events
        .recent(10)
        .map(({ text }) => text)
        .join('\n'),
    ).toMatch(/died \(SIGKILL\), 2 nodes in error[\s\S]*is back, 2 nodes recovered/);
  });

  test('again and again: as long as each one gives a token, the answer goes on', async () => {
    const models = new EchoModels({ tokenMs: 1 });
    const cluster = await start(models);
    const whole = await ask(cluster, 'hard times', { maxTokens: 60 });
    let kills = 0;
    const { text, finish } = await ask(cluster, 'hard times', {
      maxTokens: 60,
      onChunk: (count) => count % 8 === 0 && kills++ < 3 && models.kill(),
    });
    expect(text).toBe(whole.text);
    expect(finish?.assignment.attempt).toBe(4);
    expect(cluster.status().load).toBe(0);
  }, 60_000);

  test('five times before its first token: an error, never silence', async () => {
    const models = new EchoModels({ firstMs: 60_000 });
    const cluster = await start(models);
    // Not before the question has reached it: that would be no failure of the question's.
    const killer = setInterval(async () => {
      const engine = models.engines.at(-1);
      if (((await engine?.status())?.active ?? 0) > 0 && engine === models.engines.at(-1)) models.kill();
    }, 20);
    const { error } = await ask(cluster, 'doomed', { maxTokens: 60 });
    clearInterval(killer);
    expect(error?.message).toMatch(/engine is gone/);
    expect(cluster.status().load).toBe(0);
  }, 60_000);

  test('of which only the way to it is lost says little about the question', async () => {
    const cluster = await start(new EchoModels(), 'classes: { tiny: { count: 8, model: m, capacity: 1 } }');
    for (const node of cluster.nodes.slice(0, 7)) {
      (node as { calls: unknown }).calls = {
        generate(_request: unknown, sink: { error(error: Error): void }) {
          queueMicrotask(() => sink.error(new LlamaError('engine-gone', 'connection is gone')));
          return { cancel() {} };
        },
      };
    }
    const { text, finish } = await ask(cluster, 'hard times', { maxTokens: 5 });
    expect(text.split(' ')).toHaveLength(5);
    expect(finish?.assignment).toMatchObject({ node: 'worker-0008', attempt: 8 });
  });

  test('loads stay exact, whatever is asked, cancelled or killed', async () => {
    const step = fc.constantFrom('ask', 'ask', 'cancel', 'kill');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const models = new EchoModels();
        const cluster = await startEcho(models, 'classes: { tiny: { count: 3, model: m, capacity: 2 } }');
        const answers = steps.map((what, i) => {
          if (what === 'kill') models.kill();
          return ask(cluster, `q${i}`, {
            maxTokens: 3,
            onChunk: (_count, cancel) => what === 'cancel' && cancel(),
          });
        });
        await Promise.all(answers);
        expect(cluster.nodes.map(({ load }) => load)).toEqual([0, 0, 0]);
        await cluster.stop();
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

test('a node that is slow to begin is overtaken by a second one, whose answer is the same', async () => {
  const models = new EchoModels({ tokenMs: 1 });
  const cluster = await start(
    models,
    'hedge: true\nstrategy: round-robin\nclasses: { tiny: { count: 2, model: m, capacity: 64 } }',
  );
  for (let i = 0; i < 60; i++) await ask(cluster, `q${i}`, { maxTokens: 1 });
  const whole = await ask(cluster, 'hurry', { maxTokens: 20 });
  // From now on one node does not even open its file.
  const lame = cluster.node('worker-0001') as unknown as { calls: { generate(): unknown } };
  let cancelled = 0;
  lame.calls = { generate: () => ({ cancel: () => cancelled++ }) };
  const answers = [
    await ask(cluster, 'hurry', { maxTokens: 20 }),
    await ask(cluster, 'hurry', { maxTokens: 20 }),
  ];
  expect(answers.map(({ text }) => text)).toEqual([whole.text, whole.text]);
  expect(answers.map(({ finish }) => finish?.assignment.node)).toEqual(['worker-0002', 'worker-0002']);
  expect(answers.map(({ finish }) => finish?.assignment.attempt).sort()).toEqual([1, 2]);
  expect(cancelled).toBe(1);
});

test('strategies change under load without losing a question', async () => {
  const cluster = await start(
    new EchoModels({ tokenMs: 1 }),
    'classes: { tiny: { count: 4, model: m, capacity: 1 } }',
  );
  const answers = Array.from({ length: 40 }, (_, i) => {
    if (i % 10 === 5)
      cluster.setStrategy(['round-robin', 'random', 'p2c', 'least-loaded'][Math.floor(i / 10)] as string);
    return ask(cluster, `q${i}`, { maxTokens: 3 });
  });
  expect((await Promise.all(answers)).filter(({ finish }) => finish === undefined)).toEqual([]);
  expect(() => cluster.setStrategy('psychic')).toThrow(LlamboError);
});

test('a node that is drained keeps its answer for its time; then that goes on elsewhere, byte for byte', async () => {
  const models = new EchoModels({ tokenMs: 5 });
  const config = parseConfig(
    'classes: { tiny: { count: 2, model: m, capacity: 1 } }\nengine: { kind: echo }',
    'test',
  );
  orchestrator = await Orchestrator.start(config, { launch: models.launch, drainMs: 20 });
  const cluster = orchestrator;
  const whole = await ask(cluster, 'a long story', { maxTokens: 60 });
  const [other] = cluster.nodes.filter(({ id }) => id !== whole.finish?.assignment.node);
  const moved = await ask(cluster, 'a long story', {
    maxTokens: 60,
    onChunk: (count) => count === 5 && void cluster.execute(`drain ${other?.id}`),
  });
  expect(moved.text).toBe(whole.text);
  expect(moved.finish?.assignment).toMatchObject({ node: whole.finish?.assignment.node, attempt: 2 });
  expect(cluster.status()).toMatchObject({ load: 0, waiting: 0 });
  expect(cluster.events.recent(3).map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^request moves on from \S+ after \d+ tokens: \S+ is drained$/),
  );
  // Nobody else is there to take this one: it stays where it is.
  await cluster.execute(`resume ${other?.id}`);
  await cluster.execute(`drain ${whole.finish?.assignment.node}`);
  const kept = await ask(cluster, 'a long story', {
    maxTokens: 60,
    onChunk: (count) => count === 5 && void cluster.execute(`drain ${other?.id}`),
  });
  expect(kept.text).toBe(whole.text);
  expect(kept.finish?.assignment.attempt).toBe(1);
});

test('stopping fails what waits', async () => {
  const cluster = await start(
    new EchoModels({ tokenMs: 50 }),
    'classes: { tiny: { count: 1, model: m, capacity: 1 } }',
  );
  const answers = [ask(cluster, 'a', { maxTokens: 100 }), ask(cluster, 'b')];
  await cluster.stop();
  for (const { error } of await Promise.all(answers)) expect(error).toMatchObject({ code: 'no-node' });
});

test('status begins as the seed draws it', async () => {
  const cluster = await start(
    undefined,
    'classes: { tiny: { count: 750, model: m }, medium: { count: 200, model: m }, large: { count: 50, model: m } }',
  );
  expect(formatStatus(cluster.status())).toMatch(/^Cluster: 1000 nodes, 0% util\nhealth=healthy\n/);
});
