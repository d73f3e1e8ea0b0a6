/** Counts things a second over a sliding window, in buckets of one second. */
export class RateMeter {
  readonly #counts: Float64Array;
  readonly #seconds: Float64Array;
  readonly #started: number;
  readonly #now: () => number;

  /**
   * @param window seconds
   * @param now milliseconds, monotonic
   */
  constructor(window = 10, now: () => number = () => performance.now()) {
    this.#counts = new Float64Array(window);
    this.#seconds = new Float64Array(window).fill(-1);
    this.#now = now;
    this.#started = now();
  }

  add(count: number): void {
    const second = Math.floor(this.#now() / 1000);
    const bucket = second % this.#counts.length;
    if (this.#seconds[bucket] !== second) {
      this.#seconds[bucket] = second;
      this.#counts[bucket] = 0;
    }
    this.#counts[bucket] = (this.#counts[bucket] as number) + count;
  }

  /** A second, over the window or the time since the start, whichever is shorter. */
  rate(): number {
    const now = this.#now();
    const second = Math.floor(now / 1000);
    let sum = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      if ((this.#seconds[i] as number) > second - this.#counts.length) sum += this.#counts[i] as number;
    }
    return sum / Math.max(1, Math.min(this.#counts.length, (now - this.#started) / 1000));
  }
}

/** The newest values, for percentiles. */
export class Reservoir {
  readonly #values: Float64Array;
  #count = 0;

  constructor(size = 512) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** @param share 0 to 1; undefined when there are no values */
  percentile(share: number): number | undefined {
    const length = Math.min(this.#count, this.#values.length);
    if (length === 0) return undefined;
    const sorted = this.#values.slice(0, length).sort();
    return sorted[Math.min(length - 1, Math.floor(share * length))];
  }
}

/** What a cluster does, in figures of the last seconds. */
export class ClusterMeters {
  /** Milliseconds from a question to its first token. */
  readonly firstToken: Reservoir = new Reservoir();
  readonly #all = new RateMeter();
  readonly #classes = new Map<string, RateMeter>();

  /** Nodes of a class gave so many tokens. */
  tokens(nodeClass: string, count: number): void {
    this.#all.add(count);
    let meter = this.#classes.get(nodeClass);
    if (meter === undefined) this.#classes.set(nodeClass, (meter = new RateMeter()));
    meter.add(count);
  }

  /** Tokens a second. */
  rate(): number {
    return this.#all.rate();
  }

  rateOf(nodeClass: string): number {
    return this.#classes.get(nodeClass)?.rate() ?? 0;
  }
}
