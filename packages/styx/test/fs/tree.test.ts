import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytes,
  type Commands,
  cloneDir,
  ctl,
  dir,
  dynamicDir,
  Events,
  exchange,
  file,
  nodeAt,
  type ServeOptions,
  type StaticDir,
  serveTree,
  stream,
  text,
  tokenize,
} from '../../src/fs/index.ts';
import {
  type Call,
  uninterrupted as call,
  DMDIR,
  DMEXCL,
  type File,
  ORCLOSE,
  ORDWR,
  OREAD,
  OTRUNC,
  OWRITE,
  StyxError,
  wstatDir,
} from '../../src/index.ts';
import { contents, failure, list, walkTo } from './file-system-suite.ts';

const encode = (s: string): Uint8Array => new TextEncoder().encode(s);
const decode = (b: Uint8Array): string => new TextDecoder().decode(b);

async function rootOf(
  tree: Parameters<typeof serveTree>[0],
  options?: ServeOptions,
  uname = 'me',
): Promise<File> {
  return serveTree(tree, options).attach({ uname, aname: '' }, call);
}

async function opened(root: File, path: string, mode: number): Promise<File> {
  const f = await walkTo(root, ...path.split('/'));
  await f.open(mode, call);
  return f;
}

function stopping(): Call & { stop: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, stop: () => controller.abort() };
}

describe('directories', () => {
  const tree = (): StaticDir =>
    dir({ status: text(() => 'ok\n'), sub: dir({ data: bytes('abc') }, { perm: 0o511 }), empty: dir() });

  test('are listed, walked and told apart', async () => {
    const root = await rootOf(tree());
    expect((await list(root)).map((e) => [e.name, e.mode])).toEqual([
      ['status', 0o444],
      ['sub', (DMDIR | 0o511) >>> 0],
      ['empty', (DMDIR | 0o555) >>> 0],
    ]);
    expect(new Set((await list(root)).map((e) => e.qid.path)).size).toBe(3);
    expect(await contents(root, 'sub', 'data')).toBe('abc');
    expect((await walkTo(root, 'sub', 'data', '..').catch((e: Error) => e.message)) as unknown).toBe(
      'walked 2 of 3',
    );
    expect((await walkTo(root, 'sub', '..')).qid.path).toBe(root.qid.path);
    expect((await (await walkTo(root, 'sub', 'data')).stat(call)).length).toBe(3n);
    expect(await failure(() => root.walk(['none'], call))).toBe('file does not exist');
  });

  test('grow and shrink while they are served', async () => {
    const top = tree();
    const root = await rootOf(top);
    const { version } = root.qid;
    top.add('new', bytes('n'));
    expect(root.qid.version).not.toBe(version);
    expect(await contents(root, 'new')).toBe('n');
    const held = await opened(root, 'new', OREAD);
    top.delete('new');
    expect(await failure(() => root.walk(['new'], call))).toBe('file does not exist');
    expect(decode(await held.read(0, 10, call))).toBe('n');
    expect(nodeAt(top, 'sub/data').kind).toBe('file');
    expect(() => nodeAt(top, 'sub/none')).toThrow('file does not exist');
  });

  test('can be made when somebody looks, at once or later', async () => {
    const node = text((who) => `for ${who.uname}`);
    for (const later of [false, true]) {
      const entries = [['a', node] as const];
      const made = dynamicDir({ list: () => (later ? Promise.resolve(entries) : entries) });
      const root = await rootOf(dir({ made }));
      expect((await list(await walkTo(root, 'made'))).map((e) => e.name)).toEqual(['a']);
      expect(await contents(root, 'made', 'a')).toBe('for me');
      expect(await failure(() => root.walk(['made', 'b'], call).toString())).toBe('no error');
    }
  });

  test('refuse what they were not made for', async () => {
    const root = await rootOf(tree());
    const f = (): Promise<File> => walkTo(root, 'status');
    expect(await failure(async () => (await walkTo(root)).create('x', 0o666, OWRITE, call))).toBe(
      'create prohibited',
    );
    expect(await failure(async () => (await f()).remove(call))).toBe('remove prohibited');
    expect(await failure(async () => (await f()).open(OREAD | ORCLOSE, call))).toBe('remove prohibited');
    expect(await failure(async () => (await f()).wstat(wstatDir({ name: 'y' }), call))).toBe(
      'wstat prohibited',
    );
    expect(await failure(async () => (await f()).wstat(wstatDir(), call))).toBe('no error');
    // The shell's `>` on a mounted tree; what may not be written is not to be emptied either.
    const emptied = wstatDir({ length: 0n, mtime: 5 });
    const ctl = await rootOf(dir({ ctl: text(() => '', { write: () => {} }) }));
    expect(await failure(async () => (await walkTo(ctl, 'ctl')).wstat(emptied, call))).toBe('no error');
    expect(await failure(async () => (await f()).wstat(emptied, call))).toBe('wstat prohibited');
    for (const mode of [OWRITE, ORDWR, OREAD | OTRUNC]) {
      expect(await failure(async () => (await f()).open(mode, call))).toBe('permission denied');
    }
  });

  test('make and remove files by their own rules', async () => {
    const files = new Map([['old', text(() => 'old')]]);
    const made = dynamicDir({
      list: () => files,
      create(name, perm) {
        const node = text(() => name, { perm });
        files.set(name, node);
        return node;
      },
      remove: (name) => void files.delete(name),
    });
    const root = await rootOf(dir({ made }), { owner: 'me' });
    const d = await walkTo(root, 'made');
    expect(await failure(() => d.create('old', 0o666, OREAD, call))).toBe('file already exists');
    const opened = await d.create('new', 0o777, OREAD | ORCLOSE, call);
    expect(opened.qid).toEqual(d.qid);
    expect((await d.stat(call)).mode).toBe(0o775);
    await d.clunk();
    expect([...files.keys()]).toEqual(['old']);
    const other = await rootOf(dir({ made }), { owner: 'me' }, 'you');
    expect(await failure(async () => (await walkTo(other, 'made', 'old')).remove(call))).toBe(
      'permission denied',
    );
    await (await walkTo(root, 'made', 'old')).remove(call);
    expect(files.size).toBe(0);
  });

  test('DMEXCL files have one fid open', async () => {
    const root = await rootOf(
      dir({ one: file(() => ({ read: () => encode('x') }), { perm: DMEXCL | 0o444 }) }),
    );
    const a = await opened(root, 'one', OREAD);
    expect(await failure(() => opened(root, 'one', OREAD))).toBe('exclusive use file already open');
    await a.clunk();
    await (await opened(root, 'one', OREAD)).clunk();
  });

  test('a tree can be chosen by name', async () => {
    const server = serveTree(dir(), {
      root: ({ aname }) => {
        if (aname === 'none') throw new StyxError('no such tree');
        return dir({ name: bytes(aname) });
      },
    });
    expect(await contents(await server.attach({ uname: 'me', aname: 'x' }, call), 'name')).toBe('x');
    expect(await failure(() => server.attach({ uname: 'me', aname: 'none' }, call))).toBe('no such tree');
  });
});

