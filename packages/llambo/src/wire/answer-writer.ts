/** An answer on its way from who makes it to who reads it, through a file. */
import type { Chunk, GenerateSink } from '@llambo/llama';
import { type Awaitable, type Call, Einterrupted, StyxError, whenAborted } from '@llambo/styx';
import { type AssignedFinish, END_DONE, formatChunk, formatFinish } from './answer.ts';
import { formatError } from './errors.ts';
import type { Output } from './request.ts';

const nothing = new Uint8Array(0);

/** A read that waits. */
interface Waiting {
  readonly count: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  /** Forgets that it may be aborted. */
  undo: (() => void) | undefined;
}

/**
 * Answers whose readers wait and can go on. They are served together when the step that made their chunks is over, so that
 * what belongs together leaves in one read, and all reads of a connection in one write.
 */
let woken: AnswerWriter[] = [];

function serveWoken(): void {
  const writers = woken;
  woken = [];
  for (const writer of writers) writer.serve();
}

/**
 * Gathers an answer and gives it to reads: all that there is at once, or what comes next. After the end reads give nothing,
 * after an error they fail with it.
 */
export class AnswerWriter implements GenerateSink {
  readonly output: Output;
  /** Tokens that came so far. */
  tokens = 0;
  /** Called when the end or an error has come, once; set it before. */
  onEnd: (() => void) | undefined;
  #text = '';
  #bytes: Uint8Array = nothing;
  #ended = false;
  #error: StyxError | undefined;
  readonly #waiting: Waiting[] = [];
  #woken = false;

  constructor(output: Output = 'text') {
    this.output = output;
  }

  /** Whether the end, or an error, is in it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The line of the error that ended it. */
  get failure(): string | undefined {
    return this.#error?.message;
  }

  chunk(chunk: Chunk): void {
    if (this.#ended) return;
    this.tokens += chunk.tokens.length;
    this.#add(this.output === 'text' ? chunk.text : formatChunk(chunk));
  }

  /** A record other than a chunk: people read it as programs do. */
  record(line: string): void {
    if (!this.#ended) this.#add(line);
  }

  finish(finish: AssignedFinish): void {
    this.#end(formatFinish(finish));
  }

  /** The end of an answer that is no generation. */
  done(): void {
    this.#end(END_DONE);
  }

  error(error: unknown): void {
    if (this.#ended) return;
    this.#error = new StyxError(formatError(error), { cause: error });
    this.#end('');
  }

  #end(record: string): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.output === 'records') this.#text += record;
    this.#wake();
    this.onEnd?.();
  }

  #add(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length === 0 || this.#woken) return;
    this.#woken = true;
    if (woken.push(this) === 1) queueMicrotask(serveWoken);
  }

  get #ready(): boolean {
    return this.#ended || this.#text !== '' || this.#bytes.length > 0;
  }

  /** As File.read, whatever the offset. */
  read(count: number, call: Call): Awaitable<Uint8Array> {
    if (this.#ready && this.#waiting.length === 0) return this.#take(count);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { count, resolve, reject, undo: undefined };
      waiting.undo = whenAborted(call, () => {
        const at = this.#waiting.indexOf(waiting);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        reject(new StyxError(Einterrupted));
      });
      if (waiting.undo === undefined) reject(new StyxError(Einterrupted));
      else this.#waiting.push(waiting);
    });
  }

  /** Answers the reads that wait, as far as that goes. */
  serve(): void {
    this.#woken = false;
    while (this.#waiting.length > 0 && this.#ready) {
      const { count, resolve, reject, undo } = this.#waiting.shift() as Waiting;
      undo?.();
      try {
        resolve(this.#take(count));
      } catch (error) {
        reject(error as Error);
      }
    }
  }

  #take(count: number): Uint8Array {
    if (this.#bytes.length === 0) {
      if (this.#text === '') {
        if (this.#error !== undefined) throw this.#error;
        return nothing;
      }
      this.#bytes = Buffer.from(this.#text);
      this.#text = '';
    }
    const bytes = this.#bytes;
    if (bytes.length <= count) {
      this.#bytes = nothing;
      return bytes;
    }
    this.#bytes = bytes.subarray(count);
    return bytes.subarray(0, count);
  }
}
