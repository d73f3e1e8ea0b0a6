import koffi from 'koffi';
import { badRequest } from '../errors.ts';
import type { Llama, Pointer } from '../native/llama.ts';
import type { Vocabulary } from '../native/vocabulary.ts';

/** Bytes of llama_token_data: id, logit, p. */
const ENTRY = 12;

/** A GBNF grammar at some point of a sentence: llama.cpp's grammar sampler, asked about few tokens at a time. */
export class Grammar {
  readonly #llama: Llama;
  readonly #vocabulary: number;
  #sampler: Pointer | undefined;
  #data: Pointer | undefined;
  #capacity = 0;
  #ints = new Int32Array(0);
  #floats = new Float32Array(0);

  /** @throws LlamaError `bad-request` when llama.cpp does not accept the grammar */
  constructor(llama: Llama, vocabulary: Vocabulary, source: string) {
    this.#llama = llama;
    this.#vocabulary = vocabulary.size;
    const sampler = llama.initGrammar(vocabulary.pointer, source, 'root');
    if (sampler === null) throw badRequest('grammar does not parse, or has no rule named root');
    this.#sampler = sampler;
  }

  allows(token: number): boolean {
    return this.filter(Int32Array.of(token))[0] === true;
  }

  /** Which of these tokens may come next. */
  filter(tokens: Int32Array): boolean[] {
    this.#apply(tokens);
    return Array.from(tokens, (_, i) => this.#floats[i * 3 + 1] !== Number.NEGATIVE_INFINITY);
  }

  /** Sets the logits of all tokens that may not come next to -infinity. */
  mask(logits: Float32Array): void {
    const all = new Int32Array(this.#vocabulary);
    for (let i = 0; i < all.length; i++) all[i] = i;
    this.#apply(all);
    for (let i = 0; i < all.length; i++) {
      if (this.#floats[i * 3 + 1] === Number.NEGATIVE_INFINITY) logits[i] = Number.NEGATIVE_INFINITY;
    }
  }

  accept(token: number): void {
    this.#llama.acceptSampler(this.#live(), token);
  }

  free(): void {
    if (this.#sampler !== undefined) this.#llama.freeSampler(this.#sampler);
    if (this.#data !== undefined) koffi.free(this.#data as never);
    this.#sampler = undefined;
    this.#data = undefined;
  }

  #apply(tokens: Int32Array): void {
    this.#reserve(tokens.length);
    for (let i = 0; i < tokens.length; i++) {
      this.#ints[i * 3] = tokens[i] as number;
      this.#floats[i * 3 + 1] = 0;
      this.#floats[i * 3 + 2] = 0;
    }
    const candidates = { data: this.#data, size: tokens.length, selected: -1, sorted: false };
    this.#llama.applySampler(this.#live(), candidates);
  }

  #reserve(entries: number): void {
    if (entries <= this.#capacity) return;
    if (this.#data !== undefined) koffi.free(this.#data as never);
    this.#data = koffi.alloc('uint8_t', entries * ENTRY) as unknown as Pointer;
    const view = koffi.view(this.#data, entries * ENTRY);
    this.#ints = new Int32Array(view);
    this.#floats = new Float32Array(view);
    this.#capacity = entries;
  }

  #live(): Pointer {
    if (this.#sampler === undefined) throw badRequest('grammar was used after its request ended');
    return this.#sampler;
  }
}
