/**
 * Type descriptors: how large an object is and which of its words are references. One table serves all machines of this
 * JavaScript process, so that decoded (and compiled) code, which names types by their number, can be shared by them.
 * Types are small and few: equal descriptors of equal rank in their modules are one entry, and none is ever removed.
 */

import type { Heap } from './heap.ts';

/** How the words of an object are found by the collector. */
export type Shape = 'record' | 'string' | 'array' | 'list' | 'channel' | 'linkage' | 'stack';

/** Number of a type. 0 is no type. */
export type TypeId = number;

export interface Type {
  readonly id: TypeId;
  readonly shape: Shape;
  /** Bytes; of one element for arrays and lists, which carry the number of their element's type. */
  readonly size: number;
  /** Byte offsets of the references. */
  readonly pointers: Int32Array;
  /** Runs when an object dies, before its references are released. Must not allocate. */
  readonly free: ((heap: Heap, at: number) => void) | undefined;
}

const none = new Int32Array(0);
const table: Type[] = [{ id: 0, shape: 'record', size: 0, pointers: none, free: undefined }];
const known = new Map<string, TypeId>();

/** Sizes and pointer lists by type number, for inner loops. `sizes` is replaced when it grows. */
export let sizes: Int32Array = new Int32Array(1024);
export const pointerLists: Int32Array[] = [none];

function add(
  shape: Shape,
  size: number,
  pointers: Int32Array,
  free?: (heap: Heap, at: number) => void,
): TypeId {
  const id = table.length;
  table.push({ id, shape, size, pointers, free });
  pointerLists.push(pointers);
  if (id >= sizes.length) {
    const larger = new Int32Array(sizes.length * 2);
    larger.set(sizes);
    sizes = larger;
  }
  sizes[id] = size;
  return id;
}

/** Offsets of the words that a pointer map names, as far as they lie within `size`. */
export function pointersOf(size: number, map: Uint8Array): Int32Array {
  const offsets: number[] = [];
  for (let i = 0; i < map.length; i++) {
    for (let bit = 0; bit < 8; bit++) {
      const offset = (i * 8 + bit) * 4;
      if ((map[i]! & (0x80 >> bit)) !== 0 && offset + 4 <= size) offsets.push(offset);
    }
  }
  return Int32Array.from(offsets);
}

/**
 * The type of a descriptor in an object file. `rank` is its place in the file: two descriptors of one module are two
 * types even when they look alike, which `tcmp` can tell.
 */
export function internType(rank: number, size: number, map: Uint8Array): TypeId {
  const pointers = pointersOf(size, map);
  const key = `${rank} ${size} ${pointers.join()}`;
  let id = known.get(key);
  if (id === undefined) known.set(key, (id = add('record', size, pointers)));
  return id;
}

/**
 * Names a type: size in bytes, pointer map as in a `desc` directive (hex, most significant bit first, one bit a word).
 * `free`, if any, runs once when an object of the type dies, before its pointers are released: it must not allocate or
 * keep the address. Call it once a type, when a module is first imported.
 */
export function defineType(size: number, map: string, free?: (heap: Heap, at: number) => void): TypeId {
  return add('record', size, pointersOf(size, hexBytes(map)), free);
}

/** Bytes of a hex string, as pointer maps are written. */
export function hexBytes(map: string): Uint8Array {
  const bytes = new Uint8Array(map.length >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(map.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function typeSize(id: TypeId): number {
  return id > 0 && id < table.length ? table[id]!.size : 0;
}

export function typeOf(id: TypeId): Type | undefined {
  return table[id];
}

export const typeString: TypeId = add('string', 0, none);
export const typeArray: TypeId = add('array', 16, none);
export const typeList: TypeId = add('list', 8, none);
export const typeChannel: TypeId = add('channel', 32, none);
export const typeLinkage: TypeId = add('linkage', 16, none);
export const typeStack: TypeId = add('stack', 0, none);
export const typeByte: TypeId = add('record', 1, none);
export const typeWord: TypeId = add('record', 4, none);
export const typeReal: TypeId = add('record', 8, none);
export const typeBig: TypeId = add('record', 8, none);
export const typePointer: TypeId = add('record', 4, Int32Array.of(0));
