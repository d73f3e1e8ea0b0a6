import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SamplingOptions } from '../../src/engine/engine.ts';
import { uniform } from '../../src/engine/random.ts';
import { indexOfMax, logSumExp, Sampler, selectLargest, withDefaults } from '../../src/engine/sampler.ts';

const logits = (...values: number[]): Float32Array => Float32Array.from(values);
const sampler = (options: SamplingOptions): Sampler =>
  new Sampler(withDefaults({ topK: 0, topP: 1, minP: 0, ...options }));

/** How often each token is drawn. */
function histogram(
  options: SamplingOptions,
  values: readonly number[],
  draws = 20_000,
  history: number[] = [],
): number[] {
  const counts = values.map(() => 0);
  const one = sampler({ seed: 7, temperature: 1, ...options });
  for (let i = 0; i < draws; i++) {
    const token = one.sample(Float32Array.from(values), history, i);
    counts[token] = (counts[token] as number) + 1;
  }
  return counts.map((count) => count / draws);
}

describe('sampler', () => {
  test('temperature 0 takes the likeliest', () => {
    expect(sampler({ temperature: 0 }).sample(logits(1, 5, 3), [], 0)).toBe(1);
  });

  test.each<[string, SamplingOptions, number[]]>([
    ['the distribution itself', {}, [0.1, 0.2, 0.3, 0.4]],
    ['temperature 0.5 squares it', { temperature: 0.5 }, [0.033, 0.133, 0.3, 0.533]],
    ['top_k 2', { topK: 2 }, [0, 0, 3 / 7, 4 / 7]],
    ['top_p 0.6', { topP: 0.6 }, [0, 0, 3 / 7, 4 / 7]],
    ['min_p 0.6', { minP: 0.6 }, [0, 0, 3 / 7, 4 / 7]],
    ['logit_bias forbids', { logitBias: { 3: -100 } }, [1 / 6, 2 / 6, 3 / 6, 0]],
    ['logit_bias adds', { logitBias: { 0: Math.log(4) } }, [4 / 13, 2 / 13, 3 / 13, 4 / 13]],
  ])('%s', (_name, options, expected) => {
    const drawn = histogram(options, [0.1, 0.2, 0.3, 0.4].map(Math.log));
    for (const [token, share] of drawn.entries()) expect(share).toBeCloseTo(expected[token] as number, 1.7);
  });

  test.each<[string, SamplingOptions, number[], number]>([
    ['repeat penalty divides what is above 0', { repeatPenalty: 2 }, [4, 3], 1],
    ['repeat penalty multiplies what is below 0', { repeatPenalty: 2 }, [-2, -3], 1],
    ['frequency penalty counts', { frequencyPenalty: 0.5 }, [1, 0.3], 1],
    ['presence penalty does not', { presencePenalty: 0.5 }, [1, 0.3], 0],
    ['outside the window nothing is penalised', { repeatPenalty: 2, penaltyLastN: 1 }, [4, 3], 0],
  ])('%s', (_name, options, values, expected) => {
    const history = options.penaltyLastN === 1 ? [0, 0, 1] : [0, 0];
    expect(sampler({ temperature: 0, ...options }).sample(Float32Array.from(values), history, 0)).toBe(
      expected,
    );
  });

  test('a draw depends on seed and position alone', () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sin(i) * 3);
    const draw = (seed: number, position: number): number =>
      sampler({ seed, temperature: 1 }).sample(Float32Array.from(values), [], position);
    const tokens = Array.from({ length: 40 }, (_, position) => draw(1, position));
    expect(Array.from({ length: 40 }, (_, position) => draw(1, position))).toEqual(tokens);
    expect(Array.from({ length: 40 }, (_, position) => draw(2, position))).not.toEqual(tokens);
  });

  test('the random numbers are spread evenly, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        let sum = 0;
        for (let i = 0; i < 2000; i++) {
          const value = uniform(seed, i);
          expect(value >= 0 && value < 1).toBe(true);
          sum += value;
        }
        expect(Math.abs(sum / 2000 - 0.5)).toBeLessThan(0.04);
      }),
      { numRuns: 30 },
    );
  });

  test('the k largest are those of a sort', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        fc.integer({ min: 1, max: 20 }),
        (values, k) => {
          const row = Float32Array.from(values);
          const ids = new Int32Array(k);
          const out = new Float64Array(k);
          const count = selectLargest(row, k, ids, out);
          const sorted = [...row.keys()]
            .sort((a, b) => (row[b] as number) - (row[a] as number) || a - b)
            .slice(0, k);
          expect([...ids.subarray(0, count)]).toEqual(sorted);
          expect(indexOfMax(row)).toBe(sorted[0]);
        },
      ),
    );
  });

  test('log-sum-exp does not overflow', () => {
    expect(logSumExp(logits(1000, 1000))).toBeCloseTo(1000 + Math.log(2), 6);
  });
});
