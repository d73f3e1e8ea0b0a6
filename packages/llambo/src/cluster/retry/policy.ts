import { type BudgetOptions, RetryBudget } from './budget.ts';

export interface RetryOptions extends BudgetOptions {
  /** Nodes that may fail under one request before its client is told. Default 5. */
  readonly attempts?: number;
  /** Milliseconds of the first pause; it doubles with each attempt, up to `longestMs`. Default 50. */
  readonly firstMs?: number;
  /** Default 2,000. */
  readonly longestMs?: number;
}

/** A request whose node failed. */
export interface Failure {
  /** Nodes that were tried, the failed one included. */
  readonly attempts: number;
  /** Tokens that the client has already; above 0 the answer goes on, it does not begin again. */
  readonly tokens: number;
  /** Whether another node has room now. */
  readonly another: boolean;
  /** Milliseconds that the request may still wait. */
  readonly patienceMs: number;
}

export type Verdict =
  | {
      readonly retry: true;
      /** Milliseconds to wait first; 0: at once. */
      readonly afterMs: number;
    }
  | { readonly retry: false; readonly why: string };

/**
 * Whether, and when, a request whose node failed goes to another node. The budget sets the pace, it loses nobody: when it
 * is spent, a retry waits for the next share. An answer that has begun goes on at once and free of charge: its client
 * holds half of it, and the work that was done for it would be lost.
 */
export class RetryPolicy {
  readonly budget: RetryBudget;
  readonly #attempts: number;
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;

  /** @param random uniform in [0, 1) */
  constructor(options: RetryOptions = {}, random: () => number = Math.random) {
    this.budget = new RetryBudget(options);
    this.#attempts = options.attempts ?? 5;
    this.#firstMs = options.firstMs ?? 50;
    this.#longestMs = options.longestMs ?? 2000;
    this.#random = random;
  }

  /** A request came, for the first time. */
  arrived(now: number): void {
    this.budget.deposit(now);
  }

  failed({ attempts, tokens, another, patienceMs }: Failure, now: number): Verdict {
    if (attempts >= this.#attempts) return { retry: false, why: `${attempts} nodes failed under it` };
    if (patienceMs <= 0) return { retry: false, why: 'its time is over' };
    // All others are full or gone too: a pause with full jitter, or they would all come back at once.
    const pause = another ? 0 : this.#pause(attempts);
    const afterMs = tokens > 0 || this.budget.withdraw(now) ? pause : Math.max(pause, this.budget.wait(now));
    if (afterMs >= patienceMs) return { retry: false, why: 'its time would be over before the next try' };
    return { retry: true, afterMs };
  }

  #pause(attempts: number): number {
    return this.#random() * Math.min(this.#longestMs, this.#firstMs * 2 ** (attempts - 1));
  }
}
