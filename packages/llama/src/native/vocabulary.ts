import { badRequest } from '../errors.ts';
import type { Llama, Pointer } from './llama.ts';

/** The model's tokenizer. Token ids are int32, 0 to `size` - 1. */
export class Vocabulary {
  readonly size: number;
  /** Token that the model wants at the start of every sequence; undefined when it wants none. */
  readonly bos: number | undefined;
  readonly #llama: Llama;
  readonly #vocabulary: Pointer;
  readonly #encoder = new TextEncoder();
  /** Bytes of each token, filled on first use: 49,152 to 256,000 entries of a few bytes. */
  readonly #pieces: (Uint8Array | undefined)[];
  /** Tokens that end an answer: end of sequence, end of turn. */
  readonly endTokens: readonly number[];
  readonly #ends: Uint8Array;

  constructor(llama: Llama, model: Pointer) {
    this.#llama = llama;
    this.#vocabulary = llama.vocabulary(model);
    this.size = llama.vocabularySize(this.#vocabulary);
    this.bos = llama.addsBos(this.#vocabulary) ? llama.bos(this.#vocabulary) : undefined;
    this.#pieces = new Array(this.size);
    this.#ends = new Uint8Array(this.size);
    const ends: number[] = [];
    for (let token = 0; token < this.size; token++) {
      if (llama.isEndOfGeneration(this.#vocabulary, token)) ends.push(token);
    }
    for (const token of ends) this.#ends[token] = 1;
    this.endTokens = ends;
  }

  get pointer(): Pointer {
    return this.#vocabulary;
  }

  /**
   * @param special put the model's begin-of-sequence token first, where it has one
   * @param parse read `<|im_start|>` and its like as the control tokens that they name, not as text
   */
  tokenize(text: string, options: { special?: boolean; parse?: boolean } = {}): Int32Array {
    const { special = false, parse = true } = options;
    const bytes = this.#encoder.encode(text);
    let tokens = new Int32Array(bytes.length + 2);
    let count = this.#llama.tokenize(
      this.#vocabulary,
      bytes,
      bytes.length,
      tokens,
      tokens.length,
      special,
      parse,
    );
    if (count < 0) {
      tokens = new Int32Array(-count);
      count = this.#llama.tokenize(
        this.#vocabulary,
        bytes,
        bytes.length,
        tokens,
        tokens.length,
        special,
        parse,
      );
    }
    return tokens.slice(0, Math.max(count, 0));
  }

  /** The bytes that a token stands for: none for control tokens; may be a part of a UTF-8 character. */
  piece(token: number): Uint8Array {
    if (token < 0 || token >= this.size)
      throw badRequest(`token ${token} is not in the vocabulary of ${this.size}`);
    return (this.#pieces[token] ??= this.#readPiece(token));
  }

  #readPiece(token: number): Uint8Array {
    let buffer = new Uint8Array(64);
    let length = this.#llama.tokenToPiece(this.#vocabulary, token, buffer, buffer.length, 0, false);
    if (length < 0) {
      buffer = new Uint8Array(-length);
      length = this.#llama.tokenToPiece(this.#vocabulary, token, buffer, buffer.length, 0, false);
    }
    return buffer.slice(0, length);
  }

  detokenize(tokens: ArrayLike<number>): string {
    const pieces: Uint8Array[] = [];
    for (let i = 0; i < tokens.length; i++) pieces.push(this.piece(tokens[i] as number));
    return new TextDecoder().decode(Buffer.concat(pieces));
  }

  endsGeneration(token: number): boolean {
    return this.#ends[token] === 1;
  }
}
