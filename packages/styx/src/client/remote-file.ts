/** A fid of a client, as a `File`: what a name space mounts, as if it were local. */
import type { Rmsg } from '../codec/fcall.ts';
import * as C from '../constants.ts';
import { Eclunked, Ereply, HangupError, ProtocolError, StyxError } from '../errors.ts';
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
    await this.#end({ type: C.Tclunk, tag: 0, fid: this.fid });
  }

  /** Both take the fid, even when they fail. */
  async #end(m: Parameters<Client['rpc']>[0]): Promise<void> {
    this.#clunked = true;
    try {
      await this.client.rpc(m);
    } finally {
      this.client.fids.give(this.fid);
    }
  }
}
