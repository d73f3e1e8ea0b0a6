import type { GgufTensor } from './reader.ts';
import { fileTypes, type GgufArray, type GgufValue } from './types.ts';

/** What a model's header says of the model. A field is undefined where the header does not say. */
export interface GgufModel {
  /** `general.architecture`: llama, qwen2, gemma3, ... */
  readonly architecture: string | undefined;
  readonly name: string | undefined;
  /** Tokens that the model was trained to see at once. */
  readonly contextLength: number | undefined;
  readonly embeddingLength: number | undefined;
  /** Transformer blocks. */
  readonly layers: number | undefined;
  /** Attention heads; the largest of all layers where they differ. */
  readonly heads: number | undefined;
  /** Key-value heads; the largest of all layers where they differ. */
  readonly kvHeads: number | undefined;
  /** Jinja source. A model without one is a base model: completion only. */
  readonly chatTemplate: string | undefined;
  /** `tokenizer.ggml.model`: llama, gpt2, bert, ... */
  readonly tokenizer: string | undefined;
  /** Tokens in the vocabulary. */
  readonly vocabSize: number | undefined;
  /** Name of the file type, such as Q4_K_M; the type of most weights where the header does not say. */
  readonly quantization: string | undefined;
  /** Number of weights in this file. */
  readonly parameters: number;
  /** Bytes of key-value cache that one token takes at f16, without sliding windows. */
  readonly kvBytesPerToken: number | undefined;
}

const positive = (value: GgufValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;

const text = (value: GgufValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** A count that may be given once for all layers or once a layer. */
async function perLayer(value: GgufValue | undefined): Promise<readonly number[] | undefined> {
  if (typeof value !== 'object') {
    const one = positive(value);
    return one === undefined ? undefined : [one];
  }
  const all = (await (value as GgufArray).values()).map(positive);
  return all.length > 0 && all.every((n) => n !== undefined) ? (all as number[]) : undefined;
}

const largest = (values: readonly number[] | undefined): number | undefined =>
  values?.reduce((a, b) => Math.max(a, b), 0);

/** Reads the fields of a model off its metadata and tensors. */
export async function describe(
  metadata: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufTensor[],
): Promise<GgufModel> {
  const architecture = text(metadata.get('general.architecture'));
  const get = (key: string) => metadata.get(`${architecture}.${key}`);
  const embeddingLength = positive(get('embedding_length'));
  const layers = positive(get('block_count'));
  const heads = await perLayer(get('attention.head_count'));
  const kvHeads = (await perLayer(get('attention.head_count_kv'))) ?? heads;
  const tokens = metadata.get('tokenizer.ggml.tokens');
  const fileType = positive(metadata.get('general.file_type'));

  const mostHeads = largest(heads);
  const headLength = embeddingLength !== undefined && mostHeads ? embeddingLength / mostHeads : undefined;
  const keyLength = positive(get('attention.key_length')) ?? headLength;
  const valueLength = positive(get('attention.value_length')) ?? headLength;
  let kvBytesPerToken: number | undefined;
  if (kvHeads && layers !== undefined && keyLength !== undefined && valueLength !== undefined) {
    // No loop to `layers`, which may be any number in a hostile file.
    const all = kvHeads.length === 1 ? kvHeads[0]! * layers : kvHeads.reduce((a, b) => a + b, 0);
    kvBytesPerToken = all * (keyLength + valueLength) * 2;
  }

  return {
    architecture,
    name: text(metadata.get('general.name')),
    contextLength: positive(get('context_length')),
    embeddingLength,
    layers,
    heads: mostHeads,
    kvHeads: largest(kvHeads),
    chatTemplate: text(metadata.get('tokenizer.chat_template')),
    tokenizer: text(metadata.get('tokenizer.ggml.model')),
    vocabSize: typeof tokens === 'object' ? tokens.length : positive(get('vocab_size')),
    quantization: (fileType === undefined ? undefined : fileTypes.get(fileType)) ?? mostUsed(tensors),
    parameters: tensors.reduce((sum, tensor) => sum + tensor.elements, 0),
    kvBytesPerToken,
  };
}

function mostUsed(tensors: readonly GgufTensor[]): string | undefined {
  const bytes = new Map<string, number>();
  for (const tensor of tensors) bytes.set(tensor.type, (bytes.get(tensor.type) ?? 0) + tensor.size);
  return [...bytes].sort((a, b) => b[1] - a[1])[0]?.[0];
}
