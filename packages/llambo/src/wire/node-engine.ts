/** An engine at the other end of a `data` file. */
import type {
  ChatMessage,
  GenerateRequest,
  GenerateSink,
  Generation,
  Score,
  ScoreRequest,
} from '@llambo/llama';
import { LlamaError } from '@llambo/llama';
import {
  type Awaitable,
  type Call,
  Einterrupted,
  type File,
  ORDWR,
  RemoteFile,
  StyxError,
  uninterrupted,
} from '@llambo/styx';
import { AnswerReader, type AnswerSink } from './answer.ts';
import { badRequest, parseError, requestCancelled } from './errors.ts';
import type { EngineCalls } from './perform.ts';
import { formatRequest, MOST_REQUEST_BYTES, type WireRequest } from './request.ts';

/** Bytes that a read asks for: what a server grants however busy its connection is. */
const READ = 8192;
/** A request up to this size is asked in one go. */
const AT_ONCE = 8192;

/** Where a data file is. */
export interface DataPlace {
  readonly root: File;
  /** From there. */
  readonly names: readonly string[];
}

/**
 * Asks a node, or an engine, through its `data` file: one open of it for each request. A connection that breaks, or a file
 * that is gone, is `engine-gone`: the question can be asked elsewhere. Who asks, and with what claim, was said at attach:
 * of a request's caller only the tenant counts.
 */
export class NodeEngine implements EngineCalls {
  readonly #place: () => Awaitable<File | DataPlace>;

  /**
   * @param place tells where the data file is, or has walked there: a reference that is not open yet, clunked when its
   *   request is over. At a remote place a request is walked to, opened, written and read in one go.
   */
  constructor(place: () => Awaitable<File | DataPlace>) {
    this.#place = place;
  }

  generate(request: GenerateRequest, sink: GenerateSink): Generation {
    return this.#ask(
      { op: 'generate', output: 'records', ...tenantOf(request), request },
      {
        chunk: (chunk) => sink.chunk(chunk),
        end: (finish) => {
          if (finish === undefined) sink.error(gone('its answer has no end'));
          else sink.finish(finish);
        },
      },
      (error) => sink.error(error),
    );
  }

  async score(request: ScoreRequest, signal?: AbortSignal): Promise<Score[]> {
    const scores: Score[] = [];
    const asked: WireRequest = { op: 'score', output: 'records', ...tenantOf(request), request };
    await this.#call(asked, { score: (score) => scores.push(score) }, signal);
    return scores;
  }

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    const asked: WireRequest = { op: 'embed', output: 'records', texts };
    await this.#call(asked, { vector: (vector) => vectors.push(vector) });
    return vectors;
  }

  async tokenize(text: string, options: { special?: boolean } = {}): Promise<number[]> {
    let tokens: number[] = [];
    const asked: WireRequest = { op: 'tokenize', output: 'records', texts: [text], ...options };
    await this.#call(asked, { tokens: (ids) => void (tokens = ids) });
    return tokens;
  }

  async detokenize(tokens: readonly number[]): Promise<string> {
    return this.#text({ op: 'detokenize', output: 'records', tokens });
  }

  async applyTemplate(messages: readonly ChatMessage[], tools?: readonly unknown[]): Promise<string> {
    return this.#text({ op: 'template', output: 'records', messages, tools });
  }

  async #text(request: WireRequest): Promise<string> {
    let text = '';
    await this.#call(request, { chunk: (chunk) => void (text += chunk.text) });
    return text;
  }

  #call(request: WireRequest, sink: Omit<AnswerSink, 'end'>, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const asked = this.#ask(request, { ...sink, end: () => settle(resolve) }, (error) =>
        settle(() => reject(error)),
      );
      const cancel = (): void => asked.cancel();
      const settle = (how: () => void): void => {
        signal?.removeEventListener('abort', cancel);
        how();
      };
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  #ask(request: WireRequest, sink: AnswerSink, failed: (error: Error) => void): Question {
    const text = Buffer.from(formatRequest(request));
    return new Question(this.#place, text, sink, failed);
  }
}

async function walked({ root, names }: DataPlace): Promise<File> {
  const { file } = await root.walk(names, uninterrupted);
  if (file === undefined) throw gone(`there is no ${names.join('/')}`);
  return file;
}

const gone = (why: string): LlamaError => new LlamaError('engine-gone', `engine is gone: ${why}`);

function tenantOf({ caller }: Pick<GenerateRequest, 'caller'>): { tenant?: string } {
  return caller?.tenant === undefined ? {} : { tenant: caller.tenant };
}

