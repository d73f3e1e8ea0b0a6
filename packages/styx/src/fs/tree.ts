/** The file server of a synthetic tree: fids on nodes. */
import { isSync } from '../codec/dir.ts';
import {
  canRead,
  canWrite,
  DMDIR,
  DMEXCL,
  DMEXEC,
  DMWRITE,
  NOTOUCH32,
  NOTOUCH64,
  ORCLOSE,
  OREAD,
  OTRUNC,
} from '../constants.ts';
import {
  Eexcl,
  Eexists,
  Eisdir,
  Emode,
  Enocreate,
  Enotdir,
  Enotfound,
  Enotopenread,
  Enotopenwrite,
  Eopen,
  Eperm,
  Eremove,
  Ewstat,
  StyxError,
} from '../errors.ts';
import {
  type Attach,
  type Awaitable,
  type Call,
  type Dir,
  type File,
  type FileServer,
  type Opened,
  type Qid,
  uninterrupted,
  type Walked,
} from '../file.ts';
import { DirReader } from './dir-reader.ts';
import { checkFileName } from './names.ts';
import { type Cloned, type DirNode, type Handle, SessionNode, type TreeNode } from './node.ts';
import { ownGroups, permits, type Users, wanted } from './perm.ts';

export interface ServeOptions {
  /** Owner and group of nodes that do not say; the group is the owner's when left out. */
  readonly owner?: string;
  readonly group?: string;
  readonly users?: Users;
  /** What the root is chosen by: the tree that an aname names. Without it every aname gives the one root. */
  readonly root?: (who: Attach) => Awaitable<DirNode>;
  /** Name of the root; `/` when left out, as stat(5) wants it. */
  readonly name?: (who: Attach) => string;
  /** The error of a create, remove or wstat that the tree has nothing for, in place of "create prohibited" and so on. */
  readonly refusal?: string;
}

interface Context {
  readonly owner: string;
  readonly group: string;
  readonly users: Users;
  readonly started: number;
  readonly refusal: string | undefined;
}

/** Where a reference stands: a node, the name it was found by, and the directory it was found in. */
interface Place {
  readonly node: TreeNode;
  readonly name: string;
  readonly parent: Place | undefined;
}

/** A server of the tree below `root`. */
export function serveTree(root: DirNode, options: ServeOptions = {}): FileServer {
  const owner = options.owner ?? 'sys';
  const context: Context = {
    owner,
    group: options.group ?? owner,
    users: options.users ?? ownGroups,
    started: Math.floor(Date.now() / 1000),
    refusal: options.refusal,
  };
  const at = (node: DirNode, who: Attach): File =>
    new TreeFile(context, who, { node, name: options.name?.(who) ?? '/', parent: undefined });
  return {
    attach(who) {
      const node = options.root === undefined ? root : options.root(who);
      return node instanceof Promise ? node.then((dir) => at(dir, who)) : at(node, who);
    },
  };
}

/** The node that a reference from `serveTree` stands on; undefined for files of other servers. */
export function nodeOf(file: File): TreeNode | undefined {
  return file instanceof TreeFile ? file.node : undefined;
}

function qidOf(node: TreeNode): Qid {
  return { type: node.mode >>> 24, version: node.version, path: node.path };
}

class TreeFile implements File {
  readonly #context: Context;
  readonly #who: Attach;
  #place: Place;
  #mode = -1;
  #handle: Handle | undefined;
  #reader: DirReader<Place> | undefined;
  #session: SessionNode | undefined;
  #gone = false;

  constructor(context: Context, who: Attach, place: Place) {
    this.#context = context;
    this.#who = who;
    this.#place = place;
  }

