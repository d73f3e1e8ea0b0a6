/** Starts something; `exited` is called once when it is gone by itself. */
export type Start<T> = (exited: (why: string) => void) => Promise<T>;

export interface SupervisorHooks<T> {
  up(running: T): void;
  /** It is gone; the next start is tried in `retryMs`. */
  down(why: string, retryMs: number): void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** What worked so many times longer than it would have to pause starts anew: it is down a tenth of the time at most. */
const WORTH = 10;

/** Keeps something running: starts it again when it dies, ever more slowly while it keeps dying. */
export class Supervisor<T extends { close(): Promise<void> }> {
  readonly #start: Start<T>;
  readonly #hooks: SupervisorHooks<T>;
  #running: T | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #upSince = 0;
  #stopped = false;

  constructor(start: Start<T>, hooks: SupervisorHooks<T>) {
    this.#start = start;
    this.#hooks = hooks;
  }

  get running(): T | undefined {
    return this.#running;
  }

  /** Starts it for the first time. Rejects when that fails; nothing is retried then. */
  async start(): Promise<T> {
    let gone: string | undefined;
    let known = false;
    const running = await this.#start((why) => {
      gone ??= why;
      if (known) this.#exited(why);
    });
    known = true;
    if (this.#stopped) {
      await running.close();
      throw new Error('stopped while it started');
    }
    if (gone !== undefined) throw new Error(gone);
    this.#running = running;
    this.#upSince = performance.now();
    this.#hooks.up(running);
    return running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const running = this.#running;
    this.#running = undefined;
    await running?.close();
  }

  #exited(why: string): void {
    if (this.#running === undefined || this.#stopped) return;
    this.#running = undefined;
    if (performance.now() - this.#upSince > WORTH * this.#retryMs) this.#retryMs = FIRST_RETRY_MS;
    this.#again(why);
  }

  #again(why: string): void {
    const wait = this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    this.#hooks.down(why, wait);
    this.#timer = setTimeout(() => {
      this.start().catch((error: Error) => this.#stopped || this.#again(error.message));
    }, wait);
  }
}
