import {
  type Call,
  type Dir,
  DMDIR,
  Eisdir,
  Enotdir,
  Enotfound,
  Eperm,
  type File,
  type FileServer,
  OREAD,
  OWRITE,
  type Qid,
  QTDIR,
  StyxError,
  type Walked,
} from '@llambo/styx';
import { DirReader, slice } from '@llambo/styx/fs';
import type { Caller } from '../caller.ts';
import type { Chan } from '../chan.ts';
import { Ebadfd, Ebadusefd } from '../errors.ts';
import type { FdGroup } from '../fd-group.ts';
import type { Alias } from '../resolve.ts';

/**
 * `#d`: the open files of the caller, dup(3). Opening `n` through a name space gives the channel of descriptor n itself;
 * `nctl` says what it is.
 */
export function dupDevice(): FileServer {
  return device;
}

const device: FileServer = { attach: ({ uname }) => new DupDir(uname) };

function fdsOf(call: Call): FdGroup | undefined {
  return (call as Caller).fds;
}

/** One line of the `fd` file of prog(3); `width` is that of the widest version in the list. */
export function fdLine(fd: number, chan: Chan, width: number = 0): string {
  const mode = chan.mode === OREAD ? 'r ' : chan.mode === OWRITE ? 'w ' : 'rw';
  const { path, version, type } = chan.qid;
  const vers = String(version).padStart(width);
  const qid = `(${path.toString(16).padStart(16, '0')} ${vers} ${type.toString(16).padStart(2, '0')})`;
  const { char, number } = chan.dev;
  const unit = String(chan.iounit).padStart(5);
  const offset = String(chan.offset).padStart(8);
  return `${String(fd).padStart(3)} ${mode} ${char} ${String(number).padStart(4)} ${qid} ${unit} ${offset} ${chan.path}\n`;
}

const PERMS = [0o400, 0o200, 0o600];

function entry(name: string, qid: Qid, mode: number, user: string): Dir {
  const time = Math.floor(Date.now() / 1000);
  return {
    type: 0,
    dev: 0,
    qid,
    mode,
    atime: time,
    mtime: time,
    length: 0n,
    name,
    uid: user,
    gid: user,
    muid: user,
  };
}

abstract class DupBase {
  readonly user: string;

  constructor(user: string) {
    this.user = user;
  }

  create(): never {
    throw new StyxError(Eperm);
  }
  write(): never {
    throw new StyxError(Eperm);
  }
  wstat(): never {
    throw new StyxError(Eperm);
  }
  remove(): never {
    throw new StyxError(Eperm);
  }
  clunk(): void {}
}

class DupDir extends DupBase implements File {
  readonly qid: Qid = { type: QTDIR, version: 0, path: 0n };
  #reader: DirReader<Dir> | undefined;

  walk(names: readonly string[], call: Call): Walked {
    const [name, next] = names;
    if (name === undefined) return { qids: [], file: new DupDir(this.user) };
    if (name === '..') {
      const rest = this.walk(names.slice(1), call);
      return { ...rest, qids: [this.qid, ...rest.qids] };
    }
    const match = /^(0|[1-9][0-9]{0,8})(ctl)?$/.exec(name);
    const fd = Number(match?.[1] ?? -1);
    if (!match || !fdsOf(call)?.has(fd)) throw new StyxError(Enotfound);
    const file = new DupFile(this.user, fd, match[2] !== undefined);
    return next === undefined ? { qids: [file.qid], file } : { qids: [file.qid] };
  }

  open(mode: number): { qid: Qid; iounit: number } {
    if (mode !== OREAD) throw new StyxError(Eisdir);
    this.#reader = new DirReader((dir) => dir);
    return { qid: this.qid, iounit: 0 };
  }

  read(offset: number, count: number, call: Call): Uint8Array {
    if (this.#reader === undefined) throw new StyxError(Ebadusefd);
    if (offset === 0) {
      const dirs: Dir[] = [];
      for (const [fd] of fdsOf(call) ?? []) {
        for (const ctl of [false, true]) dirs.push(new DupFile(this.user, fd, ctl).stat(call));
      }
      this.#reader.rewind(dirs);
    }
    return this.#reader.read(offset, count);
  }

  stat(): Dir {
    return entry('#d', this.qid, (DMDIR | 0o555) >>> 0, this.user);
  }
}

class DupFile extends DupBase implements Alias {
  readonly qid: Qid;
  readonly #fd: number;
  readonly #ctl: boolean;

  constructor(user: string, fd: number, ctl: boolean) {
    super(user);
    this.#fd = fd;
    this.#ctl = ctl;
    this.qid = { type: 0, version: 0, path: BigInt(2 * fd + (ctl ? 2 : 1)) };
  }

  #chan(call: Call): Chan {
    const fds = fdsOf(call);
    if (fds === undefined) throw new StyxError(Ebadfd);
    return fds.get(this.#fd);
  }

  alias(mode: number, by: Caller): Chan | undefined {
    if (this.#ctl) return undefined;
    const chan = this.#chan(by);
    const want = mode & 3;
    if (chan.mode !== 2 && chan.mode !== (want === 3 ? OREAD : want)) throw new StyxError(Ebadusefd);
    return chan.dup();
  }

  walk(names: readonly string[]): Walked {
    if (names.length > 0) throw new StyxError(Enotdir);
    return { qids: [], file: new DupFile(this.user, this.#fd, this.#ctl) };
  }

  open(mode: number, call: Call): { qid: Qid; iounit: number } {
    this.#chan(call);
    if (!this.#ctl || mode !== OREAD) throw new StyxError(Eperm);
    return { qid: this.qid, iounit: 0 };
  }

  read(offset: number, count: number, call: Call): Uint8Array {
    const line = fdLine(this.#fd, this.#chan(call));
    return slice(new TextEncoder().encode(line), offset, count);
  }

  stat(call: Call): Dir {
    const perm = this.#ctl ? 0o400 : (PERMS[this.#chan(call).mode] ?? 0);
    return entry(this.#ctl ? `${this.#fd}ctl` : String(this.#fd), this.qid, perm, this.user);
  }
}
