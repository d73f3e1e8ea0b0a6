/** Collects messages and sends them in one write a turn. */
import { giveBuffer, SLAB, takeBuffer } from '../codec/buffers.ts';
import { put, sizeofFcall } from '../codec/encode.ts';
import type { Fcall } from '../codec/fcall.ts';
import { Writer } from '../codec/writer.ts';
import { HDRSZ, Rread, Tread, Twrite } from '../constants.ts';
import type { Transport } from './transport.ts';

/** From this size on, data that its owner leaves alone is sent from where it is. */
export const BY_REFERENCE: number = 16 * 1024;
const TREAD = HDRSZ + 16;
const none = new Uint8Array(0);

export class Outbox {
  /** Bytes that were given to the transport and have not left yet, or wait for the end of the turn. */
  pending: number = 0;
  /** Called when bytes have left. */
  onSent: () => void = () => {};
  readonly #transport: Transport;
  readonly #w: Writer = new Writer(none);
  /** Where in `#w` the part begins that is not in `#chunks` yet. */
  #from = 0;
  #chunks: Uint8Array[] = [];
  #buffers: Uint8Array[] = [];
  #scheduled = false;
  #closed = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** A writer with room for a message of `n` bytes, which the caller writes there at once and then reports to `wrote`. */
  room(n: number): Writer {
    const w = this.#w;
    if (w.at + n > w.bytes.length) {
      this.#cut();
      const buffer = takeBuffer(Math.max(n, SLAB));
      this.#buffers.push(buffer);
      w.reset(buffer);
      this.#from = 0;
    }
    return w;
  }

  wrote(n: number): void {
    this.pending += n;
  }

  put(m: Fcall): void {
    const n = sizeofFcall(m);
    put(m, this.room(n));
    this.wrote(n);
  }

  /** Rread; `stable` data is not copied when that saves something. */
  rread(tag: number, data: Uint8Array, stable: boolean): void {
    const n = data.length;
    const size = HDRSZ + 4 + n;
    const byReference = stable && n >= BY_REFERENCE;
    const w = this.room(byReference ? HDRSZ + 4 : size);
    w.u32(size);
    w.u8(Rread);
    w.u16(tag);
    w.u32(n);
    if (byReference) this.#byReference(data);
    else w.data(data);
    this.wrote(size);
  }

  /** Rread of pieces that nobody changes, `n` bytes together. */
  rlent(tag: number, pieces: readonly Uint8Array[], n: number): void {
    const w = this.room(HDRSZ + 4);
    w.u32(HDRSZ + 4 + n);
    w.u8(Rread);
    w.u16(tag);
    w.u32(n);
    for (const piece of pieces) this.#byReference(piece);
    this.wrote(HDRSZ + 4 + n);
  }

  tread(tag: number, fid: number, offset: number, count: number): void {
    const w = this.room(TREAD);
    const { view, at } = w;
    view.setUint32(at, TREAD, true);
    view.setUint8(at + 4, Tread);
    view.setUint16(at + 5, tag, true);
    view.setUint32(at + 7, fid, true);
    w.at = at + 11;
    w.offset(offset);
    view.setUint32(at + 19, count, true);
    w.at = at + TREAD;
    this.wrote(TREAD);
  }

  /** Twrite; as `rread`. */
  twrite(tag: number, fid: number, offset: number, data: Uint8Array, stable: boolean): void {
    const n = data.length;
    const size = HDRSZ + 16 + n;
    const byReference = stable && n >= BY_REFERENCE;
    const w = this.room(byReference ? HDRSZ + 16 : size);
    w.u32(size);
    w.u8(Twrite);
    w.u16(tag);
    w.u32(fid);
    w.offset(offset);
    w.u32(n);
    if (byReference) this.#byReference(data);
    else w.data(data);
    this.wrote(size);
  }

  #byReference(data: Uint8Array): void {
    this.#cut();
    this.#chunks.push(data);
  }

  /** Moves what stands in the buffer to the list of what will be sent. */
  #cut(): void {
    const w = this.#w;
    if (w.at > this.#from) {
      this.#chunks.push(w.bytes.subarray(this.#from, w.at));
      this.#from = w.at;
    }
  }

  /** Sends at the end of the turn. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#transport.defer(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Sends now. */
  flush(): void {
    this.#cut();
    const chunks = this.#chunks;
    if (chunks.length === 0 || this.#closed) return;
    const buffers = this.#buffers;
    this.#chunks = [];
    this.#buffers = [];
    this.#w.reset(none);
    this.#from = 0;
    let n = 0;
    for (const c of chunks) n += c.length;
    this.#transport.send(chunks, () => {
      for (const b of buffers) giveBuffer(b);
      this.pending -= n;
      this.onSent();
    });
  }

  /** Sends nothing any more. */
  close(): void {
    this.#closed = true;
    this.#chunks = [];
    this.#buffers = [];
    this.#w.reset(none);
    this.#from = 0;
  }
}