describe('text', () => {
  test('is one state from offset 0 on', async () => {
    let n = 0;
    const f = await opened(await rootOf(dir({ f: text(() => `state ${n++}`) })), 'f', OREAD);
    expect(decode(await f.read(0, 3, call)) + decode(await f.read(3, 100, call))).toBe('state 0');
    expect((await f.read(100, 5, call)).length).toBe(0);
    expect(decode(await f.read(0, 100, call))).toBe('state 1');
  });

  test('may be written', async () => {
    const seen: string[] = [];
    const root = await rootOf(
      dir({ f: text(() => '', { write: (s, who) => void seen.push(`${who.uname}: ${s}`) }) }),
    );
    const f = await opened(root, 'f', OWRITE);
    expect(await f.write(0, encode('hello'), call)).toBe(5);
    expect(seen).toEqual(['me: hello']);
    expect(await failure(() => f.write(0, Uint8Array.of(0xff), call))).toBe('malformed UTF-8');
  });
});

describe('ctl', () => {
  const log: string[] = [];
  const commands: Commands = {
    'spawn SIZE [COUNT]': ([size, count = '1']) => void log.push(`spawn ${size} ${count}`),
    'echo TEXT...': (args) => void log.push(args.join('|')),
    quit: async (_, { opener }) => void log.push(`quit by ${opener.uname}`),
    fail: () => {
      throw new StyxError('it did');
    },
  };
  const write = async (data: string): Promise<string> => {
    log.length = 0;
    const f = await opened(await rootOf(dir({ ctl: ctl(commands) })), 'ctl', ORDWR);
    return failure(() => f.write(0, encode(data), call));
  };

  test('reading says what it takes', async () => {
    const root = await rootOf(dir({ ctl: ctl(commands) }));
    expect(await contents(root, 'ctl')).toBe('spawn SIZE [COUNT]\necho TEXT...\nquit\nfail\n');
  });

  test.each([
    ['spawn tiny', ['spawn tiny 1']],
    ['spawn tiny 3\nquit\n', ['spawn tiny 3', 'quit by me']],
    ["echo 'one word' it''s  \t x\n\n\n", ['one word|its|x']],
    ["echo '' 'it''s'", ["|it's"]],
    ['', []],
  ])('%j', async (data, want) => {
    expect(await write(data)).toBe('no error');
    expect(log).toEqual(want);
  });

  test.each([
    ['dance', 'unknown command "dance": expected spawn, echo, quit, fail'],
    ['spawn', 'wrong number of arguments: usage: spawn SIZE [COUNT]'],
    ['spawn a b c', 'wrong number of arguments: usage: spawn SIZE [COUNT]'],
    ['quit now', 'wrong number of arguments: usage: quit'],
    ['quit\nspawn\nquit\n', 'line 2: wrong number of arguments: usage: spawn SIZE [COUNT]'],
    ["quit\necho 'open\n", 'line 2: quote is not closed'],
    ['constructor', 'unknown command "constructor": expected spawn, echo, quit, fail'],
    [`${'x'.repeat(500)}`, `unknown command "${'x'.repeat(37)}...": expected spawn, echo, quit, fail`],
  ])('%j fails and changes nothing', async (data, want) => {
    expect(await write(data)).toBe(want);
    expect(log).toEqual([]);
  });

  test('the first command that fails ends the write', async () => {
    expect(await write('quit\nfail\nquit\n')).toBe('it did');
    expect(log).toEqual(['quit by me']);
  });

  test('any line is words or a clear error', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        try {
          for (const word of tokenize(line)) expect(typeof word).toBe('string');
        } catch (error) {
          expect((error as Error).message).toBe('quote is not closed');
        }
      }),
    );
  });
});

