/**
 * The evaluation of file names, sys-intro(2). A walk asks a server for as many names at once as it may, and stops at
 * the first mount point among the files that it came by. The result lies before the mount point, if it is one, so that
 * a name can be mounted upon again; what is to be used goes through `cross`.
 */
import { Enotdir, type File, MAXWELEM, type Qid, QTDIR, StyxError, type Walked } from '@llambo/styx';
import type { Caller } from './caller.ts';
import { Chan } from './chan.ts';
import { MCREATE } from './constants.ts';
import { attachTo, devOf } from './dev-id.ts';
import { Ebadsharp, Edoesnotexist, Enoattach, Enocreate } from './errors.ts';
import type { Mhead, Mount } from './mounts.ts';
import type { Namespace } from './namespace.ts';
import { addElement, checkName, type Elements, elements, quote } from './path.ts';
import { ignore, isPromise, type Steps } from './steps.ts';

/** A name that has been taken apart, with the reference from which its elements are walked. */
export interface Start {
  readonly text: string;
  readonly parts: Elements;
  /** Owned by the taker. */
  readonly chan: Chan;
  /** The name begins with `#`: mount points do not count. */
  readonly direct: boolean;
}

export function* start(ns: Namespace, text: string, by: Caller): Steps<Start> {
  checkName(text);
  if (text[0] === '/') return { text, parts: elements(text), chan: ns.slash.dup(), direct: false };
  if (text[0] !== '#') return { text, parts: elements(text), chan: ns.current.dup(), direct: false };
  // The device's own character may be a slash: "#/" is the root device.
  let end = 1;
  while (end < text.length && (text[end] !== '/' || end < 2)) end++;
  const chan: Chan = yield* attachDevice(ns, text.slice(0, end), by);
  return { text, parts: elements(text, end), chan, direct: true };
}

/** Devices that stay reachable after NODEVS: private to whoever attaches, or controlled on their own, sys-pctl(2). */
const PRIVATE = '|esDa';

function* attachDevice(ns: Namespace, name: string, by: Caller): Steps<Chan> {
  const char = String.fromCodePoint(name.codePointAt(1) ?? 0);
  const spec = name.slice(1 + char.length);
  if (char === 'M') throw new StyxError(Enoattach);
  if (ns.nodevs && (!PRIVATE.includes(char) || (char === 's' && spec !== ''))) throw new StyxError(Enoattach);
  const device = ns.devices.get(char);
  if (device === undefined) throw new StyxError(Ebadsharp);
  const file: File = yield* attachTo(device, by.user ?? ns.user, spec, by);
  return new Chan(file, devOf(device, char), name);
}

/** How far a walk came, for the error that names the element. */
export interface Reached {
  names: number;
}

/** Walks `names` from `from`, which it gives up whatever happens; all of them or an error. The result is not crossed. */
export function* walk(
  ns: Namespace,
  from: Chan,
  names: readonly string[],
  direct: boolean,
  reached: Reached,
  by: Caller,
): Steps<Chan> {
  let chan = from;
  let path = from.path;
  let head: Mhead | undefined;
  try {
    for (let have = 0; have < names.length; ) {
      reached.names = have;
      if (!chan.isDir) throw new StyxError(Enotdir);
      const up = names[have] === '..';
      const some = up ? ['..'] : upToDotDot(names, have);
      // Having come to a mount point and entered it, a walk that goes on looks once more: the directory that is mounted
      // there may be covered itself. A walk that ends there does not. Programs see the same on the original kernels.
      if (!up && !direct) {
        const cover = ns.table.find(chan.dev, chan.qid.path)?.retain();
        if (cover !== undefined) {
          head?.release();
          head = cover;
          chan = moveTo(chan, head.first.to.dup());
        }
      }
      reached.names = have + 1;

      const { walked, dev } = yield* walkMembers(chan, head, some, by);
      head?.release();
      head = undefined;

      let n = walked.qids.length;
      if (!direct && !up) {
        for (let i = 0; i < some.length - 1 && i < walked.qids.length; i++) {
          head = ns.table.find(dev, (walked.qids[i] as Qid).path)?.retain();
          if (head === undefined) continue;
          n = i + 1;
          break;
        }
      }
      for (let i = 0; i < n; i++) path = addElement(path, some[i] as string);
      if (head !== undefined) {
        if (walked.file !== undefined) ignore(() => (walked.file as File).clunk());
        chan = moveTo(chan, head.first.to.dup());
      } else {
        if (walked.file === undefined) {
          const last = walked.qids[n - 1];
          const dir = last === undefined || (last.type & QTDIR) !== 0;
          reached.names = have + n + (dir ? 1 : 0);
          throw new StyxError(dir ? Edoesnotexist : Enotdir);
        }
        chan = moveTo(chan, new Chan(walked.file, dev, path));
        if (up) chan = leave(ns, chan, path);
      }
      have += n;
    }
    if (chan.path === path && chan.refs === 1) return chan;
    // Nothing was walked, or the walk ended on a reference that a mount table holds.
    const clone: File = yield* cloneOf(chan.file, by);
    return moveTo(chan, new Chan(clone, chan.dev, path));
  } catch (error) {
    ignore(() => chan.close());
    throw error;
  } finally {
    head?.release();
  }
}

function upToDotDot(names: readonly string[], from: number): string[] {
  const some: string[] = [];
  for (let i = from; i < names.length && some.length < MAXWELEM && names[i] !== '..'; i++) {
    some.push(names[i] as string);
  }
  return some;
}

function moveTo(from: Chan, to: Chan): Chan {
  ignore(() => from.close());
  return to;
}

