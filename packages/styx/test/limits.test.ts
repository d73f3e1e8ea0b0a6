import { describe, expect, test } from 'vitest';
import { dir, file, serveTree } from '../src/fs/index.ts';
import {
  Client,
  encode,
  type File,
  type FileServer,
  type Limits,
  NOTAG,
  ORDWR,
  OREAD,
  pair,
  type RemoteFile,
  type ServerOptions,
  StyxError,
  serve,
  Tversion,
} from '../src/index.ts';
import { type Toy, toy } from './toy.ts';

async function mounted(
  options: Omit<ServerOptions, 'limits'> & { limits?: Partial<Limits> } = {},
  tree: Toy = toy(),
): Promise<{ tree: Toy; client: Client; root: RemoteFile; conn: ReturnType<typeof serve> }> {
  const [a, b] = pair();
  const conn = serve(a, tree, options);
  const client = await Client.connect(b);
  return { tree, client, conn, root: await client.attach({ uname: 'glenda' }) };
}

const open = async (root: RemoteFile, name: string, mode = OREAD): Promise<RemoteFile> => {
  const f = (await root.walk([name])).file as RemoteFile;
  await f.open(mode);
  return f;
};

describe('limits of a connection', () => {
  test('fids', async () => {
    const { root, client } = await mounted({ limits: { fids: 3 } });
    const a = await root.walk([]);
    await root.walk([]);
    await expect(root.walk([])).rejects.toThrow('too many fids');
    await (a.file as RemoteFile).clunk();
    await root.walk([]);
    client.close();
  });

  test('outstanding requests; flush and clunk always go', async () => {
    const { tree, root, client } = await mounted({ limits: { outstanding: 4 } });
    const f = await open(root, 'event');
    const controller = new AbortController();
    const reads = Array.from({ length: 4 }, () => f.read(0, 1, controller).catch((e) => e.message));
    await expect(f.stat()).rejects.toThrow('too many outstanding requests');
    expect(tree.blocked).toBe(4);
    controller.abort();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['interrupted']));
    await f.stat();
    await f.clunk();
    client.close();
  });

  test('a flushed request tells all who asked it to, each once', async () => {
    const told: string[] = [];
    const tree = serveTree(
      dir({
        wait: file(() => ({
          read: (_offset, _count, call) =>
            new Promise((_, reject) => {
              call.onAbort?.(() => told.push('first'));
              call.onAbort?.(() => told.push('second'));
              call.signal.addEventListener('abort', () => {
                told.push(`signal ${call.onAbort?.(() => told.push('late'))}`);
                reject(new StyxError('interrupted'));
              });
            }),
        })),
      }),
    );
    const [a, b] = pair();
    serve(a, tree);
    const client = await Client.connect(b);
    const f = await open(await client.attach({ uname: 'glenda' }), 'wait');
    const controller = new AbortController();
    const reading = f.read(0, 1, controller);
    await f.stat();
    controller.abort();
    await expect(reading).rejects.toThrow('interrupted');
    expect(told).toEqual(['first', 'second', 'signal false']);
    client.close();
  });

  test('bytes of reads: they get less, not nothing', async () => {
    const { tree, root, client } = await mounted({ limits: { bytes: 100_000 } });
    tree.root.children!.get('event')!.data = new Uint8Array(200_000);
    const f = await open(root, 'event');
    const reads = [f.read(0, 90_000), f.read(0, 90_000), f.read(0, 90_000)];
    await new Promise((r) => setTimeout(r, 5));
    tree.release();
    expect((await Promise.all(reads)).map((d) => d.length)).toEqual([90_000, 10_000, 8192]);
    client.close();
  });

  test('bytes of writes', async () => {
    const { tree, root, client, conn } = await mounted({ limits: { bytes: 100_000 } });
    const f = await open(root, 'event', ORDWR);
    const first = f.write(0, new Uint8Array(90_000));
    await expect(f.write(0, new Uint8Array(90_000))).rejects.toThrow('too many outstanding requests');
    tree.release();
    expect(await first).toBe(90_000);
    expect(conn.held).toBe(0);
    client.close();
  });
});

