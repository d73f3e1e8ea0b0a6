/** Instructions on numbers: bytes, words, bigs, reals and fixed point, and conversions between them. */

import { opcodeFault, zeroDivideFault } from '../errors.ts';
import type { Heap } from '../heap/heap.ts';
import * as big from './big.ts';
import { realPower, realToWord, wordPower } from './convert.ts';
import * as fixed from './fixed.ts';

/** Executes opcode `op`, whose operands are at the addresses `s`, `m` and `d`; `fp` has the parameters of fixed point. */
export function compute(heap: Heap, op: number, s: number, m: number, d: number, fp: number): void {
  const { i32, u8 } = heap;
  switch (op) {
    case 0: // nop
    case 7: // runt
    case 155: // eclr
      return;
    case 117: // negf
      put(heap, d, -real(heap, s));
      return;
    case 146: // movpc
      i32[d >> 2] = i32[s >> 2]!;
      return;
    case 39: // lea
      i32[d >> 2] = s;
      return;
    case 44: // movb
      u8[d] = u8[s]!;
      return;
    case 45: // movw
      i32[d >> 2] = i32[s >> 2]!;
      return;
    case 46: // movf
    case 118: {
      // movl
      if (s === 32) i32[9] = i32[8]! >> 31;
      const high = i32[(s >> 2) + 1]!;
      i32[d >> 2] = i32[s >> 2]!;
      i32[(d >> 2) + 1] = high;
      return;
    }
    case 47: // cvtbw
      i32[d >> 2] = u8[s]!;
      return;
    case 48: // cvtwb
      u8[d] = i32[s >> 2]!;
      return;
    case 149: // cvtrf
      put(heap, d, heap.f32(s));
      return;
    case 150: // cvtfr
      heap.setF32(d, real(heap, s));
      return;
    case 151: // cvtws
      u8[d] = i32[s >> 2]!;
      u8[d + 1] = i32[s >> 2]! >> 8;
      return;
    case 152: // cvtsw
      i32[d >> 2] = ((u8[s]! | (u8[s + 1]! << 8)) << 16) >> 16;
      return;
    case 50: // cvtwf
      put(heap, d, i32[s >> 2]!);
      return;
    case 49: // cvtfw
      i32[d >> 2] = realToWord(real(heap, s));
      return;
    case 138: {
      // cvtwl
      const n = i32[s >> 2]!;
      i32[d >> 2] = n;
      i32[(d >> 2) + 1] = n >> 31;
      return;
    }
    case 137: // cvtlw
      i32[d >> 2] = i32[s >> 2]!;
      return;
    case 135: // cvtlf
      put(heap, d, big.toNumber(i32, s >> 2));
      return;
    case 136: {
      // cvtfl
      const x = real(heap, s);
      big.fromNumber(i32, d >> 2, Math.trunc(x < 0 ? x - 0.5 : x + 0.5));
      return;
    }
    case 57: // addb
      u8[d] = u8[m]! + u8[s]!;
      return;
    case 60: // subb
      u8[d] = u8[m]! - u8[s]!;
      return;
    case 63: // mulb
      u8[d] = u8[m]! * u8[s]!;
      return;
    case 66: // divb
      if (!u8[s]) throw zeroDivideFault;
      u8[d] = u8[m]! / u8[s]!;
      return;
    case 70: // modb
      if (!u8[s]) throw zeroDivideFault;
      u8[d] = u8[m]! % u8[s]!;
      return;
    case 71: // andb
      u8[d] = u8[m]! & u8[s]!;
      return;
    case 73: // orb
      u8[d] = u8[m]! | u8[s]!;
      return;
    case 75: // xorb
      u8[d] = u8[m]! ^ u8[s]!;
      return;
    case 77: // shlb
      u8[d] = u8[m]! << i32[s >> 2]!;
      return;
    case 79: // shrb
      u8[d] = u8[m]! >> i32[s >> 2]!;
      return;
    case 58: // addw
      i32[d >> 2] = i32[m >> 2]! + i32[s >> 2]!;
      return;
    case 61: // subw
      i32[d >> 2] = i32[m >> 2]! - i32[s >> 2]!;
      return;
    case 64: // mulw
      i32[d >> 2] = Math.imul(i32[m >> 2]!, i32[s >> 2]!);
      return;
    case 67: {
      // divw
      const by = i32[s >> 2];
      if (!by) throw zeroDivideFault;
      i32[d >> 2] = (i32[m >> 2]! / by) | 0;
      return;
    }
    case 69: {
      // modw
      const by = i32[s >> 2];
      if (!by) throw zeroDivideFault;
      i32[d >> 2] = i32[m >> 2]! % by;
      return;
    }
    case 72: // andw
      i32[d >> 2] = i32[m >> 2]! & i32[s >> 2]!;
      return;
    case 74: // orw
      i32[d >> 2] = i32[m >> 2]! | i32[s >> 2]!;
      return;
    case 76: // xorw
      i32[d >> 2] = i32[m >> 2]! ^ i32[s >> 2]!;
      return;
    case 78: // shlw
      i32[d >> 2] = i32[m >> 2]! << i32[s >> 2]!;
      return;
    case 80: // shrw
      i32[d >> 2] = i32[m >> 2]! >> i32[s >> 2]!;
      return;
    case 153: // lsrw
      i32[d >> 2] = i32[m >> 2]! >>> i32[s >> 2]!;
      return;
    case 59: // addf
      put(heap, d, real(heap, m) + real(heap, s));
      return;
    case 62: // subf
      put(heap, d, real(heap, m) - real(heap, s));
      return;
    case 65: // mulf
      put(heap, d, real(heap, m) * real(heap, s));
      return;
    case 68: // divf
      put(heap, d, real(heap, m) / real(heap, s));
      return;
    case 119: {
      // addl
      const low = (i32[m >> 2]! >>> 0) + (i32[s >> 2]! >>> 0);
      const high = i32[(m >> 2) + 1]! + i32[(s >> 2) + 1]! + (low > 4294967295 ? 1 : 0);
      i32[d >> 2] = low;
      i32[(d >> 2) + 1] = high;
      return;
    }
    case 120: {
      // subl
      const low = (i32[m >> 2]! >>> 0) - (i32[s >> 2]! >>> 0);
      const high = i32[(m >> 2) + 1]! - i32[(s >> 2) + 1]! - (low < 0 ? 1 : 0);
      i32[d >> 2] = low;
      i32[(d >> 2) + 1] = high;
      return;
    }
    case 123: // mull
      big.multiply(i32, m >> 2, s >> 2, d >> 2);
      return;
    case 121: // divl
      if (!i32[s >> 2] && !i32[(s >> 2) + 1]) throw zeroDivideFault;
      big.divide(i32, m >> 2, s >> 2, d >> 2);
      return;
    case 122: // modl
      if (!i32[s >> 2] && !i32[(s >> 2) + 1]) throw zeroDivideFault;
      big.remainder(i32, m >> 2, s >> 2, d >> 2);
      return;
    case 124: {
      // andl
      const high = i32[(m >> 2) + 1]! & i32[(s >> 2) + 1]!;
      i32[d >> 2] = i32[m >> 2]! & i32[s >> 2]!;
      i32[(d >> 2) + 1] = high;
      return;
    }
    case 125: {
      // orl
      const high = i32[(m >> 2) + 1]! | i32[(s >> 2) + 1]!;
      i32[d >> 2] = i32[m >> 2]! | i32[s >> 2]!;
      i32[(d >> 2) + 1] = high;
      return;
    }
    case 126: {
      // xorl
      const high = i32[(m >> 2) + 1]! ^ i32[(s >> 2) + 1]!;
      i32[d >> 2] = i32[m >> 2]! ^ i32[s >> 2]!;
      i32[(d >> 2) + 1] = high;
      return;
    }
    case 127: // shll
      big.shiftLeft(i32, m >> 2, i32[s >> 2]!, d >> 2);
      return;
    case 128: // shrl
      big.shiftRight(i32, m >> 2, i32[s >> 2]!, d >> 2, false);
      return;
    case 154: // lsrl
      big.shiftRight(i32, m >> 2, i32[s >> 2]!, d >> 2, true);
      return;
    case 160: // mulx
      i32[d >> 2] = fixed.mulx(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!);
      return;
    case 161: // divx
      if (!i32[s >> 2]) throw zeroDivideFault;
      i32[d >> 2] = fixed.divx(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!);
      return;
    case 162: // cvtxx
      i32[d >> 2] = fixed.cvtxx(i32[s >> 2]!, i32[m >> 2]!);
      return;
    case 163: // mulx0
    case 166: {
      // mulx1
      const a = i32[(fp + 20) >> 2]!;
      if (a === 0) throw zeroDivideFault;
      const f = op === 163 /* mulx0 */ ? fixed.mulx0 : fixed.mulx1;
      i32[d >> 2] = f(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!, a);
      return;
    }
    case 164: // divx0
    case 167: {
      // divx1
      if (!i32[s >> 2]) throw zeroDivideFault;
      const f = op === 164 /* divx0 */ ? fixed.divx0 : fixed.divx1;
      i32[d >> 2] = f(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!, i32[(fp + 20) >> 2]!);
      return;
    }
    case 165: // cvtxx0
    case 168: {
      // cvtxx1
      const a = i32[(fp + 20) >> 2]!;
      if (a === 0) throw zeroDivideFault;
      const f = op === 165 /* cvtxx0 */ ? fixed.cvtxx0 : fixed.cvtxx1;
      i32[d >> 2] = f(i32[s >> 2]!, i32[m >> 2]!, a);
      return;
    }
    case 169: // cvtfx
      i32[d >> 2] = realToWord(real(heap, s) * real(heap, m));
      return;
    case 170: // cvtxf
      put(heap, d, i32[s >> 2]! * real(heap, m));
      return;
    case 171: {
      // expw
      const n = i32[s >> 2]!;
      if (n < 0 && i32[m >> 2] === 0) throw zeroDivideFault;
      i32[d >> 2] = wordPower(i32[m >> 2]!, n);
      return;
    }
    case 172: {
      // expl
      const n = i32[s >> 2]!;
      const x = heap.big(m);
      if (n < 0 && x === 0n) throw zeroDivideFault;
      heap.setBig(d, big.power(x, n));
      return;
    }
    case 173: // expf
      put(heap, d, realPower(real(heap, m), i32[s >> 2]!));
      return;
    default:
      throw opcodeFault;
  }
}

/** Reals lie at multiples of 8 in what compilers make; elsewhere they are slower. */
export function real(heap: Heap, at: number): number {
  return (at & 7) === 0 ? heap.f64[at >> 3]! : heap.real(at);
}

export function put(heap: Heap, at: number, value: number): void {
  if ((at & 7) === 0) heap.f64[at >> 3] = value;
  else heap.setReal(at, value);
}
