import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Vote } from '../../src/fusion/index.ts';
import { fusionStrategy, fusionStrategyNames, type Setting } from '../../src/fusion/strategies/index.ts';
import { ballot, opinion, setting } from './votes.ts';

/** Votes that any strategy can decide over: with opinions, confidences and texts. */
const anyVotes = fc
  .array(
    fc.record({
      option: fc.integer({ min: 0, max: 2 }),
      lead: fc.double({ min: 0.34, max: 0.98, noNaN: true }),
      logprob: fc.double({ min: -4, max: 0, noNaN: true }),
      confidence: fc.double({ min: 0.01, max: 1, noNaN: true }),
      model: fc.constantFrom('a', 'b'),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((list) =>
    list.map(({ option, lead, ...more }, at) => {
      const shares = [0, 1, 2].map((other) => (other === option ? lead : (1 - lead) / 2));
      return opinion(`n${at}`, shares, { key: String(option), option, text: `answer ${option}`, ...more });
    }),
  );

const decided = (votes: readonly Vote[], name: string, more: Partial<Setting> = {}) =>
  fusionStrategy(name).decide(votes, setting(more));

const keyOf = (votes: readonly Vote[], name: string): string | undefined =>
  decided(votes, name).shares[0]?.key;

describe.each(fusionStrategyNames())('%s', (name) => {
  test('gives the answer on which all agree', () => {
    const votes = ['a', 'b', 'c', 'd'].map((node) => opinion(node, [0.1, 0.8, 0.1], { text: 'answer 1' }));
    const { leader, shares } = decided(votes, name);
    expect(leader).toBeDefined();
    expect(shares[0]?.key).toBe('1');
  });

  test('gives the answer of a single vote', () => {
    const { leader, tolerates } = decided([opinion('a', [0.1, 0.2, 0.7])], name, { agree: 1 });
    expect({ leader, tolerates }).toEqual({ leader: 0, tolerates: 0 });
  });

  test('decides the same in whatever order votes come', () => {
    fc.assert(
      fc.property(anyVotes, fc.integer(), (votes, seed) => {
        const order = [...votes].sort(
          (a, b) => ((a.node.charCodeAt(1) * 7919 + seed) % 13) - ((b.node.charCodeAt(1) * 7919 + seed) % 13),
        );
        const [one, two] = [decided(votes, name), decided(order, name)];
        expect(one.shares[0]?.key).toBe(two.shares[0]?.key);
        expect(one.leader === undefined).toBe(two.leader === undefined);
        if (one.leader !== undefined && two.leader !== undefined) {
          expect((votes[one.leader] as Vote).node).toBe((order[two.leader] as Vote).node);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('has weights for every vote, and shares that are heaviest first', () => {
    fc.assert(
      fc.property(anyVotes, (votes) => {
        const { weights, shares } = decided(votes, name);
        expect(weights).toHaveLength(votes.length);
        // Weights that differ by rounding alone are equal: then it is the votes' own figures that decide.
        if (name !== 'confidence')
          for (const [i, { weight }] of shares.slice(1).entries())
            expect(weight).toBeLessThanOrEqual((shares[i]?.weight ?? 0) + 1e-9);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('keeps its answer when as many nodes lie as it says it tolerates', () => {
    fc.assert(
      fc.property(anyVotes, fc.integer({ min: 0, max: 2 }), (votes, lie) => {
        const honest = decided(votes, name);
        if (honest.leader === undefined) return;
        const key = honest.shares[0]?.key;
        // The worst liars: those who spoke for the leader, now sure of something else.
        const liars = votes
          .map((vote, at) => ({ vote, at }))
          .sort((a, b) => Number(b.vote.key === key) - Number(a.vote.key === key))
          .slice(0, honest.tolerates)
          .map(({ at }) => at);
        const shares = [0, 1, 2].map((option) => (option === lie ? 1 : 1e-9));
        const forged = votes.map((vote, at) =>
          liars.includes(at)
            ? opinion(vote.node, shares, {
                model: vote.model,
                confidence: 1,
                logprob: 0,
                text: `answer ${lie}`,
              })
            : vote,
        );
        expect(decided(forged, name).shares[0]?.key).toBe(key);
      }),
      { numRuns: 200 },
    );
  });
});

describe('each means what its name says', () => {
  const split = [ballot('a', 'x'), ballot('b', 'x'), ballot('c', 'y'), ballot('d', 'z')];

  test('vote: most weight, where the surest count four times as much at most', () => {
    expect(keyOf(split, 'vote')).toBe('x');
    const sure = [
      ballot('a', 'x', { confidence: 0.1 }),
      ballot('b', 'x', { confidence: 0.1 }),
      ballot('c', 'y', { confidence: 1 }),
    ];
    expect(keyOf(sure, 'vote')).toBe('y');
    const boast = [
      ...Array.from({ length: 4 }, (_, i) => ballot(`h${i}`, 'x')),
      ballot('liar', 'y', { confidence: 1e9 }),
    ];
    expect(keyOf(boast, 'vote')).toBe('x');
  });

  test('vote: ties go to the better mean log-probability, then by key', () => {
    expect(keyOf([ballot('a', 'x', { logprob: -2 }), ballot('b', 'y', { logprob: -1 })], 'vote')).toBe('y');
    expect(keyOf([ballot('a', 'y'), ballot('b', 'x')], 'vote')).toBe('x');
  });

  test('majority: more than half, or nothing', () => {
    expect(decided(split, 'majority')).toMatchObject({
      leader: undefined,
      reason: 'no majority: 2 of 4 votes agree',
    });
    expect(decided([...split, ballot('e', 'x')], 'majority').leader).toBeDefined();
  });

  test('quorum: at least q, or an honest word', () => {
    expect(decided(split, 'quorum')).toMatchObject({
      leader: undefined,
      reason: 'no consensus: 2 of the 3 votes that must agree',
    });
    expect(decided(split, 'quorum', { agree: 2 }).leader).toBeDefined();
  });

  test('confidence: the surest', () => {
    const votes = [...split, ballot('e', 'w', { confidence: 0.99 })];
    const { leader } = decided(votes, 'confidence');
    expect(votes[leader as number]?.key).toBe('w');
  });

  test('weighted: the best average score', () => {
    const votes = [
      ballot('a', 'x', { confidence: 0.3 }),
      ballot('b', 'x', { confidence: 0.3 }),
      ballot('c', 'y', { confidence: 0.7 }),
    ];
    expect(keyOf(votes, 'weighted')).toBe('y');
    expect(
      decided(votes, 'weighted', { weight: ({ node }) => (node === 'c' ? 0.5 : 1) }).shares[0]?.key,
    ).toBe('x');
  });

  test('medoid: the text that is most like the others, verbatim', () => {
    const texts = [
      'the cat sat on the mat',
      'a cat sat on the mat today',
      'stocks fell sharply',
      'the cat sat on a mat',
    ];
    const votes = texts.map((text, at) => ballot(`n${at}`, text, { text }));
    const { leader } = decided(votes, 'medoid');
    expect(texts[leader as number]).toBe('the cat sat on the mat');
  });

  test('mux: the model that agrees most with itself, among those that are about as good', () => {
    const votes = [
      ...['x', 'x', 'y'].map((key, i) => ballot(`a${i}`, key, { model: 'a' })),
      ...['z', 'z', 'z'].map((key, i) => ballot(`b${i}`, key, { model: 'b' })),
    ];
    expect(keyOf(votes, 'mux')).toBe('z');
    expect(decided(votes, 'mux', { accuracies: { a: 0.6, b: 0.55 } }).shares[0]?.key).toBe('z');
    expect(decided(votes, 'mux', { accuracies: { a: 0.6, b: 0.4 } }).shares[0]?.key).toBe('x');
  });

  test('pool: opinions count, not first choices', () => {
    const votes = [
      opinion('a', [0.51, 0.48, 0.01]),
      opinion('b', [0.01, 0.48, 0.51]),
      opinion('c', [0.49, 0.5, 0.01]),
    ];
    expect(keyOf(votes, 'pool')).toBe('1');
  });

  test('pool: logarithmic is a weighted geometric mean, linear an arithmetic one', () => {
    const votes = [opinion('a', [0.9, 0.05, 0.05]), opinion('b', [0.2, 0.5, 0.3])];
    const geometric = [0.9 * 0.2, 0.05 * 0.5, 0.05 * 0.3];
    const log = decided(votes, 'pool').shares[0]?.weight;
    expect(log).toBeCloseTo((geometric[0] as number) / geometric.reduce((a, b) => a + b));
    expect(decided(votes, 'pool', { pooling: 'linear' }).shares[0]?.weight).toBeCloseTo(0.55);
  });
});

test('an unknown name is refused with the known ones', () => {
  expect(() => fusionStrategy('best')).toThrow(
    'fusion strategy best is unknown; strategies: auto, cascade, pool, vote',
  );
});
