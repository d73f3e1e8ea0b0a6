import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HealthEvent,
  HealthMonitor,
  type HealthState,
  nextState,
  PhiDetector,
  toNodeState,
  transitions,
} from '../../src/cluster/health/index.ts';

const monitor = (options = {}) => {
  const log: string[] = [];
  const probes: string[] = [];
  const health = new HealthMonitor(
    { changed: (id, from, to) => log.push(`${id} ${from} ${to}`), probe: (id) => probes.push(id) },
    options,
  );
  return { health, log, probes };
};

describe('phi', () => {
  it('is low while heartbeats come and passes 8 within 3 s of silence', () => {
    const detector = new PhiDetector(0, 500);
    for (let now = 500; now <= 30_000; now += 500) {
      expect(detector.late(now)).toBe(false);
      detector.beat(now);
    }
    expect(detector.phi(30_400)).toBeLessThan(1);
    expect(detector.late(33_000)).toBe(true);
  });

  it('rises with silence', () => {
    const detector = new PhiDetector(0, 500);
    const values = [0, 400, 800, 1200, 5000, 1e6].map((now) => detector.phi(now));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.every(Number.isFinite)).toBe(true);
  });
});

describe('states', () => {
  const states = Object.keys(transitions) as HealthState[];
  const events = [...new Set(states.flatMap((state) => Object.keys(transitions[state])))] as HealthEvent[];

  it('are closed under all events, and every state but gone can be removed', () => {
    for (const state of states) {
      for (const event of events) expect(states).toContain(nextState(state, event));
      expect(nextState(state, 'removed')).toBe('gone');
    }
  });

  it('show as idle or busy by load', () => {
    expect([toNodeState('serving', 0), toNodeState('serving', 1), toNodeState('ejected', 1)]).toEqual([
      'idle',
      'busy',
      'ejected',
    ]);
  });
});

describe('monitor', () => {
  it('takes a silent node out within 3 s, and back at its next heartbeat', () => {
    const { health, log } = monitor();
    health.add('a', 'tiny', 0, 'serving');
    for (let now = 0; now <= 5000; now += 500) health.beat('a', now);
    for (let now = 5500; now <= 8000; now += 500) health.tick(now);
    expect(log).toEqual(['a serving suspect']);
    health.beat('a', 9000);
    expect(log).toEqual(['a serving suspect', 'a suspect serving']);
  });

  it('calls a node gone that stays silent', () => {
    const { health, log } = monitor();
    health.add('a', 'tiny', 0, 'serving');
    for (let now = 0; now <= 40_000; now += 500) health.tick(now);
    expect(log.at(-1)).toBe('a suspect gone');
  });

  it('ejects after errors in a row, at most a tenth, ever longer', () => {
    const { health, log } = monitor();
    for (let i = 0; i < 20; i++) health.add(`n${i}`, 'tiny', 0, 'serving');
    for (let i = 0; i < 20; i++) for (let e = 0; e < 5; e++) health.answered(`n${i}`, { ok: false }, 10);
    expect(log.filter((line) => line.endsWith('ejected'))).toHaveLength(2);
    for (let now = 0; now <= 10_500; now += 500) {
      for (let i = 0; i < 20; i++) health.beat(`n${i}`, now);
      health.tick(now);
    }
    expect(health.state('n0')).toBe('probation');
    health.answered('n0', { ok: false }, 10_600);
    expect(health.state('n0')).toBe('ejected');
    for (let now = 11_000; now <= 30_000; now += 500) {
      health.beat('n0', now);
      health.tick(now);
    }
    expect(health.state('n0')).toBe('ejected');
  });

  it('ejects one far slower than its class', () => {
    const { health, log } = monitor();
    for (let i = 0; i < 5; i++) health.add(`n${i}`, 'tiny', 0, 'serving');
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 5; i++)
        health.answered(`n${i}`, { ok: true, tokens: 10, totalMs: i === 4 ? 900 : 100 }, 1);
    }
    health.tick(2);
    expect(log).toEqual(['n4 serving ejected']);
  });

  it('probes idle nodes once at a time', () => {
    const { health, probes } = monitor({ probeMs: 1000 });
    health.add('a', 'tiny', 0, 'serving');
    for (let now = 0; now <= 5000; now += 500) {
      health.beat('a', now);
      health.tick(now);
    }
    expect(probes).toEqual(['a']);
    health.answered('a', { ok: true }, 5000);
    health.beat('a', 6000);
    health.tick(6000);
    expect(probes).toEqual(['a', 'a']);
  });

  it('never ejects more than its bound over random histories', () => {
    const step = fc.record({ node: fc.nat(9), ok: fc.boolean(), ms: fc.nat(5000), wait: fc.nat(3000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const out = new Set<string>();
        const health = new HealthMonitor(
          {
            changed: (id, from, to) => {
              // Who fails on probation goes back without a new place being asked for.
              if (from === 'serving' && to === 'ejected') expect(out.size).toBeLessThan(3);
              if (to === 'ejected') out.add(id);
              else out.delete(id);
            },
            probe: () => {},
          },
          { mostEjected: 0.3, errors: 2 },
        );
        for (let i = 0; i < 10; i++) health.add(`n${i}`, 'tiny', 0, 'serving');
        let now = 0;
        for (const { node, ok, ms, wait } of steps) {
          now += wait;
          for (let i = 0; i < 10; i++) health.beat(`n${i}`, now);
          health.answered(`n${node}`, { ok, tokens: 1, totalMs: ms }, now);
          health.tick(now);
        }
      }),
      { numRuns: 50 },
    );
  });
});
