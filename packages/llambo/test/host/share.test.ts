/** What a node's `cpu` is worth: shares and ceilings on the real model, through the whole cluster. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { THREADS, tinyModel } from '../engine/model.ts';

let cluster: Orchestrator;

beforeAll(async () => {
  const model = JSON.stringify(await tinyModel());
  cluster = await Orchestrator.start(
    parseConfig(
      `classes:
  light: { model: ${model}, cpu: 0.1, capacity: 1, context_size: 512 }
  heavy: { model: ${model}, cpu: 1, capacity: 3, context_size: 512 }
  capped: { model: ${model}, cpu: 0.1, cpu_limit: hard, capacity: 2, context_size: 512 }
engine: { threads: ${THREADS} }`,
      'test',
    ),
  );
}, 300_000);

afterAll(() => cluster?.stop());

let serial = 0;

/** Keeps a node of the class busy with one endless question. */
function busy(model: string): { tokens: number; at: number[]; cancel: () => void } {
  const asked = { tokens: 0, at: [] as number[], cancel: () => inference.cancel() };
  const inference = cluster.infer(
    {
      id: `share-${++serial}`,
      model,
      generate: { prompt: `${serial} Go on for ever.`, ignoreEos: true, temperature: 0, maxTokens: 480 },
    },
    {
      chunk: ({ tokens }) => {
        asked.tokens += tokens.length;
        asked.at.push(performance.now());
      },
      finish: () => {},
      error: () => {},
    },
  );
  return asked;
}

const sum = (all: readonly { readonly tokens: number }[]): number =>
  all.reduce((total, { tokens }) => total + tokens, 0);

test('nodes of cpu 0.1 and 1.0 get 1:10 of the tokens when both are saturated', {
  timeout: 120_000,
}, async () => {
  // Saturated is with as many questions as a node takes at once: however many, the node's share is the same.
  const light = [busy('light')];
  const heavy = [busy('heavy'), busy('heavy'), busy('heavy')];
  const all = [...light, ...heavy];
  await expect.poll(() => all.every(({ tokens }) => tokens > 0), { timeout: 60_000, interval: 1 }).toBe(true);
  const before = [sum(light), sum(heavy)] as const;
  await expect
    .poll(() => sum(heavy) - before[1], { timeout: 60_000, interval: 1 })
    .toBeGreaterThanOrEqual(240);
  const share = (sum(light) - before[0]) / (sum(heavy) - before[1]);
  for (const { cancel } of all) cancel();
  expect(share).toBeGreaterThan(0.1 / 1.15);
  expect(share).toBeLessThan(0.1 * 1.15);
});

test('a hard limit holds on an idle engine, for all questions of the node together', {
  timeout: 120_000,
}, async () => {
  const free = busy('light');
  await expect.poll(() => free.tokens, { timeout: 60_000, interval: 1 }).toBeGreaterThanOrEqual(25);
  free.cancel();
  const capped = [busy('capped'), busy('capped')];
  await expect.poll(() => sum(capped), { timeout: 60_000, interval: 1 }).toBeGreaterThanOrEqual(14);
  for (const { cancel } of capped) cancel();
  const rate = (at: readonly number[]): number =>
    (at.length - 1) / ((at.at(-1) as number) - (at[0] as number));
  const both = capped.flatMap(({ at }) => at).sort((a, b) => a - b);
  // On one thread a core's tenth is a tenth of the rate; two at once cost less than twice as much.
  expect(rate(both) / rate(free.at)).toBeLessThan(0.35);
});

test('a node at its limit keeps nobody waiting', { timeout: 120_000 }, async () => {
  const capped = busy('capped');
  const heavy = busy('heavy');
  await expect.poll(() => capped.tokens, { timeout: 60_000, interval: 1 }).toBeGreaterThanOrEqual(2);
  const before = capped.tokens;
  const start = heavy.tokens;
  await expect.poll(() => heavy.tokens - start, { timeout: 60_000, interval: 1 }).toBeGreaterThanOrEqual(60);
  capped.cancel();
  heavy.cancel();
  expect(capped.tokens - before).toBeLessThan(25);
});
