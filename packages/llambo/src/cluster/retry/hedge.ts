import type { RetryBudget } from './budget.ts';

export interface HedgeOptions {
  /** Share of the requests that get their first token sooner than a hedge is sent. Default 0.95. */
  readonly quantile?: number;
  /** First tokens that must have been seen before anything is hedged. Default 50. */
  readonly samples?: number;
  /** A hedge is never sent sooner, milliseconds. Default 20. */
  readonly leastMs?: number;
}

const KEPT = 256;
/** First tokens between two computations of the quantile. */
const FRESH = 16;

interface Line {
  readonly values: Float64Array;
  count: number;
  delay: number;
}

/**
 * A second node for the few requests that wait longer for their first token than nearly all others (Dean and Barroso,
 * "The tail at scale", 2013): whichever answers first is kept, the other one is cancelled. Paid from the retry budget,
 * so that a slow cluster is not asked twice for everything.
 */
export class Hedging {
  readonly #options: Required<HedgeOptions>;
  readonly #budget: RetryBudget;
  readonly #lines = new Map<string, Line>();

  constructor(budget: RetryBudget, options: HedgeOptions = {}) {
    this.#budget = budget;
    this.#options = { quantile: 0.95, samples: 50, leastMs: 20, ...options };
  }

  /** A request of the kind (its model, or model and class) got its first token so many milliseconds after it was sent. */
  observe(kind: string, firstTokenMs: number): void {
    let line = this.#lines.get(kind);
    if (line === undefined)
      this.#lines.set(kind, (line = { values: new Float64Array(KEPT), count: 0, delay: 0 }));
    line.values[line.count++ % KEPT] = firstTokenMs;
    if (line.count >= this.#options.samples && (line.delay === 0 || line.count % FRESH === 0)) {
      const sorted = line.values.slice(0, Math.min(line.count, KEPT)).sort();
      line.delay = sorted[Math.floor(this.#options.quantile * (sorted.length - 1))] as number;
    }
  }

  /** Milliseconds without a first token after which a request of the kind may be hedged; undefined: not yet known. */
  delay(kind: string): number | undefined {
    const delay = this.#lines.get(kind)?.delay ?? 0;
    return delay === 0 ? undefined : Math.max(this.#options.leastMs, delay);
  }

  /** The delay is over and no token came: may a second node be asked? One hedge a request, and within the budget. */
  allow(now: number): boolean {
    return this.#budget.withdraw(now);
  }
}
