import { putDir, sizeofDir } from '../codec/dir.ts';
import { Ecount, Eoffset, StyxError } from '../errors.ts';
import type { Dir } from '../file.ts';

const nothing = new Uint8Array(0);

/**
 * Reads a directory through one fid by the rules of read(5): whole records, at offset 0 or where the last read ended. The
 * entries are those of the moment when offset 0 was read; one that is gone since is passed over.
 */
export class DirReader<T> {
  #entries: readonly T[] = [];
  #next = 0;
  #offset = 0;
  readonly #stat: (entry: T) => Dir | undefined;

  constructor(stat: (entry: T) => Dir | undefined) {
    this.#stat = stat;
  }

  /** Starts over with these entries. */
  rewind(entries: readonly T[]): void {
    this.#entries = entries;
    this.#next = 0;
    this.#offset = 0;
  }

  read(offset: number, count: number): Uint8Array {
    if (offset !== this.#offset) throw new StyxError(Eoffset);
    if (count === 0) return nothing;
    const records: Dir[] = [];
    let total = 0;
    let next = this.#next;
    for (; next < this.#entries.length; next++) {
      const dir = this.#stat(this.#entries[next] as T);
      if (dir === undefined) continue;
      const size = sizeofDir(dir);
      if (total + size > count) {
        if (total === 0) throw new StyxError(Ecount);
        break;
      }
      records.push(dir);
      total += size;
    }
    if (total === 0) return nothing;
    const bytes = new Uint8Array(total);
    let at = 0;
    for (const dir of records) at = putDir(dir, bytes, at);
    this.#next = next;
    this.#offset = offset + total;
    return bytes;
  }
}
