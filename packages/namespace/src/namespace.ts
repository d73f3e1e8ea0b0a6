import {
  type Awaitable,
  type Dir,
  DMDIR,
  Ebadarg,
  Eexists,
  type File,
  type FileServer,
  OEXEC,
  ORDWR,
  OREAD,
  OTRUNC,
  OWRITE,
  StyxError,
} from '@llambo/styx';
import { checkFileName } from '@llambo/styx/fs';
import { type Caller, nobody } from './caller.ts';
import { Chan } from './chan.ts';
import { MAFTER, MBEFORE, MCREATE, MMASK, MORDER, MREPL, OEXCL } from './constants.ts';
import { rootDevice } from './dev/root.ts';
import { type FileIO, type Served, srvDirOf } from './dev/srv.ts';
import { attachTo, devOf } from './dev-id.ts';
import { Eclosed, Eexecdir, Emount, Enodmdir, Enosrv, Eunion, Eunmount } from './errors.ts';
import { exportTree } from './export.ts';
import { Mhead, Mount, MountTable } from './mounts.ts';
import { type MountLine, mountLines, printNamespace } from './print.ts';
import {
  type Alias,
  type Crossed,
  cross,
  makeFile,
  named,
  openChan,
  type Reached,
  reach,
  type Start,
  sameFile,
  start,
  walk,
} from './resolve.ts';
import { chain, ignore, isPromise, run, type Steps } from './steps.ts';

/** Device servers by the character after `#`. */
export type Devices = ReadonlyMap<string, FileServer>;

export interface NamespaceOptions {
  /** User name that attaches to devices and servers. */
  readonly user: string;
  /** What `#x` names lead to; shared by reference, so one table serves any number of name spaces. */
  readonly devices?: Devices;
  /** What `/` is before anything is mounted on it; the root device when left out. */
  readonly root?: FileServer | File;
}

export interface MountOptions {
  /** Which tree of the server. */
  readonly aname?: string;
  /** What the printed name space says instead of the server: a dial string, the name of a pipe. */
  readonly source?: string;
  /** The channel that the server is behind, so that `unmount` of its name finds this mount. */
  readonly channel?: Chan;
}

let groups = 0;

/**
 * A process group's view of all files: a root, a current directory and a mount table. Every call answers at once when the
 * files that it meets do, else by a promise; it throws (or rejects with) a StyxError. `by` is on whose behalf it runs, and
 * its signal interrupts the call.
 */
export class Namespace {
  /** Number of this group, as /prog/N/nsgrp gives it. */
  readonly id: number = ++groups;
  readonly user: string;
  readonly devices: Devices;
  /** Set by `forbidDevices`. */
  nodevs = false;
  /** The table in use. For the evaluation of names only. */
  table: MountTable;
  /** Where `/` and relative names start. For the evaluation of names only. */
  slash: Chan;
  current: Chan;
  #refs = 1;

  private constructor(user: string, devices: Devices, table: MountTable, slash: Chan, current: Chan) {
    this.user = user;
    this.devices = devices;
    this.table = table;
    this.slash = slash;
    this.current = current;
  }

  /** A name space with an empty mount table. Synchronous when its root attaches at once, as all devices do. */
  static create(options: NamespaceOptions, by: Caller = nobody): Awaitable<Namespace> {
    const { user, devices = new Map<string, FileServer>() } = options;
    const root = options.root ?? devices.get('/') ?? rootDevice();
    return chain(run(attachTo(root, user, '', by)), (file) => {
      const slash = new Chan(file, devOf(root, '/'), '/');
      return new Namespace(user, devices, new MountTable(), slash, slash.dup());
    });
  }

  /** The working directory's name. */
  get dot(): string {
    return this.current.path;
  }

  /** A copy that changes on its own from now on (FORKNS); costs one object until then. */
  fork(): Namespace {
    this.#check();
    const copy = new Namespace(
      this.user,
      this.devices,
      this.table.retain(),
      this.slash.dup(),
      this.current.dup(),
    );
    copy.nodevs = this.nodevs;
    return copy;
  }

