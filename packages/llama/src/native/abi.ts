/**
 * Struct layouts and function prototypes of libllama's C API, from include/llama.h and ggml/include/ggml.h of the
 * releases named in library.ts. koffi lays fields out by the platform's C rules; `checkAbi` then reads the documented
 * defaults back through these layouts, so that a library of another shape is refused before it can do harm.
 */
import koffi from 'koffi';
import { nativeError } from '../errors.ts';

// The prototypes in llama.ts name these structs: declaring one is enough to make it known to koffi.
const pointer = 'void *';

type StructType = ReturnType<typeof koffi.struct>;

/** enum llama_load_mode: read the weights through mmap, so that the page cache holds one copy per machine. */
export const LOAD_MODE_MMAP = 1;
/** enum llama_pooling_type: mean over the tokens of a sequence. */
export const POOLING_MEAN = 1;
export const POOLING_UNSPECIFIED = -1;

koffi.struct('llama_model_params', {
  devices: pointer,
  tensor_buft_overrides: pointer,
  n_gpu_layers: 'int32_t',
  split_mode: 'int',
  load_mode: 'int',
  lazy_mode: 'int',
  main_gpu: 'int32_t',
  tensor_split: pointer,
  progress_callback: pointer,
  progress_callback_user_data: pointer,
  kv_overrides: pointer,
  vocab_only: 'bool',
  check_tensors: 'bool',
  use_extra_bufts: 'bool',
  no_host: 'bool',
  no_alloc: 'bool',
  load_mtp: 'bool',
});

koffi.struct('llama_context_params', {
  n_ctx: 'uint32_t',
  n_batch: 'uint32_t',
  n_ubatch: 'uint32_t',
  n_seq_max: 'uint32_t',
  n_rs_seq: 'uint32_t',
  n_outputs_max: 'uint32_t',
  n_outputs_max_per_seq: 'uint32_t',
  n_threads: 'int32_t',
  n_threads_batch: 'int32_t',
  ctx_type: 'int',
  rope_scaling_type: 'int',
  pooling_type: 'int',
  attention_type: 'int',
  flash_attn_type: 'int',
  rope_freq_base: 'float',
  rope_freq_scale: 'float',
  yarn_ext_factor: 'float',
  yarn_attn_factor: 'float',
  yarn_beta_fast: 'float',
  yarn_beta_slow: 'float',
  yarn_orig_ctx: 'uint32_t',
  defrag_thold: 'float',
  cb_eval: pointer,
  cb_eval_user_data: pointer,
  type_k: 'int',
  type_v: 'int',
  abort_callback: pointer,
  abort_callback_data: pointer,
  embeddings: 'bool',
  offload_kqv: 'bool',
  no_perf: 'bool',
  op_offload: 'bool',
  swa_full: 'bool',
  kv_unified: 'bool',
  samplers: pointer,
  n_samplers: 'size_t',
  ctx_other: pointer,
});

koffi.struct('llama_batch', {
  n_tokens: 'int32_t',
  token: pointer,
  embd: pointer,
  pos: pointer,
  n_seq_id: pointer,
  seq_id: pointer,
  logits: pointer,
});

koffi.struct('llama_token_data_array', {
  data: pointer,
  size: 'size_t',
  selected: 'int64_t',
  sorted: 'bool',
});

/** GGML_MAX_N_THREADS bounds the mask of ggml_threadpool_params. */
const MAX_THREADS = 512;

export const ThreadpoolParams: StructType = koffi.struct('ggml_threadpool_params', {
  cpumask: koffi.array('bool', MAX_THREADS),
  n_threads: 'int',
  prio: 'int',
  poll: 'uint32_t',
  strict_cpu: 'bool',
  paused: 'bool',
});

/** llama_model_params by value, as JavaScript sees it; unnamed members keep the library's defaults. */
export type ModelParamsValue = Record<string, unknown> & { n_gpu_layers: number; load_mode: number };
export type ContextParamsValue = Record<string, unknown>;

/** [field, documented default] pairs of llama_model_default_params() and llama_context_default_params(). */
const MODEL_DEFAULTS: readonly (readonly [string, unknown])[] = [
  ['devices', null],
  ['split_mode', 1],
  ['main_gpu', 0],
  ['tensor_split', null],
  ['progress_callback', null],
  ['kv_overrides', null],
  ['vocab_only', false],
  ['check_tensors', false],
  ['use_extra_bufts', true],
  ['no_alloc', false],
];
const CONTEXT_DEFAULTS: readonly (readonly [string, unknown])[] = [
  ['n_ctx', 512],
  ['n_batch', 2048],
  ['n_ubatch', 512],
  ['n_seq_max', 1],
  ['rope_scaling_type', -1],
  ['pooling_type', -1],
  ['attention_type', -1],
  ['flash_attn_type', -1],
  ['rope_freq_base', 0],
  ['yarn_beta_fast', -1],
  ['yarn_beta_slow', -1],
  ['defrag_thold', -1],
  ['type_k', 1],
  ['type_v', 1],
  ['embeddings', false],
  ['offload_kqv', true],
  ['no_perf', true],
  ['op_offload', true],
  ['kv_unified', false],
  ['samplers', null],
  ['ctx_other', null],
];

/**
 * Compares the defaults that the library reports with those that its header documents.
 *
 * @throws LlamaError `native` naming the first field that disagrees
 */
export function checkAbi(
  model: Record<string, unknown>,
  context: Record<string, unknown>,
  what: string,
): void {
  for (const [struct, value, defaults] of [
    ['llama_model_params', model, MODEL_DEFAULTS],
    ['llama_context_params', context, CONTEXT_DEFAULTS],
  ] as const) {
    for (const [field, expected] of defaults) {
      if (value[field] !== expected) {
        throw nativeError(
          `${what} has another layout of ${struct}: ${field} reads ${String(value[field])}, documented default is ${String(expected)}`,
        );
      }
    }
  }
}
