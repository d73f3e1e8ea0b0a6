/**
 * Random use and random abuse. STYX_FUZZ=100 runs each property a hundred times as often, for a night.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as C from '../src/constants.ts';
import { ramfs } from '../src/fs/index.ts';
import {
  type Awaitable,
  Client,
  canRead,
  canWrite,
  DMDIR,
  decode,
  encode,
  type Fcall,
  type File,
  type FileServer,
  formatFcall,
  HangupError,
  ORDWR,
  OREAD,
  OWRITE,
  pair,
  type RemoteFile,
  Rerror,
  Rflush,
  type Rmsg,
  Rread,
  Rstat,
  Rwalk,
  Rwrite,
  StyxError,
  serve,
  type Tmsg,
} from '../src/index.ts';
import { fcall } from './arbitraries.ts';
import { toy } from './toy.ts';

const times = (n: number): { numRuns: number } => ({ numRuns: n * Number(process.env['STYX_FUZZ'] ?? 1) });
const pause = (ms = 0): Promise<void> => new Promise((r) => setTimeout(r, ms));

/** The raw end of a connection. */
function wire(fs: FileServer, options = {}) {
  const [a, b] = pair();
  const conn = serve(a, fs, options);
  const replies: Rmsg[] = [];
  const state = { closed: false };
  let held = Buffer.alloc(0);
  b.start({
    data: (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= held.readUInt32LE(0)) {
        const size = held.readUInt32LE(0);
        replies.push(decode(held.subarray(0, size)) as Rmsg);
        held = held.subarray(size);
      }
    },
    closed: () => {
      state.closed = true;
    },
  });
  const send = (...ms: Fcall[]): void => b.send([Buffer.concat(ms.map(encode))], () => {});
  return {
    conn,
    replies,
    state,
    send,
    raw: (bytes: Uint8Array) => b.send([bytes], () => {}),
    end: () => b.destroy(),
  };
}

const version: Tmsg = { type: C.Tversion, tag: C.NOTAG, msize: 8192, version: '9P2000' };

/** Counts the references to files, and makes all of them answer in a later turn if it is told to. */
class Watched implements FileServer {
  live = 0;
  readonly #fs: FileServer;
  readonly #late: boolean;

  constructor(fs: FileServer, late: boolean) {
    this.#fs = fs;
    this.#late = late;
  }

  #do<T>(fn: () => Awaitable<T>): Awaitable<T> {
    return this.#late ? Promise.resolve().then(fn) : fn();
  }

  attach(...a: Parameters<FileServer['attach']>): Awaitable<File> {
    return this.#do(() => this.#wrap(this.#fs.attach(...a) as File));
  }

  #wrap(f: File): File {
    this.live++;
    const gone = (): void => void this.live--;
    return {
      get qid() {
        return f.qid;
      },
      walk: (names, call) =>
        this.#do(() => {
          const w = f.walk(names, call) as { qids: never[]; file?: File };
          return w.file === undefined ? w : { qids: w.qids, file: this.#wrap(w.file) };
        }),
      open: (mode, call) => this.#do(() => f.open(mode, call)),
      create: (...a) => this.#do(() => f.create(...a)),
      read: (...a) => this.#do(() => f.read(...a)),
      write: (...a) => this.#do(() => f.write(...a)),
      stat: (call) => this.#do(() => f.stat(call)),
      wstat: (dir, call) => this.#do(() => f.wstat(dir, call)),
      remove: (call) => {
        gone();
        return this.#do(() => f.remove(call));
      },
      clunk: () => {
        gone();
        return this.#do(() => f.clunk());
      },
    };
  }
}

// A model of a server: what each request must be answered with.

interface Node {
  children?: Map<string, Node>;
  parent: Node;
  data: string;
}
interface ModelFid {
  node: Node;
  name: string;
  mode: number;
  removed?: boolean;
}

class Model {
  readonly root: Node;
  readonly fids = new Map<number, ModelFid>();

  constructor() {
    this.root = { children: new Map(), data: '' } as unknown as Node;
    this.root.parent = this.root;
    this.fids.set(0, { node: this.root, name: '/', mode: -1 });
  }

