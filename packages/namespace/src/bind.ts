/** Changing the mount table, sys-bind(2). */
import { Ebadarg, type File, type FileServer, OREAD, StyxError } from '@llambo/styx';
import type { Caller } from './caller.ts';
import { Chan } from './chan.ts';
import { MAFTER, MBEFORE, MCREATE, MMASK, MORDER, MREPL } from './constants.ts';
import { attachTo, devOf } from './dev-id.ts';
import { Emanymounts, Emount, Eunion, Eunmount } from './errors.ts';
import { Mhead, Mount } from './mounts.ts';
import type { Namespace } from './namespace.ts';
import { type Alias, type Crossed, cross, reach, type Start, sameFile, start } from './resolve.ts';
import { ignore, type Steps } from './steps.ts';

export interface MountOptions {
  /** Which tree of the server. */
  readonly aname?: string;
  /** What the printed name space says instead of the server: a dial string, the name of a pipe. */
  readonly source?: string;
  /** The channel that the server is behind, so that `unmount` of its name finds this mount. */
  readonly channel?: Chan;
}

export function* bindName(ns: Namespace, name: string, on: string, flags: number, by: Caller): Steps<number> {
  const begin: Start = yield* start(ns, name, by);
  const found: Chan = yield* reach(ns, begin, by);
  const { chan, head }: Crossed = yield* cross(ns, found, begin.direct, by);
  // What lies behind a mount point is known by its own name; a mounted root, which has none, by how it was mounted.
  const first = head?.first;
  const own = first === undefined ? chan.dup() : first.to.dup();
  try {
    return yield* cover(ns, own, head, on, flags, by, { aname: first?.spec, source: first?.source });
  } finally {
    head?.release();
    ignore(() => own.close());
    ignore(() => chan.close());
  }
}

export function* mountSource(
  ns: Namespace,
  source: FileServer | File,
  on: string,
  flags: number,
  options: MountOptions,
  by: Caller,
): Steps<number> {
  ns.check();
  const file: File = yield* attachTo(source, by.user ?? ns.user, options.aname ?? '', by);
  // One connection is one server, however often it is mounted.
  const chan = new Chan(file, devOf(options.channel ?? source), '#M');
  try {
    return yield* cover(ns, chan, undefined, on, flags, by, {
      ...options,
      source: options.source ?? options.channel?.path ?? '#M',
    });
  } finally {
    ignore(() => chan.close());
  }
}

function* cover(
  ns: Namespace,
  chan: Chan,
  union: Mhead | undefined,
  on: string,
  flags: number,
  by: Caller,
  options: MountOptions,
): Steps<number> {
  const begin: Start = yield* start(ns, on, by);
  const old: Chan = yield* reach(ns, begin, by);
  try {
    return enter(ns, chan, union, old, flags, options);
  } finally {
    ignore(() => old.close());
  }
}

/** Changes the table, all at once. */
function enter(
  ns: Namespace,
  chan: Chan,
  union: Mhead | undefined,
  old: Chan,
  flags: number,
  options: MountOptions,
): number {
  const order = flags & MORDER;
  if (chan.isDir !== old.isDir || (!old.isDir && order !== MREPL)) throw new StyxError(Emount);
  // Creation goes into one directory: a union can't be bound for it, unless it is one member that allows it already.
  if (flags & MCREATE && union !== undefined) {
    if (union.mounts.length > 1 || !(union.first.flags & MCREATE)) throw new StyxError(Emount);
  }
  const head = ns.table.find(old.dev, old.qid.path);
  const had = head?.mounts.length ?? 0;
  const more = (union?.mounts.length ?? 1) + (order === MREPL ? -had : had === 0 ? 1 : 0);
  if (ns.table.members + more > ns.mostMounts) throw new StyxError(Emanymounts);
  let members = head?.mounts ?? [];
  if (head === undefined && order !== MREPL) members = [new Mount(old, 0)];
  const { aname, source, channel } = options;
  const mount = new Mount(chan, flags, aname, source, channel);
  const added = [mount];
  for (const { to, spec, source } of union?.mounts.slice(1) ?? []) {
    added.push(new Mount(to, order === MREPL ? MAFTER : order, spec, source));
  }
  if (order === MREPL) members = added;
  else if (order === MAFTER) members = [...members, ...added];
  else members = [...added, ...members];
  ns.ownTable().replace(head, new Mhead(head?.from ?? old, members));
  return mount.id;
}

export function* unmountName(ns: Namespace, name: string | undefined, on: string, by: Caller): Steps<void> {
  const begin: Start = yield* start(ns, on, by);
  const point: Chan = yield* reach(ns, begin, by);
  let member: Chan | undefined;
  try {
    if (name) {
      const from: Start = yield* start(ns, name, by);
      const found: Chan = yield* reach(ns, from, by);
      const crossed: Crossed = yield* cross(ns, found, from.direct, by);
      crossed.head?.release();
      member = crossed.chan;
      const { file } = member;
      const other = 'alias' in file ? (file as Alias).alias(OREAD, by) : undefined;
      if (other !== undefined) {
        ignore(() => crossed.chan.close());
        member = other;
      }
    }
    leave(ns, point, member);
  } finally {
    ignore(() => point.close());
    if (member !== undefined) ignore(() => (member as Chan).close());
  }
}

function leave(ns: Namespace, point: Chan, member: Chan | undefined): void {
  const head = ns.table.find(point.dev, point.qid.path);
  if (head === undefined) throw new StyxError(Eunmount);
  let rest: readonly Mount[] = [];
  if (member !== undefined) {
    const at = head.mounts.findIndex(
      ({ to, channel }) => sameFile(to, member) || (channel !== undefined && sameFile(channel, member)),
    );
    if (at < 0) throw new StyxError(Eunion);
    rest = head.mounts.filter((_, i) => i !== at);
  }
  ns.ownTable().replace(head, rest.length > 0 ? new Mhead(head.from, rest) : undefined);
}

/** Throws unless `flags` are those of one bind or mount. */
export function checkFlags(flags: number): void {
  // A number that is too large, not unknown bits: so does the kernel.
  if (!(flags >= 0 && flags <= MMASK) || (flags & MORDER) === (MBEFORE | MAFTER))
    throw new StyxError(Ebadarg);
}
