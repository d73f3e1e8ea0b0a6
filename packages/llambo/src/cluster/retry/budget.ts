export interface BudgetOptions {
  /** Retries for each request. Default 0.2. */
  readonly ratio?: number;
  /** Retries a second that are always allowed, so that a quiet cluster can retry at all. Default 3. */
  readonly least?: number;
  /** Seconds that a request's share stays usable. Default 10. */
  readonly window?: number;
}

/**
 * How much may be asked twice: each request adds a share, each retry takes one whole (the retry budget of Finagle, with
 * its window). So retries never multiply the load of a cluster in trouble: at most 1.2 times, whatever fails.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #least: number;
  readonly #balances: Float64Array;
  /** The second of the newest bucket, on the caller's clock. */
  #second = Number.NaN;

  constructor({ ratio = 0.2, least = 3, window = 10 }: BudgetOptions = {}) {
    this.#ratio = ratio;
    this.#least = least;
    this.#balances = new Float64Array(window);
  }

  /** A request came. @param now milliseconds, monotonic */
  deposit(now: number): void {
    const bucket = this.#turn(now);
    this.#balances[bucket] = (this.#balances[bucket] as number) + this.#ratio;
  }

  /** Takes one retry, the oldest shares first; false, and nothing taken, when there is none. */
  withdraw(now: number): boolean {
    const newest = this.#turn(now);
    if (this.balance(now) < 1 - 1e-9) return false;
    const { length } = this.#balances;
    let missing = 1;
    for (let age = length - 1; age >= 0 && missing > 0; age--) {
      const bucket = (newest + length - age) % length;
      const taken = Math.min(missing, this.#balances[bucket] as number);
      this.#balances[bucket] = (this.#balances[bucket] as number) - taken;
      missing -= taken;
    }
    return true;
  }

  /** Retries that could be taken now. */
  balance(now: number): number {
    this.#turn(now);
    return this.#balances.reduce((sum, each) => sum + each, 0);
  }

  /** Milliseconds until a retry can be taken when no request comes before; 0: now. */
  wait(now: number): number {
    if (this.balance(now) >= 1 - 1e-9) return 0;
    return 1000 - (now % 1000);
  }

  /** The bucket of now; seconds that have passed bring the least that is allowed anyway, and forget the oldest. */
  #turn(now: number): number {
    const second = Math.floor(now / 1000);
    const { length } = this.#balances;
    if (Number.isNaN(this.#second)) {
      this.#second = second;
      this.#balances[second % length] = this.#least;
    }
    for (let passed = Math.max(this.#second + 1, second - length + 1); passed <= second; passed++) {
      this.#balances[passed % length] = this.#least;
    }
    this.#second = Math.max(this.#second, second);
    return this.#second % length;
  }
}
