import { createReadStream } from 'node:fs';
import { fileSize } from '../files.ts';
import type { PartFile } from '../part.ts';
import type { Job, Source } from './source.ts';

/** A file that is already on this machine, under another name. */
export class FileSource implements Source {
  readonly id: string;
  readonly extraBytes = 0;
  readonly #path: string;
  readonly #size: number;

  private constructor(path: string, size: number) {
    this.id = path;
    this.#path = path;
    this.#size = size;
  }

  /** The first of the paths with a file of this many bytes, as a source. */
  static async find(paths: readonly string[], size: number): Promise<FileSource | undefined> {
    for (const path of paths) if ((await fileSize(path)) === size) return new FileSource(path, size);
    return undefined;
  }

  async deliver(part: PartFile, job: Job): Promise<void> {
    await part.reset();
    for await (const chunk of createReadStream(this.#path, { highWaterMark: 1024 * 1024 })) {
      job.signal?.throwIfAborted();
      await part.append(chunk as Buffer);
      job.count(part.size, this.#size);
    }
  }
}
