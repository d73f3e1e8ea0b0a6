/** Hard limits of processor time, on a clock of the test's own. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CpuLimits } from '../../src/engine/cpu-limits.ts';

const tenth = { account: 'a', cores: 0.1 };

test('who has used 20 ms at a tenth of a core goes on after 200 ms', () => {
  const limits = new CpuLimits();
  expect(limits.wait(tenth, 1000)).toBe(0);
  limits.charge(tenth, 20, 1000);
  expect(limits.wait(tenth, 1000)).toBeCloseTo(200);
  expect(limits.wait(tenth, 1150)).toBeCloseTo(50);
  expect(limits.wait(tenth, 1200)).toBe(0);
});

test('idleness saves up what 100 ms earn, and no more', () => {
  const limits = new CpuLimits();
  limits.wait(tenth, 0);
  limits.charge(tenth, 20, 60_000);
  expect(limits.wait(tenth, 60_000)).toBeCloseTo(100);
});

test('accounts are shared by name, and apart from others', () => {
  const limits = new CpuLimits();
  limits.charge({ account: 'a', cores: 0.1 }, 20, 0);
  expect(limits.wait({ account: 'a', cores: 0.1 }, 0)).toBeGreaterThan(0);
  expect(limits.wait({ account: 'b', cores: 0.1 }, 0)).toBe(0);
});

test('a debt is remembered, however many accounts come after it', () => {
  const limits = new CpuLimits();
  limits.charge(tenth, 1000, 0);
  for (let n = 0; n < 20_000; n++) limits.charge({ account: `n${n}`, cores: 1 }, 0.001, n / 100);
  expect(limits.wait(tenth, 200)).toBeCloseTo(9800);
});

test('over any stretch nobody gets more than the limit, one step and what was saved up', () => {
  const steps = fc.array(
    fc.record({
      gap: fc.double({ min: 0, max: 500, noNaN: true }),
      cost: fc.double({ min: 0.1, max: 50, noNaN: true }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 4, noNaN: true }), steps, (cores, list) => {
      const limits = new CpuLimits();
      const limit = { account: 'a', cores };
      let now = 0;
      let used = 0;
      limits.wait(limit, now);
      for (const { gap, cost } of list) {
        now += gap;
        if (limits.wait(limit, now) > 0) continue;
        limits.charge(limit, cost, now);
        used += cost;
        expect(used).toBeLessThanOrEqual(now * cores + 100 * cores + cost + 1e-6);
      }
    }),
  );
});
