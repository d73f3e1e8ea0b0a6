/** A part of a name space as a server, sys-export(2). */
import {
  type Attach,
  type Awaitable,
  type Call,
  type Dir,
  Eclunked,
  Eexists,
  Enotdir,
  Enotopenread,
  Enotopenwrite,
  Eoffset,
  Eopen,
  type File,
  type FileServer,
  type Opened,
  type Qid,
  StyxError,
  type Walked,
} from '@llambo/styx';
import { type Caller, nobody } from './caller.ts';
import { Chan } from './chan.ts';
import type { Namespace } from './namespace.ts';
import { type Crossed, cloneOf, cross, makeFile, openChan, reach, start, walk } from './resolve.ts';
import { chain, ignore, isPromise, run, type Steps } from './steps.ts';

/**
 * Every attach gives the file `name`, with all that is mounted on and below it; nothing above it can be reached.
 * Requests run in `ns` as it is at their time: to protect an export from later changes, export a fork. They run as `by`,
 * whoever attaches: who may attach is for the server to settle.
 */
export function exportTree(ns: Namespace, name: string, by: Caller = nobody): FileServer {
  const view: View = { ns, by, qids: new QidMap() };
  return {
    attach: (_who: Attach, call: Call): Awaitable<File> => run(attach(view, name, new Lent(by, call))),
  };
}

interface View {
  readonly ns: Namespace;
  readonly by: Caller;
  readonly qids: QidMap;
}

/** What the exporter has, with the signal of the request. */
class Lent implements Caller {
  readonly user: string | undefined;
  readonly pid: number | undefined;
  readonly env: Caller['env'];
  readonly fds: Caller['fds'];
  readonly #call: Call;

  constructor(by: Caller, call: Call) {
    this.user = by.user;
    this.pid = by.pid;
    this.env = by.env;
    this.fds = by.fds;
    this.#call = call;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }
}

const LOW = (1n << 56n) - 1n;
const OVERFLOW = 255n << 56n;

/**
 * Files of different servers may have the same qid path: each server's paths get its number in their top byte. Paths that
 * are too large for that, and those of the 255th server on, are numbered as they come.
 */
class QidMap {
  readonly #servers = new Map<string, bigint>();
  readonly #large = new Map<string, bigint>();

  path(char: string, number: number, path: bigint): bigint {
    const server = `${char}${number}`;
    let index = this.#servers.get(server);
    if (index === undefined) this.#servers.set(server, (index = BigInt(this.#servers.size)));
    if (index < 255n && path <= LOW) return (index << 56n) | path;
    const key = `${server} ${path}`;
    let own = this.#large.get(key);
    if (own === undefined) this.#large.set(key, (own = OVERFLOW | BigInt(this.#large.size)));
    return own;
  }

  of({ dev, qid }: Chan): Qid {
    return { ...qid, path: this.path(dev.char, dev.number, qid.path) };
  }

  /** Rewrites the qids in the records of a directory read, which are whole and our own. */
  rewrite(records: Uint8Array): Uint8Array {
    const v = new DataView(records.buffer, records.byteOffset, records.byteLength);
    for (let at = 0; at + 21 <= records.length; at += 2 + v.getUint16(at, true)) {
      const char = String.fromCodePoint(v.getUint16(at + 2, true));
      const own = this.path(char, v.getUint32(at + 4, true), v.getBigUint64(at + 13, true));
      v.setBigUint64(at + 13, own, true);
    }
    return records;
  }
}

/** A file on this side of its mount point, and the way back to the root of the export. */
class Spot {
  readonly chan: Chan;
  readonly name: string;
  readonly parent: Spot | undefined;
  #refs = 1;

  constructor(chan: Chan, name: string, parent: Spot | undefined) {
    this.chan = chan;
    this.name = name;
    this.parent = parent?.retain();
  }

  retain(): this {
    this.#refs++;
    return this;
  }

  release(): void {
    if (--this.#refs > 0) return;
    ignore(() => this.chan.close());
    this.parent?.release();
  }
}

function* attach(view: View, name: string, by: Caller): Steps<File> {
  const chan: Chan = yield* reach(view.ns, yield* start(view.ns, name, by), by);
  const spot = new Spot(chan, '/', undefined);
  return new ExportedFile(view, spot, shownQid(view, spot));
}

function shownQid({ ns, qids }: View, { chan }: Spot): Qid {
  return qids.of(ns.table.find(chan.dev, chan.qid.path)?.first.to ?? chan);
}

/** A channel to the same file that nobody else has. */
function* unshared({ file, dev, path }: Chan, by: Caller): Steps<Chan> {
  const own: File = yield* cloneOf(file, by);
  return new Chan(own, dev, path);
}

function* exists(ns: Namespace, dir: Chan, name: string, by: Caller): Steps<boolean> {
  try {
    const chan: Chan = yield* walk(ns, dir.dup(), [name], false, { names: 0 }, by);
    ignore(() => chan.close());
    return true;
  } catch (error) {
    if (by.signal.aborted) throw error;
    return false;
  }
}

class ExportedFile implements File {
  readonly #view: View;
  #spot: Spot | undefined;
  #qid: Qid;
  #open: Chan | undefined;
  /** The open channel is this file's alone: not so behind `/fd`. */
  #own = false;
  /** Where the next read of an open directory must be. */
  #next = 0;

  constructor(view: View, spot: Spot, qid: Qid) {
    this.#view = view;
    this.#spot = spot;
    this.#qid = qid;
  }

