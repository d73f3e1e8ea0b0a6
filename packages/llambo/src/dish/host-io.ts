/** The terminal, pipes or files that the shell was started with. */
import { Console } from '@llambo/namespace';
import { interruptible } from '@llambo/styx/fs';
import { type Editor, hasCursor, type TerminalOutput, visible } from '../terminal/index.ts';
import type { SessionIO } from './session.ts';

const nothing = new Uint8Array(0);

/** Output of a process; the promise is there when more should wait. */
function put(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> | undefined {
  if (stream.destroyed) return undefined;
  if (stream.write(bytes.slice())) return undefined;
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done).off('error', done);
      resolve();
    };
    stream.on('drain', done).on('close', done).on('error', done);
  });
}

abstract class HostIO implements SessionIO {
  readonly isTerminal: boolean = hasCursor(process.stdout);
  readonly output: TerminalOutput | undefined = this.isTerminal ? process.stdout : undefined;
  readonly console: Console;

  constructor() {
    this.console = new SessionConsole(this);
  }

  get columns(): number {
    return process.stdout.columns ?? 80;
  }

  get rows(): number {
    return process.stdout.rows ?? 24;
  }

  abstract read(count: number, signal: AbortSignal): Promise<Uint8Array>;

  write(fd: 1 | 2, bytes: Uint8Array): Promise<void> | void {
    return put(fd === 1 ? process.stdout : process.stderr, bytes);
  }

  notice(text: string): void {
    process.stderr.write(`${text}\n`);
  }
}

/** `/dev/cons` reads and writes what the session does. */
class SessionConsole extends Console {
  readonly #io: HostIO;

  constructor(io: HostIO) {
    super({ write: (bytes) => io.write(1, bytes) ?? undefined });
    this.#io = io;
  }

  override read(count: number, by?: { readonly signal: AbortSignal } | AbortSignal): Promise<Uint8Array> {
    const signal = by instanceof AbortSignal ? by : (by?.signal ?? new AbortController().signal);
    return this.#io.read(count, signal);
  }
}

/** For scripts: standard input is the commands' own, byte by byte. */
export class PipeIO extends HostIO {
  #rest: Uint8Array = nothing;
  #ended = false;
  #wake: (() => void) | undefined;
  #started = false;

  async read(count: number, signal: AbortSignal): Promise<Uint8Array> {
    const { stdin } = process;
    if (!this.#started) {
      this.#started = true;
      const wake = (): void => this.#wake?.();
      const end = (): void => {
        this.#ended = true;
        wake();
      };
      stdin.on('readable', wake).on('end', end).on('error', end).on('close', end);
    }
    while (this.#rest.length === 0) {
      const chunk = stdin.read() as Uint8Array | null;
      if (chunk !== null) this.#rest = chunk;
      else if (this.#ended) return nothing;
      else await interruptible(new Promise<void>((resolve) => (this.#wake = resolve)), signal);
    }
    const bytes = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return bytes;
  }

  /** Lets go of standard input, which would keep the process alive. */
  close(): void {
    if (this.#started) process.stdin.destroy();
  }
}

/** For a prompt: standard input is lines, of which the commands that run get those that are not commands. */
export class EditorIO extends HostIO {
  readonly editor: Editor;
  #input: Uint8Array = nothing;
  /** Output without the end of its line, which came while a line was being typed. */
  #held = '';
  #flush: NodeJS.Timeout | undefined;
  readonly #decoder = new TextDecoder();
  readonly #news: string[] = [];
  #reading: Promise<void> | undefined;

  constructor(editor: Editor) {
    super();
    this.editor = editor;
  }

  async read(count: number, signal: AbortSignal): Promise<Uint8Array> {
    while (this.#input.length === 0) {
      signal.throwIfAborted();
      const abort = (): void => this.editor.cancel();
      signal.addEventListener('abort', abort, { once: true });
      try {
        this.#reading ??= this.#line().finally(() => {
          this.#reading = undefined;
        });
        await this.#reading;
      } finally {
        signal.removeEventListener('abort', abort);
      }
      if (this.#input.length === 0 && !signal.aborted) return nothing;
    }
    const bytes = this.#input.subarray(0, count);
    this.#input = this.#input.subarray(count);
    return bytes;
  }

  /** One line of input; nothing at its end. */
  async #line(): Promise<void> {
    const line = await this.editor.read('', '', true);
    if (line.kind === 'line') this.#input = new TextEncoder().encode(`${line.text}\n`);
    else if (line.kind === 'interrupt') this.onInterrupt();
  }

  /** Ctrl-C while a command reads. */
  onInterrupt: () => void = () => {};

  override write(fd: 1 | 2, bytes: Uint8Array): Promise<void> | void {
    if (!this.editor.interactive || !this.editor.reading) return super.write(fd, bytes);
    // Whole lines go above the line that is being typed; what is left may be the beginning of one.
    clearTimeout(this.#flush);
    this.#held += this.#decoder.decode(bytes, { stream: true });
    const end = this.#held.lastIndexOf('\n') + 1;
    this.editor.print(this.#held.slice(0, end));
    this.#held = this.#held.slice(end);
    if (this.#held !== '') this.#flush = setTimeout(() => this.flush(), 100);
  }

  flush(): void {
    clearTimeout(this.#flush);
    if (this.#held !== '') this.editor.print(this.#held);
    this.#held = '';
  }

  override notice(news: string): void {
    const text = visible(news);
    if (this.editor.reading) this.editor.print(text);
    else this.#news.push(text);
  }

  /** News that came while a command ran, now that there is a prompt again. */
  tell(): void {
    this.flush();
    for (const text of this.#news.splice(0)) process.stdout.write(`${text}\n`);
  }
}
