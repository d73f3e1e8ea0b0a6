/**
 * Answers that outlive the gateway's process: for a stream whose client gave it an id, the request and every chunk are kept in
 * a file. A gateway that starts again asks the same once more, begins with the chunks that it had, and lets the cluster go
 * on behind the last token; the client comes back by its id and gets the rest, as if nothing had happened.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Chunk } from '@llambo/llama';
import type { InferenceFinish } from '../cluster/inference.ts';

/** Milliseconds that an answer is kept after its last change. */
const KEPT_MS = 5 * 60_000;
/** Answers at once; more are not kept. */
const MOST = 1000;
/** Bytes of one answer; a longer one is not kept. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What a request was: enough to ask it again. */
export interface Kept {
  readonly owner: string;
  readonly id: string;
  readonly path: string;
  readonly body: string;
}

/** What one answer of it had given. */
export interface Past {
  readonly chunks: Chunk[];
  finish?: InferenceFinish;
}

type Line =
  | Kept
  | { readonly i: number; readonly c: Chunk }
  | { readonly i: number; readonly f: InferenceFinish };

/** One request's file. Written without sync: it survives this process, not the machine. */
export class Spool {
  readonly #path: string;
  #file: number;
  #bytes = 0;

  constructor(path: string, kept: Kept) {
    this.#path = path;
    this.#file = openSync(path, 'w', 0o600);
    this.#write(kept);
  }

  chunk(index: number, chunk: Chunk): void {
    this.#write({ i: index, c: chunk });
  }

  finish(index: number, finish: InferenceFinish): void {
    this.#write({ i: index, f: finish });
  }

  /** All answers have ended: it stays for those who come late. */
  close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }

  /** Nobody will come back. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  #write(line: Line): void {
    if (this.#file < 0) return;
    try {
      this.#bytes += writeSync(this.#file, `${JSON.stringify(line)}\n`);
      if (this.#bytes > MOST_BYTES) this.remove();
    } catch {
      this.remove(); // a full disk must not end the answer itself
    }
  }
}

export class Spools {
  readonly #folder: string;
  /** By the question's id: what it had given when the last gateway ended. */
  readonly #pasts = new Map<string, Past>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  create(kept: Kept): Spool | undefined {
    this.#expire();
    if (readdirSync(this.#folder).length >= MOST) return undefined;
    const name = createHash('sha256').update(`${kept.owner} ${kept.id}`).digest('hex').slice(0, 40);
    return new Spool(join(this.#folder, name), kept);
  }

  /** What a question had given before, once. */
  take(questionId: string): Past | undefined {
    const past = this.#pasts.get(questionId);
    this.#pasts.delete(questionId);
    return past;
  }

  /** The requests of an earlier process; each is to be asked again. */
  revive(): Kept[] {
    this.#expire();
    const found: Kept[] = [];
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const lines = linesOf(path);
      rmSync(path, { force: true });
      const [kept, ...rest] = lines;
      if (kept === undefined || !('body' in kept)) continue;
      for (const line of rest) {
        if (!('i' in line)) continue;
        const key = `${kept.id}-${line.i}`;
        const past = this.#pasts.get(key) ?? { chunks: [] };
        this.#pasts.set(key, past);
        if ('c' in line) past.chunks.push(line.c);
        else past.finish = line.f;
      }
      found.push(kept);
    }
    return found;
  }

  #expire(): void {
    const now = Date.now();
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
      if (now - changed > KEPT_MS) rmSync(path, { force: true });
    }
  }
}

/** Whole lines; what a crash left half-written at the end is dropped. */
function linesOf(path: string): Line[] {
  const lines: Line[] = [];
  for (const text of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    try {
      lines.push(JSON.parse(text) as Line);
    } catch {
      break;
    }
  }
  return lines;
}
