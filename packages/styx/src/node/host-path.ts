/**
 * Ways into a folder of the host that never lead out of it. On Linux every step opens one name below the directory that
 * the step before holds open, without following links, and what is used afterwards is that very file, whatever happens
 * to its name meanwhile. Elsewhere each component is looked at before use, which a host process that swaps directories
 * for links at the right moment can still beat.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  realpathSync,
} from 'node:fs';
import { sep } from 'node:path';
import { Enotdir, Enotfound, StyxError } from '../errors.ts';

/** Refers to a file without opening it for anything, open(2); Node has no name for it. */
const O_PATH = 0x200000;
const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A file that was found. `path` names that very file in calls of `node:fs`, until `close`. */
export interface Place {
  readonly path: string;
  readonly stats: BigIntStats;
  /** Opens it; `flags` are those of open(2). The file descriptor is the caller's. */
  open(flags: number): number;
  close(): void;
}

export interface Finder {
  /** The file at the end of `names`, a plain file or a directory; each name one component. Throws StyxError. */
  find(names: readonly string[]): Place;
  close(): void;
}

/** True when `name` is one component of a path and nothing else. */
export function isComponent(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) return false;
  return sep === '/' || !/[\\:]/.test(name);
}

export function finder(folder: string): Finder {
  const root = realpathSync(folder);
  if (!lstatSync(root).isDirectory()) throw new StyxError(`${folder}: ${Enotdir}`);
  if (process.platform === 'linux') {
    try {
      return new LinuxFinder(root);
    } catch {
      // no /proc here
    }
  }
  return new PortableFinder(root);
}

function usable(stats: BigIntStats): boolean {
  return stats.isFile() || stats.isDirectory();
}

class LinuxFinder implements Finder {
  readonly #root: number;

  constructor(root: string) {
    this.#root = openSync(root, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    const seen = lstatSync(`/proc/self/fd/${this.#root}/.`, { bigint: true });
    if (seen.ino !== fstatSync(this.#root, { bigint: true }).ino) throw new StyxError('unusable /proc');
  }

  find(names: readonly string[]): Place {
    let fd = this.#root;
    try {
      for (const [i, name] of names.entries()) {
        if (!isComponent(name)) throw new StyxError(Enotfound);
        const flags = O_PATH | O_NOFOLLOW | (i < names.length - 1 ? O_DIRECTORY : 0);
        const next = openSync(`/proc/self/fd/${fd}/${name}`, flags);
        if (fd !== this.#root) closeSync(fd);
        fd = next;
      }
      const stats = fstatSync(fd, { bigint: true });
      if (!usable(stats)) throw new StyxError(Enotfound);
      const root = fd === this.#root;
      const path = root ? `/proc/self/fd/${fd}/.` : `/proc/self/fd/${fd}`;
      let open = !root;
      return {
        path,
        stats,
        open: (flags) => openSync(path, flags | O_NONBLOCK),
        close() {
          if (open) closeSync(fd);
          open = false;
        },
      };
    } catch (error) {
      if (fd !== this.#root) closeSync(fd);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#root);
  }
}

class PortableFinder implements Finder {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  find(names: readonly string[]): Place {
    let path = this.#root;
    let stats = lstatSync(path, { bigint: true });
    for (const name of names) {
      if (!isComponent(name)) throw new StyxError(Enotfound);
      if (!stats.isDirectory()) throw new StyxError(Enotdir);
      path = path.endsWith(sep) ? path + name : path + sep + name;
      stats = lstatSync(path, { bigint: true });
      if (!usable(stats)) throw new StyxError(Enotfound);
    }
    if (realpathSync(path) !== path) throw new StyxError(Enotfound);
    return {
      path,
      stats,
      open(flags) {
        const fd = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK);
        const now = fstatSync(fd, { bigint: true });
        if (now.ino === stats.ino && now.dev === stats.dev) return fd;
        closeSync(fd);
        throw new StyxError(Enotfound);
      },
      close() {},
    };
  }

  close(): void {}
}
