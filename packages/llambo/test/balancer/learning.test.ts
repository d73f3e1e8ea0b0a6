import { describe, expect, it } from 'vitest';
import { BLOCK, createStrategy, fingerprint } from '../../src/cluster/balancer/index.ts';
import { seeded, type TestNode, testNode, toModel } from './suite.ts';

const nodes = (count: number, more: (i: number) => Partial<TestNode> = () => ({})): TestNode[] =>
  Array.from({ length: count }, (_, i) => testNode(`n${i}`, { capacity: 100, ...more(i) }));
const options = () => ({ random: seeded(3), now: () => 0 });

describe('weighted', () => {
  it('gives turns in proportion to speed', () => {
    const all = nodes(3, (i) => ({ speed: [10, 20, 70][i]! }));
    const strategy = createStrategy('weighted', options(), all);
    const counts = [0, 0, 0];
    for (let i = 0; i < 1000; i++) counts[all.indexOf(strategy.pick(toModel('m'))!)]!++;
    expect(counts.map((n) => Math.round(n / 10))).toEqual([10, 20, 70]);
  });

  it('gives no arrears to a node that was full', () => {
    const all = nodes(2);
    const strategy = createStrategy('weighted', options(), all);
    all[0]!.load = 100;
    strategy.changed(all[0]!);
    for (let i = 0; i < 50; i++) strategy.pick(toModel('m'));
    all[0]!.load = 0;
    strategy.changed(all[0]!);
    const next = Array.from({ length: 10 }, () => strategy.pick(toModel('m'))!.id);
    expect(next.filter((id) => id === 'n0').length).toBeLessThanOrEqual(6);
  });
});

describe('p2c', () => {
  it('prefers the faster of two equally loaded, always', () => {
    const strategy = createStrategy(
      'p2c',
      options(),
      nodes(2, (i) => ({ speed: i === 0 ? 5 : 50 })),
    );
    for (let i = 0; i < 20; i++) expect(strategy.pick(toModel('m'))?.id).toBe('n1');
  });
});

describe('prefix', () => {
  const prompt = 'you are a helpful assistant. '.repeat(40);

  it('fingerprints equal beginnings equally', () => {
    const a = fingerprint(`${prompt}first question ${'x'.repeat(600)}`);
    const b = fingerprint(`${prompt}second question ${'y'.repeat(600)}`);
    const shared = Math.floor(prompt.length / BLOCK);
    expect(a.slice(0, shared)).toEqual(b.slice(0, shared));
    expect(a[shared]).not.toBe(b[shared]);
    expect(fingerprint(prompt, 'tenant')).not.toEqual(fingerprint(prompt));
    expect(a.every(Number.isSafeInteger)).toBe(true);
  });

  it('returns to the node that holds the prefix until it is too loaded, then spreads', () => {
    const all = nodes(10);
    const strategy = createStrategy('prefix', options(), all);
    const request = toModel('m', { prefix: fingerprint(prompt) });
    const picked: string[] = [];
    for (let i = 0; i < 15; i++) {
      const node = strategy.pick(request)!;
      picked.push(node.id);
      node.load++;
      strategy.changed(node);
    }
    expect(new Set(picked.slice(0, 5)).size).toBe(1);
    expect(new Set(picked).size).toBe(3);
    expect(Math.max(...all.map((node) => node.load))).toBeLessThanOrEqual(5);
  });

  it('drops claims as old as one that the engine reports as evicted', () => {
    const all = nodes(2);
    const strategy = createStrategy('prefix', options(), all);
    const [old, other, last] = [[1], [2], [3]];
    const holder = strategy.pick(toModel('m', { prefix: old }))!;
    const elsewhere = all.find((node) => node !== holder)!;
    strategy.pick(toModel('m', { prefix: other, exclude: new Set([elsewhere.id]) }));
    strategy.pick(toModel('m', { prefix: last, exclude: new Set([elsewhere.id]) }));
    strategy.pick(toModel('m', { prefix: other })); // used again, and found missing:
    strategy.observe(holder, { ok: true, prefix: other, promptTokens: 64, cachedTokens: 0 });
    holder.load = 1;
    strategy.changed(holder);
    expect(strategy.pick(toModel('m', { prefix: old }))).toBe(elsewhere);
    expect(strategy.pick(toModel('m', { prefix: last }))).toBe(holder);
  });

  it('forgets what a lost engine held', () => {
    const all = nodes(2);
    const strategy = createStrategy('prefix', options(), all);
    const holder = strategy.pick(toModel('m', { prefix: [1] }))!;
    holder.state = 'error';
    strategy.changed(holder);
    holder.state = 'idle';
    holder.load = 1;
    strategy.changed(holder);
    expect(strategy.pick(toModel('m', { prefix: [1] }))).not.toBe(holder);
  });
});