  /** An empty name space whose root is the working directory, as it is without what is mounted on it (NEWNS). */
  rooted(): Namespace {
    this.#check();
    const root = this.current;
    // One reference under the name "/": the file itself is shared with `root`, which stays open as long as this one.
    const slash = new SharedChan(root.dup(), '/');
    const fresh = new Namespace(this.user, this.devices, new MountTable(), slash, root.dup());
    fresh.nodevs = this.nodevs;
    return fresh;
  }

  /** From now on names that begin with `#` fail, but for the private devices of sys-pctl(2) (NODEVS). */
  forbidDevices(): void {
    this.nodevs = true;
  }

  /** Another holder of this very name space, as a process that is spawned is. */
  share(): this {
    this.#check();
    this.#refs++;
    return this;
  }

  /** Gives a holder's reference up; the last one releases every mount. Channels that are open stay open. */
  close(): void {
    if (this.#refs <= 0 || --this.#refs > 0) return;
    this.table.release();
    ignore(() => this.slash.close());
    ignore(() => this.current.close());
  }

  /** Makes `on` another name of the file `name`, sys-bind(2). The id of the bind, which is greater than 0. */
  bind(name: string, on: string, flags: number = MREPL, by: Caller = nobody): Awaitable<number> {
    checkFlags(flags);
    return run(this.#bind(name, on, flags, by));
  }

  *#bind(name: string, on: string, flags: number, by: Caller): Steps<number> {
    const begin: Start = yield* start(this, name, by);
    const found: Chan = yield* reach(this, begin, by);
    const { chan, head }: Crossed = yield* cross(this, found, begin.direct, by);
    // What lies behind a mount point is known by its own name; a mounted root, which has none, by how it was mounted.
    const first = head?.first;
    const own = first === undefined ? chan.dup() : first.to.dup();
    try {
      return yield* this.#cover(own, head, on, flags, by, { aname: first?.spec, source: first?.source });
    } finally {
      head?.release();
      ignore(() => own.close());
      ignore(() => chan.close());
    }
  }

  /**
   * Makes the tree of `source` appear at the directory (or, for a root that is no directory, the file) `on`: a server to
   * attach to, or a root that stays the caller's own. The id of the mount.
   */
  mount(
    source: FileServer | File,
    on: string,
    flags: number = MREPL,
    options: MountOptions = {},
    by: Caller = nobody,
  ): Awaitable<number> {
    checkFlags(flags);
    return run(this.#mount(source, on, flags, options, by));
  }

  *#mount(
    source: FileServer | File,
    on: string,
    flags: number,
    options: MountOptions,
    by: Caller,
  ): Steps<number> {
    this.#check();
    const file: File = yield* attachTo(source, by.user ?? this.user, options.aname ?? '', by);
    const chan = new Chan(file, devOf(source), '#M');
    try {
      return yield* this.#cover(chan, undefined, on, flags, by, { source: '#M', ...options });
    } finally {
      ignore(() => chan.close());
    }
  }

  *#cover(
    chan: Chan,
    union: Mhead | undefined,
    on: string,
    flags: number,
    by: Caller,
    options: MountOptions,
  ): Steps<number> {
    const begin: Start = yield* start(this, on, by);
    const old: Chan = yield* reach(this, begin, by);
    try {
      return this.#enter(chan, union, old, flags, options);
    } finally {
      ignore(() => old.close());
    }
  }

