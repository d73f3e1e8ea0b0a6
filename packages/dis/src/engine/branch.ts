/** Where control goes: comparisons of branches, and tables of case instructions. */

import { opcodeFault } from '../errors.ts';
import type { Heap } from '../heap/heap.ts';
import { compareStrings } from '../heap/strings.ts';
import * as big from './big.ts';
import { real } from './compute.ts';

/** Whether the branch `op` on the operands at `s` and `m` is taken. */
export function taken(heap: Heap, op: number, s: number, m: number): boolean {
  const { i32, u8 } = heap;
  switch (op) {
    case 87: // beqb
      return u8[s]! === u8[m]!;
    case 88: // bneb
      return u8[s]! !== u8[m]!;
    case 89: // bltb
      return u8[s]! < u8[m]!;
    case 90: // bleb
      return u8[s]! <= u8[m]!;
    case 91: // bgtb
      return u8[s]! > u8[m]!;
    case 92: // bgeb
      return u8[s]! >= u8[m]!;
    case 93: // beqw
      return i32[s >> 2]! === i32[m >> 2]!;
    case 94: // bnew
      return i32[s >> 2]! !== i32[m >> 2]!;
    case 95: // bltw
      return i32[s >> 2]! < i32[m >> 2]!;
    case 96: // blew
      return i32[s >> 2]! <= i32[m >> 2]!;
    case 97: // bgtw
      return i32[s >> 2]! > i32[m >> 2]!;
    case 98: // bgew
      return i32[s >> 2]! >= i32[m >> 2]!;
    case 99: // beqf
      return real(heap, s) === real(heap, m);
    case 100: // bnef
      return real(heap, s) !== real(heap, m);
    case 101: // bltf
      return real(heap, s) < real(heap, m);
    case 102: // blef
      return real(heap, s) <= real(heap, m);
    case 103: // bgtf
      return real(heap, s) > real(heap, m);
    case 104: // bgef
      return real(heap, s) >= real(heap, m);
    case 134: // beql
      return big.compare(i32, s >> 2, m >> 2) === 0;
    case 129: // bnel
      return big.compare(i32, s >> 2, m >> 2) !== 0;
    case 130: // bltl
      return big.compare(i32, s >> 2, m >> 2) < 0;
    case 131: // blel
      return big.compare(i32, s >> 2, m >> 2) <= 0;
    case 132: // bgtl
      return big.compare(i32, s >> 2, m >> 2) > 0;
    case 133: // bgel
      return big.compare(i32, s >> 2, m >> 2) >= 0;
    case 105: // beqc
      return compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) === 0;
    case 106: // bnec
      return compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) !== 0;
    case 107: // bltc
      return compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) < 0;
    case 108: // blec
      return compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) <= 0;
    case 109: // bgtc
      return compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) > 0;
    case 110: // bgec
      return compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) >= 0;
    default:
      throw opcodeFault;
  }
}

/** The instruction number that a case table at word `table` has for `v`: count, entries of low, high, pc, then the default. */
export function caseWord(i32: Int32Array, v: number, table: number): number {
  let t = table + 1;
  let n = i32[table]!;
  const otherwise = i32[t + n * 3]!;
  while (n > 0) {
    const half = n >> 1;
    const entry = t + half * 3;
    if (v < i32[entry]!) n = half;
    else if (v >= i32[entry + 1]!) {
      t = entry + 3;
      n -= half + 1;
    } else return i32[entry + 2]!;
  }
  return otherwise;
}

/** As caseWord, with bounds of 64 bits: entries of six words from the third word on. */
export function caseBig(i32: Int32Array, v: number, table: number): number {
  let t = table + 2;
  let n = i32[table]!;
  const otherwise = i32[t + n * 6]!;
  while (n > 0) {
    const half = n >> 1;
    const entry = t + half * 6;
    if (big.compare(i32, v, entry) < 0) n = half;
    else if (big.compare(i32, v, entry + 2) >= 0) {
      t = entry + 6;
      n -= half + 1;
    } else return i32[entry + 4]!;
  }
  return otherwise;
}

/** Entries of a string, or of a first and a last string, which is included. */
export function caseString(heap: Heap, v: number, table: number): number {
  const { i32 } = heap;
  let t = table + 1;
  let n = i32[table]!;
  const otherwise = i32[t + n * 3]!;
  while (n > 0) {
    const half = n >> 1;
    const entry = t + half * 3;
    const r = compareStrings(heap, v, i32[entry]!);
    if (r === 0) return i32[entry + 2]!;
    if (r < 0) n = half;
    else {
      const high = i32[entry + 1]!;
      if (high !== 0 && compareStrings(heap, v, high) <= 0) return i32[entry + 2]!;
      t = entry + 3;
      n -= half + 1;
    }
  }
  return otherwise;
}
