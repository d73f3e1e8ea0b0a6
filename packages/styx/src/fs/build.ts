/** The words for describing a synthetic tree. */
import { Enotfound, StyxError } from '../errors.ts';
import type { Awaitable, Call } from '../file.ts';
import {
  type Directory,
  DirNode,
  FileNode,
  type Handle,
  type Meta,
  type Opener,
  StaticDir,
  type TreeNode,
} from './node.ts';

export type Content = string | Uint8Array;

const utf8 = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true });
const nothing = new Uint8Array(0);
const Enottext = 'malformed UTF-8';

export function toBytes(content: Content): Uint8Array {
  return typeof content === 'string' ? utf8.encode(content) : content;
}

/** The text of `data`. Throws when it is not UTF-8. */
export function toText(data: Uint8Array): string {
  try {
    return strict.decode(data);
  } catch {
    throw new StyxError(Enottext);
  }
}

/** What a read at `offset` gives of `bytes`. */
export function slice(bytes: Uint8Array, offset: number, count: number): Uint8Array {
  return offset >= bytes.length ? nothing : bytes.subarray(offset, offset + count);
}

/** A directory of these files, which can be added to later. */
export function dir(entries: Readonly<Record<string, TreeNode>> = {}, meta: Meta = {}): StaticDir {
  return new StaticDir(Object.entries(entries), meta);
}

/** What a dynamic directory does; `lookup` is found through `list` when left out. */
export type DynamicDirectory = Omit<Directory, 'lookup'> & Partial<Pick<Directory, 'lookup'>>;

/**
 * A directory whose files are made when somebody looks. The nodes should be the same ones at every look, or have a
 * `path` of their own, since that is what tells files apart.
 */
export function dynamicDir(directory: DynamicDirectory, meta: Meta = {}): DirNode {
  const find = (entries: Iterable<readonly [string, TreeNode]>, name: string): TreeNode | undefined => {
    for (const [entry, node] of entries) if (entry === name) return node;
    return undefined;
  };
  const lookup: Directory['lookup'] = (name, opener, call) => {
    const list = directory.list(opener, call);
    return list instanceof Promise ? list.then((entries) => find(entries, name)) : find(list, name);
  };
  return new DirNode({ lookup, ...directory }, meta);
}

/** A file of which every open has a Handle of its own: the general case. */
export function file(
  open: (opener: Opener, mode: number, call: Call) => Awaitable<Handle>,
  meta: Meta = {},
): FileNode {
  return new FileNode(open, meta, 0o666);
}

export interface TextOptions extends Meta {
  /** What one write does with its bytes as text. */
  readonly write?: (text: string, opener: Opener, call: Call) => Awaitable<void>;
}

/**
 * A file whose contents a function gives. They are fetched anew when offset 0 is read, and stay the same for the rest of
 * that pass, so that a reader of small pieces sees one state.
 */
export function text(
  read: (opener: Opener, call: Call) => Awaitable<Content>,
  options: TextOptions = {},
): FileNode {
  const { write } = options;
  const open = (opener: Opener): Handle => {
    let bytes: Uint8Array | undefined;
    const handle: Handle = {
      read(offset, count, call) {
        if (offset > 0 && bytes !== undefined) return slice(bytes, offset, count);
        const content = read(opener, call);
        if (content instanceof Promise) {
          return content.then((c) => slice((bytes = toBytes(c)), offset, count));
        }
        return slice((bytes = toBytes(content)), offset, count);
      },
    };
    if (write !== undefined) {
      handle.write = (_offset, data, call) => {
        const length = data.length;
        const done = write(toText(data), opener, call);
        return done instanceof Promise ? done.then(() => length) : length;
      };
    }
    return handle;
  };
  return new FileNode(open, options, write === undefined ? 0o444 : 0o666);
}

/** A file with these bytes, which are not copied. */
export function bytes(content: Content, meta: Meta = {}): FileNode {
  const data = toBytes(content);
  const open = (): Handle => ({ read: (offset, count) => slice(data, offset, count) });
  return new FileNode(open, { stat: () => ({ length: BigInt(data.length) }), ...meta }, 0o444);
}

/** The node at `path`, names apart by slashes, below static directories. Throws when there is none. */
export function nodeAt(root: StaticDir, path: string): TreeNode {
  let node: TreeNode = root;
  for (const name of path.split('/').filter((element) => element !== '')) {
    const next: TreeNode | undefined = node instanceof StaticDir ? node.get(name) : undefined;
    if (next === undefined) throw new StyxError(Enotfound);
    node = next;
  }
  return node;
}
