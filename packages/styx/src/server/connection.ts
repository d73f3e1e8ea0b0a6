/**
 * One connection of a server: messages in, flow control, tags, version and flush. What the messages do to fids and files
 * is in operations.ts.
 *
 * Requests are begun in the order in which they arrive, and what they do to fids happens then: a client may use the fid of
 * a walk, or reuse that of a clunk, before it has the reply. A file that answers at once is answered at once, and all
 * replies of one turn leave in one write.
 */
import { decodeT } from '../codec/decode.ts';
import type { Rmsg, TflushCall, Tmsg, TversionCall } from '../codec/fcall.ts';
import { Frames } from '../codec/frames.ts';
import type { Reader } from '../codec/reader.ts';
import { truncateText } from '../codec/text-bytes.ts';
import * as C from '../constants.ts';
import {
  Eduptag,
  Einterrupted,
  Eio,
  Emanyreqs,
  Emsize,
  Enotag,
  Etoolarge,
  Eversion,
  ProtocolError,
  StyxError,
} from '../errors.ts';
import type { Awaitable, FileServer } from '../file.ts';
import { Outbox } from '../transport/outbox.ts';
import type { Transport } from '../transport/transport.ts';
import type { Fid } from './fid.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { clunkFid, dispatch, run, undo } from './operations.ts';
import type { ServerOptions } from './options.ts';
import { Request } from './request.ts';

/** A Tversion is at most this long: what a connection may send before its session. */
const LONGEST_VERSION = C.HDRSZ + 4 + 2 + 0xffff;
/** Milliseconds that a new session waits for the files of the old one to be clunked. */
const RESET_GRACE = 2000;
/** Milliseconds without a byte that make half a message a dead one. */
const STALL = 30_000;

export class Connection {
  readonly fs: FileServer;
  readonly transport: Transport;
  readonly options: ServerOptions;
  readonly limits: Limits;
  readonly fids: Map<number, Fid> = new Map();
  /** Requests whose fate is open, by tag. */
  readonly pending: Map<number, Request> = new Map();
  /** Resolves when the connection is gone and all its files are clunked. */
  readonly closed: Promise<void>;
  /** Agreed size of messages; 0 outside a session. */
  msize: number = 0;
  /** Requests that file operations still work on, the discarded ones too. */
  running: number = 0;
  /** Bytes that they hold. */
  held: number = 0;
  /** Those among them that were given up because they listen to no signal. */
  #deaf = 0;
  readonly #out: Outbox;
  readonly #frames: Frames;
  readonly #flushGrace: number;
  #inTurn = false;
  /** Reasons not to read requests. */
  #full = false;
  #resetting = false;
  #gone = false;
  #closing = false;
  #onQuiet: (() => void) | undefined;
  /** How often data came, and the clock that runs while a message is not complete. */
  #arrivals = 0;
  #stall: ReturnType<typeof setTimeout> | undefined;
  #resolveClosed: () => void = () => {};

