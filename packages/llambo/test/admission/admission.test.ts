import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Admission, FairQueue, KeyLimiter, type Waiting } from '../../src/cluster/admission/index.ts';

const request = (item: number, key = 'a', more = {}) => ({
  item,
  key,
  priority: 'normal' as const,
  cost: 100,
  enqueuedAt: item,
  deadline: Number.POSITIVE_INFINITY,
  ...more,
});

function drain(queue: FairQueue<number>, count = Number.POSITIVE_INFINITY): Waiting<number>[] {
  const served: Waiting<number>[] = [];
  for (let entry = queue.peek(0); entry !== undefined && served.length < count; entry = queue.peek(0)) {
    queue.take(entry);
    served.push(entry);
  }
  return served;
}

describe('fair queue', () => {
  it('is first in, first out for one key', () => {
    const queue = new FairQueue<number>({ limit: 10 });
    for (let i = 0; i < 5; i++) queue.push(request(i));
    expect(drain(queue).map(({ item }) => item)).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives keys equal tokens, whoever asks more', () => {
    const queue = new FairQueue<number>({ limit: 1000 });
    for (let i = 0; i < 300; i++) queue.push(request(i, 'greedy', { cost: 400 }));
    for (let i = 0; i < 300; i++) queue.push(request(i, 'modest', { cost: 100 }));
    const served = drain(queue, 100);
    const tokens = (key: string) => served.filter((s) => s.key === key).reduce((sum, s) => sum + s.cost, 0);
    expect(Math.abs(tokens('greedy') - tokens('modest'))).toBeLessThanOrEqual(400);
  });

  it('follows weights', () => {
    const queue = new FairQueue<number>({ limit: 1000, weight: (key) => (key === 'b' ? 3 : 1) });
    for (let i = 0; i < 400; i++) queue.push(request(i, i % 2 ? 'a' : 'b'));
    const served = drain(queue, 100);
    expect(served.filter(({ key }) => key === 'b').length).toBeGreaterThanOrEqual(74);
  });

  it('lets nobody save up while away', () => {
    const queue = new FairQueue<number>({ limit: 1000 });
    for (let i = 0; i < 200; i++) queue.push(request(i, 'a'));
    drain(queue, 100);
    for (let i = 0; i < 100; i++) queue.push(request(i, 'late'));
    const served = drain(queue, 20);
    expect(served.filter(({ key }) => key === 'a').length).toBeGreaterThanOrEqual(9);
  });

  it('serves priorities first and drops the newest of the lowest when full', () => {
    const queue = new FairQueue<number>({ limit: 2 });
    queue.push(request(1, 'a', { priority: 'low' }));
    queue.push(request(2, 'b', { priority: 'low' }));
    const dropped: number[] = [];
    expect(queue.push(request(3, 'c', { priority: 'high' }), ({ item }) => dropped.push(item))).toBeDefined();
    expect(queue.push(request(4, 'c', { priority: 'low' }))).toBeUndefined();
    expect(dropped).toEqual([2]);
    expect(drain(queue).map(({ item }) => item)).toEqual([3, 1]);
  });

  it('drops who waited past the deadline', () => {
    const queue = new FairQueue<number>({ limit: 5 });
    queue.push(request(1, 'a', { deadline: 50 }));
    queue.push(request(2));
    const expired: number[] = [];
    expect(queue.peek(60, ({ item }) => expired.push(item))?.item).toBe(2);
    expect(expired).toEqual([1]);
  });

  it('loses and doubles nobody over random histories', () => {
    const step = fc.record({
      op: fc.constantFrom('push', 'push', 'take', 'cancel', 'charge'),
      key: fc.constantFrom('a', 'b', 'c'),
      priority: fc.constantFrom('high' as const, 'normal' as const, 'low' as const),
      at: fc.nat(99),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<number>({ limit: 12 });
        const inside = new Set<Waiting<number>>();
        let now = 0;
        for (const { op, key, priority, at } of steps) {
          now++;
          if (op === 'push') {
            const entry = queue.push(request(now, key, { priority, cost: at }), (victim) =>
              inside.delete(victim),
            );
            if (entry !== undefined) inside.add(entry);
          } else if (op === 'charge') queue.charge(key, at - 50);
          else {
            const entry = op === 'take' ? queue.peek(now) : [...inside][at % Math.max(1, inside.size)];
            if (entry === undefined) expect(inside.size).toBe(0);
            else {
              expect(inside.delete(entry)).toBe(true);
              if (op === 'take') queue.take(entry);
              else queue.cancel(entry);
            }
          }
          expect(queue.length).toBe(inside.size);
        }
        expect(new Set(drain(queue))).toEqual(inside);
      }),
    );
  });
});

describe('key limits', () => {
  it('bounds requests a minute, with the time to come back', () => {
    const limiter = new KeyLimiter({ requestsPerMinute: 2 }, 0);
    expect([limiter.admit(1, 0).ok, limiter.admit(1, 0).ok]).toEqual([true, true]);
    expect(limiter.admit(1, 0)).toEqual({
      ok: false,
      why: 'key is at its limit of 2 requests a minute',
      retryAfter: 30,
    });
    expect(limiter.admit(1, 30_000).ok).toBe(true);
  });

  it('bounds requests at once and tokens a minute, and settles estimates', () => {
    const limiter = new KeyLimiter({ concurrency: 1, tokensPerMinute: 600 }, 0);
    expect(limiter.admit(600, 0).ok).toBe(true);
    expect(limiter.admit(1, 0)).toMatchObject({ why: 'key is at its limit of 1 requests at once' });
    limiter.done(-300);
    expect(limiter.admit(300, 0).ok).toBe(true);
    limiter.done();
    expect(limiter.admit(60, 0)).toMatchObject({ ok: false, retryAfter: 6 });
  });
});

describe('admission', () => {
  it('answers 503 with a time when the queue is full, 429 when the key is', () => {
    const admission = new Admission<number>({
      queue: 1,
      limits: (key) => (key === 'small' ? { concurrency: 0 } : undefined),
    });
    const base = { model: 'm', tokens: 10, item: 1 };
    expect(admission.submit({ ...base, key: 'small' }, 0)).toMatchObject({ ok: false, status: 429 });
    expect(admission.submit({ ...base, key: 'a' }, 0).ok).toBe(true);
    expect(admission.submit({ ...base, key: 'a' }, 0)).toMatchObject({
      ok: false,
      status: 503,
      retryAfter: 1,
    });
    expect(admission.waiting('m')).toBe(1);
  });

  it('refuses at once who would outwait its patience', () => {
    const admission = new Admission<number>({ queue: 1000 });
    for (let i = 0; i < 100; i++) admission.submit({ item: i, key: 'a', model: 'm', tokens: 1 }, 0);
    for (let now = 0; now < 1000; now += 100) admission.take('m', admission.next('m', now)!, now);
    expect(admission.waitEstimate('m')).toBeCloseTo(9000);
    expect(
      admission.submit({ item: 1, key: 'b', model: 'm', tokens: 1, patienceMs: 5000 }, 1000),
    ).toMatchObject({
      ok: false,
      status: 503,
      retryAfter: 9,
    });
  });
});
