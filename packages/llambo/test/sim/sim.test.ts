import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsq, mmcWait, waits } from '../../src/sim/closed-forms.ts';
import { analyticCurve, interpolate, measuredCurve } from '../../src/sim/curve.ts';
import { StepEngine } from '../../src/sim/engine.ts';
import {
  checkCases,
  dailyRate,
  exponential,
  fairness,
  linearRate,
  type SimulationOptions,
  simulate,
  stepRate,
} from '../../src/sim/index.ts';

const options: SimulationOptions = {
  seed: 5,
  classes: [{ name: 'm', nodes: 20, capacity: 4, curve: analyticCurve(10, 0.5, 600), warmUp: 2 }],
  strategy: 'p2c',
  workload: {
    requests: 3000,
    rate: stepRate([[0, 16]]),
    prompt: () => 40,
    tokens: (random) => 20 * exponential(random),
  },
  queue: 50,
};
const [tiny] = options.classes as [SimulationOptions['classes'][number]];

describe('simulator', () => {
  it('loses no request, and gives the same for the same seed', () => {
    const busy = { ...options, workload: { ...options.workload, rate: stepRate([[0, 30]]) } };
    const first = simulate(busy);
    expect(first.missing).toBe(0);
    expect(first.refused).toBeGreaterThan(0);
    expect(simulate(busy)).toEqual(first);
    expect(simulate({ ...busy, seed: 6 })).not.toEqual(first);
  });

  it('loses none while policies scale up and down', () => {
    for (const policy of ['seed', 'target', 'hpa', 'kpa']) {
      const rate = stepRate([
        [0, 5],
        [60, 20],
      ]);
      const result = simulate({ ...options, policy, workload: { ...options.workload, rate }, queue: 1e6 });
      expect(result.missing).toBe(0);
      expect(result.completed).toBe(3000);
      expect(result.nodeSeconds).toBeGreaterThan(result.idealNodeSeconds);
    }
  });

  it('loses none whatever fails, over random troubles', () => {
    const trouble = fc.record({
      seed: fc.nat(1000),
      health: fc.boolean(),
      hedge: fc.boolean(),
      slow: fc.double({ min: 0, max: 0.5, noNaN: true }),
      crash: fc.double({ min: 0, max: 0.5, noNaN: true }),
      silent: fc.double({ min: 0, max: 1, noNaN: true }),
      patience: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      perEngine: fc.integer({ min: 1, max: 5 }),
      policy: fc.constantFrom(undefined, 'target', 'seed'),
      stale: fc.constantFrom(0, 0, 3),
      fluid: fc.boolean(),
    });
    fc.assert(
      fc.property(trouble, ({ slow, crash, silent, perEngine, patience, policy, fluid, ...rest }) => {
        const { curve, ...node } = tiny;
        const work = fluid ? { fluid: (batch: number) => 10 * Math.sqrt(batch) } : { curve };
        const result = simulate({
          ...options,
          ...rest,
          ...(patience === undefined ? {} : { patience }),
          ...(policy === undefined ? {} : { policy }),
          classes: [{ ...node, ...work, nodesPerEngine: perEngine } as typeof tiny],
          workload: { ...options.workload, requests: 200 },
          faults: {
            slow: { share: slow, factor: 10, from: 5 },
            crash: { share: crash, every: 20, down: 5, silent },
          },
        });
        expect(result.missing).toBe(0);
        expect(result.sojourn.every((each) => each >= 0)).toBe(true);
        expect(result.first.every((each) => each >= 0)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps goodput with slow and dying nodes, thanks to health checks', () => {
    const troubled: SimulationOptions = {
      ...options,
      strategy: 'random',
      classes: [{ ...tiny, nodes: 40 }],
      workload: { ...options.workload, rate: stepRate([[0, 10]]), requests: 6000 },
      deadline: 30,
      faults: { slow: { share: 0.1, factor: 20 }, crash: { share: 0.05, every: 60, down: 20, silent: 1 } },
    };
    const sick = simulate(troubled);
    const watched = simulate({ ...troubled, health: true });
    expect(watched.ejections).toBeGreaterThan(0);
    expect(watched.goodTokens).toBeGreaterThan(sick.goodTokens);
    expect(watched.goodTokens / watched.offeredTokens).toBeGreaterThan(0.97);
  });
});

describe('closed forms', () => {
  it('are those of the textbooks', () => {
    expect(jsq(2, 0.9)).toBeCloseTo(2.614, 3);
    expect(jsq(3, 0.9)).toBeCloseTo(2.028, 3);
    expect(mmcWait(16, 0.8)).toBeCloseTo(0.0953, 4);
    expect(waits(1, 0.7)).toBeCloseTo(0.7, 12);
  });

  const quick = ['random, M/M/1 at 0.5', 'M/M/16 at 0.8, wait', 'requests that were lost'];
  it.each(quick)('holds for %s', (name) => {
    const check = checkCases(0.1).find((each) => each.name === name);
    expect(check?.run()).toMatchObject({ name, passed: true });
  });
});

describe('engine', () => {
  it('reads in pieces of 64 beside who generates, and takes a token of each a step', () => {
    const log: string[] = [];
    let now = 0;
    const engine = new StepEngine<{
      id: string;
      prompt: number;
      tokens: number;
      until: number;
      live: boolean;
    }>(
      { step: (generating, reading) => generating + reading / 100, rate: () => 1 },
      {
        first: ({ id }) => log.push(`${now.toFixed(2)} first ${id}`),
        ended: ({ id }) => log.push(`${now.toFixed(2)} ended ${id}`),
      },
      2,
    );
    const run = (id: string, prompt: number, tokens: number) => ({
      id,
      prompt,
      tokens,
      until: 0,
      live: true,
    });
    engine.add(run('a', 64, 4), 0);
    engine.add(run('b', 100, 2), 0.1);
    engine.add(run('c', 1, 1), 0.2); // there is no third sequence: it waits inside
    while (engine.due < Number.POSITIVE_INFINITY) {
      now = engine.due;
      engine.step(now);
    }
    // 0.64 for a's prompt; 1.64 and 1.36 for a token of a and the two pieces of b; 2 for one of each; then c.
    expect(log).toEqual([
      '0.64 first a',
      '3.64 first b',
      '5.64 ended a',
      '5.64 ended b',
      '5.65 first c',
      '5.65 ended c',
    ]);
  });

  it('interpolates what was measured', () => {
    const points = [
      [1, 10],
      [4, 25],
    ] as const;
    expect([0, 1, 2.5, 4, 7].map((at) => interpolate(points, at))).toEqual([0, 10, 17.5, 25, 40]);
    const curve = measuredCurve({
      model: 'm',
      machine: 'one',
      threads: 1,
      measured: '2026-01-01',
      decode: points,
      read: [
        [10, 15],
        [110, 115],
      ],
      overheadMs: 0,
      warmUpMs: 0,
    });
    expect(curve.step(4, 0)).toBeCloseTo(0.025);
    expect(curve.step(1, 100)).toBeCloseTo(0.11);
    expect(curve.step(0, 100)).toBeCloseTo(0.105);
  });
});

it('makes rates of steps, lines and days', () => {
  const points = [
    [0, 2],
    [10, 4],
  ] as const;
  expect([0, 5, 10, 20].map((at) => stepRate(points).at(at))).toEqual([2, 2, 4, 4]);
  expect([0, 5, 10, 20].map((at) => linearRate(points).at(at))).toEqual([2, 3, 4, 4]);
  const day = dailyRate(1, 9, 15);
  expect([day.at(15 * 3600), day.at(3 * 3600), day.most]).toEqual([9, 1, 9]);
});

it('calls it fair when nobody with modest wishes is held back, and the rest share by weight', () => {
  const tenant = (weight: number, offeredTokens: number, servedTokens: number) => {
    return { name: '', weight, offeredTokens, servedTokens };
  };
  expect(fairness([tenant(1, 10, 10), tenant(1, 500, 45), tenant(1, 500, 45)])).toBe(1);
  expect(fairness([tenant(1, 500, 30), tenant(2, 500, 60)])).toBe(1);
  expect(fairness([tenant(1, 500, 90), tenant(1, 500, 0)])).toBe(0.5);
});