  get qid(): Qid {
    return this.#qid;
  }

  walk(names: readonly string[], call: Call): Awaitable<Walked> {
    return run(this.#walk(names, this.#lend(call)));
  }

  *#walk(names: readonly string[], by: Caller): Steps<Walked> {
    let spot = this.#here().retain();
    const qids: Qid[] = [];
    try {
      for (const name of names) {
        const from = spot;
        if (name === '..') spot = (spot.parent ?? spot).retain();
        else {
          const chan: Chan = yield* walk(this.#view.ns, spot.chan.dup(), [name], false, { names: 0 }, by);
          spot = new Spot(chan, name, from);
        }
        from.release();
        qids.push(shownQid(this.#view, spot));
      }
    } catch (error) {
      spot.release();
      if (qids.length === 0) throw error;
      return { qids };
    }
    return { qids, file: new ExportedFile(this.#view, spot, qids[qids.length - 1] ?? this.#qid) };
  }

  open(mode: number, call: Call): Awaitable<Opened> {
    if (this.#open !== undefined) throw new StyxError(Eopen);
    const { chan } = this.#here();
    return run(this.#openHere(chan, mode, this.#lend(call)));
  }

  *#openHere(here: Chan, mode: number, by: Caller): Steps<Opened> {
    const own: Chan = yield* unshared(here, by);
    const chan: Chan = yield* openChan(this.#view.ns, own, mode, false, by);
    this.#own = chan.refs === 1;
    return this.#opened(chan);
  }

  #opened(chan: Chan): Opened {
    this.#open = chan;
    this.#qid = this.#view.qids.of(chan);
    return { qid: this.#qid, iounit: chan.iounit };
  }

  create(name: string, perm: number, mode: number, call: Call): Awaitable<Opened> {
    if (this.#open !== undefined) throw new StyxError(Eopen);
    return run(this.#create(name, perm, mode, this.#lend(call)));
  }

  *#create(name: string, perm: number, mode: number, by: Caller): Steps<Opened> {
    const { ns } = this.#view;
    const parent = this.#here();
    if (!parent.chan.isDir) throw new StyxError(Enotdir);
    // The name may be that of a file in another member of the union than the one where files are made.
    if (yield* exists(ns, parent.chan, name, by)) throw new StyxError(Eexists);
    const chan: Chan = yield* makeFile(ns, parent.chan, name, mode, perm, false, by);
    this.#own = true;
    this.#spot = new Spot(chan.dup(), name, parent);
    parent.release();
    return this.#opened(chan);
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    if (this.#open === undefined) throw new StyxError(Enotopenread);
    const by = this.#lend(call);
    if (!this.#open.isDir) return this.#open.pread(offset, count, by);
    if (offset !== 0 && offset !== this.#next) throw new StyxError(Eoffset);
    return chain(this.#open.pread(offset, count, by), (records) => {
      this.#next = offset + records.length;
      return this.#view.qids.rewrite(records);
    });
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    if (this.#open === undefined) throw new StyxError(Enotopenwrite);
    return this.#open.pwrite(offset, data, this.#lend(call));
  }

  stat(call: Call): Awaitable<Dir> {
    const spot = this.#here();
    const { qids } = this.#view;
    return this.#use(call, (chan, by) =>
      chain(chan.stat(by), (dir) => ({
        ...dir,
        name: spot.name,
        qid: { ...dir.qid, path: qids.path(chan.dev.char, chan.dev.number, dir.qid.path) },
      })),
    );
  }

  wstat(dir: Dir, call: Call): Awaitable<void> {
    return this.#use(call, (chan, by) => chan.wstat(dir, by));
  }

  /** With the open channel, or one across the mount point for the while. */
  #use<T>(call: Call, use: (chan: Chan, by: Caller) => Awaitable<T>): Awaitable<T> {
    const by = this.#lend(call);
    if (this.#open !== undefined) return use(this.#open, by);
    const { ns } = this.#view;
    const here = this.#here().chan;
    return run(
      (function* (): Steps<T> {
        const { chan, head }: Crossed = yield* cross(ns, here.dup(), false, by);
        head?.release();
        try {
          const value = use(chan, by);
          return isPromise(value) ? yield value : value;
        } finally {
          ignore(() => chan.close());
        }
      })(),
    );
  }

  remove(call: Call): Awaitable<void> {
    return run(this.#remove(this.#lend(call)));
  }

  *#remove(by: Caller): Steps<void> {
    const spot = this.#here();
    this.#spot = undefined;
    const open = this.#open;
    this.#open = undefined;
    try {
      let chan = open;
      if (chan === undefined || !this.#own) {
        if (chan !== undefined) ignore(() => (open as Chan).close());
        const crossed: Crossed = yield* cross(this.#view.ns, yield* unshared(spot.chan, by), false, by);
        crossed.head?.release();
        chan = crossed.chan;
      }
      chan.forget();
      const removing = chan.file.remove(by);
      if (isPromise(removing)) yield removing;
    } finally {
      spot.release();
    }
  }

  clunk(): Awaitable<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#spot?.release();
    this.#spot = undefined;
    return open?.close();
  }

  #lend(call: Call): Caller {
    return new Lent(this.#view.by, call);
  }

  #here(): Spot {
    if (this.#spot === undefined) throw new StyxError(Eclunked);
    return this.#spot;
  }
}
