/** Constants of the detector (Hayashibara et al. 2004, values as Akka and Cassandra publish them). */
export const PHI_THRESHOLD = 8;
const WINDOW = 100;
/** Jitter that a busy machine has anyway: below it a single late heartbeat would be an alarm. */
const LEAST_DEVIATION_MS = 100;
/** Whatever the history says: silent for so long is late. Keeps the promise that what is gone leaves within 3 s. */
export const MOST_SILENCE_MS = 2500;

/** Phi-accrual failure detection: how unlikely the present silence is, as -log10 of its probability. */
export class PhiDetector {
  readonly #intervals: Float64Array = new Float64Array(WINDOW);
  #count = 0;
  /** Of the intervals, and of their squares. */
  #sum = 0;
  #squares = 0;
  #last: number;

  /**
   * @param now milliseconds, monotonic
   * @param expectedMs between two heartbeats, until there is a history
   */
  constructor(now: number, expectedMs: number) {
    this.#last = now;
    this.#add(expectedMs);
  }

  beat(now: number): void {
    this.#add(now - this.#last);
    this.#last = now;
  }

  /** 0 right after a heartbeat; 1 is wrong one time in 10, 8 one in 100,000,000. */
  phi(now: number): number {
    const length = Math.min(this.#count, WINDOW);
    const mean = this.#sum / length;
    const deviation = Math.max(
      LEAST_DEVIATION_MS,
      Math.sqrt(Math.max(0, this.#squares / length - mean * mean)),
    );
    const y = (now - this.#last - mean) / deviation;
    // The normal distribution's tail, by its logistic approximation; in logarithms, or it is 0 from y = 8 on.
    const exponent = y * (1.5976 + 0.070566 * y * y);
    if (exponent > 30) return exponent / Math.LN10;
    return Math.log1p(Math.exp(exponent)) / Math.LN10;
  }

  late(now: number): boolean {
    return now - this.#last > MOST_SILENCE_MS || this.phi(now) > PHI_THRESHOLD;
  }

  #add(interval: number): void {
    const place = this.#count++ % WINDOW;
    const gone = this.#intervals[place] as number;
    this.#intervals[place] = interval;
    this.#sum += interval - gone;
    this.#squares += interval * interval - gone * gone;
    if (place < WINDOW - 1) return;
    // Once a round from the numbers themselves, so that no rounding adds up.
    this.#sum = this.#intervals.reduce((sum, each) => sum + each, 0);
    this.#squares = this.#intervals.reduce((sum, each) => sum + each * each, 0);
  }
}
