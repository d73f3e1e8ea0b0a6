/** What each T-message does to fids and files: one function to begin it, one to finish it when its file has answered. */
import { sizeofDir } from '../codec/dir.ts';
import type {
  TattachCall,
  TauthCall,
  TcreateCall,
  Tmsg,
  TopenCall,
  TreadCall,
  TwalkCall,
  TwriteCall,
  TwstatCall,
} from '../codec/fcall.ts';
import * as C from '../constants.ts';
import {
  Eattach,
  Eauth,
  Eauthfile,
  Ebadfid,
  Ecount,
  Edirbit,
  Edupfid,
  Eisdir,
  Emanyfids,
  Emanyreqs,
  Emode,
  Ename,
  Eneedauth,
  Enoauth,
  Enofid,
  Enotdir,
  Enotfound,
  Enotopenread,
  Enotopenwrite,
  Eoffset,
  Eopen,
  Eover,
  Etoobig,
  Ewalkopen,
  StyxError,
} from '../errors.ts';
import type { Dir, File, Opened, Qid, Walked } from '../file.ts';
import { BY_REFERENCE } from '../transport/outbox.ts';
import type { Conversation } from './auth.ts';
import { type Connection, isPromise } from './connection.ts';
import { Fid } from './fid.ts';
import { LEAST_READ } from './limits.ts';
import { BAD_MODE, isElement, isFileName } from './names.ts';
import type { Request } from './request.ts';

const none = new Uint8Array(0);

/** A request has arrived: finds its fids, changes the table of fids, and runs it or lets it wait. */
export function dispatch(conn: Connection, req: Request): void {
  try {
    prepare(conn, req);
  } catch (e) {
    conn.fail(req, e);
    return;
  }
  const fid = req.fid;
  if (fid?.busy !== undefined && fid.busy !== req) conn.enqueue(req, fid);
  else run(conn, req);
}

/** What has to happen in the order of arrival, whether the files are ready or not. */
function prepare(conn: Connection, req: Request): void {
  const m = req.m;
  switch (m.type) {
    case C.Tauth:
      req.newfid = reserve(conn, m.afid, m.uname, m.aname, req);
      break;
    case C.Tattach: {
      if (m.afid !== C.NOFID) {
        req.fid = lookup(conn, m.afid);
      }
      req.newfid = reserve(conn, m.fid, m.uname, m.aname, req);
      break;
    }
    case C.Twalk: {
      const fid = lookup(conn, m.fid);
      if (m.newfid !== m.fid) req.newfid = reserve(conn, m.newfid, fid.uname, fid.aname, req);
      req.fid = fid;
      break;
    }
    case C.Tclunk:
    case C.Tremove:
      req.fid = lookup(conn, m.fid);
      conn.fids.delete(m.fid);
      break;
    case C.Twrite:
      req.fid = lookup(conn, m.fid);
      req.held = m.data.length;
      if (conn.held + req.held > conn.limits.bytes && conn.held > 0) throw new StyxError(Emanyreqs);
      break;
    case C.Tversion:
    case C.Tflush:
      break;
    default:
      req.fid = lookup(conn, m.fid);
  }
}

function lookup(conn: Connection, id: number): Fid {
  const fid = conn.fids.get(id);
  if (fid === undefined) throw new StyxError(Ebadfid);
  return fid;
}

/** Takes the number `id` for what `req` is about to make. */
function reserve(conn: Connection, id: number, uname: string, aname: string, req: Request): Fid {
  if (id === C.NOFID) throw new StyxError(Enofid);
  if (conn.fids.has(id)) throw new StyxError(Edupfid);
  if (conn.fids.size >= conn.limits.fids) throw new StyxError(Emanyfids);
  const fid = new Fid(id, uname, aname);
  fid.busy = req;
  conn.fids.set(id, fid);
  return fid;
}

/** Begins a request whose fids are ready. */
export function run(conn: Connection, req: Request): void {
  try {
    begin(conn, req);
  } catch (e) {
    conn.fail(req, e);
  }
}

/** Frees what a walk, attach or auth that failed had taken, and gives up the file if it has found one after all. */
export function undo(conn: Connection, req: Request, value: unknown): void {
  const newfid = req.newfid;
  if (newfid !== undefined && newfid.file === undefined && newfid.auth === undefined) {
    if (conn.fids.get(newfid.id) === newfid) conn.fids.delete(newfid.id);
  }
  if (value === undefined || value === null) return;
  if (req.m.type === C.Twalk) drop(conn, (value as Walked).file);
  else if (req.m.type === C.Tattach) drop(conn, value as File);
  else if (req.m.type === C.Tauth) (value as Conversation).close?.();
}

