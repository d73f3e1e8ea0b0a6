import type { Policy, PolicyOptions, Signals, Wish } from './policy.ts';
import { SampleWindow } from './window.ts';

const STABLE_MS = 60_000;
const PANIC_MS = 6000;
const PANIC_THRESHOLD = 2;
const MOST_UP_RATE = 1000;
const MOST_DOWN_RATE = 2;
const SCALE_TO_ZERO_GRACE_MS = 30_000;

/**
 * The rule of the Knative pod autoscaler with its published defaults: concurrency over a stable window of 60 s and a
 * panic window of 10 % of it, target 70 %, panic at 200 %, to zero after 30 s of grace. A reference to compare with.
 */
export class KpaPolicy implements Policy {
  readonly name = 'kpa';
  readonly #target: number;
  readonly #concurrency = new SampleWindow(STABLE_MS);
  #panicUntil = Number.NEGATIVE_INFINITY;
  #panicMost = 0;
  #idleSince = Number.NaN;

  constructor({ target = 0.7 }: PolicyOptions) {
    this.#target = target;
  }

  decide(signals: Signals): Wish {
    const { now, slots, busy, waiting, ready } = signals;
    const nodes = ready + signals.starting;
    this.#concurrency.add(now, busy + waiting);
    const each = slots * this.#target;
    const base = Math.max(1, ready);
    const clamp = (want: number): number =>
      Math.min(Math.ceil(base * MOST_UP_RATE), Math.max(want, Math.floor(ready / MOST_DOWN_RATE)));
    const stable = clamp(Math.ceil(this.#concurrency.mean(now) / each - 1e-9));
    const panic = clamp(Math.ceil(this.#concurrency.mean(now, PANIC_MS) / each - 1e-9));
    if (panic / base >= PANIC_THRESHOLD) {
      if (now >= this.#panicUntil) this.#panicMost = nodes;
      this.#panicUntil = now + STABLE_MS;
    }
    const why = `concurrency ${busy + waiting}, stable ${stable}, panic ${panic}`;
    if (now < this.#panicUntil) {
      this.#panicMost = Math.max(this.#panicMost, panic); // never down in a panic
      return { want: this.#panicMost, why: `${why}: panic` };
    }
    if (this.#concurrency.max() > 0) this.#idleSince = now;
    else if (Number.isNaN(this.#idleSince)) this.#idleSince = now;
    if (stable === 0 && now - this.#idleSince < SCALE_TO_ZERO_GRACE_MS) {
      return { want: Math.min(nodes, 1), why: `${why}: grace before zero` };
    }
    return { want: stable, why };
  }
}
