import type { Curve } from './curve.ts';

/** A request on an engine: a first try, or what is left of it after a failure. */
export interface Run {
  /** Prompt tokens that are still to be read; nothing is left behind them in a cache. */
  prompt: number;
  /** Tokens that are to be generated; whole numbers above 0 for a StepEngine. */
  tokens: number;
  /** The engine's count at which the run ends. */
  until: number;
  /** On its engine, reading or generating or waiting for a sequence. */
  live: boolean;
}

/** Where an engine tells what happened, at the moment that it happened. */
export interface EngineEvents<R extends Run> {
  /** The first token came. */
  first(run: R): void;
  ended(run: R): void;
}

/** Time is in seconds; `due` is when `step` is to be called next, infinity when nothing is to happen. */
export interface SimEngine<R extends Run> {
  readonly due: number;
  add(run: R, now: number): void;
  /** Takes a run out; the tokens that it has generated. */
  remove(run: R, now: number): number;
  step(now: number): void;
  /** Stops working for ever; what it held keeps the tokens that `remove` tells. */
  stop(now: number): void;
  /** Times that everything takes longer from the next step on. */
  slowness: number;
}

/** Prompt tokens of one prompt in one step: the engine's own constant. */
export const PIECE = 64;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Continuous batching, step by step, as the engine's scheduler does it: each step takes a token of every sequence that
 * generates, and pieces of the prompts that are being read. Steps that are alike are run as one event.
 */
export class StepEngine<R extends Run> implements SimEngine<R> {
  due = NEVER;
  slowness = 1;
  readonly #curve: Curve;
  readonly #events: EngineEvents<R>;
  readonly #sequences: number;
  /** Prompt tokens a step while nobody generates. */
  readonly #batch: number;
  #waiting: R[] = [];
  #reading: R[] = [];
  #generating: R[] = [];
  /** Prompt tokens of each reading run that are in the present step. */
  #pieces: number[] = [];
  /** Runs that the present step gave their first and their last token: made once, for steps are many. */
  readonly #firsts: R[] = [];
  readonly #ended: R[] = [];
  /** Steps of generation since the engine began; those of the present stretch come on top. */
  #steps = 0;
  #began = 0;
  #stepSeconds = 0;
  #stretch = 0;

  constructor(curve: Curve, events: EngineEvents<R>, sequences: number, batch = 512) {
    this.#curve = curve;
    this.#events = events;
    this.#sequences = sequences;
    this.#batch = batch;
  }

