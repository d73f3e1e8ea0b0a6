import { readSync } from 'node:fs';
import { GgufError } from './errors.ts';

const windowBytes = 256 * 1024;
/** A vocabulary may hold a byte order mark as a token, which a decoder drops unless told not to. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads little-endian values from a file through one window of 256 KiB. Every length is checked against the file's
 * size before a byte is read or allocated, so a hostile length costs nothing. Reads are synchronous: a header is a few
 * megabytes from the page cache, and a promise a field would cost more than the reading.
 */
export class Cursor {
  readonly #fd: number;
  readonly #path: string;
  /** No byte at or past this one is read: the file's size, or the header's largest size. */
  readonly #end: number;
  readonly #limited: boolean;
  readonly #window: Buffer;
  #start = 0;
  #filled = 0;
  /** The next byte, from the start of the file. */
  pos: number;

  constructor(fd: number, path: string, fileSize: number, headerLimit: number, pos = 0) {
    this.#fd = fd;
    this.#path = path;
    this.#end = Math.min(fileSize, headerLimit);
    this.#limited = headerLimit < fileSize;
    this.#window = Buffer.allocUnsafe(Math.min(windowBytes, Math.max(this.#end, 16)));
    this.pos = pos;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#end - this.pos;
  }

  fail(message: string): GgufError {
    return new GgufError(this.#path, this.pos, message);
  }

  /** Throws unless `count` values of at least `each` bytes can still follow. */
  expect(count: number, each: number, what: string): void {
    if (count * each <= this.left) return;
    throw this.fail(
      this.#limited
        ? `${what} runs past the largest header of ${this.#end} bytes`
        : `truncated: ${what} runs past the end of the file`,
    );
  }

  skip(bytes: number, what: string): void {
    this.expect(bytes, 1, what);
    this.pos += bytes;
  }

  /** Steps over `count` bytes, at most the window's size, and gives their place in the window. */
  #next(count: number, what: string): number {
    let at = this.pos - this.#start;
    if (at < 0 || at + count > this.#filled) {
      this.expect(count, 1, what);
      this.#start = this.pos;
      this.#filled = Math.min(this.#window.length, this.left);
      this.#read(this.#window.subarray(0, this.#filled), this.pos);
      at = 0;
    }
    this.pos += count;
    return at;
  }

  /** Bytes that stay valid until the next call. */
  bytes(count: number, what: string): Buffer {
    this.expect(count, 1, what);
    if (count <= this.#window.length) {
      const at = this.#next(count, what);
      return this.#window.subarray(at, at + count);
    }
    const whole = Buffer.allocUnsafe(count);
    this.#read(whole, this.pos);
    this.pos += count;
    return whole;
  }

  #read(into: Buffer, from: number): void {
    for (let got = 0; got < into.length; ) {
      const n = readSync(this.#fd, into, got, into.length - got, from + got);
      if (n === 0) throw this.fail('truncated: the file became shorter while it was read');
      got += n;
    }
  }

  u32(what: string): number {
    const at = this.#next(4, what);
    return this.#window.readUInt32LE(at);
  }

  /** A count, length or offset. Those past 2^53 are past any file too. */
  u64(what: string): number {
    const at = this.#next(8, what);
    const value = this.#window.readUInt32LE(at) + this.#window.readUInt32LE(at + 4) * 0x1_0000_0000;
    if (value > Number.MAX_SAFE_INTEGER)
      throw this.fail(`${what} is ${this.#window.readBigUInt64LE(at)}, larger than any file`);
    return value;
  }

  /** A length-prefixed string of at most `limit` bytes; bytes that are not UTF-8 become U+FFFD. */
  string(limit: number, what: string): string {
    const length = this.u64(`length of ${what}`);
    if (length > limit) throw this.fail(`${what} has ${length} bytes, more than ${limit}`);
    return utf8.decode(this.bytes(length, what));
  }
}