  /** What must come back: a word for an error, or facts about a success. */
  apply(m: Tmsg): string {
    switch (m.type) {
      case C.Twalk:
        return this.#walk(m.fid, m.newfid, m.wname);
      case C.Topen: {
        const f = this.fids.get(m.fid);
        if (f === undefined || f.mode >= 0) return 'error';
        if (f.node.children !== undefined && m.mode !== OREAD) return 'error';
        if (this.#detached(f)) return 'any';
        f.mode = m.mode;
        if ((m.mode & C.OTRUNC) !== 0) f.node.data = '';
        return 'ok';
      }
      case C.Tcreate: {
        const f = this.fids.get(m.fid);
        if (f === undefined || f.mode >= 0 || f.node.children === undefined) return 'error';
        if (this.#detached(f) || f.node.children.has(m.name) || m.name === '..') return 'error';
        const dir = (m.perm & DMDIR) !== 0;
        if (dir && m.mode !== OREAD) return 'error';
        const node: Node = { parent: f.node, data: '', ...(dir ? { children: new Map() } : {}) };
        f.node.children.set(m.name, node);
        this.fids.set(m.fid, { node, name: m.name, mode: m.mode });
        return 'ok';
      }
      case C.Tread: {
        const f = this.fids.get(m.fid);
        if (f === undefined || f.mode < 0 || !canRead(f.mode)) return 'error';
        if (f.node.children !== undefined) return m.offset === 0 ? 'ok' : 'any';
        return `data ${f.node.data.slice(m.offset, m.offset + m.count)}`;
      }
      case C.Twrite: {
        const f = this.fids.get(m.fid);
        if (f === undefined || f.mode < 0 || !canWrite(f.mode)) return 'error';
        const text = Buffer.from(m.data).toString();
        const old = f.node.data.padEnd(m.offset, '\0');
        if (text !== '') f.node.data = old.slice(0, m.offset) + text + old.slice(m.offset + text.length);
        return `count ${text.length}`;
      }
      case C.Tclunk:
        return this.fids.delete(m.fid) ? 'ok' : 'error';
      case C.Tremove: {
        const f = this.fids.get(m.fid);
        this.fids.delete(m.fid);
        if (f === undefined || f.node === this.root || this.#detached(f)) return 'error';
        if ((f.node.children?.size ?? 0) > 0) return 'error';
        f.node.parent.children?.delete(f.name);
        return 'ok';
      }
      case C.Tstat: {
        const f = this.fids.get(m.fid);
        if (f === undefined) return 'error';
        if (this.#detached(f)) return 'any';
        return `length ${f.node.children === undefined ? f.node.data.length : 0}`;
      }
      default:
        return 'any';
    }
  }

  /** Removed by way of another fid. What can still be done with it is the file server's choice. */
  #detached(f: ModelFid): boolean {
    for (let n = f.node; n !== this.root; n = n.parent) {
      if (![...(n.parent.children?.values() ?? [])].includes(n)) return true;
    }
    return false;
  }

  #walk(fid: number, newfid: number, names: readonly string[]): string {
    const f = this.fids.get(fid);
    if (f === undefined || f.mode >= 0 || (newfid !== fid && this.fids.has(newfid))) return 'error';
    if (names.length > 0 && f.node.children === undefined) return 'error';
    if (this.#detached(f)) return 'unknown';
    let node = f.node;
    let name = f.name;
    let n = 0;
    for (const next of names) {
      const child = next === '..' ? node.parent : node.children?.get(next);
      if (child === undefined || node.children === undefined) break;
      if (next === '..') name = child === this.root ? '/' : this.#nameOf(child);
      else name = next;
      node = child;
      n++;
    }
    if (n < names.length) return n === 0 ? 'error' : `qids ${n}`;
    this.fids.set(newfid, { node, name, mode: -1 });
    return `qids ${n}`;
  }

  #nameOf(node: Node): string {
    for (const [name, n] of node.parent.children ?? []) if (n === node) return name;
    return '?';
  }
}

function outcome(m: Rmsg): string {
  switch (m.type) {
    case Rerror:
      return 'error';
    case Rread:
      return `data ${Buffer.from(m.data).toString()}`;
    case Rwrite:
      return `count ${m.count}`;
    case Rwalk:
      return `qids ${m.wqid.length}`;
    case Rstat:
      return `length ${m.stat.length}`;
    default:
      return 'ok';
  }
}

const fidNumber = fc.integer({ min: 0, max: 5 });
const name = fc.constantFrom('a', 'b', 'c', '..');
const request: fc.Arbitrary<Tmsg> = fc.oneof(
  fc.record({
    type: fc.constant(C.Twalk),
    tag: fc.constant(0),
    fid: fidNumber,
    newfid: fidNumber,
    wname: fc.array(name, { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant(C.Topen),
    tag: fc.constant(0),
    fid: fidNumber,
    mode: fc.constantFrom(OREAD, OWRITE, ORDWR, OWRITE | C.OTRUNC),
  }),
  fc.record({
    type: fc.constant(C.Tcreate),
    tag: fc.constant(0),
    fid: fidNumber,
    name,
    perm: fc.constantFrom(0o666, (DMDIR | 0o777) >>> 0),
    mode: fc.constantFrom(OREAD, ORDWR),
  }),
  fc.record({
    type: fc.constant(C.Tread),
    tag: fc.constant(0),
    fid: fidNumber,
    offset: fc.nat(20),
    count: fc.nat(30),
  }),
  fc.record({
    type: fc.constant(C.Twrite),
    tag: fc.constant(0),
    fid: fidNumber,
    offset: fc.nat(20),
    data: fc.constantFrom('', 'x', 'hello').map((s) => new TextEncoder().encode(s)),
  }),
  fc.record({ type: fc.constant(C.Tclunk), tag: fc.constant(0), fid: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ type: fc.constant(C.Tremove), tag: fc.constant(0), fid: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ type: fc.constant(C.Tstat), tag: fc.constant(0), fid: fidNumber }),
);

describe('against a model', () => {
  const play = async (ms: readonly Tmsg[], pipelined: boolean, late: boolean): Promise<void> => {
    const fs = new Watched(ramfs(), late);
    const w = wire(fs);
    const model = new Model();
    w.send(version, { type: C.Tattach, tag: 1, fid: 0, afid: C.NOFID, uname: 'glenda', aname: '' });
    while (w.replies.length < 2) await pause();
    w.replies.length = 0;
    const said: string[] = [];
    const check = (m: Tmsg, i: number): void => {
      const want = model.apply(m);
      const reply = w.replies.find((r) => r.tag === (pipelined ? i : 0));
      said.push(`${formatFcall(m)} => ${reply === undefined ? 'nothing' : formatFcall(reply)}`);
      if (want === 'any' || (want === 'ok' && m.type === C.Tread && reply?.type === Rread)) return;
      if (want === 'unknown') {
        // Whether a removed file can be walked from is not the protocol's business: the model follows.
        if (reply?.type === Rwalk && reply.wqid.length === (m as { wname: unknown[] }).wname.length)
          fc.pre(false);
        return;
      }
      expect(reply === undefined ? 'nothing' : outcome(reply), said.join('\n')).toBe(want);
    };
    if (pipelined) {
      w.send(...ms.map((m, i) => ({ ...m, tag: i })));
      for (let i = 0; i < 2000 && w.replies.length < ms.length; i++) await pause();
      for (const [i, m] of ms.entries()) check(m, i);
    } else {
      for (const [i, m] of ms.entries()) {
        w.replies.length = 0;
        w.send(m);
        for (let t = 0; t < 2000 && w.replies.length < 1; t++) await pause();
        check(m, i);
      }
    }
    expect(fs.live).toBe(w.conn.fids.size);
    expect([...w.conn.fids.keys()].sort()).toEqual([...model.fids.keys()].sort());
    w.end();
    await w.conn.closed;
    expect(fs.live).toBe(0);
  };

  test('all at once, files that answer at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 40 }), (ms) => play(ms, true, false)),
      times(400),
    );
  }, 600_000);

  test('one after the other, files that answer later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 15 }), (ms) => play(ms, false, true)),
      times(40),
    );
  }, 600_000);
});