describe('clone', () => {
  const setUp = async () => {
    const events: string[] = [];
    const tree = dir({
      net: cloneDir(
        (id, opener) => ({
          ctl: { 'connect ADDR': ([addr]) => void events.push(`${id} ${addr}`) },
          files: { data: bytes(`data of ${id}`), local: text(() => opener.uname) },
          close: () => void events.push(`${id} closed`),
        }),
        { files: { stats: text(() => 'none') } },
      ),
    });
    return { root: await rootOf(tree), events };
  };

  test('the fid becomes the ctl file of a new directory', async () => {
    const { root, events } = await setUp();
    const clone = await walkTo(root, 'net', 'clone');
    const { path } = clone.qid;
    const opened = await clone.open(ORDWR, call);
    expect(opened.qid).toEqual(clone.qid);
    expect(clone.qid.path).not.toBe(path);
    expect(decode(await clone.read(0, 10, call))).toBe('0');
    expect((await clone.stat(call)).name).toBe('ctl');
    await clone.write(0, encode('connect there'), call);
    expect(events).toEqual(['0 there']);
    const net = await walkTo(root, 'net');
    expect((await list(net)).map((e) => e.name)).toEqual(['clone', 'stats', '0']);
    expect(await contents(net, '0', 'data')).toBe('data of 0');
    expect((await walkTo(net, '0', 'ctl')).qid).toEqual(clone.qid);
  });

  test('what its ctl file gives is its own choice', async () => {
    const tree = cloneDir((id) => ({ ctl: {}, files: {}, read: `${id}\n` }));
    expect(await contents(await rootOf(tree), 'clone')).toBe('0\n');
  });

  test('it lives as long as a file of it is open', async () => {
    const { root, events } = await setUp();
    const a = await opened(root, 'net/clone', ORDWR);
    const b = await opened(root, 'net/clone', ORDWR);
    const data = await opened(root, 'net/0/data', OREAD);
    await a.clunk();
    expect(events).toEqual([]);
    await data.clunk();
    expect(events).toEqual(['0 closed']);
    expect(await failure(async () => (await walkTo(root, 'net')).walk(['0'], call))).toBe(
      'file does not exist',
    );
    await b.clunk();
    expect(events).toEqual(['0 closed', '1 closed']);
    const c = await opened(root, 'net/clone', ORDWR);
    expect(decode(await c.read(0, 10, call)), 'numbers are not used again').toBe('2');
  });
});

