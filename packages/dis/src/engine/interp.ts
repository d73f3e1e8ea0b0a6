/**
 * The interpreter. One function runs a process for a quantum: registers are its locals, decoded instructions are four
 * words in an Int32Array, and nothing is allocated on the way but what the program asks for.
 *
 * The first switch has the forms of forms.ts: opcodes together with the address modes that are common for them. All
 * others come to `default`, which makes byte addresses of the three operands, immediates having a place in low memory,
 * and the second switch has every opcode once. Case labels are numbers because V8 makes a jump table only of literals;
 * interp.test.ts holds them against the tables.
 *
 * Instructions are counted where control is transferred: straight runs are as short as the code is long.
 */

import {
  boundsFault,
  DisError,
  eHeap,
  eNegativeSize,
  eType,
  moduleFault,
  nilFault,
  opcodeFault,
  zeroDivideFault,
} from '../errors.ts';
import type { Heap } from '../heap/heap.ts';
import { charAt, compareStrings, concat, setChar, slice, stringFromUtf8, utf8Of } from '../heap/strings.ts';
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
  typeString,
  typeWord,
} from '../heap/types.ts';
import { realText } from '../modules/decimal.ts';
import { entryOf, type Machine } from '../vm/machine.ts';
import type { Process } from '../vm/process.ts';
import { popChunk, pushFrame } from '../vm/stack.ts';
import * as big from './big.ts';
import { realPower, realToWord, stringToBig, stringToReal, stringToWord, wordPower } from './convert.ts';
import { Blocked, Ended, type Engine, Faulted, Ran } from './engine.ts';
import * as fixed from './fixed.ts';
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

const noBytes = new Uint8Array(0);

