import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HedgeRace, Hedging, RetryBudget, RetryPolicy } from '../../src/cluster/retry/index.ts';

describe('retry budget', () => {
  it('is a fifth of the requests of the last ten seconds, and the least that is always allowed', () => {
    const budget = new RetryBudget({ least: 0 });
    for (let i = 0; i < 100; i++) budget.deposit(0);
    expect(budget.balance(0)).toBeCloseTo(20);
    let taken = 0;
    while (budget.withdraw(500)) taken++;
    expect(taken).toBe(20);
    budget.deposit(1000);
    expect(budget.balance(9999)).toBeCloseTo(0.2);
    expect(budget.balance(11_000)).toBe(0);
    expect(new RetryBudget().withdraw(0)).toBe(true);
  });

  it('never gives more than its share, over random histories', () => {
    const step = fc.record({ wait: fc.nat(3000), requests: fc.nat(20), retries: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const budget = new RetryBudget({ least: 2 });
        let [now, requests, retries] = [0, 0, 0];
        for (const { wait, requests: more, retries: tries } of steps) {
          now += wait;
          for (let i = 0; i < more; i++) budget.deposit(now);
          requests += more;
          for (let i = 0; i < tries; i++) if (budget.withdraw(now)) retries++;
          expect(budget.balance(now)).toBeGreaterThanOrEqual(0);
        }
        expect(retries).toBeLessThanOrEqual(0.2 * requests + 2 * (now / 1000 + 1) + 1e-6);
      }),
    );
  });
});

describe('retry policy', () => {
  const failure = { attempts: 1, tokens: 0, another: true, patienceMs: 10_000 };

  it('retries at once within the budget, and waits for the next share beyond it', () => {
    const policy = new RetryPolicy({ least: 1 }, () => 0.5);
    expect(policy.failed(failure, 0)).toEqual({ retry: true, afterMs: 0 });
    expect(policy.failed(failure, 100)).toEqual({ retry: true, afterMs: 900 });
    expect(policy.failed({ ...failure, tokens: 3 }, 100)).toEqual({ retry: true, afterMs: 0 });
  });

  it('pauses, longer and longer, when no other node has room', () => {
    const policy = new RetryPolicy({ least: 100 }, () => 1);
    const pauses = [1, 2, 3, 4].map((attempts) => policy.failed({ ...failure, attempts, another: false }, 0));
    expect(pauses).toEqual([50, 100, 200, 400].map((afterMs) => ({ retry: true, afterMs })));
  });

  it('gives up after five nodes, or when the time is over', () => {
    const policy = new RetryPolicy();
    expect(policy.failed({ ...failure, attempts: 5 }, 0)).toEqual({
      retry: false,
      why: '5 nodes failed under it',
    });
    expect(policy.failed({ ...failure, patienceMs: 0 }, 0).retry).toBe(false);
  });
});

describe('hedging', () => {
  it('is due after the 95th percentile of first tokens, by kind, once enough were seen', () => {
    const hedging = new Hedging(new RetryBudget(), { samples: 50 });
    for (let i = 1; i < 50; i++) hedging.observe('m', 100);
    expect(hedging.delay('m')).toBeUndefined();
    for (let i = 0; i < 200; i++) hedging.observe('m', i);
    expect(hedging.delay('m')).toBeGreaterThan(150);
    expect(hedging.delay('m')).toBeLessThan(200);
    expect(hedging.delay('other')).toBeUndefined();
  });

  it('is paid from the retry budget', () => {
    const hedging = new Hedging(new RetryBudget({ least: 1 }));
    expect([hedging.allow(0), hedging.allow(0)]).toEqual([true, false]);
  });
});

describe('hedge race', () => {
  const runner = (node: string) => ({
    node,
    cancelled: false,
    cancel() {
      this.cancelled = true;
    },
  });

  it('keeps whoever gives the first token, and cancels the other', () => {
    const [a, b, late] = [runner('a'), runner('b'), runner('c')];
    const race = new HedgeRace<ReturnType<typeof runner>>();
    race.enter(a);
    race.enter(b);
    expect(race.token(b)).toBe(true);
    expect(race.token(a)).toBe(false);
    expect([a.cancelled, b.cancelled]).toEqual([true, false]);
    race.enter(late);
    expect(late.cancelled).toBe(true);
    expect(race.failed(a)).toBe(false);
    expect(race.failed(b)).toBe(true);
    expect(race.winner).toBeUndefined();
  });

  it('goes on while one of two runs', () => {
    const [a, b] = [runner('a'), runner('b')];
    const race = new HedgeRace<ReturnType<typeof runner>>();
    race.enter(a);
    race.enter(b);
    expect(race.failed(a)).toBe(false);
    expect(race.failed(b)).toBe(true);
    expect(race.size).toBe(0);
  });
});
