import { describe, expect, test } from 'vitest';
import {
  Client,
  decode,
  encode,
  type Fcall,
  formatFcall,
  HangupError,
  ORDWR,
  OREAD,
  OWRITE,
  pair,
  parseFcall,
  type RemoteFile,
  Rversion,
  StyxError,
  serve,
  type Transport,
  Tversion,
} from '../src/index.ts';
import { type Toy, toy } from './toy.ts';

async function mounted(
  options = {},
): Promise<{ tree: Toy; client: Client; root: RemoteFile; trace: string[] }> {
  const tree = toy();
  const trace: string[] = [];
  const [a, b] = pair();
  serve(a, tree, { flushGrace: 20 });
  const client = await Client.connect(b, {
    trace: (d, m) => trace.push(`${d} ${formatFcall(m)}`),
    ...options,
  });
  return { tree, client, root: await client.attach({ uname: 'glenda' }), trace };
}

async function walk(root: RemoteFile, ...names: string[]): Promise<RemoteFile> {
  const { file } = await root.walk(names);
  if (file === undefined) throw new Error(`no ${names.join('/')}`);
  return file as RemoteFile;
}

/** A server that answers what a test tells it to. */
function puppet(): {
  client: Transport;
  got: Fcall[];
  say: (...lines: string[]) => void;
  next: () => Promise<Fcall>;
} {
  const [a, b] = pair();
  const got: Fcall[] = [];
  let held = Buffer.alloc(0);
  a.start({
    data: (c) => {
      held = Buffer.concat([held, c]);
      while (held.length >= 4 && held.length >= held.readUInt32LE(0)) {
        const size = held.readUInt32LE(0);
        got.push(decode(held.subarray(0, size)));
        held = held.subarray(size);
      }
    },
    closed: () => {},
  });
  return {
    client: b,
    got,
    say: (...lines) => a.send([Buffer.concat(lines.map((l) => encode(parseFcall(l))))], () => {}),
    next: async () => {
      for (let i = 0; i < 1000 && got.length === 0; i++) await new Promise((r) => setTimeout(r, 1));
      return got.shift() as Fcall;
    },
  };
}

async function connected(p: ReturnType<typeof puppet>, msize = 8192): Promise<Client> {
  const client = Client.connect(p.client);
  expect((await p.next()).type).toBe(Tversion);
  p.say(`Rversion msize ${msize} version 9P2000`);
  return client;
}

describe('version', () => {
  test('offers 1 MiB and 24 bytes, takes less', async () => {
    const p = puppet();
    const connecting = Client.connect(p.client);
    expect(await p.next()).toMatchObject({ msize: 1048600, version: '9P2000', tag: 0xffff });
    p.say('Rversion msize 4096 version 9P2000');
    const client = await connecting;
    expect(client.msize).toBe(4096);
    expect(client.iounit).toBe(4072);
  });

  test.each([
    ['Rversion msize 8192 version unknown', 'server speaks version unknown, not 9P2000'],
    ['Rversion msize 2000000 version 9P2000', 'reply does not match its request'],
    ['Rversion msize 10 version 9P2000', 'message size too small'],
    ["Rerror tag NOTAG ename 'go away'", 'go away'],
    ['Rattach tag NOTAG', 'connection is gone'],
  ])('%s', async (line, error) => {
    const p = puppet();
    const connecting = Client.connect(p.client);
    await p.next();
    p.say(line);
    await expect(connecting).rejects.toThrow(error);
  });
  void Rversion;
});

describe('requests', () => {
  test('leave in one write a turn, with tags of their own', async () => {
    const p = puppet();
    const client = await connected(p);
    const attaching = client.attach({ uname: 'x' });
    await p.next();
    p.say('Rattach qid 0x0.0.d');
    const root = await attaching;
    const reads = [root.read(0, 1), root.read(1, 1), root.read(2, 1)];
    expect([await p.next(), p.got.shift(), p.got.shift()].map((m) => m?.tag)).toEqual([0, 1, 2]);
    p.say('Rread tag 2 data c', 'Rread tag 0 data a', 'Rread tag 1 data b');
    expect((await Promise.all(reads)).map((d) => Buffer.from(d).toString())).toEqual(['a', 'b', 'c']);
  });

  test('past the limit wait for their turn', async () => {
    const { tree, root, client } = await mounted({ outstanding: 3 });
    const file = await walk(root, 'event');
    await file.open(OREAD);
    let done = 0;
    const reads = Array.from({ length: 10 }, () => file.read(0, 10).then(() => done++));
    while (done < 10) {
      await new Promise((r) => setTimeout(r, 1));
      expect(tree.blocked).toBeLessThanOrEqual(3);
      tree.release();
    }
    await Promise.all(reads);
    client.close();
  });

  test('fids and tags are used again', async () => {
    const { root, client, trace } = await mounted();
    for (let i = 0; i < 200; i++) {
      const f = await walk(root, 'hello');
      await f.clunk();
    }
    const fids = new Set(trace.filter((l) => l.includes('Twalk')).map((l) => /newfid (\d+)/.exec(l)?.[1]));
    expect(fids.size).toBe(1);
    client.close();
  });

  test('a refused walk, open or create leaves nothing behind', async () => {
    const { tree, root, client } = await mounted();
    await expect(root.walk(['nosuch'])).rejects.toThrow('file does not exist');
    expect((await root.walk(['dir', 'nosuch'])).file).toBeUndefined();
    const f = await walk(root, 'secret');
    await expect(f.open(OREAD)).rejects.toThrow('permission denied');
    await f.clunk();
    expect(tree.live).toBe(1);
    expect(() => f.read(0, 1)).toThrow('file is clunked');
    client.close();
  });

  test('a large write is cut, a large read is bounded', async () => {
    const { root, client } = await mounted({ msize: 8192 });
    const f = await walk(root, 'empty');
    await f.open(ORDWR);
    const data = Uint8Array.from({ length: 50_000 }, (_, i) => i % 251);
    expect(await f.write(0, data)).toBe(50_000);
    expect((await f.read(0, 50_000)).length).toBe(8168);
    const into = new Uint8Array(8168);
    expect(await f.readInto(40_000, into)).toBe(8168);
    expect(into).toEqual(data.subarray(40_000, 48_168));
    expect(await f.readInto(49_990, into)).toBe(10);
    expect(into.subarray(0, 10)).toEqual(data.subarray(49_990));
    client.close();
  });
});

