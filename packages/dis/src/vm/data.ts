/** Module data: a fresh copy for each `load`, as the data section of the object file describes it. */

import type { Heap } from '../heap/heap.ts';
import { stringFromUtf8 } from '../heap/strings.ts';
import { sizes, typeArray } from '../heap/types.ts';
import type { Code } from './code.ts';

/** A string of bytes that lie outside of the memory. */
function stringOf(heap: Heap, utf8: Uint8Array): number {
  const bytes = heap.newBytes(utf8);
  const string = stringFromUtf8(heap, heap.arrayData(bytes), utf8.length);
  heap.release(bytes);
  return string;
}

/** A new reference to the data of a module; 0 when it has none. */
export function newData(heap: Heap, code: Code): number {
  if (code.dataType === 0) return 0;
  const data = heap.newObject(code.dataType);
  const bases: number[] = [];
  let base = data;
  try {
    for (const item of code.object.data) {
      const at = base + ('offset' in item ? item.offset : 0);
      switch (item.kind) {
        case 'bytes':
          heap.u8.set(item.values, at);
          break;
        case 'words':
          heap.i32.set(item.values, at >> 2);
          break;
        case 'bigs':
          for (let i = 0; i < item.values.length; i++) heap.setBig(at + 8 * i, item.values[i]!);
          break;
        case 'reals':
          for (let i = 0; i < item.values.length; i++) heap.setReal(at + 8 * i, item.values[i]!);
          break;
        case 'string':
          heap.setPointer(at, stringOf(heap, item.utf8));
          break;
        case 'array':
          heap.setPointer(at, heap.newArray(code.types[item.type] ?? 0, item.length));
          break;
        case 'index': {
          const array = heap.pointer(at);
          if (heap.typeOf(array) !== typeArray) return data;
          bases.push(base);
          base = heap.arrayData(array) + item.index * sizes[heap.arrayElement(array)]!;
          break;
        }
        case 'restore':
          base = bases.pop() ?? data;
          break;
      }
    }
  } catch (error) {
    heap.release(data);
    throw error;
  }
  return data;
}
