/** Commands in the background, and what /prog shows of them. */
import type { Prog, ProgTable } from '@llambo/namespace';
import { OREAD, StyxError } from '@llambo/styx';
import { DishError, Enojob } from './errors.ts';
import { Context } from './run/context.ts';
import { Exit, LoopControl, Return } from './run/control.ts';
import { put } from './run/fds.ts';
import { anySignal } from './run/signal.ts';

export interface Job {
  readonly pid: number;
  /** The command, as it was written. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Resolves when it has ended, with its status. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** Jobs whose status can still be waited for. */
const KEPT = 100;

export class Jobs implements ProgTable {
  readonly #running: Map<number, Job & { readonly ctx: Context }> = new Map();
  readonly #done: Map<number, string> = new Map();
  readonly #user: string;
  readonly #text: string;
  readonly #pid: number;
  #last: number;

  /** @param pid number of the shell itself, the first of all */
  constructor(pid: number, user: string, text: string) {
    this.#pid = pid;
    this.#last = pid;
    this.#user = user;
    this.#text = text;
  }

  get running(): readonly Job[] {
    return [...this.#running.values()];
  }

  /** Runs `work` in a subshell of its own, with nothing to read, and goes on. */
  async start(ctx: Context, text: string, work: (job: Context) => Promise<void>): Promise<Job> {
    // What is typed is for the foreground.
    const nothing = await ctx.ns.open('/dev/null', OREAD, ctx.by);
    const pid = ++this.#last;
    const stop = new AbortController();
    const shell = ctx.shell.fork(pid);
    const fds = ctx.fds.fork();
    put(fds, 0, nothing);
    // A job does not end with the line that began it, but does not outlive the shell.
    const jobCtx = new Context(shell, fds, anySignal(stop.signal, ctx.session.signal));
    const run = async (): Promise<string> => {
      try {
        await work(jobCtx);
        return shell.status;
      } catch (error) {
        if (error instanceof Exit) return error.status;
        if (error instanceof Return || error instanceof LoopControl) return shell.status;
        throw error;
      } finally {
        fds.release();
        shell.close();
      }
    };
    const ended = run().then((status) => {
      this.#running.delete(pid);
      this.#done.set(pid, status);
      const [oldest] = this.#done.keys();
      if (this.#done.size > KEPT && oldest !== undefined) this.#done.delete(oldest);
      return status;
    });
    const job = { pid, text, startedAt: Date.now(), ended, kill: () => stop.abort(), ctx: jobCtx };
    this.#running.set(pid, job);
    ctx.shell.set('apid', [String(pid)]);
    return job;
  }

  /** The status of a job, once it has ended; undefined when there is no such job. */
  async wait(pid: number, signal: AbortSignal): Promise<string> {
    const job = this.#running.get(pid);
    if (job === undefined) {
      const status = this.#done.get(pid);
      if (status === undefined) throw new DishError(Enojob(String(pid)));
      this.#done.delete(pid);
      return status;
    }
    const status = await untilAborted(job.ended, signal);
    this.#done.delete(pid);
    return status;
  }

  async waitAll(signal: AbortSignal): Promise<void> {
    while (this.#running.size > 0) {
      await untilAborted(Promise.all(this.running.map(({ ended }) => ended)), signal);
    }
  }

  kill(pid: number): void {
    const job = this.#running.get(pid);
    if (job === undefined) throw new DishError(Enojob(String(pid)));
    job.kill();
  }

  killAll(): void {
    for (const job of this.#running.values()) job.kill();
  }

  // The processes of /prog.

  pids(): number[] {
    return [this.#pid, ...this.#running.keys()];
  }

  get(pid: number): Prog | undefined {
    const job = this.#running.get(pid);
    if (job === undefined && pid !== this.#pid) return undefined;
    const common = { pid, group: this.#pid, user: this.#user, ticks: 0, memory: 0 };
    if (job === undefined) {
      return { ...common, state: 'ready', module: this.#text, control: () => refuse() };
    }
    return {
      ...common,
      ticks: Date.now() - job.startedAt,
      state: 'ready',
      module: job.text.split('\n')[0] ?? '',
      namespace: job.ctx.shell.ns,
      fds: job.ctx.fds,
      control(words) {
        if (words[0] !== 'kill') refuse();
        job.kill();
      },
    };
  }
}

function refuse(): never {
  throw new StyxError('unknown control request: expected kill, for a job');
}

/** `promise`, or a rejection when the signal comes first. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new DishError('interrupted'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
