import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Cursor } from './cursor.ts';
import { GgufError } from './errors.ts';
import { describe, type GgufModel } from './model.ts';
import { type GgufValue, tensorTypes } from './types.ts';
import { readType, readValue, type Source } from './value.ts';

/** Headers of models with 256,000 tokens are below 20 MB. */
const headerLimit = 256 * 1024 * 1024;
/** The specification's largest key, in bytes. */
const keyLimit = 65_535;
const keysLimit = 65_536;
const tensorsLimit = 262_144;
/** The specification's 64 bytes. */
const tensorNameLimit = 64;
const dimensionsLimit = 4;
/** O_NONBLOCK is undefined on Windows, which has no named pipes in the file system. */
const nonBlocking = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export interface GgufTensor {
  readonly name: string;
  /** Storage type, such as Q4_K. */
  readonly type: string;
  /** Elements in each dimension, fastest first, 1 to 4 of them. */
  readonly shape: readonly number[];
  /** The product of the shape. */
  readonly elements: number;
  /** First byte, from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** The header of a GGUF file. */
export interface Gguf {
  readonly path: string;
  /** Bytes of the whole file. */
  readonly fileSize: number;
  /** 2 or 3. */
  readonly version: number;
  /** Bytes that tensor offsets are multiples of. */
  readonly alignment: number;
  /** Where tensor data begins, from the start of the file. */
  readonly dataOffset: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
  readonly model: GgufModel;
}

/**
 * Reads the header of a GGUF file, version 2 or 3, little-endian; tensor data is not read. Rejects with a GgufError
 * when the file cannot be opened, is not GGUF, is truncated, or claims what cannot be true (counts, lengths and offsets
 * past its end, duplicate keys, ...). Memory and time are bounded by the header's size, at most 256 MiB.
 * Source: the GGUF specification in ggml's docs/gguf.md.
 */
export async function readGguf(path: string): Promise<Gguf> {
  let fd: number;
  try {
    // A named pipe would block in open without O_NONBLOCK; on a file the flag has no effect.
    fd = openSync(path, nonBlocking);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'permission denied' : message;
    throw new GgufError(path, 0, why, { cause });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new GgufError(path, 0, 'not a file');
    const source: Source = { path, size: stat.size, mtimeMs: stat.mtimeMs, headerLimit };
    return await read(new Cursor(fd, path, stat.size, headerLimit), source);
  } finally {
    closeSync(fd);
  }
}

async function read(cursor: Cursor, source: Source): Promise<Gguf> {
  const version = readVersion(cursor);
  const tensorCount = cursor.u64('tensor count');
  const keyCount = cursor.u64('key count');
  if (tensorCount > tensorsLimit) throw cursor.fail(`${tensorCount} tensors, more than ${tensorsLimit}`);
  if (keyCount > keysLimit) throw cursor.fail(`${keyCount} keys, more than ${keysLimit}`);
  // A key takes 13 bytes at least (empty name, type, one byte), a tensor 32.
  cursor.expect(keyCount, 13, 'the list of keys');
  cursor.expect(tensorCount, 32, 'the list of tensors');

  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = cursor.string(keyLimit, `name of key ${i}`);
    if (metadata.has(key)) throw cursor.fail(`duplicate key ${quote(key)}`);
    const what = `value of ${quote(key)}`;
    metadata.set(key, readValue(cursor, source, readType(cursor, what), what));
  }

  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || alignment < 1 || !Number.isInteger(Math.log2(alignment)))
    throw cursor.fail('general.alignment is not a power of two');

  const tensors: GgufTensor[] = [];
  const names = new Set<string>();
  for (let i = 0; i < tensorCount; i++) {
    const tensor = readTensor(cursor, i);
    if (names.has(tensor.name)) throw cursor.fail(`duplicate tensor ${quote(tensor.name)}`);
    names.add(tensor.name);
    tensors.push(tensor);
  }

  const dataOffset = Math.ceil(cursor.pos / alignment) * alignment;
  const placed = tensors.map((tensor) => place(cursor, tensor, dataOffset, alignment, source.size));
  return {
    path: source.path,
    fileSize: source.size,
    version,
    alignment,
    dataOffset,
    metadata,
    tensors: placed,
    model: await describe(metadata, placed),
  };
}

function readVersion(cursor: Cursor): number {
  if (cursor.left < 4) throw cursor.fail(`not a GGUF file: only ${cursor.left} bytes`);
  const magic = cursor.bytes(4, 'magic').toString('latin1');
  if (magic === 'FUGG') throw cursor.fail('is a big-endian GGUF file, only little-endian is read');
  if (magic !== 'GGUF') throw cursor.fail(`not a GGUF file: begins with ${quote(magic)}`);
  const version = cursor.u32('version');
  if (version === 2 || version === 3) return version;
  if ((version & 0xffff) === 0 && version !== 0)
    throw cursor.fail('is a big-endian GGUF file, only little-endian is read');
  throw cursor.fail(`is GGUF version ${version}, only 2 and 3 are read`);
}

function readTensor(cursor: Cursor, index: number): GgufTensor {
  const name = cursor.string(tensorNameLimit, `name of tensor ${index}`);
  const what = `tensor ${quote(name)}`;
  const dimensions = cursor.u32(`dimensions of ${what}`);
  if (dimensions > dimensionsLimit)
    throw cursor.fail(`${what} has ${dimensions} dimensions, more than ${dimensionsLimit}`);
  const shape: number[] = [];
  let elements = 1;
  for (let i = 0; i < dimensions; i++) {
    const length = cursor.u64(`shape of ${what}`);
    shape.push(length);
    elements *= length;
  }
  if (!Number.isSafeInteger(elements)) throw cursor.fail(`${what} has too many elements`);
  const number = cursor.u32(`type of ${what}`);
  const type = tensorTypes.get(number);
  if (type === undefined) throw cursor.fail(`${what} has unknown type ${number}`);
  if ((shape[0] ?? 1) % type.block !== 0)
    throw cursor.fail(
      `${what} has rows of ${shape[0]} elements, not a multiple of ${type.block} (${type.name})`,
    );
  const offset = cursor.u64(`offset of ${what}`);
  return { name, type: type.name, shape, elements, offset, size: (elements / type.block) * type.bytes };
}

/** Turns an offset into the data section into one into the file, checked. */
function place(
  cursor: Cursor,
  tensor: GgufTensor,
  dataOffset: number,
  alignment: number,
  fileSize: number,
): GgufTensor {
  const what = `tensor ${quote(tensor.name)}`;
  if (tensor.offset % alignment !== 0)
    throw cursor.fail(`${what} is at offset ${tensor.offset}, not a multiple of ${alignment}`);
  const offset = dataOffset + tensor.offset;
  if (offset + tensor.size > fileSize)
    throw cursor.fail(`truncated: ${what} ends at byte ${offset + tensor.size} of ${fileSize}`);
  return { ...tensor, offset };
}

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
