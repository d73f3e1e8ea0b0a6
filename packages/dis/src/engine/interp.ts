/**
 * The interpreter's loop. Registers are locals, decoded instructions are four words in an Int32Array, and nothing is
 * allocated on the way but what the program asks for.
 *
 * The switch has the forms of forms.ts: opcodes together with the address modes that are common for them. All others go
 * to general.ts. What is here is compiled as one function, and again whenever it meets something new: so it has only what
 * is frequent, and train.ts shows it everything before it matters. Case labels are numbers because V8 makes a jump table
 * only of literals; suite.ts holds them against the tables.
 *
 * Within a case `pc` is past the instruction, whose words are at pc - 4 to pc - 1; `continue` goes on there, `break`
 * transfers control to where the last word says. Transfers are what is counted: straight runs are as short as the code is
 * long.
 */

import { boundsFault, nilFault, opcodeFault } from '../errors.ts';
import { charAt } from '../heap/strings.ts';
import { pointerLists, sizes, typeList, typePointer } from '../heap/types.ts';
import type { Machine } from '../vm/machine.ts';
import type { Process } from '../vm/process.ts';
import { popChunk, pushFrame } from '../vm/stack.ts';
import { multiply, shiftLeft } from './big.ts';
import { Ended, type Engine, Faulted, Ran } from './engine.ts';
import { Jumped, Next, perform } from './general.ts';
import { train } from './train.ts';

/** Turns before it is worth training for a program: V8 takes note of what the interpreter has seen soon after. */
const trainAfter = 8;
let turns = 0;

export class Interpreter implements Engine {
  readonly name = 'interp';

  run(machine: Machine, p: Process, quantum: number): 0 | 1 | 2 | 3 {
    const status = interpret(machine, p, quantum);
    // Only branches are counted: one for about four instructions.
    machine.instructions += quantum - (p.left << 2);
    // A turn that was used up counts for many: few of the programs that do no more than say hello have one.
    if (turns < trainAfter && (turns += status === Ran ? trainAfter : 1) >= trainAfter) train(this);
    return status;
  }
}

/** Gives the registers back to the process. */
function leave<Status>(p: Process, status: Status, pc: number, fw: number, left: number): Status {
  p.pc = pc >> 2;
  p.fp = fw << 2;
  p.left = left;
  return status;
}

