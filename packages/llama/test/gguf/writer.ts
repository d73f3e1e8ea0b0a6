/** Writes small GGUF files for tests, honest ones by default, and any lie that is asked for. */

export type Value =
  | {
      type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';
      value: number;
    }
  | { type: 'uint64' | 'int64'; value: bigint }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'array'; of: Value['type']; value: readonly Value[]; length?: bigint };

export interface Tensor {
  name: string;
  shape: readonly (number | bigint)[];
  type: number;
  /** Into the data section. */
  offset: bigint;
}

export interface File {
  magic?: string;
  version?: number;
  tensorCount?: bigint;
  keyCount?: bigint;
  metadata: readonly (readonly [string, Value])[];
  tensors?: readonly Tensor[];
  /** Bytes after the header's padding. */
  data?: number;
  alignment?: number;
}

const numbers: Record<Value['type'], number> = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
};

export const u32 = (value: number): Value => ({ type: 'uint32', value });
export const str = (value: string): Value => ({ type: 'string', value });
export const arr = (of: Value['type'], value: readonly Value[]): Value => ({ type: 'array', of, value });

const bytes = (size: number, put: (buffer: Buffer) => void): Buffer => {
  const buffer = Buffer.alloc(size);
  put(buffer);
  return buffer;
};
const le32 = (value: number) => bytes(4, (b) => b.writeUInt32LE(value >>> 0));
const le64 = (value: bigint) => bytes(8, (b) => b.writeBigUInt64LE(BigInt.asUintN(64, value)));
const text = (value: string) => Buffer.concat([le64(BigInt(Buffer.byteLength(value))), Buffer.from(value)]);

function encode(value: Value): Buffer {
  switch (value.type) {
    case 'uint8':
      return bytes(1, (b) => b.writeUInt8(value.value));
    case 'int8':
      return bytes(1, (b) => b.writeInt8(value.value));
    case 'uint16':
      return bytes(2, (b) => b.writeUInt16LE(value.value));
    case 'int16':
      return bytes(2, (b) => b.writeInt16LE(value.value));
    case 'uint32':
      return bytes(4, (b) => b.writeUInt32LE(value.value));
    case 'int32':
      return bytes(4, (b) => b.writeInt32LE(value.value));
    case 'float32':
      return bytes(4, (b) => b.writeFloatLE(value.value));
    case 'float64':
      return bytes(8, (b) => b.writeDoubleLE(value.value));
    case 'uint64':
    case 'int64':
      return le64(value.value);
    case 'bool':
      return bytes(1, (b) => b.writeUInt8(value.value ? 1 : 0));
    case 'string':
      return text(value.value);
    case 'array':
      return Buffer.concat([
        le32(numbers[value.of]),
        le64(value.length ?? BigInt(value.value.length)),
        ...value.value.map(encode),
      ]);
  }
}

export function writeGguf(file: File): Buffer {
  const tensors = file.tensors ?? [];
  const header = Buffer.concat([
    Buffer.from(file.magic ?? 'GGUF', 'latin1'),
    le32(file.version ?? 3),
    le64(file.tensorCount ?? BigInt(tensors.length)),
    le64(file.keyCount ?? BigInt(file.metadata.length)),
    ...file.metadata.flatMap(([key, value]) => [text(key), le32(numbers[value.type]), encode(value)]),
    ...tensors.flatMap((tensor) => [
      text(tensor.name),
      le32(tensor.shape.length),
      ...tensor.shape.map((n) => le64(BigInt(n))),
      le32(tensor.type),
      le64(tensor.offset),
    ]),
  ]);
  const alignment = file.alignment ?? 32;
  const padding = (alignment - (header.length % alignment)) % alignment;
  return Buffer.concat([header, Buffer.alloc(padding + (file.data ?? 0))]);
}

/** A model of two layers that has all that a reader derives. */
export const smallModel: File = {
  metadata: [
    ['general.architecture', str('llama')],
    ['general.name', str('Small')],
    ['general.file_type', u32(2)],
    ['llama.context_length', u32(512)],
    ['llama.embedding_length', u32(64)],
    ['llama.block_count', u32(2)],
    ['llama.attention.head_count', u32(8)],
    ['llama.attention.head_count_kv', u32(4)],
    ['tokenizer.ggml.model', str('gpt2')],
    ['tokenizer.ggml.tokens', arr('string', ['a', 'bc', 'żółw', ''].map(str))],
    ['tokenizer.chat_template', str('{{ messages }}')],
  ],
  tensors: [
    { name: 'token_embd.weight', shape: [64, 4], type: 2, offset: 0n },
    { name: 'output_norm.weight', shape: [64], type: 0, offset: 160n },
  ],
  data: 160 + 256,
};
