/**
 * 9P over loopback tcp, client and server in two processes, beside its ceiling in the same run: the same byte counts over
 * bare sockets of Node, read the fastest way that Node has, with the same batching and nothing that looks at the bytes, all
 * of which come from and go to one hot buffer. The rounds of both alternate, and each ratio is the median of those of two
 * rounds side by side: a machine that has other things to do slows both of a pair.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Client, ORDWR, OREAD, type RemoteFile } from '@llambo/styx';
import { ramfs } from '@llambo/styx/fs';
import { connect, receive, serveOn } from '@llambo/styx/node';

const MSIZE = 64 * 1024 + 24;
const BULK = 64 * 1024;
const SMALL = 64;
/** Bytes of a Tread, and what a Twrite and an Rread have besides their data; of an Rwrite. */
const TREAD = 23;
const TWRITE = 23;
const RREAD = 11;
const RWRITE = 11;
const ROUND = Number(process.env['BENCH_MS'] ?? 300);
/** The first of them only warms up. */
const ROUNDS = 10;

const now = (): number => performance.now();

// The process at the other end.

if (process.argv[2] === 'serve') {
  const fs = ramfs();
  const serving = await serveOn('tcp!127.0.0.1!0', fs);
  const bare = net.createServer((socket) => bareServer(socket));
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  process.stdout.write(`${serving.address} ${(bare.address() as net.AddressInfo).port}\n`);
  process.on('message', () => {
    (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.({ heap: heapUsed + external, connections: serving.server.connections.size });
  });
  process.on('disconnect', () => process.exit(0));
} else {
  await main();
}

/** The first 8 bytes say how long requests and replies are; then it counts. */
function bareServer(socket: net.Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let request = 0;
  let reply = Buffer.alloc(0);
  let have = 0;
  receive(socket, (chunk) => {
    let n = chunk.length;
    if (request === 0) {
      const v = new DataView(chunk.buffer, chunk.byteOffset);
      request = v.getUint32(0, true);
      reply = Buffer.alloc(v.getUint32(4, true));
      n -= 8;
    }
    have += n;
    if (have < request) return;
    socket.cork();
    for (; have >= request; have -= request) socket.write(reply);
    socket.uncork();
  });
}

interface Bare {
  /** Requests a second with `outstanding` of them under way. */
  run(outstanding: number): Promise<number>;
  close(): void;
}

async function bareClient(port: number, request: number, reply: number): Promise<Bare> {
  let onBytes = (_: number): void => {};
  const onread = {
    buffer: Buffer.allocUnsafeSlow(256 * 1024),
    callback: (n: number) => {
      onBytes(n);
      return true;
    },
  };
  const socket = net.connect({ port, host: '127.0.0.1', onread });
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.setNoDelay(true);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(request, 0);
  sizes.writeUInt32LE(reply, 4);
  socket.write(sizes);
  const bytes = Buffer.alloc(request);
  const send = (n: number): void => {
    socket.cork();
    for (let i = 0; i < n; i++) socket.write(bytes);
    socket.uncork();
  };
  return {
    run: (outstanding) =>
      new Promise((resolve) => {
        let have = 0;
        let done = 0;
        let flying = outstanding;
        const start = now();
        const end = start + ROUND;
        onBytes = (bytes) => {
          have += bytes;
          const n = Math.floor(have / reply);
          have -= n * reply;
          done += n;
          if (now() < end) send(n);
          else flying -= n;
          if (flying > 0) return;
          resolve((done * 1000) / (now() - start));
        };
        send(outstanding);
      }),
    close: () => socket.destroy(),
  };
}

/** Calls `op` again and again, `outstanding` at once: calls a second. */
async function rate(outstanding: number, op: () => Promise<unknown>): Promise<number> {
  const start = now();
  const end = start + ROUND;
  let done = 0;
  // The clock costs as much as a good part of a call: not each of thousands looks at it.
  const worker = async (): Promise<void> => {
    do await op();
    while ((++done & 7) !== 0 || now() < end);
  };
  await Promise.all(Array.from({ length: outstanding }, worker));
  return (done * 1000) / (now() - start);
}

interface Figure {
  name: string;
  unit: string;
  styx: number;
  bare: number;
  ratio: number;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

async function compare(
  name: string,
  unit: string,
  scale: number,
  styx: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<Figure> {
  const pairs: { bare: number; styx: number }[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const pair = { bare: await bare(), styx: await styx() };
    if (i > 0) pairs.push(pair);
  }
  return {
    name,
    unit,
    styx: median(pairs.map((p) => p.styx)) * scale,
    bare: median(pairs.map((p) => p.bare)) * scale,
    ratio: median(pairs.map((p) => p.styx / p.bare)),
  };
}

async function openFile(root: RemoteFile, name: string, size: number): Promise<RemoteFile> {
  const file = (await root.walk([])).file as RemoteFile;
  await file.create(name, 0o666, ORDWR);
  await file.write(0, new Uint8Array(size));
  return file;
}

async function startServer(): Promise<{ child: ChildProcess; address: string; port: number }> {
  const args = [...process.execArgv, '--expose-gc', fileURLToPath(import.meta.url), 'serve'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const line = await new Promise<string>((resolve) => child.stdout?.once('data', (d) => resolve(String(d))));
  const [address = '', port] = line.trim().split(' ');
  return { child, address, port: Number(port) };
}

function heapOf(child: ChildProcess): Promise<{ heap: number; connections: number }> {
  return new Promise((resolve) => {
    child.once('message', (m) => resolve(m as { heap: number; connections: number }));
    child.send('heap');
  });
}

/** Connections that are attached and idle: bytes of heap each. */
async function idleConnections(child: ChildProcess, address: string, n: number): Promise<number> {
  const before = await heapOf(child);
  const clients: Client[] = [];
  for (let i = 0; i < n; i++) {
    const client = await connect(address, { msize: MSIZE });
    await client.attach({ uname: 'glenda' });
    clients.push(client);
  }
  const after = await heapOf(child);
  for (const client of clients) client.close();
  return (after.heap - before.heap) / (after.connections - before.connections);
}

/** Many clients at once: calls that failed. */
async function crowd(address: string, n: number, calls: number): Promise<number> {
  let failed = 0;
  const clients: Client[] = [];
  for (let i = 0; i < n; i += 50) {
    clients.push(
      ...(await Promise.all(Array.from({ length: 50 }, () => connect(address, { msize: MSIZE })))),
    );
  }
  await Promise.all(
    clients.map(async (client) => {
      try {
        const root = await client.attach({ uname: 'glenda' });
        const { file } = await root.walk(['small']);
        await file?.open(OREAD);
        for (let i = 0; i < calls; i++) await file?.read(0, SMALL);
      } catch {
        failed++;
      }
    }),
  );
  for (const client of clients) client.close();
  return failed;
}

/** A server in Go, when LLAMBO_PEERS says where one is: our client on it. */
async function goPeer(): Promise<[string, number][]> {
  const ramfs9 = `${process.env['LLAMBO_PEERS'] ?? ''}/bin/ramfs9`;
  if (!existsSync(ramfs9)) return [];
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = spawn(ramfs9, ['-msize', String(MSIZE), '-shared', `127.0.0.1:${port}`], { stdio: 'ignore' });
  try {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const client = await connect(`tcp!127.0.0.1!${port}`, { msize: MSIZE });
    const file = await openFile(await client.attach({ uname: 'glenda' }), 'small', SMALL);
    const out: [string, number][] = [];
    for (const outstanding of [1, 64]) {
      let best = 0;
      for (let i = 0; i < 2; i++) best = Math.max(best, await rate(outstanding, () => file.read(0, SMALL)));
      out.push([`Go srv9p, our client, ${outstanding} outstanding`, best]);
    }
    client.close();
    return out;
  } finally {
    child.kill();
  }
}

async function main(): Promise<void> {
  const { child, address, port } = await startServer();
  try {
    const client = await connect(address, { msize: MSIZE });
    const root = await client.attach({ uname: 'glenda' });
    const small = await openFile(root, 'small', SMALL);
    const large = await openFile(root, 'large', BULK * 16);
    const bytes = new Uint8Array(BULK);
    const pages = Array.from({ length: 16 }, () => new Uint8Array(BULK));
    let page = 0;
    const smallBare = await bareClient(port, TREAD, RREAD + SMALL);
    const readBare = await bareClient(port, TREAD, RREAD + BULK);
    const writeBare = await bareClient(port, TWRITE + BULK, RWRITE);
    let at = 0;
    const next = (): number => (at = (at + BULK) % (BULK * 16));
    const MB = BULK / 1e6;
    const figures: Figure[] = [];
    const readSmall = (): Promise<unknown> => small.read(0, SMALL);
    const add = async (...a: Parameters<typeof compare>): Promise<Figure> => {
      const f = await compare(...a);
      figures.push(f);
      return f;
    };
    const seq = await add(
      '64-byte read, 1 outstanding',
      'RPC/s',
      1,
      () => rate(1, readSmall),
      () => smallBare.run(1),
    );
    const pipe = await add(
      '64-byte read, 64 outstanding',
      'RPC/s',
      1,
      () => rate(64, readSmall),
      () => smallBare.run(64),
    );
    const bulkRead = await add(
      '64 KiB read, 16 outstanding',
      'MB/s',
      MB,
      () => rate(16, () => large.readInto(next(), pages[(page = (page + 1) % 16)] as Uint8Array)),
      () => readBare.run(16),
    );
    const bulkWrite = await add(
      '64 KiB write, 16 outstanding',
      'MB/s',
      MB,
      () => rate(16, () => large.write(next(), bytes)),
      () => writeBare.run(16),
    );
    let cycle = 0;
    for (let i = 0; i < ROUNDS; i++) {
      cycle = Math.max(
        cycle,
        await rate(16, async () => {
          const { file } = await root.walk(['small']);
          await file?.open(OREAD);
          await file?.clunk();
        }),
      );
    }
    for (const b of [smallBare, readBare, writeBare]) b.close();
    const idle = await idleConnections(child, address, 500);
    const failed = await crowd(address, 1000, 10);
    const go = await goPeer();
    client.close();

    const row = (name: string, a: string, b: string, r: string): void =>
      console.log(`${name.padEnd(38)} ${a.padStart(16)} ${b.padStart(16)} ${r.padStart(7)}`);
    row('', 'styx', 'bare socket', 'ratio');
    for (const f of figures) {
      const show = (n: number): string => `${Math.round(n).toLocaleString('en')} ${f.unit}`;
      row(f.name, show(f.styx), show(f.bare), f.ratio.toFixed(2));
    }
    row('walk, open, clunk; 16 at once', `${Math.round(cycle).toLocaleString('en')} /s`, '', '');
    row('idle connection', `${Math.round(idle).toLocaleString('en')} bytes`, '', '');
    row('1,000 connections, 10 reads each', `${failed} failed`, '', '');
    for (const [name, rpc] of go) row(name, `${Math.round(rpc).toLocaleString('en')} RPC/s`, '', '');
    const round = (n: number): number => Math.round(n * 1000) / 1000;
    console.log(
      JSON.stringify({
        seq_ratio: round(seq.ratio),
        seq_rpc_s: Math.round(seq.styx),
        pipe_ratio: round(pipe.ratio),
        pipe_rpc_s: Math.round(pipe.styx),
        bulk_read_ratio: round(bulkRead.ratio),
        bulk_read_mb_s: Math.round(bulkRead.styx),
        bulk_write_ratio: round(bulkWrite.ratio),
        bulk_write_mb_s: Math.round(bulkWrite.styx),
        walk_open_clunk_s: Math.round(cycle),
        idle_conn_bytes: Math.round(idle),
        failed_connections: failed,
      }),
    );
  } finally {
    child.disconnect();
  }
}
