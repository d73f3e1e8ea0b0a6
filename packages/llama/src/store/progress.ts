/** What a pull is doing. */
export type PullPhase =
  /** Another process pulls the same model. */
  | 'waiting'
  /** Reading what an earlier pull left, or a file that is already there. */
  | 'checking'
  | 'downloading'
  | 'verifying'
  /** A source did not deliver; `message` says why. The next one follows. */
  | 'skipped'
  /** The pull rejects now; `message` is the error's. */
  | 'failed'
  | 'done';

export interface PullProgress {
  readonly model: string;
  readonly phase: PullPhase;
  /** Where the bytes come from, such as `hf:user/repo/file.gguf`; empty when no source is meant. */
  readonly source: string;
  /** Bytes so far of `total`; 0 of 0 where nothing is counted. */
  readonly bytes: number;
  readonly total: number;
  /** Mean of the last seconds; 0 while unknown. */
  readonly bytesPerSecond: number;
  /** Undefined while unknown. */
  readonly secondsLeft: number | undefined;
  /** One line for people; empty in phases that speak for themselves. */
  readonly message: string;
}

/** Called in order; what it throws ends the pull. */
export type OnProgress = (progress: PullProgress) => void;

const windowMs = 5000;
const intervalMs = 100;

/** Turns byte counts into progress: rate over the last seconds, at most ten reports a second. */
export class Meter {
  readonly #model: string;
  readonly #report: OnProgress;
  readonly #now: () => number;
  #phase: PullPhase = 'checking';
  #source = '';
  #samples: { at: number; bytes: number }[] = [];
  #last = Number.NEGATIVE_INFINITY;

  /** `now` in milliseconds, monotonic. */
  constructor(model: string, report: OnProgress = () => {}, now: () => number = () => performance.now()) {
    this.#model = model;
    this.#report = report;
    this.#now = now;
  }

  /** Enters a phase, which is always reported. */
  phase(phase: PullPhase, source: string, message = '', bytes = 0, total = 0): void {
    this.#phase = phase;
    this.#source = source;
    this.#samples = [];
    this.#last = Number.NEGATIVE_INFINITY;
    this.#emit(bytes, total, message);
  }

  /** Counts bytes of the present phase. */
  count(bytes: number, total: number): void {
    if (bytes < total && this.#now() - this.#last < intervalMs) return;
    this.#emit(bytes, total, '');
  }

  #emit(bytes: number, total: number, message: string): void {
    const at = this.#now();
    this.#last = at;
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > windowMs) this.#samples.shift();
    const first = this.#samples[0]!;
    const rate = at > first.at ? Math.max(0, ((bytes - first.bytes) * 1000) / (at - first.at)) : 0;
    this.#report({
      model: this.#model,
      phase: this.#phase,
      source: this.#source,
      bytes,
      total,
      bytesPerSecond: rate,
      secondsLeft: rate > 0 && total > 0 ? Math.max(0, total - bytes) / rate : undefined,
      message,
    });
  }
}
