/** Reaching, opening and making files by name, sys-open(2). */
import { type Awaitable, DMDIR, Ebadarg, Eexists, OEXEC, ORCLOSE, OTRUNC, StyxError } from '@llambo/styx';
import type { Caller } from './caller.ts';
import type { Chan } from './chan.ts';
import { OEXCL } from './constants.ts';
import { Eexecdir, Enodmdir } from './errors.ts';
import type { Namespace } from './namespace.ts';
import {
  type Crossed,
  cross,
  makeFile,
  named,
  openChan,
  type Reached,
  reach,
  type Start,
  start,
  walk,
} from './resolve.ts';
import { ignore, isPromise, type Steps } from './steps.ts';

/** Uses the file of the name, across its mount point, for the time of the call. */
export function* access<T>(
  ns: Namespace,
  name: string,
  by: Caller,
  use: (chan: Chan) => Awaitable<T>,
): Steps<T> {
  const begin: Start = yield* start(ns, name, by);
  const found: Chan = yield* reach(ns, begin, by);
  const { chan, head }: Crossed = yield* cross(ns, found, begin.direct, by);
  head?.release();
  try {
    const value = use(chan);
    return isPromise(value) ? yield value : value;
  } finally {
    ignore(() => chan.close());
  }
}

export function* openName(ns: Namespace, name: string, mode: number, by: Caller): Steps<Chan> {
  mode = checkMode(mode);
  const begin: Start = yield* start(ns, name, by);
  const chan: Chan = yield* reach(ns, begin, by);
  if ((mode & 3) === OEXEC && chan.isDir) {
    ignore(() => chan.close());
    throw new StyxError(Eexecdir);
  }
  return yield* openChan(ns, chan, mode, begin.direct, by);
}

export function* createName(
  ns: Namespace,
  name: string,
  mode: number,
  perm: number,
  by: Caller,
): Steps<Chan> {
  const exclusive = (mode & OEXCL) !== 0;
  mode = checkMode(mode & ~OEXCL);
  const begin: Start = yield* start(ns, name, by);
  const { names, directory } = begin.parts;
  const last = names[names.length - 1];
  if (last === undefined || (directory && (perm & DMDIR) === 0)) {
    ignore(() => begin.chan.close());
    if (last === undefined) throw new StyxError(Eexists);
    throw named(begin, names.length, new StyxError(Enodmdir));
  }
  const reached: Reached = { names: 0 };
  let parent: Chan;
  try {
    parent = yield* walk(ns, begin.chan, names.slice(0, -1), begin.direct, reached, by);
  } catch (error) {
    throw named(begin, reached.names, error);
  }
  try {
    const existing: Chan | undefined = yield* lookup(ns, parent, last, begin.direct, by);
    if (existing !== undefined) {
      if (exclusive) {
        ignore(() => existing.close());
        throw new StyxError(Eexists);
      }
      return yield* openChan(ns, existing, mode | OTRUNC, begin.direct, by);
    }
    try {
      return yield* makeFile(ns, parent, last, mode, perm, begin.direct, by);
    } catch (error) {
      if (exclusive || by.signal.aborted) throw error;
      // Somebody else may have made the file since the walk: open(5) says to try that once more.
      const made: Chan | undefined = yield* lookup(ns, parent, last, begin.direct, by);
      if (made === undefined) throw error;
      return yield* openChan(ns, made, mode | OTRUNC, begin.direct, by);
    }
  } finally {
    ignore(() => parent.close());
  }
}

/** The file `name` in the directory, whose reference stays the caller's; undefined when there is none. */
function* lookup(
  ns: Namespace,
  parent: Chan,
  name: string,
  direct: boolean,
  by: Caller,
): Steps<Chan | undefined> {
  try {
    return yield* walk(ns, parent.dup(), [name], direct, { names: 0 }, by);
  } catch (error) {
    if (by.signal.aborted) throw error;
    return undefined;
  }
}

/** The mode for the file. OCEXEC is taken, and means nothing here. */
function checkMode(mode: number): number {
  if (!(mode >= 0 && mode < (OTRUNC | OCEXEC | ORCLOSE | OEXEC)) || (mode & 0xf) > OEXEC)
    throw new StyxError(Ebadarg);
  return mode & ~OCEXEC;
}

const OCEXEC = 0x20;