/** Clunks a file that no fid will stand for. */
function drop(conn: Connection, file: File | undefined): void {
  if (file !== undefined) void clunkFile(conn, file);
}

function clunkFile(conn: Connection, file: File): Promise<void> | undefined {
  try {
    const clunked = file.clunk();
    if (isPromise(clunked)) return clunked.catch((e) => conn.options.onError?.(e));
  } catch (e) {
    conn.options.onError?.(e);
  }
  return undefined;
}

/** Gives up the file of a fid that is in no table any more, as soon as no request uses it. */
export function clunkFid(conn: Connection, fid: Fid): Promise<void> | undefined {
  fid.auth?.close?.();
  if (fid.users > 0) {
    whenIdle(fid, () => drop(conn, fid.file));
    return undefined;
  }
  return fid.file === undefined ? undefined : clunkFile(conn, fid.file);
}

function whenIdle(fid: Fid, fn: () => void): void {
  const before = fid.onIdle;
  fid.onIdle =
    before === undefined
      ? fn
      : () => {
          before();
          fn();
        };
}

function fileOf(fid: Fid): File {
  if (fid.file !== undefined) return fid.file;
  throw new StyxError(fid.auth === undefined ? Ebadfid : Eauthfile);
}

function isDir(qid: Qid): boolean {
  return (qid.type & C.QTDIR) !== 0;
}

function begin(conn: Connection, req: Request): void {
  const m: Tmsg = req.m;
  switch (m.type) {
    case C.Tread:
      beginRead(conn, req, m, req.fid!);
      break;
    case C.Twrite:
      beginWrite(conn, req, m, req.fid!);
      break;
    case C.Twalk:
      beginWalk(conn, req, m, req.fid!);
      break;
    case C.Topen:
      beginOpen(conn, req, m, req.fid!);
      break;
    case C.Tclunk:
      beginClunk(conn, req, req.fid!);
      break;
    case C.Tcreate:
      beginCreate(conn, req, m, req.fid!);
      break;
    case C.Tremove:
      beginRemove(conn, req, req.fid!);
      break;
    case C.Tstat:
      conn.when(req, fileOf(req.fid!).stat(req), finishStat);
      break;
    case C.Twstat:
      beginWstat(conn, req, m, req.fid!);
      break;
    case C.Tattach:
      beginAttach(conn, req, m, req.newfid!);
      break;
    case C.Tauth:
      beginAuth(conn, req, m);
      break;
  }
}

// auth and attach, attach(5)

function beginAuth(conn: Connection, req: Request, m: TauthCall): void {
  const auth = conn.options.auth;
  if (auth === undefined) throw new StyxError(Enoauth);
  conn.when(req, auth.begin({ uname: m.uname, aname: m.aname }, req), finishAuth);
}

let authFiles = 0;

function finishAuth(conn: Connection, req: Request, conversation: Conversation): void {
  const fid = req.newfid!;
  fid.auth = conversation;
  const aqid = { type: C.QTAUTH, version: 0, path: BigInt(++authFiles) };
  fid.qid = aqid;
  conn.reply({ type: C.Rauth, tag: req.m.tag, aqid });
}

function beginAttach(conn: Connection, req: Request, m: TattachCall, newfid: Fid): void {
  const uname = mayAttach(conn, m, req.fid);
  // The proof was looked at; nothing is done to the afid.
  req.fid = undefined;
  newfid.uname = uname;
  conn.when(req, conn.fs.attach({ uname, aname: m.aname }, req), finishAttach);
}

/** The user that an attach may act as. */
function mayAttach(conn: Connection, m: TattachCall, afid: Fid | undefined): string {
  const proved = conn.transport.uname;
  if (afid !== undefined) {
    if (afid.auth === undefined) throw new StyxError(Eauth);
    if (afid.uname !== m.uname || afid.aname !== m.aname) throw new StyxError(Eattach);
    if (!afid.auth.proved) throw new StyxError(Eauth);
    return m.uname;
  }
  if (proved !== undefined) {
    if (m.uname !== proved && m.uname !== '') throw new StyxError(Eattach);
    return proved;
  }
  if (conn.options.auth === undefined) return m.uname;
  if (m.uname === 'none' && conn.options.none === true) return m.uname;
  throw new StyxError(Eneedauth);
}

