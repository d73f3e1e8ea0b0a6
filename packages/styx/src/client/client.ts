/** The client's side of one connection: tags, fids, pipelining, flush. */
import { decodeR } from '../codec/decode.ts';
import type { Fcall, Rmsg, Tmsg } from '../codec/fcall.ts';
import { Frames } from '../codec/frames.ts';
import type { Reader } from '../codec/reader.ts';
import * as C from '../constants.ts';
import {
  Eclosed,
  Ehangup,
  Einterrupted,
  Emsize,
  Ereply,
  HangupError,
  ProtocolError,
  StyxError,
} from '../errors.ts';
import { type Call, uninterrupted } from '../file.ts';
import { Outbox } from '../transport/outbox.ts';
import type { Transport } from '../transport/transport.ts';
import { Numbers } from './numbers.ts';
import { RemoteFile } from './remote-file.ts';

export interface ClientOptions {
  /** Largest message to offer, in bytes; the server may answer less. 1 MiB + 24 when not given. */
  readonly msize?: number;
  /** Requests that may be outstanding, 4,000 when not given (at most 65,000); those past it wait for their turn. */
  readonly outstanding?: number;
  /** Sees every message: `->` goes to the server, `<-` came from it. */
  readonly trace?: (direction: '<-' | '->', m: Fcall, remote: string) => void;
}

/** The parts of attach(5) that a caller chooses. */
export interface AttachOptions {
  /** Whom to act as; `none` when not given. */
  readonly uname?: string;
  readonly aname?: string;
  /** Proves who one is: called with the afid as a file to read and write, when given. */
  readonly auth?: (afid: RemoteFile, uname: string) => Promise<void>;
}

/** A request on its way. */
interface Pending {
  readonly type: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (e: Error) => void;
  /** Size that was asked for, of a read. */
  readonly count: number;
  /** Where its data goes; the call then resolves with the number of bytes. */
  readonly into: Uint8Array | undefined;
  /** A Tflush was sent: the tag is free only when its Rflush is here. */
  flushed: boolean;
  /** Answered, though its tag waits for the Rflush. */
  done: boolean;
  signal: AbortSignal | undefined;
  onAbort: (() => void) | undefined;
}

type Unsent = { m: Tmsg; pending: Pending };

export class Client {
  readonly transport: Transport;
  /** Agreed size of messages. */
  msize: number = C.DEFAULT_MSIZE;
  /** Resolves when the connection is gone, with the reason, if there is one. */
  readonly closed: Promise<Error | undefined>;
  readonly #options: ClientOptions;
  readonly #out: Outbox;
  readonly #frames: Frames;
  readonly #pending: (Pending | undefined)[] = [];
  readonly #tags: Numbers = new Numbers();
  readonly fids: Numbers = new Numbers();
  /** Requests that were sent so far, by the number of their type (Twalk is 110), and those that an Rerror answered. */
  readonly sent: Float64Array = new Float64Array(C.Twstat + 1);
  errors: number = 0;
  #outstanding = 0;
  readonly #most: number;
  #waiting: Unsent[] = [];
  #gone: HangupError | undefined;
  #version: Pending | undefined;
  #resolveClosed: (reason: Error | undefined) => void = () => {};

