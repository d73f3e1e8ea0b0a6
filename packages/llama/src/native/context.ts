import koffi from 'koffi';
import { nativeError } from '../errors.ts';
import { LOAD_MODE_MMAP, POOLING_MEAN, POOLING_UNSPECIFIED } from './abi.ts';
import type { Llama, Pointer } from './llama.ts';

/** Loads weights on a thread of the pool: seconds for large models. */
export async function loadModel(llama: Llama, path: string, gpuLayers: number): Promise<Pointer> {
  const params = { ...llama.modelDefaults(), n_gpu_layers: gpuLayers, load_mode: LOAD_MODE_MMAP };
  const model = await new Promise<Pointer | null>((resolve, reject) => {
    llama.loadModel.async(path, params, (error, result) => (error ? reject(error) : resolve(result)));
  });
  if (model === null) throw nativeError(`llama.cpp could not load the model ${path}`);
  return model;
}

export interface ContextShape {
  /** Sequences that exist at once, 1 to `llama_max_parallel_sequences()`. */
  readonly sequences: number;
  /** Tokens that one sequence can hold. */
  readonly contextPerSequence: number;
  /** Tokens in one llama_decode. */
  readonly batch: number;
  /** Rows of logits in one llama_decode. */
  readonly outputs: number;
  readonly threads: number;
  readonly embeddings?: boolean;
}

/**
 * A llama_context with the batch that feeds it. The batch's arrays live in native memory for the context's life: filling
 * it and reading logits move no other bytes.
 */
export class Context {
  readonly shape: ContextShape;
  readonly memory: Pointer;
  /** Tokens that one sequence can hold, as llama.cpp rounded it. */
  readonly contextPerSequence: number;
  readonly token: Int32Array;
  readonly position: Int32Array;
  readonly sequence: Int32Array;
  /** 1 where logits (or embeddings) of that token are wanted. */
  readonly output: Uint8Array;
  readonly #llama: Llama;
  readonly #context: Pointer;
  readonly #pool: Pointer;
  readonly #native: Record<string, unknown>;
  readonly #vocabulary: number;
  #logitsAt: Pointer | undefined;
  #logits: Float32Array = new Float32Array(0);

  constructor(llama: Llama, model: Pointer, shape: ContextShape) {
    this.#llama = llama;
    this.shape = shape;
    const context = llama.initContext(model, {
      ...llama.contextDefaults(),
      n_ctx: shape.sequences * shape.contextPerSequence,
      n_batch: shape.batch,
      n_ubatch: Math.min(shape.batch, 512),
      n_seq_max: shape.sequences,
      n_outputs_max: shape.outputs,
      n_outputs_max_per_seq: 0,
      n_threads: shape.threads,
      n_threads_batch: shape.threads,
      embeddings: shape.embeddings === true,
      pooling_type: shape.embeddings ? POOLING_MEAN : POOLING_UNSPECIFIED,
    });
    if (context === null) {
      throw nativeError(
        `llama.cpp could not make a context of ${shape.sequences} x ${shape.contextPerSequence} tokens; ask for fewer sequences or a smaller context`,
      );
    }
    this.#context = context;
    this.memory = llama.memory(context);
    this.contextPerSequence = llama.contextSizePerSequence(context);
    this.#vocabulary = llama.vocabularySize(llama.vocabulary(model));
    this.#pool = llama.newThreadpool(shape.threads);
    llama.attachThreadpool(context, this.#pool, this.#pool);

    const n = shape.batch;
    const int32s = (length: number): [Pointer, Int32Array] => {
      const at = koffi.alloc('int32_t', length) as unknown as Pointer;
      return [at, new Int32Array(koffi.view(at, length * 4))];
    };
    const [tokenAt, token] = int32s(n);
    const [positionAt, position] = int32s(n);
    const [countAt, count] = int32s(n);
    const [sequenceAt, sequence] = int32s(n);
    const outputAt = koffi.alloc('int8_t', n) as unknown as Pointer;
    const pointersAt = koffi.alloc('void *', n) as unknown as Pointer;
    const pointers = new BigUint64Array(koffi.view(pointersAt, n * 8));
    for (let i = 0; i < n; i++) pointers[i] = sequenceAt + BigInt(4 * i);
    count.fill(1);
    this.token = token;
    this.position = position;
    this.sequence = sequence;
    this.output = new Uint8Array(koffi.view(outputAt, n));
    this.#native = {
      n_tokens: 0,
      token: tokenAt,
      embd: null,
      pos: positionAt,
      n_seq_id: countAt,
      seq_id: pointersAt,
      logits: outputAt,
    };
  }

  /** llama_decode over the first `tokens` entries of the batch, on a thread of the pool; its return code. */
  decode(tokens: number): Promise<number> {
    this.#native.n_tokens = tokens;
    return new Promise((resolve, reject) => {
      this.#llama.decode.async(this.#context, this.#native, (error, code) =>
        error ? reject(error) : resolve(code),
      );
    });
  }

  /** Logits of the last decode, one row of vocabulary size for each output, in batch order; valid until the next. */
  logits(rows: number): Float32Array {
    const at = this.#llama.logits(this.#context);
    if (at === null) throw nativeError('llama.cpp gave no logits');
    const floats = rows * this.#vocabulary;
    if (at !== this.#logitsAt || floats > this.#logits.length) {
      this.#logitsAt = at;
      this.#logits = new Float32Array(koffi.view(at, floats * 4));
    }
    return this.#logits;
  }

  /** The pooled embedding of a sequence after a decode with embeddings on. */
  embedding(sequence: number, length: number): Float32Array {
    const at = this.#llama.sequenceEmbeddings(this.#context, sequence);
    if (at === null) throw nativeError('llama.cpp gave no embedding for the sequence');
    return new Float32Array(koffi.view(at, length * 4)).slice();
  }

  /** Forgets what `sequence` holds from position `from` on. */
  truncate(sequence: number, from: number): void {
    this.#llama.removeSequence(this.memory, sequence, from, -1);
  }

  /** Makes `to` hold what `from` holds; whole, since sequences have buffers of their own. */
  copy(from: number, to: number): void {
    this.#llama.removeSequence(this.memory, to, -1, -1);
    this.#llama.copySequence(this.memory, from, to, -1, -1);
  }

  /** Drops positions [from, to) of a sequence and moves the later ones down. */
  shift(sequence: number, from: number, to: number): void {
    this.#llama.removeSequence(this.memory, sequence, from, to);
    this.#llama.addToPositions(this.memory, sequence, to, -1, from - to);
  }

  canShift(): boolean {
    return this.#llama.canShift(this.memory);
  }

  free(): void {
    this.#llama.detachThreadpool(this.#context);
    this.#llama.freeContext(this.#context);
    this.#llama.freeThreadpool(this.#pool);
    for (const key of ['token', 'pos', 'n_seq_id', 'seq_id', 'logits'])
      koffi.free(this.#native[key] as never);
  }
}
