/** An open file with a position, as a program wants it: reads and writes of any size, iteration, web streams. */
import type { File, Opened, Qid } from '../file.ts';
import { readAhead, readOwned } from './ahead.ts';
import { callOf, type FsysCall } from './fsys.ts';

/** What one read or write moves when the file does not say. */
const CHUNK = 64 * 1024;
/** Reads that are on their way at once in a bulk transfer. */
const AHEAD = 16;

export interface ReadOptions extends FsysCall {
  /**
   * Reads to keep on their way at once; 1 when not given. More suit a file whose contents stand still: a file that is
   * made by events would have its data torn apart.
   */
  readonly ahead?: number;
}

export interface WriteOptions extends FsysCall {
  /** Writes to keep on their way at once; 1 when not given. An error then shows up in a later write, or in the close. */
  readonly behind?: number;
}

export class OpenFile {
  readonly file: File;
  readonly qid: Qid;
  readonly mode: number;
  /** Bytes that one read or write moves at most. */
  readonly iounit: number;
  /** Where the next `read` or `write` goes. */
  offset: number = 0;

  constructor(file: File, opened: Opened, mode: number) {
    this.file = file;
    this.qid = opened.qid;
    this.mode = mode;
    this.iounit = opened.iounit || CHUNK;
  }

  /** The next bytes, `count` at most; none at the end. One read of the file, so that a stream gives what it has. */
  async read(count: number = this.iounit, call: FsysCall = {}): Promise<Uint8Array> {
    const data = await this.pread(this.offset, count, call);
    this.offset += data.length;
    return data;
  }

  /** Bytes from `offset`, whatever the position is. */
  async pread(offset: number, count: number, call: FsysCall = {}): Promise<Uint8Array> {
    return readOwned(this.file, offset, Math.min(count, this.iounit), call);
  }

  /** All of `data` at the position, in as many writes as it takes. Rejects when the file takes less. */
  async write(data: Uint8Array, call: FsysCall = {}): Promise<void> {
    await this.pwrite(this.offset, data, call);
    this.offset += data.length;
  }

  async pwrite(offset: number, data: Uint8Array, call: FsysCall = {}): Promise<void> {
    let done = 0;
    do {
      const part = data.length <= this.iounit ? data : data.subarray(done, done + this.iounit);
      const n = await this.file.write(offset + done, part, callOf(call));
      if (n !== part.length) throw new Error(`short write: ${n} of ${part.length} bytes`);
      done += n;
    } while (done < data.length);
  }

  /** Everything from the position to the end. A file that knows its length is read with many reads on their way. */
  async readAll(call: FsysCall = {}): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let n = 0;
    for await (const chunk of this.chunks({ ...call, ahead: AHEAD })) {
      chunks.push(chunk);
      n += chunk.length;
    }
    if (chunks.length === 1) return chunks[0] as Uint8Array;
    const all = new Uint8Array(n);
    n = 0;
    for (const chunk of chunks) {
      all.set(chunk, n);
      n += chunk.length;
    }
    return all;
  }

  /** The contents from the position on, in pieces, until the end. Moves the position as far as pieces were taken. */
  async *chunks(options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const { ahead = 1, signal } = options;
    if (ahead > 1 && (this.qid.type & 0xc0) === 0) {
      const { length } = await this.file.stat(callOf({ signal }));
      const end = Number(length);
      if (end - this.offset > this.iounit) {
        for await (const data of readAhead(this, end, ahead, options)) {
          this.offset += data.length;
          yield data;
        }
      }
    }
    for (;;) {
      const data = await this.read(this.iounit, options);
      if (data.length === 0) return;
      yield data;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return this.chunks();
  }

  /** The contents as a stream of the web, which closes the file at its end. */
  readable(options: ReadOptions = {}): ReadableStream<Uint8Array> {
    const chunks = this.chunks(options);
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (value !== undefined) controller.enqueue(value);
        if (!done) return;
        controller.close();
        await this.close();
      },
      cancel: async () => {
        await chunks.return();
        await this.close();
      },
    });
  }

  /** Writes what it is given at the position; closing it closes the file. */
  writable(options: WriteOptions = {}): WritableStream<Uint8Array> {
    const { behind = 1 } = options;
    const flying = new Set<Promise<void>>();
    let failed: unknown;
    const check = (): void => {
      if (failed !== undefined) throw failed;
    };
    return new WritableStream<Uint8Array>({
      write: async (data) => {
        check();
        const at = this.offset;
        this.offset += data.length;
        const p: Promise<void> = this.pwrite(at, data, options).then(
          () => void flying.delete(p),
          (e) => {
            flying.delete(p);
            failed ??= e;
          },
        );
        flying.add(p);
        if (flying.size >= behind) await Promise.race(flying);
        check();
      },
      close: async () => {
        await Promise.all(flying);
        await this.close();
        check();
      },
      abort: async () => {
        await Promise.all(flying);
        await this.close();
      },
    });
  }

  async close(): Promise<void> {
    await this.file.clunk();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
