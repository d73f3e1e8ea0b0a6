import { describe, expect, test } from 'vitest';
import { type FusionRequest, fuse, type Vote } from '../../src/fusion/index.ts';
import { FakeCluster, type FakeNode, many } from './fake-cluster.ts';

const number = (nodes: readonly FakeNode[], request: Partial<FusionRequest> = {}) =>
  fuse(new FakeCluster(nodes), { query: 'How many?', nodes: nodes.length, ...request });

describe('the result', () => {
  test('is the answer of most nodes, with the votes and the dissent', async () => {
    const result = await number([
      { says: 'It is 7.' },
      { says: '7' },
      { says: 'The answer is 7' },
      { says: '8' },
      { says: '7' },
    ]);
    expect(result).toMatchObject({ strategy: 'vote', responded: 5, asked: 5, abstained: false });
    expect(result.answer).toContain('7');
    expect(result.votes.map(({ key }) => key).sort()).toEqual(['7', '7', '7', '7', '8']);
    expect(result.dissent).toMatchObject([{ text: '8' }]);
    expect(result.agreement.share).toBeCloseTo(0.8);
    expect(result.agreement.posterior).toBeGreaterThan(0.8);
  });

  test('counts tokens of all nodes', async () => {
    expect((await number(many(3, { says: '1', logprobs: [-1, -1, -1] }))).tokens).toBe(9);
  });

  test('says who agreed when nobody is left to tell', async () => {
    const { abstained, reason } = await number(many(3, { says: new Error('engine is gone') }));
    expect({ abstained, reason }).toEqual({ abstained: true, reason: 'no node gave a vote' });
  });
});

