import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fsys, ORDWR, proveToken } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killThread } from '../../src/host/host.ts';
import { type Host, startHost } from '../../src/host/index.ts';
import { until } from './helper.ts';

const token = 'a secret';
let host: Host;
let fs: Fsys;
const closing: (() => void)[] = [];

/** A host with two threads, an echo engine in a process of its own, and four nodes; a client as from another machine. */
beforeAll(async () => {
  const path = mkdtempSync(join(tmpdir(), 'llambo-threads-'));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  host = await startHost({
    name: 'here',
    listen: `unix!${join(path, 'host.sock')}`,
    threads: 2,
    engine: { kind: 'echo' },
    token,
  });
  fs = await attach(host.address, token);
  await fs.writeFile('ctl', 'engine model=m kind=echo token_ms=0');
  await fs.writeFile(
    'ctl',
    'spawn worker-0001..worker-0004 class=tiny model=m memory=64000000 cpu=0.5 capacity=2',
  );
}, 60_000);

afterAll(async () => {
  await host?.close();
  for (const close of closing.reverse()) close();
});

async function attach(address: string, secret?: string): Promise<Fsys> {
  const client = await connect(address);
  closing.push(() => client.close());
  return new Fsys(
    await client.attach({ uname: 'tester', ...(secret === undefined ? {} : { auth: proveToken(secret) }) }),
  );
}

async function ask(fs: Fsys, worker: string, request: string): Promise<string> {
  const data = await fs.open(`${worker}/data`, ORDWR);
  await data.write(new TextEncoder().encode(request));
  let text = '';
  for (;;) {
    const bytes = await data.read(8192);
    if (bytes.length === 0) break;
    text += new TextDecoder().decode(bytes);
  }
  await data.close();
  return text;
}

describe('worker threads', () => {
  test('nodes are spread over them and answer, by the host and by the thread, with the same words', async () => {
    const lines = (await fs.readText('workers')).trimEnd().split('\n');
    expect(lines.map((line) => /thread=(\d)/.exec(line)?.[1]).sort()).toEqual(['0', '0', '1', '1']);
    const threads = (await fs.readText('threads')).trimEnd().split('\n');
    expect(threads.length).toBe(2);
    const byHost = await ask(fs, 'worker-0001', 'max_tokens=5 seed=1 user=hello');
    expect(byHost).toMatch(/^echo:( \S+){4}$/);
    const thread = /thread=(\d)/.exec(lines[0] as string)?.[1];
    const address = threads.find((line) => line.startsWith(`${thread} `))?.slice(2) as string;
    const direct = await attach(address, token);
    expect(await ask(direct, 'worker-0001', 'max_tokens=5 seed=1 user=hello')).toBe(byHost);
    expect(await fs.readText('worker-0003/status')).toMatch(/^node=worker-0003\n/);
    expect(await fs.readText('worker-0003/namespace')).toMatch(/mount llama \/dev\/llama/);
    expect(await fs.readText('engines/m/status')).toMatch(
      /state=up\nkind=echo\nmodel=m\npid=\d+\n(.*\n)*requests=2\n/,
    );
  });

  test('an engine that is killed comes back, and its nodes with it', async () => {
    const pid = Number(/pid=(\d+)/.exec(await fs.readText('engines/m/status'))?.[1]);
    process.kill(pid, 'SIGKILL');
    await until(async () => /state=error/.test(await fs.readText('workers')), 'error');
    await until(async () => !/state=error/.test(await fs.readText('workers')), 'recovery');
    expect(await ask(fs, 'worker-0002', 'max_tokens=2 user=x')).toMatch(/^echo:/);
  });

  test('who does not know the token gets nowhere, on the host and on its threads', async () => {
    const threads = (await fs.readText('threads')).trimEnd().split('\n');
    for (const address of [host.address, threads[0]?.slice(2) as string]) {
      await expect(attach(address)).rejects.toThrow('authentication required');
      await expect(attach(address, 'wrong')).rejects.toThrow('authentication failed');
    }
    expect(await ask(fs, 'worker-0002', 'max_tokens=2 user=x')).toMatch(/^echo:/);
  });

  test('a thread that dies is started again, with its nodes', async () => {
    const events = await fs.open('events');
    const thread = Number(/worker-0002 .*thread=(\d)/.exec(await fs.readText('workers'))?.[1]);
    await killThread(host, thread);
    await until(async () => /worker-0002 .*state=error/.test(await fs.readText('workers')), 'error');
    await until(async () => !/state=error/.test(await fs.readText('workers')), 'recovery');
    expect(await ask(fs, 'worker-0002', 'max_tokens=2 user=x')).toMatch(/^echo:/);
    const lines: string[] = [];
    while (!lines.includes(`thread ${thread} up\n`))
      lines.push(new TextDecoder().decode(await events.read()));
    expect(lines.join('')).toMatch(/thread \d down retry_ms=250 why='exit code 1'/);
    await events.close();
  });

  test('a drained node refuses, on its thread too', async () => {
    await fs.writeFile('ctl', 'drain worker-0001');
    await expect(ask(fs, 'worker-0001', 'hello')).rejects.toThrow('no-node: worker-0001 is draining');
    expect(await fs.readText('workers')).toMatch(/worker-0001 .*state=draining/);
  });

  test('nodes that are stopped are gone', async () => {
    await fs.writeFile('ctl', 'stop worker-0001..worker-0003');
    expect(await fs.readText('workers')).toMatch(/^worker-0004 [^\n]*\n$/);
    await expect(fs.readText('worker-0001/status')).rejects.toThrow('does not exist');
  });
});