describe('abort', () => {
  test('flushes the request and frees its tag', async () => {
    const { tree, root, client, trace } = await mounted();
    const f = await walk(root, 'event');
    await f.open(OREAD);
    const controller = new AbortController();
    const reading = f.read(0, 10, controller);
    await new Promise((r) => setTimeout(r, 5));
    expect(tree.blocked).toBe(1);
    controller.abort();
    await expect(reading).rejects.toThrow('interrupted');
    expect(tree.blocked).toBe(0);
    expect(trace.slice(-2)).toEqual(['-> Tflush tag 1 oldtag 0', '<- Rflush tag 1']);
    await f.clunk();
    client.close();
  });

  test('a call that is aborted already is not sent', async () => {
    const { root, client, trace } = await mounted();
    const n = trace.length;
    const signal = AbortSignal.abort();
    await expect(root.stat({ signal })).rejects.toThrow('interrupted');
    expect(trace.length).toBe(n);
    client.close();
  });

  test('a call without a signal, by onAbort', async () => {
    const { tree, root, client } = await mounted();
    const f = await walk(root, 'event');
    await f.open(OREAD);
    let stop = (): void => {};
    const call = (free: boolean) => ({
      get signal(): AbortSignal {
        throw new Error('nobody needs it');
      },
      onAbort(fn: () => void) {
        stop = fn;
        return free;
      },
    });
    const reading = f.read(0, 10, call(true));
    await new Promise((r) => setTimeout(r, 5));
    stop();
    stop();
    await expect(reading).rejects.toThrow('interrupted');
    expect(tree.blocked).toBe(0);
    await expect(f.read(0, 10, call(false))).rejects.toThrow('interrupted');
    await f.stat();
    stop();
    await f.clunk();
    client.close();
  });

  test('an answer that is faster than the flush counts, and its tag stays taken until the Rflush', async () => {
    const p = puppet();
    const client = await connected(p);
    const attaching = client.attach({ uname: 'x' });
    await p.next();
    p.say('Rattach qid 0x0.0.d');
    const root = await attaching;
    const controller = new AbortController();
    const walking = root.walk(['a'], controller);
    expect((await p.next()).tag).toBe(0);
    controller.abort();
    expect(formatFcall(await p.next())).toBe('Tflush tag 1 oldtag 0');
    p.say('Rwalk tag 0 wqid 0x5.0');
    expect((await walking).file?.qid.path).toBe(5n);
    const stat = root.stat();
    expect((await p.next()).tag).toBe(2);
    p.say('Rflush tag 1', 'Rstat tag 2');
    await stat;
    const again = root.stat();
    expect([0, 1, 2]).toContain((await p.next()).tag);
    p.say('Rerror tag 0 ename no', 'Rerror tag 1 ename no');
    await expect(again).rejects.toThrow();
  });

  test('no listener stays on the signal', async () => {
    const { root, client } = await mounted();
    const controller = new AbortController();
    let n = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...a: Parameters<typeof add>) => {
      n++;
      add(...a);
    };
    signal.removeEventListener = (...a: Parameters<typeof remove>) => {
      n--;
      remove(...a);
    };
    for (let i = 0; i < 5; i++) await root.stat(controller);
    await expect(root.walk(['nosuch'], controller)).rejects.toThrow();
    expect(n).toBe(0);
    client.close();
  });
});