describe('abuse', () => {
  const mutated = fc.tuple(fcall, fc.nat(), fc.nat(255), fc.boolean()).map(([m, at, value, damage]) => {
    const bytes = encode(m);
    if (damage) bytes[4 + (at % (bytes.length - 4))] = value;
    return bytes;
  });

  test('any messages, damaged or not, get an answer each, and leave nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutated, { maxLength: 30 }), async (frames) => {
        const tree = toy();
        const w = wire(tree, { flushGrace: 1, onError: (e: unknown) => expect(e).toBeUndefined() });
        w.send(version, { type: C.Tattach, tag: 1, fid: 0, afid: C.NOFID, uname: 'glenda', aname: '' });
        w.raw(Buffer.concat(frames));
        for (let i = 0; i < 5; i++) await pause();
        tree.release();
        if (!w.state.closed) {
          // The session, or a new one, still works.
          w.send({ ...version, msize: 4096 } as Tmsg);
          for (let i = 0; i < 3000 && w.replies.at(-1)?.type !== C.Rversion; i++) await pause(1);
          expect(w.replies.at(-1)?.type).toBe(C.Rversion);
        }
        w.end();
        await w.conn.closed;
        expect(tree.live).toBe(0);
      }),
      times(150),
    );
  }, 600_000);

  test('any bytes end in an error or a closed connection, never in a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), async (chunks) => {
        const tree = toy();
        const w = wire(tree);
        for (const c of chunks) w.raw(c);
        await pause();
        w.end();
        await w.conn.closed;
        expect(tree.live).toBe(0);
      }),
      times(300),
    );
  }, 600_000);

  test('a client survives any bytes from its server', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(mutated, fc.uint8Array({ maxLength: 40 }))), async (chunks) => {
        const [a, b] = pair();
        a.start({ data: () => {}, closed: () => {} });
        const connecting = Client.connect(b).then((c) => c.attach());
        a.send([encode({ type: C.Rversion, tag: C.NOTAG, msize: 8192, version: '9P2000' })], () => {});
        await pause();
        for (const c of chunks) a.send([c], () => {});
        a.close();
        await connecting.then(
          () => {},
          (e) => expect(e).toBeInstanceOf(StyxError),
        );
      }),
      times(200),
    );
  }, 600_000);
});

