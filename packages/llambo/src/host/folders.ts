/** The folders of a node that hold what does not change: models/ and dis/. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { bytes, FileNode, StaticDir, type TreeNode } from '@llambo/styx/fs';

export class WorkerFolders {
  readonly program: Uint8Array;
  /** The program, as llambo.dis. */
  readonly dis: StaticDir;
  readonly #models = new Map<string, StaticDir>();

  /** @param program what the nodes run */
  constructor(program: Uint8Array) {
    this.program = program;
    this.dis = new StaticDir([['llambo.dis', bytes(program, { perm: 0o555 })]]);
  }

  /** The model's own file, which is at `path`; nothing when it has none. */
  models(model: string, path: string | undefined): StaticDir {
    let dir = this.#models.get(model);
    if (dir === undefined) {
      const entries: [string, TreeNode][] = path === undefined ? [] : [[basename(path), hostFile(path)]];
      this.#models.set(model, (dir = new StaticDir(entries)));
    }
    return dir;
  }
}

/** Bytes that one read moves at most. */
const PIECE = 1 << 20;

/** A file of this machine, read only. */
function hostFile(path: string): FileNode {
  return new FileNode(
    () => {
      const fd = openSync(path, 'r');
      return {
        read(offset, count) {
          const piece = new Uint8Array(Math.min(count, PIECE));
          return piece.subarray(0, readSync(fd, piece, 0, piece.length, offset));
        },
        close: () => closeSync(fd),
      };
    },
    { stat: () => ({ length: BigInt(statSync(path, { throwIfNoEntry: false })?.size ?? 0) }) },
    0o444,
  );
}