describe('operation', () => {
  test('stops early when the votes agree, and asks nobody else', async () => {
    const cluster = new FakeCluster(many(16, { says: '7' }));
    const result = await fuse(cluster, { query: 'How many?', nodes: 16 });
    expect(result.asked).toBe(4);
    expect(cluster.asked).toHaveLength(4);
  });

  test('asks everybody when told to', async () => {
    const result = await fuse(new FakeCluster(many(9, { says: '7' })), {
      query: 'How many?',
      nodes: 9,
      adaptive: false,
    });
    expect(result.responded).toBe(9);
  });

  test('replaces a node that fails by one that stands by', async () => {
    const nodes = [{ says: new Error('engine is gone') }, { says: '7' }, { says: '7' }, { says: '7' }];
    const result = await fuse(new FakeCluster(nodes), { query: 'How many?', nodes: 3 });
    expect(result).toMatchObject({ responded: 3, asked: 4, abstained: false });
    expect(result.votes.find(({ error }) => error)).toMatchObject({
      node: 'worker-0001',
      model: 'm',
      error: 'engine is gone',
      weight: 0,
    });
  });

  test('reaches a consensus with a third of the nodes dead, and says so', async () => {
    const nodes = [...many(3, { says: new Error('engine is gone') }), ...many(6, { says: '7' })];
    const result = await fuse(new FakeCluster(nodes), { query: 'How many?', nodes: 9, adaptive: false });
    expect(result).toMatchObject({ answer: '7', responded: 6, asked: 9, abstained: false });
    expect(result.votes.filter(({ error }) => error)).toHaveLength(3);
  });

  test("gives a straggler's seat to another node, and cancels the straggler", async () => {
    const nodes = [...many(3, { says: '7', ms: 5 }), { says: undefined }, { says: '7', ms: 5 }];
    const cluster = new FakeCluster(nodes);
    const result = await fuse(cluster, { query: 'How many?', nodes: 4, adaptive: false });
    expect(result.responded).toBe(4);
    expect(cluster.cancelled).toEqual(['worker-0004']);
  });

  test('decides at the deadline with what has come', async () => {
    const nodes = [...many(3, { says: '7' }), { says: undefined }, { says: undefined }];
    const result = await number(nodes, { deadlineMs: 150, adaptive: false });
    expect(result).toMatchObject({ answer: '7', responded: 3, asked: 5 });
    expect(result.votes.filter(({ error }) => error === 'no answer by the deadline')).toHaveLength(2);
  });

  test('abstains at the deadline without a quorum', async () => {
    const nodes = [...many(2, { says: '7' }), ...many(3, { says: undefined })];
    const result = await number(nodes, { deadlineMs: 100, adaptive: false });
    expect(result).toMatchObject({
      abstained: true,
      answer: '',
      reason: 'only 2 of the 3 votes needed by the deadline',
    });
  });

  test('abstains when the nodes agree too little, and when a lie could have decided', async () => {
    const split = [{ says: '1' }, { says: '2' }, { says: '3' }, { says: '1' }];
    expect((await number(split, { minAgreement: 0.6 })).reason).toBe('agreement is 0.50, less than 0.6');
    expect((await number(split, { tolerate: 1 })).abstained).toBe(true);
    expect((await number(many(4, { says: '7' }), { tolerate: 1 })).abstained).toBe(false);
  });

  test('ends at once, and frees all nodes, when the caller goes', async () => {
    const cluster = new FakeCluster(many(3, { says: undefined }));
    const controller = new AbortController();
    const result = fuse(cluster, { query: 'How many?', nodes: 3 }, {}, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(result).rejects.toMatchObject({ code: 'cancelled' });
    expect(cluster.cancelled).toHaveLength(3);
  });

  test('tells votes as they come, then the text', async () => {
    const heard: string[] = [];
    const hooks = {
      vote: ({ text }: Vote) => heard.push(text),
      text: (chunk: string) => heard.push(`=${chunk}`),
    };
    await fuse(new FakeCluster(many(3, { says: '7' })), { query: 'How many?', nodes: 3 }, hooks);
    expect(heard).toEqual(['7', '7', '7', '=7']);
  });

  test('counts an answer without an answer as missing', async () => {
    const result = await number([{ says: '7' }, { says: '7' }, { says: 'I do not know.' }]);
    expect(result).toMatchObject({ answer: '7', responded: 2 });
    expect(result.votes.at(-1)).toMatchObject({ error: 'answer holds no number' });
  });
});

describe('cascade', () => {
  test('asks one node greedily when it is sure', async () => {
    const cluster = new FakeCluster(many(5, { says: '7', logprobs: [-0.01] }));
    const result = await fuse(cluster, { query: 'How many?', strategy: 'cascade:vote' });
    expect(result).toMatchObject({ asked: 1, answer: '7', abstained: false });
    expect(cluster.requests[0]?.temperature).toBe(0);
  });

  test('convenes the others when it is not', async () => {
    const result = await fuse(new FakeCluster(many(5, { says: '7', logprobs: [-2] })), {
      query: 'How many?',
      strategy: 'cascade',
    });
    expect(result.asked).toBe(4);
  });
});

describe('a cascade over options', () => {
  const request = { query: 'Where?', options: ['Rome', 'Paris'], strategy: 'cascade:pool', nodes: 3 };

  test('goes on one by one until the opinions together are sure', async () => {
    const sure = await fuse(new FakeCluster(many(3, { likes: { Rome: 0.9, Paris: 0.01 } })), request);
    expect(sure).toMatchObject({ answer: 'Rome', asked: 1 });
    const torn = await fuse(new FakeCluster(many(3, { likes: { Rome: 0.51, Paris: 0.5 } })), request);
    expect(torn).toMatchObject({ answer: 'Rome', asked: 3, responded: 3 });
  });
});

describe('who is asked', () => {
  test('models, or hosts, take turns', async () => {
    const nodes = [
      ...many(3, { says: '1', model: 'a', host: 'one' }),
      ...many(3, { says: '1', model: 'b', host: 'two' }),
    ];
    const models = await fuse(new FakeCluster(nodes), { query: 'How many?', nodes: 4 });
    expect(models.votes.filter(({ model }) => model === 'a')).toHaveLength(2);
    const hosts = await fuse(new FakeCluster(nodes), { query: 'How many?', nodes: 2, distinct: 'host' });
    expect(hosts.votes.map(({ node }) => node).sort()).toEqual(['worker-0001', 'worker-0004']);
  });

  test('only nodes of the model that is named', async () => {
    const nodes = [
      { model: 'a', says: '1' },
      { model: 'b', says: '2' },
    ];
    expect((await fuse(new FakeCluster(nodes), { query: 'How many?', model: 'b' })).answer).toBe('2');
  });

  test('nobody: an error that says so', async () => {
    const none = fuse(new FakeCluster([{ ready: false }]), { query: 'How many?' });
    await expect(none).rejects.toMatchObject({ code: 'no-node' });
  });
});

describe('closed questions', () => {
  const options = ['Paris', 'Lima', 'Rome'];
  test('are pooled: one option, verbatim', async () => {
    const result = await fuse(new FakeCluster(many(5, { likes: { Rome: 0.8, Paris: 0.3 } })), {
      query: 'Where?',
      options,
    });
    expect(result).toMatchObject({ strategy: 'pool', answer: 'Rome', option: 2, responded: 5 });
    expect(result.votes.every(({ opinion }) => opinion?.length === 3)).toBe(true);
  });

  test('nodes of one model that are asked alike count as one', async () => {
    const nodes = many(9, { likes: { Rome: 0.8, Paris: 0.3 } });
    const three = await fuse(new FakeCluster(nodes), { query: 'Where?', options, nodes: 3 });
    const nine = await fuse(new FakeCluster(nodes), { query: 'Where?', options, nodes: 9 });
    expect(new Set(nine.votes.map(({ format }) => format)).size).toBe(3);
    expect(nine.agreement.share).toBeCloseTo(three.agreement.share, 5);
    expect(nine.agreement.tolerates).toBeGreaterThanOrEqual(three.agreement.tolerates);
  });

  test('may be listed in the question itself', async () => {
    const query = 'Which is the capital of Italy?\nA. Paris\nB. Rome\nC) Lima';
    const result = await fuse(new FakeCluster(many(3, { likes: { Rome: 0.9 } })), { query });
    expect(result).toMatchObject({ strategy: 'pool', answer: 'Rome', option: 1 });
  });

  test('can be answered in words: each node sees its own order of the options', async () => {
    const says = ({ messages }: { messages: readonly { content: string }[] }): string =>
      `${/([A-Z])\. Lima/.exec(messages.at(-1)?.content ?? '')?.[1]}.`;
    const cluster = new FakeCluster(many(3, { says }));
    const result = await fuse(cluster, { query: 'Where?', options, strategy: 'vote', nodes: 3 });
    expect(result).toMatchObject({ answer: 'Lima', option: 1, responded: 3 });
    expect(new Set(cluster.requests.map(({ messages }) => messages.at(-1)?.content)).size).toBe(3);
  });
});

describe('free text', () => {
  const texts = ['rain is wet water', 'rain is wet water indeed', 'the moon shines at night'];
  const request = { query: 'Tell me something.', nodes: 3 };

  test('is answered by the text that is most like the others, in its own words', async () => {
    const result = await fuse(new FakeCluster(texts.map((says) => ({ says }))), request);
    expect(result).toMatchObject({ strategy: 'medoid', answer: texts[0], node: 'worker-0001' });
  });

  test('is compared by embeddings when asked for, and by words when there are none', async () => {
    const cluster = new FakeCluster(texts.map((says) => ({ says })));
    const by = { ...request, similarity: 'embedding' as const };
    expect((await fuse(cluster, by)).answer).toBe(texts[0]);
    cluster.vectors = new Map(texts.map((text, at) => [text, at === 0 ? [0, 1] : [1, at === 1 ? 0.1 : 0]]));
    expect((await fuse(cluster, by)).answer).not.toBe(texts[0]);
  });
});

test('weights of models count', async () => {
  const nodes = [
    { model: 'a', says: '1' },
    { model: 'a', says: '1' },
    { model: 'b', says: '2' },
  ];
  const request = { query: 'How many?', nodes: 3, weights: { b: 4 } };
  expect((await fuse(new FakeCluster(nodes), request)).answer).toBe('2');
});

test.each([
  [{}, 'exactly one of query and messages is needed'],
  [{ query: ' ' }, 'query is empty'],
  [{ query: 'a', options: ['x'] }, 'there are 1 options; 2 to 26 are possible'],
  [{ query: 'a', options: ['x', 'x'] }, 'two options are equal'],
  [{ query: 'a', strategy: 'nonsense' }, 'fusion strategy nonsense is unknown'],
  [{ query: 'a', strategy: 'pool' }, 'strategy pool needs options'],
  [{ query: 'a', nodes: 65 }, 'nodes is 65; it must be 1 to 64'],
  [{ query: 'a', quorum: 6 }, 'quorum is 6; it must be 1 to 5'],
  [{ query: 'a', minAgreement: 2 }, 'min_agreement is 2; it must be 0 to 1'],
])('%j is refused', async (request, message) => {
  await expect(fuse(new FakeCluster(many(2, {})), request)).rejects.toThrow(message);
});
