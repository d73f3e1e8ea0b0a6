/** Instructions on references: strings, arrays, lists, records and channels. */

import {
  boundsFault,
  DisError,
  eHeap,
  eNegativeSize,
  eType,
  moduleFault,
  nilFault,
  opcodeFault,
} from '../errors.ts';
import type { Heap } from '../heap/heap.ts';
import { charAt, concat, setChar, slice, stringFromUtf8, utf8Of } from '../heap/strings.ts';
import {
  internType,
  pointerLists,
  sizes,
  typeArray,
  typeBig,
  typeByte,
  typeList,
  typePointer,
  typeReal,
  typeWord,
} from '../heap/types.ts';
import { realText } from '../modules/decimal.ts';
import type { Machine } from '../vm/machine.ts';
import type { Process } from '../vm/process.ts';
import * as big from './big.ts';
import { put, real } from './compute.ts';
import { stringToBig, stringToReal, stringToWord } from './convert.ts';

const noBytes = new Uint8Array(0);

/**
 * Executes opcode `op`, whose operands are at the addresses `s`, `m` and `d`. Memory may grow. What takes long costs the
 * process some of its turn.
 */
export function handle(
  machine: Machine,
  p: Process,
  op: number,
  s: number,
  m: number,
  d: number,
  hasMiddle: boolean,
): void {
  const { heap } = machine;
  let { i32, u8 } = heap;
  switch (op) {
    case 42: {
      // movm
      const n = i32[m >> 2]!;
      if (n > 0) u8.copyWithin(d, s, s + n);
      p.left -= n >> 12;
      return;
    }
    case 40: // indx
    case 114: // indw
    case 115: // indf
    case 145: // indl
    case 116: {
      // indb
      const a = i32[s >> 2]!;
      const i = i32[d >> 2]!;
      if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
      const size = op === 40 /* indx */ ? sizes[i32[(a + 4) >> 2]!]! : elementSize(op);
      i32[m >> 2] = i32[(a + 12) >> 2]! + i * size;
      return;
    }
    case 41: {
      // movp
      const q = i32[s >> 2]!;
      if (q !== 0) i32[(q - 8) >> 2]!++;
      const old = i32[d >> 2]!;
      i32[d >> 2] = q;
      if (old !== 0) heap.release(old);
      return;
    }
    case 43: // movmp
      heap.retainAll(s, i32[m >> 2]!);
      heap.releaseAll(d, i32[m >> 2]!);
      u8.copyWithin(d, s, s + (sizes[i32[m >> 2]!] ?? 0));
      return;
    case 32: {
      // headb
      const l = i32[s >> 2]!;
      if (l === 0) throw nilFault;
      u8[d] = u8[l + 8]!;
      return;
    }
    case 33: {
      // headw
      const l = i32[s >> 2]!;
      if (l === 0) throw nilFault;
      i32[d >> 2] = i32[(l + 8) >> 2]!;
      return;
    }
    case 35: // headf
    case 141: {
      // headl
      const l = i32[s >> 2]!;
      if (l === 0) throw nilFault;
      i32[d >> 2] = i32[(l + 8) >> 2]!;
      i32[(d >> 2) + 1] = i32[(l + 12) >> 2]!;
      return;
    }
    case 34: // headp
    case 38: {
      // tail
      const l = i32[s >> 2]!;
      if (l === 0) throw nilFault;
      const q = i32[(op === 38 /* tail */ ? l : l + 8) >> 2]!;
      if (q !== 0) i32[(q - 8) >> 2]!++;
      const old = i32[d >> 2]!;
      i32[d >> 2] = q;
      if (old !== 0) heap.release(old);
      return;
    }
    case 36: {
      // headm
      const l = i32[s >> 2]!;
      const n = i32[m >> 2]!;
      if (l === 0) throw nilFault;
      if (n > 0) u8.copyWithin(d, l + 8, l + 8 + n);
      return;
    }
    case 37: {
      // headmp
      const l = i32[s >> 2]!;
      const type = i32[m >> 2]!;
      if (l === 0) throw nilFault;
      heap.retainAll(l + 8, type);
      heap.releaseAll(d, type);
      u8.copyWithin(d, l + 8, l + 8 + (sizes[type] ?? 0));
      return;
    }
    case 85: {
      // lena
      const a = i32[s >> 2]!;
      i32[d >> 2] = a === 0 ? 0 : i32[a >> 2]!;
      return;
    }
    case 84: {
      // lenc
      const a = i32[s >> 2]!;
      const n = a === 0 ? 0 : i32[a >> 2]!;
      i32[d >> 2] = n < 0 ? -n : n;
      return;
    }
    case 86: {
      // lenl
      let n = 0;
      const most = u8.length >> 4;
      for (let l = i32[s >> 2]!; l !== 0 && n < most; l = i32[l >> 2]! | 0) n++;
      i32[d >> 2] = n;
      p.left -= n >> 6;
      return;
    }
    case 82: // indc
      i32[d >> 2] = charAt(heap, i32[s >> 2]!, i32[m >> 2]!);
      return;
    case 54: // cvtcw
      i32[d >> 2] = stringToWord(heap.string(i32[s >> 2]!));
      return;
    case 56: // cvtcf
      put(heap, d, stringToReal(heap.string(i32[s >> 2]!)));
      return;
    case 140: // cvtcl
      heap.setBig(d, stringToBig(heap.string(i32[s >> 2]!)));
      return;
    case 147: {
      // tcmp
      const a = i32[s >> 2]!;
      const b = i32[d >> 2]!;
      if (a !== 0 && (b === 0 || heap.typeOf(a) !== heap.typeOf(b))) throw new DisError(eType);
      return;
    }
    case 16: // new
    case 156: // newz
      replace(heap, d, heap.newObject(i32[s >> 2]!));
      return;
    case 148: {
      // mnewz
      const l = i32[s >> 2]!;
      if (l === 0) throw moduleFault;
      const type = machine.linkageAt(l)?.types[i32[m >> 2]!];
      if (type === undefined) throw opcodeFault;
      replace(heap, d, heap.newObject(type));
      return;
    }
    case 17: // newa
    case 157: {
      // newaz
      const n = i32[s >> 2]!;
      replace(heap, d, heap.newArray(i32[m >> 2]!, n));
      p.left -= n >> 8;
      return;
    }
    case 18: // newcb
    case 19: // newcw
    case 20: // newcf
    case 143: // newcl
    case 21: // newcp
    case 22: // newcm
    case 23: {
      // newcmp
      const n = hasMiddle ? i32[m >> 2]! : 0;
      const type =
        op === 23 /* newcmp */
          ? i32[s >> 2]!
          : op === 22 /* newcm */
            ? blockType(i32[s >> 2]!)
            : channelType(op);
      if (sizes[type] === undefined) throw opcodeFault;
      replace(heap, d, heap.newChannel(type, n));
      return;
    }
    case 26: // consb
    case 27: // consw
    case 29: // consf
    case 142: // consl
    case 28: // consp
    case 30: // consm
    case 31: {
      // consmp
      const type = op === 31 /* consmp */ ? i32[m >> 2]! : op === 28 /* consp */ ? typePointer : 0;
      const bytes =
        op === 31 /* consmp */
          ? sizes[type]!
          : op === 30 /* consm */
            ? i32[m >> 2]!
            : op === 29 /* consf */ || op === 142 /* consl */
              ? 8
              : 4;
      if (!(bytes >= 0 && bytes <= heap.limit)) throw new DisError(eHeap);
      const l = heap.allocate(typeList, 8 + Math.max(4, bytes), true);
      ({ i32, u8 } = heap);
      const at = l >> 2;
      i32[at] = i32[d >> 2]!;
      i32[at + 1] = type;
      if (op === 28 /* consp */) {
        const q = i32[s >> 2]!;
        if (q !== 0) i32[(q - 8) >> 2]!++;
        i32[at + 2] = q;
      } else if (op === 26 /* consb */) i32[at + 2] = u8[s]!;
      else if (bytes === 4) i32[at + 2] = i32[s >> 2]!;
      else u8.copyWithin(l + 8, s, s + bytes);
      if (op === 31 /* consmp */) heap.retainAll(l + 8, type);
      i32[d >> 2] = l;
      return;
    }
    case 111: // slicea
      sliceArray(heap, i32[s >> 2]!, i32[m >> 2]!, d);
      return;
    case 112: // slicela
      p.left -= copyArray(heap, i32[s >> 2]!, i32[m >> 2]!, i32[d >> 2]!) >> 12;
      return;
    case 113: // slicec
      replace(heap, d, slice(heap, i32[s >> 2]!, i32[m >> 2]!, i32[d >> 2]!));
      return;
    case 81: // insc
      setCharacter(heap, d, i32[m >> 2]!, i32[s >> 2]!);
      return;
    case 83: {
      // addc
      const a = i32[m >> 2]!;
      const q = concat(heap, a, i32[s >> 2]!, m === d);
      // The string extended in place, or a new one.
      if (m !== d || q !== a) replace(heap, d, q);
      if (q !== 0) p.left -= Math.abs(heap.i32[q >> 2]!) >> 12;
      return;
    }
    case 51: {
      // cvtca
      const bytes = utf8Of(heap, i32[s >> 2]!);
      replace(heap, d, heap.newBytes(bytes));
      p.left -= bytes.length >> 8;
      return;
    }
    case 52: {
      // cvtac
      const a = i32[s >> 2]!;
      const n = heap.arrayLength(a);
      replace(heap, d, a === 0 ? 0 : stringFromUtf8(heap, heap.arrayData(a), n));
      p.left -= n >> 8;
      return;
    }
    case 53: // cvtwc
      replace(heap, d, heap.newString(String(i32[s >> 2]!)));
      return;
    case 139: // cvtlc
      replace(heap, d, heap.newString(big.decimal(i32, s >> 2)));
      return;
    case 55: // cvtfc
      replace(heap, d, heap.newString(realText(real(heap, s))));
      return;
    default:
      throw opcodeFault;
  }
}

