/** A real cluster that grows and shrinks by itself, as its status, its events and its decisions tell. */
import { afterEach, expect, test } from 'vitest';
import type { Orchestrator } from '../../src/index.ts';
import { ask, EchoModels, startEcho } from './support.ts';

let cluster: Orchestrator | undefined;
afterEach(() => cluster?.stop());

test('under load it has more nodes, and without it fewer', { timeout: 120_000 }, async () => {
  cluster = await startEcho(
    new EchoModels({ tokenMs: 10 }),
    `classes: { tiny: { count: 2, model: m, capacity: 1 } }
autoscale: { enabled: true, policy: seed, classes: { tiny: { minimum: 2, maximum: 8 } } }`,
  );
  const one = cluster;
  let load = true;
  const errors: string[] = [];
  const clients = Array.from({ length: 8 }, async (_, i) => {
    for (let n = 0; load; n++) {
      const { error } = await ask(one, `client ${i}, question ${n}`, { maxTokens: 20 });
      if (error !== undefined) errors.push(error.message);
    }
  });
  await expect.poll(() => one.status().nodes, { timeout: 40_000 }).toBe(8);
  load = false;
  await Promise.all(clients);
  await expect.poll(() => one.status().nodes, { timeout: 40_000 }).toBe(2);
  expect(errors).toEqual([]);
  const events = one.events.recent(100).map(({ text }) => text);
  expect(events.find((text) => text.startsWith('scaled tiny from 2 to 8:'))).toBeDefined();
  expect(events.find((text) => text.startsWith('scaled tiny from 8 to 2:'))).toBeDefined();
  expect(one.autoscale()).toMatchObject({ enabled: true, policy: 'seed' });
  expect(one.decisions().autoscaler.filter(({ from, to }) => from !== to)).toMatchObject([
    { class: 'tiny', from: 2, to: 8 },
    { class: 'tiny', from: 8, to: 2 },
  ]);
});

test('a class of none gets a node when somebody asks for it, and the question waits', {
  timeout: 60_000,
}, async () => {
  cluster = await startEcho(
    new EchoModels(),
    `classes: { tiny: { count: 0, model: m, capacity: 1 } }
autoscale: { enabled: true, policy: target, classes: { tiny: { minimum: 0, maximum: 4 } } }`,
  );
  expect(cluster.status().nodes).toBe(0);
  const { finish } = await ask(cluster, 'is anybody there?', { maxTokens: 3 });
  expect(finish?.reason).toBe('length');
  expect(cluster.status().nodes).toBeGreaterThan(0);
  expect(cluster.autoscale().classes[0]?.coldStartMs).toBeGreaterThan(0);
});
