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

  test('with a third of the nodes killed while they answer there is a consensus, and the truth about who answered', async () => {
    orchestrator = await startEcho(
      new EchoModels({ tokenMs: 30 }),
      'classes: { tiny: { count: 6, model: m, capacity: 1 } }',
    );
    const request = { query: 'How?', kind: 'text' as const, nodes: 6, quorum: 4, maxTokens: 20, seed: 1 };
    const fusion = fuse(fusionCluster(orchestrator), request);
    await expect.poll(() => orchestrator?.nodes.filter(({ load }) => load > 0).length).toBe(6);
    const killed = orchestrator.nodes.slice(0, 2).map(({ id }) => id);
    await orchestrator.execute(`kill ${killed.join(' ')}`);
    const result = await fusion;
    expect(result.abstained).toBe(false);
    expect(result.responded).toBeGreaterThanOrEqual(4);
    const missing = result.votes.filter(({ error }) => error !== undefined).map(({ node }) => node);
    expect(missing.sort()).toEqual(killed.sort());
    const voted = result.votes.filter(({ error }) => error === undefined);
    expect(voted.map(({ node }) => node)).not.toEqual(expect.arrayContaining([killed[0]]));
    expect(result.responded).toBe(voted.length);
    expect(result.asked).toBe(result.votes.length);
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
