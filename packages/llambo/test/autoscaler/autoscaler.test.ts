import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Autoscaler, createPolicy, policyNames, type Signals } from '../../src/cluster/autoscaler/index.ts';

const signals = (more: Partial<Signals> = {}): Signals => ({
  now: 0,
  ready: 100,
  starting: 0,
  slots: 4,
  busy: 0,
  waiting: 0,
  tokensPerSecond: 0,
  firstTokenMs: 0,
  warmUpMs: 10_000,
  timeOfDayMs: 0,
  ...more,
});

for (const name of policyNames()) {
  describe(`policy ${name}`, () => {
    const options = { schedule: [{ at: '00:00', nodes: 7 }] };

    it('has its registered name and wants a whole number of nodes, over random signals', () => {
      const step = fc.record({
        ready: fc.nat(500),
        starting: fc.nat(50),
        busy: fc.nat(3000),
        waiting: fc.nat(3000),
        wait: fc.integer({ min: 1, max: 100_000 }),
      });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
          const policy = createPolicy(name, options);
          expect(policy.name).toBe(name);
          let now = 0;
          for (const { wait, ...rest } of steps) {
            now += wait;
            const { want, why } = policy.decide(signals({ now, ...rest }));
            expect(Number.isInteger(want) && want >= 0).toBe(true);
            expect(why).not.toBe('');
          }
        }),
      );
    });

    it('gets a waiting request a node, from zero', () => {
      const policy = createPolicy(name, options);
      expect(policy.decide(signals({ ready: 0, waiting: 1 })).want).toBeGreaterThan(0);
    });
  });
}

it('refuses an unknown policy with the names of the known', () => {
  expect(() => createPolicy('magic')).toThrow(
    'policy magic is unknown; policies: target, seed, hpa, kpa, schedule',
  );
});

describe('seed', () => {
  it('is +500 over 80 %, -200 under 20 %', () => {
    const policy = createPolicy('seed');
    expect(policy.decide(signals({ busy: 321 })).want).toBe(600);
    expect(policy.decide(signals({ busy: 320 })).want).toBe(100);
    expect(policy.decide(signals({ ready: 600, busy: 479 })).want).toBe(400);
  });
});

describe('target', () => {
  it('goes up at once to ceil(demand / (slots x 0.65))', () => {
    expect(createPolicy('target').decide(signals({ busy: 400, waiting: 120 })).want).toBe(200);
  });

  it('stays as it is while the demand is between 65 % and 80 % of the slots', () => {
    const policy = createPolicy('target');
    expect(policy.decide(signals({ busy: 320 })).want).toBe(100);
    expect(policy.decide(signals({ now: 60_000, busy: 400 })).want).toBe(154);
  });

  it('takes a step down back at once when requests wait, otherwise not before a node could have started', () => {
    const policy = createPolicy('target');
    let now = 0;
    for (; now <= 400_000; now += 1000) policy.decide(signals({ now, ready: 100, busy: 50 }));
    // The last step down was within the last minute.
    const after = (demand: number) =>
      policy.decide(
        signals({
          now,
          ready: 90,
          busy: Math.min(360, demand),
          waiting: Math.max(0, demand - 360),
          warmUpMs: 600_000,
        }),
      );
    for (let i = 0; i < 6; i++, now += 1000) expect(after(320).want).toBe(90);
    expect(after(320).why).toContain('no reversal within warm-up');
    for (let i = 0; i < 6; i++, now += 1000) after(500);
    expect(after(500).want).toBeGreaterThan(100);
  });

  it('goes down only after 300 s, a tenth at a time, to what is wanted', () => {
    const policy = createPolicy('target');
    let ready = 100;
    let firstDown = 0;
    for (let now = 0; now <= 3_600_000; now += 1000) {
      const { want } = policy.decide(signals({ now, ready, busy: 52 }));
      if (want < ready) {
        firstDown ||= now;
        expect(ready - want).toBeLessThanOrEqual(Math.max(1, ready / 10));
      }
      ready = want;
    }
    expect(firstDown).toBeGreaterThanOrEqual(300_000);
    expect(ready).toBe(20);
  });
});

it('hpa follows ceil(current x metric / target), doubling at most', () => {
  expect(createPolicy('hpa').decide(signals({ busy: 390 })).want).toBe(150);
  expect(createPolicy('hpa', { target: 0.1 }).decide(signals({ busy: 390 })).want).toBe(200);
});

it('schedule holds the last entry of the day until the first', () => {
  const policy = createPolicy('schedule', {
    schedule: [
      { at: '18:00', nodes: 2 },
      { at: '8:30', nodes: 9 },
    ],
  });
  const at = (hours: number) => policy.decide(signals({ timeOfDayMs: hours * 3_600_000 })).want;
  expect([at(3), at(8.5), at(17.9), at(20)]).toEqual([2, 9, 9, 2]);
});

describe('autoscaler', () => {
  const create = (policy = 'seed') => {
    const acts: string[] = [];
    const scaler = new Autoscaler(policy, {
      spawn: (group, count) => acts.push(`spawn ${group} ${count}`),
      drain: (group, count) => acts.push(`drain ${group} ${count}`),
    });
    return { scaler, acts };
  };

  it('stays within minimum, maximum and the hosts room, and says so', () => {
    const { scaler, acts } = create();
    scaler.tick('m', signals({ busy: 400 }), { minimum: 1, maximum: 300 });
    scaler.tick('m', signals({ busy: 400 }), { minimum: 1, maximum: 1000, room: 7 });
    scaler.tick('m', signals({ busy: 0 }), { minimum: 64, maximum: 1000 });
    expect(acts).toEqual(['spawn m 200', 'spawn m 7', 'drain m 36']);
    expect(scaler.decisions().map(({ why }) => why)).toEqual([
      'utilization 100% > 80%: +500; maximum is 300',
      'utilization 100% > 80%: +500; hosts have room for 7 more',
      'utilization 0% < 20%: -200; minimum is 64',
    ]);
  });

  it('backs off failed spawns, never loops hot', () => {
    const { scaler, acts } = create();
    let tries = 0;
    for (let now = 0; now < 120_000; now += 100) {
      scaler.tick('m', signals({ now, busy: 400 }), { minimum: 0, maximum: 1000 });
      if (acts.length > tries) {
        tries = acts.length;
        scaler.spawnFailed('m', now);
      }
    }
    expect(tries).toBe(7); // at 0, 1, 3, 7, 15, 31, 63 s
    expect(scaler.decisions().length).toBeLessThan(30);
  });
});
