import { type BigIntStats, lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { DMAPPEND, DMDIR, DMEXCL, DMTMP, DMWRITE } from '../constants.ts';
import { Enotfound, Eperm, StyxError } from '../errors.ts';
import type { Dir, Qid } from '../file.ts';
import { permits, type Users } from '../fs/perm.ts';
import { Entry } from './host-entry.ts';
import { hostDo } from './host-errors.ts';
import { HostNames } from './host-names.ts';
import { type Finder, finder, type Place } from './host-path.ts';

export interface HostfsOptions {
  /** Refuse whatever would change the folder. */
  readonly readonly?: boolean;
  /** Who is in which group of the host; by default all are in the groups of the user that this process acts as. */
  readonly users?: Users;
}

/** Bits of a mode that create and wstat know, and those of them that a host has no place for. */
export const MODES: number = (DMDIR | DMAPPEND | DMEXCL | DMTMP | 0o777) >>> 0;
export const EXTRA: number = (DMAPPEND | DMEXCL | DMTMP) >>> 0;

/**
 * How many removed files are remembered, so that a new file with the same inode number is another file, and how many makers
 * of files.
 */
const REMEMBERED = 65_536;

/** What all fids of one exported folder share. */
export class Host {
  readonly finder: Finder;
  readonly root: Entry = new Entry('/', undefined);
  readonly names: HostNames = new HostNames();
  readonly readonly: boolean;
  readonly users: Users;
  /** DM bits that the host has no place for, by file. */
  readonly extra: Map<string, number> = new Map();
  /** Who made a file, for those that were made here: on the host they all belong to one user. */
  readonly owners: Map<string, string> = new Map();
  /** Files that are open for exclusive use. */
  readonly exclusive: Set<string> = new Set();
  readonly #generations: Map<string, bigint> = new Map();
  readonly #device: bigint;

  constructor(folder: string, options: HostfsOptions) {
    this.finder = finder(folder);
    this.readonly = options.readonly === true;
    this.users = options.users ?? {
      isMember: (user, group) => user === group || this.names.inGroup(group),
      isLeader: (user, group) => user === group,
    };
    this.root.retain();
    this.#device = this.find(this.root, ({ stats }) => stats.dev);
  }

  /** Gives `use` the file of the entry for the time of the call. */
  find<T>(entry: Entry, use: (place: Place) => T): T {
    return hostDo(() => {
      const place = this.finder.find(entry.names());
      try {
        return use(place);
      } finally {
        place.close();
      }
    });
  }

  qid(stats: BigIntStats): Qid {
    const generation = this.#generations.get(keyOf(stats)) ?? 0n;
    // Inode numbers as they are on the folder's own device, the first time that they are used.
    const path =
      stats.ino + (stats.dev - this.#device) * 0x9e3779b97f4a7c15n + generation * 0xd1b54a32d192ed03n;
    const changed = stats.mtimeNs * 31n + stats.size;
    return {
      type: this.mode(stats) >>> 24,
      version: Number(BigInt.asUintN(32, changed ^ (changed >> 32n))),
      path: BigInt.asUintN(64, path),
    };
  }

  mode(stats: BigIntStats): number {
    const extra = this.extra.size > 0 ? (this.extra.get(keyOf(stats)) ?? 0) : 0;
    return (Number(stats.mode & 0o777n) | (stats.isDirectory() ? DMDIR : 0) | extra) >>> 0;
  }

  dir(stats: BigIntStats, name: string, user: string): Dir {
    const owner = Number(stats.uid);
    const uid = owner === this.names.self ? (this.owners.get(keyOf(stats)) ?? user) : this.names.user(owner);
    return {
      type: 0,
      dev: 0,
      qid: this.qid(stats),
      mode: this.mode(stats),
      atime: seconds(stats.atimeNs),
      mtime: seconds(stats.mtimeNs),
      length: stats.isDirectory() ? 0n : stats.size,
      name,
      uid,
      gid: this.names.group(Number(stats.gid)),
      muid: uid,
    };
  }

  may(stats: BigIntStats, user: string, want: number): boolean {
    return permits(this.dir(stats, '', user), user, this.users, want);
  }

  /** `user` has made the file. */
  made(stats: BigIntStats, user: string, mode: number): void {
    const key = keyOf(stats);
    if (mode & EXTRA) this.extra.set(key, (mode & EXTRA) >>> 0);
    this.owners.set(key, user);
    if (this.owners.size > REMEMBERED) forgetOldest(this.owners);
  }

  /** The file is gone for good when this was its last name. */
  forget(stats: BigIntStats): void {
    if (stats.isFile() && stats.nlink > 1n) return;
    const key = keyOf(stats);
    this.extra.delete(key);
    this.owners.delete(key);
    const generation = (this.#generations.get(key) ?? 0n) + 1n;
    this.#generations.delete(key);
    this.#generations.set(key, generation);
    if (this.#generations.size > REMEMBERED) forgetOldest(this.#generations);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

/** A file of the host, while it exists. */
export function keyOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function seconds(ns: bigint): number {
  return Number(BigInt.asUintN(32, ns / 1_000_000_000n));
}

/** Removes the file of the entry; with `only`, if it is the one with that qid path. */
export function unlink(host: Host, entry: Entry, only?: bigint): void {
  if (entry.parent === undefined) throw new StyxError(Eperm);
  // A file that was removed has no name any more, though another may have it.
  entry.names();
  host.find(entry.parent, ({ path }) => {
    const name = `${path}/${entry.name}`;
    const stats = lstatSync(name, { bigint: true });
    if (!(stats.isFile() || stats.isDirectory())) throw new StyxError(Enotfound);
    if (only !== undefined && host.qid(stats).path !== only) return;
    if (stats.isDirectory()) rmdirSync(name);
    else unlinkSync(name);
    host.forget(stats);
    entry.drop();
  });
}

/** Removing and renaming are a matter of the directory: throws unless `user` may write it. */
export function checkParent(host: Host, { parent }: Entry, user: string): void {
  if (parent === undefined) throw new StyxError(Eperm);
  if (!host.find(parent, ({ stats }) => host.may(stats, user, DMWRITE))) throw new StyxError(Eperm);
}