  get qid(): Qid {
    return qidOf(this.#place.node);
  }

  get node(): TreeNode {
    return this.#place.node;
  }

  walk(names: readonly string[], call: Call): Awaitable<Walked> {
    return this.#walk(names, 0, this.#place, [], call);
  }

  #walk(names: readonly string[], from: number, place: Place, qids: Qid[], call: Call): Awaitable<Walked> {
    for (let i = from; i < names.length; i++) {
      const name = names[i] as string;
      const { node } = place;
      let error = '';
      if (node.kind !== 'dir') error = Enotdir;
      else if (!this.#may(node, DMEXEC)) error = Eperm;
      else if (name === '..') place = place.parent ?? place;
      else {
        const found = node.directory.lookup(name, this.#who, call);
        if (found instanceof Promise) {
          const parent = place;
          return found.then((child) => {
            if (child === undefined) return this.#short(qids, i, Enotfound);
            const next = { node: child, name, parent };
            qids.push(qidOf(child));
            return this.#walk(names, i + 1, next, qids, call);
          });
        }
        if (found === undefined) error = Enotfound;
        else place = { node: found, name, parent: place };
      }
      if (error !== '') return this.#short(qids, i, error);
      qids.push(qidOf(place.node));
    }
    return { qids, file: new TreeFile(this.#context, this.#who, place) };
  }

  #short(qids: Qid[], walked: number, error: string): Walked {
    if (walked === 0) throw new StyxError(error);
    return { qids };
  }

  open(mode: number, call: Call): Awaitable<Opened> {
    this.#checkOpen(mode);
    const { node, parent } = this.#place;
    const isDir = node.kind === 'dir';
    if (isDir && mode !== OREAD) throw this.#refuse(Eisdir);
    if (!this.#may(node, wanted(mode))) throw new StyxError(Eperm);
    if (mode & ORCLOSE) {
      if (parent?.node.kind !== 'dir' || parent.node.directory.remove === undefined)
        throw this.#refuse(Eremove);
      if (!this.#may(parent.node, DMWRITE)) throw new StyxError(Eperm);
    }
    return this.#open(mode, call);
  }

  /** The permissions have been seen to. */
  #open(mode: number, call: Call): Awaitable<Opened> {
    const { node, parent } = this.#place;
    if (node.kind === 'clone') {
      const made = node.make(this.#who, call);
      if (made instanceof Promise) return made.then((cloned) => this.#become(cloned, parent, mode, call));
      return this.#become(made, parent, mode, call);
    }
    if (node.mode & DMEXCL) {
      if (node.opens > 0) throw new StyxError(Eexcl);
      node.opens++;
    }
    if (node.kind === 'dir') {
      this.#reader = new DirReader((place) => this.#dir(place, undefined));
      return this.#opened(mode);
    }
    try {
      const handle = node.open(this.#who, mode, call);
      if (!(handle instanceof Promise)) {
        this.#handle = handle;
        return this.#opened(mode);
      }
      return handle.then(
        (opened) => {
          this.#handle = opened;
          return this.#opened(mode);
        },
        (error: unknown) => {
          if (node.mode & DMEXCL) node.opens--;
          throw error;
        },
      );
    } catch (error) {
      if (node.mode & DMEXCL) node.opens--;
      throw error;
    }
  }

  #opened(mode: number): Opened {
    this.#mode = mode;
    for (let at = this.#place.parent; at !== undefined; at = at.parent) {
      if (!(at.node instanceof SessionNode)) continue;
      at.node.users++;
      this.#session = at.node;
      break;
    }
    return { qid: this.qid, iounit: this.#handle?.iounit ?? 0 };
  }

  #become({ names }: Cloned, parent: Place | undefined, mode: number, call: Call): Awaitable<Opened> {
    const [name, dir, member, file] = names;
    this.#place = { node: file, name: member, parent: { node: dir, name, parent } };
    return this.#open(mode, call);
  }

  create(name: string, perm: number, mode: number, call: Call): Awaitable<Opened> {
    this.#checkOpen(mode);
    const place = this.#place;
    const { node } = place;
    if (node.kind !== 'dir') throw new StyxError(Enotdir);
    checkFileName(name);
    const { create } = node.directory;
    if (create === undefined) throw this.#refuse(Enocreate);
    if (!this.#may(node, DMWRITE)) throw new StyxError(Eperm);
    if (perm & DMDIR && mode !== OREAD) throw new StyxError(Eisdir);
    if (mode & ORCLOSE && node.directory.remove === undefined) throw this.#refuse(Eremove);
    const enter = (made: TreeNode): Awaitable<Opened> => {
      this.#place = { node: made, name, parent: place };
      return this.#open(mode, call);
    };
    const make = (existing: TreeNode | undefined): Awaitable<Opened> => {
      if (existing !== undefined) throw new StyxError(Eexists);
      const mask = perm & DMDIR ? 0o777 : 0o666;
      const made = node.directory.create?.(name, (perm & (~mask | node.mode)) >>> 0, this.#who, call);
      return made instanceof Promise ? made.then(enter) : enter(made as TreeNode);
    };
    const existing = node.directory.lookup(name, this.#who, call);
    return existing instanceof Promise ? existing.then(make) : make(existing);
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    if (this.#mode < 0 || !canRead(this.#mode)) throw new StyxError(Enotopenread);
    const { node } = this.#place;
    if (node.kind === 'dir') return this.#readDir(node, offset, count, call);
    if (this.#handle?.read === undefined) throw new StyxError(Eperm);
    return this.#handle.read(offset, count, call);
  }

  #readDir(node: DirNode, offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    const reader = this.#reader as DirReader<Place>;
    if (offset !== 0) return reader.read(offset, count);
    const parent = this.#place;
    const begin = (entries: Iterable<readonly [string, TreeNode]>): Uint8Array => {
      reader.rewind(Array.from(entries, ([name, child]) => ({ node: child, name, parent })));
      return reader.read(0, count);
    };
    const list = node.directory.list(this.#who, call);
    return list instanceof Promise ? list.then(begin) : begin(list);
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    if (this.#mode < 0 || !canWrite(this.#mode)) throw new StyxError(Enotopenwrite);
    if (this.#handle?.write === undefined) throw new StyxError(Eperm);
    return this.#handle.write(offset, data, call);
  }

  stat(call: Call): Dir {
    return this.#dir(this.#place, call);
  }

  wstat(changes: Dir, call: Call): Awaitable<void> {
    if (isSync(changes)) return;
    const { node } = this.#place;
    if (node.wstat !== undefined) return node.wstat(changes, this.#who, call);
    if (!this.#isEmptied(changes, call)) throw this.#refuse(Ewstat);
  }

  /** Unix truncates a file that it opens for `>` by a wstat of its own: what has no bytes to lose has none afterwards. */
  #isEmptied(changes: Dir, call: Call): boolean {
    const { node } = this.#place;
    const rest = { ...changes, length: NOTOUCH64, mtime: NOTOUCH32 };
    return (
      node.kind !== 'dir' &&
      changes.length === 0n &&
      isSync(rest) &&
      this.stat(call).length === 0n &&
      this.#may(node, DMWRITE)
    );
  }

  remove(call: Call): Awaitable<void> {
    const { node, name, parent } = this.#place;
    const closed = this.#close();
    const rest = (): Awaitable<void> => {
      if (parent?.node.kind !== 'dir' || parent.node.directory.remove === undefined)
        throw this.#refuse(Eremove);
      if (!this.#may(parent.node, DMWRITE)) throw new StyxError(Eperm);
      return parent.node.directory.remove(name, node, this.#who, call);
    };
    return closed instanceof Promise ? closed.then(rest) : rest();
  }

  clunk(): Awaitable<void> {
    const { node, name, parent } = this.#place;
    const removes = this.#mode >= 0 && (this.#mode & ORCLOSE) !== 0 && !this.#gone;
    const closed = this.#close();
    if (!removes || parent?.node.kind !== 'dir') return closed;
    const { directory } = parent.node;
    const rest = (): Awaitable<void> => directory.remove?.(name, node, this.#who, uninterrupted);
    return closed instanceof Promise ? closed.then(rest) : rest();
  }

  #close(): Awaitable<void> {
    if (this.#gone) return;
    this.#gone = true;
    if (this.#mode < 0) return;
    const { node } = this.#place;
    if (node.mode & DMEXCL) node.opens--;
    const handle = this.#handle;
    this.#handle = undefined;
    const session = this.#session;
    this.#session = undefined;
    try {
      return handle?.close?.();
    } finally {
      session?.release();
    }
  }

  #refuse(words: string): StyxError {
    return new StyxError(this.#context.refusal ?? words);
  }

  #checkOpen(mode: number): void {
    if (this.#mode >= 0) throw new StyxError(Eopen);
    if (mode & ~(3 | OTRUNC | ORCLOSE)) throw new StyxError(Emode);
  }

  #may(node: TreeNode, want: number): boolean {
    const { owner, group, users } = this.#context;
    const said = node.stat?.(this.#who, undefined);
    return permits(
      {
        mode: said?.mode ?? node.mode,
        uid: said?.uid ?? node.uid ?? owner,
        gid: said?.gid ?? node.gid ?? group,
      },
      this.#who.uname,
      users,
      want,
    );
  }

  #dir({ node, name }: Place, call: Call | undefined): Dir {
    const { owner, group, started } = this.#context;
    const time = node.mtime || started;
    const uid = node.uid ?? owner;
    const dir: Dir = {
      type: 0,
      dev: 0,
      qid: qidOf(node),
      mode: node.mode,
      atime: time,
      mtime: time,
      length: 0n,
      name,
      uid,
      gid: node.gid ?? group,
      muid: uid,
    };
    return node.stat === undefined ? dir : { ...dir, ...node.stat(this.#who, call) };
  }
}
