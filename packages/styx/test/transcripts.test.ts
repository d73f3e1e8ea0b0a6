import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  decode,
  encode,
  type Fcall,
  formatFcall,
  pair,
  parseFcall,
  Server,
  type Transport,
} from '../src/index.ts';
import { serveOn } from '../src/node/index.ts';
import { toy } from './toy.ts';

const folder = new URL('../../../testdata/9p/', import.meta.url).pathname;
const files = readdirSync(folder).filter((f) => f.endsWith('.txt'));

/** The raw end of a connection: bytes in, messages out. */
class Wire {
  readonly replies: Fcall[] = [];
  closed = false;
  #held = Buffer.alloc(0);
  send: (bytes: Uint8Array) => void = () => {};
  end: () => void = () => {};

  data(chunk: Uint8Array): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= 4 && this.#held.length >= this.#held.readUInt32LE(0)) {
      const size = this.#held.readUInt32LE(0);
      this.replies.push(decode(this.#held.subarray(0, size)));
      this.#held = this.#held.subarray(size);
    }
  }

  async until(what: string, test: () => boolean): Promise<void> {
    for (let i = 0; i < 3000; i++) {
      if (test()) return;
      await sleep(1);
    }
    throw new Error(`${what}: nothing came`);
  }
}

function overPair(server: Server): Wire {
  const wire = new Wire();
  const [a, b] = pair();
  server.serve(a);
  b.start({ data: (c) => wire.data(c), closed: () => (wire.closed = true) });
  wire.send = (bytes) => b.send([bytes], () => {});
  wire.end = () => b.destroy();
  return wire;
}

async function overSocket(address: string): Promise<Wire> {
  const wire = new Wire();
  const socket = net.connect(Number(address.split('!')[2]), '127.0.0.1');
  socket.on('data', (c) => wire.data(c)).on('close', () => (wire.closed = true));
  wire.send = (bytes) => socket.write(bytes);
  wire.end = () => socket.destroy();
  return wire;
}

async function play(file: string, wire: Wire, tree: ReturnType<typeof toy>): Promise<void> {
  let unsent: Uint8Array[] = [];
  const flush = () => {
    if (unsent.length > 0) wire.send(Buffer.concat(unsent));
    unsent = [];
  };
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    const where = `${file}:${i + 1}: ${line}`;
    const [verb = '', ...rest] = line.split(' ');
    if (verb === '' || verb.startsWith('#')) continue;
    if (verb.startsWith('T')) {
      unsent.push(encode(parseFcall(line)));
      continue;
    }
    if (verb === 'bytes') {
      unsent.push(Buffer.from(rest.join(''), 'hex'));
      continue;
    }
    flush();
    if (verb === 'release') {
      await wire.until(where, () => tree.blocked > 0 || wire.replies.length > 0 || rest.length === 0);
      tree.release();
    } else if (verb === 'silent') {
      await sleep(10);
      expect(
        wire.replies.map((m) => formatFcall(m)),
        where,
      ).toEqual([]);
    } else if (verb === 'closed') {
      await wire.until(where, () => wire.closed);
    } else if (verb === 'live') {
      await wire.until(`${where}: ${tree.live}`, () => tree.live === Number(rest[0]));
    } else {
      await wire.until(where, () => wire.replies.length > 0);
      const got = wire.replies.shift() as Fcall;
      expect(formatFcall(got), where).toBe(formatFcall(parseFcall(line)));
    }
  }
  expect(
    wire.replies.map((m) => formatFcall(m)),
    `${file}: at the end`,
  ).toEqual([]);
  wire.end();
  await wire.until(`${file}: all is clunked`, () => tree.live === 0);
}

describe.each(files)('transcript %s', (file) => {
  test('in this process', async () => {
    const tree = toy();
    const server = new Server(tree, { flushGrace: 20 });
    await play(file, overPair(server), tree);
    await server.close();
  });

  test('over tcp', async () => {
    const tree = toy();
    const serving = await serveOn('tcp!127.0.0.1!0', tree, { flushGrace: 20 });
    try {
      await play(file, await overSocket(serving.address), tree);
    } finally {
      await serving.close(0);
    }
  });
});

export type { Transport };
