import type { Sample } from './types.ts';

/** Numbers that are added one by one. */
export class Series {
  #values = new Float64Array(1024);
  #length = 0;

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}

const MOST_SAMPLES = 1200;

/** Samples at even distances: when there are too many, every other one goes and the distance doubles. */
export class Samples {
  samples: Sample[] = [];
  interval = 1;

  add(sample: Sample): void {
    this.samples.push(sample);
    if (this.samples.length < MOST_SAMPLES) return;
    const merged: Sample[] = [];
    for (let i = 1; i < this.samples.length; i += 2) {
      const [before, after] = [this.samples[i - 1] as Sample, this.samples[i] as Sample];
      merged.push({ ...after, tokensPerSecond: (before.tokensPerSecond + after.tokensPerSecond) / 2 });
    }
    this.samples = merged;
    this.interval *= 2;
  }
}

/** The value below which that share of the sorted values lies; 0 when there are none. */
export const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
