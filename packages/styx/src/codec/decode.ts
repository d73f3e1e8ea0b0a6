/** From bytes to messages, strictly: every field must lie inside the message, and the last one must end it. */
import * as C from '../constants.ts';
import { Ebadqids, Ebadstat, Eframe, Etype, Ewalk, ProtocolError, StyxError } from '../errors.ts';
import type { Dir, Qid } from '../file.ts';
import { unpackDir } from './dir.ts';
import type { Fcall, Rmsg, Tmsg } from './fcall.ts';
import { Reader } from './reader.ts';

/**
 * The message that fills `bytes`, its size field included. `data` of Rread and Twrite is a view of `bytes`. Throws a
 * ProtocolError when the size field does not say `bytes.length`, a StyxError for anything else that is wrong.
 */
export function decode(bytes: Uint8Array): Fcall {
  const r = new Reader(bytes);
  if (bytes.length < C.HDRSZ || r.u32() !== bytes.length) throw new ProtocolError(Eframe);
  const type = r.u8();
  const tag = r.u16();
  return type % 2 === 0 ? decodeT(type, tag, r) : decodeR(type, tag, r);
}

/** The parameters of a T-message from `r`, which stands after the tag. */
export function decodeT(type: number, tag: number, r: Reader): Tmsg {
  const m = readT(type, tag, r);
  r.done();
  return m;
}

/** The parameters of an R-message from `r`, which stands after the tag. */
export function decodeR(type: number, tag: number, r: Reader): Rmsg {
  const m = readR(type, tag, r);
  r.done();
  return m;
}

// The fields of an object literal are evaluated in the order in which they are written: that of the wire.
function readT(type: number, tag: number, r: Reader): Tmsg {
  switch (type) {
    case C.Tread:
      return { type, tag, fid: r.u32(), offset: r.offset(), count: r.u32() };
    case C.Twrite:
      return { type, tag, fid: r.u32(), offset: r.offset(), data: r.data(r.u32()) };
    case C.Twalk:
      return { type, tag, fid: r.u32(), newfid: r.u32(), wname: names(r) };
    case C.Topen:
      return { type, tag, fid: r.u32(), mode: r.u8() };
    case C.Tclunk:
    case C.Tremove:
    case C.Tstat:
      return { type, tag, fid: r.u32() };
    case C.Tcreate:
      return { type, tag, fid: r.u32(), name: r.string(), perm: r.u32(), mode: r.u8() };
    case C.Twstat:
      return { type, tag, fid: r.u32(), stat: stat(r) };
    case C.Tflush:
      return { type, tag, oldtag: r.u16() };
    case C.Tattach:
      return { type, tag, fid: r.u32(), afid: r.u32(), uname: r.string(), aname: r.string() };
    case C.Tauth:
      return { type, tag, afid: r.u32(), uname: r.string(), aname: r.string() };
    case C.Tversion:
      return { type, tag, msize: r.u32(), version: r.string() };
    default:
      throw new StyxError(Etype);
  }
}

function readR(type: number, tag: number, r: Reader): Rmsg {
  switch (type) {
    case C.Rread:
      return { type, tag, data: r.data(r.u32()) };
    case C.Rwrite:
      return { type, tag, count: r.u32() };
    case C.Rerror:
      return { type, tag, ename: r.string() };
    case C.Rwalk:
      return { type, tag, wqid: qids(r) };
    case C.Ropen:
    case C.Rcreate:
      return { type, tag, qid: r.qid(), iounit: r.u32() };
    case C.Rclunk:
    case C.Rflush:
    case C.Rremove:
    case C.Rwstat:
      return { type, tag };
    case C.Rstat:
      return { type, tag, stat: stat(r) };
    case C.Rattach:
      return { type, tag, qid: r.qid() };
    case C.Rauth:
      return { type, tag, aqid: r.qid() };
    case C.Rversion:
      return { type, tag, msize: r.u32(), version: r.string() };
    default:
      throw new StyxError(Etype);
  }
}

function names(r: Reader): string[] {
  const n = r.u16();
  if (n > C.MAXWELEM) throw new StyxError(Ewalk);
  const out: string[] = [];
  for (let i = 0; i < n; i++) out.push(r.string());
  return out;
}

function qids(r: Reader): Qid[] {
  const n = r.u16();
  if (n > C.MAXWELEM) throw new StyxError(Ebadqids);
  const out: Qid[] = [];
  for (let i = 0; i < n; i++) out.push(r.qid());
  return out;
}

/** stat[n]: its length is there twice, stat(5) BUGS, and both must be right. */
function stat(r: Reader): Dir {
  const n = r.u16();
  const from = r.at;
  if (from + n !== r.end) throw new StyxError(Ebadstat);
  r.at = r.end;
  return unpackDir(r.bytes, from, r.end);
}
