import type { SamplingOptions } from './engine.ts';
import type { Grammar } from './grammar.ts';
import { uniform } from './random.ts';

/** Sampling options with every default filled in; see SamplingOptions for ranges. */
export interface Sampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repeatPenalty: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  readonly penaltyLastN: number;
  readonly seed: number;
  readonly bias: readonly (readonly [token: number, bias: number])[];
}

export function withDefaults(options: SamplingOptions): Sampling {
  return {
    temperature: options.temperature ?? 0.8,
    topK: options.topK ?? 40,
    topP: options.topP ?? 0.95,
    minP: options.minP ?? 0.05,
    repeatPenalty: options.repeatPenalty ?? 1,
    frequencyPenalty: options.frequencyPenalty ?? 0,
    presencePenalty: options.presencePenalty ?? 0,
    penaltyLastN: options.penaltyLastN ?? 64,
    seed: options.seed ?? Math.floor(Math.random() * 0x1_0000_0000),
    bias: Object.entries(options.logitBias ?? {}).map(([token, bias]) => [Number(token), bias] as const),
  };
}

/** Below this many nats under the best, a token's share of the probability is under 1e-13: it is left out. */
const NEGLIGIBLE = 30;

/**
 * Chooses tokens: bias, penalties, top-k, top-p, min-p, temperature, in llama.cpp's order. The draw is a function of the
 * seed and the token's position (random.ts), so there is no state besides the grammar's.
 */
export class Sampler {
  readonly #options: Sampling;
  readonly #grammar: Grammar | undefined;
  #ids = new Int32Array(0);
  #values = new Float64Array(0);

  constructor(options: Sampling, grammar?: Grammar) {
    this.#options = options;
    this.#grammar = grammar;
  }

