/** Random messages for property tests. */
import fc from 'fast-check';
import * as C from '../src/constants.ts';
import type { Dir, Fcall, Qid } from '../src/index.ts';

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn });
/** Offsets that a number holds exactly. */
const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
export const text: fc.Arbitrary<string> = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }))
  .map((s) => s.replace(/\p{Surrogate}|\0/gu, 'x'));
const data = fc.uint8Array({ maxLength: 300 });

export const qid: fc.Arbitrary<Qid> = fc.record({ type: u8, version: u32, path: u64 });
export const dir: fc.Arbitrary<Dir> = fc.record({
  type: u16,
  dev: u32,
  qid,
  mode: u32,
  atime: u32,
  mtime: u32,
  length: u64,
  name: text,
  uid: text,
  gid: text,
  muid: text,
});

const message = <T extends number>(
  type: T,
  fields: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Fcall> => fc.record({ type: fc.constant(type), tag: u16, ...fields }) as fc.Arbitrary<Fcall>;

export const fcall: fc.Arbitrary<Fcall> = fc.oneof(
  message(C.Tversion, { msize: u32, version: text }),
  message(C.Rversion, { msize: u32, version: text }),
  message(C.Tauth, { afid: u32, uname: text, aname: text }),
  message(C.Rauth, { aqid: qid }),
  message(C.Tattach, { fid: u32, afid: u32, uname: text, aname: text }),
  message(C.Rattach, { qid }),
  message(C.Rerror, { ename: text }),
  message(C.Tflush, { oldtag: u16 }),
  message(C.Rflush, {}),
  message(C.Twalk, { fid: u32, newfid: u32, wname: fc.array(text, { maxLength: 16 }) }),
  message(C.Rwalk, { wqid: fc.array(qid, { maxLength: 16 }) }),
  message(C.Topen, { fid: u32, mode: u8 }),
  message(C.Ropen, { qid, iounit: u32 }),
  message(C.Tcreate, { fid: u32, name: text, perm: u32, mode: u8 }),
  message(C.Rcreate, { qid, iounit: u32 }),
  message(C.Tread, { fid: u32, offset, count: u32 }),
  message(C.Rread, { data }),
  message(C.Twrite, { fid: u32, offset, data }),
  message(C.Rwrite, { count: u32 }),
  message(C.Tclunk, { fid: u32 }),
  message(C.Rclunk, {}),
  message(C.Tremove, { fid: u32 }),
  message(C.Rremove, {}),
  message(C.Tstat, { fid: u32 }),
  message(C.Rstat, { stat: dir }),
  message(C.Twstat, { fid: u32, stat: dir }),
  message(C.Rwstat, {}),
);
