/** A folder of the host as a file server. */
import {
  type BigIntStats,
  chmodSync,
  constants,
  fchmodSync,
  fchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import { isSync } from '../codec/dir.ts';
import {
  canRead,
  canWrite,
  DMAPPEND,
  DMDIR,
  DMEXCL,
  DMEXEC,
  DMWRITE,
  ORCLOSE,
  ORDWR,
  OREAD,
  OTRUNC,
  OWRITE,
} from '../constants.ts';
import {
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
  StyxError,
} from '../errors.ts';
import type { Attach, Awaitable, Dir, File, FileServer, Opened, Qid, Walked } from '../file.ts';
import { DirReader } from '../fs/dir-reader.ts';
import { checkFileName } from '../fs/names.ts';
import { wanted } from '../fs/perm.ts';
import { checkParent, Host, type HostfsOptions, keyOf, MODES, unlink } from './host.ts';
import type { Entry } from './host-entry.ts';
import { hostDo, tryTo } from './host-errors.ts';
import { HostFd } from './host-fd.ts';
import { isComponent } from './host-path.ts';
import { change } from './host-wstat.ts';

export type { HostfsOptions } from './host.ts';

export interface Hostfs extends FileServer {
  /** Lets go of the folder; files that are open stay so until they are clunked. */
  close(): void;
}

/**
 * Exports `folder`, and nothing else of the host: links, devices, pipes and sockets in it do not exist for a client.
 * Whoever attaches acts as the user that this process runs as, sees that user's files as their own, and is held to the
 * permissions of files and directories even where the process is not (as root). What a host can't store holds as long as the
 * server runs: who made a file, DMAPPEND, DMEXCL and DMTMP.
 */
export function hostfs(folder: string, options: HostfsOptions = {}): Hostfs {
  const host = hostDo(() => new Host(folder, options));
  return {
    attach: ({ uname }: Attach) => new HostFile(host, host.root.retain(), uname),
    close: () => host.finder.close(),
  };
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
      if (mode & ORCLOSE) checkParent(this.#host, this.#entry, this.#user);
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
      host.made(stats, this.#user, masked);
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
      change(host, this.#entry, this.#user, place, to);
    });
  }

  remove(): Awaitable<void> {
    if (this.#gone) return;
    const entry = this.#entry.retain();
    const closed = this.#close();
    const rest = (): void => {
      try {
        if (this.#host.readonly) throw new StyxError(Ereadonly);
        checkParent(this.#host, this.#entry, this.#user);
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
        // What has this name now may be another file, which nobody asked to remove; or somebody else was faster.
        if (opened !== undefined) tryTo(() => unlink(this.#host, entry, opened));
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
