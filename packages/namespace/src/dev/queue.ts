/** Queues of bytes between a writer and a reader, as qio(10.2) describes them. */
import { type Awaitable, type Call, StyxError, uninterrupted } from '@llambo/styx';
import { Rendez } from '@llambo/styx/fs';
import { Ehungup } from '../errors.ts';

const nothing = new Uint8Array(0);

/** Bytes of one block; a larger write becomes several, which readers may get apart. */
export const MAXBLOCK: number = 128 * 1024;
/** Bytes at which writers begin to wait. */
export const HIGHWATER: number = 32 * 1024;
/** Reads at the end of a queue that give end of file; the next is an error. */
const EOFS = 3;

/** A write that nobody will ever read. A Dis process gets the exception "write on closed pipe" for it, pipe(3). */
export class ClosedPipeError extends StyxError {
  override readonly name: string = 'ClosedPipeError';
}

/** What interrupts a wait. A call is asked for its signal only when there is one: most have nothing to wait for. */
export type Interrupt = Call | AbortSignal;

function signalOf(by: Interrupt): AbortSignal {
  return by instanceof AbortSignal ? by : by.signal;
}

/**
 * Blocks in the order in which they were written. A read gives bytes of one block only. Writers wait from the high-water
 * mark until readers have taken it down to half.
 */
export class Queue {
  #blocks: Uint8Array[] = [];
  #length = 0;
  #full = false;
  #closed = false;
  #hungup = false;
  #eofs = 0;
  readonly #limit: number;
  readonly #readable: Rendez = new Rendez();
  readonly #writable: Rendez = new Rendez();

  constructor(limit: number = HIGHWATER) {
    this.#limit = limit;
  }

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  read(count: number, by: Interrupt = uninterrupted): Awaitable<Uint8Array> {
    const block = this.#blocks[0];
    if (block === undefined) {
      if (this.#hungup || this.#closed) {
        if (++this.#eofs > EOFS) throw new StyxError(Ehungup);
        return nothing;
      }
      return this.#readable.sleep(signalOf(by)).then(() => this.read(count, by));
    }
    const piece = block.subarray(0, count);
    if (piece.length === block.length) this.#blocks.shift();
    else this.#blocks[0] = block.subarray(count);
    this.#length -= piece.length;
    if (this.#full && this.#length < this.#limit / 2) {
      this.#full = false;
      this.#writable.wakeup();
    }
    return piece;
  }

  /** Copies `data` in. An interrupted write has written all of it or nothing, up to the size of a block. */
  write(data: Uint8Array, by: Interrupt = uninterrupted): Awaitable<number> {
    if (this.#full && !this.#closed && !this.#hungup) {
      const copy = data.slice();
      return this.#writable.sleep(signalOf(by)).then(() => this.write(copy, by));
    }
    if (this.#closed || this.#hungup) throw new ClosedPipeError(Ehungup);
    const block = data.slice(0, MAXBLOCK);
    this.#blocks.push(block);
    this.#length += block.length;
    this.#full = this.#length >= this.#limit;
    this.#readable.wakeup();
    if (block.length === data.length) return data.length;
    const rest = this.write(data.subarray(block.length), by);
    return rest instanceof Promise ? rest.then((n) => n + block.length) : rest + block.length;
  }

  /** The writer is gone: what waits can still be read. */
  hangup(): void {
    this.#hungup = true;
    this.#wake();
  }

  /** The reader is gone: what waits is dropped. */
  close(): void {
    this.#closed = true;
    this.#blocks = [];
    this.#length = 0;
    this.#full = false;
    this.#wake();
  }

  reopen(): void {
    this.#blocks = [];
    this.#length = 0;
    this.#eofs = 0;
    this.#full = this.#closed = this.#hungup = false;
  }

  #wake(): void {
    this.#readable.wakeup();
    this.#writable.wakeup();
  }
}
