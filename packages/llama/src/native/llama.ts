/** libllama's functions, typed: the few that the engine calls, named as in llama.h. */
import { dirname } from 'node:path';
import koffi from 'koffi';
import { nativeError } from '../errors.ts';
import { type ContextParamsValue, checkAbi, type ModelParamsValue, ThreadpoolParams } from './abi.ts';
import { findLibrary, type NativeLibrary } from './library.ts';

/** An address that only native code looks behind; koffi hands pointers over as big integers. */
export type Pointer = bigint;

// biome-ignore lint/suspicious/noExplicitAny: koffi types foreign functions as (...args: any[]) => any
type Foreign = (...args: any[]) => any;

/** A foreign function that can also run on a thread of the pool, settling a callback on this one. */
export type AsyncForeign<Args extends unknown[], Result> = ((...args: Args) => Result) & {
  async(...args: [...Args, (error: Error | null, result: Result) => void]): void;
};

export interface Llama {
  readonly library: NativeLibrary;
  /** What llama_version() says. */
  readonly version: string;
  modelDefaults(): ModelParamsValue;
  contextDefaults(): ContextParamsValue;
  readonly loadModel: AsyncForeign<[string, ModelParamsValue], Pointer | null>;
  freeModel(model: Pointer): void;
  initContext(model: Pointer, params: ContextParamsValue): Pointer | null;
  freeContext(context: Pointer): void;
  attachThreadpool(context: Pointer, generation: Pointer, batch: Pointer): void;
  detachThreadpool(context: Pointer): void;
  /** A persistent pool of `threads`; without one, every graph starts and joins threads anew. */
  newThreadpool(threads: number): Pointer;
  freeThreadpool(pool: Pointer): void;

  contextSize(context: Pointer): number;
  contextSizePerSequence(context: Pointer): number;
  maxSequences(context: Pointer): number;
  memory(context: Pointer): Pointer;
  removeSequence(memory: Pointer, sequence: number, from: number, to: number): boolean;
  copySequence(memory: Pointer, from: number, to: number, start: number, end: number): void;
  addToPositions(memory: Pointer, sequence: number, from: number, to: number, delta: number): void;
  canShift(memory: Pointer): boolean;
  /** 0 fine, 1 no room in the KV cache, 2 aborted, below 0 a fatal error. */
  readonly decode: AsyncForeign<[Pointer, unknown], number>;
  logits(context: Pointer): Pointer | null;
  sequenceEmbeddings(context: Pointer, sequence: number): Pointer | null;
  readonly maxParallelSequences: number;

  vocabulary(model: Pointer): Pointer;
  vocabularySize(vocabulary: Pointer): number;
  isEndOfGeneration(vocabulary: Pointer, token: number): boolean;
  isControl(vocabulary: Pointer, token: number): boolean;
  /** A token as the vocabulary writes it: `<|im_end|>`. */
  tokenText(vocabulary: Pointer, token: number): string;
  addsBos(vocabulary: Pointer): boolean;
  bos(vocabulary: Pointer): number;
  tokenize(
    vocabulary: Pointer,
    text: Uint8Array,
    length: number,
    tokens: Int32Array,
    max: number,
    special: boolean,
    parse: boolean,
  ): number;
  tokenToPiece(
    vocabulary: Pointer,
    token: number,
    out: Uint8Array,
    length: number,
    strip: number,
    special: boolean,
  ): number;

  trainedContext(model: Pointer): number;
  embeddingLength(model: Pointer): number;
  parameterCount(model: Pointer): number;
  modelSize(model: Pointer): number;
  isRecurrent(model: Pointer): boolean;
  hasEncoder(model: Pointer): boolean;
  describe(model: Pointer): string;
  chatTemplate(model: Pointer): string | null;
  metadata(model: Pointer, key: string): string | undefined;

  initGrammar(vocabulary: Pointer, grammar: string, root: string): Pointer | null;
  applySampler(sampler: Pointer, candidates: unknown): void;
  acceptSampler(sampler: Pointer, token: number): void;
  freeSampler(sampler: Pointer): void;
}

let loaded: Llama | undefined;

