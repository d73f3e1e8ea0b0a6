/** Stat records, stat(5): size[2] type[2] dev[4] qid[13] mode[4] atime[4] mtime[4] length[8] name[s] uid[s] gid[s] muid[s]. */
import { NOTOUCH8, NOTOUCH16, NOTOUCH32, NOTOUCH64, STATFIXLEN } from '../constants.ts';
import { Ebadstat, Elong, Enul, StyxError } from '../errors.ts';
import type { Dir, Qid } from '../file.ts';
import { decodeText, encodeText, utf8Length } from './text-bytes.ts';

/** Bytes of the record that `packDir` makes, its own size field included. */
export function sizeofDir(dir: Dir): number {
  return STATFIXLEN + utf8Length(dir.name) + utf8Length(dir.uid) + utf8Length(dir.gid) + utf8Length(dir.muid);
}

/** One record. Throws when it would pass 65,535 bytes or holds NUL. */
export function packDir(dir: Dir): Uint8Array {
  const bytes = new Uint8Array(sizeofDir(dir));
  putDir(dir, bytes, 0);
  return bytes;
}

/** Writes the record at `at`, where it must fit. The offset after it. */
export function putDir(dir: Dir, bytes: Uint8Array, at: number): number {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  v.setUint16(at + 2, dir.type, true);
  v.setUint32(at + 4, dir.dev, true);
  v.setUint8(at + 8, dir.qid.type);
  v.setUint32(at + 9, dir.qid.version, true);
  v.setBigUint64(at + 13, dir.qid.path, true);
  v.setUint32(at + 21, dir.mode, true);
  v.setUint32(at + 25, dir.atime, true);
  v.setUint32(at + 29, dir.mtime, true);
  v.setBigUint64(at + 33, dir.length, true);
  let p = at + 41;
  p = putString(dir.name, bytes, v, p);
  p = putString(dir.uid, bytes, v, p);
  p = putString(dir.gid, bytes, v, p);
  p = putString(dir.muid, bytes, v, p);
  const size = p - at - 2;
  if (size > 0xffff) throw new StyxError(Elong);
  v.setUint16(at, size, true);
  return p;
}

function putString(text: string, bytes: Uint8Array, v: DataView, at: number): number {
  if (text.includes('\0')) throw new StyxError(Enul);
  const n = encodeText(text, bytes, at + 2);
  if (n > 0xffff) throw new StyxError(Elong);
  v.setUint16(at, n, true);
  return at + 2 + n;
}

/**
 * The record that fills `bytes` from `from` up to `to` exactly. Throws when its size field, its strings and `to` do not
 * agree to the byte.
 */
export function unpackDir(bytes: Uint8Array, from: number = 0, to: number = bytes.length): Dir {
  if (to - from < STATFIXLEN) throw new StyxError(Ebadstat);
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (v.getUint16(from, true) !== to - from - 2) throw new StyxError(Ebadstat);
  let p = from + 41;
  const text = (): string => {
    if (p + 2 > to) throw new StyxError(Ebadstat);
    const start = p + 2;
    p = start + v.getUint16(p, true);
    if (p > to) throw new StyxError(Ebadstat);
    return decodeText(bytes, start, p);
  };
  const name = text();
  const uid = text();
  const gid = text();
  const muid = text();
  if (p !== to) throw new StyxError(Ebadstat);
  return {
    type: v.getUint16(from + 2, true),
    dev: v.getUint32(from + 4, true),
    qid: {
      type: v.getUint8(from + 8),
      version: v.getUint32(from + 9, true),
      path: v.getBigUint64(from + 13, true),
    },
    mode: v.getUint32(from + 21, true),
    atime: v.getUint32(from + 25, true),
    mtime: v.getUint32(from + 29, true),
    length: v.getBigUint64(from + 33, true),
    name,
    uid,
    gid,
    muid,
  };
}

/** The records of a directory read, read(5). Throws when the last one is cut off. */
export function unpackDirs(bytes: Uint8Array): Dir[] {
  const dirs: Dir[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) throw new StyxError(Ebadstat);
    const next = at + 2 + (bytes[at] as number) + (bytes[at + 1] as number) * 256;
    if (next > bytes.length) throw new StyxError(Ebadstat);
    dirs.push(unpackDir(bytes, at, next));
    at = next;
  }
  return dirs;
}

const untouchedQid: Qid = { type: NOTOUCH8, version: NOTOUCH32, path: NOTOUCH64 };

/** A Dir for wstat that changes what `changes` names and leaves the rest alone: all else is a don't-touch value. */
export function wstatDir(changes: Partial<Dir> = {}): Dir {
  return {
    type: NOTOUCH16,
    dev: NOTOUCH32,
    qid: untouchedQid,
    mode: NOTOUCH32,
    atime: NOTOUCH32,
    mtime: NOTOUCH32,
    length: NOTOUCH64,
    name: '',
    uid: '',
    gid: '',
    muid: '',
    ...changes,
  };
}

/** True when all of `dir` is don't-touch values: a Twstat that asks to commit the file to stable storage, stat(5). */
export function isSync(dir: Dir): boolean {
  return (
    dir.type === NOTOUCH16 &&
    dir.dev === NOTOUCH32 &&
    dir.qid.type === NOTOUCH8 &&
    dir.qid.version === NOTOUCH32 &&
    dir.qid.path === NOTOUCH64 &&
    dir.mode === NOTOUCH32 &&
    dir.atime === NOTOUCH32 &&
    dir.mtime === NOTOUCH32 &&
    dir.length === NOTOUCH64 &&
    dir.name === '' &&
    dir.uid === '' &&
    dir.gid === '' &&
    dir.muid === ''
  );
}
