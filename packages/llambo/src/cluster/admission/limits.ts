/** What one API key may use. Absent: no limit. */
export interface KeyLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrency?: number;
}

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: string; readonly retryAfter: number };

/** Fills up evenly over a minute, and holds a minute's worth. May go below zero: an answer longer than estimated. */
class Bucket {
  readonly #perMinute: number;
  #level: number;
  #at: number;

  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#level = perMinute;
    this.#at = now;
  }

  /** Seconds until `amount` can be taken; 0: now. More than the bucket holds waits for a full one. */
  wait(amount: number, now: number): number {
    this.#level = Math.min(this.#perMinute, this.#level + ((now - this.#at) / 60_000) * this.#perMinute);
    this.#at = now;
    const missing = Math.min(amount, this.#perMinute) - this.#level;
    return missing <= 1e-9 ? 0 : (missing / this.#perMinute) * 60;
  }

  take(amount: number): void {
    this.#level = Math.min(this.#perMinute, this.#level - amount);
  }
}

/** Requests and tokens a minute, and requests at once, of one key. */
export class KeyLimiter {
  readonly #limits: KeyLimits;
  readonly #requests: Bucket | undefined;
  readonly #tokens: Bucket | undefined;
  #inFlight = 0;

  constructor(limits: KeyLimits, now: number) {
    this.#limits = limits;
    const { requestsPerMinute, tokensPerMinute } = limits;
    this.#requests = requestsPerMinute === undefined ? undefined : new Bucket(requestsPerMinute, now);
    this.#tokens = tokensPerMinute === undefined ? undefined : new Bucket(tokensPerMinute, now);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes a request of about `tokens` in, or says why not and when it may come back (whole seconds). */
  admit(tokens: number, now: number): Verdict {
    const { concurrency, requestsPerMinute, tokensPerMinute } = this.#limits;
    if (concurrency !== undefined && this.#inFlight >= concurrency) {
      return { ok: false, why: `key is at its limit of ${concurrency} requests at once`, retryAfter: 1 };
    }
    const forRequests = this.#requests?.wait(1, now) ?? 0;
    // What takes none waits for none, even when an answer was longer than estimated.
    const forTokens = tokens === 0 ? 0 : (this.#tokens?.wait(tokens, now) ?? 0);
    const retryAfter = Math.ceil(Math.max(forRequests, forTokens));
    if (forRequests > 0) {
      return { ok: false, why: `key is at its limit of ${requestsPerMinute} requests a minute`, retryAfter };
    }
    if (forTokens > 0) {
      return { ok: false, why: `key is at its limit of ${tokensPerMinute} tokens a minute`, retryAfter };
    }
    this.#requests?.take(1);
    this.#tokens?.take(tokens);
    this.#inFlight++;
    return { ok: true };
  }

  /** An admitted request ended; `surplus` is what it used beyond the estimate (negative: less). */
  done(surplus = 0): void {
    this.#inFlight--;
    this.#tokens?.take(surplus);
  }
}