  constructor(fs: FileServer, transport: Transport, options: ServerOptions = {}) {
    this.fs = fs;
    this.transport = transport;
    this.options = options;
    this.limits = { ...defaultLimits, ...options.limits };
    this.#flushGrace = options.flushGrace ?? 250;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const most = Math.max(options.msize ?? C.DEFAULT_MSIZE, C.MIN_MSIZE);
    this.#out = new Outbox(transport);
    this.#out.onSent = () => this.#onSent();
    this.#frames = new Frames(Math.min(most, LONGEST_VERSION), (type, tag, r) => this.#onFrame(type, tag, r));
    this.#frames.lends = (id) => {
      const fid = this.fids.get(id);
      return fid?.file?.immediate === true && fid.busy === undefined;
    };
    transport.start({ data: (chunk) => this.#onData(chunk), closed: () => this.#onClosed() });
  }

  // Bytes in, bytes out.

  #onData(chunk: Uint8Array): void {
    if (this.#gone) return;
    this.#arrivals++;
    this.#turn(() => this.#frames.push(chunk));
    if (this.#stall === undefined && this.#frames.partial) this.#watch();
  }

  /** Looks from time to time, while there is half a message, whether more of it comes: no timer for each of its parts. */
  #watch(): void {
    const { stall = STALL } = this.options;
    if (stall <= 0 || this.#gone) return;
    const seen = this.#arrivals;
    this.#stall = setTimeout(() => {
      this.#stall = undefined;
      if (this.#gone || !this.#frames.partial) return;
      // What is not read because too many replies wait is not the client's silence.
      if (seen !== this.#arrivals || this.#full || this.#resetting || this.#closing) this.#watch();
      else this.destroy();
    }, stall);
    (this.#stall as { unref?: () => void }).unref?.();
  }

  /** Does `work`, which may answer many requests, and sends all that it answered in one write. */
  #turn(work: () => void): void {
    this.#inTurn = true;
    try {
      work();
    } catch (e) {
      if (!(e instanceof ProtocolError)) this.options.onError?.(e);
      this.#out.flush();
      this.transport.close();
      this.#onClosed();
      return;
    } finally {
      this.#inTurn = false;
    }
    this.#out.flush();
  }

  #onFrame(type: number, tag: number, r: Reader): boolean {
    let m: Tmsg;
    try {
      m = decodeT(type, tag, r);
    } catch (e) {
      this.error(tag, e);
      return this.#go();
    }
    this.options.trace?.('<-', m, this.transport.remote);
    if (m.type === C.Tversion) this.#version(m);
    else if (this.msize === 0) this.error(tag, new StyxError(Eversion));
    else if (tag === C.NOTAG) this.error(tag, new StyxError(Enotag));
    else if (m.type === C.Tflush) this.#flush(m);
    else if (this.pending.size > 0 && this.pending.has(tag)) this.error(tag, new StyxError(Eduptag));
    else if (this.running >= this.limits.outstanding && m.type !== C.Tclunk && m.type !== C.Tremove)
      this.error(tag, new StyxError(Emanyreqs));
    else {
      const req = new Request(m);
      dispatch(this, req);
      if (m.type === C.Twrite && (req.async || req.waitsFor !== undefined)) this.#frames.retained = true;
    }
    return this.#go();
  }

  /** False when the next message has to wait. */
  #go(): boolean {
    if (this.#out.pending > this.limits.unsent && !this.#full) {
      this.#full = true;
      this.transport.pause();
    }
    return !this.#full && !this.#resetting && !this.#gone;
  }

  #onSent(): void {
    if (!this.#full || this.#out.pending > this.limits.unsent / 2) return;
    this.#full = false;
    this.#continue();
  }

