import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitWeights, logLikelihood, probabilities } from '../../src/eval/fit.ts';
import { calibrationError, compare, mcnemar, riskCoverage } from '../../src/eval/statistics.ts';
import { seededRandom } from '../../src/sim/random.ts';

const outcomes = (rights: string, confidence = 0.5) =>
  [...rights].map((mark) => ({ right: mark === '+', confidence }));

test.each([
  [0, 0, 1],
  [5, 0, 0.0625],
  [10, 2, 0.038574],
  [7, 7, 1],
])('McNemar of %d gains and %d losses is %d', (gains, losses, p) => {
  expect(mcnemar(gains, losses)).toBeCloseTo(p, 5);
});

describe('comparison', () => {
  test('counts gains and losses, and its interval holds the gain', () => {
    const result = compare(outcomes('++++++--'), outcomes('+++--+-+'));
    expect(result).toMatchObject({ gains: 2, losses: 1, gain: 1 / 8 });
    expect(result.interval[0]).toBeLessThanOrEqual(1 / 8);
    expect(result.interval[1]).toBeGreaterThanOrEqual(1 / 8);
  });

  test('is the mean over groups, whatever their sizes', () => {
    const result = compare(outcomes('++++--'), outcomes('------'), [0, 0, 0, 0, 1, 1]);
    expect(result.gain).toBe(0.5);
    expect(result.interval).toEqual([0.5, 0.5]);
  });

  test('of equals is nothing, and the same each time', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), (rights) => {
        const list = rights.map((right) => ({ right, confidence: 1 }));
        expect(compare(list, list, [], 100)).toMatchObject({ gain: 0, interval: [0, 0], p: 1 });
      }),
      { numRuns: 30 },
    );
  });
});

test('calibration: 0 when confidence is accuracy, its distance otherwise', () => {
  expect(calibrationError(outcomes('+-', 0.5))).toBeCloseTo(0);
  expect(calibrationError(outcomes('++', 0.75))).toBeCloseTo(0.25);
});

test('risk and coverage: the surest first', () => {
  const list = [...outcomes('+', 0.9), ...outcomes('-', 0.1)];
  expect(riskCoverage(list, 2)).toEqual([
    { coverage: 0.5, accuracy: 1 },
    { coverage: 1, accuracy: 0.5 },
  ]);
});

describe('weights of a pool', () => {
  const random = seededRandom(5);
  const examples = Array.from({ length: 300 }, () => {
    const right = Math.floor(random() * 3);
    // The first feature tells, the second is noise, the third tells the opposite.
    const rows = [0, 1, 2].map((option) => [
      Number(option === right) + random(),
      random(),
      random() - Number(option === right),
    ]);
    return { rows, right };
  });

  test('tell members that know from those that do not, and listen to none in reverse', () => {
    const weights = fitWeights(examples, 3, { shrinkage: 1 }) as [number, number, number];
    expect(weights[0]).toBeGreaterThan(2);
    expect(weights[2]).toBe(0);
    expect(Math.abs(weights[1])).toBeLessThan(weights[0] / 3);
  });

  test('raise the likelihood over what they are drawn towards', () => {
    const towards = [0.5, 0.5, 0.5];
    const weights = fitWeights(examples, 3, { towards, shrinkage: 5 });
    expect(logLikelihood(examples, weights)).toBeGreaterThan(logLikelihood(examples, towards));
  });

  test('stay where they are drawn to without examples', () => {
    expect(fitWeights([], 2, { towards: [1, 2] })).toEqual([1, 2]);
  });

  test('give probabilities', () => {
    const shares = probabilities({ rows: [[1000], [0]], right: 0 }, [1]);
    expect(shares[0]).toBeCloseTo(1);
  });
});