describe('session', () => {
  it('keeps a conversation on its node', () => {
    const strategy = createStrategy('session', options(), nodes(50));
    for (let s = 0; s < 20; s++) {
      const first = strategy.pick(toModel('m', { session: `s${s}` }));
      expect(strategy.pick(toModel('m', { session: `s${s}` }))).toBe(first);
    }
  });

  it('moves only the keys of the node that leaves, and about 1/n to one that comes', () => {
    const all = nodes(50);
    const strategy = createStrategy('session', options(), all);
    const where = (): Map<string, string> =>
      new Map(
        Array.from({ length: 1000 }, (_, s) => [
          `s${s}`,
          strategy.pick(toModel('m', { session: `s${s}` }))!.id,
        ]),
      );
    const before = where();
    strategy.remove(all[7]!);
    const without = where();
    for (const [key, id] of before) if (id !== 'n7') expect(without.get(key)).toBe(id);
    strategy.add(all[7]!);
    expect(where()).toEqual(before);
    strategy.add(testNode('new', { capacity: 100 }));
    const after = where();
    const moved = [...before].filter(([key, id]) => after.get(key) !== id);
    expect(moved.every(([key]) => after.get(key) === 'new')).toBe(true);
    expect(moved.length).toBeLessThan(80);
  });

  it('bounds the load at 1.25 times the mean', () => {
    const all = nodes(20);
    const strategy = createStrategy('session', options(), all);
    for (let i = 1; i <= 400; i++) {
      const node = strategy.pick(toModel('m', { session: 'one hot conversation' }))!;
      node.load++;
      strategy.changed(node);
      expect(node.load).toBeLessThanOrEqual(Math.ceil((1.25 * i) / 20));
    }
  });
});

describe('affinity', () => {
  const classes = (): TestNode[] => [
    testNode('small', { class: 'tiny', contextSize: 2048, capacity: 1 }),
    testNode('middle', { class: 'medium', contextSize: 8192, capacity: 1 }),
    testNode('big', { class: 'large', contextSize: 32768, capacity: 1 }),
  ];

  it('takes the smallest class that fits', () => {
    const strategy = createStrategy('affinity', options(), classes());
    expect(strategy.pick(toModel('m', { promptTokens: 100 }))?.id).toBe('small');
    expect(strategy.pick(toModel('m', { promptTokens: 4000 }))?.id).toBe('middle');
    expect(strategy.pick(toModel('m', { promptTokens: 20_000 }))?.id).toBe('big');
    expect(strategy.pick(toModel('m', { promptTokens: 99_000 }))?.id).toBe('big');
  });

  it('follows rules, and helps out when the class is full', () => {
    const all = classes();
    const rules = [{ upTo: 500, class: 'medium' }];
    const strategy = createStrategy('affinity', { ...options(), affinity: rules }, all);
    expect(strategy.pick(toModel('m', { promptTokens: 400 }))?.id).toBe('middle');
    all[1]!.load = 1;
    strategy.changed(all[1]!);
    expect(strategy.pick(toModel('m', { promptTokens: 400 }))?.id).toBe('small');
  });
});

describe('prequal', () => {
  it('learns to avoid a slow node that looks idle', () => {
    const all = nodes(8);
    const strategy = createStrategy('prequal', options(), all);
    for (const node of all) {
      strategy.observe(node, { ok: true, totalMs: node.id === 'n3' ? 10_000 : 100, tokens: 10 });
    }
    let slow = 0;
    for (let i = 0; i < 300; i++) if (strategy.pick(toModel('m'))!.id === 'n3') slow++;
    expect(slow).toBeLessThan(10);
  });
});
