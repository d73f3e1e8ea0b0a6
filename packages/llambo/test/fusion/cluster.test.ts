import { afterEach, describe, expect, test } from 'vitest';
import { fuse, fusionCluster } from '../../src/fusion/index.ts';
import type { Orchestrator } from '../../src/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';

let orchestrator: Orchestrator | undefined;
afterEach(async () => {
  await orchestrator?.stop();
});

describe('on a real cluster', () => {
  test('votes come from different nodes, and each node answers for itself', async () => {
    orchestrator = await startEcho(
      new EchoModels(),
      'classes: { tiny: { count: 5, model: m, capacity: 2 } }',
    );
    const request = { query: 'How many?', kind: 'text' as const, nodes: 5, maxTokens: 8, seed: 1 };
    const result = await fuse(fusionCluster(orchestrator), request);
    expect(result).toMatchObject({ strategy: 'medoid', responded: 5, asked: 5, abstained: false });
    expect(new Set(result.votes.map(({ node }) => node)).size).toBe(5);
    expect(orchestrator.nodes.map(({ load }) => load)).toEqual([0, 0, 0, 0, 0]);
  });

  test('options are scored on the nodes', async () => {
    orchestrator = await startEcho(
      new EchoModels(),
      'classes: { tiny: { count: 3, model: m, capacity: 2 } }',
    );
    const request = { query: 'Where?', options: ['here', 'there', 'nowhere'], nodes: 3 };
    const result = await fuse(fusionCluster(orchestrator), request);
    expect(result).toMatchObject({ strategy: 'pool', responded: 3, abstained: false });
    expect(request.options).toContain(result.answer);
  });

  test('a caller who goes frees all nodes', async () => {
    orchestrator = await startEcho(
      new EchoModels({ tokenMs: 50 }),
      'classes: { tiny: { count: 3, model: m, capacity: 1 } }',
    );
    const controller = new AbortController();
    const request = { query: 'Tell me.', nodes: 3, maxTokens: 500 };
    const fusion = fuse(fusionCluster(orchestrator), request, {}, controller.signal);
    setTimeout(() => controller.abort(), 200);
    await expect(fusion).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => orchestrator?.nodes.map(({ load }) => load)).toEqual([0, 0, 0]);
  });
});