function interpret(machine: Machine, p: Process, quantum: number): 0 | 1 | 2 | 3 {
  const heap = machine.heap;
  let { i32, u8, f64 } = heap;
  let code = p.code!.words;
  let { fp, sp, top, base, mp } = p;
  /** Frame and module data in words. */
  let fw = fp >> 2;
  let mw = mp >> 2;
  let pc = p.pc << 2;
  let left = quantum >> 2;
  try {
    for (;;) {
      const w = code[pc]!;
      switch (w & 0xff) {
        case 1: // movw i f
          i32[fw + (w >>> 24)] = code[pc + 1]!;
          pc += 4;
          continue;
        case 2: // movw f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 3: // movw m f
          i32[fw + (w >>> 24)] = i32[mw + code[pc + 1]!]!;
          pc += 4;
          continue;
        case 4: // movw f m
          i32[mw + code[pc + 3]!] = i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 5: // movw i m
          i32[mw + code[pc + 3]!] = code[pc + 1]!;
          pc += 4;
          continue;
        case 6: {
          // movw x f
          const s = code[pc + 1]!;
          const q = i32[fw + (s >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[fw + (w >>> 24)] = i32[(q + (s & 0xffff)) >> 2]!;
          pc += 4;
          continue;
        }
        case 7: {
          // movw f x
          const d = code[pc + 3]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[(q + (d & 0xffff)) >> 2] = i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        }
        case 8: {
          // movw i x
          const d = code[pc + 3]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[(q + (d & 0xffff)) >> 2] = code[pc + 1]!;
          pc += 4;
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
          pc += 4;
          continue;
        }
        case 10: {
          // movp m f
          const q = i32[mw + code[pc + 1]!]!;
          const d = fw + (w >>> 24);
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) {
            const n = i32[(old - 8) >> 2]!;
            if (n > 1) i32[(old - 8) >> 2] = n - 1;
            else heap.destroy(old);
          }
          pc += 4;
          continue;
        }
        case 11: {
          // movp f m
          const q = i32[fw + ((w >>> 8) & 255)]!;
          const d = mw + code[pc + 3]!;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          pc += 4;
          continue;
        }
        case 12: {
          // movp x f
          const s = code[pc + 1]!;
          const r = i32[fw + (s >>> 18)]!;
          if (r === 0) throw nilFault;
          const q = i32[(r + (s & 0xffff)) >> 2]!;
          const d = fw + (w >>> 24);
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          pc += 4;
          continue;
        }
        case 13: {
          // movp f x
          const q = i32[fw + ((w >>> 8) & 255)]!;
          const x = code[pc + 3]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0) throw nilFault;
          const d = (r + (x & 0xffff)) >> 2;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          pc += 4;
          continue;
        }
        case 14: // lea f f
          i32[fw + (w >>> 24)] = fp + code[pc + 1]!;
          pc += 4;
          continue;
        case 15: // lea m f
          i32[fw + (w >>> 24)] = mp + code[pc + 1]!;
          pc += 4;
          continue;
        case 16: // jmp i
          pc = code[pc + 3]!;
          if (--left > 0) continue;
          break;
        case 17: {
          // call f i
          const f = i32[fw + ((w >>> 8) & 255)]!;
          i32[f >> 2] = (pc >> 2) + 1;
          i32[(f + 4) >> 2] = fp;
          fp = f;
          fw = f >> 2;
          pc = code[pc + 3]!;
          if (--left > 0) continue;
          break;
        }
        case 18: {
          // frame i f
          const type = code[pc + 1]!;
          const end = sp + code[pc + 2]!;
          let f = sp;
          if (end > top) {
            p.sp = sp;
            f = pushFrame(heap, p, type);
            ({ sp, top, base } = p);
            ({ i32, u8, f64 } = heap);
          } else {
            sp = end;
            const w = f >> 2;
            i32[w + 2] = 0;
            i32[w + 3] = type;
            const pointers = pointerLists[type]!;
            for (let i = 0; i < pointers.length; i++) i32[(f + pointers[i]!) >> 2] = 0;
          }
          i32[fw + (w >>> 24)] = f;
          pc += 4;
          continue;
        }
        case 19: {
          // ret
          const caller = i32[fw + 1]!;
          if (caller === 0) {
            p.pc = pc >> 2;
            p.left = left;
            p.fp = fp;
            p.sp = sp;
            return Ended;
          }
          const pointers = pointerLists[i32[fw + 3]!];
          if (pointers === undefined) throw opcodeFault;
          for (let i = 0; i < pointers.length; i++) {
            const old = i32[(fp + pointers[i]!) >> 2]!;
            if (old === 0) continue;
            i32[(fp + pointers[i]!) >> 2] = 0;
            const n = i32[(old - 8) >> 2]!;
            if (n > 1) i32[(old - 8) >> 2] = n - 1;
            else heap.destroy(old);
          }
          pc = i32[fw]! << 2;
          const module = i32[fw + 2]!;
          if (fp === base) {
            popChunk(heap, p);
            ({ sp, top, base } = p);
          } else sp = fp;
          fp = caller;
          fw = fp >> 2;
          if (module !== 0) {
            machine.enter(p, module);
            if (p.code === undefined) throw opcodeFault;
            code = p.code.words;
            mp = p.mp;
            mw = mp >> 2;
          }
          if (--left > 0) continue;
          break;
        }
        case 20: // addw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! + i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 21: // addw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! + code[pc + 1]!;
          pc += 4;
          continue;
        case 81: // addw i m m
          i32[mw + code[pc + 3]!] = i32[mw + code[pc + 2]!]! + code[pc + 1]!;
          pc += 4;
          continue;
        case 22: // subw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! - i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 23: // subw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! - code[pc + 1]!;
          pc += 4;
          continue;
        case 24: // mulw f f f
          i32[fw + (w >>> 24)] = Math.imul(i32[fw + ((w >>> 16) & 255)]!, i32[fw + ((w >>> 8) & 255)]!);
          pc += 4;
          continue;
        case 25: // mulw i f f
          i32[fw + (w >>> 24)] = Math.imul(i32[fw + ((w >>> 16) & 255)]!, code[pc + 1]!);
          pc += 4;
          continue;
        case 26: // andw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! & i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 27: // andw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! & code[pc + 1]!;
          pc += 4;
          continue;
        case 28: // orw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! | i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 29: // orw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! | code[pc + 1]!;
          pc += 4;
          continue;
        case 30: // xorw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! ^ i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 31: // shlw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! << i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 32: // shlw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! << code[pc + 1]!;
          pc += 4;
          continue;
        case 33: // shrw f f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! >> i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 34: // shrw i f f
          i32[fw + (w >>> 24)] = i32[fw + ((w >>> 16) & 255)]! >> code[pc + 1]!;
          pc += 4;
          continue;
        case 35: // beqw f f
          if (i32[fw + ((w >>> 8) & 255)]! === i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 36: // beqw i f
          if (code[pc + 1]! === i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 37: // beqw f i
          if (i32[fw + ((w >>> 8) & 255)]! === code[pc + 2]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 38: // bnew f f
          if (i32[fw + ((w >>> 8) & 255)]! !== i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 39: // bnew i f
          if (code[pc + 1]! !== i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 40: // bnew f i
          if (i32[fw + ((w >>> 8) & 255)]! !== code[pc + 2]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 41: // bltw f f
          if (i32[fw + ((w >>> 8) & 255)]! < i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 42: // bltw i f
          if (code[pc + 1]! < i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 43: // bltw f i
          if (i32[fw + ((w >>> 8) & 255)]! < code[pc + 2]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 44: // blew f f
          if (i32[fw + ((w >>> 8) & 255)]! <= i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 45: // blew i f
          if (code[pc + 1]! <= i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 46: // blew f i
          if (i32[fw + ((w >>> 8) & 255)]! <= code[pc + 2]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 47: // bgtw f f
          if (i32[fw + ((w >>> 8) & 255)]! > i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 48: // bgtw i f
          if (code[pc + 1]! > i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 49: // bgtw f i
          if (i32[fw + ((w >>> 8) & 255)]! > code[pc + 2]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 50: // bgew f f
          if (i32[fw + ((w >>> 8) & 255)]! >= i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 51: // bgew i f
          if (code[pc + 1]! >= i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 52: // bgew f i
          if (i32[fw + ((w >>> 8) & 255)]! >= code[pc + 2]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 89: // beqw m f
          if (i32[mw + code[pc + 1]!]! === i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 90: // bnew m f
          if (i32[mw + code[pc + 1]!]! !== i32[fw + ((w >>> 16) & 255)]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 91: // beqw i m
          if (code[pc + 1]! === i32[mw + code[pc + 2]!]!) {
            pc = code[pc + 3]!;
            if (--left > 0) continue;
            break;
          }
          pc += 4;
          continue;
        case 53: {
          // indw f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 2);
          pc += 4;
          continue;
        }
        case 54: {
          // indw m f f
          const a = i32[mw + code[pc + 1]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 2);
          pc += 4;
          continue;
        }
        case 55: {
          // indb f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + i;
          pc += 4;
          continue;
        }
        case 56: {
          // indb m f f
          const a = i32[mw + code[pc + 1]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + i;
          pc += 4;
          continue;
        }
        case 59: {
          // indl f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 3);
          pc += 4;
          continue;
        }
        case 60: {
          // indl m f f
          const a = i32[mw + code[pc + 1]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 3);
          pc += 4;
          continue;
        }
        case 57: {
          // indx f f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + Math.imul(i, sizes[i32[(a + 4) >> 2]!]!);
          pc += 4;
          continue;
        }
        case 58: {
          // indx m f f
          const a = i32[mw + code[pc + 1]!]!;
          const i = i32[fw + (w >>> 24)]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + Math.imul(i, sizes[i32[(a + 4) >> 2]!]!);
          pc += 4;
          continue;
        }
        case 61: {
          // movb x f
          const s = code[pc + 1]!;
          const q = i32[fw + (s >>> 18)]!;
          if (q === 0) throw nilFault;
          u8[fp + code[pc + 3]!] = u8[q + (s & 0xffff)]!;
          pc += 4;
          continue;
        }
        case 62: {
          // movb f x
          const d = code[pc + 3]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          u8[q + (d & 0xffff)] = u8[fp + code[pc + 1]!]!;
          pc += 4;
          continue;
        }
        case 63: {
          // cvtbw x f
          const s = code[pc + 1]!;
          const q = i32[fw + (s >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[fw + (w >>> 24)] = u8[q + (s & 0xffff)]!;
          pc += 4;
          continue;
        }
        case 64: // cvtbw f f
          i32[fw + (w >>> 24)] = u8[fp + code[pc + 1]!]!;
          pc += 4;
          continue;
        case 65: {
          // cvtwb f x
          const d = code[pc + 3]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          u8[q + (d & 0xffff)] = i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        }
        case 66: // cvtwb f f
          u8[fp + code[pc + 3]!] = i32[fw + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 67: {
          // movl f f
          const s = fw + ((w >>> 8) & 255);
          const d = fw + (w >>> 24);
          const high = i32[s + 1]!;
          i32[d] = i32[s]!;
          i32[d + 1] = high;
          pc += 4;
          continue;
        }
        case 68: {
          // movl x f
          const x = code[pc + 1]!;
          const q = i32[fw + (x >>> 18)]!;
          if (q === 0) throw nilFault;
          const s = (q + (x & 0xffff)) >> 2;
          const d = fw + (w >>> 24);
          const high = i32[s + 1]!;
          i32[d] = i32[s]!;
          i32[d + 1] = high;
          pc += 4;
          continue;
        }
        case 69: {
          // movl f x
          const x = code[pc + 3]!;
          const q = i32[fw + (x >>> 18)]!;
          if (q === 0) throw nilFault;
          const d = (q + (x & 0xffff)) >> 2;
          const s = fw + ((w >>> 8) & 255);
          const high = i32[s + 1]!;
          i32[d] = i32[s]!;
          i32[d + 1] = high;
          pc += 4;
          continue;
        }
        case 70: // addf f f f
          f64[(fp >> 3) + (w >>> 24)] =
            f64[(fp >> 3) + ((w >>> 16) & 255)]! + f64[(fp >> 3) + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 71: // subf f f f
          f64[(fp >> 3) + (w >>> 24)] =
            f64[(fp >> 3) + ((w >>> 16) & 255)]! - f64[(fp >> 3) + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 72: // mulf f f f
          f64[(fp >> 3) + (w >>> 24)] =
            f64[(fp >> 3) + ((w >>> 16) & 255)]! * f64[(fp >> 3) + ((w >>> 8) & 255)]!;
          pc += 4;
          continue;
        case 73: // divf f f f
          f64[(fp >> 3) + (w >>> 24)] =
            f64[(fp >> 3) + ((w >>> 16) & 255)]! / f64[(fp >> 3) + ((w >>> 8) & 255)]!;
          pc += 4;
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
          pc += 4;
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
          pc += 4;
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
          pc += 4;
          continue;
        }
        case 77: {
          // headw f f
          const l = i32[fw + ((w >>> 8) & 255)]!;
          if (l === 0) throw nilFault;
          i32[fw + (w >>> 24)] = i32[(l + 8) >> 2]!;
          pc += 4;
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
          pc += 4;
          continue;
        }
        case 79: {
          // lena f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          i32[fw + (w >>> 24)] = a === 0 ? 0 : i32[a >> 2]!;
          pc += 4;
          continue;
        }
        case 80: {
          // lenc f f
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const n = a === 0 ? 0 : i32[a >> 2]!;
          i32[fw + (w >>> 24)] = n < 0 ? -n : n;
          pc += 4;
          continue;
        }
        case 82: {
          // lea f x
          const d = code[pc + 3]!;
          const q = i32[fw + (d >>> 18)]!;
          if (q === 0) throw nilFault;
          i32[(q + (d & 0xffff)) >> 2] = fp + code[pc + 1]!;
          pc += 4;
          continue;
        }
        case 83: {
          // movp m x
          const q = i32[mw + code[pc + 1]!]!;
          const x = code[pc + 3]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0) throw nilFault;
          const d = (r + (x & 0xffff)) >> 2;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          pc += 4;
          continue;
        }
        case 84: {
          // movp x x
          const y = code[pc + 1]!;
          const t = i32[fw + (y >>> 18)]!;
          const x = code[pc + 3]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0 || t === 0) throw nilFault;
          const q = i32[(t + (y & 0xffff)) >> 2]!;
          const d = (r + (x & 0xffff)) >> 2;
          if (q !== 0) i32[(q - 8) >> 2]!++;
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          pc += 4;
          continue;
        }
        case 85: {
          // movw x x
          const y = code[pc + 1]!;
          const t = i32[fw + (y >>> 18)]!;
          const x = code[pc + 3]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0 || t === 0) throw nilFault;
          i32[(r + (x & 0xffff)) >> 2] = i32[(t + (y & 0xffff)) >> 2]!;
          pc += 4;
          continue;
        }
        case 86: {
          // movw m x
          const x = code[pc + 3]!;
          const r = i32[fw + (x >>> 18)]!;
          if (r === 0) throw nilFault;
          i32[(r + (x & 0xffff)) >> 2] = i32[mw + code[pc + 1]!]!;
          pc += 4;
          continue;
        }
        case 87: {
          // mframe m i f
          const l = i32[mw + code[pc + 1]!]!;
          if (l === 0) throw moduleFault;
          const type = machine.frameTypeOf(l, code[pc + 2]!);
          p.sp = sp;
          const f = pushFrame(heap, p, type);
          ({ sp, top, base } = p);
          ({ i32, u8, f64 } = heap);
          i32[fw + (w >>> 24)] = f;
          pc += 4;
          continue;
        }
        case 88: {
          // mcall f i m
          const l = i32[mw + code[pc + 3]!]!;
          if (l === 0) throw moduleFault;
          const linkage = machine.linkageAt(l);
          if (linkage === undefined) throw opcodeFault;
          const f = i32[fw + ((w >>> 8) & 255)]!;
          const index = code[pc + 2]!;
          if (linkage.code === undefined) {
            p.pc = (pc >> 2) + 1;
            p.left = left;
            p.fp = fp;
            p.sp = sp;
            const status = machine.callBuiltin(p, f, l, linkage, index);
            if (status !== Ran) return status as 1 | 3;
            ({ sp, top, base } = p);
            ({ i32, u8, f64 } = heap);
            pc += 4;
            left -= 2;
            if (left > 0 && p.kill === undefined) continue;
            break;
          }
          const target = entryOf(linkage, index);
          i32[f >> 2] = (pc >> 2) + 1;
          i32[(f + 4) >> 2] = fp;
          i32[(f + 8) >> 2] = p.linkage;
          i32[(l - 8) >> 2]!++;
          p.linkage = l;
          p.code = linkage.code;
          mp = i32[l >> 2]!;
          p.mp = mp;
          mw = mp >> 2;
          code = linkage.code.words;
          fp = f;
          fw = f >> 2;
          pc = target << 2;
          if (--left > 0) continue;
          break;
        }
        case 92: {
          // indb f f i
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = code[pc + 3]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + i;
          pc += 4;
          continue;
        }
        case 93: {
          // indw f f i
          const a = i32[fw + ((w >>> 8) & 255)]!;
          const i = code[pc + 3]!;
          if (a === 0 || i >>> 0 >= i32[a >> 2]! >>> 0) throw boundsFault;
          i32[fw + ((w >>> 16) & 255)] = i32[(a + 12) >> 2]! + (i << 2);
          pc += 4;
          continue;
        }
        case 94: // indc f f f
          i32[fw + (w >>> 24)] = charAt(heap, i32[fw + ((w >>> 8) & 255)]!, i32[fw + ((w >>> 16) & 255)]!);
          pc += 4;
          continue;
        case 95: {
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
          pc += 4;
          continue;
        }
        case 96: {
          // new i f
          const q = heap.newObject(code[pc + 1]!);
          ({ i32, u8, f64 } = heap);
          const d = fw + (w >>> 24);
          const old = i32[d]!;
          i32[d] = q;
          if (old !== 0) heap.release(old);
          pc += 4;
          continue;
        }
        default: {
          // A number of no form, or past the code.
          if ((w & 0xff) !== 0 || w === undefined) throw opcodeFault;
          const op = (w >> 8) & 0xff;
          let s = code[pc + 1]!;
          let m = code[pc + 2]!;
          let d = code[pc + 3]!;
          switch ((w >> 16) & 7) {
            case 0:
              s += mp;
              break;
            case 1:
              s += fp;
              break;
            case 2:
              i32[8] = s;
              s = 32;
              break;
            case 4: {
              const q = i32[(mp + (s >>> 16)) >> 2]!;
              if (q === 0) throw nilFault;
              s = q + (s & 0xffff);
              break;
            }
            case 5: {
              const q = i32[(fp + (s >>> 16)) >> 2]!;
              if (q === 0) throw nilFault;
              s = q + (s & 0xffff);
              break;
            }
          }
          switch ((w >> 22) & 7) {
            case 0:
              d += mp;
              break;
            case 1:
              d += fp;
              break;
            case 2:
              i32[12] = d;
              d = 48;
              break;
            case 4: {
              const q = i32[(mp + (d >>> 16)) >> 2]!;
              if (q === 0) throw nilFault;
              d = q + (d & 0xffff);
              break;
            }
            case 5: {
              const q = i32[(fp + (d >>> 16)) >> 2]!;
              if (q === 0) throw nilFault;
              d = q + (d & 0xffff);
              break;
            }
          }
          switch ((w >> 19) & 7) {
            case 0:
              m += mp;
              break;
            case 1:
              m += fp;
              break;
            case 2:
              i32[10] = m;
              m = 40;
              break;
            case 4: {
              const q = i32[(mp + (m >>> 16)) >> 2]!;
              if (q === 0) throw nilFault;
              m = q + (m & 0xffff);
              break;
            }
            case 5: {
              const q = i32[(fp + (m >>> 16)) >> 2]!;
              if (q === 0) throw nilFault;
              m = q + (m & 0xffff);
              break;
            }
          }
          // Cases that `continue` are done; those that `break` have allocated, or blocked, or transferred control.
          switch (op) {
            case 0: // nop
            case 7: // runt
            case 155: // eclr
              pc += 4;
              continue;
            case 117: // negf
              put(heap, d, -real(heap, s));
              pc += 4;
              continue;
            case 13: // jmp
              pc = i32[d >> 2]! << 2;
              if (--left > 0) continue;
              break;
            case 146: // movpc
              i32[d >> 2] = i32[s >> 2]!;
              pc += 4;
              continue;
            case 42: {
              // movm
              const n = i32[m >> 2]!;
              if (n > 0) u8.copyWithin(d, s, s + n);
              left -= n >> 12;
              pc += 4;
              continue;
            }
            case 39: // lea
              i32[d >> 2] = s;
              pc += 4;
              continue;
            case 44: // movb
              u8[d] = u8[s]!;
              pc += 4;
              continue;
            case 45: // movw
              i32[d >> 2] = i32[s >> 2]!;
              pc += 4;
              continue;
            case 46: // movf
            case 118: {
              // movl
              if (s === 32) i32[9] = i32[8]! >> 31;
              const high = i32[(s >> 2) + 1]!;
              i32[d >> 2] = i32[s >> 2]!;
              i32[(d >> 2) + 1] = high;
              pc += 4;
              continue;
            }
            case 47: // cvtbw
              i32[d >> 2] = u8[s]!;
              pc += 4;
              continue;
            case 48: // cvtwb
              u8[d] = i32[s >> 2]!;
              pc += 4;
              continue;
            case 149: // cvtrf
              put(heap, d, heap.f32(s));
              pc += 4;
              continue;
            case 150: // cvtfr
              heap.setF32(d, real(heap, s));
              pc += 4;
              continue;
            case 151: // cvtws
              u8[d] = i32[s >> 2]!;
              u8[d + 1] = i32[s >> 2]! >> 8;
              pc += 4;
              continue;
            case 152: // cvtsw
              i32[d >> 2] = ((u8[s]! | (u8[s + 1]! << 8)) << 16) >> 16;
              pc += 4;
              continue;
            case 50: // cvtwf
              put(heap, d, i32[s >> 2]!);
              pc += 4;
              continue;
            case 49: // cvtfw
              i32[d >> 2] = realToWord(real(heap, s));
              pc += 4;
              continue;
            case 138: {
              // cvtwl
              const n = i32[s >> 2]!;
              i32[d >> 2] = n;
              i32[(d >> 2) + 1] = n >> 31;
              pc += 4;
              continue;
            }
            case 137: // cvtlw
              i32[d >> 2] = i32[s >> 2]!;
              pc += 4;
              continue;
            case 135: // cvtlf
              put(heap, d, big.toNumber(i32, s >> 2));
              pc += 4;
              continue;
            case 136: {
              // cvtfl
              const x = real(heap, s);
              big.fromNumber(i32, d >> 2, Math.trunc(x < 0 ? x - 0.5 : x + 0.5));
              pc += 4;
              continue;
            }
            case 57: // addb
              u8[d] = u8[m]! + u8[s]!;
              pc += 4;
              continue;
            case 60: // subb
              u8[d] = u8[m]! - u8[s]!;
              pc += 4;
              continue;
            case 63: // mulb
              u8[d] = u8[m]! * u8[s]!;
              pc += 4;
              continue;
            case 66: // divb
              if (!u8[s]) throw zeroDivideFault;
              u8[d] = u8[m]! / u8[s]!;
              pc += 4;
              continue;
            case 70: // modb
              if (!u8[s]) throw zeroDivideFault;
              u8[d] = u8[m]! % u8[s]!;
              pc += 4;
              continue;
            case 71: // andb
              u8[d] = u8[m]! & u8[s]!;
              pc += 4;
              continue;
            case 73: // orb
              u8[d] = u8[m]! | u8[s]!;
              pc += 4;
              continue;
            case 75: // xorb
              u8[d] = u8[m]! ^ u8[s]!;
              pc += 4;
              continue;
            case 77: // shlb
              u8[d] = u8[m]! << i32[s >> 2]!;
              pc += 4;
              continue;
            case 79: // shrb
              u8[d] = u8[m]! >> i32[s >> 2]!;
              pc += 4;
              continue;
            case 58: // addw
              i32[d >> 2] = i32[m >> 2]! + i32[s >> 2]!;
              pc += 4;
              continue;
            case 61: // subw
              i32[d >> 2] = i32[m >> 2]! - i32[s >> 2]!;
              pc += 4;
              continue;
            case 64: // mulw
              i32[d >> 2] = Math.imul(i32[m >> 2]!, i32[s >> 2]!);
              pc += 4;
              continue;
            case 67: {
              // divw
              const by = i32[s >> 2];
              if (!by) throw zeroDivideFault;
              i32[d >> 2] = (i32[m >> 2]! / by) | 0;
              pc += 4;
              continue;
            }
            case 69: {
              // modw
              const by = i32[s >> 2];
              if (!by) throw zeroDivideFault;
              i32[d >> 2] = i32[m >> 2]! % by;
              pc += 4;
              continue;
            }
            case 72: // andw
              i32[d >> 2] = i32[m >> 2]! & i32[s >> 2]!;
              pc += 4;
              continue;
            case 74: // orw
              i32[d >> 2] = i32[m >> 2]! | i32[s >> 2]!;
              pc += 4;
              continue;
            case 76: // xorw
              i32[d >> 2] = i32[m >> 2]! ^ i32[s >> 2]!;
              pc += 4;
              continue;
            case 78: // shlw
              i32[d >> 2] = i32[m >> 2]! << i32[s >> 2]!;
              pc += 4;
              continue;
            case 80: // shrw
              i32[d >> 2] = i32[m >> 2]! >> i32[s >> 2]!;
              pc += 4;
              continue;
            case 153: // lsrw
              i32[d >> 2] = i32[m >> 2]! >>> i32[s >> 2]!;
              pc += 4;
              continue;
            case 59: // addf
              put(heap, d, real(heap, m) + real(heap, s));
              pc += 4;
              continue;
            case 62: // subf
              put(heap, d, real(heap, m) - real(heap, s));
              pc += 4;
              continue;
            case 65: // mulf
              put(heap, d, real(heap, m) * real(heap, s));
              pc += 4;
              continue;
            case 68: // divf
              put(heap, d, real(heap, m) / real(heap, s));
              pc += 4;
              continue;
            case 119: {
              // addl
              const low = (i32[m >> 2]! >>> 0) + (i32[s >> 2]! >>> 0);
              const high = i32[(m >> 2) + 1]! + i32[(s >> 2) + 1]! + (low > 4294967295 ? 1 : 0);
              i32[d >> 2] = low;
              i32[(d >> 2) + 1] = high;
              pc += 4;
              continue;
            }
            case 120: {
              // subl
              const low = (i32[m >> 2]! >>> 0) - (i32[s >> 2]! >>> 0);
              const high = i32[(m >> 2) + 1]! - i32[(s >> 2) + 1]! - (low < 0 ? 1 : 0);
              i32[d >> 2] = low;
              i32[(d >> 2) + 1] = high;
              pc += 4;
              continue;
            }
            case 123: // mull
              big.multiply(i32, m >> 2, s >> 2, d >> 2);
              pc += 4;
              continue;
            case 121: // divl
              if (!i32[s >> 2] && !i32[(s >> 2) + 1]) throw zeroDivideFault;
              big.divide(i32, m >> 2, s >> 2, d >> 2);
              pc += 4;
              continue;
            case 122: // modl
              if (!i32[s >> 2] && !i32[(s >> 2) + 1]) throw zeroDivideFault;
              big.remainder(i32, m >> 2, s >> 2, d >> 2);
              pc += 4;
              continue;
            case 124: {
              // andl
              const high = i32[(m >> 2) + 1]! & i32[(s >> 2) + 1]!;
              i32[d >> 2] = i32[m >> 2]! & i32[s >> 2]!;
              i32[(d >> 2) + 1] = high;
              pc += 4;
              continue;
            }
            case 125: {
              // orl
              const high = i32[(m >> 2) + 1]! | i32[(s >> 2) + 1]!;
              i32[d >> 2] = i32[m >> 2]! | i32[s >> 2]!;
              i32[(d >> 2) + 1] = high;
              pc += 4;
              continue;
            }
            case 126: {
              // xorl
              const high = i32[(m >> 2) + 1]! ^ i32[(s >> 2) + 1]!;
              i32[d >> 2] = i32[m >> 2]! ^ i32[s >> 2]!;
              i32[(d >> 2) + 1] = high;
              pc += 4;
              continue;
            }
            case 127: // shll
              big.shiftLeft(i32, m >> 2, i32[s >> 2]!, d >> 2);
              pc += 4;
              continue;
            case 128: // shrl
              big.shiftRight(i32, m >> 2, i32[s >> 2]!, d >> 2, false);
              pc += 4;
              continue;
            case 154: // lsrl
              big.shiftRight(i32, m >> 2, i32[s >> 2]!, d >> 2, true);
              pc += 4;
              continue;
            case 87: // beqb
              if (u8[s]! === u8[m]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 88: // bneb
              if (u8[s]! !== u8[m]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 89: // bltb
              if (u8[s]! < u8[m]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 90: // bleb
              if (u8[s]! <= u8[m]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 91: // bgtb
              if (u8[s]! > u8[m]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 92: // bgeb
              if (u8[s]! >= u8[m]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 93: // beqw
              if (i32[s >> 2]! === i32[m >> 2]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 94: // bnew
              if (i32[s >> 2]! !== i32[m >> 2]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 95: // bltw
              if (i32[s >> 2]! < i32[m >> 2]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 96: // blew
              if (i32[s >> 2]! <= i32[m >> 2]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 97: // bgtw
              if (i32[s >> 2]! > i32[m >> 2]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 98: // bgew
              if (i32[s >> 2]! >= i32[m >> 2]!) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 99: // beqf
              if (real(heap, s) === real(heap, m)) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 100: // bnef
              if (real(heap, s) !== real(heap, m)) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 101: // bltf
              if (real(heap, s) < real(heap, m)) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 102: // blef
              if (real(heap, s) <= real(heap, m)) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 103: // bgtf
              if (real(heap, s) > real(heap, m)) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 104: // bgef
              if (real(heap, s) >= real(heap, m)) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 134: // beql
              if (big.compare(i32, s >> 2, m >> 2) === 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 129: // bnel
              if (big.compare(i32, s >> 2, m >> 2) !== 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 130: // bltl
              if (big.compare(i32, s >> 2, m >> 2) < 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 131: // blel
              if (big.compare(i32, s >> 2, m >> 2) <= 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 132: // bgtl
              if (big.compare(i32, s >> 2, m >> 2) > 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 133: // bgel
              if (big.compare(i32, s >> 2, m >> 2) >= 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 105: // beqc
              if (compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) === 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 106: // bnec
              if (compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) !== 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 107: // bltc
              if (compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) < 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 108: // blec
              if (compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) <= 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 109: // bgtc
              if (compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) > 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
            case 110: // bgec
              if (compareStrings(heap, i32[s >> 2]!, i32[m >> 2]!) >= 0) {
                pc = i32[d >> 2]! << 2;
                if (--left > 0) continue;
                break;
              }
              pc += 4;
              continue;
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
              pc += 4;
              continue;
            }
            case 41: {
              // movp
              const q = i32[s >> 2]!;
              if (q !== 0) i32[(q - 8) >> 2]!++;
              const old = i32[d >> 2]!;
              i32[d >> 2] = q;
              if (old !== 0) heap.release(old);
              pc += 4;
              continue;
            }
            case 43: // movmp
              heap.retainAll(s, i32[m >> 2]!);
              heap.releaseAll(d, i32[m >> 2]!);
              u8.copyWithin(d, s, s + (sizes[i32[m >> 2]!] ?? 0));
              pc += 4;
              continue;
            case 32: {
              // headb
              const l = i32[s >> 2]!;
              if (l === 0) throw nilFault;
              u8[d] = u8[l + 8]!;
              pc += 4;
              continue;
            }
            case 33: {
              // headw
              const l = i32[s >> 2]!;
              if (l === 0) throw nilFault;
              i32[d >> 2] = i32[(l + 8) >> 2]!;
              pc += 4;
              continue;
            }
            case 35: // headf
            case 141: {
              // headl
              const l = i32[s >> 2]!;
              if (l === 0) throw nilFault;
              i32[d >> 2] = i32[(l + 8) >> 2]!;
              i32[(d >> 2) + 1] = i32[(l + 12) >> 2]!;
              pc += 4;
              continue;
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
              pc += 4;
              continue;
            }
            case 36: {
              // headm
              const l = i32[s >> 2]!;
              const n = i32[m >> 2]!;
              if (l === 0) throw nilFault;
              if (n > 0) u8.copyWithin(d, l + 8, l + 8 + n);
              pc += 4;
              continue;
            }
            case 37: {
              // headmp
              const l = i32[s >> 2]!;
              const type = i32[m >> 2]!;
              if (l === 0) throw nilFault;
              heap.retainAll(l + 8, type);
              heap.releaseAll(d, type);
              u8.copyWithin(d, l + 8, l + 8 + (sizes[type] ?? 0));
              pc += 4;
              continue;
            }
            case 85: {
              // lena
              const a = i32[s >> 2]!;
              i32[d >> 2] = a === 0 ? 0 : i32[a >> 2]!;
              pc += 4;
              continue;
            }
            case 84: {
              // lenc
              const a = i32[s >> 2]!;
              const n = a === 0 ? 0 : i32[a >> 2]!;
              i32[d >> 2] = n < 0 ? -n : n;
              pc += 4;
              continue;
            }
            case 86: {
              // lenl
              let n = 0;
              const most = u8.length >> 4;
              for (let l = i32[s >> 2]!; l !== 0 && n < most; l = i32[l >> 2]! | 0) n++;
              i32[d >> 2] = n;
              left -= n >> 6;
              pc += 4;
              continue;
            }
            case 82: // indc
              i32[d >> 2] = charAt(heap, i32[s >> 2]!, i32[m >> 2]!);
              pc += 4;
              continue;
            case 4: {
              // call
              const f = i32[s >> 2]!;
              i32[f >> 2] = (pc >> 2) + 1;
              i32[(f + 4) >> 2] = fp;
              fp = f;
              fw = f >> 2;
              pc = i32[d >> 2]! << 2;
              if (--left > 0) continue;
              break;
            }
            case 12: // ret
            case 5: // frame
              // They have no other form.
              throw opcodeFault;
            case 3: // goto
              pc = i32[(d + i32[s >> 2]! * 4) >> 2]! << 2;
              if (--left > 0) continue;
              break;
            case 14: // case
              pc = caseWord(i32, i32[s >> 2]!, d >> 2) << 2;
              if (--left > 0) continue;
              break;
            case 159: // casel
              pc = caseBig(i32, s >> 2, d >> 2) << 2;
              if (--left > 0) continue;
              break;
            case 144: // casec
              pc = caseString(heap, i32[s >> 2]!, d >> 2) << 2;
              if (--left > 0) continue;
              break;
            case 54: // cvtcw
              i32[d >> 2] = stringToWord(heap.string(i32[s >> 2]!));
              pc += 4;
              continue;
            case 56: // cvtcf
              put(heap, d, stringToReal(heap.string(i32[s >> 2]!)));
              pc += 4;
              continue;
            case 140: // cvtcl
              heap.setBig(d, stringToBig(heap.string(i32[s >> 2]!)));
              pc += 4;
              continue;
            case 147: {
              // tcmp
              const a = i32[s >> 2]!;
              const b = i32[d >> 2]!;
              if (a !== 0 && (b === 0 || heap.typeOf(a) !== heap.typeOf(b))) throw new DisError(eType);
              pc += 4;
              continue;
            }
            case 160: // mulx
              i32[d >> 2] = fixed.mulx(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!);
              pc += 4;
              continue;
            case 161: // divx
              if (!i32[s >> 2]) throw zeroDivideFault;
              i32[d >> 2] = fixed.divx(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!);
              pc += 4;
              continue;
            case 162: // cvtxx
              i32[d >> 2] = fixed.cvtxx(i32[s >> 2]!, i32[m >> 2]!);
              pc += 4;
              continue;
            case 163: // mulx0
            case 166: {
              // mulx1
              const a = i32[(fp + 20) >> 2]!;
              if (a === 0) throw zeroDivideFault;
              const f = op === 163 /* mulx0 */ ? fixed.mulx0 : fixed.mulx1;
              i32[d >> 2] = f(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!, a);
              pc += 4;
              continue;
            }
            case 164: // divx0
            case 167: {
              // divx1
              if (!i32[s >> 2]) throw zeroDivideFault;
              const f = op === 164 /* divx0 */ ? fixed.divx0 : fixed.divx1;
              i32[d >> 2] = f(i32[m >> 2]!, i32[s >> 2]!, i32[(fp + 28) >> 2]!, i32[(fp + 20) >> 2]!);
              pc += 4;
              continue;
            }
            case 165: // cvtxx0
            case 168: {
              // cvtxx1
              const a = i32[(fp + 20) >> 2]!;
              if (a === 0) throw zeroDivideFault;
              const f = op === 165 /* cvtxx0 */ ? fixed.cvtxx0 : fixed.cvtxx1;
              i32[d >> 2] = f(i32[s >> 2]!, i32[m >> 2]!, a);
              pc += 4;
              continue;
            }
            case 169: // cvtfx
              i32[d >> 2] = realToWord(real(heap, s) * real(heap, m));
              pc += 4;
              continue;
            case 170: // cvtxf
              put(heap, d, i32[s >> 2]! * real(heap, m));
              pc += 4;
              continue;
            case 171: {
              // expw
              const n = i32[s >> 2]!;
              if (n < 0 && i32[m >> 2] === 0) throw zeroDivideFault;
              i32[d >> 2] = wordPower(i32[m >> 2]!, n);
              pc += 4;
              continue;
            }
            case 172: {
              // expl
              const n = i32[s >> 2]!;
              const x = heap.big(m);
              if (n < 0 && x === 0n) throw zeroDivideFault;
              heap.setBig(d, big.power(x, n));
              pc += 4;
              continue;
            }
            case 173: // expf
              put(heap, d, realPower(real(heap, m), i32[s >> 2]!));
              pc += 4;
              continue;
            case 158: {
              // raise
              const v = i32[s >> 2]!;
              if (v === 0) throw nilFault;
              const name = heap.string(heap.typeOf(v) === typeString ? v : i32[v >> 2]!);
              heap.release(p.exception);
              p.exception = heap.retain(v);
              throw new DisError(name);
            }
            case 174: {
              // self
              const old = i32[d >> 2]!;
              i32[d >> 2] = heap.retain(p.linkage);
              heap.release(old);
              pc += 4;
              continue;
            }
            case 15: // exit
              p.pc = pc >> 2;
              p.left = left;
              p.fp = fp;
              p.sp = sp;
              return Ended;

            // From here on memory may grow and registers change.
            case 16: // new
            case 156: // newz
              replace(heap, d, heap.newObject(i32[s >> 2]!));
              pc += 4;
              break;
            case 148: {
              // mnewz
              const l = i32[s >> 2]!;
              if (l === 0) throw moduleFault;
              const type = machine.linkageAt(l)?.types[i32[m >> 2]!];
              if (type === undefined) throw opcodeFault;
              replace(heap, d, heap.newObject(type));
              pc += 4;
              break;
            }
            case 17: // newa
            case 157: {
              // newaz
              const n = i32[s >> 2]!;
              replace(heap, d, heap.newArray(i32[m >> 2]!, n));
              left -= n >> 8;
              pc += 4;
              break;
            }
            case 18: // newcb
            case 19: // newcw
            case 20: // newcf
            case 143: // newcl
            case 21: // newcp
            case 22: // newcm
            case 23: {
              // newcmp
              const n = ((w >> 19) & 7) === 3 ? 0 : i32[m >> 2]!;
              const type =
                op === 23 /* newcmp */
                  ? i32[s >> 2]!
                  : op === 22 /* newcm */
                    ? blockType(i32[s >> 2]!)
                    : channelType(op);
              if (sizes[type] === undefined) throw opcodeFault;
              replace(heap, d, heap.newChannel(type, n));
              pc += 4;
              break;
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
              ({ i32, u8, f64 } = heap);
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
              pc += 4;
              continue;
            }
            case 111: // slicea
              sliceArray(heap, i32[s >> 2]!, i32[m >> 2]!, d);
              pc += 4;
              break;
            case 112: // slicela
              left -= copyArray(heap, i32[s >> 2]!, i32[m >> 2]!, i32[d >> 2]!) >> 12;
              pc += 4;
              continue;
            case 113: // slicec
              replace(heap, d, slice(heap, i32[s >> 2]!, i32[m >> 2]!, i32[d >> 2]!));
              pc += 4;
              break;
            case 81: // insc
              setCharacter(heap, d, i32[m >> 2]!, i32[s >> 2]!);
              pc += 4;
              break;
            case 83: {
              // addc
              const a = i32[m >> 2]!;
              const q = concat(heap, a, i32[s >> 2]!, m === d);
              // The string extended in place, or a new one.
              if (m !== d || q !== a) replace(heap, d, q);
              if (q !== 0) left -= Math.abs(heap.i32[q >> 2]!) >> 12;
              pc += 4;
              break;
            }
            case 51: {
              // cvtca
              const bytes = utf8Of(heap, i32[s >> 2]!);
              replace(heap, d, heap.newBytes(bytes));
              left -= bytes.length >> 8;
              pc += 4;
              break;
            }
            case 52: {
              // cvtac
              const a = i32[s >> 2]!;
              const n = heap.arrayLength(a);
              replace(heap, d, a === 0 ? 0 : stringFromUtf8(heap, heap.arrayData(a), n));
              left -= n >> 8;
              pc += 4;
              break;
            }
            case 53: // cvtwc
              replace(heap, d, heap.newString(String(i32[s >> 2]!)));
              pc += 4;
              break;
            case 139: // cvtlc
              replace(heap, d, heap.newString(big.decimal(i32, s >> 2)));
              pc += 4;
              break;
            case 55: // cvtfc
              replace(heap, d, heap.newString(realText(real(heap, s))));
              pc += 4;
              break;
            case 11: {
              // mframe
              const l = i32[s >> 2]!;
              if (l === 0) throw moduleFault;
              const type = machine.frameTypeOf(l, i32[m >> 2]!);
              p.sp = sp;
              const f = pushFrame(heap, p, type);
              ({ sp, top, base } = p);
              ({ i32, u8, f64 } = heap);
              i32[d >> 2] = f;
              pc += 4;
              continue;
            }
            case 9: {
              // mcall
              const l = i32[d >> 2]!;
              if (l === 0) throw moduleFault;
              const linkage = machine.linkageAt(l);
              if (linkage === undefined) throw opcodeFault;
              const f = i32[s >> 2]!;
              if (linkage.code === undefined) {
                p.pc = (pc >> 2) + 1;
                p.left = left;
                p.fp = fp;
                p.sp = sp;
                const status = machine.callBuiltin(p, f, l, linkage, i32[m >> 2]!);
                if (status !== Ran) return status as 1 | 3;
                ({ sp, top, base } = p);
                ({ i32, u8, f64 } = heap);
                pc += 4;
                left -= 2;
                if (left > 0 && p.kill === undefined) continue;
                break;
              }
              const target = entryOf(linkage, i32[m >> 2]!);
              i32[f >> 2] = (pc >> 2) + 1;
              i32[(f + 4) >> 2] = fp;
              i32[(f + 8) >> 2] = p.linkage;
              i32[(l - 8) >> 2]!++;
              p.linkage = l;
              p.code = linkage.code;
              mp = i32[l >> 2]!;
              p.mp = mp;
              mw = mp >> 2;
              code = linkage.code.words;
              fp = f;
              fw = f >> 2;
              pc = target << 2;
              if (--left > 0) continue;
              break;
            }
            case 6: // spawn
            case 10: {
              // mspawn
              p.sp = sp;
              if (op === 6 /* spawn */) machine.spawn(p, i32[s >> 2]!, p.linkage, i32[d >> 2]!);
              else machine.mspawn(p, i32[s >> 2]!, i32[d >> 2]!, i32[m >> 2]!);
              ({ sp, top, base } = p);
              left -= 4;
              pc += 4;
              break;
            }
            case 8: {
              // load
              pc += 4;
              p.pc = pc >> 2;
              p.left = left;
              p.fp = fp;
              p.sp = sp;
              if (!machine.load(p, heap.string(i32[s >> 2]!), i32[m >> 2]!, d)) return Blocked;
              break;
            }
            case 24: // send
              p.pc = (pc >> 2) + 1;
              p.left = left;
              p.fp = fp;
              p.sp = sp;
              if (!machine.channels.send(p, i32[d >> 2]!, s)) return Blocked;
              left -= 2;
              pc += 4;
              break;
            case 25: // recv
              p.pc = (pc >> 2) + 1;
              p.left = left;
              p.fp = fp;
              p.sp = sp;
              if (!machine.channels.receive(p, i32[s >> 2]!, d)) return Blocked;
              left -= 2;
              pc += 4;
              break;
            case 1: // alt
            case 2: // nbalt
              p.pc = (pc >> 2) + 1;
              p.left = left;
              p.fp = fp;
              p.sp = sp;
              if (!machine.channels.alt(p, s, d, op === 1 /* alt */)) return Blocked;
              left -= 4;
              pc += 4;
              break;
            default:
              throw opcodeFault;
          }
          ({ i32, u8, f64 } = heap);
          if (left > 0) continue;
        }
      }
      break;
    }
  } catch (error) {
    p.fault = error;
    p.pc = pc >> 2;
    p.left = left;
    p.fp = fp;
    p.sp = sp;
    return Faulted;
  }
  p.pc = pc >> 2;
  p.left = left;
  p.fp = fp;
  p.sp = sp;
  return Ran;
}

/** Reals lie at multiples of 8 in what compilers make; elsewhere they are slower. */
function real(heap: Heap, at: number): number {
  return (at & 7) === 0 ? heap.f64[at >> 3]! : heap.real(at);
}

function put(heap: Heap, at: number, value: number): void {
  if ((at & 7) === 0) heap.f64[at >> 3] = value;
  else heap.setReal(at, value);
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

/** The instruction number that a case table at word `table` has for `v`: count, entries of low, high, pc, then the default. */
function caseWord(i32: Int32Array, v: number, table: number): number {
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
function caseBig(i32: Int32Array, v: number, table: number): number {
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
function caseString(heap: Heap, v: number, table: number): number {
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
