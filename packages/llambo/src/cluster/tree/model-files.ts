/** The folder of models, read only: hosts that lack a model fetch it from here. */
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DirNode, dynamicDir, FileNode, type TreeNode } from '@llambo/styx/fs';
import { pathOf } from './remote.ts';

/** Files of `folder` whose names end in .gguf. */
export function modelFiles(folder: string): DirNode {
  const node = async (name: string): Promise<TreeNode | undefined> => {
    if (!name.endsWith('.gguf') || name.includes('/')) return undefined;
    const info = await stat(join(folder, name)).catch(() => undefined);
    if (info?.isFile() !== true) return undefined;
    return new FileNode(
      async () => {
        const file = await open(join(folder, name), constants.O_RDONLY);
        return {
          async read(offset, count) {
            const buffer = Buffer.allocUnsafe(count);
            const { bytesRead } = await file.read(buffer, 0, count, offset);
            return buffer.subarray(0, bytesRead);
          },
          close: () => file.close(),
        };
      },
      {
        path: pathOf(`models/${name}`),
        stat: () => ({ length: BigInt(info.size), mtime: Math.floor(info.mtimeMs / 1000) }),
      },
      0o444,
    );
  };
  return dynamicDir({
    lookup: node,
    async list() {
      const names = await readdir(folder).catch(() => []);
      const found = await Promise.all(names.map(async (name) => [name, await node(name)] as const));
      return found.filter((entry): entry is readonly [string, TreeNode] => entry[1] !== undefined);
    },
  });
}
