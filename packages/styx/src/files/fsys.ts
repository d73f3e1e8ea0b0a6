/** Files by path names, over the root of any tree: a server's, by a client, or one in this process. */
import { unpackDirs, wstatDir } from '../codec/dir.ts';
import { DMDIR, MAXWELEM, OREAD, OTRUNC, OWRITE } from '../constants.ts';
import { Eexists, Ename, Enotfound, StyxError } from '../errors.ts';
import { type Call, type Dir, type File, uninterrupted } from '../file.ts';
import { OpenFile } from './open-file.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What most methods take last. */
export interface FsysCall {
  /** Interrupts the operation; a remote one is flushed. */
  readonly signal?: AbortSignal;
}

export class Fsys {
  readonly root: File;

  /** Takes over `root`, which `close` gives up. */
  constructor(root: File) {
    this.root = root;
  }

  /** The file at `path`, not open. The caller clunks it. */
  async walk(path: string, call: FsysCall = {}): Promise<File> {
    return walkPath(this.root, elements(path), callOf(call));
  }

  /** Opens the file at `path`. */
  async open(path: string, mode: number = OREAD, call: FsysCall = {}): Promise<OpenFile> {
    const file = await this.walk(path, call);
    return opening(file, () => file.open(mode, callOf(call)), mode);
  }

  /**
   * Makes a new file and opens it; rejects when there is one already. `perm` is what create(5) takes, DMDIR makes a
   * directory.
   */
  async create(
    path: string,
    perm: number = 0o666,
    mode: number = OWRITE,
    call: FsysCall = {},
  ): Promise<OpenFile> {
    const names = elements(path);
    const name = names.pop();
    if (name === undefined) throw new StyxError(Ename);
    const file = await walkPath(this.root, names, callOf(call));
    return opening(file, () => file.create(name, perm, mode, callOf(call)), mode);
  }

  /** Makes a directory. */
  async mkdir(path: string, perm: number = 0o777, call: FsysCall = {}): Promise<void> {
    const made = await this.create(path, perm + DMDIR, OREAD, call);
    await made.close();
  }

  /** All bytes of a file, up to its end. */
  async readFile(path: string, call: FsysCall = {}): Promise<Uint8Array> {
    const file = await this.open(path, OREAD, call);
    try {
      return await file.readAll(call);
    } finally {
      await file.close();
    }
  }

  async readText(path: string, call: FsysCall = {}): Promise<string> {
    return decoder.decode(await this.readFile(path, call));
  }

  /** Replaces what is in a file, which is made when there is none, as create(2) does. */
  async writeFile(
    path: string,
    data: Uint8Array | string,
    perm: number = 0o666,
    call: FsysCall = {},
  ): Promise<void> {
    const file = await this.#truncated(path, perm, call);
    try {
      await file.write(bytesOf(data), call);
    } finally {
      await file.close();
    }
  }

  async #truncated(path: string, perm: number, call: FsysCall): Promise<OpenFile> {
    try {
      return await this.open(path, OWRITE | OTRUNC, call);
    } catch (e) {
      if (!isNotFound(e)) throw e;
    }
    try {
      return await this.create(path, perm, OWRITE, call);
    } catch (e) {
      // Someone else may have made it meanwhile: once more, as open(5) says.
      if (!(e instanceof StyxError && e.message === Eexists)) throw e;
      return this.open(path, OWRITE | OTRUNC, call);
    }
  }

  /** Writes one message to a file that is there: a command to a ctl file. */
  async ctl(path: string, command: Uint8Array | string, call: FsysCall = {}): Promise<void> {
    const file = await this.open(path, OWRITE, call);
    try {
      await file.write(bytesOf(command), call);
    } finally {
      await file.close();
    }
  }

  /** The entries of a directory, in the server's order. */
  async readdir(path: string = '/', call: FsysCall = {}): Promise<Dir[]> {
    return unpackDirs(await this.readFile(path, call));
  }

  async stat(path: string = '/', call: FsysCall = {}): Promise<Dir> {
    return this.#with(path, call, (file) => file.stat(callOf(call)));
  }

  /** Changes what `changes` names: mode, mtime, length, name, gid. */
  async wstat(path: string, changes: Partial<Dir>, call: FsysCall = {}): Promise<void> {
    await this.#with(path, call, (file) => file.wstat(wstatDir(changes), callOf(call)));
  }

  async #with<T>(path: string, call: FsysCall, fn: (file: File) => T | Promise<T>): Promise<T> {
    const file = await this.walk(path, call);
    try {
      return await fn(file);
    } finally {
      await file.clunk();
    }
  }

  /** Removes a file or an empty directory. */
  async remove(path: string, call: FsysCall = {}): Promise<void> {
    const file = await this.walk(path, call);
    await file.remove(callOf(call));
  }

  /** Gives up the root. */
  async close(): Promise<void> {
    await this.root.clunk();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The names in a path; `.` and doubled slashes mean nothing, and where it starts is always the root. */
function elements(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** From `start`, which stays as it is, in as many walks as it takes. */
async function walkPath(start: File, names: readonly string[], call: Call): Promise<File> {
  let at = start;
  let done = 0;
  do {
    const part = names.slice(done, done + MAXWELEM);
    try {
      const { qids, file } = await at.walk(part, call);
      if (file === undefined) {
        throw new StyxError(`${Enotfound}: ${names.slice(0, done + qids.length + 1).join('/')}`, {
          cause: Enotfound,
        });
      }
      if (at !== start) await at.clunk();
      at = file;
    } catch (e) {
      if (at !== start) await at.clunk();
      throw e;
    }
    done += part.length;
  } while (done < names.length);
  return at;
}

function isNotFound(e: unknown): boolean {
  return (
    e instanceof StyxError && (e.cause === Enotfound || /not exist|not found|no such file/.test(e.message))
  );
}

async function opening(file: File, open: () => ReturnType<File['open']>, mode: number): Promise<OpenFile> {
  try {
    return new OpenFile(file, await open(), mode);
  } catch (e) {
    await file.clunk();
    throw e;
  }
}

export function callOf(call: FsysCall): Call {
  return call.signal === undefined ? uninterrupted : (call as Call);
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}