test('flushes: each gets its Rflush once, and nothing comes for a request after it', async () => {
  const step = fc.oneof(
    // Often enough, but not in every run.
    fc.record({ do: fc.constant('read' as const), file: fc.constantFrom('event', 'slow', 'hello', 'deaf') }),
    fc.record({ do: fc.constant('flush' as const), of: fc.nat(30) }),
    fc.record({ do: fc.constantFrom('release' as const, 'wait' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const tree = toy();
      const w = wire(tree, { flushGrace: 1 });
      const files = ['event', 'slow', 'hello', 'deaf'];
      w.send(version, { type: C.Tattach, tag: 1, fid: 0, afid: C.NOFID, uname: 'glenda', aname: '' });
      for (const [i, f] of files.entries()) {
        w.send(
          { type: C.Twalk, tag: 2 * i, fid: 0, newfid: i + 1, wname: [f] },
          { type: C.Topen, tag: 2 * i + 1, fid: i + 1, mode: OREAD },
        );
      }
      for (let i = 0; i < 1000 && w.replies.length < 10; i++) await pause();
      expect(w.replies.filter((r) => r.type === Rerror)).toEqual([]);
      w.replies.length = 0;
      // Tags are never used twice, so that every reply can be told apart.
      const asked: Tmsg[] = [];
      for (const s of steps) {
        const tag = asked.length;
        if (s.do === 'read')
          asked.push({ type: C.Tread, tag, fid: files.indexOf(s.file) + 1, offset: 0, count: 5 });
        else if (s.do === 'flush') asked.push({ type: C.Tflush, tag, oldtag: s.of });
        else if (s.do === 'release') tree.release();
        else await pause();
        if (asked.length > tag) w.send(asked[tag] as Tmsg);
      }
      await pause(15);
      tree.release();
      await pause(5);
      const position = new Map<number, number>();
      for (const [i, r] of w.replies.entries()) {
        expect(position.has(r.tag), formatFcall(r)).toBe(false);
        position.set(r.tag, i);
      }
      for (const m of asked) {
        if (m.type !== C.Tflush) continue;
        const at = position.get(m.tag);
        expect(at, `${formatFcall(m)} is answered`).toBeDefined();
        expect(w.replies[at as number]?.type).toBe(Rflush);
        const old = position.get(m.oldtag);
        if (old !== undefined && m.oldtag < m.tag) expect(old).toBeLessThan(at as number);
      }
      w.end();
      await w.conn.closed;
      expect(tree.live).toBe(0);
    }),
    times(60),
  );
}, 600_000);

test('connections that break anywhere leave nothing behind, and every call settles', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }),
      fc.nat(8),
      fc.boolean(),
      async (ops, when, who) => {
        const tree = toy();
        const [a, b] = pair();
        const conn = serve(a, tree);
        const client = await Client.connect(b);
        const root = await client.attach({ uname: 'glenda' });
        let settled = 0;
        const calls = ops.map(async (op) => {
          try {
            const names = ['hello', 'event', 'slow', 'openblocks', 'empty', 'dir', 'gate'];
            const f = (await root.walk([names[op] as string])).file as RemoteFile;
            await f.open(op === 4 ? ORDWR : OREAD);
            if (op === 4) await f.write(0, new Uint8Array(20_000));
            else await f.read(0, 100);
            await f.clunk();
          } catch (e) {
            expect(e).toBeInstanceOf(HangupError);
          } finally {
            settled++;
          }
        });
        for (let i = 0; i < when; i++) await (i % 2 === 0 ? Promise.resolve() : pause());
        if (who) conn.destroy();
        else b.destroy();
        await Promise.all(calls);
        await conn.closed;
        expect(settled).toBe(ops.length);
        for (let i = 0; i < 50 && tree.live > 0; i++) await pause(1);
        expect(tree.live).toBe(0);
        expect(tree.blocked).toBe(0);
      },
    ),
    times(100),
  );
}, 600_000);
