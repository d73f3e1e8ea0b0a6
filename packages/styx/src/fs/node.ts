/**
 * Nodes of a synthetic tree: what the files are, apart from who has them open. `serveTree` makes a FileServer of a root node.
 * A node is the identity of its file: the same node reached twice is the same file.
 */
import { DMDIR } from '../constants.ts';
import type { Attach, Awaitable, Call, Dir } from '../file.ts';

/** Who opens or walks: the user and tree of the attach that the reference comes from. */
export type Opener = Attach;

/** One open of a file. A member that is left out makes that operation fail with "permission denied". */
export interface Handle {
  /** Bytes that one read or write moves without being split; 0 when left out. */
  readonly iounit?: number;
  /** As File.read. */
  read?(offset: number, count: number, call: Call): Awaitable<Uint8Array>;
  /** As File.write. */
  write?(offset: number, data: Uint8Array, call: Call): Awaitable<number>;
  /** The fid is clunked. Called once. */
  close?(): Awaitable<void>;
}

/** What every node may say of itself; all of it optional. */
export interface Meta {
  /** Permissions, with DMAPPEND and DMEXCL as wanted. */
  readonly perm?: number;
  /** Owner and group; those of the server when left out. */
  readonly uid?: string;
  readonly gid?: string;
  /** Path of the qid, for nodes that are made anew at every look-up; otherwise a number of the node's own. */
  readonly path?: bigint;
  /** What stat says other than the rest of this: a length, a time. */
  readonly stat?: (opener: Opener, call: Call | undefined) => Partial<Dir>;
  /** Changes the file for a wstat of which some value is not a don't-touch value; without it that is prohibited. */
  readonly wstat?: (changes: Dir, opener: Opener, call: Call) => Awaitable<void>;
}

/** Paths above those that any counter of a caller's own is likely to reach. */
let paths = 1n << 40n;

abstract class BaseNode {
  readonly path: bigint;
  /** Permissions and DM bits. */
  mode: number;
  uid: string | undefined;
  gid: string | undefined;
  readonly stat: Meta['stat'];
  readonly wstat: Meta['wstat'];
  /** Version of the qid. */
  version = 0;
  /** Seconds since 1970; 0 says the time at which the server was made. */
  mtime = 0;
  /** Opens of a DMEXCL file. */
  opens = 0;

  constructor(meta: Meta, mode: number) {
    this.path = meta.path ?? paths++;
    this.mode = mode >>> 0;
    this.uid = meta.uid;
    this.gid = meta.gid;
    this.stat = meta.stat;
    this.wstat = meta.wstat;
  }

  /** The contents are others now. */
  changed(): void {
    this.version = (this.version + 1) >>> 0;
    this.mtime = Math.floor(Date.now() / 1000);
  }
}

export class FileNode extends BaseNode {
  readonly kind = 'file' as const;
  readonly open: (opener: Opener, mode: number, call: Call) => Awaitable<Handle>;

  constructor(open: FileNode['open'], meta: Meta, perm: number) {
    super(meta, meta.perm ?? perm);
    this.open = open;
  }
}

/** What a directory does. Permissions are checked before any of it is called. */
export interface Directory {
  /** The file of the name; undefined when there is none. */
  lookup(name: string, opener: Opener, call: Call): Awaitable<TreeNode | undefined>;
  list(opener: Opener, call: Call): Awaitable<Iterable<readonly [string, TreeNode]>>;
  /** Makes a file, which does not exist yet; its node. Without this, create is prohibited. */
  create?(name: string, perm: number, opener: Opener, call: Call): Awaitable<TreeNode>;
  /** Removes a file. Without this, remove is prohibited. */
  remove?(name: string, node: TreeNode, opener: Opener, call: Call): Awaitable<void>;
}

export class DirNode extends BaseNode {
  readonly kind = 'dir' as const;
  readonly directory: Directory;

  constructor(directory: Directory, meta: Meta = {}) {
    super(meta, (meta.perm ?? (directory.create === undefined ? 0o555 : 0o775)) | DMDIR);
    this.directory = directory;
  }
}

/** A file that becomes another one when it is opened: `clone`. */
export class CloneNode extends BaseNode {
  readonly kind = 'clone' as const;
  readonly make: (opener: Opener, call: Call) => Awaitable<Cloned>;

  constructor(make: CloneNode['make'], meta: Meta = {}) {
    super(meta, meta.perm ?? 0o666);
    this.make = make;
  }
}

export interface Cloned {
  /** Steps from the clone file's directory to the file that the fid is from now on. */
  readonly names: readonly [name: string, node: DirNode, member: string, file: FileNode];
}

export type TreeNode = FileNode | DirNode | CloneNode;

/** A directory that lives as long as one of its files is open. */
export class SessionNode extends DirNode {
  users = 0;
  readonly #end: () => void;

  constructor(directory: Directory, meta: Meta, end: () => void) {
    super(directory, meta);
    this.#end = end;
  }

  release(): void {
    if (--this.users === 0) this.#end();
  }
}

/** A directory with entries that are there until they are taken out. */
export class StaticDir extends DirNode {
  readonly entries: Map<string, TreeNode>;

  constructor(entries: Iterable<readonly [string, TreeNode]>, meta: Meta = {}) {
    const map = new Map(entries);
    super({ lookup: (name) => map.get(name), list: () => map }, meta);
    this.entries = map;
  }

  get(name: string): TreeNode | undefined {
    return this.entries.get(name);
  }

  /** Adds a file, or puts it in the place of the one of that name. */
  add(name: string, node: TreeNode): this {
    this.entries.set(name, node);
    this.changed();
    return this;
  }

  /** Takes a file out; who has it open keeps it. False when it was not there. */
  delete(name: string): boolean {
    const there = this.entries.delete(name);
    if (there) this.changed();
    return there;
  }
}
