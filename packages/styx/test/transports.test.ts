import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import {
  Client,
  formatAddress,
  messagePort,
  ORDWR,
  type Port,
  pair,
  parseAddress,
  type RemoteFile,
  Server,
  type Transport,
  type WebSocketLike,
  webSocket,
} from '../src/index.ts';
import { connect, dial, listen, serveOn, stdio } from '../src/node/index.ts';
import { certificates } from './certificates.ts';
import { toy } from './toy.ts';

const folder = mkdtempSync(join(tmpdir(), 'styx-'));
afterAll(() => rmSync(folder, { recursive: true }));
const certs = certificates(folder);

interface Ends {
  /** The client's end of a new connection to a server of the tree. */
  dial(): Promise<Transport>;
  close(): Promise<void>;
}

/** One way to connect a client to `server`. */
type Way = (server: Server) => Promise<Ends>;

const overAddress =
  (address: string, serverTls = {}, clientTls = {}): Way =>
  async (server) => {
    const listener = await listen(address, (t) => server.serve(t), { tls: serverTls });
    return { dial: () => dial(listener.address, { tls: clientTls }), close: () => listener.close() };
  };

const ways: Record<string, Way> = {
  pair: async (server) => ({
    dial: async () => {
      const [a, b] = pair();
      server.serve(a);
      return b;
    },
    close: async () => {},
  }),
  tcp: overAddress('tcp!127.0.0.1!0'),
  unix: overAddress(`unix!${join(folder, 'sock')}`),
  ws: overAddress('ws!127.0.0.1!0!/files'),
  ...(certs === undefined
    ? {}
    : {
        tls: overAddress('tls!127.0.0.1!0', certs.server, { ca: certs.ca }),
        wss: overAddress('wss!127.0.0.1!0!/', certs.server, { ca: certs.ca }),
      }),
  stdio: async (server) => ({
    dial: async () => {
      const up = new PassThrough();
      const down = new PassThrough();
      server.serve(stdio(up, down));
      return stdio(down, up);
    },
    close: async () => {},
  }),
  MessagePort: async (server) => ({
    dial: async () => {
      const { port1, port2 } = new MessageChannel();
      server.serve(messagePort(port1 as unknown as Port));
      return messagePort(port2 as unknown as Port);
    },
    close: async () => {},
  }),
  'web WebSocket': async (server) => ({
    dial: async () => {
      const [a, b] = fakeSockets();
      server.serve(webSocket(a));
      return webSocket(b);
    },
    close: async () => {},
  }),
};

/** Two WebSockets of the web that are connected to each other. */
function fakeSockets(): [WebSocketLike, WebSocketLike] {
  class Fake extends EventTarget implements WebSocketLike {
    binaryType = '';
    bufferedAmount = 0;
    readyState = 1;
    peer!: Fake;
    send(data: Uint8Array): void {
      const copy = new Uint8Array(data).buffer;
      queueMicrotask(() => this.peer.dispatchEvent(new MessageEvent('message', { data: copy })));
    }
    close(): void {
      queueMicrotask(() => {
        this.dispatchEvent(new Event('close'));
        this.peer.dispatchEvent(new Event('close'));
      });
    }
  }
  const a = new Fake();
  const b = new Fake();
  a.peer = b;
  b.peer = a;
  return [a, b] as unknown as [WebSocketLike, WebSocketLike];
}

if (certs === undefined) test.skip('tls and wss: no openssl command here to make certificates', () => {});

async function until(what: string, test: () => boolean): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (test()) return;
    await new Promise((r) => setTimeout(r, 1));
  }
  throw new Error(`${what}: it never came`);
}

