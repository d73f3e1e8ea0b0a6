import { describe, expect, test } from 'vitest';
import {
  incompleteBeta,
  leaderPosterior,
  logGamma,
  logSoftmax,
  normalisedEntropy,
} from '../../src/fusion/agreement.ts';
import { meanLogprob, windowConfidence } from '../../src/fusion/confidence.ts';
import { cosine, rougeL, wordsOf } from '../../src/fusion/rouge.ts';

test('log-gamma is the factorial where it must be', () => {
  expect(logGamma(6)).toBeCloseTo(Math.log(120), 10);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 10);
});

test.each([
  [1, 1, 0.3, 0.3],
  [2, 1, 0.5, 0.25],
  [5, 1, 0.5, 1 / 32],
  [3, 3, 0.5, 0.5],
])('I(%d, %d) at %d is %d', (a, b, x, expected) => {
  expect(incompleteBeta(a, b, x)).toBeCloseTo(expected, 10);
});

test('four votes that agree are sure enough to stop, three are not', () => {
  expect(leaderPosterior(4, 0)).toBeCloseTo(1 - 2 ** -5, 10);
  expect(leaderPosterior(3, 0)).toBeLessThan(0.95);
  expect(leaderPosterior(2, 2)).toBeCloseTo(0.5, 10);
});

test('entropy is 0 when all agree and 1 when all differ', () => {
  expect(normalisedEntropy([3])).toBe(0);
  expect(normalisedEntropy([4, 0])).toBe(0);
  expect(normalisedEntropy([1, 1, 1])).toBeCloseTo(1);
});

test('softmax survives large scores', () => {
  expect(logSoftmax([1000, 1000]).map((value) => value.toFixed(4))).toEqual(['-0.6931', '-0.6931']);
});

describe('confidence', () => {
  test('is the mean over the answer, and the worst stretch', () => {
    expect(meanLogprob([-1, -3])).toBe(-2);
    expect(windowConfidence([-0.1, -0.1, -2, -2, -0.1], 2)).toBeCloseTo(Math.exp(-2));
    expect(windowConfidence([])).toBe(0);
  });
});

test('ROUGE-L is the F1 of the longest common subsequence', () => {
  expect(rougeL(wordsOf('police killed the gunman'), wordsOf('police kill the gunman'))).toBeCloseTo(0.75);
  expect(rougeL([], [])).toBe(1);
  expect(rougeL(['a'], [])).toBe(0);
  expect(cosine(Float32Array.of(1, 0), Float32Array.of(-1, 0))).toBe(0);
});
