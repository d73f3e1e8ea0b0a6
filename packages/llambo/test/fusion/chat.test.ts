import { expect, test } from 'vitest';
import { fuseChat, fusionOfChat, isFusionModel } from '../../src/fusion/index.ts';
import { FakeCluster, many } from './fake-cluster.ts';

const messages = [{ role: 'user', content: 'How many?' }];

test('names of virtual models', () => {
  expect(
    ['fusion', 'fusion:vote', 'fusion:cascade:pool', 'fusion@tiny', 'fusion:vote@qwen2.5-0.5b'].every(
      isFusionModel,
    ),
  ).toBe(true);
  expect(isFusionModel('fusionist')).toBe(false);
  expect(fusionOfChat({ model: 'fusion:vote@qwen2.5-0.5b', messages })).toMatchObject({
    strategy: 'vote',
    model: 'qwen2.5-0.5b',
  });
});

test('members of an OpenAI request, and of its fusion object', () => {
  const body = {
    model: 'fusion',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'How ' },
          { type: 'text', text: 'many?' },
        ],
      },
    ],
    temperature: 0.3,
    max_tokens: 9,
    seed: 4,
    fusion: { nodes: 3, min_agreement: 0.5, deadline_ms: 1000 },
  };
  expect(fusionOfChat(body)).toEqual({
    messages,
    temperature: 0.3,
    maxTokens: 9,
    seed: 4,
    nodes: 3,
    minAgreement: 0.5,
    deadlineMs: 1000,
  });
});

test.each([
  [{ nodez: 3 }, 'fusion.nodez is unknown'],
  [{ nodes: '3' }, 'fusion.nodes must be a number'],
  [{ pooling: 'cubic' }, 'fusion.pooling must be one of logarithmic, linear'],
  [[], 'fusion must be an object'],
])('fusion: %j is refused', (fusion, message) => {
  expect(() => fusionOfChat({ model: 'fusion', messages, fusion })).toThrow(message);
});

test('a chat is answered with the consensus and its account', async () => {
  const answer = await fuseChat(new FakeCluster(many(5, { says: '7' })), { model: 'fusion', messages });
  expect(answer.content).toBe('7');
  expect(answer.fusion).toMatchObject({ strategy: 'vote', responded: 4, agreement: { share: 1 } });
});

test('an abstention says so in words', async () => {
  const cluster = new FakeCluster([{ says: '1' }, { says: '2' }, { says: '3' }]);
  const body = { model: 'fusion:majority', messages, fusion: { nodes: 3 } };
  expect((await fuseChat(cluster, body)).content).toBe('No consensus: no majority: 1 of 3 votes agree.');
});