  /** Changes the table, all at once. */
  #enter(chan: Chan, union: Mhead | undefined, old: Chan, flags: number, options: MountOptions): number {
    const order = flags & MORDER;
    if (chan.isDir !== old.isDir || (!old.isDir && order !== MREPL)) throw new StyxError(Emount);
    // Creation goes into one directory: a union can't be bound for it, unless it is one member that allows it already.
    if (flags & MCREATE && union !== undefined) {
      if (union.mounts.length > 1 || !(union.first.flags & MCREATE)) throw new StyxError(Emount);
    }
    const table = this.#ownTable();
    const head = table.find(old.dev, old.qid.path);
    let members = head?.mounts ?? [];
    if (head === undefined && order !== MREPL) members = [new Mount(old, 0)];
    const { aname, source, channel } = options;
    const mount = new Mount(chan, flags, aname, source, channel);
    const added = [mount];
    for (const { to, spec, source } of union?.mounts.slice(1) ?? []) {
      added.push(new Mount(to, order === MREPL ? MAFTER : order, spec, source));
    }
    if (order === MREPL) members = added;
    else if (order === MAFTER) members = [...members, ...added];
    else members = [...added, ...members];
    table.replace(head, new Mhead(head?.from ?? old, members));
    return mount.id;
  }

  /** Undoes the bind or mount of `name` at `on`, or with no name all that is there, sys-bind(2). */
  unmount(name: string | undefined, on: string, by: Caller = nobody): Awaitable<void> {
    return run(this.#unmount(name, on, by));
  }

  *#unmount(name: string | undefined, on: string, by: Caller): Steps<void> {
    const begin: Start = yield* start(this, on, by);
    const point: Chan = yield* reach(this, begin, by);
    let member: Chan | undefined;
    try {
      if (name) {
        const from: Start = yield* start(this, name, by);
        const found: Chan = yield* reach(this, from, by);
        const crossed: Crossed = yield* cross(this, found, from.direct, by);
        crossed.head?.release();
        member = crossed.chan;
        const { file } = member;
        const other = 'alias' in file ? (file as Alias).alias(OREAD, by) : undefined;
        if (other !== undefined) {
          ignore(() => crossed.chan.close());
          member = other;
        }
      }
      this.#leave(point, member);
    } finally {
      ignore(() => point.close());
      if (member !== undefined) ignore(() => (member as Chan).close());
    }
  }

  #leave(point: Chan, member: Chan | undefined): void {
    const head = this.table.find(point.dev, point.qid.path);
    if (head === undefined) throw new StyxError(Eunmount);
    let rest: readonly Mount[] = [];
    if (member !== undefined) {
      const at = head.mounts.findIndex(
        ({ to, channel }) => sameFile(to, member) || (channel !== undefined && sameFile(channel, member)),
      );
      if (at < 0) throw new StyxError(Eunion);
      rest = head.mounts.filter((_, i) => i !== at);
    }
    this.#ownTable().replace(head, rest.length > 0 ? new Mhead(head.from, rest) : undefined);
  }

  /** Makes the directory the start of relative names. */
  chdir(name: string, by: Caller = nobody): Awaitable<void> {
    return run(
      (function* (ns: Namespace): Steps<void> {
        const begin: Start = yield* start(ns, name, by);
        const chan: Chan = yield* reach(ns, begin, by);
        if (!chan.isDir) {
          ignore(() => chan.close());
          throw new StyxError('not a directory');
        }
        const old = ns.current;
        ns.current = chan;
        ignore(() => old.close());
      })(this),
    );
  }

  /** Opens a file: OREAD, OWRITE, ORDWR or OEXEC, with OTRUNC and ORCLOSE, sys-open(2). */
  open(name: string, mode: number, by: Caller = nobody): Awaitable<Chan> {
    return run(this.#open(name, mode, by));
  }

  *#open(name: string, mode: number, by: Caller): Steps<Chan> {
    checkMode(mode);
    const begin: Start = yield* start(this, name, by);
    const chan: Chan = yield* reach(this, begin, by);
    if ((mode & 3) === OEXEC && chan.isDir) {
      ignore(() => chan.close());
      throw new StyxError(Eexecdir);
    }
    return yield* openChan(this, chan, mode, begin.direct, by);
  }

  /**
   * Makes a file and opens it; one that exists is opened with OTRUNC instead, unless `mode` has OEXCL. In a union the file
   * goes into the first member that allows it (MCREATE).
   */
  create(name: string, mode: number, perm: number, by: Caller = nobody): Awaitable<Chan> {
    return run(this.#create(name, mode, perm, by));
  }

  *#create(name: string, mode: number, perm: number, by: Caller): Steps<Chan> {
    const exclusive = (mode & OEXCL) !== 0;
    mode &= ~OEXCL;
    checkMode(mode);
    const begin: Start = yield* start(this, name, by);
    const { names, directory } = begin.parts;
    const last = names[names.length - 1];
    if (last === undefined || (directory && (perm & DMDIR) === 0)) {
      ignore(() => begin.chan.close());
      if (last === undefined) throw new StyxError(Eexists);
      throw named(begin, names.length, new StyxError(Enodmdir));
    }
    const reached: Reached = { names: 0 };
    let parent: Chan;
    try {
      parent = yield* walk(this, begin.chan, names.slice(0, -1), begin.direct, reached, by);
    } catch (error) {
      throw named(begin, reached.names, error);
    }
    try {
      const existing: Chan | undefined = yield* this.#lookup(parent, last, begin.direct, by);
      if (existing !== undefined) {
        if (exclusive) {
          ignore(() => existing.close());
          throw new StyxError(Eexists);
        }
        return yield* openChan(this, existing, mode | OTRUNC, begin.direct, by);
      }
      try {
        return yield* makeFile(this, parent, last, mode, perm, begin.direct, by);
      } catch (error) {
        if (exclusive || by.signal.aborted) throw error;
        // Somebody else may have made the file since the walk: open(5) says to try that once more.
        const made: Chan | undefined = yield* this.#lookup(parent, last, begin.direct, by);
        if (made === undefined) throw error;
        return yield* openChan(this, made, mode | OTRUNC, begin.direct, by);
      }
    } finally {
      ignore(() => parent.close());
    }
  }

  /** The file `name` in the directory, whose reference stays the caller's; undefined when there is none. */
  *#lookup(parent: Chan, name: string, direct: boolean, by: Caller): Steps<Chan | undefined> {
    try {
      return yield* walk(this, parent.dup(), [name], direct, { names: 0 }, by);
    } catch (error) {
      if (by.signal.aborted) throw error;
      return undefined;
    }
  }

  stat(name: string, by: Caller = nobody): Awaitable<Dir> {
    return run(this.#access(name, by, (chan) => chan.stat(by)));
  }

  wstat(name: string, dir: Dir, by: Caller = nobody): Awaitable<void> {
    return run(this.#access(name, by, (chan) => chan.wstat(dir, by)));
  }

  /** The file of the name, not open, across its mount point; a reference of the caller's. */
  find(name: string, by: Caller = nobody): Awaitable<Chan> {
    return run(this.#access(name, by, (chan) => chan.dup()));
  }

  *#access<T>(name: string, by: Caller, use: (chan: Chan) => Awaitable<T>): Steps<T> {
    const begin: Start = yield* start(this, name, by);
    const found: Chan = yield* reach(this, begin, by);
    const { chan, head }: Crossed = yield* cross(this, found, begin.direct, by);
    head?.release();
    try {
      const value = use(chan);
      return isPromise(value) ? yield value : value;
    } finally {
      ignore(() => chan.close());
    }
  }

  remove(name: string, by: Caller = nobody): Awaitable<void> {
    return run(
      (function* (ns: Namespace): Steps<void> {
        const begin: Start = yield* start(ns, name, by);
        const found: Chan = yield* reach(ns, begin, by);
        const { chan, head }: Crossed = yield* cross(ns, found, begin.direct, by);
        head?.release();
        chan.forget();
        const removing = chan.file.remove(by);
        if (isPromise(removing)) yield removing;
      })(this),
    );
  }

  /** The two ends of a new pipe, open for reading and writing, sys-pipe(2). */
  pipe(by: Caller = nobody): Awaitable<[Chan, Chan]> {
    return run(
      (function* (ns: Namespace): Steps<[Chan, Chan]> {
        const finding = ns.find('#|', by);
        const dir: Chan = isPromise(finding) ? yield finding : finding;
        const ends: Chan[] = [];
        try {
          for (const name of ['data', 'data1']) {
            const end: Chan = yield* walk(ns, dir.dup(), [name], true, { names: 0 }, by);
            ends.push(yield* openChan(ns, end, ORDWR, true, by));
          }
          return ends as [Chan, Chan];
        } catch (error) {
          for (const end of ends) ignore(() => end.close());
          throw error;
        } finally {
          ignore(() => dir.close());
        }
      })(this),
    );
  }

  /**
   * Makes the file `name` in the directory `dir`, on which `#s` must have been bound (in a union too), and has `io` serve
   * it, sys-file2chan(2).
   */
  file2chan(dir: string, name: string, io: FileIO, by: Caller = nobody): Awaitable<Served> {
    return run(
      (function* (ns: Namespace): Steps<Served> {
        checkFileName(name);
        const begin: Start = yield* start(ns, dir, by);
        const found: Chan = yield* reach(ns, begin, by);
        const { chan, head }: Crossed = yield* cross(ns, found, begin.direct, by);
        try {
          for (const { file } of [chan, ...(head?.mounts ?? []).map(({ to }) => to)]) {
            const served = srvDirOf(file)?.add(name, io);
            if (served !== undefined) return served;
          }
          throw new StyxError(Enosrv);
        } finally {
          head?.release();
          ignore(() => chan.close());
        }
      })(this),
    );
  }

  /** All bytes of a file, of which there may be at most `limit`. */
  readFile(name: string, by: Caller = nobody, limit: number = 1 << 26): Awaitable<Uint8Array> {
    return run(
      (function* (ns: Namespace): Steps<Uint8Array> {
        const opening = ns.open(name, OREAD, by);
        const chan: Chan = isPromise(opening) ? yield opening : opening;
        try {
          const pieces: Uint8Array[] = [];
          for (let total = 0; ; ) {
            const reading = chan.read(Math.max(8192, chan.iounit), by);
            const bytes: Uint8Array = isPromise(reading) ? yield reading : reading;
            if (bytes.length === 0) return joined(pieces, total);
            total += bytes.length;
            if (total > limit) throw new StyxError('file too large');
            pieces.push(bytes.slice());
          }
        } finally {
          ignore(() => chan.close());
        }
      })(this),
    );
  }

  /** Replaces the contents of a file, or makes it with the permissions `perm`. */
  writeFile(
    name: string,
    data: Uint8Array | string,
    by: Caller = nobody,
    perm: number = 0o666,
  ): Awaitable<void> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    return run(
      (function* (ns: Namespace): Steps<void> {
        const opening = ns.create(name, OWRITE, perm, by);
        const chan: Chan = isPromise(opening) ? yield opening : opening;
        try {
          for (let at = 0; at < bytes.length; ) {
            const most = chan.iounit > 0 ? chan.iounit : 65536;
            const writing = chan.write(bytes.subarray(at, at + most), by);
            const n: number = isPromise(writing) ? yield writing : writing;
            if (n <= 0) throw new StyxError('i/o error');
            at += n;
          }
        } finally {
          ignore(() => chan.close());
        }
      })(this),
    );
  }

  /** The part of this name space at `name` as a server, for others to mount or for a Styx server to serve. */
  export(name: string = '/', by: Caller = nobody): FileServer {
    return exportTree(this, name, by);
  }

  /** What was bound and mounted, in the order in which it was done. */
  mounts(): MountLine[] {
    return mountLines(this);
  }

  /** The lines of ns(1): binds and mounts that would make this name space again, and the working directory. */
  toString(): string {
    return printNamespace(this);
  }

  #ownTable(): MountTable {
    this.#check();
    if (this.table.shared) {
      const own = this.table.copy();
      this.table.release();
      this.table = own;
    }
    return this.table;
  }

  #check(): void {
    if (this.#refs <= 0) throw new StyxError(Eclosed);
  }
}

/** The file of another channel under another name; closing it closes the other. */
class SharedChan extends Chan {
  readonly #under: Chan;

  constructor(under: Chan, path: string) {
    super(under.file, under.dev, path);
    this.#under = under;
  }

  override close(): Awaitable<void> {
    const last = this.refs === 1;
    if (!last) return super.close();
    this.forget();
    return this.#under.close();
  }
}

function checkFlags(flags: number): void {
  if ((flags & ~MMASK) !== 0 || (flags & MORDER) === (MBEFORE | MAFTER)) throw new StyxError(Ebadarg);
}

function checkMode(mode: number): void {
  if ((mode & ~0x73) !== 0) throw new StyxError(Ebadarg);
}

function joined(pieces: Uint8Array[], total: number): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array;
  const out = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