  private constructor(transport: Transport, options: ClientOptions) {
    this.transport = transport;
    this.#options = options;
    this.#most = Math.min(options.outstanding ?? 4000, 65_000);
    this.msize = options.msize ?? C.DEFAULT_MSIZE;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#out = new Outbox(transport);
    this.#frames = new Frames(this.msize, (type, tag, r) => this.#onFrame(type, tag, r), true);
    this.#frames.place = (tag, count) => {
      const pending = this.#pending[tag];
      const into = pending?.done === false && pending.type === C.Tread ? pending.into : undefined;
      return into !== undefined && count <= into.length ? into : undefined;
    };
    this.#frames.direct = (tag, data) => this.#onReply({ type: C.Rread, tag, data });
    transport.start({ data: (chunk) => this.#onData(chunk), closed: (e) => this.#onClosed(e) });
  }

  /** Agrees with the server on version and message size. Rejects when it speaks no 9P2000. */
  static async connect(transport: Transport, options: ClientOptions = {}): Promise<Client> {
    const client = new Client(transport, options);
    try {
      const offered = client.msize;
      const r = (await new Promise<unknown>((resolve, reject) => {
        client.#version = pendingOf(C.Tversion, 0, resolve, reject);
        client.#put({ type: C.Tversion, tag: C.NOTAG, msize: offered, version: C.VERSION9P });
      })) as Extract<Rmsg, { type: typeof C.Rversion }>;
      if (r.version !== C.VERSION9P) throw new StyxError(`server speaks version ${r.version}, not 9P2000`);
      if (r.msize > offered) throw new ProtocolError(Ereply);
      if (r.msize < C.MIN_MSIZE) throw new StyxError(Emsize);
      client.msize = r.msize;
      client.#frames.msize = r.msize;
    } catch (e) {
      transport.destroy();
      throw e;
    }
    return client;
  }

  /** Bytes that one read or write can move. */
  get iounit(): number {
    return this.msize - C.IOHDRSZ;
  }

  /** The root of the server's tree `aname`, as user `uname`. */
  async attach(options: AttachOptions = {}, call: Call = uninterrupted): Promise<RemoteFile> {
    const { uname = 'none', aname = '', auth } = options;
    let afid: RemoteFile | undefined;
    if (auth !== undefined) {
      afid = await this.auth(uname, aname, call);
      try {
        await auth(afid, uname);
      } catch (e) {
        await afid.clunk();
        throw e;
      }
    }
    const fid = this.fids.take();
    try {
      const m = { type: C.Tattach, tag: 0, fid, afid: afid?.fid ?? C.NOFID, uname, aname } as const;
      const r = (await this.rpc(m, call)) as Extract<Rmsg, { type: typeof C.Rattach }>;
      return new RemoteFile(this, fid, r.qid);
    } catch (e) {
      this.fids.give(fid);
      throw e;
    } finally {
      await afid?.clunk().catch(() => {});
    }
  }

  /** A file to hold the authentication protocol on. Rejects when the server requires none. */
  async auth(uname: string, aname: string = '', call: Call = uninterrupted): Promise<RemoteFile> {
    const afid = this.fids.take();
    try {
      const r = (await this.rpc({ type: C.Tauth, tag: 0, afid, uname, aname }, call)) as Extract<
        Rmsg,
        { type: typeof C.Rauth }
      >;
      return new RemoteFile(this, afid, r.aqid);
    } catch (e) {
      this.fids.give(afid);
      throw e;
    }
  }

  /**
   * Sends `m`, whose tag is chosen here, at the end of this turn. Resolves with the data of an Rread, the count of an
   * Rwrite, the message of any other reply; rejects with the ename of an Rerror. When `call` is aborted the request is
   * flushed: it then rejects with `interrupted`, unless its reply was faster. With `into`, the data of an Rread goes there,
   * and the call resolves with how many bytes it was.
   */
  rpc(m: Tmsg, call: Call = uninterrupted, into?: Uint8Array): Promise<unknown> {
    return new Promise((resolve, reject) => this.send(m, resolve, reject, call, into));
  }

  /** As `rpc`, for those who make thousands a second: says what came of it by one of two functions, later. */
  send(
    m: Tmsg,
    resolve: (value: unknown) => void,
    reject: (e: Error) => void,
    call: Call = uninterrupted,
    into?: Uint8Array,
  ): void {
    const pending = pendingOf(m.type, m.type === C.Tread ? m.count : 0, resolve, reject, into);
    if (this.#gone !== undefined) {
      const { message, cause } = this.#gone;
      queueMicrotask(() => reject(new HangupError(message, { cause })));
      return;
    }
    if (call.onAbort !== undefined) {
      if (!call.onAbort(() => this.#abort(pending))) {
        queueMicrotask(() => reject(new StyxError(Einterrupted)));
        return;
      }
    } else if (call !== uninterrupted) {
      const signal = call.signal;
      if (signal.aborted) {
        queueMicrotask(() => reject(new StyxError(Einterrupted)));
        return;
      }
      pending.signal = signal;
      pending.onAbort = () => this.#abort(pending);
      signal.addEventListener('abort', pending.onAbort);
    }
    if (this.#outstanding >= this.#most) this.#waiting.push({ m, pending });
    else this.#begin(m, pending);
  }

  #begin(m: Tmsg, pending: Pending): void {
    const tag = this.#tags.take();
    try {
      this.#sendTagged(m, tag);
    } catch (e) {
      this.#tags.give(tag);
      this.#settle(pending);
      pending.reject(e as Error);
      return;
    }
    this.sent[m.type] = (this.sent[m.type] as number) + 1;
    this.#outstanding++;
    this.#pending[tag] = pending;
  }

  #sendTagged(m: Tmsg, tag: number): void {
    if (m.type === C.Tread) {
      this.#options.trace?.('->', { ...m, tag }, this.transport.remote);
      this.#out.tread(tag, m.fid, m.offset, m.count);
      this.#out.schedule();
    } else if (m.type === C.Twrite) {
      this.#options.trace?.('->', { ...m, tag }, this.transport.remote);
      // The data is the caller's again only when the write has settled: it can leave from where it is.
      this.#out.twrite(tag, m.fid, m.offset, m.data, true);
      this.#out.schedule();
    } else this.#put({ ...m, tag });
  }

  #put(m: Tmsg): void {
    this.#options.trace?.('->', m, this.transport.remote);
    this.#out.put(m);
    this.#out.schedule();
  }

