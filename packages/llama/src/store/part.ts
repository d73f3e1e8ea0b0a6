import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { corrupt, fromFileSystem } from './errors.ts';

/** What a later pull must know to go on from a partial file. */
interface Mark {
  readonly source: string;
  /** Bytes that are known to be whole; undefined: all that are there. */
  readonly bytes?: number;
  /** The source's own note: an entity tag, a number of parts. */
  readonly note?: string;
}

/**
 * A model on its way: `NAME.gguf.part`, with its checksum counted while it grows, and `NAME.gguf.part.json`, which says
 * how to go on after an interruption. What an earlier pull left from another source stays until this source's first
 * byte: most sources that fail do so before it. Only the holder of the model's lock opens one.
 */
export class PartFile {
  readonly path: string;
  readonly #limit: number;
  readonly #source: string;
  #handle: FileHandle | undefined;
  #hash: Hash = createHash('sha256');
  /** Bytes that are there. */
  size = 0;
  /** The note that belongs to them; empty for a new file. */
  note = '';
  /** Bytes that an earlier pull left. */
  resumed = 0;

  private constructor(path: string, source: string, limit: number) {
    this.path = path;
    this.#source = source;
    this.#limit = limit;
  }

  /**
   * Opens what an earlier pull left from the same source, or begins an empty file.
   * @param limit largest size, bytes; more is refused
   * @param counted called while the bytes that are there are read for the checksum
   */
  static async open(
    path: string,
    source: string,
    limit: number,
    signal: AbortSignal | undefined,
    counted: (bytes: number, total: number) => void,
  ): Promise<PartFile> {
    const part = new PartFile(path, source, limit);
    const mark = await readMark(path);
    if (mark?.source !== source) return part;
    try {
      part.#handle = await open(path, 'a+', 0o644);
      await part.#resume(part.#handle, mark, signal, counted);
      return part;
    } catch (error) {
      await part.close();
      signal?.throwIfAborted();
      throw fromFileSystem(error, path);
    }
  }

  async #resume(
    handle: FileHandle,
    mark: Mark,
    signal: AbortSignal | undefined,
    counted: (bytes: number, total: number) => void,
  ): Promise<void> {
    const there = (await handle.stat()).size;
    const good = Math.min(there, mark.bytes ?? there);
    if (good > this.#limit) return this.reset();
    await handle.truncate(good);
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    while (this.size < good) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.size);
      if (bytesRead === 0) break;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.size += bytesRead;
      counted(this.size, good);
    }
    this.resumed = this.size;
    this.note = mark.note ?? '';
  }

  /** Whether the file at `path` is this source's. */
  get begun(): boolean {
    return this.#handle !== undefined;
  }

  async #begin(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    try {
      // First the mark: without one, a file left here belongs to nobody.
      await rm(`${this.path}.json`, { force: true });
      await rm(this.path, { force: true });
      this.#handle = await open(this.path, 'a+', 0o644);
      return this.#handle;
    } catch (error) {
      throw fromFileSystem(error, this.path);
    }
  }

  /** Begins again with an empty file. */
  async reset(): Promise<void> {
    await this.#handle?.truncate(0);
    this.#hash = createHash('sha256');
    this.size = 0;
    this.resumed = 0;
    this.note = '';
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.size + bytes.length > this.#limit)
      throw corrupt(`source sends more than the model's ${this.#limit} bytes`);
    const handle = await this.#begin();
    this.#hash.update(bytes);
    try {
      for (let done = 0; done < bytes.length; )
        done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
    } catch (error) {
      throw fromFileSystem(error, this.path);
    }
    this.size += bytes.length;
  }

  /**
   * Notes how to go on from here. With `whole`, only the bytes that are there now count as whole, later ones are
   * dropped when the pull is interrupted.
   */
  async mark(note: string, whole = false): Promise<void> {
    await this.#begin();
    this.note = note;
    const mark: Mark = { source: this.#source, note, ...(whole ? { bytes: this.size } : {}) };
    try {
      await writeFile(`${this.path}.json.new`, JSON.stringify(mark));
      await rename(`${this.path}.json.new`, `${this.path}.json`);
    } catch (error) {
      throw fromFileSystem(error, this.path);
    }
  }

  /** The checksum of all bytes, in hexadecimal; nothing can be appended after this. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  /** Closes; with `sync`, puts the bytes on the disk first. */
  async close(sync = false): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    try {
      if (sync) await handle.sync();
    } catch (error) {
      throw fromFileSystem(error, this.path);
    } finally {
      await handle.close();
    }
  }

  /** Removes all that a pull left at `path`. */
  static async remove(path: string): Promise<void> {
    for (const name of [path, `${path}.json`, `${path}.json.new`, `${path}.d`])
      await rm(name, { recursive: true, force: true });
  }
}

async function readMark(path: string): Promise<Mark | undefined> {
  try {
    const mark = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Partial<Mark>;
    const { source, bytes, note } = mark;
    if (typeof source !== 'string') return undefined;
    if (bytes !== undefined && !(Number.isSafeInteger(bytes) && bytes >= 0)) return undefined;
    return { source, ...(bytes === undefined ? {} : { bytes }), note: typeof note === 'string' ? note : '' };
  } catch {
    return undefined;
  }
}
