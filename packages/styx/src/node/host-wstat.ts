/** wstat of a file of the host. */
import { chmodSync, chownSync, lstatSync, renameSync, truncateSync, utimesSync } from 'node:fs';
import { DMAPPEND, DMDIR, DMWRITE, NOTOUCH32, NOTOUCH64 } from '../constants.ts';
import { Edirbit, Eexists, Eisdir, Eperm, Eperms, Etoobig, StyxError } from '../errors.ts';
import type { Dir } from '../file.ts';
import { checkFileName } from '../fs/names.ts';
import { checkFixed } from '../fs/wstat.ts';
import { checkParent, EXTRA, type Host, keyOf, MODES } from './host.ts';
import type { Entry } from './host-entry.ts';
import { tryTo } from './host-errors.ts';
import { isComponent, type Place } from './host-path.ts';

/** Checks all, then changes all; what fails half way is taken back. */
export function change(host: Host, entry: Entry, user: string, place: Place, to: Dir): void {
  const { stats, path } = place;
  const is = host.dir(stats, entry.name, user);
  checkFixed(to, is);
  const renames = to.name !== '' && to.name !== is.name;
  const resizes = to.length !== NOTOUCH64 && to.length !== is.length;
  const remodes = to.mode !== NOTOUCH32 && to.mode !== is.mode;
  const retimes = to.mtime !== NOTOUCH32 && to.mtime !== is.mtime;
  const regroups = to.gid !== '' && to.gid !== is.gid;
  const lead = user === is.uid || host.users.isLeader(user, is.gid);
  if (renames) {
    checkFileName(to.name);
    if (!isComponent(to.name)) throw new StyxError(Eperm);
    checkParent(host, entry, user);
  }
  if (resizes) {
    if (stats.isDirectory()) throw new StyxError(Eisdir);
    if (!host.may(stats, user, DMWRITE)) throw new StyxError(Eperm);
    if (is.mode & DMAPPEND && to.length < is.length) throw new StyxError(Eperm);
    if (to.length > BigInt(Number.MAX_SAFE_INTEGER)) throw new StyxError(Etoobig);
  }
  if (remodes) {
    if ((to.mode ^ is.mode) & DMDIR) throw new StyxError(Edirbit);
    if ((to.mode & ~MODES) !== 0) throw new StyxError(Eperms);
  }
  if ((remodes || retimes) && !lead) throw new StyxError(Eperm);
  const gid = regroups ? checkGroup(host, user, is, to.gid) : 0;

  const undo: (() => void)[] = [];
  try {
    if (regroups) {
      chownSync(path, Number(stats.uid), gid);
      undo.push(() => chownSync(path, Number(stats.uid), Number(stats.gid)));
    }
    if (remodes) {
      chmodSync(path, to.mode & 0o777);
      undo.push(() => chmodSync(path, Number(stats.mode & 0o7777n)));
    }
    if (renames) undo.push(rename(host, entry, to.name));
    if (resizes) truncateSync(path, Number(to.length));
    if (retimes) utimesSync(path, is.atime, to.mtime);
  } catch (error) {
    for (const back of undo.reverse()) tryTo(back);
    throw error;
  }
  if (remodes) {
    if (to.mode & EXTRA) host.extra.set(keyOf(stats), (to.mode & EXTRA) >>> 0);
    else host.extra.delete(keyOf(stats));
  }
}

/** Renames the file in its directory; gives the way back. */
function rename(host: Host, entry: Entry, name: string): () => void {
  const from = entry.name;
  const move = (to: string): void =>
    host.find(entry.parent as Entry, ({ path }) => {
      if (lstatSync(`${path}/${to}`, { throwIfNoEntry: false }) !== undefined) throw new StyxError(Eexists);
      renameSync(`${path}/${entry.name}`, `${path}/${to}`);
      entry.rename(to);
    });
  move(name);
  return () => move(from);
}

function checkGroup({ users, names }: Host, user: string, is: Dir, name: string): number {
  const may =
    (user === is.uid && users.isMember(user, name)) ||
    (users.isLeader(user, is.gid) && users.isLeader(user, name));
  const gid = names.groupId(name);
  if (!may || gid === undefined) throw new StyxError(Eperm);
  return gid;
}