/** Stores a new reference in place of an old one. */
function replace(heap: Heap, at: number, pointer: number): void {
  const old = heap.i32[at >> 2]!;
  heap.i32[at >> 2] = pointer;
  if (old !== 0) heap.release(old);
}

function elementSize(op: number): number {
  return op === 116 /* indb */ ? 1 : op === 114 /* indw */ ? 4 : 8;
}

function channelType(op: number): number {
  switch (op) {
    case 18: // newcb
      return typeByte;
    case 19: // newcw
      return typeWord;
    case 20: // newcf
      return typeReal;
    case 143: // newcl
      return typeBig;
    default:
      return typePointer;
  }
}

/** The type of plain memory of some size; sizes are the program's, so they are held within reason. */
function blockType(bytes: number): number {
  if (bytes < 0 || bytes > 65536) throw new DisError(eNegativeSize);
  return internType(-2, bytes, noBytes);
}

/** slicea: the array at word `d` becomes its elements from `from` up to `to`. */
function sliceArray(heap: Heap, from: number, to: number, d: number): void {
  const array = heap.word(d);
  if (array === 0) {
    if (to - from === 0) return;
    throw nilFault;
  }
  const n = heap.arrayLength(array);
  if (to < from || from < 0 || from > n || to > n) throw boundsFault;
  const type = heap.arrayElement(array);
  const root = heap.word(array + 8);
  const q = heap.allocate(typeArray, 16);
  const { i32 } = heap;
  i32[q >> 2] = to - from;
  i32[(q + 4) >> 2] = type;
  i32[(q + 8) >> 2] = root !== 0 ? heap.retain(root) : array;
  i32[(q + 12) >> 2] = heap.arrayData(array) + from * (sizes[type] ?? 0);
  i32[d >> 2] = q;
  // A slice of a slice lets go of it; a first slice keeps the array, whose reference has moved.
  if (root !== 0) heap.release(array);
}