/**
 * Loads libllama once for this process, with the CPU variant or GPU back end that fits the machine, and checks its
 * layouts.
 *
 * @param log receives what llama.cpp itself reports, level 2 (info) to 4 (error) as in ggml.h
 * @throws LlamaError `native`
 */
export function loadLlama(log: (level: number, text: string) => void = () => {}): Llama {
  loaded ??= bind(findLibrary(), log);
  return loaded;
}

function bind(library: NativeLibrary, log: (level: number, text: string) => void): Llama {
  const ggml = koffi.load(library.ggml);
  const llama = koffi.load(library.llama);
  const fn = (prototype: string): Foreign => llama.func(prototype) as Foreign;

  // llama.cpp logs from its own threads too; koffi queues those calls to this one.
  const LogCallback = koffi.proto('void ggml_log_callback(int level, const char *text, void *user_data)');
  const callback = koffi.register(
    (level: number, text: string) => log(level, text),
    koffi.pointer(LogCallback),
  );
  llama.func('void llama_log_set(ggml_log_callback *callback, void *user_data)')(callback, null);

  ggml.func('void ggml_backend_load_all_from_path(const char *dir)')(dirname(library.llama));
  const modelDefaults = fn('llama_model_params llama_model_default_params()');
  const contextDefaults = fn('llama_context_params llama_context_default_params()');
  const version = fn('const char *llama_version()')() as string;
  checkAbi(modelDefaults(), contextDefaults(), `llama.cpp ${version} in ${library.packageName}`);
  fn('void llama_backend_init()')();

  const cpu = cpuProcedures(ggml);
  const metaValue = fn(
    'int32_t llama_model_meta_val_str(void *model, const char *key, _Out_ uint8_t *buf, size_t size)',
  );
  const description = fn('int32_t llama_model_desc(void *model, _Out_ uint8_t *buf, size_t size)');

  return {
    library,
    version,
    modelDefaults: modelDefaults as () => ModelParamsValue,
    contextDefaults,
    loadModel: fn(
      'void *llama_model_load_from_file(const char *path, llama_model_params params)',
    ) as Llama['loadModel'],
    freeModel: fn('void llama_model_free(void *model)'),
    initContext: fn('void *llama_init_from_model(void *model, llama_context_params params)'),
    freeContext: fn('void llama_free(void *ctx)'),
    attachThreadpool: fn('void llama_attach_threadpool(void *ctx, void *pool, void *batch_pool)'),
    detachThreadpool: fn('void llama_detach_threadpool(void *ctx)'),
    ...cpu,
    contextSize: fn('uint32_t llama_n_ctx(void *ctx)'),
    contextSizePerSequence: fn('uint32_t llama_n_ctx_seq(void *ctx)'),
    maxSequences: fn('uint32_t llama_n_seq_max(void *ctx)'),
    memory: fn('void *llama_get_memory(void *ctx)'),
    removeSequence: fn('bool llama_memory_seq_rm(void *mem, int32_t seq, int32_t p0, int32_t p1)'),
    copySequence: fn('void llama_memory_seq_cp(void *mem, int32_t src, int32_t dst, int32_t p0, int32_t p1)'),
    addToPositions: fn(
      'void llama_memory_seq_add(void *mem, int32_t seq, int32_t p0, int32_t p1, int32_t delta)',
    ),
    canShift: fn('bool llama_memory_can_shift(void *mem)'),
    decode: fn('int32_t llama_decode(void *ctx, llama_batch batch)') as Llama['decode'],
    logits: fn('void *llama_get_logits(void *ctx)'),
    sequenceEmbeddings: fn('void *llama_get_embeddings_seq(void *ctx, int32_t seq)'),
    maxParallelSequences: Number(fn('size_t llama_max_parallel_sequences()')()),
    vocabulary: fn('void *llama_model_get_vocab(void *model)'),
    vocabularySize: fn('int32_t llama_vocab_n_tokens(void *vocab)'),
    isEndOfGeneration: fn('bool llama_vocab_is_eog(void *vocab, int32_t token)'),
    isControl: fn('bool llama_vocab_is_control(void *vocab, int32_t token)'),
    tokenText: fn('const char *llama_vocab_get_text(void *vocab, int32_t token)'),
    addsBos: fn('bool llama_vocab_get_add_bos(void *vocab)'),
    bos: fn('int32_t llama_vocab_bos(void *vocab)'),
    tokenize: fn(
      'int32_t llama_tokenize(void *vocab, const uint8_t *text, int32_t len, _Out_ int32_t *tokens, int32_t max, bool special, bool parse)',
    ),
    tokenToPiece: fn(
      'int32_t llama_token_to_piece(void *vocab, int32_t token, _Out_ uint8_t *buf, int32_t length, int32_t lstrip, bool special)',
    ),
    trainedContext: fn('int32_t llama_model_n_ctx_train(void *model)'),
    embeddingLength: fn('int32_t llama_model_n_embd(void *model)'),
    parameterCount: asNumber(fn('uint64_t llama_model_n_params(void *model)')),
    modelSize: asNumber(fn('uint64_t llama_model_size(void *model)')),
    isRecurrent: fn('bool llama_model_is_recurrent(void *model)'),
    hasEncoder: fn('bool llama_model_has_encoder(void *model)'),
    describe: (model) =>
      readText((buffer) => description(model, buffer, buffer.length), 256) ?? 'unknown model',
    chatTemplate: (model) =>
      fn('const char *llama_model_chat_template(void *model, const char *name)')(model, null),
    metadata: (model, key) => readText((buffer) => metaValue(model, key, buffer, buffer.length), 4096),
    initGrammar: fn('void *llama_sampler_init_grammar(void *vocab, const char *grammar, const char *root)'),
    applySampler: fn('void llama_sampler_apply(void *smpl, _Inout_ llama_token_data_array *cur_p)'),
    acceptSampler: fn('void llama_sampler_accept(void *smpl, int32_t token)'),
    freeSampler: fn('void llama_sampler_free(void *smpl)'),
  };
}