describe('a connection that goes', () => {
  test('rejects every outstanding call, once, and all later ones', async () => {
    const { root, client } = await mounted();
    const f = await walk(root, 'event');
    await f.open(OREAD);
    let rejected = 0;
    const reads = Array.from({ length: 20 }, () =>
      f.read(0, 10).catch((e) => {
        rejected++;
        expect(e).toBeInstanceOf(HangupError);
        expect(e.message).toBe('connection is gone');
      }),
    );
    await new Promise((r) => setTimeout(r, 2));
    client.transport.destroy(new Error('cable cut'));
    await Promise.all(reads);
    expect(rejected).toBe(20);
    await expect(f.stat()).rejects.toThrow(HangupError);
    expect((await client.closed)?.message).toBe('cable cut');
  });

  test('close is an end too', async () => {
    const { tree, root, client } = await mounted();
    const f = await walk(root, 'event');
    await f.open(OREAD);
    const reading = f.read(0, 1);
    await new Promise((r) => setTimeout(r, 2));
    client.close();
    await expect(reading).rejects.toThrow(HangupError);
    await client.closed;
    for (let i = 0; i < 100 && tree.live > 0; i++) await new Promise((r) => setTimeout(r, 1));
    expect(tree.live).toBe(0);
    expect(tree.blocked).toBe(0);
  });

  test.each([
    ['an unknown tag', 'Rclunk tag 9'],
    ['another type of reply', 'Rclunk tag 0'],
    ['more data than was asked for', "Rread tag 0 data 'too much'"],
  ])('%s ends it', async (_, line) => {
    const p = puppet();
    const client = await connected(p);
    const attaching = client.attach({ uname: 'x' });
    await p.next();
    p.say('Rattach qid 0x0.0.d');
    const root = await attaching;
    const reading = root.read(0, 4);
    await p.next();
    p.say(line);
    await expect(reading).rejects.toThrow(HangupError);
    expect((await client.closed)?.message).toBe('reply does not match its request');
  });

  test('bytes that are no message end it', async () => {
    const [a, b] = pair();
    const connecting = Client.connect(b);
    a.start({ data: () => {}, closed: () => {} });
    a.send([Uint8Array.of(1, 0, 0, 0, 9, 9, 9)], () => {});
    await expect(connecting).rejects.toThrow(HangupError);
  });
});

test('an Rerror is the exception', async () => {
  const { root, client } = await mounted();
  const error = await root.walk(['nosuch']).catch((e) => e);
  expect(error).toBeInstanceOf(StyxError);
  expect(error.message).toBe('file does not exist');
  const f = await walk(root, 'hello');
  await f.open(OWRITE);
  await expect(f.read(0, 1)).rejects.toThrow('not open for read');
  client.close();
});

describe('a request in one go', () => {
  const ask = (root: RemoteFile, names: string[], text: string) =>
    new Promise<{ file: RemoteFile; error: Error | undefined; first: Promise<Uint8Array> }>((resolve) => {
      const file = root.ask(names, ORDWR, Buffer.from(text), (error) => resolve({ file, error, first }));
      const first = file.read(0, 100);
      first.catch(() => {});
    });

  test.each(['hello', 'slow'])(
    'walks, opens, writes and reads %s without waiting for a reply',
    async (name) => {
      const { tree, root, trace } = await mounted();
      trace.length = 0;
      const { file, error, first } = await ask(root, [name], 'HELLO');
      expect(error).toBeUndefined();
      expect(Buffer.from(await first).toString()).toMatch(/^HELLO/);
      expect(trace.slice(0, 4).map((line) => line.split(' ', 2).join(' '))).toEqual([
        '-> Twalk',
        '-> Topen',
        '-> Twrite',
        '-> Tread',
      ]);
      expect(file.iounit).toBeGreaterThan(0);
      await file.clunk();
      await root.clunk();
      expect(tree.live).toBe(0);
    },
  );

  test.each([
    ['nothing', 'file does not exist'],
    ['dir', 'file is a directory'],
    ['secret', 'permission denied'],
  ])('to %s fails with the first error, and leaves nothing behind', async (name, message) => {
    const { tree, client, root } = await mounted();
    const before = client.fids.take();
    client.fids.give(before);
    const { error, first } = await ask(root, [name], 'x');
    expect(error?.message).toBe(message);
    await expect(first).rejects.toThrow();
    await expect.poll(() => client.fids.take()).toBe(before);
    await root.clunk();
    expect(tree.live).toBe(0);
  });

  test('is told when the connection breaks', async () => {
    const { client, root } = await mounted();
    const asked = ask(root, ['hello'], 'x');
    client.close();
    expect((await asked).error).toBeInstanceOf(HangupError);
  });

  test('is counted by what it sends', async () => {
    const { client, root } = await mounted();
    const { file } = await ask(root, ['nothing'], 'x');
    await file.stat().catch(() => {});
    const [walk, open, write, read, stat] = [110, 112, 118, 116, 124].map((type) => client.sent[type]);
    expect({ walk, open, write, read, stat, errors: client.errors }).toEqual({
      ...{ walk: 1, open: 1, write: 1, read: 1, stat: 1 },
      errors: 5,
    });
  });
});
