import { InternalError } from '../unit.ts';
import { I, Inst, Marker, Mode } from './instruction.ts';
import { isByteInstruction } from './opcodes.ts';

/** A scratch word of every frame, for middle operands that do not fit. */
const RTemp = 24;
/** Offsets inside double indirect operands are below this. */
const MaxOffset = 1 << 16;

function checkIndirect(mode: number, reg: number, off: number): void {
  if ((mode === Mode.FpInd || mode === Mode.MpInd) && (reg >= MaxOffset || off >= MaxOffset)) {
    throw new InternalError('offset is too large: more data than the machine can address');
  }
}

/**
 * Numbers the instructions, and turns declarations into offsets, descriptors and instruction numbers. How many there
 * are.
 */
export function resolve(first: Inst | null): number {
  let pc = 0;
  for (let i = first; i !== null; i = i.next) {
    if (i.op === Marker) {
      i.pc = pc;
      continue;
    }
    if (i.sdecl !== null) {
      if (i.sm === Mode.Desc) i.soff = i.sdecl.desc!.id;
      else i.sreg += i.sdecl.offset;
    }
    checkIndirect(i.sm, i.sreg, i.soff);
    if (i.mdecl !== null) {
      if (i.mm === Mode.Desc) i.moff = i.mdecl.desc!.id;
      else i.mreg += i.mdecl.offset;
    }
    const middle = middleValue(i);
    if (middle > 0x7fff || middle < -0x8000) {
      if (i.op === I.alt || i.op === I.indx) moveAfter(i);
      else {
        i = moveBefore(i, pc);
        pc++;
      }
    }
    if (i.ddecl !== null && i.dm !== Mode.Pc) i.dreg += i.ddecl.offset;
    checkIndirect(i.dm, i.dreg, i.doff);
    i.pc = pc++;
  }
  for (let i = first; i !== null; i = i.next) {
    if (i.sdecl !== null && i.sm === Mode.Pc) i.soff = i.sdecl.pc!.pc;
    if (i.ddecl !== null && i.dm === Mode.Pc) i.doff = i.ddecl.pc!.pc;
    if (i.branch !== null) {
      i.dm = Mode.Pc;
      i.doff = i.branch.pc;
      i.ddecl = null;
    }
  }
  return pc;
}

function middleValue(i: Inst): number {
  switch (i.mm) {
    case Mode.Imm:
    case Mode.Desc:
      return i.moff;
    case Mode.Off:
      return i.mdecl!.iface!.offset;
    case Mode.Fp:
    case Mode.Mp:
    case Mode.Ldt:
      return i.mreg;
    default:
      return 0;
  }
}

/** Puts a move to the scratch word in front of an instruction; `i` becomes the move. The instruction. */
function moveBefore(i: Inst, pc: number): Inst {
  const real = new Inst();
  real.copyFrom(i);
  real.reach = true;
  real.next = i.next;
  real.mm = Mode.Fp;
  real.mreg = RTemp;
  real.moff = 0;
  real.mdecl = null;
  const { mreg, moff, mm } = i;
  const move = new Inst();
  move.start = i.start;
  move.stop = i.stop;
  move.block = i.block;
  move.op = isByteInstruction(i.op) ? I.movb : I.movw;
  move.sm = mm;
  move.sreg = mreg;
  move.soff = moff;
  move.dm = Mode.Fp;
  move.dreg = RTemp;
  i.copyFrom(move);
  i.pc = pc;
  i.next = real;
  return real;
}

/** Lets an instruction leave its address in the scratch word, and moves it on from there. */
function moveAfter(i: Inst): void {
  const move = new Inst();
  move.next = i.next;
  move.start = i.start;
  move.stop = i.stop;
  move.block = i.block;
  move.reach = true;
  move.op = I.movw;
  move.sm = Mode.Fp;
  move.sreg = RTemp;
  move.dm = i.mm;
  move.dreg = i.mreg;
  move.doff = i.moff;
  i.next = move;
  i.mm = Mode.Fp;
  i.mreg = RTemp;
  i.moff = 0;
  i.mdecl = null;
}

/** Number of the first instruction at or after one that may be gone. */
export function pcAfter(first: Inst, at: Inst): number {
  let i: Inst | null = at;
  if (i.pc === 0 && i !== first && (first.op !== Marker || i !== first.next)) {
    do i = i.next;
    while (i !== null && i.pc === 0);
  }
  return i === null ? 0 : i.pc;
}