  #abort(pending: Pending): void {
    if (pending.done) return;
    const at = this.#waiting.findIndex((w) => w.pending === pending);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      this.#settle(pending);
      pending.reject(new StyxError(Einterrupted));
      return;
    }
    const oldtag = this.#pending.indexOf(pending);
    if (oldtag < 0 || pending.flushed) return;
    pending.flushed = true;
    const flush = pendingOf(
      C.Tflush,
      0,
      () => this.#onFlushed(oldtag, pending),
      () => {},
    );
    const tag = this.#tags.take();
    this.sent[C.Tflush] = (this.sent[C.Tflush] as number) + 1;
    this.#outstanding++;
    this.#pending[tag] = flush;
    this.#put({ type: C.Tflush, tag, oldtag });
  }

  #onFlushed(oldtag: number, pending: Pending): void {
    this.#free(oldtag);
    if (pending.done) return;
    this.#settle(pending);
    pending.reject(new StyxError(Einterrupted));
  }

  #settle(pending: Pending): void {
    pending.done = true;
    if (pending.onAbort !== undefined) pending.signal?.removeEventListener('abort', pending.onAbort);
  }

  #free(tag: number): void {
    this.#pending[tag] = undefined;
    this.#tags.give(tag);
    this.#outstanding--;
    while (this.#waiting.length > 0 && this.#outstanding < this.#most) {
      const { m, pending } = this.#waiting.shift()!;
      this.#begin(m, pending);
    }
  }

  #onData(chunk: Uint8Array): void {
    if (this.#gone !== undefined) return;
    try {
      this.#frames.push(chunk);
    } catch (e) {
      this.transport.destroy();
      this.#onClosed(e as Error);
    }
  }

  #onFrame(type: number, tag: number, r: Reader): boolean {
    this.#onReply(decodeR(type, tag, r));
    return true;
  }

  #onReply(m: Rmsg): void {
    if (this.#gone !== undefined) return; // closed by who heard of the reply before
    const { type, tag } = m;
    this.#options.trace?.('<-', m, this.transport.remote);
    const pending = tag === C.NOTAG ? this.#version : this.#pending[tag];
    if (pending === undefined || pending.done) throw new ProtocolError(Ereply);
    if (type !== pending.type + 1 && type !== C.Rerror) throw new ProtocolError(Ereply);
    if (m.type === C.Rread && m.data.length > pending.count) throw new ProtocolError(Ereply);
    if (tag === C.NOTAG) this.#version = undefined;
    else if (!pending.flushed) this.#free(tag);
    this.#settle(pending);
    switch (m.type) {
      case C.Rread:
        if (pending.into === undefined) pending.resolve(m.data);
        else {
          if (m.data.buffer !== pending.into.buffer) pending.into.set(m.data);
          pending.resolve(m.data.length);
        }
        break;
      case C.Rwrite:
        pending.resolve(m.count);
        break;
      case C.Rerror:
        this.errors++;
        pending.reject(new StyxError(m.ename));
        break;
      default:
        pending.resolve(m);
    }
  }

  #onClosed(cause: Error | undefined): void {
    if (this.#gone !== undefined) return;
    this.#gone = new HangupError(Ehangup, { cause });
    this.#out.close();
    this.#frames.clear();
    const all = this.#pending.filter((p) => p !== undefined && !p.done) as Pending[];
    if (this.#version !== undefined) all.push(this.#version);
    this.#version = undefined;
    for (const { pending } of this.#waiting) all.push(pending);
    this.#waiting = [];
    this.#pending.length = 0;
    for (const pending of all) {
      this.#settle(pending);
      if (pending.type !== C.Tflush) pending.reject(new HangupError(Ehangup, { cause }));
    }
    this.#resolveClosed(cause);
  }

  /** Closes the connection, which clunks all its files. What is outstanding rejects. */
  close(): void {
    if (this.#gone !== undefined) return;
    this.#out.flush();
    this.transport.close();
    this.#onClosed(new StyxError(Eclosed));
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function pendingOf(
  type: number,
  count: number,
  resolve: (value: unknown) => void,
  reject: (e: Error) => void,
  into?: Uint8Array,
): Pending {
  return {
    type,
    count,
    into,
    resolve,
    reject,
    flushed: false,
    done: false,
    signal: undefined,
    onAbort: undefined,
  };
}
