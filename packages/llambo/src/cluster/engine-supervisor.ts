import type { Engine } from '@llambo/llama';
import { LlamboError } from '../errors.ts';

/** How an engine is made; `exited` is called once when it is gone. */
export type StartEngine = (exited: (why: string) => void) => Promise<Engine>;

export interface SupervisorHooks {
  /** An engine is ready to work. */
  up(engine: Engine): void;
  /** The engine is gone; the next start is tried in `retryMs`. */
  down(why: string, retryMs: number): void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** An engine that worked this long is taken for healthy: its next failure starts the back-off anew. */
const HEALTHY_MS = 60_000;

/** Keeps one model's engine running: starts it again when it dies, ever more slowly while it keeps dying. */
export class EngineSupervisor {
  readonly #start: StartEngine;
  readonly #hooks: SupervisorHooks;
  #engine: Engine | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #upSince = 0;
  #stopped = false;

  constructor(start: StartEngine, hooks: SupervisorHooks) {
    this.#start = start;
    this.#hooks = hooks;
  }

  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** Starts the engine for the first time. Rejects when that fails; nothing is retried then. */
  async start(): Promise<Engine> {
    const engine = await this.#start((why) => this.#exited(why));
    if (this.#stopped) {
      await engine.close();
      throw new LlamboError('cancelled', 'engine was stopped while it started');
    }
    this.#engine = engine;
    this.#upSince = performance.now();
    this.#hooks.up(engine);
    return engine;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#engine?.close();
    this.#engine = undefined;
  }

  #exited(why: string): void {
    const worked = this.#engine !== undefined;
    this.#engine = undefined;
    if (this.#stopped || !worked) return; // a start that fails is reported by its own rejection
    if (performance.now() - this.#upSince > HEALTHY_MS) this.#retryMs = FIRST_RETRY_MS;
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
