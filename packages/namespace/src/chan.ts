import {
  type Awaitable,
  canRead,
  canWrite,
  type Dir,
  Ebadarg,
  Eisdir,
  Enotdir,
  type File,
  OEXEC,
  OREAD,
  type Qid,
  QTDIR,
  StyxError,
  unpackDirs,
} from '@llambo/styx';
import { type Caller, nobody } from './caller.ts';
import { SEEKEND, SEEKRELA, SEEKSTART } from './constants.ts';
import type { Dev } from './dev-id.ts';
import { Ebadusefd, Eisstream, Enegoff, Etoosmall } from './errors.ts';
import type { Mhead, Mount } from './mounts.ts';
import { chain, ignore, isPromise, run, type Steps } from './steps.ts';

/** What one read of a directory by `dirread` asks for, in bytes. */
const DIRREAD = 8192;
const nothing = new Uint8Array(0);

/**
 * A channel: a file reached through a name space, and when open its offset and mode. Holders share it by `dup`, each
 * closes its own reference, and the last close gives the file up. An operation on a file that answers at once returns at
 * once; `by` says who asks and carries the signal that interrupts it.
 */
export class Chan {
  readonly file: File;
  readonly dev: Dev;
  /** The name by which it was reached, absolute and clean, fd2path(2). */
  readonly path: string;
  /** Where the next read or write goes, in bytes. */
  offset = 0;
  /** Bytes that one read or write moves unsplit; 0 when the server did not say, sys-iounit(2). */
  iounit = 0;
  #mode = -1;
  #refs = 1;
  #union: UnionReader | undefined;

  constructor(file: File, dev: Dev, path: string) {
    this.file = file;
    this.dev = dev;
    this.path = path;
  }

  get qid(): Qid {
    return this.file.qid;
  }

  /** OREAD, OWRITE or ORDWR; -1 when it is not open. OEXEC is OREAD by now. */
  get mode(): number {
    return this.#mode;
  }

  get isOpen(): boolean {
    return this.#mode >= 0 && this.#refs > 0;
  }

  get refs(): number {
    return this.#refs;
  }

  get isDir(): boolean {
    return (this.qid.type & QTDIR) !== 0;
  }

  /** For the evaluation of names: `file` was opened with `mode`; `head` when it is a union of several directories. */
  opened(mode: number, iounit: number, head?: Mhead): this {
    const access = mode & 3;
    this.#mode = access === OEXEC ? OREAD : access;
    this.iounit = iounit;
    if (head !== undefined) this.#union = new UnionReader(head);
    return this;
  }

  /** Another reference to this very channel, with the same offset. */
  dup(): this {
    this.#refs++;
    return this;
  }

