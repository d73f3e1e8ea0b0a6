/** A folder of the host as a file server. */
import {
  type BigIntStats,
  chmodSync,
  chownSync,
  close,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  read as readFd,
  renameSync,
  rmdirSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  write as writeFd,
} from 'node:fs';
import { isSync } from '../codec/dir.ts';
import {
  canRead,
  canWrite,
  DMAPPEND,
  DMDIR,
  DMEXCL,
  DMEXEC,
  DMTMP,
  DMWRITE,
  NOTOUCH8,
  NOTOUCH16,
  NOTOUCH32,
  NOTOUCH64,
  ORCLOSE,
  ORDWR,
  OREAD,
  OTRUNC,
  OWRITE,
} from '../constants.ts';
import {
  Edirbit,
  Eexcl,
  Eexists,
  Eisdir,
  Emode,
  Enotdir,
  Enotfound,
  Enotopenread,
  Enotopenwrite,
  Eopen,
  Eperm,
  Eperms,
  Ereadonly,
  Etoobig,
  Ewstat,
  StyxError,
} from '../errors.ts';
import type { Attach, Awaitable, Dir, File, FileServer, Opened, Qid, Walked } from '../file.ts';
import { DirReader } from '../fs/dir-reader.ts';
import { checkFileName } from '../fs/names.ts';
import { permits, type Users, wanted } from '../fs/perm.ts';
import { hostDo, hostError } from './host-errors.ts';
import { HostNames } from './host-names.ts';
import { type Finder, finder, isComponent, type Place } from './host-path.ts';

export interface HostfsOptions {
  /** Refuse whatever would change the folder. */
  readonly readonly?: boolean;
  /** Who is in which group of the host; by default all are in the groups of the user that this process acts as. */
  readonly users?: Users;
}

export interface Hostfs extends FileServer {
  /** Lets go of the folder; files that are open stay so until they are clunked. */
  close(): void;
}

/**
 * Exports `folder`, and nothing else of the host: links, devices, pipes and sockets in it do not exist for a client.
 * Whoever attaches acts as the user that this process runs as, sees that user's files as their own, and is held to the
 * permissions of files and directories even where the process is not (as root). DMAPPEND, DMEXCL and DMTMP, which a host
 * can't store, hold as long as the server runs.
 */
export function hostfs(folder: string, options: HostfsOptions = {}): Hostfs {
  const host = hostDo(() => new Host(folder, options));
  return {
    attach: ({ uname }: Attach) => new HostFile(host, host.root.retain(), uname),
    close: () => host.finder.close(),
  };
}

/** Bits of a mode that create and wstat know. */
const MODES = (DMDIR | DMAPPEND | DMEXCL | DMTMP | 0o777) >>> 0;
const EXTRA = (DMAPPEND | DMEXCL | DMTMP) >>> 0;
const nothing = new Uint8Array(0);

/** A name that fids stand on. They share it, so that a rename through one of them moves them all. */
class Entry {
  name: string;
  parent: Entry | undefined;
  readonly kids: Map<string, Entry> = new Map();
  #removed = false;
  #refs = 0;

  constructor(name: string, parent: Entry | undefined) {
    this.name = name;
    this.parent = parent;
  }

  child(name: string): Entry {
    let kid = this.kids.get(name);
    if (kid === undefined) {
      kid = new Entry(name, this);
      this.kids.set(name, kid);
    }
    return kid;
  }

