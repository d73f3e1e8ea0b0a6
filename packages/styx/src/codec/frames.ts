/**
 * Cuts a stream of bytes into messages. Those that arrive whole are handled where they lie, in a buffer that the next bytes
 * will fill again; one that comes in parts is put together in a buffer of its own.
 */
import { HDRSZ, Rread, Twrite } from '../constants.ts';
import { Eframe, ProtocolError } from '../errors.ts';
import { giveBuffer, newBuffer, SLAB, takeBuffer } from './buffers.ts';
import { Reader } from './reader.ts';

/**
 * Messages up to this size are handled where they arrived, and what is kept of them is copied. Larger ones are put together
 * in a buffer of their own, which can then be lent to whoever handles them.
 */
const LARGE = 4096;

/** Bytes of an Rread before its data. */
const RREAD = HDRSZ + 4;

/**
 * Handles one message: `r` stands after the tag and ends with the message. False stops the stream (the rest waits for
 * `resume`).
 */
export type OnFrame = (type: number, tag: number, r: Reader) => boolean;

export class Frames {
  /** Largest message that is let in, its size field included. A larger one ends the stream before it is buffered. */
  msize: number;
  /** Set by `onFrame` when it keeps views of the message: if that has a buffer of its own, it is then not used again. */
  retained: boolean = false;
  /**
   * Asked when a large Rread begins to arrive: where its data shall go, at least `count` bytes, or undefined. `direct` is
   * called when it is there, instead of `onFrame`.
   */
  place: ((tag: number, count: number) => Uint8Array | undefined) | undefined;
  direct: (tag: number, data: Uint8Array) => void = () => {};
  #into: Uint8Array | undefined;
  /** True when a large Twrite on `fid` may be handled where it arrived: nothing of it is kept. */
  lends: ((fid: number) => boolean) | undefined;
  readonly #onFrame: OnFrame;
  readonly #reader: Reader = new Reader();
  /** A message of which only the first `#have` bytes are here; its size is known when there are 4 of them. */
  #partial: Uint8Array | undefined;
  #have = 0;
  /** Bytes that arrived after `onFrame` said stop. */
  #waiting: Uint8Array[] = [];
  #stopped = false;

  readonly #keeps: boolean;

  /** `keeps`: views of messages in buffers of their own live on after `onFrame`, always. */
  constructor(msize: number, onFrame: OnFrame, keeps: boolean = false) {
    this.msize = msize;
    this.#keeps = keeps;
    this.#onFrame = onFrame;
  }

  /** Bytes held, of messages that are not complete or not handled yet. */
  get buffered(): number {
    return this.#waiting.reduce((n, c) => n + c.length, this.#have);
  }

  /** Part of a message is here, and the rest is not. */
  get partial(): boolean {
    return this.#have > 0;
  }

  /** Takes the next bytes of the stream. Throws a ProtocolError when a size field can't be right. */
  push(chunk: Uint8Array): void {
    if (this.#stopped) {
      this.#waiting.push(new Uint8Array(chunk));
      return;
    }
    const rest = this.#consume(chunk);
    if (rest !== undefined) {
      this.#stopped = true;
      this.#waiting.push(new Uint8Array(rest));
    }
  }

