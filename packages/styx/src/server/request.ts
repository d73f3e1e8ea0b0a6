import type { Tmsg } from '../codec/fcall.ts';
import { Einterrupted, StyxError } from '../errors.ts';
import type { Call } from '../file.ts';
import type { Fid } from './fid.ts';

/** One T-message until its fate is settled: it was answered, or it never will be. */
export class Request implements Call {
  readonly m: Tmsg;
  /** The fid that it names, found when it arrived: the number may mean another file by the time it runs. */
  fid: Fid | undefined;
  /** The fid that a walk, attach or auth is making. */
  newfid: Fid | undefined;
  /** The fid in whose queue it waits to be run. */
  waitsFor: Fid | undefined;
  /** Bytes that it holds against the connection's limit. */
  held: number = 0;
  /** Runs as a promise. */
  async: boolean = false;
  /** It counts no more among the users of its fid. */
  left: boolean = false;
  /** A Tflush for it has come. */
  flushed: boolean = false;
  /** Its file did not settle when it was told to. */
  deaf: boolean = false;
  /** Nobody waits for its answer any more: its session is over, or the flush was answered without it. */
  discarded: boolean = false;
  /** Tflushes to answer when it is settled, in order. */
  flushes: Request[] | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  #controller: AbortController | undefined;
  #aborted = false;
  #onAbort: (() => void) | undefined;

  constructor(m: Tmsg) {
    this.m = m;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(new StyxError(Einterrupted));
    }
    return this.#controller.signal;
  }

  onAbort(fn: () => void): boolean {
    if (this.#aborted) return false;
    const before = this.#onAbort;
    this.#onAbort =
      before === undefined
        ? fn
        : () => {
            before();
            fn();
          };
    return true;
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#onAbort?.();
    this.#controller?.abort(new StyxError(Einterrupted));
  }
}
