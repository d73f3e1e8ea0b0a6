/** A fid of a client, as a `File`: what a name space mounts, as if it were local. */
import type { Rmsg } from '../codec/fcall.ts';
import * as C from '../constants.ts';
import { Eclunked, Enotfound, Epart, Ereply, HangupError, ProtocolError, StyxError } from '../errors.ts';
import {
  type Call,
  type Dir,
  type File,
  type Opened,
  type Qid,
  uninterrupted,
  type Walked,
} from '../file.ts';
import type { Client } from './client.ts';

type Reply<T extends Rmsg['type']> = Extract<Rmsg, { type: T }>;

/** Of a file that no server has told about yet. */
const UNKNOWN: Qid = { type: 0, version: 0, path: 0n };

export class RemoteFile implements File {
  readonly client: Client;
  /** Its number on the connection. */
  readonly fid: number;
  qid: Qid;
  /** What a read gives is a view of what arrived, which nobody changes. */
  readonly stable: boolean = true;
  /** As the server said at open: bytes that one message moves; 0 before that. */
  iounit: number = 0;
  #clunked = false;

  constructor(client: Client, fid: number, qid: Qid) {
    this.client = client;
    this.fid = fid;
    this.qid = qid;
  }

  #check(): void {
    if (this.#clunked) throw new StyxError(Eclunked);
  }

  async walk(names: readonly string[], call: Call = uninterrupted): Promise<Walked> {
    this.#check();
    const { client } = this;
    const newfid = client.fids.take();
    try {
      const m = { type: C.Twalk, tag: 0, fid: this.fid, newfid, wname: names } as const;
      const { wqid } = (await client.rpc(m, call)) as Reply<typeof C.Rwalk>;
      if (wqid.length > names.length) throw new ProtocolError(Ereply);
      if (wqid.length === names.length) {
        return { qids: wqid, file: new RemoteFile(client, newfid, wqid.at(-1) ?? this.qid) };
      }
      client.fids.give(newfid);
      return { qids: wqid };
    } catch (e) {
      // A reply that makes no sense leaves the fid in doubt: it is not used again.
      if (!(e instanceof ProtocolError || e instanceof HangupError)) client.fids.give(newfid);
      throw e;
    }
  }

  async open(mode: number, call: Call = uninterrupted): Promise<Opened> {
    this.#check();
    const m = { type: C.Topen, tag: 0, fid: this.fid, mode } as const;
    return this.#opened((await this.client.rpc(m, call)) as Reply<typeof C.Ropen>);
  }

  /**
   * Walks from here to `names`, opens what is there and writes `data` at its beginning, without waiting for one reply
   * before the next request: three messages in one packet. The file that is given can be read at once; a server runs what
   * names a fid behind the walk that makes it and the open that changes it.
   *
   * @param names at most 16
   * @param data of one message: at most the client's `iounit` bytes, which stay as they are until `done`
   * @param done called once: without an error when all was done, else with the first; the file is nobody's then
   */
  ask(names: readonly string[], mode: number, data: Uint8Array, done: (e?: Error) => void): RemoteFile {
    this.#check();
    const { client } = this;
    const fid = client.fids.take();
    const file = new RemoteFile(client, fid, UNKNOWN);
    let walked = false;
    let failed: Error | undefined;
    let left = 3;
    const settle = (): void => {
      if (--left > 0) return;
      if (failed === undefined) done();
      else if (walked) file.clunk().catch(() => {});
      else if (!(failed instanceof ProtocolError || failed instanceof HangupError)) client.fids.give(fid);
    };
    const fail = (e: Error): void => {
      if (failed === undefined) done((failed = e));
      settle();
    };
    client.send(
      { type: C.Twalk, tag: 0, fid: this.fid, newfid: fid, wname: names },
      (r) => {
        walked = (r as Reply<typeof C.Rwalk>).wqid.length === names.length;
        if (walked) settle();
        else fail(new StyxError(Enotfound));
      },
      fail,
    );
    const opened = (r: unknown): void => {
      file.#opened(r as Reply<typeof C.Ropen>);
      settle();
    };
    client.send({ type: C.Topen, tag: 0, fid, mode }, opened, fail);
    const written = (n: unknown): void => {
      if (n === data.length) settle();
      else fail(new StyxError(Epart));
    };
    client.send({ type: C.Twrite, tag: 0, fid, offset: 0, data }, written, fail);
    return file;
  }

