/** Reads the fields of one message and never past its end. */
import { QIDSZ } from '../constants.ts';
import { Eshort, Etrailing, StyxError } from '../errors.ts';
import type { Qid } from '../file.ts';
import { decodeText } from './text-bytes.ts';

const copyOf = Uint8Array.prototype.slice;
const TWO32 = 0x1_0000_0000;

export class Reader {
  bytes: Uint8Array;
  view: DataView;
  /** The next byte to read. */
  at: number = 0;
  /** The byte after the message. */
  end: number = 0;
  /** `data` must copy. */
  lent: boolean = false;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  /**
   * Goes on with other bytes; `window` says which part of them. `lent`: they are good only for this turn, so that `data`
   * must copy.
   */
  reset(bytes: Uint8Array, lent: boolean): void {
    this.lent = lent;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.end = bytes.length;
  }

  window(from: number, to: number): void {
    this.at = from;
    this.end = to;
  }

  #take(n: number): number {
    const at = this.at;
    if (at + n > this.end) throw new StyxError(Eshort);
    this.at = at + n;
    return at;
  }

  u8(): number {
    return this.bytes[this.#take(1)] as number;
  }

  u16(): number {
    return this.view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.#take(4), true);
  }

  /** 64 bits as a number; past 2^53-1 it saturates. */
  offset(): number {
    const at = this.#take(8);
    const high = this.view.getUint32(at + 4, true);
    if (high > 0x1fffff) return Number.MAX_SAFE_INTEGER;
    return high * TWO32 + this.view.getUint32(at, true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.#take(8), true);
  }

  string(): string {
    const n = this.u16();
    const at = this.#take(n);
    return decodeText(this.bytes, at, at + n);
  }

  /** The next `n` bytes: a view, or a copy of bytes that were lent. */
  data(n: number): Uint8Array {
    const at = this.#take(n);
    // A Buffer's own slice does not copy.
    if (this.lent) return copyOf.call(this.bytes, at, at + n);
    return this.bytes.subarray(at, at + n);
  }

  qid(): Qid {
    const at = this.#take(QIDSZ);
    return {
      type: this.bytes[at] as number,
      version: this.view.getUint32(at + 1, true),
      path: this.view.getBigUint64(at + 5, true),
    };
  }

  /** Checks that the message ends here. */
  done(): void {
    if (this.at !== this.end) throw new StyxError(Etrailing);
  }
}
