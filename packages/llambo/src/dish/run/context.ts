import type { Caller, Chan, FdGroup, Namespace } from '@llambo/namespace';
import { OREAD } from '@llambo/styx';
import { DishError } from '../errors.ts';
import type { Session } from '../session.ts';
import { lineBatches, pieces, readText, writeAll } from './io.ts';
import type { Shell } from './shell.ts';

/** Where a command runs: in which shell, with which open files, and what interrupts it. */
export class Context {
  readonly shell: Shell;
  readonly fds: FdGroup;
  readonly signal: AbortSignal;
  /** Within the condition of an if or while, or left of && and ||: a failure is no error. */
  readonly condition: boolean;
  #by: Caller | undefined;

  constructor(shell: Shell, fds: FdGroup, signal: AbortSignal, condition: boolean = false) {
    this.shell = shell;
    this.fds = fds;
    this.signal = signal;
    this.condition = condition;
  }

  get session(): Session {
    return this.shell.session;
  }

  get ns(): Namespace {
    return this.shell.ns;
  }

  /** On whose behalf the name space works. */
  get by(): Caller {
    const { shell, fds, signal } = this;
    this.#by ??= { signal, fds, env: shell.env, user: shell.ns.user, pid: shell.pid };
    return this.#by;
  }

  with(changes: { shell?: Shell; fds?: FdGroup; signal?: AbortSignal; condition?: boolean }): Context {
    const { shell = this.shell, fds = this.fds, signal = this.signal, condition = this.condition } = changes;
    return new Context(shell, fds, signal, condition);
  }

  /** Writes to standard output. */
  out(data: Uint8Array | string): Promise<void> {
    return writeAll(this.fds.get(1), data, this.by);
  }

  /** Writes to standard error; where there is none, nowhere. */
  async err(text: string): Promise<void> {
    if (this.fds.has(2))
      await writeAll(this.fds.get(2), text, { ...this.by, signal: new AbortController().signal });
  }

  /** Standard input, until its end. */
  input(): AsyncGenerator<Uint8Array, void> {
    return pieces(this.fds.get(0), this.by);
  }

  /** A file's contents, as they come; the file is closed at their end. */
  async *contents(name: string): AsyncGenerator<Uint8Array, void> {
    const chan = await this.ns.open(name, OREAD, this.by);
    try {
      if (chan.isDir) throw new DishError(`${name} is a directory; ls lists it`);
      yield* pieces(chan, this.by);
    } finally {
      await chan.close();
    }
  }

  /** The files, or standard input when there are none. */
  async *inputs(names: readonly string[]): AsyncGenerator<Uint8Array, void> {
    if (names.length === 0) yield* this.input();
    for (const name of names) yield* this.contents(name);
  }

  /** Lines of the files, or of standard input, in batches as they come. */
  inputLines(names: readonly string[]): AsyncGenerator<string[], void> {
    return lineBatches(this.inputs(names));
  }

  readFile(name: string): Promise<string> {
    return readText(this.contents(name));
  }

  /** Writes `text` in one message to a file that is there. */
  async writeFile(name: string, text: string, mode: number): Promise<void> {
    const chan = await this.ns.open(name, mode, this.by);
    try {
      await writeAll(chan, text, this.by);
    } finally {
      await chan.close();
    }
  }

  /** Runs `use` with an open file, which is closed afterwards. */
  async using<T>(opening: Chan | Promise<Chan>, use: (chan: Chan) => Promise<T>): Promise<T> {
    const chan = await opening;
    try {
      return await use(chan);
    } finally {
      await chan.close();
    }
  }

  get isInteractive(): boolean {
    return this.session.io.isTerminal && this.fds.has(1) && this.fds.get(1).path === '#H/stdout';
  }
}