  /**
   * @param logits one row of logits; bias and penalties are applied to it in place
   * @param history tokens of prompt and answer so far, for the penalties
   * @param position index of the new token in the answer, from 0
   */
  sample(logits: Float32Array, history: readonly number[], position: number): number {
    this.#applyBias(logits);
    this.#applyPenalties(logits, history);
    const { temperature, topK } = this.#options;
    if (temperature <= 0 && this.#grammar === undefined) return indexOfMax(logits);
    const wanted = temperature <= 0 ? 1 : topK > 0 ? Math.min(topK, logits.length) : logits.length;
    let count = this.#select(logits, wanted, temperature);
    if (this.#grammar !== undefined)
      count = this.#obeyGrammar(this.#grammar, logits, count, wanted, temperature);
    const token = temperature <= 0 ? (this.#ids[0] as number) : this.#draw(count, position);
    this.#grammar?.accept(token);
    return token;
  }

  /** Takes a token that was chosen elsewhere as if it had been chosen here. */
  accept(token: number): void {
    this.#grammar?.accept(token);
  }

  free(): void {
    this.#grammar?.free();
  }

  #applyBias(logits: Float32Array): void {
    for (const [token, bias] of this.#options.bias) {
      if (token >= 0 && token < logits.length) {
        logits[token] = bias <= -100 ? Number.NEGATIVE_INFINITY : (logits[token] as number) + bias;
      }
    }
  }

  #applyPenalties(logits: Float32Array, history: readonly number[]): void {
    const { repeatPenalty, frequencyPenalty, presencePenalty, penaltyLastN } = this.#options;
    if (penaltyLastN === 0 || (repeatPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0))
      return;
    const counts = new Map<number, number>();
    for (let i = penaltyLastN < 0 ? 0 : Math.max(0, history.length - penaltyLastN); i < history.length; i++) {
      const token = history[i] as number;
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    for (const [token, count] of counts) {
      let logit = logits[token] as number;
      logit = logit <= 0 ? logit * repeatPenalty : logit / repeatPenalty;
      logits[token] = logit - count * frequencyPenalty - presencePenalty;
    }
  }

  /** Fills #ids and #values with the `wanted` largest logits, largest first; how many there are. */
  #select(logits: Float32Array, wanted: number, temperature: number): number {
    if (wanted === 1) {
      this.#reserve(1);
      this.#ids[0] = indexOfMax(logits);
      this.#values[0] = logits[this.#ids[0] as number] as number;
      return 1;
    }
    if (wanted <= 256) {
      this.#reserve(wanted);
      return selectLargest(logits, wanted, this.#ids, this.#values);
    }
    const floor = (logits[indexOfMax(logits)] as number) - NEGLIGIBLE * Math.max(1, temperature);
    const ids: number[] = [];
    for (let i = 0; i < logits.length; i++) if ((logits[i] as number) >= floor) ids.push(i);
    ids.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
    const count = Math.min(ids.length, wanted);
    this.#reserve(count);
    for (let i = 0; i < count; i++) {
      this.#ids[i] = ids[i] as number;
      this.#values[i] = logits[ids[i] as number] as number;
    }
    return count;
  }

  /**
   * Keeps the candidates that the grammar allows; when it allows none of them, looks through the whole vocabulary. The
   * likeliest token is asked about first, since it is nearly always allowed.
   */
  #obeyGrammar(
    grammar: Grammar,
    logits: Float32Array,
    count: number,
    wanted: number,
    temperature: number,
  ): number {
    const greedy = temperature <= 0;
    if (greedy && grammar.allows(this.#ids[0] as number)) return 1;
    if (greedy) count = this.#select(logits, 64, temperature);
    let kept = this.#keepAllowed(grammar, count);
    if (kept > 0) return kept;
    grammar.mask(logits);
    kept = this.#select(logits, greedy ? 1 : wanted, temperature);
    return kept;
  }

  #keepAllowed(grammar: Grammar, count: number): number {
    const allowed = grammar.filter(this.#ids.subarray(0, count));
    let kept = 0;
    for (let i = 0; i < count; i++) {
      if (!allowed[i]) continue;
      this.#ids[kept] = this.#ids[i] as number;
      this.#values[kept] = this.#values[i] as number;
      kept++;
    }
    return kept;
  }

  #draw(count: number, position: number): number {
    const { topP, minP, temperature, seed } = this.#options;
    const values = this.#values;
    const best = values[0] as number;
    let kept = count;
    if (topP < 1) {
      let total = 0;
      for (let i = 0; i < count; i++) total += Math.exp((values[i] as number) - best);
      let sum = 0;
      for (kept = 0; kept < count && sum < topP * total; kept++)
        sum += Math.exp((values[kept] as number) - best);
    }
    if (minP > 0) {
      const least = best + Math.log(minP);
      while (kept > 1 && (values[kept - 1] as number) < least) kept--;
    }
    kept = Math.max(kept, 1);
    let total = 0;
    for (let i = 0; i < kept; i++) {
      const weight = Math.exp(((values[i] as number) - best) / temperature);
      values[i] = weight;
      total += weight;
    }
    let left = uniform(seed, position) * total;
    for (let i = 0; i < kept; i++) {
      left -= values[i] as number;
      if (left < 0) return this.#ids[i] as number;
    }
    return this.#ids[kept - 1] as number;
  }

  #reserve(length: number): void {
    if (this.#ids.length >= length) return;
    this.#ids = new Int32Array(length);
    this.#values = new Float64Array(length);
  }
}

export function indexOfMax(values: Float32Array): number {
  let best = Number.NEGATIVE_INFINITY;
  let index = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value > best) {
      best = value;
      index = i;
    }
  }
  return index;
}

/**
 * The `wanted` largest of `values`, largest first, lower index first among equals, by insertion into a sorted list: one
 * comparison for nearly every value.
 */
export function selectLargest(
  values: Float32Array,
  wanted: number,
  ids: Int32Array,
  out: Float64Array,
): number {
  let count = 0;
  let least = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (count === wanted && value <= least) continue;
    if (value === Number.NEGATIVE_INFINITY) continue;
    let at = count < wanted ? count++ : wanted - 1;
    while (at > 0 && (out[at - 1] as number) < value) {
      out[at] = out[at - 1] as number;
      ids[at] = ids[at - 1] as number;
      at--;
    }
    out[at] = value;
    ids[at] = i;
    if (count === wanted) least = out[wanted - 1] as number;
  }
  return count;
}

/** ln(sum(exp(values))): what a logit is taken from to make it a log-probability. */
export function logSumExp(values: Float32Array): number {
  const best = values[indexOfMax(values)] as number;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp((values[i] as number) - best);
  return best + Math.log(sum);
}
