/**
 * The one contract between what serves files and what uses them. A synthetic tree, a folder of the host, a device of a
 * name space and a connection to another machine all look like this, so that any of them can be mounted, exported or
 * driven directly, without a protocol in between. Members follow section 5 of the manual (walk(5), open(5), read(5), ...).
 */

/**
 * A value, or a promise of it. A file that can answer at once returns the value itself: callers test for a promise
 * and stay synchronous without one.
 */
export type Awaitable<T> = T | Promise<T>;

/** The server's unique identification of a file, intro(5). */
export interface Qid {
  /** QTDIR, QTAPPEND, QTEXCL, QTAUTH or-ed; 0 for a plain file. */
  readonly type: number;
  /** Changes when the file is modified; 32 bits, unsigned. */
  readonly version: number;
  /** Unique among all files of the server; 64 bits, unsigned. */
  readonly path: bigint;
}

/** A directory entry, stat(5). */
export interface Dir {
  /** For the kernel's use, 16 bits. */
  readonly type: number;
  /** For the kernel's use, 32 bits. */
  readonly dev: number;
  readonly qid: Qid;
  /** Permissions and DMDIR, DMAPPEND, DMEXCL, DMAUTH, DMTMP; 32 bits. */
  readonly mode: number;
  /** Last read and last write, seconds since 1970; 32 bits, unsigned. */
  readonly atime: number;
  readonly mtime: number;
  /** Bytes; 0 for directories and for files that have no length of their own. 64 bits, unsigned. */
  readonly length: bigint;
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
  /** Who modified the file last. */
  readonly muid: string;
}

/** What an operation may ask of its caller. */
export interface Call {
  /**
   * Aborted when the request is flushed or its connection is gone; made on first use, so that fast calls pay nothing.
   * What blocks must listen to it and settle: with an error when nothing was done, with its result when it was, for then
   * the client still gets that result before the Rflush, flush(5).
   */
  readonly signal: AbortSignal;
  /**
   * As a listener on `signal`, for calls that block often: `fn` is called when the call is aborted, and never once it has
   * settled. False, without keeping `fn`, when it was aborted already. A call that has no such member has its signal.
   */
  onAbort?(fn: () => void): boolean;
}

export interface Opened {
  readonly qid: Qid;
  /** Bytes that one read or write moves without being split; 0 says that any message size is as good. */
  readonly iounit: number;
}

export interface Walked {
  /** One qid for each name that was walked; fewer than asked when a later name does not exist. */
  readonly qids: readonly Qid[];
  /** The file reached; present exactly when every name was walked. */
  readonly file?: File;
}

/**
 * One holder's reference to one file: a fid on the wire, a Chan in a kernel. Operations reject with a `StyxError` whose
 * message goes into Rerror as it is. An operation that fails leaves the file as it was.
 */
export interface File {
  readonly qid: Qid;
  /**
   * True when the bytes that `read` gives never change afterwards (a private copy, or contents that are never modified):
   * a server then sends large ones as they are, without a copy.
   */
  readonly stable?: boolean;
  /**
   * True when `write` always answers before it returns, never by a promise, and keeps no view of its data: a server then
   * lends it large data from where it arrived, without a copy.
   */
  readonly immediate?: boolean;
  /**
   * Walks `names` (at most 16, checked by the caller) from here, which need not be open and stays where it is. No names:
   * a second reference to the same file. Rejects when the first name does not exist.
   */
  walk(names: readonly string[], call: Call): Awaitable<Walked>;
  /** Prepares for I/O: OREAD, OWRITE, ORDWR, OEXEC with OTRUNC, ORCLOSE or-ed. Called once at most. */
  open(mode: number, call: Call): Awaitable<Opened>;
  /** Makes `name` in this directory and opens it: this reference becomes the new file. */
  create(name: string, perm: number, mode: number, call: Call): Awaitable<Opened>;
  /**
   * At most `count` bytes from `offset`; none at the end of the file. A directory gives whole stat records, and `offset`
   * is 0 or where the previous read ended (a server has checked that). The bytes are the caller's only until it gives
   * the thread up: it copies them at once, unless the file is `stable`.
   */
  read(offset: number, count: number, call: Call): Awaitable<Uint8Array>;
  /**
   * As `read`, of a plain file that answers at once: the same bytes in pieces that never change afterwards, so that a server
   * can send them from where they are. Where it is missing or gives undefined, `read` is called.
   */
  lend?(offset: number, count: number, call: Call): readonly Uint8Array[] | undefined;
  /** Writes `data`, which is the caller's again once this has returned or settled. The number of bytes written. */
  write(offset: number, data: Uint8Array, call: Call): Awaitable<number>;
  stat(call: Call): Awaitable<Dir>;
  /** Changes all that `dir` says and is not a don't-touch value, or nothing. */
  wstat(dir: Dir, call: Call): Awaitable<void>;
  /** Removes the file; the reference is gone, even when this fails. */
  remove(call: Call): Awaitable<void>;
  /** Gives the reference up (and removes the file, when opened with ORCLOSE). Never aborted. */
  clunk(): Awaitable<void>;
}

/** Who attaches, and to what. */
export interface Attach {
  /** User name that the connection has proved, or claims where no proof is demanded. */
  readonly uname: string;
  /** Which tree of the server, by its own names; usually empty. */
  readonly aname: string;
}

/** What serves a tree: its root is the file that `attach` gives. */
export interface FileServer {
  attach(who: Attach, call: Call): Awaitable<File>;
}

/** A Call that is never aborted, for whoever drives files directly. */
export const uninterrupted: Call = { signal: new AbortController().signal };

const nothingToUndo = (): void => {};

/**
 * Calls `fn` when the call is aborted, at the least cost. What it gives undoes that, for when the wait is over; undefined
 * says that the call was aborted already, and `fn` will not be called.
 */
export function whenAborted(call: Call, fn: () => void): (() => void) | undefined {
  if (call.onAbort !== undefined) return call.onAbort(fn) ? nothingToUndo : undefined;
  // Shared by all who are never interrupted: thousands of listeners on it would be for nothing.
  if (call === uninterrupted) return nothingToUndo;
  const { signal } = call;
  if (signal.aborted) return undefined;
  signal.addEventListener('abort', fn, { once: true });
  return () => signal.removeEventListener('abort', fn);
}
