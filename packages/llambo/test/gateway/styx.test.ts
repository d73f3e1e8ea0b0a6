/** The cluster's files over WebSocket, as a browser reaches them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Fsys, webSocket } from '@llambo/styx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Orchestrator } from '../../src/index.ts';
import { KeyStore } from '../../src/keys/index.ts';
import { EchoModels, startEcho } from '../cluster/support.ts';
import { type Served, serve } from './support.ts';

let cluster: Orchestrator;
let served: Served;
let folder: string;
const secrets: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llambo-styx-'));
  const keys = new KeyStore(join(folder, 'keys'));
  for (const scope of ['infer', 'operate', 'admin'])
    secrets[scope] = keys.create({ name: scope, scopes: [scope] }).secret;
  cluster = await startEcho(new EchoModels());
  served = await serve(cluster, { keys });
});
afterAll(async () => {
  await served.gateway.close();
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

function open(protocols: string[], origin?: string): Promise<WebSocket> {
  const url = `${served.url.replace('http', 'ws')}/api/v1/styx`;
  const socket = new WebSocket(url, protocols, origin === undefined ? {} : { origin });
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

test('are read and written, with the key among the subprotocols', async () => {
  const socket = await open(['9p', `key.${secrets.operate}`]);
  expect(socket.protocol).toBe('9p');
  const client = await Client.connect(webSocket(socket as never, 'test'));
  const files = new Fsys(await client.attach({ uname: 'dashboard' }));
  expect((await files.readdir('/')).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['ctl', 'status', 'worker-0001']),
  );
  expect(await files.readText('status')).toMatch(/^Cluster: 2 nodes/);
  await files.ctl('ctl', 'strategy p2c');
  expect(cluster.strategy).toBe('p2c');
  expect(await files.readText('metrics')).toContain('llambo_nodes');
  client.close();
});

test('are steered with a key for operate, and ruled only with one for admin', async () => {
  const connect = async (scope: string): Promise<{ client: Client; files: Fsys }> => {
    const socket = await open(['9p', `key.${secrets[scope]}`]);
    const client = await Client.connect(webSocket(socket as never, 'test'));
    // Whoever they say they are.
    return { client, files: new Fsys(await client.attach({ uname: 'operator' })) };
  };
  const { client, files } = await connect('operate');
  await files.ctl('worker-0001/ctl', 'drain');
  await files.ctl('ctl', 'resume worker-0001');
  const limit = 'limit maximum 50';
  await expect(files.ctl('ctl', limit)).rejects.toThrow('permission denied: limit is for administrators');
  await expect(files.ctl('ctl', 'strategy random\nshutdown')).rejects.toThrow(/^permission denied/);
  expect(cluster.strategy).not.toBe('random');
  for (const ctl of ['hosts/ctl', `hosts/${cluster.hosts()[0]?.name}/ctl`]) {
    await expect(files.ctl(ctl, 'shutdown')).rejects.toThrow(
      'permission denied: hosts are for administrators',
    );
  }
  client.close();
  const admin = await connect('admin');
  await admin.files.ctl('ctl', limit);
  admin.client.close();
});

test.each([
  ['no key', ['9p'], undefined],
  ['a wrong key', ['9p', 'key.llambo_aaaaaaaa_x'], undefined],
  ['a key of another scope', ['9p', 'infer'], undefined],
  ['a page of another site', ['9p', 'operate'], 'https://evil.example'],
])('are not served to %s', async (_name, [protocol, name], origin) => {
  const secret = name === undefined ? undefined : (secrets[name] ?? name.slice(4));
  const protocols = secret === undefined ? [protocol as string] : [protocol as string, `key.${secret}`];
  await expect(open(protocols, origin)).rejects.toThrow(/40[13]/);
});
