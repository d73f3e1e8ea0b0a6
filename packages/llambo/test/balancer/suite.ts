import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowance,
  createStrategy,
  type NodeState,
  type NodeView,
  type RouteRequest,
  type Strategy,
} from '../../src/cluster/balancer/index.ts';

export type TestNode = { -readonly [K in keyof NodeView]: NodeView[K] };

export const testNode = (id: string, more: Partial<TestNode> = {}): TestNode => ({
  id,
  class: 'tiny',
  model: 'm',
  capacity: 4,
  load: 0,
  state: 'idle',
  speed: 10,
  ...more,
});

/** A small generator of its own, so that a failing test fails again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export const toModel = (model: string, more: Partial<RouteRequest> = {}): RouteRequest => ({
  model,
  promptTokens: 100,
  ...more,
});

const STATES: readonly NodeState[] = [
  'starting',
  'idle',
  'busy',
  'suspect',
  'ejected',
  'probation',
  'draining',
  'error',
  'gone',
];

/** By the contract's words, and nothing else. */
function mayAnswer(node: NodeView, request: RouteRequest): boolean {
  if (node.model !== request.model) return false;
  if (request.class !== undefined && node.class !== request.class) return false;
  if (request.exclude?.has(node.id)) return false;
  return node.load < allowance(node);
}

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), node: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), node: fc.nat(11) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('state' as const),
      node: fc.nat(11),
      state: fc.constantFrom(...STATES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('speed' as const), node: fc.nat(11), speed: fc.nat(50) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('pick' as const),
      model: fc.constantFrom('m', 'n', 'unknown'),
      class: fc.option(fc.constantFrom('tiny', 'large', 'none'), { nil: undefined, freq: 3 }),
      promptTokens: fc.integer({ min: 0, max: 5000 }),
      session: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      prefix: fc.option(fc.constantFrom([1], [1, 2], [1, 2, 3], [9]), { nil: undefined }),
      exclude: fc.option(fc.uniqueArray(fc.nat(11), { maxLength: 11 }), { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      which: fc.nat(99),
      ok: fc.boolean(),
      cached: fc.nat(300),
      ms: fc.nat(500),
    }),
  },
);

/** What every strategy does, whatever it prefers. */
export function strategySuite(name: string): void {
  const create = (seed = 1): Strategy<TestNode> => {
    let now = 0;
    return createStrategy<TestNode>(name, { random: seeded(seed), now: () => (now += 10) });
  };

  describe(`strategy ${name}`, () => {
    it('has its registered name', () => {
      expect(create().name).toBe(name);
    });

    it('picks nobody when it knows nobody', () => {
      expect(create().pick(toModel('m'))).toBeUndefined();
    });

    it('serves every request while there is room, and none after', () => {
      const strategy = create();
      const nodes = Array.from({ length: 40 }, (_, i) => testNode(`n${i}`, { capacity: 1 + (i % 5) }));
      for (const node of nodes) strategy.add(node);
      const room = nodes.reduce((sum, node) => sum + node.capacity, 0);
      for (let i = 0; i < room; i++) {
        const node = strategy.pick(toModel('m', { session: `s${i}`, prefix: [i] }));
        expect(node).toBeDefined();
        node!.load++;
        strategy.changed(node!);
      }
      expect(strategy.pick(toModel('m'))).toBeUndefined();
      expect(nodes.every((node) => node.load === node.capacity)).toBe(true);
    });

    it('gives a node on probation one request at a time', () => {
      const strategy = create();
      const node = testNode('a', { state: 'probation' });
      strategy.add(node);
      expect(strategy.pick(toModel('m'))).toBe(node);
      node.load = 1;
      strategy.changed(node);
      expect(strategy.pick(toModel('m'))).toBeUndefined();
    });

    it('ignores nodes that it does not know', () => {
      const strategy = create();
      strategy.changed(testNode('a'));
      strategy.remove(testNode('b'));
      strategy.observe(testNode('c'), { ok: true, firstTokenMs: 1 });
      expect(strategy.pick(toModel('m'))).toBeUndefined();
      expect(strategy.size).toBe(0);
    });

    it('is deterministic for a seed', () => {
      const run = (): string[] => {
        const strategy = create(42);
        for (let i = 0; i < 50; i++) strategy.add(testNode(`n${i}`, { speed: 1 + (i % 7) }));
        return Array.from({ length: 100 }, (_, i) => {
          const node = strategy.pick(toModel('m', { session: `s${i % 9}`, prefix: [i % 5] }))!;
          node.load++;
          strategy.changed(node);
          return node.id;
        });
      };
      expect(run()).toEqual(run());
    });

    it('keeps the contract over random histories', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 120 }), fc.nat(), (steps, seed) => {
          const strategy = create(seed);
          const nodes = Array.from({ length: 12 }, (_, i) =>
            testNode(`n${i}`, {
              model: i < 8 ? 'm' : 'n',
              class: i % 2 === 0 ? 'tiny' : 'large',
              capacity: 1 + (i % 3),
              ...(i % 3 === 0 ? { contextSize: 1000 * (i + 1) } : {}),
            }),
          );
          const known = new Set<TestNode>();
          const held: { node: TestNode; request: RouteRequest }[] = [];
          for (const s of steps) {
            if (s.kind === 'add') {
              strategy.add(nodes[s.node]!);
              known.add(nodes[s.node]!);
            } else if (s.kind === 'remove') {
              strategy.remove(nodes[s.node]!);
              known.delete(nodes[s.node]!);
            } else if (s.kind === 'state') {
              nodes[s.node]!.state = s.state;
              strategy.changed(nodes[s.node]!);
            } else if (s.kind === 'speed') {
              nodes[s.node]!.speed = s.speed;
              strategy.changed(nodes[s.node]!);
            } else if (s.kind === 'release') {
              const lease = held.splice(s.which % Math.max(1, held.length), 1)[0];
              if (lease === undefined) continue;
              lease.node.load--;
              strategy.changed(lease.node);
              strategy.observe(lease.node, {
                ok: s.ok,
                firstTokenMs: s.ms,
                totalMs: 2 * s.ms,
                tokens: 10,
                promptTokens: 300,
                cachedTokens: s.cached,
                ...(lease.request.prefix === undefined ? {} : { prefix: lease.request.prefix }),
              });
            } else {
              const request: RouteRequest = {
                model: s.model,
                promptTokens: s.promptTokens,
                ...(s.class === undefined ? {} : { class: s.class }),
                ...(s.session === undefined ? {} : { session: s.session }),
                ...(s.prefix === undefined ? {} : { prefix: s.prefix }),
                ...(s.exclude === undefined ? {} : { exclude: new Set(s.exclude.map((i) => `n${i}`)) }),
              };
              const able = [...known].filter((node) => mayAnswer(node, request));
              const node = strategy.pick(request);
              if (able.length === 0) expect(node).toBeUndefined();
              else expect(able).toContain(node);
              if (node === undefined) continue;
              node.load++;
              strategy.changed(node);
              held.push({ node, request });
            }
            expect(strategy.size).toBe(known.size);
          }
        }),
        { numRuns: 150 },
      );
    });
  });
}