function finishAttach(conn: Connection, req: Request, file: File): void {
  req.newfid!.file = file;
  req.newfid!.qid = file.qid;
  conn.reply({ type: C.Rattach, tag: req.m.tag, qid: file.qid });
}

// walk(5)

function beginWalk(conn: Connection, req: Request, m: TwalkCall, fid: Fid): void {
  const file = fileOf(fid);
  if (fid.mode >= 0) throw new StyxError(Ewalkopen);
  const names = m.wname;
  if (names.length === 0) {
    if (req.newfid === undefined) {
      conn.finish(req, { qids: [] }, finishSame);
      return;
    }
  } else if (!isDir(file.qid)) throw new StyxError(Enotdir);
  let legal = 0;
  while (legal < names.length && isElement(names[legal] as string)) legal++;
  if (legal === 0 && names.length > 0) throw new StyxError(Enotfound);
  // Walking a fid in place changes what it stands for: what names it meanwhile has to wait.
  if (req.newfid === undefined) fid.busy = req;
  conn.when(req, file.walk(legal === names.length ? names : names.slice(0, legal), req), finishWalk);
}

function finishSame(conn: Connection, req: Request): void {
  conn.reply({ type: C.Rwalk, tag: req.m.tag, wqid: [] });
}

function finishWalk(conn: Connection, req: Request, walked: Walked): void {
  const asked = (req.m as TwalkCall).wname.length;
  const { qids, file } = walked;
  if (file === undefined || qids.length < asked) {
    drop(conn, file);
    undo(conn, req, undefined);
    if (qids.length === 0) throw new StyxError(Enotfound);
    conn.reply({ type: C.Rwalk, tag: req.m.tag, wqid: qids.slice(0, asked) });
    return;
  }
  const fid = req.newfid ?? req.fid!;
  const old = fid.file;
  fid.file = file;
  fid.qid = file.qid;
  if (old !== undefined) {
    if (fid.users > 0) whenIdle(fid, () => drop(conn, old));
    else drop(conn, old);
  }
  conn.reply({ type: C.Rwalk, tag: req.m.tag, wqid: qids });
}

// open(5)

function checkMode(mode: number): void {
  if ((mode & BAD_MODE) !== 0) throw new StyxError(Emode);
}

/** It is illegal to write a directory, truncate it, or attempt to remove it on close. */
function checkDirMode(mode: number): void {
  if (C.canWrite(mode) || (mode & (C.OTRUNC | C.ORCLOSE)) !== 0) throw new StyxError(Eisdir);
}

function beginOpen(conn: Connection, req: Request, m: TopenCall, fid: Fid): void {
  const file = fileOf(fid);
  if (fid.mode >= 0) throw new StyxError(Eopen);
  checkMode(m.mode);
  if (isDir(file.qid)) checkDirMode(m.mode);
  fid.busy = req;
  conn.when(req, file.open(m.mode, req), finishOpen);
}

function finishOpen(conn: Connection, req: Request, opened: Opened): void {
  const m = req.m as TopenCall | TcreateCall;
  const fid = req.fid!;
  fid.mode = m.mode;
  fid.qid = opened.qid;
  const iounit = Math.min(opened.iounit, conn.msize - C.IOHDRSZ);
  if (m.type === C.Topen) conn.reply({ type: C.Ropen, tag: m.tag, qid: opened.qid, iounit });
  else conn.reply({ type: C.Rcreate, tag: m.tag, qid: opened.qid, iounit });
}

function beginCreate(conn: Connection, req: Request, m: TcreateCall, fid: Fid): void {
  const file = fileOf(fid);
  if (fid.mode >= 0) throw new StyxError(Eopen);
  if (!isDir(file.qid)) throw new StyxError(Enotdir);
  if (!isFileName(m.name)) throw new StyxError(Ename);
  checkMode(m.mode);
  if ((m.perm & C.DMDIR) !== 0) checkDirMode(m.mode);
  fid.busy = req;
  conn.when(req, file.create(m.name, m.perm, m.mode, req), finishOpen);
}

// read(5)

