/**
 * Says whether an object file can run, so that engines need not ask at every step. What holds for a file that passed:
 *
 * Instructions (all of them)
 *  - The opcode exists, the address modes are not reserved, and exactly the operands of its row in isa.ts are present
 *    (a missing optional middle operand included).
 *  - pc operands are immediate and name an instruction; type operands are immediate and name a descriptor; import
 *    operands are immediate and name a list of the import section. Frame operands are direct, off(fp). An immediate is
 *    nowhere written to, and is read only as a byte, word, size, link, message or place (`send $1`, `lea $1`), never as
 *    8 bytes or as a reference.
 *  - Case, casec, casel and goto tables are direct, off(mp). A case table lies within the data and its initial pcs name
 *    instructions; its initial count is at least 0.
 *  - Direct operands of mp lie within the data. First offsets of double indirect operands do too, and both are from 0 to
 *    65535. Middle operands have 16 bits: immediates from -32768 to 32767, offsets from 0 to 65535. Words and references are aligned to 4, bigs and reals to 8, for direct operands and for both
 *    offsets of indirect ones.
 *  - Direct operands of mp are references where, and only where, descriptor 0 says so; as with frames below.
 *
 * Reachable instructions (from the entry, links, calls, spawns, branches, tables and handlers, without the end of the
 * code ever being run past)
 *  - Each belongs to one frame type, `frameOf[pc]`: that of the function it is in. Every way to start a function (call,
 *    spawn, link, entry) agrees on the type, which has at least 20 bytes, and no reference in its first 20.
 *  - Direct operands of fp lie within the frame, from byte 16 on: what a machine keeps in bytes 0-15 is out of reach.
 *  - A value read as a reference comes from a word that the frame's map marks; nothing else is written there but
 *    references; movmp, headmp and movm write references exactly where they belong. (Reading a reference as a word, as
 *    compilers do to compare with nil, is fine.)
 *  - The frame operand of call and spawn was made by `frame` with the callee's type, on every way there, and its word
 *    not written since by a direct operand; that of mcall and mspawn by `mframe` with the same link operand, or by
 *    `frame`, with a type of its own, as compilers do for functions with variable arguments.
 *    Second offsets through such a word lie within that frame, from byte 16 on.
 *
 * Sections
 *  - Descriptors have the ids 0 to n-1, once each; no bit of a map lies past the size; if there is data, descriptor 0
 *    has its size. Links and the entry name an instruction and a frame type, or -1 for both.
 *  - Data items lie within the data, or within the array that index items selected; strings and arrays where the map
 *    has a reference, all else where it has none; arrays have an existing element type and no negative length; index
 *    items are in range, name an array made before, nest at most 4 deep and are all restored.
 *  - Handlers cover a range of instructions; their targets belong to the same function and are within the code; the
 *    value's place is a reference word of the frame; the descriptor, if any, fits the frame and marks only its
 *    references.
 *
 * What does not hold, and an engine must stand up to: second offsets through other words (they are addresses that the
 * program computed: anything), tables and link indices that the program changed at run time (a pc out of the code, or in
 * another function), sizes that are not immediate, message sizes of send and recv, the number of entries of alt, the
 * index of goto, and memory that a hostile program forged through computed addresses, references among it.
 */

import { checkCode } from './check-code.ts';
import { checkData } from './check-data.ts';
import { Esixtyfour, ObjectError } from './errors.ts';
import { trace } from './flow.ts';
import type { ObjectFile } from './module.ts';
import { checkTypes } from './types.ts';
import { isSixtyFour } from './words.ts';

/** What verification learned on its way. */
export interface Verified {
  /** For each instruction the type descriptor of the frame that it runs in; -1 where it is never reached. */
  readonly frameOf: Int32Array;
  /** Instructions at which functions start, in order. */
  readonly functions: readonly number[];
}

/** Throws an ObjectError about the first thing that is wrong. Time and memory are in proportion to the file. */
export function verify(file: ObjectFile): Verified {
  if (isSixtyFour(file)) throw new ObjectError(Esixtyfour);
  const types = checkTypes(file);
  checkData(file, types);
  checkCode(file, types);
  return trace(file, types);
}