  /** Goes on after a stop, with what has arrived since. */
  resume(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const chunk of waiting) this.push(chunk);
  }

  /** Forgets all that is held. */
  clear(): void {
    this.#waiting = [];
    this.#partial = undefined;
    this.#into = undefined;
    this.#have = 0;
  }

  /** Handles the messages in `chunk`; what is left when it was told to stop, or undefined. */
  #consume(chunk: Uint8Array): Uint8Array | undefined {
    const n = chunk.length;
    let at = 0;
    for (;;) {
      if (this.#partial !== undefined) {
        const used = this.#fill(this.#partial, at === 0 ? chunk : chunk.subarray(at));
        at += used < 0 ? -used - 1 : used;
        if (used < 0) return chunk.subarray(at);
        if (this.#partial !== undefined) return undefined;
      }
      const next = this.#whole(chunk, at);
      at = next < 0 ? -next - 1 : next;
      if (next < 0) return chunk.subarray(at);
      if (at === n) return undefined;
      // Until its size is known a message has a small buffer of its own: idle connections must not hold large ones.
      this.#partial = new Uint8Array(RREAD);
      this.#have = 0;
    }
  }

  /** Handles the small messages that are whole in `chunk` from `at` on. Where they end; `-end - 1` when told to stop. */
  #whole(chunk: Uint8Array, at: number): number {
    const n = chunk.length;
    if (n - at < HDRSZ) return at;
    const r = this.#reader;
    r.reset(chunk, true);
    do {
      const size = r.view.getUint32(at, true);
      if (size < HDRSZ || size > this.msize) throw new ProtocolError(Eframe);
      if (at + size > n) return at;
      const type = chunk[at + 4] as number;
      let lent = true;
      if (size > LARGE) {
        if (type !== Twrite || this.lends?.(r.view.getUint32(at + HDRSZ, true)) !== true) return at;
        lent = false;
      }
      r.lent = lent;
      const tag = r.view.getUint16(at + 5, true);
      r.window(at + HDRSZ, at + size);
      at += size;
      if (!this.#onFrame(type, tag, r)) return -at - 1;
    } while (n - at >= HDRSZ);
    return at;
  }

  /**
   * Continues the message in `#partial` with the start of `chunk`: how many bytes it took. When it became complete it
   * was handled, and `-taken - 1` says that the handler said stop.
   */
  #fill(partial: Uint8Array, chunk: Uint8Array): number {
    let taken = 0;
    let have = this.#have;
    if (have < HDRSZ) {
      const n = Math.min(HDRSZ - have, chunk.length);
      partial.set(n === chunk.length ? chunk : chunk.subarray(0, n), have);
      have += n;
      taken = n;
      if (have >= 4) {
        const size = sizeOf(partial);
        if (size < HDRSZ || size > this.msize) throw new ProtocolError(Eframe);
      }
      if (have < HDRSZ) {
        this.#have = have;
        return taken;
      }
    }
    const size = sizeOf(partial);
    if (have < RREAD && partial[4] === Rread && size > LARGE && this.#into === undefined) {
      this.#into = this.place?.(tagOf(partial), size - RREAD);
    }
    if (this.#into !== undefined) return this.#fillInto(this.#into, partial, size, have, chunk, taken);
    let buffer = partial;
    const n = Math.min(size - have, chunk.length - taken);
    if (have + n > buffer.length) {
      // A size field alone must not make the server give away megabytes: room grows with what has really arrived.
      const room = Math.min(size, Math.max(2 * SLAB, 2 * (have + n)));
      const more = this.#keeps ? newBuffer(room) : room <= 512 ? new Uint8Array(room) : takeBuffer(room);
      more.set(buffer.subarray(0, have));
      if (buffer.length >= SLAB && !this.#keeps) giveBuffer(buffer);
      buffer = more;
    }
    buffer.set(taken === 0 && n === chunk.length ? chunk : chunk.subarray(taken, taken + n), have);
    have += n;
    taken += n;
    if (have < size) {
      this.#partial = buffer;
      this.#have = have;
      return taken;
    }
    this.#partial = undefined;
    this.#have = 0;
    const r = this.#reader;
    r.reset(buffer, false);
    r.window(HDRSZ, size);
    this.retained = false;
    const go = this.#onFrame(buffer[4] as number, tagOf(buffer), r);
    if (buffer.length >= SLAB && !this.retained && !this.#keeps) giveBuffer(buffer);
    return go ? taken : -taken - 1;
  }

  /** As `#fill`, for an Rread whose data goes where it is wanted. */
  #fillInto(
    into: Uint8Array,
    header: Uint8Array,
    size: number,
    have: number,
    chunk: Uint8Array,
    taken: number,
  ): number {
    while (have < RREAD && taken < chunk.length) header[have++] = chunk[taken++] as number;
    if (have >= RREAD) {
      const n = Math.min(size - have, chunk.length - taken);
      into.set(chunk.subarray(taken, taken + n), have - RREAD);
      have += n;
      taken += n;
    }
    this.#have = have;
    if (have < size) return taken;
    this.#partial = undefined;
    this.#into = undefined;
    this.#have = 0;
    const count = new DataView(header.buffer, header.byteOffset).getUint32(HDRSZ, true);
    if (count !== size - RREAD) throw new ProtocolError(Eframe);
    this.direct(tagOf(header), into.subarray(0, count));
    return taken;
  }
}

function tagOf(header: Uint8Array): number {
  return (header[5] as number) | ((header[6] as number) << 8);
}

function sizeOf(header: Uint8Array): number {
  return (
    ((header[0] as number) |
      ((header[1] as number) << 8) |
      ((header[2] as number) << 16) |
      ((header[3] as number) << 24)) >>>
    0
  );
}