  #continue(): void {
    if (this.#full || this.#resetting || this.#gone) return;
    this.#turn(() => this.#frames.resume());
    if (!this.#full && !this.#resetting && !this.#gone && !this.#closing) this.transport.resume();
  }

  // Replies.

  reply(m: Rmsg): void {
    if (this.#gone) return;
    this.options.trace?.('->', m, this.transport.remote);
    this.#out.put(m);
    if (!this.#inTurn) this.#out.schedule();
  }

  /** Rread, on its way without an object for it. */
  replyRead(tag: number, data: Uint8Array, stable: boolean): void {
    if (this.#gone) return;
    this.options.trace?.('->', { type: C.Rread, tag, data }, this.transport.remote);
    this.#out.rread(tag, data, stable);
    if (!this.#inTurn) this.#out.schedule();
  }

  /** Rread of pieces that their file leaves alone, `n` bytes together. */
  replyLent(tag: number, pieces: readonly Uint8Array[], n: number): void {
    if (this.#gone) return;
    const { trace } = this.options;
    if (trace !== undefined) {
      const data = new Uint8Array(n);
      let at = 0;
      for (const piece of pieces) {
        data.set(piece, at);
        at += piece.length;
      }
      trace('->', { type: C.Rread, tag, data }, this.transport.remote);
    }
    this.#out.rlent(tag, pieces, n);
    if (!this.#inTurn) this.#out.schedule();
  }

  /** Rerror with the words of `e`, cut to fit. */
  error(tag: number, e: unknown): void {
    const most = Math.min((this.msize || C.MIN_MSIZE) - C.HDRSZ - 2, 0xffff);
    this.reply({ type: C.Rerror, tag, ename: truncateText(this.#ename(e), most) });
  }

  #ename(e: unknown): string {
    if (e instanceof StyxError) return e.message;
    if (e instanceof Error) {
      // Another copy of this library, or what an AbortSignal throws.
      if (e.name === 'StyxError' || e.name === 'ProtocolError' || e.name === 'HangupError') return e.message;
      if (e.name === 'AbortError') return Einterrupted;
    }
    this.options.onError?.(e);
    return Eio;
  }

  /** Throws when a reply of `size` bytes would not fit, intro(5). */
  checkSize(size: number): void {
    if (size > this.msize) throw new StyxError(Etoolarge);
  }

  // The life of a request.

  /** Answers `req` by `finish` when `result` is there: now, if it is. */
  when<T>(
    req: Request,
    result: Awaitable<T>,
    finish: (conn: Connection, req: Request, value: T) => void,
  ): void {
    if (!isPromise(result)) {
      this.finish(req, result, finish);
      return;
    }
    req.async = true;
    this.running++;
    if (req.fid !== undefined) req.fid.users++;
    this.held += req.held;
    this.pending.set(req.m.tag, req);
    result.then(
      (value) => {
        if (this.#settled(req)) undo(this, req, value);
        else this.finish(req, value, finish);
      },
      (e: unknown) => {
        if (!this.#settled(req)) this.fail(req, e);
      },
    );
  }

  /** Does the accounts of an asynchronous request that is over; true when nobody waits for it. */
  #settled(req: Request): boolean {
    this.running--;
    if (req.deaf) this.#deaf--;
    this.held -= req.held;
    this.#leave(req);
    if (this.running === this.#deaf) this.#onQuiet?.();
    return req.discarded;
  }

  /** `req` no longer uses the file of its fid, or is no longer waited for. */
  #leave(req: Request): void {
    const fid = req.fid;
    if (fid === undefined || req.left) return;
    req.left = true;
    if (--fid.users > 0 || fid.onIdle === undefined) return;
    const idle = fid.onIdle;
    fid.onIdle = undefined;
    idle();
  }

  finish<T>(req: Request, value: T, finish: (conn: Connection, req: Request, value: T) => void): void {
    try {
      finish(this, req, value);
    } catch (e) {
      this.fail(req, e);
      return;
    }
    this.#done(req);
  }

  /** `req` has failed: says so, unless the client has asked to hear no more of it. */
  fail(req: Request, e: unknown): void {
    undo(this, req, undefined);
    if (!req.flushed) this.error(req.m.tag, e);
    this.#done(req);
  }

  /** The fate of `req` is settled. */
  #done(req: Request): void {
    if (this.pending.size > 0 && this.pending.get(req.m.tag) === req) this.pending.delete(req.m.tag);
    if (req.timer !== undefined) clearTimeout(req.timer);
    if (req.flushes !== undefined) this.#answerFlushes(req);
    this.release(req);
  }

  /** Lets those go on that waited for what `req` did to its fids. */
  release(req: Request): void {
    const { fid, newfid } = req;
    if (fid?.busy === req) this.#unbusy(fid);
    if (newfid !== undefined && newfid !== fid && newfid.busy === req) this.#unbusy(newfid);
  }

  #unbusy(fid: Fid): void {
    fid.busy = undefined;
    // What runs from the queue may come back here: the loop below is the only one.
    if (fid.draining) return;
    fid.draining = true;
    while (fid.busy === undefined && fid.queue !== undefined) {
      const next = fid.queue.shift();
      if (next === undefined) {
        fid.queue = undefined;
        break;
      }
      next.waitsFor = undefined;
      this.running--;
      this.held -= next.held;
      run(this, next);
    }
    fid.draining = false;
  }

  /** Lets `req` wait until `fid` is no longer changing. */
  enqueue(req: Request, fid: Fid): void {
    req.waitsFor = fid;
    this.running++;
    this.held += req.held;
    this.pending.set(req.m.tag, req);
    (fid.queue ??= []).push(req);
  }

  // Flush, flush(5).

  #flush(m: TflushCall): void {
    const old = this.pending.get(m.oldtag);
    if (old === undefined) {
      this.reply({ type: C.Rflush, tag: m.tag });
      return;
    }
    const flush = new Request(m);
    // A tag that is in use already is the client's mistake: it must not grow our lists.
    if (this.pending.has(m.tag) && m.tag !== m.oldtag) {
      this.reply({ type: C.Rflush, tag: m.tag });
      return;
    }
    if (m.tag !== m.oldtag) this.pending.set(m.tag, flush);
    if (m.tag !== m.oldtag || old.flushes === undefined || old.flushes.length < 16) {
      (old.flushes ??= []).push(flush);
    }
    if (old.m.type === C.Tflush || old.flushed) return;
    // The fid of these is gone, whatever becomes of the rest: the client gets to know.
    if (old.m.type === C.Tclunk || old.m.type === C.Tremove) return;
    old.flushed = true;
    const waits = old.waitsFor;
    if (waits !== undefined) {
      // It was not begun.
      waits.queue?.splice(waits.queue.indexOf(old), 1);
      old.waitsFor = undefined;
      this.running--;
      this.held -= old.held;
      undo(this, old, undefined);
      this.#done(old);
      return;
    }
    old.abort();
    switch (old.m.type) {
      case C.Tread:
      case C.Twrite:
      case C.Twalk:
      case C.Tstat:
      case C.Tattach:
      case C.Tauth:
        old.timer = setTimeout(() => this.#discard(old), this.#flushGrace);
    }
  }

  /** The file does not listen to its signal: answers the flush all the same. */
  #discard(req: Request): void {
    if (req.discarded || this.#gone) return;
    req.discarded = true;
    req.deaf = true;
    this.#deaf++;
    undo(this, req, undefined);
    this.#leave(req);
    this.#done(req);
  }

  #answerFlushes(req: Request): void {
    const todo = [req];
    for (let r = todo.shift(); r !== undefined; r = todo.shift()) {
      for (const flush of r.flushes ?? []) {
        if (this.pending.get(flush.m.tag) === flush) this.pending.delete(flush.m.tag);
        this.reply({ type: C.Rflush, tag: flush.m.tag });
        if (flush.flushes !== undefined) todo.push(flush);
      }
      r.flushes = undefined;
    }
  }

  // Sessions, version(5).

  #version(m: TversionCall): void {
    const most = Math.max(this.options.msize ?? C.DEFAULT_MSIZE, C.MIN_MSIZE);
    const msize = Math.min(m.msize, most);
    if (!understood(m.version)) {
      this.reply({ type: C.Rversion, tag: m.tag, msize, version: 'unknown' });
      return;
    }
    if (msize < C.MIN_MSIZE) {
      this.error(m.tag, new StyxError(Emsize));
      return;
    }
    const begin = (): void => {
      this.msize = msize;
      this.#frames.msize = msize;
      this.reply({ type: C.Rversion, tag: m.tag, msize, version: C.VERSION9P });
    };
    const over = this.#endSession();
    if (over === undefined) {
      begin();
      return;
    }
    this.#resetting = true;
    void over.then(() => {
      if (this.#gone) return;
      this.#resetting = false;
      begin();
      this.#continue();
    });
  }

  /** Aborts all requests, clunks all fids. A promise, when that takes time. */
  #endSession(): Promise<void> | undefined {
    const pending = [...this.pending.values()];
    this.pending.clear();
    for (const req of pending) {
      if (req.timer !== undefined) clearTimeout(req.timer);
      req.discarded = true;
      if (req.waitsFor !== undefined) {
        this.running--;
        this.held -= req.held;
        if (req.m.type === C.Tclunk || req.m.type === C.Tremove) void clunkFid(this, req.fid!);
      } else if (req.m.type !== C.Tflush) req.abort();
    }
    const fids = [...this.fids.values()];
    this.fids.clear();
    const waits: Promise<unknown>[] = [];
    for (const fid of fids) {
      fid.queue = undefined;
      const clunked = clunkFid(this, fid);
      if (clunked !== undefined) waits.push(clunked);
    }
    if (this.running > this.#deaf) {
      waits.push(
        new Promise<void>((resolve) => {
          this.#onQuiet = resolve;
          setTimeout(resolve, this.#flushGrace);
        }),
      );
    }
    if (waits.length === 0) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, RESET_GRACE);
    });
    return Promise.race([Promise.allSettled(waits), late]).then(() => {
      clearTimeout(timer);
      this.#onQuiet = undefined;
      for (const req of pending) if (req.async) this.#leave(req);
    });
  }

  #onClosed(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#stall);
    this.#frames.clear();
    this.#out.close();
    const over = this.#endSession();
    if (over === undefined) this.#resolveClosed();
    else void over.then(this.#resolveClosed);
  }

  /**
   * Closes in good order: reads no more requests, waits up to `grace` milliseconds for those under way, aborts the rest,
   * sends what was answered.
   */
  async close(grace: number = 1000): Promise<void> {
    if (this.#gone) return this.closed;
    if (!this.#closing) {
      this.#closing = true;
      this.transport.pause();
      if (this.running > this.#deaf && grace > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, grace);
          this.#onQuiet = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        this.#onQuiet = undefined;
      }
      this.#out.flush();
      this.transport.close();
      this.#onClosed();
    }
    return this.closed;
  }

  /** Closes at once. */
  destroy(): void {
    this.transport.destroy();
    this.#onClosed();
  }
}

/** True for `9P2000` and what may be answered with it: suffixes after a period, and later versions. */
function understood(version: string): boolean {
  const digits = /^9P(\d+)(\.|$)/.exec(version)?.[1];
  return digits !== undefined && Number(digits) >= 2000;
}

export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return value instanceof Promise;
}
