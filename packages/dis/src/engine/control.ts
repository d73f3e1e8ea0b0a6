/** Instructions that transfer control, or wait. */

import { DisError, moduleFault, nilFault, opcodeFault } from '../errors.ts';
import { frameCaller, frameLink, frameModule, linkageData } from '../heap/layout.ts';
import { typeString } from '../heap/types.ts';
import { entryOf, type Machine } from '../vm/machine.ts';
import type { Process } from '../vm/process.ts';
import { pushFrame } from '../vm/stack.ts';
import { caseBig, caseString, caseWord } from './branch.ts';
import { Blocked, Ended, Ran } from './engine.ts';

/**
 * Executes opcode `op`, whose operands are at the addresses `s`, `m` and `d`. The registers of the process are current
 * before, `pc` being that of the next instruction, and after. Ran says that the process can go on.
 */
export function transfer(
  machine: Machine,
  p: Process,
  op: number,
  s: number,
  m: number,
  d: number,
): 0 | 1 | 2 | 3 {
  const { heap } = machine;
  const { i32 } = heap;
  switch (op) {
    case 13: // jmp
      p.pc = i32[d >> 2]! | 0;
      p.left--;
      return Ran;
    case 3: // goto
      p.pc = i32[(d + i32[s >> 2]! * 4) >> 2]! | 0;
      p.left--;
      return Ran;
    case 14: // case
      p.pc = caseWord(i32, i32[s >> 2]!, d >> 2) | 0;
      p.left--;
      return Ran;
    case 159: // casel
      p.pc = caseBig(i32, s >> 2, d >> 2) | 0;
      p.left--;
      return Ran;
    case 144: // casec
      p.pc = caseString(heap, i32[s >> 2]!, d >> 2) | 0;
      p.left--;
      return Ran;
    case 4: {
      // call
      const f = i32[s >> 2]! | 0;
      i32[(f + frameLink) >> 2] = p.pc;
      i32[(f + frameCaller) >> 2] = p.fp;
      p.fp = f;
      p.pc = i32[d >> 2]! | 0;
      p.left--;
      return Ran;
    }
    case 9: // mcall
      return moduleCall(machine, p, i32[s >> 2]! | 0, i32[d >> 2]! | 0, i32[m >> 2]!);
    case 11: {
      // mframe
      const l = i32[s >> 2]!;
      if (l === 0) throw moduleFault;
      const f = pushFrame(heap, p, machine.frameTypeOf(l, i32[m >> 2]!));
      heap.i32[d >> 2] = f;
      return Ran;
    }
    case 6: // spawn
      machine.spawn(p, i32[s >> 2]!, p.linkage, i32[d >> 2]!);
      p.left -= 4;
      return Ran;
    case 10: // mspawn
      machine.mspawn(p, i32[s >> 2]!, i32[d >> 2]!, i32[m >> 2]!);
      p.left -= 4;
      return Ran;
    case 8: // load
      return machine.load(p, heap.string(i32[s >> 2]!), i32[m >> 2]!, d) ? Ran : Blocked;
    case 24: // send
      if (!machine.channels.send(p, i32[d >> 2]!, s)) return Blocked;
      p.left -= 2;
      return Ran;
    case 25: // recv
      if (!machine.channels.receive(p, i32[s >> 2]!, d)) return Blocked;
      p.left -= 2;
      return Ran;
    case 1: // alt
    case 2: // nbalt
      if (!machine.channels.alt(p, s, d, op === 1 /* alt */)) return Blocked;
      p.left -= 4;
      return Ran;
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
      return Ran;
    }
    case 15: // exit
      return Ended;
    default:
      throw opcodeFault;
  }
}

/** mcall: function `index` of the module reference `l`, with the frame `f`. */
function moduleCall(machine: Machine, p: Process, f: number, l: number, index: number): 0 | 1 | 3 {
  if (l === 0) throw moduleFault;
  const linkage = machine.linkageAt(l);
  if (linkage === undefined) throw opcodeFault;
  if (linkage.code === undefined) {
    const status = machine.callBuiltin(p, f, l, linkage, index) as 0 | 1 | 3;
    // A process that the function killed ends with its turn.
    if (status === Ran) p.left = p.kill === undefined ? p.left - 2 : 0;
    return status;
  }
  const { heap } = machine;
  const { i32 } = heap;
  const target = entryOf(linkage, index);
  i32[(f + frameLink) >> 2] = p.pc;
  i32[(f + frameCaller) >> 2] = p.fp;
  i32[(f + frameModule) >> 2] = p.linkage;
  p.linkage = heap.retain(l);
  p.code = linkage.code;
  p.mp = i32[(l + linkageData) >> 2]! | 0;
  p.fp = f;
  p.pc = target;
  p.left--;
  return Ran;
}
