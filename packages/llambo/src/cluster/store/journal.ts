/**
 * The state in a file: a journal of changes, one a line, each with its checksum. What a crash leaves half-written at the
 * end is dropped; everything before it counts. When the journal has grown, a new one that begins with a snapshot takes
 * its place in one rename.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { LlamboError } from '../../errors.ts';
import { applyChange, type Change, emptyState, type SavedState } from './state.ts';
import type { Store } from './store.ts';

const sync = promisify(fdatasync);
/** How long a change may wait to be written together with others, milliseconds. */
const GATHER_MS = 5;
/** Changes after which the journal is begun anew. */
const COMPACT_AFTER = 4096;

export class JournalStore implements Store {
  state: SavedState = emptyState;
  readonly #path: string;
  readonly #compactAfter: number;
  #file = -1;
  #records = 0;
  #pending: string[] = [];
  #writing: Promise<void> | undefined;
  #failed: Error | undefined;

  /** @param path of the journal, made when it is not there; its folder must be */
  constructor(path: string, { compactAfter = COMPACT_AFTER }: { compactAfter?: number } = {}) {
    this.#path = path;
    this.#compactAfter = compactAfter;
  }

  load(): SavedState {
    try {
      const bytes = existsSync(this.#path) ? readFileSync(this.#path) : Buffer.alloc(0);
      const { changes, length } = readJournal(bytes);
      for (const change of changes) this.state = applyChange(this.state, change);
      this.#records = changes.length;
      this.#file = openSync(this.#path, 'a', 0o600);
      if (length < bytes.length) ftruncateSync(this.#file, length);
      return this.state;
    } catch (error) {
      throw new LlamboError('internal', `cannot read ${this.#path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  append(change: Change): void {
    this.state = applyChange(this.state, change);
    this.#pending.push(formatRecord(change));
    this.#writing ??= this.#write();
  }

  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failed !== undefined) throw this.#failed;
  }

  async close(): Promise<void> {
    await this.flush().finally(() => {
      if (this.#file >= 0) closeSync(this.#file);
      this.#file = -1;
    });
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
        const records = this.#pending;
        this.#pending = [];
        if (this.#records + records.length > this.#compactAfter) this.#compact();
        else {
          writeSync(this.#file, records.join(''));
          this.#records += records.length;
          await sync(this.#file);
        }
        this.#failed = undefined;
      }
    } catch (error) {
      // The state in memory is whole: the next change tries to write all of it.
      this.#failed = error as Error;
      this.#records = this.#compactAfter;
    } finally {
      this.#writing = undefined;
    }
  }

  /** Everything so far in one record, in a new file under the old name. */
  #compact(): void {
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeSync(file, formatRecord({ kind: 'snapshot', state: this.state }));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
    syncFolder(dirname(this.#path));
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#records = 1;
  }
}

/** `CHECKSUM JSON\n`, the checksum being CRC-32 of the JSON in hex. */
export function formatRecord(change: Change): string {
  const json = JSON.stringify(change);
  return `${checksum(Buffer.from(json))} ${json}\n`;
}

/** The changes up to the first byte that is not as it was written, and where that is. */
export function readJournal(bytes: Uint8Array): { changes: Change[]; length: number } {
  const changes: Change[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) break;
    const json = bytes.subarray(at + 9, end);
    const sum = Buffer.from(bytes.subarray(at, at + 8)).toString('latin1');
    if (bytes[at + 8] !== 32 || sum !== checksum(json)) break;
    changes.push(JSON.parse(Buffer.from(json).toString()) as Change);
    at = end + 1;
  }
  return { changes, length: at };
}

const checksum = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0');

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
