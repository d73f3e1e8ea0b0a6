/** Samples of the last so many milliseconds. */
export class SampleWindow {
  readonly #length: number;
  readonly #times: number[] = [];
  readonly #values: number[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  add(now: number, value: number): void {
    this.#times.push(now);
    this.#values.push(value);
    while ((this.#times[0] as number) <= now - this.#length) {
      this.#times.shift();
      this.#values.shift();
    }
  }

  /** Of the samples not older than `length`, or of all. There is always the newest. */
  mean(now: number, length: number = this.#length): number {
    let sum = 0;
    let count = 0;
    for (let i = this.#times.length - 1; i >= 0 && (this.#times[i] as number) > now - length; i--) {
      sum += this.#values[i] as number;
      count++;
    }
    return count === 0 ? 0 : sum / count;
  }

  max(): number {
    return this.#values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  }

  /** Least-squares slope, a millisecond; 0 for fewer than three samples. */
  slope(): number {
    const n = this.#times.length;
    if (n < 3) return 0;
    const meanTime = this.#times.reduce((a, b) => a + b, 0) / n;
    const meanValue = this.#values.reduce((a, b) => a + b, 0) / n;
    let top = 0;
    let bottom = 0;
    for (let i = 0; i < n; i++) {
      const dt = (this.#times[i] as number) - meanTime;
      top += dt * ((this.#values[i] as number) - meanValue);
      bottom += dt * dt;
    }
    return bottom === 0 ? 0 : top / bottom;
  }
}
