import type { Awaitable } from '@llambo/styx';
import { type Interrupt, Queue } from './queue.ts';

/** Where a console prints, and what it tells a terminal. */
export interface Terminal {
  /** Prints; a promise holds further output back. The bytes are to be used before this returns or settles. */
  write(bytes: Uint8Array): Awaitable<void>;
  /** Raw mode begins or ends: a terminal that edits lines itself should follow. */
  setRaw?(raw: boolean): void;
  /** Print what is typed; for terminals that show nothing by themselves. */
  readonly echo?: boolean;
}

const BACKSPACE = 8;
const NEWLINE = 10;
const KILL = 0x15;
const EOF = 4;
/** Bytes of a line that is being typed, at which it is handed over unfinished. */
const MAXLINE = 4096;

/** The line discipline of cons(3) between a terminal and the readers of `/dev/cons`. */
export class Console {
  readonly #terminal: Terminal;
  readonly #lines: Queue = new Queue(1 << 20);
  #line: number[] = [];
  #raw = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get raw(): boolean {
    return this.#raw > 0;
  }

  /** What was typed at the terminal, in UTF-8. */
  type(input: Uint8Array | string): void {
    const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
    if (this.#terminal.echo && !this.raw) void this.#terminal.write(bytes);
    if (this.raw) {
      this.#send(bytes);
      return;
    }
    for (const byte of bytes) {
      if (byte === BACKSPACE || byte === 0x7f) this.#erase();
      else if (byte === KILL) this.#line = [];
      else if (byte === EOF) this.#flush();
      else {
        this.#line.push(byte);
        if (byte === NEWLINE || this.#line.length >= MAXLINE) this.#flush();
      }
    }
  }

  /** The terminal is gone: readers get end of file after what was typed. */
  hangup(): void {
    if (this.#line.length > 0) this.#flush();
    this.#lines.hangup();
  }

  read(count: number, by?: Interrupt): Awaitable<Uint8Array> {
    return this.#lines.read(count, by);
  }

  write(bytes: Uint8Array): Awaitable<number> {
    const { length } = bytes;
    const done = this.#terminal.write(bytes);
    return done instanceof Promise ? done.then(() => length) : length;
  }

  /** Takes raw mode on or off; it ends when everybody who wanted it has gone. */
  setRaw(on: boolean): void {
    this.#raw = Math.max(0, this.#raw + (on ? 1 : -1));
    if (this.#raw === (on ? 1 : 0)) this.#terminal.setRaw?.(on);
    if (on && this.#line.length > 0) this.#flush();
  }

  /** One character back, which in UTF-8 may be several bytes. */
  #erase(): void {
    while (this.#line.length > 0 && ((this.#line.pop() as number) & 0xc0) === 0x80);
  }

  #flush(): void {
    const line = Uint8Array.from(this.#line);
    this.#line = [];
    this.#send(line);
  }

  /** Input over the bound is dropped: nobody reads, and the terminal can't be held back. */
  #send(bytes: Uint8Array): void {
    if (this.#lines.length < 1 << 20) void this.#lines.write(bytes);
  }
}
