/** Other machines: the tree at a tcp address, hosts that join over it, users who may ask but not command. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fsys, proveToken } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileDoors, serveFiles } from '../../src/cluster/serve.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';
import { ask } from './support.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const GLENDA = 'fedcba9876543210';

let folder: string;
let cluster: Orchestrator;
let doors: FileDoors;
const children: ChildProcess[] = [];
const closers: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llambo-remote-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await Promise.all(
    children.splice(0).map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }),
  );
  rmSync(folder, { recursive: true });
});

async function start(remote: string): Promise<void> {
  const config = parseConfig(
    'classes: { tiny: { count: 6, model: m, capacity: 4 } }\nengine: { kind: echo }',
    'test',
  );
  cluster = await Orchestrator.create(config, { token: TOKEN });
  closers.push(() => cluster.stop({ down: false }));
  doors = await serveFiles(cluster, {
    local: `unix!${join(folder, 'llambo')}`,
    remote,
    token: TOKEN,
    users: new Map([['glenda', GLENDA]]),
  });
  closers.push(() => doors.close());
}

/** A host process, in a network name space of its own where one is named. */
function host(
  name: string,
  { token = TOKEN, listen = 'tcp!127.0.0.1!0', address = doors.remote as string, netns = '' } = {},
): Promise<string> {
  const main = fileURLToPath(new URL('../../src/host/main.ts', import.meta.url));
  const args = [
    ...['--conditions=llambo:source', '--import', 'tsx', main],
    ...[`name=${name}`, `listen=${listen}`, `join=${address}`, 'kind=echo', 'threads=1'],
  ];
  const command =
    netns === '' ? [process.execPath, ...args] : ['ip', 'netns', 'exec', netns, process.execPath, ...args];
  const child = spawn(command[0] as string, command.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LLAMBO_TOKEN: token },
  });
  children.push(child);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.on('exit', () => resolve(said));
    const look = setInterval(() => {
      if (!cluster.hosts().some((each) => each.name === name) && child.exitCode === null) return;
      clearInterval(look);
      resolve(said);
    }, 50);
  });
}

async function mount(uname: string, token?: string): Promise<Fsys> {
  const client = await connect(doors.remote as string);
  closers.push(() => client.close());
  return new Fsys(
    await client.attach({ uname, ...(token === undefined ? {} : { auth: proveToken(token) }) }),
  );
}

describe('over tcp', { timeout: 120_000 }, () => {
  test('two hosts form one cluster; when one is killed its answers go on at the other', async () => {
    await start('tcp!127.0.0.1!0');
    await Promise.all([host('a'), host('b')]);
    await cluster.ready();
    await cluster.execute('scale tiny 12');
    expect(new Set(cluster.nodes.map((node) => node.host))).toEqual(new Set(['a', 'b']));
    const whole = await ask(cluster, 'over the wire', { maxTokens: 3000 });
    expect(whole.finish?.usage.completionTokens).toBe(whole.text.split(' ').length);
    let kills = 0;
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        ask(cluster, 'over the wire', {
          maxTokens: 3000,
          onChunk: (count) => {
            if (count === 2 && kills++ === 0) children[0]?.kill('SIGKILL');
          },
        }),
      ),
    );
    expect(answers.map(({ error }) => error)).toEqual(answers.map(() => undefined));
    expect(answers.every(({ text }) => text === whole.text)).toBe(true);
    await expect.poll(() => cluster.hosts().map(({ name }) => name), { timeout: 10_000 }).toEqual(['b']);
  });

  test('a host with a wrong token is refused, and ends with the reason', async () => {
    await start('tcp!127.0.0.1!0');
    expect(await host('spy', { token: 'another-token-altogether' })).toMatch(/authentication/);
    expect(cluster.hosts()).toEqual([]);
  });

  test('users may ask and read; operators command; nobody gets in without a token', async () => {
    await start('tcp!127.0.0.1!0');
    await host('a');
    await cluster.ready();
    const operator = await mount('anyone', TOKEN);
    await operator.ctl('ctl', 'strategy p2c');
    const glenda = await mount('glenda', GLENDA);
    expect(await glenda.readText('status')).toMatch(/^Cluster: 6 nodes/);
    await expect(glenda.ctl('ctl', 'strategy random')).rejects.toThrow('permission denied');
    await expect(glenda.ctl('worker-0001/ctl', 'kill')).rejects.toThrow('permission denied');
    await expect(glenda.ctl('hosts/ctl', 'join name=x address=tcp!127.0.0.1!1')).rejects.toThrow(
      'permission denied',
    );
    await expect(mount('glenda', 'wrong')).rejects.toThrow('authentication');
    await expect(mount('glenda')).rejects.toThrow('authentication');
    expect(cluster.strategy).toBe('p2c');
  });
});

/** Whether this machine lets us make network name spaces. */
function canNetns(): boolean {
  try {
    execFileSync('ip', ['netns', 'add', 'llambo-probe'], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'del', 'llambo-probe'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const netns = canNetns();
describe.skipIf(!netns)(`over two network name spaces${netns ? '' : ' (needs root and ip netns)'}`, () => {
  const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });

  test('a host joins from another network', { timeout: 120_000 }, async () => {
    const id = String(process.pid);
    const space = `llambo-${id}`;
    ip('netns', 'add', space);
    closers.push(() => ip('netns', 'del', space));
    ip('link', 'add', `lla${id}`, 'type', 'veth', 'peer', 'name', `llb${id}`);
    ip('link', 'set', `llb${id}`, 'netns', space);
    ip('addr', 'add', '10.213.7.1/30', 'dev', `lla${id}`);
    ip('link', 'set', `lla${id}`, 'up');
    ip('-n', space, 'addr', 'add', '10.213.7.2/30', 'dev', `llb${id}`);
    ip('-n', space, 'link', 'set', `llb${id}`, 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
    await start('tcp!10.213.7.1!0');
    await host('far', { netns: space, listen: 'tcp!10.213.7.2!0' });
    await cluster.ready();
    expect(cluster.hosts()[0]?.address).toMatch(/^tcp!10\.213\.7\.2!/);
    const { finish } = await ask(cluster, 'how is it over there?', { maxTokens: 5 });
    expect(finish?.assignment.node).toBe('worker-0001');
  });
});
