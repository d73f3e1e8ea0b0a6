/** Files that are read as things happen: events that all readers get, and streams that each opener has to itself. */
import { Eio, Etoobig, StyxError } from '../errors.ts';
import type { Awaitable, Call } from '../file.ts';
import { type Content, toBytes } from './build.ts';
import { FileNode, type Handle, type Meta, type Opener } from './node.ts';
import { interruptible, Rendez } from './rendez.ts';

const nothing = new Uint8Array(0);

export interface EventsOptions extends Meta {
  /** Events that wait for one slow reader at most; of more the oldest go, and it reads how many. 1024 when left out. */
  readonly limit?: number;
  /** Past events that a new reader gets first; none when left out. */
  readonly history?: number;
}

/** Events, for any number of readers. Each read of the file waits for an event and gives one. */
export class Events {
  readonly node: FileNode;
  readonly #limit: number;
  readonly #history: number;
  readonly #past: Uint8Array[] = [];
  readonly #readers: Set<EventReader> = new Set();
  #ended = false;

  constructor(options: EventsOptions = {}) {
    this.#limit = Math.max(1, options.limit ?? 1024);
    this.#history = options.history ?? 0;
    this.node = new FileNode(() => this.#open(), options, 0o444);
  }

  /** How many have the file open. */
  get readers(): number {
    return this.#readers.size;
  }

  /** Tells every reader; a line should end in a newline. */
  emit(event: Content): void {
    if (this.#ended) return;
    const bytes = toBytes(event);
    if (bytes.length === 0) return;
    if (this.#history > 0) {
      this.#past.push(bytes);
      if (this.#past.length > this.#history) this.#past.shift();
    }
    for (const reader of this.#readers) reader.add(bytes);
  }

  /** After the events that wait, readers get end of file. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
  }

  #open(): Handle {
    const reader = new EventReader(this.#past, this.#limit, () => this.#readers.delete(reader));
    if (this.#ended) reader.end();
    this.#readers.add(reader);
    return reader;
  }
}

class EventReader implements Handle {
  readonly #queue: Uint8Array[];
  readonly #limit: number;
  readonly #leave: () => void;
  readonly #changed: Rendez = new Rendez();
  #lost = 0;
  #ended = false;

  constructor(past: readonly Uint8Array[], limit: number, leave: () => void) {
    this.#queue = past.slice(-limit);
    this.#limit = limit;
    this.#leave = leave;
  }

  add(event: Uint8Array): void {
    this.#queue.push(event);
    if (this.#queue.length > this.#limit) {
      this.#queue.shift();
      this.#lost++;
    }
    this.#changed.wakeup();
  }

  end(): void {
    this.#ended = true;
    this.#changed.wakeup();
  }

  read(_offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    if (this.#lost > 0) {
      this.#queue.unshift(toBytes(`${this.#lost} events lost\n`));
      this.#lost = 0;
    }
    const event = this.#queue.shift();
    if (event === undefined) {
      if (this.#ended) return nothing;
      return this.#changed.sleep(call.signal).then(() => this.read(_offset, count, call));
    }
    if (event.length > count) this.#queue.unshift(event.subarray(count));
    return event.subarray(0, count);
  }

  close(): void {
    this.#leave();
    this.end();
  }
}

export type Source = AsyncIterable<Content> | Iterable<Content>;

/** Gives out what a source makes, each piece once, whatever the offset; the end of the source is the end of the file. */
class SourceReader {
  readonly #source: AsyncIterator<Content> | Iterator<Content>;
  readonly #stop: AbortController;
  #rest: Uint8Array = nothing;
  #next: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #ended = false;
  #error: unknown;

  constructor(source: Source, stop: AbortController) {
    this.#source =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#stop = stop;
  }

  read(count: number, call: Call): Awaitable<Uint8Array> {
    if (this.#rest.length > 0) return this.#take(count);
    if (this.#ended) {
      if (this.#error !== undefined) throw this.#error;
      return nothing;
    }
    // The piece that is on its way stays on its way when this read is interrupted, and goes to the next one.
    this.#next ??= new Promise((resolve) => {
      this.#wake = resolve;
      this.#pull().then(resolve);
    });
    return interruptible(this.#next, call.signal).then(() => this.read(count, call));
  }

  /** Fetches the next piece that has anything in it, or the end, or an error. */
  async #pull(): Promise<void> {
    try {
      while (!this.#ended) {
        const { done, value } = await this.#source.next();
        if (this.#ended) return;
        if (done) this.#ended = true;
        else if (value.length > 0) {
          this.#rest = toBytes(value);
          return;
        }
      }
    } catch (error) {
      if (this.#ended) return;
      this.#ended = true;
      this.#error = error instanceof StyxError ? error : new StyxError(errorText(error), { cause: error });
    } finally {
      this.#next = undefined;
    }
  }

  #take(count: number): Uint8Array {
    const piece = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return piece;
  }

  close(): void {
    this.#stop.abort();
    this.#rest = nothing;
    if (this.#ended) return;
    this.#ended = true;
    this.#wake?.();
    // A generator that waits can't return before it is woken: the signal did that, and nobody waits for the rest.
    void Promise.resolve(this.#source.return?.()).catch(() => {});
  }
}

function errorText(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : Eio;
}

/**
 * A file of which each open reads a source of its own. `signal` is aborted when the file is clunked, which also ends the
 * iteration; an error of the source is the error of the read that meets it.
 */
export function stream(
  open: (opener: Opener, signal: AbortSignal) => Awaitable<Source>,
  meta: Meta = {},
): FileNode {
  const handle = (source: Source, stop: AbortController): Handle => {
    const reader = new SourceReader(source, stop);
    return { read: (_offset, count, call) => reader.read(count, call), close: () => reader.close() };
  };
  return new FileNode(
    (opener) => {
      const stop = new AbortController();
      const source = open(opener, stop.signal);
      return source instanceof Promise ? source.then((s) => handle(s, stop)) : handle(source, stop);
    },
    meta,
    0o444,
  );
}

export interface ExchangeOptions extends Meta {
  /** Bytes of a request at most; 1 MiB when left out. */
  readonly limit?: number;
}

/**
 * A file into which a request is written and from which its answer is read: the writes up to the first read are one
 * request, reads give the answer as it is made, up to end of file. The next write begins another request, and gives up
 * what is left of the answer.
 */
export function exchange(
  answer: (request: Uint8Array, opener: Opener, signal: AbortSignal) => Source,
  options: ExchangeOptions = {},
): FileNode {
  const limit = options.limit ?? 1 << 20;
  const open = (opener: Opener): Handle => {
    let parts: Uint8Array[] = [];
    let total = 0;
    let reader: SourceReader | undefined;
    const begin = (): SourceReader => {
      const request = new Uint8Array(total);
      let at = 0;
      for (const part of parts) {
        request.set(part, at);
        at += part.length;
      }
      parts = [];
      total = 0;
      const stop = new AbortController();
      return (reader = new SourceReader(answer(request, opener, stop.signal), stop));
    };
    return {
      write(_offset, data) {
        if (total + data.length > limit) throw new StyxError(Etoobig);
        reader?.close();
        reader = undefined;
        parts.push(data.slice());
        total += data.length;
        return data.length;
      },
      read(_offset, count, call) {
        if (reader === undefined && parts.length === 0) return nothing;
        return (reader ?? begin()).read(count, call);
      },
      close: () => reader?.close(),
    };
  };
  return new FileNode(open, options, 0o666);
}
