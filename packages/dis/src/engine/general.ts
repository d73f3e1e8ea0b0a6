/**
 * Instructions that are in no form: the operands are made byte addresses, immediate ones having a place in low memory, and
 * the opcode is executed by the file of its kind. Each kind is a function of its own, so that V8 optimises, and when it was
 * wrong optimises again, what is small, and never the loop of interp.ts.
 */

import { nilFault } from '../errors.ts';
import { opcodes } from '../object/isa.ts';
import type { Machine } from '../vm/machine.ts';
import type { Process } from '../vm/process.ts';
import { taken } from './branch.ts';
import { compute } from './compute.ts';
import { transfer } from './control.ts';
import { handle } from './objects.ts';

/** Beside an engine's statuses: the next instruction follows, and only values were written; or a branch was taken. */
export const Next = 4;
export const Jumped = 5;

const computes = 0;
const branches = 1;
const handles = 2;
const transfers = 3;

const transferring =
  `alt nbalt goto call spawn mcall mspawn mframe ret frame jmp case casel casec load send recv exit raise
  self`.split(/\s+/);
const handling =
  `new newz mnewz newa newaz newcb newcw newcf newcl newcp newcm newcmp consb consw consp consf consl consm
  consmp headb headw headp headf headl headm headmp tail movp movm movmp slicea slicela slicec insc indc addc lena lenc lenl
  indx indb indw indf indl cvtca cvtac cvtwc cvtcw cvtlc cvtcl cvtfc cvtcf tcmp`.split(/\s+/);

const kinds = new Uint8Array(256);
/** No opcode of any file: ends the turn before the instruction in whose place it is, for debuggers. */
const stop = 255;
/** The first word of a decoded instruction that stops, without operands. */
export const stopWord: number = (stop << 8) | (3 << 16) | (3 << 19) | (3 << 22);
kinds[stop] = transfers;
for (const o of opcodes) {
  if (transferring.includes(o.name)) kinds[o.code] = transfers;
  else if (handling.includes(o.name)) kinds[o.code] = handles;
  else if (o.dst.kind === 'pc') kinds[o.code] = branches;
}

/** Address of an operand: its mode, its word, and where it has its place when it is immediate. */
function address(i32: Int32Array, mode: number, word: number, fp: number, mp: number, place: number): number {
  switch (mode) {
    case 0:
      return mp + word;
    case 1:
      return fp + word;
    case 2:
      i32[place >> 2] = word;
      return place;
    case 4:
    case 5: {
      const q = i32[((mode === 4 ? mp : fp) + (word >>> 16)) >> 2]! | 0;
      if (q === 0) throw nilFault;
      return q + (word & 0xffff);
    }
    default:
      return word;
  }
}

/**
 * Executes the instruction at word `at` of the code, of which `w` is the first word. The registers of the process are
 * current. Ran says that they, or the memory, may have changed.
 */
export function perform(
  machine: Machine,
  p: Process,
  code: Int32Array,
  at: number,
  w: number,
): 0 | 1 | 2 | 3 | 4 | 5 {
  const { heap } = machine;
  const { i32 } = heap;
  const { fp, mp } = p;
  const op = (w >> 8) & 255;
  const s = address(i32, (w >> 16) & 7, code[at + 1]!, fp, mp, 32);
  const d = address(i32, (w >> 22) & 7, code[at + 3]!, fp, mp, 48);
  const m = address(i32, (w >> 19) & 7, code[at + 2]!, fp, mp, 40);
  switch (kinds[op]) {
    case computes:
      compute(heap, op, s, m, d, fp);
      return Next;
    case branches:
      if (!taken(heap, op, s, m)) return Next;
      p.pc = i32[d >> 2]! | 0;
      return Jumped;
    case handles:
      handle(machine, p, op, s, m, d, ((w >> 19) & 7) !== 3);
      return 0;
    default:
      if (op !== stop) return transfer(machine, p, op, s, m, d);
      p.pc--;
      p.left = 0;
      return 0;
  }
}
