import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, ScoreRequest } from '@llambo/llama';
import { describe, expect, test } from 'vitest';
import { answerReport } from '../../src/eval/answer-report.ts';
import { type Answered, recallAnswers, SAMPLING, sampleRequest } from '../../src/eval/answers.ts';
import { cascadeOutcomes, fitPool, observe, poolOutcomes, type Reading } from '../../src/eval/choice.ts';
import { choiceReport } from '../../src/eval/choice-report.ts';
import { choiceItem, type EvalItem } from '../../src/eval/item.ts';
import { ask } from '../../src/eval/members.ts';
import { choiceText, reportJson, riskPicture } from '../../src/eval/render.ts';
import { accuracy } from '../../src/eval/statistics.ts';
import { AnswerStore } from '../../src/eval/store.ts';
import { seededRandom } from '../../src/sim/random.ts';

/** An engine that knows the right words with some noise of its own. */
const knowing = (right: ReadonlySet<string>, noise: number, seed: number): Engine => {
  const random = seededRandom(seed);
  return {
    score: async ({ prompt = '', options }: ScoreRequest) =>
      options.map((option) => {
        const asked = `${prompt}${option}`;
        const known = prompt !== 'Answer:' && [...right].some((word) => asked.includes(word));
        return { logprob: -12 + (known ? 3 : 0) + noise * (random() - 0.5), tokens: 3, bytes: 10 };
      }),
  } as unknown as Engine;
};

const items = Array.from({ length: 100 }, (_, at) =>
  choiceItem(
    `q${at}`,
    `What is number ${at}?`,
    [`right${at}x`, `wrong${at}a`, `wrong${at}b`, `wrong${at}c`],
    0,
  ),
);
const right = new Set(items.map((_, at) => `right${at}x`));
const readings: Reading[] = [
  { model: 'a', format: 'plain', rotation: 0, prior: 'prior', measures: ['byte', 'pmi'] },
  { model: 'b', format: 'channel', rotation: 0, measures: ['sum'] },
];

async function observed() {
  const stores = new Map(
    ['a', 'b'].map((model) => [model, new AnswerStore(mkdtempSync(join(tmpdir(), 'llambo-eval-')), model)]),
  );
  for (const [at, { model, format, prior }] of readings.entries()) {
    const engine = knowing(right, 8, at);
    for (const item of items) {
      for (const name of [format, ...(prior === undefined ? [] : [prior])]) {
        await ask(stores.get(model) as AnswerStore, engine, { model, format: name, rotation: 0 }, item);
      }
    }
  }
  return observe({ name: 'made up', source: 'here', items }, readings, stores);
}

describe('closed questions', () => {
  test('a pool of two that err by themselves is better than each', async () => {
    const set = await observed();
    expect([set.tuning.length, set.rest.length]).toEqual([20, 80]);
    const members = fitPool(readings, set.tuning);
    const together = accuracy(poolOutcomes(members, set.rest));
    for (const r of [0, 1]) {
      const alone = members.map((member, at) => ({ ...member, weight: at === r ? 1 : 0 }));
      expect(together).toBeGreaterThan(accuracy(poolOutcomes(alone, set.rest)));
    }
  });

  test('a cascade asks less', async () => {
    const set = await observed();
    const members = fitPool(readings, set.tuning);
    expect(cascadeOutcomes(members, set.rest, [0, 1], 0).cost).toBeLessThan(1);
    const full = cascadeOutcomes(members, set.rest, [0, 1], 1);
    expect(full.cost).toBeCloseTo(1);
    expect(accuracy(full.outcomes)).toBeCloseTo(accuracy(poolOutcomes(members, set.rest)), 1);
  });

  test('the report has all its figures, as a table, as JSON and as a picture', async () => {
    const report = choiceReport([await observed()], readings, []);
    expect(report.pool.mean).toBeGreaterThan(report.best.mean);
    expect(choiceText(report)).toContain('best single-node method, in hindsight');
    const json = reportJson({ choice: report, answers: [] });
    for (const key of [
      'best_single',
      'pool',
      'gain_over_best',
      'p_value',
      'cascade_gain_kept',
      'cascade_tokens',
      'abstain_gain',
    ]) {
      expect(typeof json[key], key).toBe('number');
    }
    expect(json['greedy']).toBeNull();
    expect(riskPicture(report.risk, 'a title')).toMatch(/^<svg[\s\S]*polyline[\s\S]*<\/svg>\n$/);
  });
});

describe('written answers', () => {
  const answered = (at: number): Answered => ({
    item: { id: `n${at}`, question: 'How many?', answer: '7', kind: 'numeric' },
    greedy: { text: at % 2 === 0 ? '7' : '8', logprobs: [-0.3], tokens: 2 },
    samples: Array.from({ length: 16 }, (_, n) => ({
      text: n % 3 === 0 ? String(n) : '7',
      logprobs: [-0.5],
      tokens: 2,
    })),
  });

  test('voting finds what is right most often, early stopping saves tokens', () => {
    const report = answerReport(
      'numbers',
      'm',
      Array.from({ length: 40 }, (_, at) => answered(at)),
    );
    expect(report).toMatchObject({ greedy: 0.5, vote: 1, items: 32, tuning: 8 });
    expect(report.overGreedy).toMatchObject({ gains: 16, losses: 0 });
    const adaptive = report.rules.find(({ name }) => name === 'vote, adaptive');
    expect(adaptive?.accuracy).toBe(1);
    expect(adaptive?.tokens).toBeLessThan(0.8);
  });

  test('only whole items are judged', async () => {
    const store = new AnswerStore(mkdtempSync(join(tmpdir(), 'llambo-eval-')), 'm');
    const item: EvalItem = { id: 'x', question: 'How many?', answer: '7', kind: 'numeric' };
    const sampling = { ...SAMPLING, samples: 2 };
    for (const n of [0, 1])
      await store.generate(sampleRequest(item, n, sampling), async () => ({
        text: '7',
        logprobs: [],
        tokens: 1,
      }));
    expect(recallAnswers([item], store, sampling)).toEqual([]);
    await store.generate(sampleRequest(item, 2, sampling), async () => ({
      text: '7',
      logprobs: [],
      tokens: 1,
    }));
    expect(recallAnswers([item], store, sampling)).toHaveLength(1);
  });
});
