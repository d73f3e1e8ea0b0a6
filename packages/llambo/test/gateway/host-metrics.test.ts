/** What a host reports of its Dis machines, and what it is asked by Styx, stands in /metrics. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost } from '../../src/host/index.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { Registry } from '../../src/metrics/registry.ts';
import { watchCluster } from '../../src/metrics/watch.ts';
import { ask, EchoModels } from '../cluster/support.ts';

let folder: string;
let cluster: Orchestrator;
let host: Awaited<ReturnType<typeof startHost>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llambo-host-metrics-'));
  const models = new EchoModels();
  const options = { threads: 0, engine: { kind: 'echo' }, launch: models.launch } as const;
  host = await startHost({ name: 'here', listen: `unix!${join(folder, 'host')}`, ...options });
  const yaml = 'classes: { tiny: { count: 2, model: m, capacity: 1 } }\nengine: { kind: echo }';
  cluster = await Orchestrator.create(parseConfig(yaml, 'test'));
  await cluster.join('here', host.address);
  await cluster.ready();
});
afterAll(async () => {
  await cluster.stop();
  await host.close();
  rmSync(folder, { recursive: true });
});

test('with the host as its only label but one', async () => {
  const registry = new Registry();
  const unwatch = watchCluster(registry, cluster);
  const figure = (name: string): number =>
    Number(new RegExp(`^${name}\\{host="here"[^}]*\\} (\\S+)$`, 'm').exec(registry.render())?.[1]);
  await cluster.fleet.host('here')?.refresh();
  const before = figure('llambo_dis_instructions_total');
  expect((await ask(cluster, 'x', { maxTokens: 3 })).text).not.toBe('');
  await cluster.fleet.host('here')?.refresh();
  expect(figure('llambo_dis_instructions_total')).toBeGreaterThan(before);
  expect(figure('llambo_dis_heap_bytes')).toBeGreaterThan(1000);
  expect(figure('llambo_dis_seconds_total')).toBeGreaterThan(0);
  for (const message of ['Twalk', 'Topen', 'Twrite', 'Tread', 'Tclunk']) {
    expect(registry.render()).toMatch(
      new RegExp(`^llambo_styx_requests_total\\{host="here",message="${message}"\\} [1-9]`, 'm'),
    );
  }
  expect(figure('llambo_styx_errors_total')).toBe(0);
  unwatch();
});
