import { closeSync, fstatSync, openSync } from 'node:fs';
import { Cursor } from './cursor.ts';
import { GgufError } from './errors.ts';
import { type GgufArray, type GgufValue, type GgufValueType, valueBytes, valueTypes } from './types.ts';

/** Longest string that is read: chat templates reach some tens of kilobytes. */
const stringLimit = 16 * 1024 * 1024;
/** The specification sets no depth; no file is known to go past 2. */
const depthLimit = 8;

/** The file as it was when its header was read, so that arrays can be read later or refused. */
export interface Source {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly headerLimit: number;
}

class FileArray implements GgufArray {
  readonly type: GgufValueType;
  readonly length: number;
  readonly #source: Source;
  readonly #offset: number;

  constructor(source: Source, type: GgufValueType, length: number, offset: number) {
    this.#source = source;
    this.type = type;
    this.length = length;
    this.#offset = offset;
  }

  async values(): Promise<readonly GgufValue[]> {
    const { path, size, mtimeMs, headerLimit } = this.#source;
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (cause) {
      throw new GgufError(path, this.#offset, 'cannot be opened again', { cause });
    }
    try {
      const now = fstatSync(fd);
      if (now.size !== size || now.mtimeMs !== mtimeMs)
        throw new GgufError(path, this.#offset, 'has changed since its header was read');
      const cursor = new Cursor(fd, path, size, headerLimit, this.#offset);
      const values: GgufValue[] = [];
      for (let i = 0; i < this.length; i++)
        values.push(readValue(cursor, this.#source, this.type, 'array', 1));
      return values;
    } finally {
      closeSync(fd);
    }
  }
}

/** Reads the number of a value type. */
export function readType(cursor: Cursor, what: string): GgufValueType {
  const number = cursor.u32(`type of ${what}`);
  const type = valueTypes[number];
  if (type === undefined) throw cursor.fail(`${what} has unknown type ${number}`);
  return type;
}

/** Reads one value; an array is checked and stepped over. */
export function readValue(
  cursor: Cursor,
  source: Source,
  type: GgufValueType,
  what: string,
  depth = 0,
): GgufValue {
  if (type === 'string') return cursor.string(stringLimit, what);
  if (type === 'array') return readArray(cursor, source, what, depth);
  const at = cursor.bytes(valueBytes[type]!, what);
  switch (type) {
    case 'uint8':
      return at.readUInt8(0);
    case 'int8':
      return at.readInt8(0);
    case 'uint16':
      return at.readUInt16LE(0);
    case 'int16':
      return at.readInt16LE(0);
    case 'uint32':
      return at.readUInt32LE(0);
    case 'int32':
      return at.readInt32LE(0);
    case 'float32':
      return at.readFloatLE(0);
    case 'float64':
      return at.readDoubleLE(0);
    case 'uint64':
      return narrow(at.readBigUInt64LE(0));
    case 'int64':
      return narrow(at.readBigInt64LE(0));
    case 'bool': {
      const value = at.readUInt8(0);
      if (value > 1) throw cursor.fail(`${what} is a bool of value ${value}`);
      return value === 1;
    }
  }
}

function narrow(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function readArray(cursor: Cursor, source: Source, what: string, depth: number): GgufArray {
  if (depth >= depthLimit) throw cursor.fail(`${what} nests arrays deeper than ${depthLimit}`);
  const type = readType(cursor, what);
  const length = cursor.u64(`length of ${what}`);
  // The smallest string is 8 bytes, the smallest array 12: a count that cannot fit is refused before the first step.
  cursor.expect(length, valueBytes[type] ?? (type === 'string' ? 8 : 12), what);
  const array = new FileArray(source, type, length, cursor.pos);
  const bytes = valueBytes[type];
  if (bytes !== undefined) {
    cursor.skip(length * bytes, what);
  } else if (type === 'string') {
    for (let i = 0; i < length; i++) cursor.skip(cursor.u64(what), what);
  } else {
    for (let i = 0; i < length; i++) readArray(cursor, source, what, depth + 1);
  }
  return array;
}