describe('events', () => {
  test('every reader gets every event, one a read', async () => {
    const events = new Events();
    const root = await rootOf(dir({ events: events.node }));
    const a = await opened(root, 'events', OREAD);
    const b = await opened(root, 'events', OREAD);
    events.emit('one\n');
    events.emit('two\n');
    expect(decode(await a.read(0, 100, call))).toBe('one\n');
    expect(decode(await a.read(4, 2, call))).toBe('tw');
    expect(decode(await a.read(6, 100, call))).toBe('o\n');
    expect(decode(await b.read(0, 100, call))).toBe('one\n');
    expect(events.readers).toBe(2);
    await a.clunk();
    await b.clunk();
    expect(events.readers).toBe(0);
  });

  test('a read waits; one that is flushed takes nothing away', async () => {
    const events = new Events();
    const f = await opened(await rootOf(dir({ events: events.node })), 'events', OREAD);
    const by = stopping();
    const flushed = f.read(0, 100, by);
    const waiting = f.read(0, 100, call);
    by.stop();
    expect(await failure(() => flushed)).toBe('interrupted');
    events.emit('event\n');
    expect(decode(await waiting)).toBe('event\n');
    const last = f.read(0, 100, call);
    events.end();
    expect((await last).length).toBe(0);
  });

  test('a slow reader loses the oldest, and is told', async () => {
    const events = new Events({ limit: 2, history: 1 });
    const root = await rootOf(dir({ events: events.node }));
    events.emit('past\n');
    const f = await opened(root, 'events', OREAD);
    for (let i = 0; i < 5; i++) events.emit(`${i}\n`);
    const got: string[] = [];
    for (let i = 0; i < 3; i++) got.push(decode(await f.read(0, 100, call)));
    expect(got).toEqual(['4 events lost\n', '3\n', '4\n']);
    const late = await opened(root, 'events', OREAD);
    expect(decode(await late.read(0, 100, call))).toBe('4\n');
  });
});

describe('stream and exchange', () => {
  test('a stream is read as it is made, to its end', async () => {
    let ended = false;
    const node = stream(async function* (who) {
      try {
        yield 'hello ';
        yield '';
        yield encode(who.uname);
      } finally {
        ended = true;
      }
    });
    const f = await opened(await rootOf(dir({ f: node })), 'f', OREAD);
    expect(decode(await f.read(0, 3, call))).toBe('hel');
    expect(decode(await f.read(99, 100, call))).toBe('lo ');
    expect(decode(await f.read(0, 100, call))).toBe('me');
    expect((await f.read(0, 100, call)).length).toBe(0);
    expect(ended).toBe(true);
  });

  test('a flushed read leaves the piece to the next one', async () => {
    let go: () => void = () => {};
    const node = stream(async function* () {
      await new Promise<void>((resolve) => (go = resolve));
      yield 'late';
    });
    const f = await opened(await rootOf(dir({ f: node })), 'f', OREAD);
    const by = stopping();
    const flushed = f.read(0, 100, by);
    by.stop();
    expect(await failure(() => flushed)).toBe('interrupted');
    const next = f.read(0, 100, call);
    go();
    expect(decode(await next)).toBe('late');
  });

  test('a clunk stops the source and wakes who reads', async () => {
    let signal: AbortSignal | undefined;
    const node = stream(async function* (_, stopped) {
      signal = stopped;
      yield 'first';
      await new Promise(() => {});
    });
    const f = await opened(await rootOf(dir({ f: node })), 'f', OREAD);
    await f.read(0, 100, call);
    const reading = f.read(0, 100, call);
    await f.clunk();
    expect((await reading).length).toBe(0);
    expect(signal?.aborted).toBe(true);
  });

  test('an error of the source is the error of the read', async () => {
    const node = stream(async function* () {
      yield 'some';
      throw new Error('model is gone');
    });
    const f = await opened(await rootOf(dir({ f: node })), 'f', OREAD);
    expect(decode(await f.read(0, 100, call))).toBe('some');
    expect(await failure(() => f.read(0, 100, call))).toBe('model is gone');
    expect(await failure(() => f.read(0, 100, call))).toBe('model is gone');
  });

  test('what is written is the request, what is read its answer', async () => {
    const node = exchange(async function* (request, who) {
      for (const word of decode(request).split(' ')) yield `${who.uname}:${word} `;
    });
    const root = await rootOf(dir({ data: node }));
    const f = await opened(root, 'data', ORDWR);
    const answer = async (): Promise<string> => {
      let all = '';
      for (;;) {
        const piece = await f.read(0, 100, call);
        if (piece.length === 0) return all;
        all += decode(piece);
      }
    };
    expect(await answer()).toBe('');
    await f.write(0, encode('a b'), call);
    await f.write(3, encode(' c'), call);
    expect(await answer()).toBe('me:a me:b me:c ');
    expect(await answer()).toBe('');
    await f.write(0, encode('next'), call);
    expect(await answer()).toBe('me:next ');
    const small = await opened(await rootOf(dir({ data: exchange(() => [], { limit: 3 }) })), 'data', ORDWR);
    expect(await failure(() => small.write(0, encode('four'), call))).toBe('file too large');
  });
});