  async create(name: string, perm: number, mode: number, call: Call = uninterrupted): Promise<Opened> {
    this.#check();
    const m = { type: C.Tcreate, tag: 0, fid: this.fid, name, perm, mode } as const;
    return this.#opened((await this.client.rpc(m, call)) as Reply<typeof C.Rcreate>);
  }

  #opened(r: { qid: Qid; iounit: number }): Opened {
    this.qid = r.qid;
    const most = this.client.iounit;
    this.iounit = r.iounit > 0 && r.iounit < most ? r.iounit : most;
    return { qid: r.qid, iounit: this.iounit };
  }

  /** One Tread: at most `iounit` bytes. */
  read(offset: number, count: number, call: Call = uninterrupted): Promise<Uint8Array> {
    this.#check();
    const most = this.iounit || this.client.iounit;
    if (count > most) count = most;
    return this.client.rpc(
      { type: C.Tread, tag: 0, fid: this.fid, offset, count },
      call,
    ) as Promise<Uint8Array>;
  }

  /** As `read`, for those who make thousands a second: says what came of it by one of two functions, later. */
  readThen(
    offset: number,
    count: number,
    call: Call,
    resolve: (data: Uint8Array) => void,
    reject: (e: Error) => void,
  ): void {
    this.#check();
    const most = this.iounit || this.client.iounit;
    const m = { type: C.Tread, tag: 0, fid: this.fid, offset, count: Math.min(count, most) } as const;
    this.client.send(m, resolve as (value: unknown) => void, reject, call);
  }

  /** As `read`, straight to where the bytes are wanted: at most `into.length` of them. How many it was. */
  readInto(offset: number, into: Uint8Array, call: Call = uninterrupted): Promise<number> {
    this.#check();
    const count = Math.min(into.length, this.iounit || this.client.iounit);
    const m = { type: C.Tread, tag: 0, fid: this.fid, offset, count } as const;
    return this.client.rpc(m, call, into) as Promise<number>;
  }

  /** All of `data`, in as many Twrites as it takes, one after the other. Fewer bytes only when the server took fewer. */
  write(offset: number, data: Uint8Array, call: Call = uninterrupted): Promise<number> {
    this.#check();
    const most = this.iounit || this.client.iounit;
    if (data.length > most) return this.#writeParts(offset, data, most, call);
    return this.client.rpc({ type: C.Twrite, tag: 0, fid: this.fid, offset, data }, call) as Promise<number>;
  }

  async #writeParts(offset: number, data: Uint8Array, most: number, call: Call): Promise<number> {
    let done = 0;
    while (done < data.length) {
      const part = data.subarray(done, done + most);
      let n: number;
      try {
        n = await this.write(offset + done, part, call);
      } catch (e) {
        if (done === 0) throw e;
        break;
      }
      done += n;
      if (n < part.length) break;
    }
    return done;
  }

  async stat(call: Call = uninterrupted): Promise<Dir> {
    this.#check();
    const m = { type: C.Tstat, tag: 0, fid: this.fid } as const;
    return ((await this.client.rpc(m, call)) as Reply<typeof C.Rstat>).stat;
  }

  async wstat(stat: Dir, call: Call = uninterrupted): Promise<void> {
    this.#check();
    await this.client.rpc({ type: C.Twstat, tag: 0, fid: this.fid, stat }, call);
  }

  /** Not aborted: whatever becomes of the file, the fid is gone. */
  async remove(_call: Call = uninterrupted): Promise<void> {
    this.#check();
    await this.#end({ type: C.Tremove, tag: 0, fid: this.fid });
  }

  async clunk(): Promise<void> {
    this.#check();
    return this.#end({ type: C.Tclunk, tag: 0, fid: this.fid });
  }

  /** Both take the fid, even when they fail. */
  #end(m: Parameters<Client['rpc']>[0]): Promise<void> {
    this.#clunked = true;
    const { client, fid } = this;
    return new Promise((resolve, reject) => {
      const done = (): void => {
        client.fids.give(fid);
        resolve();
      };
      const failed = (e: Error): void => {
        client.fids.give(fid);
        reject(e);
      };
      client.send(m, done, failed);
    });
  }
}
