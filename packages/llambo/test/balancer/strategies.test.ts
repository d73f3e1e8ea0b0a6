import { describe, expect, it } from 'vitest';
import { createStrategy, strategyNames } from '../../src/cluster/balancer/index.ts';
import { seeded, strategySuite, testNode, toModel } from './suite.ts';

for (const name of strategyNames()) strategySuite(name);

const options = { random: seeded(7), now: () => 0 };

it('refuses an unknown strategy with the names of the known', () => {
  expect(() => createStrategy('best', options)).toThrow(/strategy best is unknown; strategies: round-robin,/);
});

describe('round-robin', () => {
  it('cycles as the seed draws it', () => {
    const nodes = ['0', '1', '2'].map((id) => testNode(id, { capacity: 100 }));
    const strategy = createStrategy('round-robin', options, nodes);
    expect(Array.from({ length: 7 }, () => strategy.pick(toModel('m'))?.id).join('')).toBe('0120120');
  });

  it('finds the one node with room among 5,000', () => {
    const nodes = Array.from({ length: 5000 }, (_, i) =>
      testNode(`${i}`, { capacity: 1, load: i === 4321 ? 0 : 1 }),
    );
    const strategy = createStrategy('round-robin', options, nodes);
    expect(strategy.pick(toModel('m'))?.id).toBe('4321');
    expect(strategy.pick(toModel('m'))?.id).toBe('4321');
    expect(strategy.pick(toModel('m', { exclude: new Set(['4321']) }))).toBeUndefined();
  });
});

describe('least-loaded', () => {
  it('selects node 0 of loads 0, 5, 3, as the seed draws it', () => {
    const nodes = [0, 5, 3].map((load, i) => testNode(`${i}`, { load, capacity: 10 }));
    expect(createStrategy('least-loaded', options, nodes).pick(toModel('m'))?.id).toBe('0');
  });

  it('takes the one that waited longest among equals', () => {
    const nodes = ['a', 'b'].map((id) => testNode(id));
    const strategy = createStrategy('least-loaded', options, nodes);
    nodes[0]!.load = 1;
    strategy.changed(nodes[0]!);
    nodes[0]!.load = 0;
    strategy.changed(nodes[0]!);
    expect(strategy.pick(toModel('m'))?.id).toBe('b');
  });
});

describe('random', () => {
  it('is uniform over nodes with room (chi-square, 99.9 %)', () => {
    const nodes = Array.from({ length: 20 }, (_, i) => testNode(`${i}`, { load: i < 10 ? 0 : 4 }));
    const strategy = createStrategy('random', options, nodes);
    const counts = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const { id } = strategy.pick(toModel('m', { exclude: new Set(['0']) }))!;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    const expected = 10_000 / 9;
    const chi = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(26.1); // 8 degrees of freedom
  });
});
