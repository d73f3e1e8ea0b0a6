/** Files of another machine's tree as nodes of this one. */
import { createHash } from 'node:crypto';
import {
  type Dir,
  DMDIR,
  type File,
  OpenFile,
  OREAD,
  StyxError,
  uninterrupted,
  unpackDirs,
} from '@llambo/styx';
import { DirNode, FileNode, type Handle, type TreeNode } from '@llambo/styx/fs';

/** Walks to a file of the other tree: not open, the caller's to clunk. */
export type Walk = (path: string) => Promise<File>;

/** The node of the file at `path`, which is as `stat` says. `root` tells files of different trees apart. */
export function remoteNode(walk: Walk, root: string, path: string, stat: Dir): TreeNode {
  const meta = {
    path: pathOf(`${root}/${path}`),
    perm: stat.mode & 0o777,
    stat: () => ({ length: stat.length, mtime: stat.mtime }),
  };
  if ((stat.mode & DMDIR) === 0) return new FileNode((_opener, mode) => open(walk, path, mode), meta, 0o444);
  const inside = (name: string): string => (path === '' ? name : `${path}/${name}`);
  return new DirNode(
    {
      async lookup(name) {
        const file = await walk(inside(name)).catch(() => undefined);
        if (file === undefined) return undefined;
        try {
          return remoteNode(walk, root, inside(name), await file.stat(uninterrupted));
        } finally {
          await file.clunk();
        }
      },
      async list() {
        const file = await walk(path);
        const opened = new OpenFile(file, await file.open(OREAD, uninterrupted), OREAD);
        try {
          return unpackDirs(await opened.readAll()).map(
            (dir) => [dir.name, remoteNode(walk, root, inside(dir.name), dir)] as const,
          );
        } finally {
          await opened.close();
        }
      },
    },
    meta,
  );
}

async function open(walk: Walk, path: string, mode: number): Promise<Handle> {
  const file = await walk(path);
  try {
    const { iounit } = await file.open(mode, uninterrupted);
    return {
      iounit,
      read: (offset, count, call) => file.read(offset, count, call),
      write: (offset, data, call) => file.write(offset, data, call),
      close: () => file.clunk(),
    };
  } catch (error) {
    await file.clunk();
    throw error instanceof StyxError ? error : new StyxError((error as Error).message);
  }
}

/** A number for a file that is the same at every look. */
export function pathOf(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigUInt64BE() >> 1n;
}
