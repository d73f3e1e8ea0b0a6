import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createStrategy,
  DecisionTrace,
  formatDecision,
  type Lease,
  LoadLedger,
} from '../../src/cluster/balancer/index.ts';
import { seeded, type TestNode, testNode, toModel } from './suite.ts';

describe('load ledger', () => {
  it('is exact over random histories with crashes, double releases and late releases', () => {
    const action = fc.oneof(
      { weight: 5, arbitrary: fc.constant({ kind: 'route' as const, at: 0 }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('release' as const), at: fc.nat(999) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), at: fc.nat(4) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), fc.nat(), (actions, seed) => {
        const nodes = Array.from({ length: 5 }, (_, i) => testNode(`n${i}`, { capacity: 3 }));
        const strategy = createStrategy('p2c', { random: seeded(seed), now: () => 0 }, nodes);
        const ledger = new LoadLedger<TestNode>((node) => strategy.changed(node));
        const leases: Lease<TestNode>[] = []; // all that ever were: released ones are released again
        for (const { kind, at } of actions) {
          if (kind === 'route') {
            const node = strategy.pick(toModel('m'));
            if (node !== undefined) leases.push(ledger.acquire(node));
          } else if (kind === 'release') leases[at % Math.max(1, leases.length)]?.release();
          else {
            const held = leases.filter((lease) => lease.held && lease.node === nodes[at]).length;
            expect(ledger.lost(nodes[at]!)).toBe(held);
            expect(nodes[at]!.load).toBe(0);
          }
          for (const node of nodes) {
            expect(node.load).toBe(leases.filter((lease) => lease.held && lease.node === node).length);
            expect(node.load).toBeGreaterThanOrEqual(0);
            expect(node.load).toBeLessThanOrEqual(node.capacity);
          }
          expect(ledger.total).toBe(nodes.reduce((sum, node) => sum + node.load, 0));
        }
        for (const lease of leases) lease.release();
        expect(ledger.total).toBe(0);
      }),
    );
  });
});

describe('decision trace', () => {
  const decision = (n: number) => ({
    at: 0,
    request: `req-${n}`,
    model: 'm',
    strategy: 'random',
    node: n === 2 ? undefined : 'tiny-0001',
    load: n,
    attempt: 1,
    nodes: 7,
  });

  it('keeps the newest, oldest first', () => {
    const trace = new DecisionTrace(3);
    expect(trace.recent()).toEqual([]);
    for (let n = 0; n < 5; n++) trace.add(decision(n));
    expect(trace.recent().map(({ load }) => load)).toEqual([2, 3, 4]);
    expect(trace.recent(1).map(({ load }) => load)).toEqual([4]);
  });

  it('prints a line of attributes', () => {
    expect(formatDecision(decision(2))).toBe(
      '1970-01-01T00:00:00.000Z request=req-2 node=- load=2 strategy=random attempt=1 nodes=7 model=m',
    );
  });
});
