/** Styx over a channel: what sys-export(2) and the mount of sys-bind(2) do with a file descriptor. */
import {
  type Attach,
  type Awaitable,
  type Call,
  Client,
  type ClientOptions,
  type Connection,
  type Dir,
  type File,
  type FileServer,
  type Opened,
  type Qid,
  type Receiver,
  type ServerOptions,
  serve,
  type Transport,
  type Walked,
} from '@llambo/styx';
import type { Caller } from './caller.ts';
import type { Chan } from './chan.ts';
import { chain, ignore } from './steps.ts';

/** Bytes that one read of the channel asks for. */
const PIECE = 65536;

/** The bytes of an open channel as a connection. It holds a reference of its own, which it closes. */
export function chanTransport(chan: Chan): Transport {
  return new ChanTransport(chan.dup());
}

class ChanTransport implements Transport {
  readonly remote: string;
  readonly #chan: Chan;
  readonly #stop: AbortController = new AbortController();
  #receiver: Receiver | undefined;
  #resume: (() => void) | undefined;
  #paused = false;
  #closed = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(chan: Chan) {
    this.#chan = chan;
    this.remote = chan.path;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    void this.#receive();
  }

  async #receive(): Promise<void> {
    const by: Caller = { signal: this.#stop.signal };
    try {
      while (!this.#closed) {
        const bytes = await this.#chan.read(PIECE, by);
        if (bytes.length === 0) break;
        if (this.#paused) await new Promise<void>((resolve) => (this.#resume = resolve));
        if (this.#closed) break;
        this.#receiver?.data(bytes.slice());
      }
      this.#finish();
    } catch (error) {
      this.#finish(error as Error);
    }
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    this.#sending = this.#sending.then(async () => {
      const by: Caller = { signal: this.#stop.signal };
      try {
        for (const chunk of chunks) {
          for (let at = 0; at < chunk.length && !this.#stop.signal.aborted; ) {
            at += await this.#chan.write(at === 0 ? chunk : chunk.subarray(at), by);
          }
        }
      } catch (error) {
        this.destroy(error as Error);
      }
      sent();
    });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#resume?.();
  }

  close(): void {
    void this.#sending.then(() => this.destroy());
  }

  destroy(error?: Error): void {
    this.#stop.abort();
    this.resume();
    this.#finish(error);
  }

  #finish(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop.abort();
    ignore(() => this.#chan.close());
    this.#receiver?.closed(error);
  }

  defer(fn: () => void): void {
    queueMicrotask(fn);
  }
}

/** Serves `tree` (`ns.export(dir)`) to whoever is at the other end of the channel, until it hangs up. */
export function exportOver(chan: Chan, tree: FileServer, options?: ServerOptions): Connection {
  return serve(chanTransport(chan), tree, options);
}

/** A tree behind a connection. */
export interface Imported extends FileServer {
  readonly client: Client;
}

/**
 * What is served at the other end of the channel, to be mounted with `source: chan.path` and `channel: chan`. The
 * connection is closed when the last reference to any of its files has been given up.
 */
export async function importOver(chan: Chan, options?: ClientOptions): Promise<Imported> {
  return importTree(await Client.connect(chanTransport(chan), options));
}

/** The server behind a connection as a FileServer, which closes the connection with its last file. */
export function importTree(client: Client): Imported {
  let files = 0;
  const enter = (file: File): File => {
    files++;
    return new CountedFile(file, enter, () => {
      if (--files === 0) client.close();
    });
  };
  return {
    client,
    attach: ({ uname, aname }: Attach, call: Call) => client.attach({ uname, aname }, call).then(enter),
  };
}

class CountedFile implements File {
  readonly #file: File;
  readonly #enter: (file: File) => File;
  readonly #leave: () => void;
  readonly stable: boolean | undefined;
  #gone = false;

  constructor(file: File, enter: (file: File) => File, leave: () => void) {
    this.#file = file;
    this.#enter = enter;
    this.#leave = leave;
    this.stable = file.stable;
  }

  get qid(): Qid {
    return this.#file.qid;
  }

  walk(names: readonly string[], call: Call): Awaitable<Walked> {
    return chain(this.#file.walk(names, call), ({ qids, file }) => ({
      qids,
      file: file && this.#enter(file),
    }));
  }

  open(mode: number, call: Call): Awaitable<Opened> {
    return this.#file.open(mode, call);
  }

  create(name: string, perm: number, mode: number, call: Call): Awaitable<Opened> {
    return this.#file.create(name, perm, mode, call);
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    return this.#file.read(offset, count, call);
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    return this.#file.write(offset, data, call);
  }

  stat(call: Call): Awaitable<Dir> {
    return this.#file.stat(call);
  }

  wstat(dir: Dir, call: Call): Awaitable<void> {
    return this.#file.wstat(dir, call);
  }

  async remove(call: Call): Promise<void> {
    try {
      await this.#file.remove(call);
    } finally {
      this.#end();
    }
  }

  async clunk(): Promise<void> {
    try {
      await this.#file.clunk();
    } finally {
      this.#end();
    }
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#leave();
  }
}
