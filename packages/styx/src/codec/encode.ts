/** From messages to bytes. */
import * as C from '../constants.ts';
import { Ebadqids, Ewalk, StyxError } from '../errors.ts';
import { sizeofDir } from './dir.ts';
import type { Fcall } from './fcall.ts';
import { utf8Length } from './text-bytes.ts';
import { Writer } from './writer.ts';

/** The bytes of `m`, in a buffer of its own. Throws when a field can't be represented. */
export function encode(m: Fcall): Uint8Array {
  const w = new Writer(new Uint8Array(sizeofFcall(m)));
  put(m, w);
  return w.written();
}

/** Bytes that `m` takes on the wire. */
export function sizeofFcall(m: Fcall): number {
  switch (m.type) {
    case C.Tversion:
    case C.Rversion:
      return C.HDRSZ + 4 + 2 + utf8Length(m.version);
    case C.Tauth:
      return C.HDRSZ + 4 + 2 + utf8Length(m.uname) + 2 + utf8Length(m.aname);
    case C.Tattach:
      return C.HDRSZ + 8 + 2 + utf8Length(m.uname) + 2 + utf8Length(m.aname);
    case C.Rauth:
    case C.Rattach:
      return C.HDRSZ + C.QIDSZ;
    case C.Rerror:
      return C.HDRSZ + 2 + utf8Length(m.ename);
    case C.Tflush:
      return C.HDRSZ + 2;
    case C.Twalk: {
      let n = C.HDRSZ + 10;
      for (const name of m.wname) n += 2 + utf8Length(name);
      return n;
    }
    case C.Rwalk:
      return C.HDRSZ + 2 + m.wqid.length * C.QIDSZ;
    case C.Topen:
      return C.HDRSZ + 5;
    case C.Ropen:
    case C.Rcreate:
      return C.HDRSZ + C.QIDSZ + 4;
    case C.Tcreate:
      return C.HDRSZ + 4 + 2 + utf8Length(m.name) + 5;
    case C.Tread:
      return C.HDRSZ + 16;
    case C.Twrite:
      return C.HDRSZ + 16 + m.data.length;
    case C.Rread:
      return C.HDRSZ + 4 + m.data.length;
    case C.Rwrite:
    case C.Tclunk:
    case C.Tremove:
    case C.Tstat:
      return C.HDRSZ + 4;
    case C.Rflush:
    case C.Rclunk:
    case C.Rremove:
    case C.Rwstat:
      return C.HDRSZ;
    case C.Rstat:
      return C.HDRSZ + 2 + sizeofDir(m.stat);
    case C.Twstat:
      return C.HDRSZ + 6 + sizeofDir(m.stat);
  }
}

/** Appends `m` to `w`, which has room for it. After an error `w` stands where it stood. */
export function put(m: Fcall, w: Writer): void {
  const start = w.at;
  try {
    w.at = start + 4;
    w.u8(m.type);
    w.u16(m.tag);
    fields(m, w);
    w.view.setUint32(start, w.at - start, true);
  } catch (e) {
    w.at = start;
    throw e;
  }
}

function fields(m: Fcall, w: Writer): void {
  switch (m.type) {
    case C.Tread:
      w.u32(m.fid);
      w.offset(m.offset);
      w.u32(m.count);
      break;
    case C.Rread:
      w.u32(m.data.length);
      w.data(m.data);
      break;
    case C.Twrite:
      w.u32(m.fid);
      w.offset(m.offset);
      w.u32(m.data.length);
      w.data(m.data);
      break;
    case C.Rwrite:
      w.u32(m.count);
      break;
    case C.Tversion:
    case C.Rversion:
      w.u32(m.msize);
      w.string(m.version);
      break;
    case C.Tauth:
      w.u32(m.afid);
      w.string(m.uname);
      w.string(m.aname);
      break;
    case C.Rauth:
      w.qid(m.aqid);
      break;
    case C.Tattach:
      w.u32(m.fid);
      w.u32(m.afid);
      w.string(m.uname);
      w.string(m.aname);
      break;
    case C.Rattach:
      w.qid(m.qid);
      break;
    case C.Rerror:
      w.string(m.ename);
      break;
    case C.Tflush:
      w.u16(m.oldtag);
      break;
    case C.Twalk:
      if (m.wname.length > C.MAXWELEM) throw new StyxError(Ewalk);
      w.u32(m.fid);
      w.u32(m.newfid);
      w.u16(m.wname.length);
      for (const name of m.wname) w.string(name);
      break;
    case C.Rwalk:
      if (m.wqid.length > C.MAXWELEM) throw new StyxError(Ebadqids);
      w.u16(m.wqid.length);
      for (const qid of m.wqid) w.qid(qid);
      break;
    case C.Topen:
      w.u32(m.fid);
      w.u8(m.mode);
      break;
    case C.Ropen:
    case C.Rcreate:
      w.qid(m.qid);
      w.u32(m.iounit);
      break;
    case C.Tcreate:
      w.u32(m.fid);
      w.string(m.name);
      w.u32(m.perm);
      w.u8(m.mode);
      break;
    case C.Tclunk:
    case C.Tremove:
    case C.Tstat:
      w.u32(m.fid);
      break;
    case C.Rstat:
      w.stat(m.stat);
      break;
    case C.Twstat:
      w.u32(m.fid);
      w.stat(m.stat);
      break;
    case C.Rflush:
    case C.Rclunk:
    case C.Rremove:
    case C.Rwstat:
      break;
  }
}