/** slicela: copies all elements of `from` to index `at` of `to`. The bytes copied. */
function copyArray(heap: Heap, from: number, at: number, to: number): number {
  if (from === 0) return 0;
  if (to === 0) throw nilFault;
  const n = heap.arrayLength(from);
  if (at < 0 || at + n > heap.arrayLength(to)) throw boundsFault;
  const type = heap.arrayElement(to);
  const size = sizes[type] ?? 0;
  const source = heap.arrayData(from);
  const target = heap.arrayData(to) + at * size;
  const pointers = pointerLists[type];
  if (pointers !== undefined && pointers.length > 0 && size > 0) {
    const most = Math.min(n, Math.floor(heap.u8.length / size));
    for (let i = 0; i < most; i++) heap.retainAll(source + i * size, type);
    // The old references go last: they may hold the source.
    const old: number[] = [];
    for (let i = 0; i < most; i++) {
      for (const offset of pointers) old.push(heap.word(target + i * size + offset));
    }
    heap.u8.copyWithin(target, source, source + most * size);
    for (const q of old) heap.release(q);
  } else heap.u8.copyWithin(target, source, source + n * size);
  return n * size;
}

function setCharacter(heap: Heap, at: number, index: number, c: number): void {
  const q = setChar(heap, heap.word(at), index, c);
  heap.i32[at >> 2] = q;
}
