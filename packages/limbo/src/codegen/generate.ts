import { mkConst, Node, Reach } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import { fixedCast, fixedProduct, fixedQuotient } from '../types/fixed.ts';
import { typeDesc } from '../types/layout.ts';
import { Decl, Kind, Store, type Type, tany, tint } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { label, operand } from './address.ts';
import { I, Inst, Mode, type ModuleCode } from './instruction.ts';
import { channelFor, instructionFor, type Move, moveFor } from './opcodes.ts';

/** Frame words that fixed point instructions read. */
const STemp = 20;
const DTemp = 28;
const RegRet = 16;

export function startCode(u: Unit): void {
  const result = new Decl(-1, -1, Store.Local, u.sym('.ret'), tint);
  result.offset = RegRet;
  const first = new Inst();
  const code: ModuleCode = {
    first,
    last: first,
    block: -1,
    blockStack: [],
    blocks: 0,
    ranges: [],
    maxStack: 32,
    small: [],
    large: [],
    later: [],
    result,
    targets: [],
    scopes: [],
  };
  u.code = code;
}

export function pushBlock(u: Unit): void {
  const c = u.code;
  c.blockStack.push(c.block);
  c.block = c.blocks++;
}

export function reopenBlock(u: Unit, b: number): void {
  u.code.blockStack.push(u.code.block);
  u.code.block = b;
}

export function popBlock(u: Unit): void {
  u.code.block = u.code.blockStack.pop()!;
}

/** The instruction that will be generated next. */
export function nextInst(u: Unit): Inst {
  const { last } = u.code;
  last.next ??= new Inst();
  return last.next;
}

function newInst(u: Unit, op: number, start: number, stop: number): Inst {
  const i = nextInst(u);
  u.code.last = i;
  i.block = u.code.block;
  i.op = op;
  i.start = start;
  i.stop = stop;
  return i;
}

const modes = new Uint8Array(16);
modes[Reach.Reg] = Mode.Fp;
modes[Reach.Mreg] = Mode.Mp;
modes[Reach.Off] = Mode.Off;
modes[Reach.Desc] = Mode.Desc;
modes[Reach.Const] = Mode.Imm;
modes[Reach.Adr] = Mode.FpInd;
modes[Reach.Madr] = Mode.MpInd;
modes[Reach.Pc] = Mode.Pc;
modes[Reach.Ldt] = Mode.Ldt;

function modeOf(n: Node): number {
  const m = modes[n.reach]!;
  if (m === Mode.None) throw new InternalError('operand that is not reachable');
  return m;
}

function setSource(i: Inst, n: Node): void {
  const a = operand(n);
  i.sm = modeOf(n);
  i.sreg = a.reg;
  i.soff = a.off;
  i.sdecl = a.decl;
}

function setMiddle(i: Inst, n: Node): void {
  const a = operand(n);
  i.mm = modeOf(n);
  if (i.mm === Mode.FpInd || i.mm === Mode.MpInd)
    throw new InternalError('middle operand is double indirect');
  i.mreg = a.reg;
  i.moff = a.off;
  i.mdecl = a.decl;
}

function setDest(i: Inst, n: Node): void {
  const a = operand(n);
  i.dm = modeOf(n);
  i.dreg = a.reg;
  i.doff = a.off;
  i.ddecl = a.decl;
}

/** An instruction as it is. */
export function raw(
  u: Unit,
  start: number,
  stop: number,
  op: number,
  s: Node | null,
  m: Node | null,
  d: Node | null,
): Inst {
  const i = newInst(u, op, start, stop);
  if (s !== null) setSource(i, s);
  if (m !== null) setMiddle(i, m);
  if (d !== null) setDest(i, d);
  return i;
}

/** The instruction of an operator, by the type of its destination. */
export function operation(
  u: Unit,
  start: number,
  stop: number,
  operator: number,
  s: Node,
  m: Node | null,
  d: Node,
): void {
  const op = instructionFor(operator, d.ty.kind);
  if (op === 0) throw new InternalError(`no instruction for operator ${operator} on kind ${d.ty.kind}`);
  if (op === I.mulx || op === I.divx) {
    const x = (m ?? d).ty;
    const f = op === I.mulx ? fixedProduct(x, s.ty, d.ty) : fixedQuotient(x, s.ty, d.ty);
    if (f.zero) {
      raw(u, start, stop, I.movw, label(u, mkConst(start, stop, 0)), null, d);
      return;
    }
    if (!f.exact) storeWord(u, start, stop, f.mantissa, STemp);
    storeWord(u, start, stop, f.shift, DTemp);
    raw(u, start, stop, f.op, s, m, d);
    return;
  }
  raw(u, start, stop, op, s, m, d);
}

