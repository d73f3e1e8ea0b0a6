/** What breaks on a machine, seen from the cluster: the rest goes on, states and events tell the truth, all comes back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fsys, ORDWR, uninterrupted } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serveFiles } from '../../src/cluster/serve.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { killThread } from '../../src/host/host.ts';
import { type Host, startHost } from '../../src/host/index.ts';
import { compileFile } from '../../src/host/library.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { ask } from './support.ts';

let cluster: Orchestrator;
let local: string;
let url: string;
/** In this process, with two threads. */
let here: Host;
/** In a process of its own. */
let child: ChildProcess;
let stoppedAt = 0;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llambo-faults-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const yaml = `queue: 3000
engine: { kind: echo, token_ms: 10 }
classes:
  tiny: { count: 8, model: m, capacity: 16, memory: 8MB }
  odd: { count: 0, model: m, cpu: 0.1, memory: 8MB }`;
  cluster = await Orchestrator.create(parseConfig(yaml, 'test'));
  closers.push(() => cluster.stop({ down: false }));
  const doors = await serveFiles(cluster, { local: `unix!${join(folder, 'llambo')}` });
  local = doors.local;
  closers.push(() => doors.close());
  const gateway = await startGateway(cluster, '127.0.0.1:0');
  url = gateway.url;
  closers.push(() => gateway.close());
  here = await startHost({
    name: 'here',
    listen: `unix!${join(folder, 'here')}`,
    threads: 2,
    cpus: 4,
    engine: { kind: 'echo' },
  });
  closers.push(() => here.close());
  const main = fileURLToPath(new URL('../../src/host/main.ts', import.meta.url));
  child = spawn(
    process.execPath,
    [
      ...['--conditions=llambo:source', '--import', 'tsx', main],
      ...['name=there', `listen=unix!${join(folder, 'there')}`, `join=${local}`],
      ...['kind=echo', 'threads=1', 'cpus=4'],
    ],
    { stdio: 'ignore' },
  );
  closers.push(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  });
  await vi.waitFor(() => expect(cluster.hosts().length).toBe(1), { timeout: 60_000 });
  await cluster.ready();
  // What there was went to the first host; the second gets its share by and by.
  await cluster.join('here', here.address);
  await vi.waitFor(() => expect([on('here').length, on('there').length]).toEqual([4, 4]), {
    timeout: 60_000,
  });
  await cluster.ready();
}, 120_000);

afterAll(async () => {
  for (const close of closers.reverse()) await close();
}, 60_000);

const on = (host: string) => cluster.nodes.filter((node) => node.host === host);
const states = (host: string) => [...new Set(on(host).map(({ state }) => state))];
const told = (what: RegExp) => cluster.events.recent(1000).some(({ text }) => what.test(text));

test('a host that hangs: its nodes leave the rotation, and its answers go on elsewhere', {
  timeout: 60_000,
}, async () => {
  expect([on('there').length, on('here').length]).toEqual([4, 4]);
  const whole = await ask(cluster, 'a long story', { maxTokens: 100 });
  let begun = 0;
  const answers = await Promise.all(
    Array.from({ length: 16 }, () =>
      ask(cluster, 'a long story', {
        maxTokens: 100,
        onChunk: (count) => {
          if (count !== 2 || ++begun < 16) return;
          child.kill('SIGSTOP');
          stoppedAt = performance.now();
        },
      }),
    ),
  );
  expect(answers.map(({ error }) => error)).toEqual(answers.map(() => undefined));
  expect(answers.every(({ text }) => text === whole.text)).toBe(true);
  expect(states('there')).toEqual(['suspect']);
  expect(cluster.status().health).toBe('degraded');
  expect(answers.some(({ finish }) => (finish?.assignment.attempt ?? 0) > 1)).toBe(true);
});

