/** Writes messages one after the other into a buffer that grows, or that `Outbox` takes away when it is full. */
import { QIDSZ } from '../constants.ts';
import { Elong, Enul, StyxError } from '../errors.ts';
import type { Dir, Qid } from '../file.ts';
import { putDir, sizeofDir } from './dir.ts';
import { encodeText } from './text-bytes.ts';

export class Writer {
  bytes: Uint8Array;
  view: DataView;
  /** Where the next byte goes. */
  at: number = 0;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** What was written since `reset`, as a view. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  /** Makes room for `n` more bytes, before the first of them is written. */
  reserve(n: number): void {
    if (this.at + n <= this.bytes.length) return;
    const more = new Uint8Array(Math.max(this.at + n, this.bytes.length * 2, 256));
    more.set(this.bytes.subarray(0, this.at));
    this.bytes = more;
    this.view = new DataView(more.buffer);
  }

  u8(v: number): void {
    this.bytes[this.at++] = v;
  }

  u16(v: number): void {
    this.view.setUint16(this.at, v, true);
    this.at += 2;
  }

  u32(v: number): void {
    this.view.setUint32(this.at, v, true);
    this.at += 4;
  }

  /** A number up to 2^53-1 in 64 bits. */
  offset(v: number): void {
    this.view.setUint32(this.at, v >>> 0, true);
    this.view.setUint32(this.at + 4, Math.floor(v / 0x1_0000_0000), true);
    this.at += 8;
  }

  string(text: string): void {
    if (text.includes('\0')) throw new StyxError(Enul);
    const n = encodeText(text, this.bytes, this.at + 2);
    if (n > 0xffff) throw new StyxError(Elong);
    this.view.setUint16(this.at, n, true);
    this.at += 2 + n;
  }

  data(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  qid(qid: Qid): void {
    const at = this.at;
    this.bytes[at] = qid.type;
    this.view.setUint32(at + 1, qid.version, true);
    this.view.setBigUint64(at + 5, qid.path, true);
    this.at = at + QIDSZ;
  }

  /** stat[n]: the record behind a second size. */
  stat(dir: Dir): void {
    const n = sizeofDir(dir);
    if (n > 0xffff) throw new StyxError(Elong);
    this.u16(n);
    this.at = putDir(dir, this.bytes, this.at);
  }
}