  /** Kept entries keep those above them. */
  retain(): this {
    if (this.#refs++ === 0) this.parent?.retain();
    return this;
  }

  release(): void {
    if (--this.#refs > 0) return;
    const { parent } = this;
    if (parent === undefined) return;
    if (parent.kids.get(this.name) === this) parent.kids.delete(this.name);
    parent.release();
  }

  rename(name: string): void {
    const { parent } = this;
    if (parent?.kids.get(this.name) === this) parent.kids.delete(this.name);
    // Nothing had this name: what stands on it refers to a file that is gone.
    parent?.kids.get(name)?.drop();
    this.name = name;
    parent?.kids.set(name, this);
  }

  /** The file is gone: a new one of that name is another entry. */
  drop(): void {
    this.#removed = true;
    if (this.parent?.kids.get(this.name) === this) this.parent.kids.delete(this.name);
  }

  names(): string[] {
    const names: string[] = [];
    for (let at: Entry = this; at.parent !== undefined; at = at.parent) {
      if (at.#removed) throw new StyxError(Enotfound);
      names.push(at.name);
    }
    return names.reverse();
  }
}

/** How many removed files are remembered, so that a new file with the same inode number is another file. */
const REMEMBERED = 65_536;

class Host {
  readonly finder: Finder;
  readonly root: Entry = new Entry('/', undefined);
  readonly names: HostNames = new HostNames();
  readonly readonly: boolean;
  readonly users: Users;
  /** DM bits that the host has no place for, by file. */
  readonly extra: Map<string, number> = new Map();
  /** Files that are open for exclusive use. */
  readonly exclusive: Set<string> = new Set();
  readonly #generations: Map<string, bigint> = new Map();
  readonly #device: bigint;

  constructor(folder: string, options: HostfsOptions) {
    this.finder = finder(folder);
    this.readonly = options.readonly === true;
    this.users = options.users ?? {
      isMember: (user, group) => user === group || this.names.inGroup(group),
      isLeader: (user, group) => user === group,
    };
    this.root.retain();
    this.#device = this.find(this.root, ({ stats }) => stats.dev);
  }

  /** Gives `use` the file of the entry for the time of the call. */
  find<T>(entry: Entry, use: (place: Place) => T): T {
    return hostDo(() => {
      const place = this.finder.find(entry.names());
      try {
        return use(place);
      } finally {
        place.close();
      }
    });
  }

  qid(stats: BigIntStats): Qid {
    const generation = this.#generations.get(keyOf(stats)) ?? 0n;
    // Inode numbers as they are on the folder's own device, the first time that they are used.
    const path =
      stats.ino + (stats.dev - this.#device) * 0x9e3779b97f4a7c15n + generation * 0xd1b54a32d192ed03n;
    const changed = stats.mtimeNs * 31n + stats.size;
    return {
      type: this.mode(stats) >>> 24,
      version: Number(BigInt.asUintN(32, changed ^ (changed >> 32n))),
      path: BigInt.asUintN(64, path),
    };
  }

  mode(stats: BigIntStats): number {
    const extra = this.extra.size > 0 ? (this.extra.get(keyOf(stats)) ?? 0) : 0;
    return (Number(stats.mode & 0o777n) | (stats.isDirectory() ? DMDIR : 0) | extra) >>> 0;
  }

  dir(stats: BigIntStats, name: string, user: string): Dir {
    const owner = Number(stats.uid);
    const uid = owner === this.names.self ? user : this.names.user(owner);
    return {
      type: 0,
      dev: 0,
      qid: this.qid(stats),
      mode: this.mode(stats),
      atime: seconds(stats.atimeNs),
      mtime: seconds(stats.mtimeNs),
      length: stats.isDirectory() ? 0n : stats.size,
      name,
      uid,
      gid: this.names.group(Number(stats.gid)),
      muid: uid,
    };
  }

  may(stats: BigIntStats, user: string, want: number): boolean {
    return permits(this.dir(stats, '', user), user, this.users, want);
  }

  /** The file is gone for good when this was its last name. */
  forget(stats: BigIntStats): void {
    if (stats.isFile() && stats.nlink > 1n) return;
    const key = keyOf(stats);
    this.extra.delete(key);
    const generation = (this.#generations.get(key) ?? 0n) + 1n;
    this.#generations.delete(key);
    this.#generations.set(key, generation);
    if (this.#generations.size > REMEMBERED) {
      for (const oldest of this.#generations.keys()) {
        this.#generations.delete(oldest);
        break;
      }
    }
  }
}

function keyOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function seconds(ns: bigint): number {
  return Number(BigInt.asUintN(32, ns / 1_000_000_000n));
}

class HostFile implements File {
  /** Every read has a buffer of its own. */
  readonly stable = true;
  readonly #host: Host;
  readonly #user: string;
  #entry: Entry;
  #qid: Qid;
  #mode = -1;
  #fd: HostFd | undefined;
  #reader: DirReader<string> | undefined;
  /** The open directory, while it is being read. */
  #reading = '';
  #exclusive = '';
  #gone = false;

  constructor(host: Host, entry: Entry, user: string, qid?: Qid) {
    this.#host = host;
    this.#entry = entry;
    this.#user = user;
    this.#qid = qid ?? host.find(entry, ({ stats }) => host.qid(stats));
  }

  get qid(): Qid {
    return this.#qid;
  }

  walk(names: readonly string[]): Walked {
    const host = this.#host;
    let entry = this.#entry.retain();
    const qids: Qid[] = [];
    try {
      let place = names.length > 0 ? host.find(entry, ({ stats }) => stats) : undefined;
      for (const name of names) {
        const stats = place as BigIntStats;
        if (!stats.isDirectory()) throw new StyxError(Enotdir);
        if (!host.may(stats, this.#user, DMEXEC)) throw new StyxError(Eperm);
        const from = entry;
        if (name === '..') entry = (from.parent ?? from).retain();
        else if (isComponent(name)) entry = from.child(name).retain();
        else throw new StyxError(Enotfound);
        from.release();
        place = host.find(entry, (found) => found.stats);
        qids.push(host.qid(place));
      }
    } catch (error) {
      entry.release();
      if (qids.length === 0) throw error;
      return { qids };
    }
    return { qids, file: new HostFile(host, entry, this.#user, qids[qids.length - 1] ?? this.#qid) };
  }

  open(mode: number): Opened {
    this.#checkOpen(mode);
    const host = this.#host;
    return host.find(this.#entry, (place) => {
      const { stats } = place;
      if (stats.isDirectory() && mode !== OREAD) throw new StyxError(Eisdir);
      if (!host.may(stats, this.#user, wanted(mode))) throw new StyxError(Eperm);
      if (mode & ORCLOSE) this.#checkParent();
      const append = (host.mode(stats) & DMAPPEND) !== 0;
      this.#lock(stats);
      try {
        if (!stats.isDirectory()) {
          this.#fd = new HostFd(place.open(flagsOf(mode) | (append ? constants.O_APPEND : 0)));
          if (mode & OTRUNC && !append) truncateSync(place.path);
        }
      } catch (error) {
        this.#fd?.close();
        this.#fd = undefined;
        this.#unlock();
        throw error;
      }
      return this.#opened(mode, this.#fd?.stats() ?? stats);
    });
  }

  #opened(mode: number, stats: BigIntStats): Opened {
    this.#mode = mode;
    this.#qid = this.#host.qid(stats);
    if (stats.isDirectory()) this.#reader = new DirReader((name) => this.#listed(name));
    return { qid: this.#qid, iounit: 0 };
  }

  create(name: string, perm: number, mode: number): Opened {
    this.#checkOpen(mode);
    const host = this.#host;
    const parent = this.#entry;
    checkFileName(name);
    return host.find(parent, (place) => {
      if (!place.stats.isDirectory()) throw new StyxError(Enotdir);
      if (host.readonly) throw new StyxError(Ereadonly);
      if (!isComponent(name)) throw new StyxError(Eperm);
      if (!host.may(place.stats, this.#user, DMWRITE)) throw new StyxError(Eperm);
      if ((perm & ~MODES) !== 0) throw new StyxError(Eperms);
      const path = `${place.path}/${name}`;
      if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw new StyxError(Eexists);
      if (perm & DMDIR && mode !== OREAD) throw new StyxError(Eisdir);
      const mask = perm & DMDIR ? 0o777 : 0o666;
      const masked = (perm & (~mask | host.mode(place.stats))) >>> 0;
      const entry = parent.child(name).retain();
      let stats: BigIntStats;
      try {
        if (perm & DMDIR) stats = this.#makeDir(path, entry, masked);
        else stats = this.#makeFile(path, masked, mode, place.stats);
      } catch (error) {
        entry.release();
        throw error;
      }
      if (masked & EXTRA) host.extra.set(keyOf(stats), (masked & EXTRA) >>> 0);
      this.#entry = entry;
      parent.release();
      this.#lock(stats);
      return this.#opened(mode, stats);
    });
  }

  #makeDir(path: string, entry: Entry, perm: number): BigIntStats {
    mkdirSync(path, 0o700);
    // By way of the directory itself: its name might be a link to elsewhere by now.
    return this.#host.find(entry, (made) => {
      chmodSync(made.path, perm & 0o777);
      return statSync(made.path, { bigint: true });
    });
  }

  #makeFile(path: string, perm: number, mode: number, dir: BigIntStats): BigIntStats {
    const append = perm & DMAPPEND ? constants.O_APPEND : 0;
    const flags = flagsOf(mode) | append | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const fd = openSync(path, flags, 0o600);
    this.#fd = new HostFd(fd);
    try {
      // The host's umask and its idea of a new file's group don't count here.
      fchmodSync(fd, perm & 0o777);
      const { gid } = this.#fd.stats();
      if (gid !== dir.gid) tryTo(() => fchownSync(fd, this.#host.names.self, Number(dir.gid)));
      return this.#fd.stats();
    } catch (error) {
      this.#fd.close();
      this.#fd = undefined;
      tryTo(() => unlinkSync(path));
      throw error;
    }
  }

  read(offset: number, count: number): Awaitable<Uint8Array> {
    if (this.#mode < 0 || !canRead(this.#mode)) throw new StyxError(Enotopenread);
    if (this.#fd !== undefined) return this.#fd.read(offset, count);
    const reader = this.#reader as DirReader<string>;
    return this.#host.find(this.#entry, ({ path }) => {
      if (offset === 0) reader.rewind(namesIn(path));
      this.#reading = path;
      return reader.read(offset, count);
    });
  }

  #listed(name: string): Dir | undefined {
    const stats = lstatSync(`${this.#reading}/${name}`, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return undefined;
    return this.#host.dir(stats, name, this.#user);
  }

  write(offset: number, data: Uint8Array): Awaitable<number> {
    if (this.#mode < 0 || !canWrite(this.#mode) || this.#fd === undefined) throw new StyxError(Enotopenwrite);
    return this.#fd.write(offset, data);
  }

  stat(): Dir {
    const { name } = this.#entry;
    if (this.#fd !== undefined) return this.#host.dir(this.#fd.stats(), name, this.#user);
    return this.#host.find(this.#entry, ({ stats }) => this.#host.dir(stats, name, this.#user));
  }

  wstat(to: Dir): Awaitable<void> {
    if (isSync(to)) return this.#fd?.sync();
    const host = this.#host;
    host.find(this.#entry, (place) => {
      if (host.readonly) throw new StyxError(Ereadonly);
      this.#change(place, to);
    });
  }

  /** Checks all, then changes all; what fails half way is taken back. */
  #change(place: Place, to: Dir): void {
    const host = this.#host;
    const { stats, path } = place;
    const is = host.dir(stats, this.#entry.name, this.#user);
    checkFixed(to, is);
    const renames = to.name !== '' && to.name !== is.name;
    const resizes = to.length !== NOTOUCH64 && to.length !== is.length;
    const remodes = to.mode !== NOTOUCH32 && to.mode !== is.mode;
    const retimes = to.mtime !== NOTOUCH32 && to.mtime !== is.mtime;
    const regroups = to.gid !== '' && to.gid !== is.gid;
    const lead = this.#user === is.uid || host.users.isLeader(this.#user, is.gid);
    if (renames) {
      checkFileName(to.name);
      if (!isComponent(to.name)) throw new StyxError(Eperm);
      this.#checkParent();
    }
    if (resizes) {
      if (stats.isDirectory()) throw new StyxError(Eisdir);
      if (!host.may(stats, this.#user, DMWRITE)) throw new StyxError(Eperm);
      if (is.mode & DMAPPEND && to.length < is.length) throw new StyxError(Eperm);
      if (to.length > BigInt(Number.MAX_SAFE_INTEGER)) throw new StyxError(Etoobig);
    }
    if (remodes) {
      if ((to.mode ^ is.mode) & DMDIR) throw new StyxError(Edirbit);
      if ((to.mode & ~MODES) !== 0) throw new StyxError(Eperms);
    }
    if ((remodes || retimes) && !lead) throw new StyxError(Eperm);
    const gid = regroups ? this.#checkGroup(is, to.gid) : 0;

    const undo: (() => void)[] = [];
    try {
      if (regroups) {
        chownSync(path, Number(stats.uid), gid);
        undo.push(() => chownSync(path, Number(stats.uid), Number(stats.gid)));
      }
      if (remodes) {
        chmodSync(path, to.mode & 0o777);
        undo.push(() => chmodSync(path, Number(stats.mode & 0o7777n)));
      }
      if (renames) undo.push(this.#rename(to.name));
      if (resizes) truncateSync(path, Number(to.length));
      if (retimes) utimesSync(path, is.atime, to.mtime);
    } catch (error) {
      for (const back of undo.reverse()) tryTo(back);
      throw error;
    }
    if (remodes) {
      if (to.mode & EXTRA) host.extra.set(keyOf(stats), (to.mode & EXTRA) >>> 0);
      else host.extra.delete(keyOf(stats));
    }
  }

  /** Renames the file in its directory; gives the way back. */
  #rename(name: string): () => void {
    const entry = this.#entry;
    const from = entry.name;
    const move = (to: string): void =>
      this.#host.find(entry.parent as Entry, ({ path }) => {
        if (lstatSync(`${path}/${to}`, { throwIfNoEntry: false }) !== undefined) throw new StyxError(Eexists);
        renameSync(`${path}/${entry.name}`, `${path}/${to}`);
        entry.rename(to);
      });
    move(name);
    return () => move(from);
  }

  #checkGroup(is: Dir, name: string): number {
    const { users, names } = this.#host;
    const user = this.#user;
    const may =
      (user === is.uid && users.isMember(user, name)) ||
      (users.isLeader(user, is.gid) && users.isLeader(user, name));
    const gid = names.groupId(name);
    if (!may || gid === undefined) throw new StyxError(Eperm);
    return gid;
  }

  /** Removing and renaming are a matter of the directory. */
  #checkParent(): void {
    const { parent } = this.#entry;
    if (parent === undefined) throw new StyxError(Eperm);
    const may = this.#host.find(parent, ({ stats }) => this.#host.may(stats, this.#user, DMWRITE));
    if (!may) throw new StyxError(Eperm);
  }

  remove(): Awaitable<void> {
    if (this.#gone) return;
    const entry = this.#entry.retain();
    const closed = this.#close();
    const rest = (): void => {
      try {
        if (this.#host.readonly) throw new StyxError(Ereadonly);
        this.#checkParent();
        unlink(this.#host, entry);
      } finally {
        entry.release();
      }
    };
    return closed instanceof Promise ? closed.then(rest) : rest();
  }

  clunk(): Awaitable<void> {
    if (this.#gone) return;
    const opened = this.#mode >= 0 && (this.#mode & ORCLOSE) !== 0 ? this.#qid.path : undefined;
    const entry = this.#entry.retain();
    const closed = this.#close();
    const rest = (): void => {
      try {
        // What has this name now may be another file, which nobody asked to remove.
        if (opened !== undefined) unlink(this.#host, entry, opened);
      } finally {
        entry.release();
      }
    };
    return closed instanceof Promise ? closed.then(rest) : rest();
  }

  #close(): Awaitable<void> {
    this.#gone = true;
    this.#mode = -1;
    this.#unlock();
    this.#entry.release();
    return this.#fd?.close();
  }

  #checkOpen(mode: number): void {
    if (this.#mode >= 0) throw new StyxError(Eopen);
    if ((mode & ~(3 | OTRUNC | ORCLOSE)) !== 0) throw new StyxError(Emode);
    const writes = (mode & 3) === OWRITE || (mode & 3) === ORDWR || (mode & (OTRUNC | ORCLOSE)) !== 0;
    if (writes && this.#host.readonly) throw new StyxError(Ereadonly);
  }

  #lock(stats: BigIntStats): void {
    if (!(this.#host.mode(stats) & DMEXCL)) return;
    const key = keyOf(stats);
    if (this.#host.exclusive.has(key)) throw new StyxError(Eexcl);
    this.#host.exclusive.add(key);
    this.#exclusive = key;
  }

  #unlock(): void {
    if (this.#exclusive !== '') this.#host.exclusive.delete(this.#exclusive);
    this.#exclusive = '';
  }
}

/** What no wstat may change, stat(5): a value that is not "don't touch" must be the one that is there. */
function checkFixed(to: Dir, is: Dir): void {
  const same =
    (to.type === NOTOUCH16 || to.type === is.type) &&
    (to.dev === NOTOUCH32 || to.dev === is.dev) &&
    (to.qid.type === NOTOUCH8 || to.qid.type === is.qid.type) &&
    (to.qid.version === NOTOUCH32 || to.qid.version === is.qid.version) &&
    (to.qid.path === NOTOUCH64 || to.qid.path === is.qid.path) &&
    (to.atime === NOTOUCH32 || to.atime === is.atime) &&
    (to.uid === '' || to.uid === is.uid) &&
    (to.muid === '' || to.muid === is.muid);
  if (!same) throw new StyxError(Ewstat);
}

/** Removes the file of the entry; with `only`, if it is the one with that qid path. */
function unlink(host: Host, entry: Entry, only?: bigint): void {
  if (entry.parent === undefined) throw new StyxError(Eperm);
  host.find(entry.parent, ({ path }) => {
    const name = `${path}/${entry.name}`;
    const stats = lstatSync(name, { bigint: true });
    if (!(stats.isFile() || stats.isDirectory())) throw new StyxError(Enotfound);
    if (only !== undefined && host.qid(stats).path !== only) return;
    if (stats.isDirectory()) rmdirSync(name);
    else unlinkSync(name);
    host.forget(stats);
    entry.drop();
  });
}

/** The names of a directory that are text; others can't be said in 9P. */
function namesIn(path: string): string[] {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const names: string[] = [];
  for (const bytes of readdirSync(path, { encoding: 'buffer' })) {
    try {
      names.push(strict.decode(bytes));
    } catch {
      // not a name that a client could use
    }
  }
  return names;
}

function flagsOf(mode: number): number {
  const access = mode & 3;
  if (access === OWRITE) return constants.O_WRONLY;
  return access === ORDWR ? constants.O_RDWR : constants.O_RDONLY;
}

function tryTo(work: () => void): void {
  try {
    work();
  } catch {
    // there is nothing better to do
  }
}

/** A file descriptor that is closed when the last read or write on it has ended. */
class HostFd {
  readonly #fd: number;
  #busy = 0;
  #closed: (() => void) | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  stats(): BigIntStats {
    return hostDo(() => fstatSync(this.#fd, { bigint: true }));
  }

  read(offset: number, count: number): Awaitable<Uint8Array> {
    const size = Number(this.stats().size);
    // A file of length 0 may be one that does not know it, as in /proc.
    const most = size === 0 ? Math.min(count, 65536) : Math.min(count, size - offset);
    if (most <= 0) return nothing;
    const bytes = Buffer.allocUnsafeSlow(most);
    return this.#run((done) => readFd(this.#fd, bytes, 0, most, offset, done)).then((n) =>
      bytes.subarray(0, n),
    );
  }

  write(offset: number, data: Uint8Array): Awaitable<number> {
    if (data.length === 0) return 0;
    return this.#run((done) => writeFd(this.#fd, data, 0, data.length, offset, done));
  }

  sync(): Promise<void> {
    return this.#run((done) => fsync(this.#fd, (error) => done(error, 0))).then(() => {});
  }

  #run(start: (done: (error: Error | null, n: number) => void) => void): Promise<number> {
    this.#busy++;
    return new Promise((resolve, reject) => {
      start((error, n) => {
        if (--this.#busy === 0) this.#closed?.();
        if (error) reject(hostError(error));
        else resolve(n);
      });
    });
  }

  close(): Awaitable<void> {
    if (this.#busy === 0) {
      close(this.#fd, () => {});
      return;
    }
    return new Promise((resolve) => {
      this.#closed = () => {
        close(this.#fd, () => {});
        resolve();
      };
    });
  }
}
