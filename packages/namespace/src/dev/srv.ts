import {
  type Awaitable,
  type Call,
  type Dir,
  DMAPPEND,
  DMEXCL,
  Eexists,
  Einterrupted,
  Eperm,
  type File,
  type FileServer,
  NOTOUCH32,
  NOTOUCH64,
  StyxError,
  whenAborted,
} from '@llambo/styx';
import {
  DirNode,
  FileNode,
  type Handle,
  nodeOf,
  type Opener,
  StaticDir,
  type TreeNode,
} from '@llambo/styx/fs';
import { Ehungup } from '../errors.ts';
import { serveDevice } from './device.ts';

/** A read or write that waits for whoever serves the file, sys-file2chan(2). */
export interface SrvRequest {
  readonly offset: number;
  /** Tells the opens of the file apart. */
  readonly fid: number;
  /** Aborted when the client gives the request up: the answer goes nowhere then. */
  readonly call: Call;
}

/** Serves one file. What it throws is the client's error. */
export interface FileIO {
  /** At most `count` bytes; more are cut off. */
  read(request: SrvRequest & { readonly count: number }): Awaitable<Uint8Array>;
  /** The number of bytes that were taken. `data` is to be copied when it is kept. */
  write(request: SrvRequest & { readonly data: Uint8Array }): Awaitable<number>;
  /** A client has closed the open `fid`: the messages with a nil reply channel. */
  close?(fid: number): void;
}

/** A file that was made by file2chan. */
export interface Served {
  /** The server is gone: the file is removed, and requests that wait, and later ones, fail. */
  hangup(): void;
}

let fids = 0;

/**
 * `#s`: every attach makes an empty directory for file2chan; one with a name, `#sNAME`, is the same for everybody who
 * may attach to it: its owner, and others if it can be written by others, srv(3).
 */
export function srvDevice(): FileServer {
  const named = new Map<string, WeakRef<SrvDir>>();
  return serveDevice('s', empty, {
    root({ uname, aname }) {
      const old = aname === '' ? undefined : named.get(aname)?.deref();
      if (old !== undefined) {
        if (old.uid !== uname && !(old.mode & 2)) throw new StyxError(Eperm);
        return old;
      }
      const fresh = new SrvDir(uname);
      if (aname !== '') {
        for (const [name, ref] of named) if (ref.deref() === undefined) named.delete(name);
        named.set(aname, new WeakRef(fresh));
      }
      return fresh;
    },
  });
}

const empty = new StaticDir([]);

/** The directory of `#s` that `file` stands in, if it does. */
export function srvDirOf(file: File): SrvDir | undefined {
  const node = nodeOf(file);
  return node instanceof SrvDir ? node : undefined;
}

export class SrvDir extends DirNode {
  readonly #files: Map<string, SrvFile>;

  constructor(user: string) {
    const files = new Map<string, SrvFile>();
    super(
      {
        lookup: (name) => files.get(name),
        list: () => files,
        create() {
          throw new StyxError(Eperm);
        },
        remove(name: string, node: TreeNode, opener: Opener) {
          if (opener.uname !== user) throw new StyxError(Eperm);
          if (files.get(name) === node) files.delete(name);
        },
      },
      {
        uid: user,
        gid: user,
        perm: 0o770,
        wstat: (changes, opener) => {
          if (opener.uname !== user || changes.name !== '') throw new StyxError(Eperm);
          if (changes.mode !== NOTOUCH32)
            this.mode = ((this.mode & 0x80000000) | (changes.mode & 0o777)) >>> 0;
        },
      },
    );
    this.#files = files;
  }

  /** Makes a file that `io` serves. Throws when there is one of that name. */
  add(name: string, io: FileIO): Served {
    if (this.#files.has(name)) throw new StyxError(Eexists);
    const file = new SrvFile(io, this.uid as string, (changes) => this.#rename(file, changes));
    this.#files.set(name, file);
    this.changed();
    return {
      hangup: () => {
        for (const [entry, there] of this.#files) if (there === file) this.#files.delete(entry);
        file.hangup();
      },
    };
  }

  #rename(file: SrvFile, { name }: Dir): void {
    if (name === '') return;
    if (this.#files.has(name)) throw new StyxError(Eexists);
    const old = [...this.#files].find(([, there]) => there === file)?.[0];
    if (old !== undefined) this.#files.delete(old);
    this.#files.set(name, file);
  }
}

class SrvFile extends FileNode {
  readonly #server: Server;

  constructor(io: FileIO, user: string, rename: (changes: Dir) => void) {
    const server: Server = { io, gone: false, waiting: new Set() };
    let length = 0n;
    super(
      () => open(server),
      {
        uid: user,
        gid: user,
        stat: () => ({ length }),
        wstat: (changes, opener) => {
          if (opener.uname !== user) throw new StyxError(Eperm);
          rename(changes);
          if (changes.mode !== NOTOUCH32) this.mode = (changes.mode & (DMEXCL | DMAPPEND | 0o777)) >>> 0;
          if (changes.length !== NOTOUCH64) length = changes.length;
        },
      },
      0o660,
    );
    this.#server = server;
  }

  hangup(): void {
    this.#server.gone = true;
    for (const give of this.#server.waiting) give();
  }
}

interface Server {
  readonly io: FileIO;
  gone: boolean;
  /** Gives up the requests that wait for an answer. */
  readonly waiting: Set<() => void>;
}

/** The answer, until the server goes or the client interrupts; `use` makes the result of it. */
function answered<T, U>(
  server: Server,
  answer: Awaitable<T>,
  call: Call,
  use: (value: T) => U,
): Awaitable<U> {
  if (!(answer instanceof Promise)) return use(answer);
  return new Promise((resolve, reject) => {
    const { waiting } = server;
    const end = (error: unknown): void => {
      waiting.delete(give);
      undo?.();
      reject(error);
    };
    const give = (): void => end(new StyxError(Ehungup));
    const undo = whenAborted(call, () => end(new StyxError(Einterrupted)));
    if (undo === undefined) {
      answer.catch(() => {});
      reject(new StyxError(Einterrupted));
      return;
    }
    waiting.add(give);
    answer.then((value) => {
      waiting.delete(give);
      undo();
      resolve(use(value));
    }, end);
  });
}

const same = (count: number): number => count;

function open(server: Server): Handle {
  const { io } = server;
  const fid = ++fids;
  const check = (): void => {
    if (server.gone) throw new StyxError(Ehungup);
  };
  return {
    read(offset, count, call) {
      check();
      return answered(server, io.read({ offset, count, fid, call }), call, (bytes) =>
        bytes.subarray(0, count),
      );
    },
    write(offset, data, call) {
      check();
      return answered(server, io.write({ offset, data, fid, call }), call, same);
    },
    close() {
      if (!server.gone) io.close?.(fid);
    },
  };
}