test('1,000 clients that connect at once over Styx, and 1,000 over HTTP, all get their answers', {
  timeout: 120_000,
}, async () => {
  const styx = async (): Promise<string> => {
    const client = await connect(local);
    try {
      const fs = new Fsys(await client.attach({ uname: 'glenda' }));
      const data = await fs.open('data', ORDWR);
      await data.write(new TextEncoder().encode('max_tokens=1 seed=1\n\nhello'));
      return new TextDecoder().decode(await data.readAll());
    } finally {
      client.close();
    }
  };
  const http = async (): Promise<string> => {
    const response = await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', prompt: 'hello', max_tokens: 1, seed: 1 }),
    });
    const { choices } = (await response.json()) as { choices: { text: string }[] };
    return choices[0]?.text ?? '';
  };
  for (const way of [styx, http]) {
    const answers = await Promise.all(Array.from({ length: 1000 }, way));
    expect(new Set(answers)).toEqual(new Set(['echo:']));
  }
  expect(cluster.status()).toMatchObject({ load: 0, waiting: 0 });
});

test('after ten seconds it goes on, and is back in the rotation by itself', { timeout: 60_000 }, async () => {
  await new Promise((resolve) => setTimeout(resolve, stoppedAt + 10_000 - performance.now()));
  expect(states('there')).toEqual(['suspect']);
  child.kill('SIGCONT');
  await expect.poll(() => states('there'), { timeout: 20_000 }).toEqual(['idle']);
  expect(cluster.status()).toMatchObject({ health: 'healthy', nodes: 8, hosts: 2 });
  expect((await ask(cluster, 'hello', { maxTokens: 3 })).finish?.reason).toBe('length');
});

test('a worker thread that dies takes its own nodes out, no others, and brings them back', {
  timeout: 60_000,
}, async () => {
  const [mine, others] = [0, 1].map((thread) => on('here').filter((node) => node.thread === thread));
  expect([mine?.length, others?.length]).toEqual([2, 2]);
  let killed = false;
  const answers = await Promise.all(
    Array.from({ length: 16 }, () =>
      ask(cluster, 'on a thread', {
        maxTokens: 60,
        onChunk: (count) => {
          if (count !== 3 || killed) return;
          killed = true;
          void killThread(here, 0);
        },
      }),
    ),
  );
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.every(({ error }) => error === undefined)).toBe(true);
  expect(told(new RegExp(`${mine?.[0]?.id} failed: thread 0 is gone`))).toBe(true);
  expect(told(new RegExp(`${others?.[0]?.id} failed`))).toBe(false);
  expect(cluster.hosts().length).toBe(2);
  await expect
    .poll(() => cluster.status(), { timeout: 30_000 })
    .toMatchObject({ health: 'healthy', nodes: 8 });
  expect(
    (await Promise.all((mine ?? []).map(({ id }) => namespaceOf(id)))).every((text) =>
      text.includes('/dev/llama'),
    ),
  ).toBe(true);
});

test('a program that loops for ever is ended and started again, and nobody else waits', {
  timeout: 60_000,
}, async () => {
  const program = await compileFile(fileURLToPath(new URL('../host/programs/bad.b', import.meta.url)));
  const folder = mkdtempSync(join(tmpdir(), 'llambo-bad-'));
  const bad = await startHost({
    name: 'bad',
    listen: `unix!${join(folder, 's')}`,
    threads: 0,
    cpus: 64,
    engine: { kind: 'echo' },
    program,
  });
  closers.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => bad.close(),
  );
  await cluster.join('bad', bad.fileServer());
  await cluster.execute('scale odd 1');
  const [node] = on('bad');
  const fs = new Fsys(await bad.fileServer().attach({ uname: 'tester', aname: '' }, uninterrupted));
  const data = await fs.open(`${node?.id}/data`, ORDWR);
  await data.write(new TextEncoder().encode('loop')).catch(() => {});
  await expect.poll(() => node?.state, { timeout: 20_000, interval: 20 }).toBe('error');
  expect(told(new RegExp(`${node?.id} failed: does not answer: it is in an endless loop`))).toBe(true);
  expect((await ask(cluster, 'hello', { maxTokens: 3, model: 'tiny' })).finish?.reason).toBe('length');
  await expect.poll(() => told(new RegExp(`${node?.id} is back`)), { timeout: 20_000 }).toBe(true);
  await data.close();
});

/** What a node's machine sees, by way of its thread. */
async function namespaceOf(id: string): Promise<string> {
  const client = await connect(local);
  try {
    return await new Fsys(await client.attach({ uname: 'glenda' })).readText(`${id}/namespace`);
  } finally {
    client.close();
  }
}