  /** At most `count` bytes from the offset, which moves on; none at the end. The bytes are to be used at once. */
  read(count: number, by: Caller = nobody): Awaitable<Uint8Array> {
    if (!canRead(this.#mode) || !this.isOpen) throw new StyxError(Ebadusefd);
    if (!(count >= 0)) throw new StyxError(Etoosmall);
    if (this.#union !== undefined) return this.#advance(this.#union.read(count, by));
    const bytes = this.file.read(this.offset, count, by);
    return isPromise(bytes) ? this.#advance(bytes) : this.#moved(bytes);
  }

  /** As `read`, from `offset`, and the channel's own offset stays; directories are read from 0 or where the last read ended. */
  pread(offset: number, count: number, by: Caller = nobody): Awaitable<Uint8Array> {
    if (!canRead(this.#mode) || !this.isOpen) throw new StyxError(Ebadusefd);
    if (!(count >= 0)) throw new StyxError(Etoosmall);
    if (!(offset >= 0)) throw new StyxError(Enegoff);
    if (this.#union !== undefined) {
      if (offset === 0) this.#union.rewind();
      return this.#union.read(count, by);
    }
    const bytes = this.file.read(offset, count, by);
    return this.isDir ? chain(bytes, (records) => stamped(records, this.dev)) : bytes;
  }

  /** Writes `data` at the offset, which moves on by the bytes that were written; their number. */
  write(data: Uint8Array, by: Caller = nobody): Awaitable<number> {
    this.#checkWrite();
    const at = this.offset;
    const written = this.file.write(at, data, by);
    if (!isPromise(written)) {
      this.offset = at + written;
      return written;
    }
    // As the kernel: the offset moves before the write is done, so that the next write goes behind this one.
    this.offset += data.length;
    return written.then(
      (n) => {
        this.offset -= data.length - n;
        return n;
      },
      (error: unknown) => {
        this.offset -= data.length;
        throw error;
      },
    );
  }

  pwrite(offset: number, data: Uint8Array, by: Caller = nobody): Awaitable<number> {
    this.#checkWrite();
    if (!(offset >= 0)) throw new StyxError(Enegoff);
    return this.file.write(offset, data, by);
  }

  /** Moves the offset, sys-seek(2), and gives the new one. Directories go to 0 only, pipes nowhere. */
  seek(offset: number, whence: number = SEEKSTART, by: Caller = nobody): Awaitable<number> {
    if (this.dev.char === '|') throw new StyxError(Eisstream);
    if (this.isDir && (whence !== SEEKSTART || offset !== 0)) throw new StyxError(Eisdir);
    if (whence === SEEKSTART) return this.#seekTo(offset);
    if (whence === SEEKRELA) return this.#seekTo(this.offset + offset);
    if (whence === SEEKEND) return chain(this.stat(by), (dir) => this.#seekTo(Number(dir.length) + offset));
    throw new StyxError(Ebadarg);
  }

  /** The directory entry, with the type and number of the server that this name space knows it by. */
  stat(by: Caller = nobody): Awaitable<Dir> {
    return chain(this.file.stat(by), (dir) => ({
      ...dir,
      type: this.dev.char.codePointAt(0) as number,
      dev: this.dev.number,
    }));
  }

  wstat(dir: Dir, by: Caller = nobody): Awaitable<void> {
    return this.file.wstat(dir, by);
  }

  /** The next entries of a directory; none at its end, sys-dirread(2). */
  dirread(by: Caller = nobody): Awaitable<Dir[]> {
    if (!this.isDir) throw new StyxError(Enotdir);
    return chain(this.read(DIRREAD, by), (bytes) => unpackDirs(bytes));
  }

  /** Gives this reference up; the last one closes the file. More closes than references do nothing. */
  close(): Awaitable<void> {
    if (this.#refs <= 0 || --this.#refs > 0) return;
    this.#union?.close();
    this.#union = undefined;
    return this.file.clunk();
  }

  /** For whoever gave the file away (remove): nothing is left to clunk. */
  forget(): void {
    this.#refs = 0;
    this.#union?.close();
    this.#union = undefined;
  }

  #checkWrite(): void {
    if (!canWrite(this.#mode) || !this.isOpen) throw new StyxError(Ebadusefd);
    if (this.isDir) throw new StyxError(Eisdir);
  }

  #seekTo(offset: number): number {
    if (!(offset >= 0)) throw new StyxError(Enegoff);
    this.#union?.rewind();
    return (this.offset = offset);
  }

  #moved(bytes: Uint8Array): Uint8Array {
    this.offset += bytes.length;
    return this.isDir ? stamped(bytes, this.dev) : bytes;
  }

  #advance(bytes: Awaitable<Uint8Array>): Awaitable<Uint8Array> {
    return chain(bytes, (b) => {
      this.offset += b.length;
      return this.#union === undefined && this.isDir ? stamped(b, this.dev) : b;
    });
  }
}

/** Reads the members of a union one after the other; one that fails is passed over. */
class UnionReader {
  readonly #head: Mhead;
  #at = 0;
  #member: Chan | undefined;
  #busy: Promise<unknown> | undefined;

  constructor(head: Mhead) {
    this.#head = head.retain();
  }

  /** One read after the other: where the next one goes on is known when this one has ended. */
  read(count: number, by: Caller): Awaitable<Uint8Array> {
    if (this.#busy !== undefined) return this.#busy.then(() => this.read(count, by));
    const reading = run(this.#read(count, by));
    if (!isPromise(reading)) return reading;
    const done = (): void => {
      this.#busy = undefined;
    };
    this.#busy = reading.then(done, done);
    return reading;
  }

  *#read(count: number, by: Caller): Steps<Uint8Array> {
    const { mounts } = this.#head;
    while (this.#at < mounts.length) {
      try {
        if (this.#member === undefined) {
          const opening = openMember(mounts[this.#at] as Mount, by);
          this.#member = isPromise(opening) ? ((yield opening) as Chan) : opening;
        }
        const member: Chan = this.#member;
        const reading = member.read(count, by);
        const bytes: Uint8Array = isPromise(reading) ? yield reading : reading;
        if (bytes.length > 0) return bytes;
      } catch (error) {
        if (by.signal.aborted) throw error;
      }
      this.#at++;
      this.#drop();
    }
    return nothing;
  }

  rewind(): void {
    this.#at = 0;
    this.#drop();
  }

  close(): void {
    this.#drop();
    this.#head.release();
  }

  #drop(): void {
    const member = this.#member;
    this.#member = undefined;
    if (member !== undefined) ignore(() => member.close());
  }
}

function openMember(mount: Mount, by: Caller): Awaitable<Chan> {
  return run(
    (function* (): Steps<Chan> {
      const { to } = mount;
      const walking = to.file.walk([], by);
      const { file } = isPromise(walking) ? yield walking : walking;
      const opening = (file as File).open(OREAD, by);
      const { iounit } = isPromise(opening) ? yield opening : opening;
      return new Chan(file, to.dev, to.path).opened(OREAD, iounit);
    })(),
  );
}

/** The records of a directory read with `dev` as their type and dev, so that type, dev and qid name one file. */
function stamped(bytes: Uint8Array, dev: Dev): Uint8Array {
  const out = bytes.slice();
  const type = dev.char.codePointAt(0) as number;
  for (let at = 0; at + 8 <= out.length; at += 2 + (out[at] as number) + (out[at + 1] as number) * 256) {
    out[at + 2] = type & 0xff;
    out[at + 3] = type >> 8;
    for (let i = 0; i < 4; i++) out[at + 4 + i] = (dev.number >>> (8 * i)) & 0xff;
  }
  return out;
}