/** What became of a request, as an error of an engine. */
function failureOf(error: unknown): Error {
  if (error instanceof LlamaError) return error;
  return parseError(error instanceof Error ? error.message : String(error));
}

/** One request under way: writes it, then keeps one read outstanding until the end. It is the Call of its operations. */
class Question implements Generation, Call {
  readonly #failed: (error: Error) => void;
  readonly #reader: AnswerReader;
  #file: File | undefined;
  #offset = 0;
  #over = false;
  /** Gives up the operation that is outstanding. */
  #abort: (() => void) | undefined;
  #controller: AbortController | undefined;
  /** Walk, open and write are under way. */
  #asking = false;
  /** What the read said meanwhile. */
  #early: unknown;

  constructor(
    place: () => Awaitable<File | DataPlace>,
    text: Uint8Array,
    sink: AnswerSink,
    failed: (error: Error) => void,
  ) {
    this.#failed = failed;
    this.#reader = new AnswerReader({
      ...sink,
      chunk: (chunk) => this.#over || sink.chunk?.(chunk),
      end: (finish) => {
        if (this.#over) return;
        this.#over = true;
        sink.end(finish);
      },
    });
    this.#start(place, text);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#over) this.#controller.abort(new StyxError(Einterrupted));
    }
    return this.#controller.signal;
  }

  onAbort(fn: () => void): boolean {
    this.#abort = fn;
    return !this.#over;
  }

  cancel(): void {
    if (this.#over) return;
    this.#fail(requestCancelled());
  }

  #start(place: () => Awaitable<File | DataPlace>, text: Uint8Array): void {
    try {
      if (text.length > MOST_REQUEST_BYTES) throw badRequest(`request of ${text.length} bytes is too large`);
      const found = place();
      if (!(found instanceof Promise) && 'root' in found && found.root instanceof RemoteFile) {
        const most = Math.min(AT_ONCE, found.root.client.iounit);
        if (text.length <= most) return this.#ask(found.root, found.names, text);
      }
      this.#step(found, text).catch(this.#broken);
    } catch (error) {
      queueMicrotask(() => this.#fail(error));
    }
  }

  /** All in one go: what is read comes behind the write, and fails with it. */
  #ask(root: RemoteFile, names: readonly string[], text: Uint8Array): void {
    this.#asking = true;
    const file = root.ask(names, ORDWR, text, (error) => {
      this.#asking = false;
      if (error !== undefined) this.#file = undefined; // nobody's
      const failed = error ?? this.#early;
      if (this.#over) this.#close();
      else if (failed !== undefined) this.#fail(failed);
    });
    this.#file = file;
    this.#read();
  }

  async #step(found: Awaitable<File | DataPlace>, text: Uint8Array): Promise<void> {
    const place = await found;
    this.#file = 'root' in place ? await walked(place) : place;
    if (this.#over) return this.#close();
    await this.#file.open(ORDWR, this);
    for (let at = 0; at < text.length && !this.#over; )
      at += await this.#file.write(at, text.subarray(at), this);
    this.#read();
  }

  /** Reads until a read has to wait, or until the end. */
  #read(): void {
    try {
      while (!this.#over) {
        const file = this.#file as File;
        if (file instanceof RemoteFile) {
          return file.readThen(this.#offset, READ, this, this.#arrived, this.#broken);
        }
        const data = file.read(this.#offset, READ, this);
        if (data instanceof Promise) {
          data.then(this.#arrived, this.#broken);
          return;
        }
        this.#take(data);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #arrived = (data: Uint8Array): void => {
    try {
      if (!this.#over) this.#take(data);
    } catch (error) {
      this.#fail(error);
    }
    this.#read();
  };

  /** A read that was sent with its request fails when that does, for a reason that the request knows better. */
  readonly #broken = (error: unknown): void => {
    if (this.#asking) this.#early = error;
    else this.#fail(error);
  };

  #take(data: Uint8Array): void {
    if (data.length === 0) throw gone('its answer ended early');
    this.#offset += data.length;
    this.#reader.push(data);
    if (this.#over) this.#close();
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#abort?.();
    this.#controller?.abort(new StyxError(Einterrupted));
    this.#close();
    this.#failed(failureOf(error));
  }

  #close(): void {
    if (this.#asking) return; // when that is settled
    const file = this.#file;
    this.#file = undefined;
    this.#abort = undefined;
    try {
      Promise.resolve(file?.clunk()).catch(() => {});
    } catch {
      // Its server is gone: there is nothing left to give up.
    }
  }
}
