/** A file system in memory, with all that section 5 of the manual asks of one. */
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
  NOTOUCH32,
  NOTOUCH64,
  ORCLOSE,
  OREAD,
  OTRUNC,
} from '../constants.ts';
import {
  Edirbit,
  Eexcl,
  Eexists,
  Eisdir,
  Emode,
  Enospace,
  Enotdir,
  Enotempty,
  Enotfound,
  Enotopenread,
  Enotopenwrite,
  Eopen,
  Eperm,
  Eperms,
  Etoobig,
  StyxError,
} from '../errors.ts';
import type { Attach, Dir, File, FileServer, Opened, Qid, Walked } from '../file.ts';
import { Content } from './content.ts';
import { DirReader } from './dir-reader.ts';
import { checkFileName } from './names.ts';
import { ownGroups, permits, type Users, wanted } from './perm.ts';
import { checkFixed } from './wstat.ts';

export interface RamfsOptions {
  /** Owner of the root; whoever attaches first when left out. */
  readonly owner?: string;
  /** Group of the root; the group of its owner's name when left out. */
  readonly group?: string;
  /** Permissions of the root; 0777 when left out, and no file gets more than its directory has. */
  readonly perm?: number;
  /** Who is in which group; every user alone in their own when left out. */
  readonly users?: Users;
  readonly quota?: Quota;
  /** Seconds since 1970. */
  readonly now?: () => number;
}

export interface Quota {
  /** Bytes of all files together, without holes; 1 GiB when left out. */
  readonly bytes?: number;
  /** Files and directories, the root not counted; 1,000,000 when left out. */
  readonly files?: number;
}

/** Bits of a mode that create and wstat know. */
const MODES = (DMDIR | DMAPPEND | DMEXCL | DMTMP | 0o777) >>> 0;
const nothing = new Uint8Array(0);
/** Reads of fewer bytes are answered with a copy. */
const LEND = 16 * 1024;

let second = 0;

/** Seconds since 1970. The clock is looked at once a turn: hundreds of requests may be answered in one. */
function seconds(): number {
  if (second === 0) {
    second = Math.floor(Date.now() / 1000);
    queueMicrotask(() => {
      second = 0;
    });
  }
  return second;
}

interface Tree {
  readonly users: Users;
  readonly now: () => number;
  readonly maxBytes: number;
  readonly maxFiles: number;
  bytes: number;
  files: number;
  paths: bigint;
}

class Node {
  readonly path: bigint;
  version = 0;
  mode: number;
  name: string;
  uid: string;
  gid: string;
  muid: string;
  atime: number;
  mtime: number;
  /** Undefined for the root, and for a file that was removed. */
  parent: Node | undefined;
  readonly children: Map<string, Node> | undefined;
  content: Content | undefined;
  /** References that have it open. */
  opens = 0;
  removed = false;

  constructor(path: bigint, name: string, mode: number, uid: string, gid: string, now: number) {
    this.path = path;
    this.name = name;
    this.mode = mode >>> 0;
    this.uid = uid;
    this.gid = gid;
    this.muid = uid;
    this.atime = now;
    this.mtime = now;
    this.children = mode & DMDIR ? new Map() : undefined;
  }

  get length(): number {
    return this.content?.length ?? 0;
  }

  get qid(): Qid {
    return { type: this.mode >>> 24, version: this.version, path: this.path };
  }

  /** Contents have changed: `user` did it. */
  modified(user: string, now: number): void {
    this.version = (this.version + 1) >>> 0;
    this.mtime = now;
    this.atime = now;
    this.muid = user;
  }

  dir(): Dir {
    return {
      type: 0,
      dev: 0,
      qid: this.qid,
      mode: this.mode,
      atime: this.atime,
      mtime: this.mtime,
      length: BigInt(this.length),
      name: this.name,
      uid: this.uid,
      gid: this.gid,
      muid: this.muid,
    };
  }
}

/** A ramfs, and how full it is. */
export interface Ramfs extends FileServer {
  /** Bytes and files in use. */
  readonly usage: { readonly bytes: number; readonly files: number };
}

export function ramfs(options: RamfsOptions = {}): Ramfs {
  const now = options.now ?? seconds;
  const tree: Tree = {
    users: options.users ?? ownGroups,
    now,
    maxBytes: options.quota?.bytes ?? 1 << 30,
    maxFiles: options.quota?.files ?? 1_000_000,
    bytes: 0,
    files: 0,
    paths: 1n,
  };
  const mode = (DMDIR | (options.perm ?? 0o777)) >>> 0;
  let root: Node | undefined;
  return {
    attach({ uname }: Attach): File {
      if (root === undefined) {
        const owner = options.owner ?? uname;
        root = new Node(0n, '/', mode, owner, options.group ?? owner, now());
      }
      root.atime = now();
      return new RamFile(tree, root, uname);
    },
    get usage() {
      return { bytes: tree.bytes, files: tree.files };
    },
  };
}

class RamFile implements File {
  readonly immediate = true;
  readonly #tree: Tree;
  readonly #user: string;
  #node: Node;
  #mode = -1;
  #reader: DirReader<Node> | undefined;
  #gone = false;

