import { badRequest, engineGone, nativeError } from '../errors.ts';
import { Context } from '../native/context.ts';
import type { Llama, Pointer } from '../native/llama.ts';
import type { Vocabulary } from '../native/vocabulary.ts';

/** Tokens of one text, and of one batch of texts. */
const CONTEXT = 2048;
const SEQUENCES = 16;

/**
 * Embeddings: the mean of the last layer over a text's tokens, scaled to length 1. They need a context of their own
 * (llama.cpp pools in the graph), made on first use and kept.
 */
export class Embedder {
  readonly #llama: Llama;
  readonly #model: Pointer;
  readonly #vocabulary: Vocabulary;
  readonly #threads: number;
  #context: Context | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(llama: Llama, model: Pointer, vocabulary: Vocabulary, threads: number) {
    this.#llama = llama;
    this.#model = model;
    this.#vocabulary = vocabulary;
    this.#threads = threads;
  }

  /**
   * @returns one vector of `embeddingLength` floats for each text, of Euclidean length 1
   * @throws LlamaError `bad-request` for an empty text or one over 2,048 tokens
   */
  embed(texts: readonly string[]): Promise<Float32Array[]> {
    const lists = texts.map((text, i) => this.#tokens(text, i));
    const work = this.#tail.then(() => this.#run(lists));
    this.#tail = work.catch(() => undefined);
    return work;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#tail;
    this.#context?.free();
  }

  #tokens(text: string, index: number): Int32Array {
    const tokens = this.#vocabulary.tokenize(text, { special: true, parse: false });
    if (tokens.length === 0) throw badRequest(`text ${index} to embed is empty`);
    if (tokens.length > CONTEXT) {
      throw badRequest(
        `text ${index} to embed has ${tokens.length} tokens; at most ${CONTEXT} can be embedded`,
      );
    }
    return tokens;
  }

  async #run(lists: readonly Int32Array[]): Promise<Float32Array[]> {
    if (this.#closed) throw engineGone('closed');
    const context = (this.#context ??= new Context(this.#llama, this.#model, {
      sequences: SEQUENCES,
      contextPerSequence: CONTEXT,
      batch: CONTEXT,
      outputs: CONTEXT,
      threads: this.#threads,
      embeddings: true,
    }));
    const vectors: Float32Array[] = [];
    let first = 0;
    while (first < lists.length) {
      let tokens = 0;
      let last = first;
      while (
        last < lists.length &&
        last - first < SEQUENCES &&
        tokens + (lists[last] as Int32Array).length <= CONTEXT
      ) {
        tokens += fill(context, lists[last] as Int32Array, tokens, last - first);
        last++;
      }
      const code = await context.decode(tokens);
      if (code !== 0) throw nativeError(`llama_decode failed with code ${code} on texts to embed`);
      for (let i = first; i < last; i++) {
        vectors.push(normalised(context.embedding(i - first, this.#llama.embeddingLength(this.#model))));
        context.truncate(i - first, 0);
      }
      first = last;
    }
    return vectors;
  }
}

function fill(context: Context, tokens: Int32Array, at: number, sequence: number): number {
  for (let i = 0; i < tokens.length; i++) {
    context.token[at + i] = tokens[i] as number;
    context.position[at + i] = i;
    context.sequence[at + i] = sequence;
    context.output[at + i] = 1;
  }
  return tokens.length;
}

function normalised(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  return vector.map((value) => value * scale);
}