describe('what a file server does wrong', () => {
  const broken = (more: Partial<File>): FileServer => ({
    attach: () =>
      ({
        qid: { type: 0, version: 0, path: 1n },
        open: () => ({ qid: { type: 0, version: 0, path: 1n }, iounit: 0 }),
        clunk: () => {},
        ...more,
      }) as unknown as File,
  });

  const run = async (
    more: Partial<File>,
    use: (f: RemoteFile) => Promise<unknown>,
    onError?: (e: unknown) => void,
  ) => {
    const [a, b] = pair();
    serve(a, broken(more), { onError });
    const client = await Client.connect(b);
    const f = await client.attach({ uname: 'x' });
    try {
      return await use(f);
    } finally {
      client.close();
    }
  };

  test('a mistake in the program is an i/o error, and is reported', async () => {
    const seen: unknown[] = [];
    const stat = () => {
      throw new TypeError('cannot read properties of undefined');
    };
    await expect(
      run(
        { stat },
        (f) => f.stat(),
        (e) => seen.push(e),
      ),
    ).rejects.toThrow('i/o error');
    expect(seen).toHaveLength(1);
    await expect(run({ stat: async () => stat() }, (f) => f.stat())).rejects.toThrow('i/o error');
  });

  test('more data than was asked for', async () => {
    const read = () => new Uint8Array(10);
    const use = (f: RemoteFile) => f.open(OREAD).then(() => f.read(0, 5));
    await expect(run({ read }, use)).rejects.toThrow('file gave more than was asked');
  });

  test.each([-1, 6, Number.NaN])('a write of %s of 5 bytes', async (n) => {
    const use = (f: RemoteFile) => f.open(ORDWR).then(() => f.write(0, new Uint8Array(5)));
    await expect(run({ write: () => n }, use)).rejects.toThrow('bad count');
  });

  test('a stat that fits no message', async () => {
    const name = 'x'.repeat(70_000);
    const stat = () => ({
      type: 0,
      dev: 0,
      qid: { type: 0, version: 0, path: 1n },
      mode: 0,
      atime: 0,
      mtime: 0,
      length: 0n,
      name,
      uid: '',
      gid: '',
      muid: '',
    });
    await expect(run({ stat }, (f) => f.stat())).rejects.toThrow('string too long');
  });

  test('an ename that fits no message is cut', async () => {
    const stat = () => {
      throw Object.assign(new Error('é'.repeat(50_000)), { name: 'StyxError' });
    };
    const error = (await run({ stat }, (f) => f.stat().catch((e) => e))) as Error;
    expect(error.message.length).toBe(32_767);
  });
});

describe('half a message', () => {
  const version = encode({ type: Tversion, tag: NOTAG, msize: 8192, version: '9P2000' });
  const dial = (options: ServerOptions) => {
    const [a, b] = pair();
    serve(a, toy(), options);
    let closed = false;
    const got: number[] = [];
    b.start({ data: (chunk) => got.push(chunk.length), closed: () => (closed = true) });
    return { send: (bytes: Uint8Array) => b.send([bytes], () => {}), got, isClosed: () => closed };
  };
  const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));

  test('that nothing follows ends the connection', async () => {
    const { send, isClosed } = dial({ stall: 20 });
    send(version.subarray(0, 9));
    await expect.poll(isClosed).toBe(true);
  });

  test('that goes on, however slowly, does not; nor does silence after it', async () => {
    const { send, got, isClosed } = dial({ stall: 500 });
    for (const byte of version) {
      send(Uint8Array.of(byte));
      await wait(5);
    }
    await expect.poll(() => got).toEqual([19]);
    expect(isClosed()).toBe(false);
    const silent = dial({ stall: 10 });
    silent.send(version);
    await wait(60);
    expect(silent.isClosed()).toBe(false);
  });

  test('may wait for ever where the server says so', async () => {
    const { send, isClosed } = dial({ stall: 0 });
    send(version.subarray(0, 9));
    await wait(30);
    expect(isClosed()).toBe(false);
  });
});

describe('close', () => {
  test('waits for requests under way', async () => {
    const { tree, root, conn, client } = await mounted();
    const f = await open(root, 'event');
    const reading = f.read(0, 10);
    await new Promise((r) => setTimeout(r, 5));
    const closed = conn.close(5000);
    await new Promise((r) => setTimeout(r, 5));
    tree.release();
    expect(Buffer.from(await reading).toString()).toBe('ding\n');
    await closed;
    await client.closed;
    expect(tree.live).toBe(0);
  });

  test('but not for ever', async () => {
    const { tree, root, conn } = await mounted();
    const f = await open(root, 'event');
    const reading = f.read(0, 10).catch((e) => e.message);
    await new Promise((r) => setTimeout(r, 5));
    await conn.close(10);
    expect(await reading).toBe('connection is gone');
    expect(tree.live).toBe(0);
    expect(tree.blocked).toBe(0);
  });
});
