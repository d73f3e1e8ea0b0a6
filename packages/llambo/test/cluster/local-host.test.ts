/** The cluster as llamboctl up starts it: a host process beside the orchestrator, also when others may join. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Running, startCluster } from '../../src/cli/cluster.ts';
import { parseConfig } from '../../src/index.ts';
import { ask } from './support.ts';

let home: string;
let cluster: Running | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'llambo-home-'));
  vi.stubEnv('LLAMBO_HOME', home);
});
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const yaml = (styx: string): string =>
  `listen: { http: "127.0.0.1:0"${styx} }\nengine: { kind: echo }\nclasses: { tiny: { count: 5, model: m } }\nhost: { threads: 2 }`;

test.each(['', ', styx: "tcp!127.0.0.1!0"'])(
  'starts its host, and ends it%s',
  { timeout: 120_000 },
  async (styx) => {
    cluster = await startCluster(parseConfig(yaml(styx), 'test'), { register: true });
    expect(cluster.orchestrator.status()).toMatchObject({ nodes: 5, hosts: 1, health: 'healthy' });
    expect(new Set(cluster.orchestrator.nodes.map(({ thread }) => thread))).toEqual(new Set([0, 1]));
    expect((await ask(cluster.orchestrator, 'hello', { maxTokens: 3 })).finish?.reason).toBe('length');
    await cluster.orchestrator.execute('shutdown');
    await cluster.ended;
  },
);

test('starts a host again that was killed, with nodes of the same names', { timeout: 120_000 }, async () => {
  cluster = await startCluster(parseConfig(yaml(''), 'test'), { register: true });
  const { orchestrator } = cluster;
  const pid = Number(/pid=(\d+)/.exec(await statusOf(cluster))?.[1]);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => orchestrator.hosts().length, { timeout: 10_000, interval: 20 }).toBe(0);
  const answer = ask(orchestrator, 'are you there?', { maxTokens: 3 });
  expect((await answer).finish?.reason).toBe('length');
  await expect
    .poll(() => orchestrator.status(), { timeout: 60_000 })
    .toMatchObject({ nodes: 5, hosts: 1, health: 'healthy' });
});

async function statusOf({ orchestrator }: Running): Promise<string> {
  const root = orchestrator.fleet.host('local')?.root;
  const { file } = (await root?.walk(['status'], { signal: AbortSignal.timeout(5000) })) ?? {};
  const call = { signal: AbortSignal.timeout(5000) };
  await file?.open(0, call);
  return Buffer.from((await file?.read(0, 4096, call)) ?? []).toString();
}
