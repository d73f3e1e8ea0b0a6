/**
 * The mount table of a name space. Name spaces that were forked share one table until one of them changes it, and the
 * copy shares every head that did not change: a fork costs one object, a changed fork an array more.
 */
import type { Chan } from './chan.ts';
import type { Dev } from './dev-id.ts';
import { ignore } from './steps.ts';

let mountIds = 0;

/** One file bound or mounted somewhere; a member of the union there. Shared by the tables that hold it, never changed. */
export class Mount {
  /** Order of all binds and mounts of this process, and what bind and mount return. */
  readonly id: number = ++mountIds;
  readonly to: Chan;
  readonly flags: number;
  /** The aname that was mounted. */
  readonly spec: string;
  /** What a mount line prints for the server; undefined for a bind. */
  readonly source: string | undefined;
  /** The channel that was mounted, so that unmount can be told of it. */
  readonly channel: Chan | undefined;
  #refs = 0;

  constructor(to: Chan, flags: number, spec: string = '', source?: string, channel?: Chan) {
    this.to = to.dup();
    this.flags = flags;
    this.spec = spec;
    this.source = source;
    this.channel = channel?.dup();
  }

  retain(): void {
    this.#refs++;
  }

  release(): void {
    if (--this.#refs > 0) return;
    ignore(() => this.to.close());
    if (this.channel !== undefined) ignore(() => (this.channel as Chan).close());
  }
}

/** A mount point, and the union that covers it. Never changed: another union is another head. */
export class Mhead {
  readonly from: Chan;
  readonly mounts: readonly Mount[];
  #refs = 1;

  constructor(from: Chan, mounts: readonly Mount[]) {
    this.from = from.dup();
    this.mounts = mounts;
    for (const mount of mounts) mount.retain();
  }

  get first(): Mount {
    return this.mounts[0] as Mount;
  }

  retain(): this {
    this.#refs++;
    return this;
  }

  release(): void {
    if (--this.#refs > 0) return;
    ignore(() => this.from.close());
    for (const mount of this.mounts) mount.release();
  }
}

/** A table longer than this is looked up through an index. */
const SCAN = 16;

export class MountTable {
  #heads: Mhead[] = [];
  #index: Map<Dev, Map<bigint, Mhead>> | undefined;
  #refs = 1;
  #members = 0;

  get shared(): boolean {
    return this.#refs > 1;
  }

  get heads(): readonly Mhead[] {
    return this.#heads;
  }

  /** Members of all unions together. */
  get members(): number {
    return this.#members;
  }

  /** What covers the file, if anything does. */
  find(dev: Dev, path: bigint): Mhead | undefined {
    const heads = this.#heads;
    if (heads.length > SCAN) return (this.#index ??= indexOf(heads)).get(dev)?.get(path);
    for (let i = 0; i < heads.length; i++) {
      const { from } = heads[i] as Mhead;
      if (from.dev === dev && from.qid.path === path) return heads[i];
    }
    return undefined;
  }

  /** Puts `head`, whose reference becomes the table's, in the place of `old`, or takes `old` away. */
  replace(old: Mhead | undefined, head: Mhead | undefined): void {
    this.#index = undefined;
    this.#members += (head?.mounts.length ?? 0) - (old?.mounts.length ?? 0);
    const at = old === undefined ? this.#heads.length : this.#heads.indexOf(old);
    if (head === undefined) this.#heads.splice(at, 1);
    else this.#heads[at] = head;
    old?.release();
  }

  copy(): MountTable {
    const table = new MountTable();
    table.#heads = this.#heads.slice();
    table.#members = this.#members;
    for (const head of table.#heads) head.retain();
    return table;
  }

  retain(): this {
    this.#refs++;
    return this;
  }

  release(): void {
    if (--this.#refs > 0) return;
    for (const head of this.#heads) head.release();
    this.#heads = [];
    this.#index = undefined;
  }
}

function indexOf(heads: readonly Mhead[]): Map<Dev, Map<bigint, Mhead>> {
  const index = new Map<Dev, Map<bigint, Mhead>>();
  for (const head of heads) {
    let paths = index.get(head.from.dev);
    if (paths === undefined) index.set(head.from.dev, (paths = new Map()));
    paths.set(head.from.qid.path, head);
  }
  return index;
}