function beginRead(conn: Connection, req: Request, m: TreadCall, fid: Fid): void {
  const most = conn.msize - C.IOHDRSZ;
  let count = Math.min(m.count, most);
  if (fid.auth !== undefined) {
    conn.when(req, fid.auth.read(count, req), finishRead);
    return;
  }
  const file = fileOf(fid);
  if (fid.mode < 0 || !C.canRead(fid.mode)) throw new StyxError(Enotopenread);
  if (isDir(fid.qid!)) {
    if (m.offset !== 0 && m.offset !== fid.dirOffset) throw new StyxError(Eoffset);
  } else if (count === 0) {
    conn.finish(req, none, finishRead);
    return;
  }
  const room = conn.limits.bytes - conn.held;
  if (count > room) count = Math.min(count, Math.max(room, LEAST_READ));
  if (count >= BY_REFERENCE && file.lend !== undefined && !isDir(fid.qid!)) {
    const pieces = file.lend(m.offset, count, req);
    if (pieces !== undefined) {
      conn.finish(req, pieces, finishLent);
      return;
    }
  }
  req.held = count;
  conn.when(req, file.read(m.offset, count, req), finishRead);
}

function finishRead(conn: Connection, req: Request, data: Uint8Array): void {
  const m = req.m as TreadCall;
  const fid = req.fid!;
  if (data.length > m.count || data.length > conn.msize - C.IOHDRSZ) throw new StyxError(Eover);
  if (fid.qid !== undefined && isDir(fid.qid)) fid.dirOffset = m.offset + data.length;
  conn.replyRead(m.tag, data, fid.file?.stable === true);
}

function finishLent(conn: Connection, req: Request, pieces: readonly Uint8Array[]): void {
  const { tag, count } = req.m as TreadCall;
  let n = 0;
  for (const piece of pieces) n += piece.length;
  if (n > count || n > conn.msize - C.IOHDRSZ) throw new StyxError(Eover);
  conn.replyLent(tag, pieces, n);
}

function beginWrite(conn: Connection, req: Request, m: TwriteCall, fid: Fid): void {
  if (fid.auth !== undefined) {
    conn.when(req, fid.auth.write(m.data, req), finishWrite);
    return;
  }
  const file = fileOf(fid);
  if (fid.mode < 0 || !C.canWrite(fid.mode)) throw new StyxError(Enotopenwrite);
  if (isDir(fid.qid!)) throw new StyxError(Eisdir);
  if (m.offset + m.data.length > Number.MAX_SAFE_INTEGER) throw new StyxError(Etoobig);
  conn.when(req, file.write(m.offset, m.data, req), finishWrite);
}

function finishWrite(conn: Connection, req: Request, count: number): void {
  const m = req.m as TwriteCall;
  if (!(count >= 0 && count <= m.data.length)) throw new StyxError(Ecount);
  conn.reply({ type: C.Rwrite, tag: m.tag, count });
}

// clunk(5), remove(5)

function beginClunk(conn: Connection, req: Request, fid: Fid): void {
  fid.auth?.close?.();
  const file = fid.file;
  if (file === undefined) {
    if (fid.auth === undefined) throw new StyxError(Ebadfid);
    conn.finish(req, undefined, finishClunk);
  } else if (fid.users > 0) {
    // A read may be blocked for ever: the fid is free, the file follows when its requests are over.
    whenIdle(fid, () => drop(conn, file));
    conn.finish(req, undefined, finishClunk);
  } else conn.when(req, file.clunk(), finishClunk);
}

function finishClunk(conn: Connection, req: Request): void {
  conn.reply({ type: C.Rclunk, tag: req.m.tag });
}

function beginRemove(conn: Connection, req: Request, fid: Fid): void {
  if (fid.auth !== undefined) {
    fid.auth.close?.();
    throw new StyxError(Eauthfile);
  }
  conn.when(req, fileOf(fid).remove(req), finishRemove);
}

function finishRemove(conn: Connection, req: Request): void {
  conn.reply({ type: C.Rremove, tag: req.m.tag });
}

// stat(5)

function finishStat(conn: Connection, req: Request, stat: Dir): void {
  conn.checkSize(C.HDRSZ + 2 + sizeofDir(stat));
  conn.reply({ type: C.Rstat, tag: req.m.tag, stat });
}

function beginWstat(conn: Connection, req: Request, m: TwstatCall, fid: Fid): void {
  const file = fileOf(fid);
  const { name, mode } = m.stat;
  if (mode !== C.NOTOUCH32 && ((mode & C.DMDIR) !== 0) !== isDir(file.qid)) throw new StyxError(Edirbit);
  // The root's own name is `/`: setting it again changes nothing, and the file knows whether it is the root.
  if (name !== '' && name !== '/' && !isFileName(name)) throw new StyxError(Ename);
  conn.when(req, file.wstat(m.stat, req), finishWstat);
}

function finishWstat(conn: Connection, req: Request): void {
  conn.reply({ type: C.Rwstat, tag: req.m.tag });
}
