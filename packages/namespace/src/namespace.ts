import type { Awaitable, Dir, File, FileServer } from '@llambo/styx';
import { Enotdir, StyxError } from '@llambo/styx';
import { bindName, checkFlags, type MountOptions, mountSource, unmountName } from './bind.ts';
import { type Caller, nobody } from './caller.ts';
import { Chan } from './chan.ts';
import { MREPL } from './constants.ts';
import { rootDevice } from './dev/root.ts';
import type { FileIO, Served } from './dev/srv.ts';
import { attachTo, devOf } from './dev-id.ts';
import { Eclosed } from './errors.ts';
import { exportTree } from './export.ts';
import { MountTable } from './mounts.ts';
import { access, createName, openName } from './open.ts';
import { type MountLine, mountLines, printNamespace } from './print.ts';
import { type Crossed, cross, reach, type Start, start } from './resolve.ts';
import { chain, ignore, isPromise, run, type Steps } from './steps.ts';
import { makePipe, readWhole, serveFile, writeWhole } from './use.ts';

/** Device servers by the character after `#`. */
export type Devices = ReadonlyMap<string, FileServer>;

export interface NamespaceOptions {
  /** User name that attaches to devices and servers. */
  readonly user: string;
  /** What `#x` names lead to; shared by reference, so one table serves any number of name spaces. */
  readonly devices?: Devices;
  /** What `/` is before anything is mounted on it; the root device when left out. */
  readonly root?: FileServer | File;
  /** Members of all unions together at most; any number when left out. */
  readonly mounts?: number;
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
  /** Members of all unions together at most. */
  readonly mostMounts: number;
  /** The table in use. For the evaluation of names only. */
  table: MountTable;
  /** Where `/` and relative names start. For the evaluation of names only. */
  slash: Chan;
  current: Chan;
  #refs = 1;

  private constructor(
    user: string,
    devices: Devices,
    table: MountTable,
    slash: Chan,
    current: Chan,
    mostMounts: number,
  ) {
    this.mostMounts = mostMounts;
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
      const most = options.mounts ?? Number.POSITIVE_INFINITY;
      return new Namespace(user, devices, new MountTable(), slash, slash.dup(), most);
    });
  }

  /** The working directory's name. */
  get dot(): string {
    return this.current.path;
  }

  /**
   * A copy that changes on its own from now on (FORKNS); costs one object until then. Of a name space that many machines
   * begin with, a machine's copy has its own user and devices.
   */
  fork({
    user = this.user,
    devices = this.devices,
  }: Pick<Partial<NamespaceOptions>, 'user' | 'devices'> = {}): Namespace {
    this.check();
    const copy = new Namespace(
      user,
      devices,
      this.table.retain(),
      this.slash.dup(),
      this.current.dup(),
      this.mostMounts,
    );
    copy.nodevs = this.nodevs;
    return copy;
  }

  /** An empty name space whose root is the working directory, as it is without what is mounted on it (NEWNS). */
  rooted(): Namespace {
    this.check();
    const root = this.current;
    // One reference under the name "/": the file itself is shared with `root`, which stays open as long as this one.
    const slash = new SharedChan(root.dup(), '/');
    const table = new MountTable();
    const fresh = new Namespace(this.user, this.devices, table, slash, root.dup(), this.mostMounts);
    fresh.nodevs = this.nodevs;
    return fresh;
  }

  /** From now on names that begin with `#` fail, but for the private devices of sys-pctl(2) (NODEVS). */
  forbidDevices(): void {
    this.nodevs = true;
  }

  /** Another holder of this very name space, as a process that is spawned is. */
  share(): this {
    this.check();
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
    return run(bindName(this, name, on, flags, by));
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
    return run(mountSource(this, source, on, flags, options, by));
  }

  /** Undoes the bind or mount of `name` at `on`, or with no name all that is there, sys-bind(2). */
  unmount(name: string | undefined, on: string, by: Caller = nobody): Awaitable<void> {
    return run(unmountName(this, name, on, by));
  }

  /** Makes the directory the start of relative names. */
  chdir(name: string, by: Caller = nobody): Awaitable<void> {
    return run(
      (function* (ns: Namespace): Steps<void> {
        const begin: Start = yield* start(ns, name, by);
        const chan: Chan = yield* reach(ns, begin, by);
        if (!chan.isDir) {
          ignore(() => chan.close());
          throw new StyxError(Enotdir);
        }
        const old = ns.current;
        ns.current = chan;
        ignore(() => old.close());
      })(this),
    );
  }

  /** Opens a file: OREAD, OWRITE, ORDWR or OEXEC, with OTRUNC and ORCLOSE, sys-open(2). */
  open(name: string, mode: number, by: Caller = nobody): Awaitable<Chan> {
    return run(openName(this, name, mode, by));
  }

  /**
   * Makes a file and opens it; one that exists is opened with OTRUNC instead, unless `mode` has OEXCL. In a union the file
   * goes into the first member that allows it (MCREATE).
   */
  create(name: string, mode: number, perm: number, by: Caller = nobody): Awaitable<Chan> {
    return run(createName(this, name, mode, perm, by));
  }

  stat(name: string, by: Caller = nobody): Awaitable<Dir> {
    return run(access(this, name, by, (chan) => chan.stat(by)));
  }

  wstat(name: string, dir: Dir, by: Caller = nobody): Awaitable<void> {
    return run(access(this, name, by, (chan) => chan.wstat(dir, by)));
  }

  /** The file of the name, not open, across its mount point; a reference of the caller's. */
  find(name: string, by: Caller = nobody): Awaitable<Chan> {
    return run(access(this, name, by, (chan) => chan.dup()));
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
    return run(makePipe(this, by));
  }

  /**
   * Makes the file `name` in the directory `dir`, on which `#s` must have been bound (in a union too), and has `io` serve
   * it, sys-file2chan(2).
   */
  file2chan(dir: string, name: string, io: FileIO, by: Caller = nobody): Awaitable<Served> {
    return run(serveFile(this, dir, name, io, by));
  }

  /** All bytes of a file, of which there may be at most `limit`. */
  readFile(name: string, by: Caller = nobody, limit: number = 1 << 26): Awaitable<Uint8Array> {
    return run(readWhole(this, name, by, limit));
  }

  /** Replaces the contents of a file, or makes it with the permissions `perm`. */
  writeFile(
    name: string,
    data: Uint8Array | string,
    by: Caller = nobody,
    perm: number = 0o666,
  ): Awaitable<void> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    return run(writeWhole(this, name, bytes, by, perm));
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

  /** The table for a change: a copy, if others share it. For bind and unmount only. */
  ownTable(): MountTable {
    this.check();
    if (this.table.shared) {
      const own = this.table.copy();
      this.table.release();
      this.table = own;
    }
    return this.table;
  }

  /** Throws when the name space has been closed. */
  check(): void {
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
