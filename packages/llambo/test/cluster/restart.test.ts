/** What a cluster keeps over the death of its orchestrator, and what it does when hosts come and go. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JournalStore } from '../../src/cluster/store/index.ts';
import { type Host, startHost } from '../../src/host/index.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { ask, EchoModels } from './support.ts';

const config = parseConfig(
  'classes: { tiny: { count: 4, model: m, capacity: 2 } }\nengine: { kind: echo }',
  'test',
);
let folder: string;
const clusters: Orchestrator[] = [];
const hosts: Host[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llambo-restart-'));
});
afterEach(async () => {
  await Promise.all(clusters.splice(0).map((cluster) => cluster.stop({ down: false })));
  await Promise.all(hosts.splice(0).map((host) => host.close()));
  rmSync(folder, { recursive: true });
});

async function host(name: string): Promise<Host> {
  const started = await startHost({
    name,
    listen: `unix!${join(folder, name)}`,
    threads: 0,
    engine: { kind: 'echo' },
    launch: new EchoModels({ tokenMs: 1 }).launch,
  });
  hosts.push(started);
  return started;
}

async function orchestrator(): Promise<Orchestrator> {
  const store = new JournalStore(join(folder, 'journal'));
  const cluster = await Orchestrator.create(config, { store });
  clusters.push(cluster);
  return cluster;
}

const ids = (cluster: Orchestrator): string[] => cluster.nodes.map(({ id }) => id).sort();

describe('an orchestrator that starts again', () => {
  test('adopts the nodes that run, and knows what was wanted', async () => {
    const local = await host('local');
    const first = await orchestrator();
    await first.join('local', local.address);
    await first.ready();
    await first.execute('spawn tiny 2\nkill worker-0001\nstrategy p2c\ndrain worker-0003');
    await first.ready();
    const before = ids(first);
    expect(before).toHaveLength(6);
    await first.stop({ down: false });

    const second = await orchestrator();
    expect(second.strategy).toBe('p2c');
    expect(second.nodes).toEqual([]);
    await second.join('local', local.address);
    await second.ready();
    expect(ids(second)).toEqual(before);
    expect(second.node('worker-0003')?.state).toBe('draining');
    expect((await ask(second, 'still there?', { maxTokens: 3 })).finish?.assignment.attempt).toBe(1);
    expect(second.events.recent(100).map(({ text }) => text)).toContain('strategy is p2c');
    await second.execute('spawn tiny 1');
    expect(ids(second).at(-1)).toBe('worker-0008');
  });
});

describe('a host that is lost', () => {
  test('under answers: they go on at the other one, unbroken, and its nodes are made anew there', async () => {
    const [a, b] = [await host('a'), await host('b')];
    const cluster = await orchestrator();
    await cluster.join('a', a.address);
    await cluster.join('b', b.address);
    await cluster.ready();
    // Which host came first got the first nodes; level the field.
    await cluster.execute('scale tiny 8');
    expect(new Set(cluster.nodes.map((node) => node.host))).toEqual(new Set(['a', 'b']));
    const whole = await ask(cluster, 'a story', { maxTokens: 200 });
    let closed: Promise<void> | undefined;
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        ask(cluster, 'a story', {
          maxTokens: 200,
          onChunk: (count) => {
            if (count === 20) closed ??= a.close();
          },
        }),
      ),
    );
    await closed;
    expect(answers.map(({ text }) => text === whole.text)).toEqual(answers.map(() => true));
    expect(answers.some(({ finish }) => (finish?.assignment.attempt ?? 0) > 1)).toBe(true);
    expect(cluster.status()).toMatchObject({ hosts: 1, load: 0 });
    await expect
      .poll(() => cluster.nodes.filter(({ state }) => state === 'idle').length, { timeout: 20_000 })
      .toBe(8);
    expect(new Set(cluster.nodes.map((node) => node.host))).toEqual(new Set(['b']));
  }, 60_000);
});

test('every host is restarted under load, one after the other, and no request fails', {
  timeout: 120_000,
}, async () => {
  const cluster = await orchestrator();
  let hostA = await host('a');
  let hostB = await host('b');
  await cluster.join('a', hostA.address);
  await cluster.join('b', hostB.address);
  await cluster.ready();
  await cluster.execute('scale tiny 12');
  let stop = false;
  let answered = 0;
  const errors: string[] = [];
  const clients = Array.from({ length: 8 }, async (_, i) => {
    for (let n = 0; !stop; n++) {
      const { error } = await ask(cluster, `client ${i} asks ${n}`, { maxTokens: 30 });
      if (error === undefined) answered++;
      else errors.push(error.message);
    }
  });
  const restart = async (name: string, old: Host): Promise<Host> => {
    const before = answered;
    await expect.poll(() => answered, { timeout: 10_000 }).toBeGreaterThan(before + clients.length);
    await old.close();
    await expect.poll(() => cluster.hosts().length, { timeout: 10_000 }).toBe(1);
    const fresh = await host(name);
    await cluster.join(name, fresh.address);
    await cluster.ready();
    return fresh;
  };
  hostA = await restart('a', hostA);
  hostB = await restart('b', hostB);
  stop = true;
  await Promise.all(clients);
  expect(errors).toEqual([]);
  expect(cluster.status()).toMatchObject({ nodes: 12, hosts: 2, load: 0 });
});
