import { FairQueue, type Priority, type Waiting } from './fair-queue.ts';
import { KeyLimiter, type KeyLimits } from './limits.ts';

export interface AdmissionOptions {
  /** Requests that wait for a node at most, per model. */
  readonly queue: number;
  readonly weight?: (key: string) => number;
  readonly limits?: (key: string) => KeyLimits | undefined;
}

export interface AdmissionRequest<T> {
  readonly item: T;
  readonly model: string;
  readonly key: string;
  readonly priority?: Priority;
  /** Estimated tokens of prompt and answer. */
  readonly tokens: number;
  /** Milliseconds that it may wait; absent: for ever. */
  readonly patienceMs?: number;
}

export type Admitted<T> =
  | { readonly ok: true; readonly ticket: Ticket<T> }
  /** 429 when the key is over its own limits, 503 when the cluster is over its. */
  | { readonly ok: false; readonly status: 429 | 503; readonly why: string; readonly retryAfter: number };

export interface Ticket<T> {
  readonly waiting: Waiting<T>;
  readonly model: string;
  readonly limiter: KeyLimiter | undefined;
}

/** How requests were served lately: what the wait estimate is made of. */
class ServiceRate {
  #last = -1;
  #interval = 0;

  /** Milliseconds between two requests that leave the queue; 0 while unknown. */
  get interval(): number {
    return this.#interval;
  }

  served(now: number): void {
    if (this.#last >= 0) {
      const interval = now - this.#last;
      this.#interval = this.#interval === 0 ? interval : this.#interval * 0.95 + interval * 0.05;
    }
    this.#last = now;
  }

  idle(): void {
    this.#last = -1; // a pause without anyone waiting says nothing about how fast nodes are
  }
}

interface Lane<T> {
  readonly queue: FairQueue<T>;
  readonly rate: ServiceRate;
}

/**
 * Decides who may wait, who goes next, and who is told to come back. Sheds load early: a request that would outwait its
 * patience is refused at once, so that nodes never work for somebody who has gone, and goodput holds under overload.
 */
export class Admission<T> {
  readonly #options: AdmissionOptions;
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #limiters = new Map<string, KeyLimiter>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  waiting(model?: string): number {
    if (model !== undefined) return this.#lanes.get(model)?.queue.length ?? 0;
    let sum = 0;
    for (const { queue } of this.#lanes.values()) sum += queue.length;
    return sum;
  }

  /** Milliseconds that a new request of the model would wait, about; 0 while that is unknown. */
  waitEstimate(model: string): number {
    const lane = this.#lanes.get(model);
    return lane === undefined ? 0 : lane.queue.length * lane.rate.interval;
  }

  /** Puts a request into its model's queue, or says why not. `dropped` is told who had to leave for it. */
  submit(
    request: AdmissionRequest<T>,
    now: number,
    dropped: (victim: Waiting<T>) => void = () => {},
  ): Admitted<T> {
    const { item, model, key, tokens, priority = 'normal', patienceMs } = request;
    const limiter = this.#limiter(key, now);
    const lane = this.#lane(model);
    const estimate = this.waitEstimate(model);
    const retryAfter = Math.max(1, Math.min(60, Math.ceil(estimate / 1000)));
    if (patienceMs !== undefined && priority !== 'high' && estimate > patienceMs) {
      const why = `cluster is at its limit: the wait of about ${retryAfter} s is longer than the request's patience`;
      return { ok: false, status: 503, why, retryAfter };
    }
    const verdict = limiter?.admit(tokens, now) ?? { ok: true };
    if (!verdict.ok) return { ok: false, status: 429, why: verdict.why, retryAfter: verdict.retryAfter };
    const waiting = lane.queue.push(
      {
        item,
        key,
        priority,
        cost: tokens,
        enqueuedAt: now,
        deadline: patienceMs === undefined ? Number.POSITIVE_INFINITY : now + patienceMs,
      },
      dropped,
    );
    if (waiting === undefined) {
      limiter?.done(-tokens);
      const why = `cluster is at its limit: ${lane.queue.length} requests are waiting`;
      return { ok: false, status: 503, why, retryAfter };
    }
    return { ok: true, ticket: { waiting, model, limiter } };
  }

  /** Who is to be served next; `expired` is told who waited in vain. Take it with `take` once it has a node. */
  next(model: string, now: number, expired: (victim: Waiting<T>) => void = () => {}): Waiting<T> | undefined {
    return this.#lanes.get(model)?.queue.peek(now, expired);
  }

  take(model: string, waiting: Waiting<T>, now: number): void {
    const lane = this.#lane(model);
    lane.queue.take(waiting);
    lane.rate.served(now);
    if (lane.queue.length === 0) lane.rate.idle();
  }

  cancel(model: string, waiting: Waiting<T>): void {
    this.#lanes.get(model)?.queue.cancel(waiting);
  }

  position(ticket: Ticket<T>): number {
    return this.#lane(ticket.model).queue.position(ticket.waiting);
  }

  /** A request that was admitted is over, one way or another; `surplus` as in KeyLimiter.done. */
  done(ticket: Ticket<T>, surplus = 0): void {
    ticket.limiter?.done(surplus);
    if (surplus !== 0) this.#lane(ticket.model).queue.charge(ticket.waiting.key, surplus);
  }

  #lane(model: string): Lane<T> {
    let lane = this.#lanes.get(model);
    if (lane === undefined) {
      const { queue, weight } = this.#options;
      lane = {
        queue: new FairQueue<T>({ limit: queue, ...(weight === undefined ? {} : { weight }) }),
        rate: new ServiceRate(),
      };
      this.#lanes.set(model, lane);
    }
    return lane;
  }

  #limiter(key: string, now: number): KeyLimiter | undefined {
    const known = this.#limiters.get(key);
    if (known !== undefined) return known;
    const limits = this.#options.limits?.(key);
    if (limits === undefined) return undefined;
    const limiter = new KeyLimiter(limits, now);
    this.#limiters.set(key, limiter);
    return limiter;
  }
}
