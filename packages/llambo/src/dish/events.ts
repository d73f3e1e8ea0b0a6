/** The cluster's events: shown between prompts when asked for, and given to the function `event`. */
import type { Caller, Chan } from '@llambo/namespace';
import { OREAD } from '@llambo/styx';
import { Context } from './run/context.ts';
import { callFunction } from './run/execute.ts';
import { put } from './run/fds.ts';
import { lines, pieces } from './run/io.ts';
import { CLUSTER, type Session } from './session.ts';

/** Milliseconds before the file is opened again, when it could not be or its connection was lost. */
const AGAIN_MS = 1000;

/** What is there at once is past: an event that comes after this long without one is news, milliseconds. */
const QUIET_MS = 50;
/** A cluster where something happens all the time is never quiet: its past has been read after this long, milliseconds. */
const PAST_MS = 500;

/**
 * Events from now on. The file gives its newest past ones first; they are read and dropped. `ready` is called when that is
 * done: no event after it is missed.
 */
export async function* eventsFromNow(
  chan: Chan,
  by: Caller,
  ready: () => void = () => {},
): AsyncGenerator<string, void> {
  const source = lines(pieces(chan, by));
  let next = source.next();
  const end = performance.now() + PAST_MS;
  while (performance.now() < end) {
    let timer: NodeJS.Timeout | undefined;
    const quiet = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), QUIET_MS);
    });
    const past = await Promise.race([next, quiet]);
    clearTimeout(timer);
    if (past === undefined) break;
    if (past.done) return;
    next = source.next();
  }
  ready();
  for (let event = await next; !event.done; event = await source.next()) yield event.value;
}

export class EventWatch {
  readonly #session: Session;
  #shown = false;
  #hooked = false;
  #stop: AbortController | undefined;
  #opened: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
  }

  get shown(): boolean {
    return this.#shown;
  }

  /** Resolves when the file is open: no event after that is missed. */
  show(on: boolean): Promise<void> {
    this.#shown = on;
    return this.#update();
  }

  /** There is a function named `event`, or no more. */
  hook(on: boolean): Promise<void> {
    this.#hooked = on;
    return this.#update();
  }

  clusterChanged(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    void this.#update();
  }

  close(): void {
    this.#shown = this.#hooked = false;
    void this.#update();
  }

  #update(): Promise<void> {
    const wanted = (this.#shown || this.#hooked) && this.#session.cluster !== undefined;
    if (wanted && this.#stop === undefined) {
      const stop = (this.#stop = new AbortController());
      this.#opened = new Promise((resolve) => void this.#follow(stop.signal, resolve));
    } else if (!wanted) {
      this.#stop?.abort();
      this.#stop = undefined;
      this.#opened = Promise.resolve();
    }
    return this.#opened;
  }

  /** @param opened is called when the file was opened, or could not be, the first time */
  async #follow(signal: AbortSignal, opened: () => void): Promise<void> {
    const { shell } = this.#session;
    const by = { signal, user: shell.ns.user };
    while (!signal.aborted) {
      try {
        const chan = await shell.ns.open(`${CLUSTER}/events`, OREAD, by);
        try {
          for await (const line of eventsFromNow(chan, by, opened)) await this.#happened(line, signal);
        } finally {
          await chan.close();
        }
      } catch {
        // the cluster may come back
      }
      opened();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, AGAIN_MS);
        const end = (): void => {
          clearTimeout(timer);
          resolve();
        };
        if (signal.aborted) end();
        else signal.addEventListener('abort', end, { once: true });
      });
    }
  }

  async #happened(line: string, signal: AbortSignal): Promise<void> {
    const session = this.#session;
    if (this.#shown) session.io.notice(line);
    const hook = session.shell.functions.get('event');
    if (hook === undefined) return;
    const { shell } = session;
    const { status } = shell;
    // Nothing to read: what is typed is for the prompt.
    const fds = session.fds.fork();
    put(fds, 0, await shell.ns.open('/dev/null', OREAD));
    const ctx = new Context(shell, fds, signal);
    try {
      await callFunction(ctx, hook, line.split(/\s+/).filter(Boolean));
    } catch {
      // an exit in a hook ends the hook
    } finally {
      fds.release();
    }
    shell.status = status;
  }
}