const asNumber =
  (call: Foreign) =>
  (...args: unknown[]): number =>
    Number(call(...args));

/** Calls a function that writes a C string and returns its length, or below 0 when there is none. */
function readText(call: (buffer: Uint8Array) => number, size: number): string | undefined {
  const buffer = new Uint8Array(size);
  const length = call(buffer);
  if (length < 0) return undefined;
  if (length >= size) return readText(call, length + 1);
  return new TextDecoder().decode(buffer.subarray(0, length));
}

/** The thread pool belongs to the CPU back end, a library chosen at load time: its functions are asked for by name. */
function cpuProcedures(ggml: ReturnType<typeof koffi.load>): Pick<Llama, 'newThreadpool' | 'freeThreadpool'> {
  const registry = ggml.func('void *ggml_backend_reg_by_name(const char *name)')('CPU');
  if (registry === null) throw nativeError('llama.cpp found no CPU back end for this machine');
  const library = koffi.load(
    findLibrary().ggml.replace(/ggml(\.v[0-9.]+)?\.(so|dylib|dll)$/, 'ggml-base.$2'),
  );
  const procedure = library.func('void *ggml_backend_reg_get_proc_address(void *reg, const char *name)');
  const address = (name: string): unknown => {
    const found = procedure(registry, name);
    if (found === null) throw nativeError(`llama.cpp's CPU back end has no ${name}`);
    return found;
  };
  const initParams = library.func(
    'void ggml_threadpool_params_init(_Out_ ggml_threadpool_params *p, int n_threads)',
  );
  const create = koffi.proto('void *ggml_threadpool_new(ggml_threadpool_params *params)');
  const release = koffi.proto('void ggml_threadpool_free(void *pool)');
  const createAt = address('ggml_threadpool_new');
  const releaseAt = address('ggml_threadpool_free');
  return {
    newThreadpool(threads) {
      const params = koffi.alloc(ThreadpoolParams, 1);
      initParams(params, threads);
      // A thread that spins between two decodes takes a core from those who fetch the tokens: docs/rationale.md.
      koffi.encode(params, koffi.offsetof(ThreadpoolParams, 'poll'), 'uint32_t', 0);
      return koffi.call(createAt, create, params) as Pointer;
    },
    freeThreadpool: (pool) => koffi.call(releaseAt, release, pool),
  };
}