function storeWord(u: Unit, start: number, stop: number, value: number, offset: number): void {
  const place = new Decl(-1, -1, Store.Local, null, tint);
  place.offset = offset;
  const n = new Node(Op.Name, -1, -1, null, null);
  n.reach = Reach.Reg;
  n.decl = place;
  n.ty = tint;
  raw(u, start, stop, I.movw, label(u, mkConst(start, stop, value)), null, n);
}

/** A conversion between fixed point types, or from or to int. */
export function fixedConversion(u: Unit, start: number, stop: number, s: Node, d: Node): void {
  const f = fixedCast(s.ty, d.ty);
  if (f.zero) {
    raw(u, start, stop, I.movw, label(u, mkConst(start, stop, 0)), null, d);
    return;
  }
  const shift = label(u, mkConst(start, stop, f.shift));
  if (!f.exact) storeWord(u, start, stop, f.mantissa, STemp);
  raw(u, start, stop, f.op, s, shift, d);
}

/** A branch taken when the comparison holds. */
export function branch(u: Unit, start: number, stop: number, operator: number, s: Node, m: Node): Inst {
  const t = s.ty === tany ? m.ty : s.ty;
  const op = instructionFor(operator, t.kind);
  if (op === 0) throw new InternalError(`no branch for operator ${operator} on kind ${t.kind}`);
  return raw(u, start, stop, op, s, m, null);
}

function isRecord(t: Type): boolean {
  return t.kind === Kind.Adt || t.kind === Kind.AdtPick || t.kind === Kind.Tuple || t.kind === Kind.Exception;
}

/** A new channel of `t`, with a buffer of `size`. */
export function newChannel(u: Unit, start: number, stop: number, size: Node, t: Type, d: Node): void {
  let op = channelFor(t.kind);
  if (op === 0) throw new InternalError('channel of a type that cannot be sent');
  const record = isRecord(t) && t.kind !== Kind.Exception;
  const desc = record ? typeDesc(u, t) : null;
  if (desc !== null && desc.map.length > 0) op++;
  const i = newInst(u, op, start, stop);
  if (desc !== null) {
    if (desc.map.length > 0) {
      desc.used = true;
      i.sm = Mode.Desc;
      i.sdecl = t.decl;
    } else {
      i.sm = Mode.Imm;
      i.soff = t.size;
    }
  }
  setMiddle(i, size);
  setDest(i, d);
}

/** Moves a value of type `t`, or puts it in front of or takes it off a list. */
export function move(
  u: Unit,
  start: number,
  stop: number,
  how: (typeof Move)[keyof typeof Move],
  t: Type,
  s: Node,
  d: Node,
): void {
  let op = moveFor(how, t.kind);
  if (op === 0) throw new InternalError(`cannot move a value of kind ${t.kind}`);
  let mode: number = Mode.None;
  let size = 0;
  let decl: Decl | null = null;
  if (isRecord(t)) {
    if (t.size === 0 && how === 0) return;
    const desc = typeDesc(u, t);
    if (desc.map.length > 0) {
      op++;
      desc.used = true;
      mode = Mode.Desc;
      decl = t.decl;
    } else {
      mode = Mode.Imm;
      size = t.size;
    }
  }
  const i = newInst(u, op, start, stop);
  setSource(i, s);
  i.mm = mode;
  i.moff = size;
  i.mdecl = decl;
  setDest(i, d);
  if (s.reach === Reach.Pc) i.op = I.movpc;
}

/** Sends a chain of branches to `to`. */
export function patch(chain: Inst | null, to: Inst | null): void {
  for (let b = chain; b !== null; ) {
    const next: Inst | null = b.branch;
    b.branch = to;
    b = next;
  }
}

/** A jump that is patched later. */
export function jump(u: Unit, start: number, stop: number): Inst {
  return raw(u, start, stop, I.jmp, null, null, null);
}