describe.each(Object.keys(ways))('%s', (name) => {
  const way = ways[name] as Way;

  test('carries small and large messages both ways, many at once, and its end', async () => {
    const tree = toy();
    const server = new Server(tree);
    const ends = await way(server);
    const client = await Client.connect(await ends.dial());
    const root = await client.attach({ uname: 'glenda' });
    const f = (await root.walk(['empty'])).file as RemoteFile;
    await f.open(ORDWR);
    const data = Uint8Array.from({ length: 1_500_000 }, (_, i) => (i * 31) % 255);
    expect(await f.write(0, data)).toBe(data.length);
    const parts = Array.from({ length: 15 }, (_, i) => f.read(i * 100_000, 100_000));
    for (const [i, part] of (await Promise.all(parts)).entries()) {
      expect(Buffer.compare(part, data.subarray(i * 100_000, (i + 1) * 100_000))).toBe(0);
    }
    const small = await Promise.all(Array.from({ length: 200 }, (_, i) => f.read(i, 1)));
    expect(small.map((b) => b[0])).toEqual([...data.subarray(0, 200)]);
    client.close();
    await until('the server sees the end', () => server.connections.size === 0 && tree.live === 0);
    await ends.close();
  });

  test('the server may close first', async () => {
    const tree = toy();
    const server = new Server(tree);
    const ends = await way(server);
    const client = await Client.connect(await ends.dial());
    const root = await client.attach({ uname: 'glenda' });
    await server.close(0);
    await client.closed;
    await expect(root.stat()).rejects.toThrow('connection is gone');
    expect(tree.live).toBe(0);
    await ends.close();
  });

  // The web's WebSocket can't be told to wait.
  test.skipIf(name === 'web WebSocket')('a reader that does not read slows the server down', async () => {
    const tree = toy();
    const node = tree.root.children?.get('hello');
    node!.data = new Uint8Array(256 * 1024);
    const server = new Server(tree, { limits: { unsent: 512 * 1024 } });
    const ends = await way(server);
    const transport = await ends.dial();
    const client = await Client.connect(transport);
    const root = await client.attach({ uname: 'glenda' });
    const f = (await root.walk(['hello'])).file as RemoteFile;
    await f.open(0);
    transport.pause();
    tree.log.length = 0;
    const reads = Array.from({ length: 400 }, () => f.read(0, 256 * 1024));
    await new Promise((r) => setTimeout(r, 100));
    // 400 answers would be 100 MB: some are done (the system buffers them), most have not even been begun.
    expect(tree.log.length).toBeLessThan(200);
    transport.resume();
    for (const data of await Promise.all(reads)) expect(data.length).toBe(256 * 1024);
    client.close();
    await ends.close();
  });
});

describe('addresses', () => {
  test.each([
    ['tcp!127.0.0.1!5640', { net: 'tcp', host: '127.0.0.1', port: 5640, path: '' }],
    ['tcp!*!9fs', { net: 'tcp', host: '*', port: 564, path: '' }],
    ['net!host', { net: 'tcp', host: 'host', port: 564, path: '' }],
    ['tcp!::1!styx', { net: 'tcp', host: '::1', port: 6666, path: '' }],
    ['tls!host!17020', { net: 'tls', host: 'host', port: 17020, path: '' }],
    ['unix!/tmp/a!b', { net: 'unix', host: '', port: 0, path: '/tmp/a!b' }],
    ['/tmp/sock', { net: 'unix', host: '', port: 0, path: '/tmp/sock' }],
    ['ws!host!8080!/9p', { net: 'ws', host: 'host', port: 8080, path: '/9p' }],
    ['wss!host', { net: 'wss', host: 'host', port: 443, path: '/' }],
  ])('%s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(parseAddress(formatAddress(parseAddress(text)))).toEqual(address);
  });

  test.each([
    '',
    'host',
    'tcp',
    'tcp!',
    'tcp!h!nosuch',
    'tcp!h!65536',
    'tcp!h!1!2',
    'udp!h!1',
    'unix!',
    'tcp!h!constructor',
  ])('%j is none', (text) => {
    expect(() => parseAddress(text)).toThrow('bad dial string');
  });

  test('a server that is not there', async () => {
    await expect(connect('tcp!127.0.0.1!1')).rejects.toThrow("can't dial tcp!127.0.0.1!1: ");
    await expect(connect(`unix!${folder}/nosuch`)).rejects.toThrow("can't dial");
    await expect(connect('ws!127.0.0.1!1!/')).rejects.toThrow("can't dial");
  });

  test('a port that is taken', async () => {
    const serving = await serveOn('tcp!127.0.0.1!0', toy());
    await expect(serveOn(serving.address, toy())).rejects.toThrow("can't listen on");
    await serving.close();
  });

  test("a unix socket is its owner's only", async () => {
    const path = join(folder, 'private');
    const serving = await serveOn(`unix!${path}`, toy());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await serving.close();
  });

  test('a websocket path that is not served, and a plain request', async () => {
    const serving = await serveOn('ws!127.0.0.1!0!/9p', toy());
    const port = parseAddress(serving.address).port;
    await expect(dial(`ws!127.0.0.1!${port}!/other`)).rejects.toThrow("can't dial");
    expect((await fetch(`http://127.0.0.1:${port}/9p`)).status).toBe(426);
    await serving.close();
  });

  test('websocket frames that break the rules end the connection', async () => {
    const serving = await serveOn('ws!127.0.0.1!0!/', toy());
    const port = parseAddress(serving.address).port;
    for (const frame of ['8200', 'c28000000000', '838000000000', '89fe0100aabbccdd', '820100']) {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      await new Promise((r) => socket.once('data', r));
      socket.write(Buffer.from(frame, 'hex'));
      await new Promise((r) => socket.once('close', r));
    }
    await serving.close();
  });
});

test('a child process on its standard input and output', async () => {
  const program = new URL('./stdio-server.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=llambo:source', '--import', 'tsx', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const client = await Client.connect(stdio(child.stdout, child.stdin, 'child'));
  const root = await client.attach({ uname: 'glenda' });
  expect((await root.walk(['hello'])).file?.qid.type).toBe(0);
  client.close();
  await new Promise((r) => child.once('exit', r));
});