export function* cloneOf(file: File, by: Caller): Steps<File> {
  const walking = file.walk([], by);
  const walked: Walked = isPromise(walking) ? yield walking : walking;
  if (walked.file === undefined) throw new StyxError(Edoesnotexist);
  return walked.file;
}

/** The walk in the first member of the union that knows the first name. */
function* walkMembers(
  chan: Chan,
  head: Mhead | undefined,
  names: string[],
  by: Caller,
): Steps<{ walked: Walked; dev: Chan['dev'] }> {
  const members: readonly Mount[] = head?.mounts ?? [];
  for (let i = 0; ; ) {
    const member = i === 0 ? chan : (members[i] as Mount).to;
    try {
      const walking = member.file.walk(names, by);
      const walked: Walked = isPromise(walking) ? yield walking : walking;
      if (walked.file === undefined && walked.qids.length === 0) throw new StyxError(Edoesnotexist);
      return { walked, dev: member.dev };
    } catch (error) {
      if (++i >= members.length || by.signal.aborted) throw error;
    }
  }
}

/** After `..`: when the walk came out of a mounted tree at its mount point, go on at the mount point's own side. */
function leave(ns: Namespace, chan: Chan, path: string): Chan {
  for (const { from, mounts } of ns.table.heads) {
    if (from.path === path && mounts.some(({ to }) => sameFile(to, chan))) return moveTo(chan, from.dup());
  }
  return chan;
}

export function sameFile(a: Chan, b: Chan): boolean {
  return a.dev === b.dev && a.qid.path === b.qid.path;
}

/** The file of the name, before any mount point upon it. */
export function* reach(ns: Namespace, from: Start, by: Caller): Steps<Chan> {
  const { parts, direct } = from;
  const reached: Reached = { names: 0 };
  let chan: Chan;
  try {
    chan = yield* walk(ns, from.chan, parts.names, direct, reached, by);
  } catch (error) {
    throw named(from, reached.names, error);
  }
  if (parts.directory && !chan.isDir) {
    ignore(() => chan.close());
    throw named(from, parts.names.length, new StyxError(Enotdir));
  }
  return chan;
}

export interface Crossed {
  readonly chan: Chan;
  /** A reference of the taker's to the union that was entered. */
  readonly head: Mhead | undefined;
}

/** The first member of what covers `chan`, which is given up, or `chan` itself. Keeps the name. */
export function* cross(ns: Namespace, chan: Chan, direct: boolean, by: Caller): Steps<Crossed> {
  const head = direct ? undefined : ns.table.find(chan.dev, chan.qid.path)?.retain();
  if (head === undefined) return { chan, head };
  const { to } = head.first;
  try {
    const file: File = yield* cloneOf(to.file, by);
    return { chan: moveTo(chan, new Chan(file, to.dev, chan.path)), head };
  } catch (error) {
    head.release();
    ignore(() => chan.close());
    throw error;
  }
}

/** A file of some device that opens as another channel: `/fd/0`. */
export interface Alias extends File {
  /** The channel that takes the place of this file, owned by the taker; undefined when this file opens as itself. */
  alias(mode: number, by: Caller): Chan | undefined;
}

/** Opens `chan` across its mount point; gives it up on an error. */
export function* openChan(ns: Namespace, chan: Chan, mode: number, direct: boolean, by: Caller): Steps<Chan> {
  const crossed: Crossed = yield* cross(ns, chan, direct, by);
  const { head } = crossed;
  let open = crossed.chan;
  try {
    const { file } = open;
    const other = 'alias' in file ? (file as Alias).alias(mode, by) : undefined;
    if (other !== undefined) {
      ignore(() => open.close());
      return other;
    }
    const opening = file.open(mode, by);
    const { iounit } = isPromise(opening) ? yield opening : opening;
    open = open.opened(
      mode,
      iounit,
      open.isDir && head !== undefined && head.mounts.length > 1 ? head : undefined,
    );
    return open;
  } catch (error) {
    ignore(() => open.close());
    throw error;
  } finally {
    head?.release();
  }
}

/** Makes and opens a file in a directory that `parent` stands on, and on whose union it is then put; keeps `parent`. */
export function* makeFile(
  ns: Namespace,
  parent: Chan,
  name: string,
  mode: number,
  perm: number,
  direct: boolean,
  by: Caller,
): Steps<Chan> {
  const head = direct ? undefined : ns.table.find(parent.dev, parent.qid.path);
  const member = head?.mounts.find(({ flags }) => flags & MCREATE);
  if (head !== undefined && member === undefined) throw new StyxError(Enocreate);
  const dir = member?.to ?? parent;
  const file: File = yield* cloneOf(dir.file, by);
  const chan = new Chan(file, dir.dev, addElement(parent.path, name));
  try {
    const creating = file.create(name, perm >>> 0, mode, by);
    const { iounit } = isPromise(creating) ? yield creating : creating;
    return chan.opened(mode, iounit);
  } catch (error) {
    ignore(() => chan.close());
    throw error;
  }
}

/** The error of a walk, with the name as far as it was walked: `'/a/b' file does not exist`. */
export function named(from: Start, names: number, error: unknown): unknown {
  if (!(error instanceof StyxError) || error.constructor !== StyxError) return error;
  const end = from.parts.ends[names] ?? from.text.length;
  let name = from.text.slice(0, end);
  const tail = name.lastIndexOf('/');
  if (name.length >= 42 && tail > 0) name = `...${name.slice(tail)}`;
  return new StyxError(`${quote(name)} ${error.message}`, { cause: error });
}