  constructor(tree: Tree, node: Node, user: string) {
    this.#tree = tree;
    this.#node = node;
    this.#user = user;
  }

  get qid(): Qid {
    return this.#node.qid;
  }

  walk(names: readonly string[]): Walked {
    let node = this.#node;
    const qids: Qid[] = [];
    for (const name of names) {
      let error = '';
      let next: Node | undefined;
      if (node.children === undefined) error = Enotdir;
      else {
        node.atime = this.#tree.now();
        if (node.removed) error = Enotfound;
        else if (!this.#may(node, DMEXEC)) error = Eperm;
        else {
          next = name === '..' ? (node.parent ?? node) : node.children.get(name);
          if (next === undefined) error = Enotfound;
        }
      }
      if (next === undefined) {
        if (qids.length === 0) throw new StyxError(error);
        return { qids };
      }
      node = next;
      qids.push(node.qid);
    }
    return { qids, file: new RamFile(this.#tree, node, this.#user) };
  }

  open(mode: number): Opened {
    this.#checkOpen(mode);
    const node = this.#node;
    if (node.removed) throw new StyxError(Enotfound);
    if (node.children !== undefined && mode !== OREAD) throw new StyxError(Eisdir);
    if (!this.#may(node, wanted(mode))) throw new StyxError(Eperm);
    if (mode & ORCLOSE && !(node.parent && this.#may(node.parent, DMWRITE))) throw new StyxError(Eperm);
    if (node.mode & DMEXCL && node.opens > 0) throw new StyxError(Eexcl);
    if (mode & OTRUNC && !(node.mode & DMAPPEND)) {
      this.#setLength(node, 0);
      node.modified(this.#user, this.#tree.now());
    }
    return this.#opened(mode);
  }

  #opened(mode: number): Opened {
    this.#mode = mode;
    this.#node.opens++;
    if (this.#node.children !== undefined) this.#reader = new DirReader(listed);
    return { qid: this.qid, iounit: 0 };
  }

  create(name: string, perm: number, mode: number): Opened {
    this.#checkOpen(mode);
    const dir = this.#node;
    const tree = this.#tree;
    if (dir.children === undefined) throw new StyxError(Enotdir);
    dir.atime = tree.now();
    if (dir.removed) throw new StyxError(Enotfound);
    checkFileName(name);
    if (!this.#may(dir, DMWRITE)) throw new StyxError(Eperm);
    if (dir.children.has(name)) throw new StyxError(Eexists);
    if ((perm & ~MODES) !== 0) throw new StyxError(Eperms);
    if (perm & DMDIR && mode !== OREAD) throw new StyxError(Eisdir);
    if (tree.files >= tree.maxFiles) throw new StyxError(Enospace);
    const mask = perm & DMDIR ? 0o777 : 0o666;
    const masked = perm & (~mask | dir.mode);
    const node = new Node(tree.paths++, name, masked, this.#user, dir.gid, tree.now());
    node.parent = dir;
    dir.children.set(name, node);
    dir.modified(this.#user, tree.now());
    tree.files++;
    this.#node = node;
    return this.#opened(mode);
  }

  read(offset: number, count: number): Uint8Array {
    if (this.#mode < 0 || !canRead(this.#mode)) throw new StyxError(Enotopenread);
    const node = this.#node;
    if (this.#reader !== undefined && node.children !== undefined) {
      if (offset === 0) this.#reader.rewind([...node.children.values()]);
      const bytes = this.#reader.read(offset, count);
      node.atime = this.#tree.now();
      return bytes;
    }
    node.atime = this.#tree.now();
    return node.content?.read(offset, count) ?? nothing;
  }

  lend(offset: number, count: number): readonly Uint8Array[] | undefined {
    if (this.#mode < 0 || !canRead(this.#mode)) throw new StyxError(Enotopenread);
    const node = this.#node;
    // A write after it copies what was lent: little is better copied now.
    if (Math.min(count, node.length - offset) < LEND) return undefined;
    node.atime = this.#tree.now();
    return node.content?.lend(offset, count);
  }

  write(offset: number, data: Uint8Array): number {
    if (this.#mode < 0 || !canWrite(this.#mode)) throw new StyxError(Enotopenwrite);
    const node = this.#node;
    const at = node.mode & DMAPPEND ? node.length : offset;
    if (data.length === 0) return 0;
    this.#fill(node, at, data);
    node.modified(this.#user, this.#tree.now());
    return data.length;
  }

  stat(): Dir {
    if (this.#node.removed && this.#mode < 0) throw new StyxError(Enotfound);
    return this.#node.dir();
  }

  wstat(to: Dir): void {
    const node = this.#node;
    if (isSync(to)) return;
    if (node.removed) throw new StyxError(Enotfound);
    // All is checked before anything is changed.
    const renamed = to.name !== '' && to.name !== node.name;
    checkFixed(to, node.dir());
    if (renamed) this.#checkName(to.name);
    if (to.length !== NOTOUCH64 && to.length !== BigInt(node.length)) this.#checkLength(to.length);
    const lead = this.#user === node.uid || this.#tree.users.isLeader(this.#user, node.gid);
    if (to.mode !== NOTOUCH32 && to.mode !== node.mode) {
      if ((to.mode ^ node.mode) & DMDIR) throw new StyxError(Edirbit);
      if ((to.mode & ~MODES) !== 0) throw new StyxError(Eperms);
      if (!lead) throw new StyxError(Eperm);
    }
    if (to.mtime !== NOTOUCH32 && to.mtime !== node.mtime && !lead) throw new StyxError(Eperm);
    if (to.gid !== '' && to.gid !== node.gid) this.#checkGroup(to.gid);

    const now = this.#tree.now();
    if (to.length !== NOTOUCH64 && Number(to.length) !== node.length) {
      this.#setLength(node, Number(to.length));
      node.modified(this.#user, now);
    }
    if (renamed) {
      const parent = node.parent as Node;
      parent.children?.delete(node.name);
      parent.children?.set(to.name, node);
      node.name = to.name;
    }
    if (to.mode !== NOTOUCH32) node.mode = to.mode >>> 0;
    if (to.gid !== '') node.gid = to.gid;
    if (to.mtime !== NOTOUCH32 && to.mtime !== node.mtime) {
      node.mtime = to.mtime;
      node.muid = this.#user;
    }
    node.parent?.modified(this.#user, now);
  }

  #checkName(name: string): void {
    checkFileName(name);
    const { parent } = this.#node;
    if (parent === undefined) throw new StyxError(Eperm);
    if (!this.#may(parent, DMWRITE)) throw new StyxError(Eperm);
    if (parent.children?.has(name)) throw new StyxError(Eexists);
  }

  #checkLength(length: bigint): void {
    const node = this.#node;
    if (node.children !== undefined) throw new StyxError(Eisdir);
    if (!this.#may(node, DMWRITE)) throw new StyxError(Eperm);
    if (node.mode & DMAPPEND && length < BigInt(node.length)) throw new StyxError(Eperm);
    if (length > BigInt(Number.MAX_SAFE_INTEGER)) throw new StyxError(Etoobig);
  }

  #checkGroup(gid: string): void {
    const { users } = this.#tree;
    const node = this.#node;
    const user = this.#user;
    if (user === node.uid && users.isMember(user, gid)) return;
    if (users.isLeader(user, node.gid) && users.isLeader(user, gid)) return;
    throw new StyxError(Eperm);
  }

  remove(): void {
    const node = this.#node;
    if (this.#gone) return;
    this.#close();
    if (node.removed) throw new StyxError(Enotfound);
    if (node.parent === undefined) throw new StyxError(Eperm);
    if (!this.#may(node.parent, DMWRITE)) throw new StyxError(Eperm);
    if (node.children !== undefined && node.children.size > 0) throw new StyxError(Enotempty);
    this.#unlink(node);
  }

  clunk(): void {
    if (this.#gone) return;
    const removes = this.#mode >= 0 && (this.#mode & ORCLOSE) !== 0;
    const node = this.#node;
    this.#close();
    // The permission was looked at when it was opened.
    if (removes && !node.removed) this.#unlink(node);
  }

  #close(): void {
    this.#gone = true;
    if (this.#mode < 0) return;
    this.#mode = -1;
    this.#reader = undefined;
    const node = this.#node;
    if (--node.opens === 0 && node.removed) this.#free(node);
  }

  #unlink(node: Node): void {
    const { parent } = node;
    parent?.children?.delete(node.name);
    parent?.modified(this.#user, this.#tree.now());
    node.removed = true;
    this.#tree.files--;
    // Who has it open still reads and writes it, and its bytes count until then.
    if (node.opens === 0) this.#free(node);
  }

  #free(node: Node): void {
    this.#tree.bytes -= node.content?.used ?? 0;
    node.content = undefined;
  }

  #checkOpen(mode: number): void {
    if (this.#mode >= 0) throw new StyxError(Eopen);
    if ((mode & ~(3 | OTRUNC | ORCLOSE)) !== 0) throw new StyxError(Emode);
  }

  #may(node: Node, want: number): boolean {
    return permits(node, this.#user, this.#tree.users, want);
  }

  #fill(node: Node, at: number, data: Uint8Array): void {
    const tree = this.#tree;
    const content = (node.content ??= new Content());
    if (at + data.length > Number.MAX_SAFE_INTEGER) throw new StyxError(Etoobig);
    if (tree.bytes + content.cost(at, data.length) > tree.maxBytes) throw new StyxError(Enospace);
    const before = content.used;
    try {
      content.write(at, data);
    } catch (error) {
      throw new StyxError(Enospace, { cause: error });
    }
    tree.bytes += content.used - before;
  }

  #setLength(node: Node, length: number): void {
    const content = (node.content ??= new Content());
    const before = content.used;
    content.truncate(length);
    this.#tree.bytes += content.used - before;
  }
}

function listed(node: Node): Dir | undefined {
  return node.removed ? undefined : node.dir();
}
