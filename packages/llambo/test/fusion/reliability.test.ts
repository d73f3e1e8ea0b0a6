import { expect, test } from 'vitest';
import { askCanaries, CANARIES, fuse, Reliabilities } from '../../src/fusion/index.ts';
import { FakeCluster, many } from './fake-cluster.ts';

const truth = Object.fromEntries(
  CANARIES.flatMap(({ options, answer }) =>
    options.map((option, at) => [option, at === answer ? 0.9 : 0.05]),
  ),
);
const lies = Object.fromEntries(Object.entries(truth).map(([option, share]) => [option, 1 - share]));

test('canaries tell liars from honest nodes, and liars lose their weight', async () => {
  const options = ['Paris', 'Rome'];
  const honest = { likes: { ...truth, Rome: 0.6, Paris: 0.4 } };
  const liar = { likes: { ...lies, Paris: 0.999, Rome: 0.001 } };
  const cluster = new FakeCluster([honest, honest, liar, liar]);
  const before = await fuse(cluster, { query: 'Where?', options, nodes: 4 });
  expect(before.answer).toBe('Paris');

  const reliabilities = new Reliabilities();
  await askCanaries(
    cluster,
    reliabilities,
    cluster.nodes().map(({ id }) => id),
    AbortSignal.timeout(5000),
  );
  expect(reliabilities.of('worker-0001')).toBeGreaterThan(0.9);
  expect(reliabilities.of('worker-0003')).toBeLessThan(0.5);
  const after = await fuse(cluster, { query: 'Where?', options, nodes: 4 }, {}, undefined, reliabilities);
  expect(after.answer).toBe('Rome');
  expect(after.votes.find(({ node }) => node === 'worker-0003')?.weight).toBeLessThan(0.06);
});

test('a node that does not answer a canary is not judged', async () => {
  const reliabilities = new Reliabilities();
  const cluster = new FakeCluster(many(1, { says: new Error('engine is gone') }));
  await askCanaries(cluster, reliabilities, ['worker-0001'], AbortSignal.timeout(5000));
  expect(reliabilities.weight('worker-0001')).toBeCloseTo(1);
});

test('a fusion asks canaries of its own nodes once, and remembers how they did', async () => {
  const reliabilities = new Reliabilities();
  const cluster = Object.assign(new FakeCluster(many(2, { likes: { ...truth, Rome: 0.6, Paris: 0.4 } })), {
    reliabilities,
  });
  const request = { query: 'Where?', options: ['Paris', 'Rome'], nodes: 2, canaries: 3 };
  await fuse(cluster, request);
  expect(['worker-0001', 'worker-0002'].map((node) => reliabilities.asked(node))).toEqual([3, 3]);
  const before = cluster.calls.length;
  await fuse(cluster, { ...request, canaries: 0 });
  const plain = cluster.calls.length - before;
  await fuse(cluster, request);
  expect(cluster.calls.length - before).toBe(2 * plain);
  await expect(fuse(cluster, { ...request, canaries: 7 })).rejects.toThrow(
    'canaries is 7; it must be 0 to 6',
  );
});