function interpret(machine: Machine, p: Process, quantum: number): 0 | 1 | 2 | 3 {
  const heap = machine.heap;
  let { i32, u8, f64 } = heap;
  let code = p.code!.words;
  /** Frame and module data, in words. */
  let fw = p.fp >> 2;
  let mw = p.mp >> 2;
  let pc = p.pc << 2;
  let left = quantum >> 2;
  try {
    turn: for (;;) {
      const w = code[pc]!;
      // Integers, whatever a program has done to its memory: V8 keeps them in registers as such.
      pc = (pc + 4) | 0;
      switch (w & 0xff) {
        case 1: // movw i f
          i32[fw + (w >>> 24)] = code[pc - 3]!;
          continue;
        case 2: // movw f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 3: // movw m f
          i32[fw + (w >>> 24)] = i32[mw + code[pc - 3]!]!;
          continue;
        case 4: // movw f m
          i32[mw + code[pc - 1]!] = i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 5: // movw i m
          i32[mw + code[pc - 1]!] = code[pc - 3]!;
          continue;
        case 6: {
          // movw x f
          const s = code[pc - 3]!;
          const q = i32[fw + (s >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[fw + (w >>> 24)] = i32[(q + (s & 0xffff)) >> 2]!;
          continue;
        }
        case 7: {
          // movw f x
          const d = code[pc - 1]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[(q + (d & 0xffff)) >> 2] = i32[fw + ((w >>> 8) & 255)]!;
          continue;
        }
        case 8: {
          // movw i x
          const d = code[pc - 1]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[(q + (d & 0xffff)) >> 2] = code[pc - 3]!;
          continue;
        }
        case 9: {
          // movp f f
          const q = i32[fw + ((w >>> 8) & 255)]!;
          const d = fw + (w >>> 24);
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) {
            const n = i32[(old - 8) >> 2]!;
            if (n > 1) i32[(old - 8) >> 2] = n - 1;
            else heap.destroy(old);
          }
          continue;
        }
        case 10: {
          // movp m f
          const q = i32[mw + code[pc - 3]!]!;
          const d = fw + (w >>> 24);
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) {
            const n = i32[(old - 8) >> 2]!;
            if (n > 1) i32[(old - 8) >> 2] = n - 1;
            else heap.destroy(old);
          }
          continue;
        }
        case 11: {
          // movp f m
          const q = i32[fw + ((w >>> 8) & 255)]!;
          const d = mw + code[pc - 1]!;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 12: {
          // movp x f
          const s = code[pc - 3]!;
          const r = i32[fw + (s >>> 18)]!;
          if (r === 0) throw nilFault;
          const q = i32[(r + (s & 0xffff)) >> 2]!;
          const d = fw + (w >>> 24);
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 13: {
          // movp f x
          const q = i32[fw + ((w >>> 8) & 255)]!;
          const x = code[pc - 1]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0) throw nilFault;
          const d = (r + (x & 0xffff)) >> 2;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 14: // lea f f
          i32[fw + (w >>> 24)] = (fw << 2) + code[pc - 3]!;
          continue;
        case 15: // lea m f
          i32[fw + (w >>> 24)] = (mw << 2) + code[pc - 3]!;
          continue;
        case 16: // jmp i
          break;
        case 17: {
          // call f i
          const f = i32[fw + ((w >>> 8) & 255)]!;
          i32[f >> 2] = pc >> 2;
          i32[(f + 4) >> 2] = fw << 2;
          fw = f >> 2;
          break;
        }
        case 18: {
          // frame i f
          const type = code[pc - 3]!;
          let f = p.sp;
          const end = f + code[pc - 2]!;
          if (end > p.top) {
            f = pushFrame(heap, p, type);
            ({ i32, u8, f64 } = heap);
          } else {
            p.sp = end;
            i32[(f + 8) >> 2] = 0;
            i32[(f + 12) >> 2] = type;
            const pointers = pointerLists[type]!;
            for (let i = 0; i < pointers.length; i++) i32[(f + pointers[i]!) >> 2] = 0;
          }
          i32[fw + (w >>> 24)] = f;
          continue;
        }
        case 19: {
          // ret
          const caller = i32[fw + 1]!;
          if (caller === 0) return leave(p, Ended, pc - 4, fw, left);
          const pointers = pointerLists[i32[fw + 3]!];
          if (pointers === undefined) throw opcodeFault;
          for (let i = 0; i < pointers.length; i++) {
            const at = fw + (pointers[i]! >> 2);
            const old = i32[at]!;
            if (old === 0) continue;
            i32[at] = 0;
            const n = i32[(old - 8) >> 2]!;
            if (n > 1) i32[(old - 8) >> 2] = n - 1;
            else heap.destroy(old);
          }
          pc = i32[fw]! << 2;
          const module = i32[fw + 2]!;
          if (fw << 2 === p.base) popChunk(heap, p);
          else p.sp = fw << 2;
          fw = caller >> 2;
          if (module !== 0) {
            machine.enter(p, module);
            if (p.code === undefined) throw opcodeFault;
            code = p.code.words;
            mw = p.mp >> 2;
          }
          if (--left > 0) continue;
          break turn;
        }
        case 20: // addw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! + i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 21: // addw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! + code[pc - 3]!;
          continue;
        case 81: // addw i m m
          i32[mw + code[pc - 1]!] = i32[mw + code[pc - 2]!]! + code[pc - 3]!;
          continue;
        case 22: // subw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! - i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 23: // subw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! - code[pc - 3]!;
          continue;
        case 24: // mulw f f f
          i32[fw + (w >>> 24)] = Math.imul(i32[fw + ((w >>> 16) & 255)]!, i32[fw + ((w >>> 8) & 255)]!);
          continue;
        case 25: // mulw i f f
          i32[fw + (w >>> 24)] = Math.imul(i32[fw + ((w >>> 16) & 255)]!, code[pc - 3]!);
          continue;
        case 26: // andw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! & i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 27: // andw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! & code[pc - 3]!;
          continue;
        case 28: // orw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! | i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 29: // orw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! | code[pc - 3]!;
          continue;
        case 30: // xorw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! ^ i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 31: // shlw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! << i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 32: // shlw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! << code[pc - 3]!;
          continue;
        case 33: // shrw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! >> i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 34: // shrw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! >> code[pc - 3]!;
          continue;
        case 35: // beqw f f
          if (i32[fw + ((w >>> 8) & 255)]! === i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 36: // beqw i f
          if (code[pc - 3]! === i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 37: // beqw f i
          if (i32[fw + ((w >>> 8) & 255)]! === code[pc - 2]!) break;
          continue;
        case 38: // bnew f f
          if (i32[fw + ((w >>> 8) & 255)]! !== i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 39: // bnew i f
          if (code[pc - 3]! !== i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 40: // bnew f i
          if (i32[fw + ((w >>> 8) & 255)]! !== code[pc - 2]!) break;
          continue;
        case 41: // bltw f f
          if (i32[fw + ((w >>> 8) & 255)]! < i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 42: // bltw i f
          if (code[pc - 3]! < i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 43: // bltw f i
          if (i32[fw + ((w >>> 8) & 255)]! < code[pc - 2]!) break;
          continue;
        case 44: // blew f f
          if (i32[fw + ((w >>> 8) & 255)]! <= i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 45: // blew i f
          if (code[pc - 3]! <= i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 46: // blew f i
          if (i32[fw + ((w >>> 8) & 255)]! <= code[pc - 2]!) break;
          continue;
        case 47: // bgtw f f
          if (i32[fw + ((w >>> 8) & 255)]! > i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 48: // bgtw i f
          if (code[pc - 3]! > i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 49: // bgtw f i
          if (i32[fw + ((w >>> 8) & 255)]! > code[pc - 2]!) break;
          continue;
        case 50: // bgew f f
          if (i32[fw + ((w >>> 8) & 255)]! >= i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 51: // bgew i f
          if (code[pc - 3]! >= i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 52: // bgew f i
          if (i32[fw + ((w >>> 8) & 255)]! >= code[pc - 2]!) break;
          continue;
        case 87: // beqw m f
          if (i32[mw + code[pc - 3]!]! === i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 88: // bnew m f
          if (i32[mw + code[pc - 3]!]! !== i32[fw + ((w >>> 16) & 255)]!) break;
          continue;
        case 89: // beqw i m
          if (code[pc - 3]! === i32[mw + code[pc - 2]!]!) break;
          continue;
        case 53: {
          // indw f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 2);
          continue;
        }
        case 54: {
          // indw m f f
          const a = i32[mw + code[pc - 3]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 2);
          continue;
        }
        case 55: {
          // indb f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + i;
          continue;
        }
        case 56: {
          // indb m f f
          const a = i32[mw + code[pc - 3]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + i;
          continue;
        }
        case 59: {
          // indl f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 3);
          continue;
        }
        case 60: {
          // indl m f f
          const a = i32[mw + code[pc - 3]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 3);
          continue;
        }
        case 57: {
          // indx f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + Math.imul(i, sizes[i32[(a + 4) >> 2]!]!);
          continue;
        }
        case 58: {
          // indx m f f
          const a = i32[mw + code[pc - 3]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + Math.imul(i, sizes[i32[(a + 4) >> 2]!]!);
          continue;
        }
        case 61: {
          // movb x f
          const s = code[pc - 3]!;
          const q = i32[fw + (s >>> 18)]!;
          if (q === 0) throw nilFault;
          u8[(fw << 2) + code[pc - 1]!] = u8[q + (s & 0xffff)]!;
          continue;
        }
        case 62: {
          // movb f x
          const d = code[pc - 1]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          u8[q + (d & 0xffff)] = u8[(fw << 2) + code[pc - 3]!]!;
          continue;
        }
        case 63: {
          // cvtbw x f
          const s = code[pc - 3]!;
          const q = i32[fw + (s >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[fw + (w >>> 24)] = u8[q + (s & 0xffff)]!;
          continue;
        }
        case 64: // cvtbw f f
          i32[fw + (w >>> 24)] = u8[(fw << 2) + code[pc - 3]!]!;
          continue;
        case 65: {
          // cvtwb f x
          const d = code[pc - 1]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          u8[q + (d & 0xffff)] = i32[fw + ((w >>> 8) & 255)]!;
          continue;
        }
        case 66: // cvtwb f f
          u8[(fw << 2) + code[pc - 1]!] = i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 67: {
          // movl f f
          const s = fw + ((w >>> 8) & 255);
          const d = fw + (w >>> 24);
          const high = i32[s + 1]!;
          i32[d] = i32[s]!;
          i32[d + 1] = high;
          continue;
        }
        case 68: {
          // movl x f
          const x = code[pc - 3]!;
          const q = i32[fw + (x >>> 18)]!;
          if (q === 0) throw nilFault;
          const s = (q + (x & 0xffff)) >> 2;
          const d = fw + (w >>> 24);
          const high = i32[s + 1]!;
          i32[d] = i32[s]!;
          i32[d + 1] = high;
          continue;
        }
        case 69: {
          // movl f x
          const x = code[pc - 1]!;
          const q = i32[fw + (x >>> 18)]!;
          if (q === 0) throw nilFault;
          const d = (q + (x & 0xffff)) >> 2;
          const s = fw + ((w >>> 8) & 255);
          const high = i32[s + 1]!;
          i32[d] = i32[s]!;
          i32[d + 1] = high;
          continue;
        }
        case 70: // addf f f f
          f64[(fw >> 1) + (w >>> 24)] =
            f64[(fw >> 1) + ((w >>> 16) & 255)]! + f64[(fw >> 1) + ((w >>> 8) & 255)]!;
          continue;
        case 71: // subf f f f
          f64[(fw >> 1) + (w >>> 24)] =
            f64[(fw >> 1) + ((w >>> 16) & 255)]! - f64[(fw >> 1) + ((w >>> 8) & 255)]!;
          continue;
        case 72: // mulf f f f
          f64[(fw >> 1) + (w >>> 24)] =
            f64[(fw >> 1) + ((w >>> 16) & 255)]! * f64[(fw >> 1) + ((w >>> 8) & 255)]!;
          continue;
        case 73: // divf f f f
          f64[(fw >> 1) + (w >>> 24)] =
            f64[(fw >> 1) + ((w >>> 16) & 255)]! / f64[(fw >> 1) + ((w >>> 8) & 255)]!;
          continue;
        case 74: {
          // addl f f f
          const s = fw + ((w >>> 8) & 255);
          const m = fw + ((w >>> 16) & 255);
          const d = fw + (w >>> 24);
          const low = (i32[m]! >>> 0) + (i32[s]! >>> 0);
          const high = i32[m + 1]! + i32[s + 1]! + (low > 4294967295 ? 1 : 0);
          i32[d] = low;
          i32[d + 1] = high;
          continue;
        }
        case 75: {
          // subl f f f
          const s = fw + ((w >>> 8) & 255);
          const m = fw + ((w >>> 16) & 255);
          const d = fw + (w >>> 24);
          const low = (i32[m]! >>> 0) - (i32[s]! >>> 0);
          const high = i32[m + 1]! - i32[s + 1]! - (low < 0 ? 1 : 0);
          i32[d] = low;
          i32[d + 1] = high;
          continue;
        }
        case 76: {
          // headp f f
          const l = i32[fw + ((w >>> 8) & 255)]!;
          if (l === 0) throw nilFault;
          const q = i32[(l + 8) >> 2]!;
          const d = fw + (w >>> 24);
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 77: {
          // headw f f
          const l = i32[fw + ((w >>> 8) & 255)]!;
          if (l === 0) throw nilFault;
          i32[fw + (w >>> 24)] = i32[(l + 8) >> 2]!;
          continue;
        }
        case 78: {
          // tail f f
          const l = i32[fw + ((w >>> 8) & 255)]!;
          if (l === 0) throw nilFault;
          const q = i32[l >> 2]!;
          const d = fw + (w >>> 24);
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 79: {
          // lena f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          i32[fw + (w >>> 24)] = a === 0 ? 0 : i32[a >> 2]!;
          continue;
        }
        case 80: {
          // lenc f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const n = a === 0 ? 0 : i32[a >> 2]!;
          i32[fw + (w >>> 24)] = n < 0 ? -n : n;
          continue;
        }
        case 82: {
          // lea f x
          const d = code[pc - 1]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[(q + (d & 0xffff)) >> 2] = (fw << 2) + code[pc - 3]!;
          continue;
        }
        case 83: {
          // movp m x
          const q = i32[mw + code[pc - 3]!]!;
          const x = code[pc - 1]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0) throw nilFault;
          const d = (r + (x & 0xffff)) >> 2;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 84: {
          // movp x x
          const y = code[pc - 3]!;
          const t = i32[fw + (y >>> 18)]!;
          const x = code[pc - 1]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0 || t === 0) throw nilFault;
          const q = i32[(t + (y & 0xffff)) >> 2]!;
          const d = (r + (x & 0xffff)) >> 2;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 85: {
          // movw x x
          const y = code[pc - 3]!;
          const t = i32[fw + (y >>> 18)]!;
          const x = code[pc - 1]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0 || t === 0) throw nilFault;
          i32[(r + (x & 0xffff)) >> 2] = i32[(t + (y & 0xffff)) >> 2]!;
          continue;
        }
        case 86: {
          // movw m x
          const x = code[pc - 1]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0) throw nilFault;
          i32[(r + (x & 0xffff)) >> 2] = i32[mw + code[pc - 3]!]!;
          continue;
        }
        case 90: {
          // indb f f i
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = code[pc - 1]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + i;
          continue;
        }
        case 91: {
          // indw f f i
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = code[pc - 1]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 2);
          continue;
        }
        case 92: // indc f f f
          i32[fw + (w >>> 24)] = charAt(heap, i32[fw + ((w >>> 8) & 255)]!, i32[fw + ((w >>> 16) & 255)]!);
          continue;
        case 93: {
          // consp f f
          const l = heap.allocate(typeList, 12, true);
          ({ i32, u8, f64 } = heap);
          const q = i32[fw + ((w >>> 8) & 255)]!;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const d = fw + (w >>> 24);
          i32[l >> 2] = i32[d]!;
          i32[(l + 4) >> 2] = typePointer;
          i32[(l + 8) >> 2] = q;
          i32[d] = l;
          continue;
        }
        case 94: {
          // new i f
          const q = heap.newObject(code[pc - 3]!);
          ({ i32, u8, f64 } = heap);
          const d = fw + (w >>> 24);
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          continue;
        }
        case 95: // mull f f f
          multiply(i32, fw + ((w >>> 16) & 255), fw + ((w >>> 8) & 255), fw + (w >>> 24));
          continue;
        case 96: {
          // andl f f f
          const s = fw + ((w >>> 8) & 255);
          const m = fw + ((w >>> 16) & 255);
          const d = fw + (w >>> 24);
          const high = i32[m + 1]! & i32[s + 1]!;
          i32[d] = i32[m]! & i32[s]!;
          i32[d + 1] = high;
          continue;
        }
        case 97: // shll i f f
          shiftLeft(i32, fw + ((w >>> 16) & 255), code[pc - 3]!, fw + (w >>> 24));
          continue;
        case 98: // cvtlw f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 8) & 255)]!;
          continue;
        case 99: {
          // cvtwl f f
          const n = i32[fw + ((w >>> 8) & 255)]!;
          const d = fw + (w >>> 24);
          i32[d] = n;
          i32[d + 1] = n >> 31;
          continue;
        }
        default: {
          // A number of no form, or past the code.
          if ((w & 0xff) !== 0 || w === undefined) throw opcodeFault;
          leave(p, Ran, pc, fw, left);
          const outcome = perform(machine, p, code, pc - 4, w);
          if (outcome === Next) continue;
          if (outcome === Jumped) {
            pc = p.pc << 2;
            if (--left > 0) continue;
            break turn;
          }
          if (outcome !== Ran || p.left <= 0) return outcome;
          code = p.code!.words;
          fw = p.fp >> 2;
          mw = p.mp >> 2;
          pc = p.pc << 2;
          left = p.left;
          ({ i32, u8, f64 } = heap);
          continue;
        }
      }
      pc = code[pc - 1]! | 0;
      if (--left <= 0) break;
    }
    return leave(p, Ran, pc, fw, left);
  } catch (error) {
    p.fault = error;
    return leave(p, Faulted, pc - 4, fw, left);
  }
}
