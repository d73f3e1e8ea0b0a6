/**
 * Engines that a question found gone before their host has said so. The nodes of one get no work until the host was asked,
 * and while the answers keep being wrong, it is asked ever more slowly.
 */
export interface DoubtHooks {
  /** Whether the engine of the model works, as its host knows. */
  ask(host: string, model: string): Promise<boolean>;
  /** The host says that it works. */
  cleared(host: string, model: string): void;
}

/** How long a host may take to notice that an engine died, milliseconds. */
const FIRST_MS = 50;
const LONGEST_MS = 2000;

interface Doubt {
  timer: NodeJS.Timeout | undefined;
  waitMs: number;
  /** When the last one was settled, milliseconds, monotonic. */
  settled: number;
}

export class Doubts {
  readonly #hooks: DoubtHooks;
  readonly #doubts = new Map<string, Doubt>();

  constructor(hooks: DoubtHooks) {
    this.#hooks = hooks;
  }

  /** True when this is news: its nodes are to be taken out now. */
  raise(host: string, model: string): boolean {
    const key = `${host} ${model}`;
    const doubt = this.#doubts.get(key) ?? { timer: undefined, waitMs: FIRST_MS, settled: 0 };
    this.#doubts.set(key, doubt);
    if (doubt.timer !== undefined) return false;
    const quiet = performance.now() - doubt.settled > LONGEST_MS;
    doubt.waitMs = quiet ? FIRST_MS : Math.min(LONGEST_MS, doubt.waitMs * 2);
    doubt.timer = setTimeout(() => void this.#settle(doubt, host, model), doubt.waitMs);
    return true;
  }

  /** The host has said of itself how things are. */
  drop(host: string, model: string): void {
    const key = `${host} ${model}`;
    clearTimeout(this.#doubts.get(key)?.timer);
    this.#doubts.delete(key);
  }

  stop(): void {
    for (const { timer } of this.#doubts.values()) clearTimeout(timer);
    this.#doubts.clear();
  }

  async #settle(doubt: Doubt, host: string, model: string): Promise<void> {
    const works = await this.#hooks.ask(host, model);
    doubt.timer = undefined;
    doubt.settled = performance.now();
    // If it does not, the host will tell when it is back.
    if (works && this.#doubts.get(`${host} ${model}`) === doubt) this.#hooks.cleared(host, model);
  }
}