  add(run: R, now: number): void {
    run.live = true;
    run.until = NEVER;
    this.#waiting.push(run);
    if (this.#stretch === 0) this.#begin(now);
    else this.#cut(now); // whoever comes joins at the end of the step that runs
  }

  remove(run: R, now: number): number {
    if (!run.live) return 0;
    run.live = false;
    const waiting = this.#waiting.indexOf(run);
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    if (run.until === NEVER) return 0;
    if (this.#stretch > 0) this.#cut(now);
    return run.tokens - (run.until - this.#steps - this.#passed(now));
  }

  step(now: number): void {
    this.#steps += this.#stretch;
    this.#stretch = 0;
    const [firsts, ended] = [this.#firsts, this.#ended];
    firsts.length = 0;
    ended.length = 0;
    let kept = 0;
    for (const run of this.#generating) {
      if (!run.live) continue;
      if (run.until > this.#steps) this.#generating[kept++] = run;
      else ended.push(run);
    }
    this.#generating.length = kept;
    kept = 0;
    const { length } = this.#reading;
    for (let i = 0; i < length; i++) {
      const run = this.#reading[i] as R;
      if (!run.live) continue;
      run.prompt -= this.#pieces[i] as number;
      if (run.prompt > 0) this.#reading[kept++] = run;
      else {
        // The last token of the prompt gives the first of the answer.
        run.until = this.#steps + run.tokens - 1;
        firsts.push(run);
        if (run.tokens > 1) this.#generating.push(run);
        else ended.push(run);
      }
    }
    this.#reading.length = kept;
    for (const run of ended) run.live = false;
    // The next step begins before anybody hears of this one, as on a thread of its own: who is sent now joins after it.
    this.#begin(now);
    for (const run of firsts) this.#events.first(run);
    for (const run of ended) this.#events.ended(run);
  }

  stop(now: number): void {
    this.#steps += this.#passed(now);
    this.#stretch = 0;
    this.due = NEVER;
  }

  /** Whole steps of the present stretch that are over. */
  #passed(now: number): number {
    if (this.#stretch === 0) return 0;
    return Math.min(this.#stretch, Math.floor((now - this.#began) / this.#stepSeconds + 1e-9));
  }

  /** Ends the present stretch with the step that runs. */
  #cut(now: number): void {
    const done = this.#passed(now) + 1;
    if (done < this.#stretch) this.#end(done);
  }

  #begin(now: number): void {
    let free = this.#sequences - this.#generating.length - this.#reading.length;
    if (free > 0 && this.#waiting.length > 0) {
      for (const run of this.#waiting.splice(0, free)) if (run.live && free-- > 0) this.#reading.push(run);
    }
    const generating = this.#generating.length;
    const reading = this.#reading.length;
    if (generating === 0 && reading === 0) {
      this.due = NEVER;
      return;
    }
    this.#began = now;
    const tokens = reading === 0 ? 0 : this.#fill(generating, reading);
    this.#stepSeconds = this.#curve.step(generating, tokens) * this.slowness;
    if (reading > 0) return this.#end(1);
    let next = NEVER;
    for (const run of this.#generating) next = Math.min(next, run.until);
    this.#end(Math.max(1, next - this.#steps));
  }

  /** Pieces of the prompts in this step, first come first served; how many tokens these are. */
  #fill(generating: number, reading: number): number {
    let budget = generating === 0 ? this.#batch : PIECE * Math.max(1, Math.ceil(reading / generating));
    let tokens = 0;
    for (let i = 0; i < reading; i++) {
      const piece = Math.min(PIECE, Math.max(1, (this.#reading[i] as R).prompt));
      const taken = piece <= budget ? piece : 0;
      this.#pieces[i] = taken;
      budget -= taken;
      tokens += taken;
    }
    return tokens;
  }

  #end(stretch: number): void {
    this.#stretch = stretch;
    this.due = this.#began + stretch * this.#stepSeconds;
  }
}

/**
 * Processor sharing: all requests at once, each at speed(batch) / batch, without steps. What closed forms are about;
 * prompts take no time.
 */
export class FluidEngine<R extends Run> implements SimEngine<R> {
  due = NEVER;
  slowness = 1;
  readonly #rate: (batch: number) => number;
  readonly #events: EngineEvents<R>;
  readonly #runs: R[] = [];
  /** Work that each request has been given since the engine began, and when that was last brought up to date. */
  #given = 0;
  #at = 0;

  constructor(rate: (batch: number) => number, events: EngineEvents<R>) {
    this.#rate = rate;
    this.#events = events;
  }

  add(run: R, now: number): void {
    this.#advance(now);
    run.live = true;
    run.until = this.#given + run.tokens;
    this.#runs.push(run);
    this.#plan(now);
    this.#events.first(run);
  }

  remove(run: R, now: number): number {
    if (!run.live) return 0;
    this.#advance(now);
    const place = this.#runs.indexOf(run);
    if (place < 0) return 0;
    const done = run.tokens - (run.until - this.#given);
    this.#drop(place);
    this.#plan(now);
    return Math.max(0, done);
  }

  step(now: number): void {
    this.#advance(now);
    let place = 0;
    for (let i = 1; i < this.#runs.length; i++) {
      if ((this.#runs[i] as R).until < (this.#runs[place] as R).until) place = i;
    }
    const run = this.#drop(place);
    this.#plan(now);
    this.#events.ended(run);
  }

  stop(now: number): void {
    this.#advance(now);
    this.due = NEVER;
  }

  #drop(place: number): R {
    const run = this.#runs[place] as R;
    this.#runs[place] = this.#runs[this.#runs.length - 1] as R;
    this.#runs.pop();
    run.live = false;
    return run;
  }

  #advance(now: number): void {
    const batch = this.#runs.length;
    if (batch > 0) this.#given += ((now - this.#at) * this.#rate(batch)) / (batch * this.slowness);
    this.#at = now;
  }

  #plan(now: number): void {
    const batch = this.#runs.length;
    this.due = NEVER;
    if (batch === 0) return;
    let next = NEVER;
    for (const { until } of this.#runs) next = Math.min(next, until);
    this.due = now + Math.max(0, ((next - this.#given) * batch * this.slowness) / this.#rate(batch));
  }
}
