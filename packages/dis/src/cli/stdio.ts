/** The terminal, pipes or files that the command was started with, as files of a name space. */

import type { Readable, Writable } from 'node:stream';
import { type Awaitable, type FileServer, StyxError } from '@llambo/styx';
import { dir, FileNode, interruptible, serveTree } from '@llambo/styx/fs';

/** Output waits until so much has come, or the machine pauses. */
const most = 65536;

/** Output of programs, collected so that a line of three prints is one write. */
export class HostOutput {
  private readonly stream: Writable;
  private chunks: Uint8Array[] = [];
  private size = 0;
  private due = false;
  private failed: Error | undefined;
  /** Another output that is shown before more comes to this one: they may be one terminal. */
  before: HostOutput | undefined;

  constructor(stream: Writable) {
    this.stream = stream;
    stream.on('error', (error: Error) => {
      this.failed = error;
    });
  }

  write(bytes: Uint8Array): Awaitable<number> {
    if (this.failed !== undefined) throw new StyxError(this.failed.message);
    this.before?.flush();
    this.chunks.push(bytes.slice());
    this.size += bytes.length;
    if (this.size >= most && !this.flush()) {
      return new Promise((resolve) => {
        const done = (): void => {
          this.stream.off('drain', done).off('error', done).off('close', done);
          resolve(bytes.length);
        };
        this.stream.on('drain', done).on('error', done).on('close', done);
      });
    }
    if (!this.due && this.size > 0) {
      this.due = true;
      setImmediate(() => {
        this.due = false;
        this.flush();
      });
    }
    return bytes.length;
  }

  /** False when the stream wants no more for now. */
  flush(): boolean {
    if (this.size === 0) return true;
    const all = Buffer.concat(this.chunks);
    this.chunks = [];
    this.size = 0;
    return this.stream.write(all);
  }

  /** Resolves when everything has been written. */
  end(): Promise<void> {
    this.flush();
    return new Promise((resolve) => {
      if (this.failed !== undefined || this.stream.destroyed) resolve();
      else this.stream.write('', () => resolve());
    });
  }
}

/** Input of programs, taken from the stream as they read; most never do, and a stream takes milliseconds to set up. */
export class HostInput {
  private readonly open: () => Readable;
  private stream: Readable | undefined;
  private rest: Uint8Array = new Uint8Array(0);
  private ended = false;
  private waiting: (() => void)[] = [];

  constructor(open: () => Readable) {
    this.open = open;
  }

  private start(): Readable {
    const wake = (): void => {
      const all = this.waiting;
      this.waiting = [];
      for (const go of all) go();
    };
    const over = (): void => {
      this.ended = true;
      wake();
    };
    return this.open().on('readable', wake).on('end', over).on('error', over).on('close', over);
  }

  async read(count: number, signal: AbortSignal): Promise<Uint8Array> {
    this.stream ??= this.start();
    while (this.rest.length === 0) {
      const chunk = this.stream.read() as Uint8Array | null;
      if (chunk !== null) this.rest = chunk;
      else if (this.ended) return this.rest;
      else await interruptible(new Promise<void>((resolve) => this.waiting.push(resolve)), signal);
    }
    const bytes = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return bytes;
  }

  close(): void {
    this.stream?.destroy();
  }
}

/** A device with the files stdin, stdout and stderr. */
export function stdioDevice(input: HostInput, output: HostOutput, error: HostOutput): FileServer {
  return serveTree(
    dir({
      stdin: new FileNode(
        () => ({ read: (_offset, count, call) => input.read(count, call.signal) }),
        {},
        0o444,
      ),
      stdout: new FileNode(() => ({ write: (_offset, data) => output.write(data) }), {}, 0o222),
      stderr: new FileNode(() => ({ write: (_offset, data) => error.write(data) }), {}, 0o222),
    }),
  );
}
