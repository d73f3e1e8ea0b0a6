import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join as path } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fsys, StyxError, tokenAuth } from '@llambo/styx';
import { ctl, dir, serveTree } from '@llambo/styx/fs';
import { connect, serveOn } from '@llambo/styx/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Joined, join } from '../../src/host/join.ts';
import { folder, until } from './helper.ts';

/** What takes hosts: their lines, and the open fids that tell whether they are still there. */
async function orchestrator(address: string, token?: string, refuse?: string) {
  const lines: string[] = [];
  const tree = dir({
    hosts: dir({
      ctl: ctl({
        'join ATTR=VALUE...': (words) => {
          if (refuse !== undefined) throw new StyxError(refuse);
          lines.push(words.join(' '));
        },
      }),
    }),
  });
  const serving = await serveOn(
    address,
    serveTree(tree),
    token === undefined ? {} : { auth: tokenAuth(() => token) },
  );
  onTestFinished(() => serving.close(0));
  return { lines, serving };
}

function member(
  address: string,
  more: { token?: string; orphan?: number; orphaned?: () => void } = {},
): Joined {
  const joined = join({
    orchestrator: address,
    announce: () => ({ name: 'h1', address: 'unix!/x', cpus: 2, memory: 1e9, models: ['a', 'b'] }),
    ...more,
  });
  onTestFinished(() => joined.close());
  return joined;
}

const line = 'name=h1 address=unix!/x cpus=2 memory=1000000000 models=a,b';

describe('joining', () => {
  test('says who it is, and says it again when the orchestrator comes back', async () => {
    const address = `unix!${path(folder(), 's')}`;
    const first = await orchestrator(address);
    await member(address).first;
    expect(first.lines).toEqual([line]);
    expect(first.serving.server.connections.size).toBe(1);
    await first.serving.close(0);
    const second = await orchestrator(address);
    await until(() => second.lines.length === 1, 'a second join');
    expect(second.lines).toEqual([line]);
  });

  test('proves the token; a unix socket proves who one is by itself', async () => {
    const { lines, serving } = await orchestrator('tcp!127.0.0.1!0', 'secret');
    const { address } = serving;
    await expect(member(address, { token: 'wrong' }).first).rejects.toThrow('authentication failed');
    await expect(member(address).first).rejects.toThrow('authentication required');
    await member(address, { token: 'secret' }).first;
    expect(lines).toEqual([line]);
  });

  test('gives up when it is refused', async () => {
    const address = `unix!${path(folder(), 's')}`;
    await orchestrator(address, undefined, 'permission denied: no more hosts');
    await expect(member(address).first).rejects.toThrow('permission denied: no more hosts');
  });

  test('an orphan is told so', async () => {
    let orphans = 0;
    member(`unix!${path(folder(), 's')}`, { orphan: 0.05, orphaned: () => orphans++ });
    await until(() => orphans === 1, 'orphaned');
  });
});

describe('the host process', () => {
  test('serves, joins, ends on SIGTERM; ends by itself when its orchestrator stays away', async () => {
    const where = folder();
    const home = `unix!${path(where, 'orchestrator')}`;
    const { lines, serving } = await orchestrator(home);
    const start = async (name: string, ...args: string[]) => {
      const child = spawn(
        process.execPath,
        [
          '--conditions=llambo:source',
          '--import',
          'tsx',
          fileURLToPath(new URL('../../src/host/main.ts', import.meta.url)),
          `name=${name}`,
          `listen=unix!${path(where, name)}`,
          'threads=0',
          'kind=echo',
          ...args,
        ],
        {
          env: { ...process.env, LLAMBO_TOKEN: 'secret', LLAMBO_HOME: where },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      const [ready] = (await once(child.stdout, 'data')) as [Buffer];
      expect(ready.toString()).toBe(`ready unix!${path(where, name)}\n`);
      return child;
    };
    const [a, b] = await Promise.all([
      start('a', `join=${home}`, 'orphan=0.3', 'cpus=3', 'memory=1000000000'),
      start('b'),
    ]);
    await until(() => lines.length === 1, 'a join');
    expect(lines[0]).toBe(`name=a address=unix!${path(where, 'a')} cpus=3 memory=1000000000 models=`);

    const { proveToken } = await import('@llambo/styx');
    const client = await connect(`unix!${path(where, 'a')}`);
    const fs = new Fsys(await client.attach({ uname: 'x', auth: proveToken('secret') }));
    await fs.writeFile(
      'ctl',
      'engine model=m kind=echo token_ms=0\nspawn worker-0001 model=m memory=2000000',
    );
    expect(await fs.readText('workers')).toMatch(/^worker-0001 .*state=idle/);
    client.close();

    b.kill('SIGTERM');
    expect(await once(b, 'exit')).toEqual([0, null]);
    await serving.close(0);
    expect(await once(a, 'exit')).toEqual([0, null]);
  });
});
