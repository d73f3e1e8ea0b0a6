import {
  copyTree,
  mk,
  mkBinary,
  mkConst,
  mkDeclName,
  mkReal,
  mkUnary,
  Node,
  NodeFlag,
  Reach,
} from '../ast/node.ts';
import { commuted, inverted, Op } from '../ast/ops.ts';
import { castInstruction, isFixedCast } from '../check/casts.ts';
import { install } from '../check/scope.ts';
import { altType } from '../check/statements.ts';
import { areAliased, hasCall, isAliased } from '../optimise/trees.ts';
import { exportFunction } from '../types/classes.ts';
import { scaleOf } from '../types/fixed.ts';
import { MaxAlign, MaxTemp, placeVariables, typeDesc, variablesDesc } from '../types/layout.ts';
import { isPolyFunction } from '../types/poly.ts';
import { useType } from '../types/resolve.ts';
import {
  cloneDecl,
  Decl,
  Kind,
  type Label,
  noDecls,
  Store,
  Type,
  tany,
  tint,
  tnone,
  treal,
  tstring,
} from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { label, samePlace } from './address.ts';
import { contiguous } from './contiguous.ts';
import {
  branch,
  fixedConversion,
  jump,
  move,
  newChannel,
  nextInst,
  operation,
  patch,
  raw,
} from './generate.ts';
import { I, type Inst, Mode } from './instruction.ts';
import { lower, simplify } from './lower.ts';
import { Move } from './opcodes.ts';
import { addPointerArguments } from './polymorphic.ts';
import { free, freeLater, makeTemporary, temporary } from './temporaries.ts';

/*
 * Code of expressions. `compile` evaluates one into a reachable place; `reachable` makes one reachable, through a
 * temporary when it must. Of two operands that need code the one that needs more temporaries goes first. Source
 * offsets are passed along: an instruction is shown where its cause is.
 */

const noPlace = (): Node => mk(Op.Nothing);

/** A node for the descriptor of a type. */
function descNode(u: Unit, t: Type): Node {
  const n = mk(Op.Name);
  typeDesc(u, t).used = true;
  n.ty = t;
  n.decl = t.decl;
  n.reach = Reach.Desc;
  return n;
}

function moveTo(u: Unit, start: number, stop: number, t: Type, from: Node, to: Node | null): void {
  if (to !== null) move(u, start, stop, Move.As, t, from, to);
}

/** Evaluates `n` into `to`, which is reachable; null: only for its effects. */
export function compile(u: Unit, start: number, stop: number, to: Node | null, n: Node): Node | null {
  if (n.reach < Reach.Cant) {
    moveTo(u, start, stop, n.ty, n, to);
    return to;
  }
  const left = n.left!;
  const right = n.right!;
  switch (n.op) {
    case Op.If: {
      let p: Inst | null = condition(u, left, true, null);
      compile(u, right.left!.start, right.left!.stop, to, right.left!);
      const skip = p;
      p = jump(u, right.left!.start, right.left!.stop);
      patch(skip, nextInst(u));
      compile(u, right.right!.start, right.right!.stop, to, right.right!);
      patch(p, nextInst(u));
      break;
    }
    case Op.Comma: {
      const held = left.left!;
      compile(u, left.start, left.stop, null, left);
      compile(u, right.start, right.stop, to, right);
      free(u, held);
      break;
    }
    case Op.Name:
      if (n.reach !== Reach.Pc) throw new InternalError('name that is not reachable');
      moveTo(u, start, stop, n.ty, n, to);
      break;
    case Op.Nothing:
      break;
    case Op.Used: {
      const t = temporary(u, left.ty, null);
      compile(u, left.start, left.stop, t, left);
      free(u, t);
      break;
    }
    case Op.As:
      assign(u, start, stop, to, n);
      break;
    case Op.Chan: {
      const held = noPlace();
      const size = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      newChannel(u, start, stop, size, n.ty.tof!, to!);
      free(u, held);
      break;
    }
    case Op.Inds: {
      const a = noPlace();
      const b = noPlace();
      let string = left;
      let index = right;
      if (index.reach < Reach.Always) {
        if (string.reach >= Reach.Cant) string = reachable(u, string, a, null);
      } else if (string.temps <= index.temps) {
        index = evaluate(u, index, b, null);
        if (string.reach >= Reach.Cant) string = reachable(u, string, a, null);
      } else {
        string = reachable(u, string, a, null);
        index = evaluate(u, index, b, null);
      }
      operation(u, n.start, n.stop, n.op, string, index, to!);
      free(u, a);
      free(u, b);
      break;
    }
    case Op.Snd: {
      const a = noPlace();
      const b = noPlace();
      const [channel, value] = bothReachable(u, left, right, a, b, to);
      const i = raw(u, n.start, n.stop, I.send, value, null, channel);
      i.moff = n.ty.size;
      moveTo(u, start, stop, value.ty, value, to);
      free(u, a);
      free(u, b);
      break;
    }
    case Op.Rcv: {
      if (to === null) {
        const t = temporary(u, n.ty, null);
        compile(u, n.start, n.stop, t, n);
        free(u, t);
        return null;
      }
      const held = noPlace();
      const from = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      if (from.ty.kind === Kind.Chan) raw(u, start, stop, I.recv, from, null, to).moff = n.ty.size;
      else receiveAny(u, start, stop, to, from);
      free(u, held);
      break;
    }
    case Op.Cons: {
      const a = noPlace();
      const head = left.reach >= Reach.Cant ? reachable(u, left, a, null) : left;
      if (samePlace(right, to!)) move(u, start, stop, Move.Cons, head.ty, head, to!);
      else {
        const list = temporary(u, n.ty, to);
        compile(u, right.start, right.stop, list, right);
        move(u, start, stop, Move.Cons, head.ty, head, list);
        if (!samePlace(list, to!)) moveTo(u, start, stop, to!.ty, list, to);
        free(u, a);
        free(u, list);
        break;
      }
      free(u, a);
      break;
    }
    case Op.Hd:
    case Op.Tl: {
      const held = noPlace();
      const list = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      if (n.op === Op.Hd) move(u, start, stop, Move.Hd, to!.ty, list, to!);
      else move(u, start, stop, Move.Tl, list.ty, list, to!);
      free(u, held);
      break;
    }
    case Op.Tuple: {
      const block = contiguous(n, n.ty);
      if (block !== null) {
        block.ty = n.ty;
        moveTo(u, start, stop, n.ty, block, to);
      } else buildTuple(u, to!, n);
      break;
    }
    case Op.Add:
    case Op.Sub:
    case Op.Mul:
    case Op.Div:
    case Op.Mod:
    case Op.And:
    case Op.Or:
    case Op.Xor:
    case Op.Lsh:
    case Op.Rsh:
    case Op.Exp:
      arithmetic(u, start, stop, to!, n);
      break;
    case Op.AddAs:
    case Op.SubAs:
    case Op.MulAs:
    case Op.DivAs:
    case Op.ModAs:
    case Op.ExpAs:
    case Op.AndAs:
    case Op.OrAs:
    case Op.XorAs:
    case Op.LshAs:
    case Op.RshAs: {
      if (left.op === Op.Inds) {
        assignCharacter(u, start, stop, to, n);
        break;
      }
      const a = noPlace();
      const b = noPlace();
      const [target, value] = bothReachable(u, left, right, a, b, to);
      operation(u, n.start, n.stop, n.op, value, null, target);
      moveTo(u, start, stop, target.ty, target, to);
      free(u, a);
      free(u, b);
      break;
    }
    case Op.Len: {
      const held = noPlace();
      const value = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      const t = value.ty;
      const op = t === tstring ? I.lenc : t.kind === Kind.Array ? I.lena : I.lenl;
      raw(u, start, stop, op, value, null, to);
      free(u, held);
      break;
    }
    case Op.Neg: {
      const held = noPlace();
      const value = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      operation(u, n.start, n.stop, n.op, value, null, to!);
      free(u, held);
      break;
    }
    case Op.Inc:
    case Op.Dec: {
      if (left.op === Op.Inds) {
        assignCharacter(u, start, stop, to, n);
        break;
      }
      const held = noPlace();
      const target = left.reach >= Reach.Cant ? reachable(u, left, held, null) : left;
      moveTo(u, start, stop, target.ty, target, to);
      operation(u, n.start, n.stop, n.op, right, null, target);
      free(u, held);
      break;
    }
    case Op.Spawn:
      if (left.left!.op === Op.Ind) callReference(u, n.start, n.stop, n.op, left, to);
      else call(u, n.start, n.stop, n.op, left, to);
      break;
    case Op.Raise: {
      const held = noPlace();
      const value = left.reach >= Reach.Cant ? reachable(u, left, held, null) : left;
      raw(u, n.start, n.stop, I.raise, value, null, null);
      free(u, held);
      break;
    }
    case Op.Call: {
      const [a, b] = to !== null ? [start, stop] : [n.start, n.stop];
      if (left.op === Op.Ind) callReference(u, a, b, n.op, n, to);
      else call(u, a, b, n.op, n, to);
      break;
    }
    case Op.Ref:
      makeReference(u, start, stop, to!, n);
      break;
    case Op.Load: {
      const held = noPlace();
      const path = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      const spare = temporary(u, tint, null);
      raw(u, start, stop, I.load, path, right, to);
      free(u, held);
      free(u, spare);
      break;
    }
    case Op.Cast: {
      const held = noPlace();
      const value = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      const op = castInstruction(value.ty.kind, n.ty.kind);
      if (value.ty.kind === Kind.Fix || n.ty.kind === Kind.Fix) {
        if (isFixedCast(op)) fixedConversion(u, start, stop, value, to!);
        else {
          const scale = label(u, mkReal(start, stop, scaleOf(value.ty) / scaleOf(n.ty)));
          raw(u, start, stop, op, value, scale, to);
        }
      } else raw(u, start, stop, op, value, null, to);
      free(u, held);
      break;
    }
    case Op.Array: {
      const held = noPlace();
      const size = left.reach >= Reach.Cant ? reachable(u, left, held, to) : left;
      const [a, b] = to !== null ? [start, stop] : [size.start, size.stop];
      raw(u, a, b, I.newa, size, descNode(u, n.ty.tof!), to);
      if (n.list !== null) fillArray(u, to!, n.list);
      free(u, held);
      break;
    }
    case Op.Slice:
      slice(u, start, stop, to!, n);
      break;
    case Op.Indx: {
      const a = noPlace();
      const b = noPlace();
      const c = noPlace();
      const [array, index] = bothReachable(u, left, right, a, b, to);
      let place = to!;
      if (place.reach >= Reach.Always) {
        const t = makeTemporary(u, place.ty, null, c);
        compile(u, start, stop, t, place);
        place = t;
      }
      raw(u, start, stop, indexInstruction(array.ty.tof!), array, place, index);
      // The element is still to be used: its array must live as long.
      if (a.decl !== null) freeLater(u, a);
      else free(u, a);
      free(u, b);
      free(u, c);
      break;
    }
    case Op.Ind: {
      const held = noPlace();
      const value = reachable(u, n, held, to);
      moveTo(u, start, stop, value.ty, value, to);
      free(u, held);
      break;
    }
    case Op.Not:
    case Op.AndAnd:
    case Op.OrOr:
    case Op.Eq:
    case Op.Neq:
    case Op.Lt:
    case Op.Leq:
    case Op.Gt:
    case Op.Geq: {
      const no = condition(u, n, true, null);
      moveTo(u, start, stop, tint, label(u, mkConst(start, stop, 1)), to);
      const done = jump(u, start, stop);
      patch(no, nextInst(u));
      moveTo(u, start, stop, tint, label(u, mkConst(start, stop, 0)), to);
      patch(done, nextInst(u));
      break;
    }
    case Op.Self: {
      const self = label(u, mkDeclName(start, stop, u.self!));
      const have = branch(u, start, stop, Op.Neq, self, label(u, mkDeclName(start, stop, u.nil)));
      n.op = Op.Load;
      compile(u, start, stop, self, n);
      patch(have, nextInst(u));
      moveTo(u, start, stop, n.ty, self, to);
      break;
    }
    default:
      throw new InternalError(`no code for operator ${n.op}`);
  }
  return to;
}

function indexInstruction(t: Type): number {
  if (t.size === 8) return t === treal ? I.indf : I.indl;
  if (t.size === 4) return I.indw;
  if (t.size === 1) return I.indb;
  return I.indx;
}

/** Evaluates into a temporary made in `held`. */
function evaluate(u: Unit, n: Node, held: Node, preferred: Node | null): Node {
  const t = makeTemporary(u, n.ty, preferred, held);
  compile(u, n.start, n.stop, t, n);
  return t;
}

/** Makes both operands reachable, the left one for writing. */
function bothReachable(u: Unit, left: Node, right: Node, a: Node, b: Node, to: Node | null): [Node, Node] {
  let l = left;
  let r = right;
  if (r.reach < Reach.Cant) {
    if (l.reach >= Reach.Cant) l = reachable(u, l, a, to);
  } else if (l.temps < r.temps) {
    r = reachable(u, r, b, to);
    if (l.reach >= Reach.Cant) l = reachable(u, l, a, null);
  } else {
    l = reachable(u, l, a, to);
    r = reachable(u, r, b, null);
  }
  return [l, r];
}

function assign(u: Unit, start: number, stop: number, given: Node | null, n: Node): void {
  let to = given;
  let left = n.left!;
  let right = n.right!;
  const made = noPlace();
  if (right.ty === tany) right.ty = n.ty;
  if (left.op === Op.Name && left.decl!.ty === tany) {
    // Assigning to nil only evaluates.
    left = to ?? makeTemporary(u, right.ty, null, made);
    to = null;
  }
  if (left.op === Op.Inds) {
    assignCharacter(u, start, stop, to, n);
    free(u, made);
    return;
  }
  if (left.op === Op.Slice) {
    assignSlice(u, start, stop, to, n);
    free(u, made);
    return;
  }
  if (left.op === Op.Tuple) {
    assignTuple(u, start, stop, to, n, left, right);
    free(u, made);
    return;
  }
  const a = noPlace();
  const b = noPlace();
  if (right.op === Op.Tuple) {
    const block = areAliased(left, right, u.companions) ? null : contiguous(right, n.ty);
    if (block !== null) {
      block.ty = n.ty;
      right = block;
    } else if (left.op !== Op.Name || isAliased(left, right, u.companions))
      right = evaluate(u, right, b, null);
  }
  if (left.reach >= Reach.Cant) left = reachable(u, left, a, to);
  compile(u, n.start, n.stop, left, right);
  if (to !== null) moveTo(u, start, stop, to.ty, left, to);
  free(u, a);
  free(u, b);
  free(u, made);
}

function assignTuple(
  u: Unit,
  start: number,
  stop: number,
  to: Node | null,
  n: Node,
  left: Node,
  given: Node,
): void {
  let right = given;
  if (!areAliased(right, left, u.companions)) {
    const target = contiguous(left, n.ty);
    if (target !== null) {
      target.ty = n.ty;
      compile(u, n.right!.start, n.right!.stop, target, right);
      moveTo(u, start, stop, n.ty, target, to);
      return;
    }
    const source = contiguous(right, n.ty);
    if (source !== null) {
      source.ty = n.ty;
      spreadTuple(u, source, left);
      moveTo(u, start, stop, n.ty, source, to);
      return;
    }
    if (to === null && right.op === Op.Tuple && left.ty.kind !== Kind.AdtPick) {
      assignEach(u, right, left);
      return;
    }
  }
  const held = noPlace();
  if (right.reach >= Reach.Always || right.op !== Op.Name || isAliased(right, left, u.companions)) {
    const t = makeTemporary(u, n.ty, null, held);
    compile(u, n.right!.start, n.right!.stop, t, right);
    right = t;
  }
  spreadTuple(u, right, left);
  moveTo(u, start, stop, n.ty, right, to);
  free(u, held);
}

/** A node for the field at an offset of a reachable record; the offset and type are set as needed. */
function fieldNode(u: Unit, record: Node): { field: Node; offset: Node } {
  const offset = mk(Op.Const);
  offset.ty = tint;
  const adr = mk(Op.Adr, record);
  adr.ty = tint;
  const add = mk(Op.Add, adr, offset);
  add.ty = tint;
  const field = mk(Op.Ind, add);
  label(u, field);
  if (field.reach >= Reach.Cant) throw new InternalError('record that is not reachable');
  return { field, offset };
}

/** Evaluates the elements of a tuple into their places. */
function buildTuple(u: Unit, to: Node, n: Node): void {
  const { field, offset } = fieldNode(u, to);
  n.list!.forEach((e, i) => {
    const d = n.ty.ids[i]!;
    offset.val = d.offset;
    field.ty = d.ty;
    compile(u, e.start, e.stop, field, e);
  });
}

/** Assigns the fields of a record to the elements of a tuple. */
function spreadTuple(u: Unit, record: Node, targets: Node): void {
  const { field, offset } = fieldNode(u, record);
  const t = targets.ty;
  const ids = t.kind === Kind.AdtPick ? t.tof!.ids.slice(1) : t.ids;
  targets.list!.forEach((target, i) => {
    if (target.op === Op.Name && target.decl === u.nil) return;
    const d = ids[i]!;
    offset.val = d.offset;
    field.ty = d.ty;
    field.start = target.start;
    field.stop = target.stop;
    if (target.reach < Reach.Cant) {
      move(u, target.start, target.stop, Move.As, d.ty, field, target);
      return;
    }
    const as = new Node(Op.As, target.start, target.stop, target, field);
    as.ty = d.ty;
    as.reach = Reach.Cant;
    compile(u, as.start, as.stop, null, as);
  });
}

/** Assigns tuple to tuple, element by element. */
function assignEach(u: Unit, from: Node, to: Node): void {
  const ids = to.ty.ids;
  from.list!.forEach((value, i) => {
    const target = to.list![i]!;
    if (target.op === Op.Name && target.decl === u.nil) return;
    const as = new Node(Op.As, value.start, value.stop, target, value);
    as.ty = ids[i]!.ty;
    label(u, as);
    compile(u, as.start, as.stop, null, as);
  });
}

function arithmetic(u: Unit, start: number, stop: number, to: Node, n: Node): void {
  let op = n.op;
  let left = n.left!;
  let right = n.right!;
  const a = noPlace();
  const b = noPlace();
  const commutes = commuted[op] !== 0 && n.ty !== tstring;
  if (samePlace(to, left)) {
    if (right.reach >= Reach.Cant) right = reachable(u, right, b, to);
    operation(u, start, stop, op, right, null, to);
    free(u, b);
    return;
  }
  if (commutes && samePlace(to, right)) {
    if (left.reach >= Reach.Cant) left = reachable(u, left, a, to);
    operation(u, start, stop, commuted[op]!, left, null, to);
    free(u, a);
    return;
  }
  if (right.reach < left.reach && commutes) {
    op = commuted[op]!;
    left = right;
    right = n.left!;
  }
  if (left.reach < Reach.Always) {
    if (right.reach >= Reach.Cant) right = reachable(u, right, b, to);
  } else if (right.temps <= left.temps) {
    left = evaluate(u, left, a, to);
    if (right.reach >= Reach.Cant) right = reachable(u, right, b, null);
  } else {
    right = reachable(u, right, b, to);
    left = evaluate(u, left, a, null);
  }
  if (samePlace(to, left)) operation(u, start, stop, op, right, null, to);
  else if (commutes && samePlace(to, right)) operation(u, start, stop, commuted[op]!, left, null, to);
  else operation(u, start, stop, op, right, left, to);
  free(u, a);
  free(u, b);
}

/**
 * Makes an expression reachable. `held` becomes the temporary that it needs, `preferred` may be used for it. The
 * address of an array element may be left in it.
 */
export function reachable(u: Unit, n: Node, held: Node, preferred: Node | null): Node {
  if (n.op === Op.Comma) {
    const inner = n.left!.left!;
    compile(u, n.left!.start, n.left!.stop, null, n.left!);
    const r = reachable(u, n.right!, held, preferred);
    free(u, inner);
    return r;
  }
  if (n.op !== Op.Ind) {
    const t = makeTemporary(u, n.ty, preferred, held);
    compile(u, n.start, n.stop, t, n);
    held.start = n.start;
    held.stop = n.stop;
    return held;
  }
  const left = n.left!;
  if (left.op === Op.Add && left.right!.op === Op.Const) {
    const base = left.left!;
    if (base.op === Op.Adr) {
      base.left = reachable(u, base.left!, held, preferred);
      label(u, n);
      if (n.reach >= Reach.Cant) throw new InternalError('field that is not reachable');
      return n;
    }
    makeTemporary(u, base.ty, preferred, held);
    compile(u, base.start, base.stop, held, base);
    base.decl = held.decl;
    base.reach = Reach.Reg;
    left.left = held;
    left.reach = Reach.Aadr;
    n.reach = Reach.Adr;
  } else if (left.op === Op.Adr) {
    const record = left.left!;
    makeTemporary(u, record.ty, preferred, held);
    compile(u, record.start, record.stop, held, record);
    // The field is at the record's start.
    held.ty = n.ty;
    held.start = n.start;
    held.stop = n.stop;
    return held;
  } else {
    makeTemporary(u, left.ty, preferred, held);
    compile(u, left.start, left.stop, held, left);
    n.left = held;
    n.reach = Reach.Adr;
  }
  return n;
}

/** array[index:] = value */
function assignSlice(u: Unit, start: number, stop: number, to: Node | null, n: Node): void {
  const a = noPlace();
  const b = noPlace();
  const c = noPlace();
  const [array, index] = placeAndIndex(u, n.left!.left!, n.left!.right!.left!, a, b, to);
  let value = n.right!;
  if (n.op === Op.As && value.reach >= Reach.Cant) value = reachable(u, value, c, null);
  raw(u, n.start, n.stop, I.slicela, value, index, array);
  moveTo(u, start, stop, n.ty, array, to);
  free(u, a);
  free(u, c);
  free(u, b);
}

/** Makes a place reachable and its index good for a middle operand. */
function placeAndIndex(u: Unit, place: Node, index: Node, a: Node, b: Node, to: Node | null): [Node, Node] {
  let p = place;
  let i = index;
  if (i.reach < Reach.Always) {
    if (p.reach >= Reach.Cant) p = reachable(u, p, a, to);
  } else if (p.temps <= i.temps) {
    i = evaluate(u, i, b, to);
    if (p.reach >= Reach.Cant) p = reachable(u, p, a, null);
  } else {
    p = reachable(u, p, a, null);
    i = evaluate(u, i, b, null);
  }
  return [p, i];
}

/** string[index] = value, and the operators that also assign. */
function assignCharacter(u: Unit, start: number, stop: number, given: Node | null, n: Node): void {
  let to = given;
  const a = noPlace();
  const b = noPlace();
  const c = noPlace();
  const d = noPlace();
  const [string, index] = placeAndIndex(u, n.left!.left!, n.left!.right!, a, b, to);
  let value = n.right!;
  if (n.op === Op.As) {
    if (value.reach >= Reach.Cant) value = reachable(u, value, c, null);
  } else if (n.op === Op.Inc || n.op === Op.Dec) {
    const now = makeTemporary(u, tint, null, d);
    operation(u, n.left!.start, n.left!.stop, Op.Inds, string, index, now);
    moveTo(u, start, stop, n.ty, now, to);
    to = null;
    operation(u, n.start, n.stop, n.op, value, null, now);
    value = now;
  } else {
    if (value.reach >= Reach.Cant) value = reachable(u, value, c, null);
    const now = makeTemporary(u, tint, null, d);
    operation(u, n.left!.start, n.left!.stop, Op.Inds, string, index, now);
    operation(u, n.start, n.stop, n.op, value, null, now);
    value = now;
  }
  raw(u, n.start, n.stop, I.insc, value, index, string);
  free(u, a);
  free(u, c);
  free(u, b);
  free(u, d);
  moveTo(u, start, stop, n.ty, value, to);
}

function slice(u: Unit, start: number, stop: number, to: Node, n: Node): void {
  const a = noPlace();
  const b = noPlace();
  const c = noPlace();
  let from = n.left!;
  let low = n.right!.left!;
  let high = n.right!.right!;
  // Made reachable first: its length may be taken, too.
  if (from.reach >= Reach.Cant) from = reachable(u, from, a, null);
  if (high.op === Op.Nothing) {
    high = new Node(Op.Len, start, stop, from, null);
    high.ty = tint;
    label(u, high);
  }
  if (high.reach < Reach.Always) {
    if (low.reach >= Reach.Cant) low = reachable(u, low, b, null);
  } else if (low.temps <= high.temps) {
    high = evaluate(u, high, c, null);
    if (low.reach >= Reach.Cant) low = reachable(u, low, b, null);
  } else {
    low = reachable(u, low, b, null);
    high = evaluate(u, high, c, null);
  }
  const op = to.ty === tstring ? I.slicec : I.slicea;
  // Last, because the bounds may be computed from the destination.
  if (!samePlace(from, to)) compile(u, from.start, from.stop, to, from);
  raw(u, start, stop, op, low, high, to);
  free(u, a);
  free(u, b);
  free(u, c);
}

/** ref value, ref adt, and references to functions. */
function makeReference(u: Unit, start: number, stop: number, to: Node, n: Node): void {
  const left = n.left!;
  let t = left.ty;
  const named =
    left.op === Op.Name
      ? left.decl
      : left.op === Op.Mdot && left.right!.op === Op.Name
        ? left.right!.decl
        : null;
  if (named !== null && named.store === Store.Fn) {
    functionReference(u, start, stop, to, n, left, named);
    return;
  }
  if (left.op === Op.Name && left.decl!.store === Store.Type) {
    raw(u, start, stop, I.new, descNode(u, t), null, to);
    return;
  }
  if (t.kind === Kind.Adt && t.tags.length > 0) {
    copyPick(u, start, stop, to, left);
    return;
  }
  const value = t;
  if (left.op === Op.Const && left.decl !== null && left.decl.store === Store.Tag) t = left.decl.ty.tof!;
  const made = temporary(u, n.ty, to);
  raw(u, start, stop, I.new, descNode(u, t), null, made);
  const place = mk(Op.Ind, made);
  place.ty = value;
  label(u, place);
  compile(u, start, stop, place, left);
  if (!samePlace(made, to)) moveTo(u, start, stop, n.ty, made, to);
  free(u, made);
}

function functionReference(
  u: Unit,
  start: number,
  stop: number,
  to: Node,
  n: Node,
  left: Node,
  d: Decl,
): void {
  let module: Node;
  if (left.op === Op.Mdot) module = left.left!;
  else if (d.eimport !== null) module = d.eimport;
  else {
    module = lower(u, mk(Op.Self));
    exportFunction(u, null, d);
  }
  label(u, module);
  const made = temporary(u, n.ty, to);
  raw(u, start, stop, I.new, descNode(u, useType(u, u.tfnptr)), null, made);
  const handle = mk(Op.Ind, made);
  handle.start = start;
  handle.stop = stop;
  handle.ty = tany;
  label(u, handle);
  compile(u, start, stop, handle, module);
  const index = mkUnary(Op.Ind, mkBinary(Op.Add, copyTree(made, false, 0, 0), mkConst(start, stop, 4)));
  index.ty = tint;
  index.left!.ty = tint;
  index.left!.right!.ty = tint;
  const name = mkDeclName(start, stop, d);
  const as = new Node(Op.As, start, stop, index, name);
  as.ty = tint;
  name.ty = tint;
  label(u, as);
  name.reach = Reach.Off;
  compile(u, start, stop, null, as);
  if (!samePlace(made, to)) moveTo(u, start, stop, n.ty, made, to);
  free(u, made);
}

/** Code of a call or spawn; `to` receives the result. */
function call(u: Unit, start: number, stop: number, op: number, n: Node, to: Node | null): void {
  const fn = n.left!;
  const args = n.list!;
  let callee: Decl | null;
  if (fn.op === Op.Mdot) callee = fn.right!.decl;
  else if (fn.op === Op.Name) callee = fn.decl;
  else throw new InternalError('call of what is no function');
  if (fn.ty.tof !== tnone && to === null) {
    const t = temporary(u, fn.ty.tof!, null);
    compile(u, start, stop, t, n);
    free(u, t);
    return;
  }
  if (isPolyFunction(callee)) addPointerArguments(u, callee!, false);
  if (fn.ty.varargs) {
    // A frame of its own, for the arguments of this call.
    const own = cloneDecl(fn.right!.decl!);
    own.desc = variablesDesc(u, placeVariables(fn.ty.ids, MaxTemp, MaxAlign), fn.ty.ids);
    fn.decl = own;
  }
  const frame = temporary(u, tint, null);
  const remote = fn.reach === Reach.Mpc;
  const moduleHeld = noPlace();
  const indexHeld = noPlace();
  let module = fn.left!;
  let index = fn.right!;
  if (remote) {
    if (module.reach >= Reach.Cant) module = reachable(u, module, moduleHeld, null);
    if (index.op !== Op.Name && index.reach >= Reach.Always) index = evaluate(u, index, indexHeld, null);
    else if (index.decl !== null && index.decl.store !== Store.Arg) index.reach = Reach.Off;
  }
  // Calls among the arguments come first: no frame is half built while another function runs.
  for (let i = 0; i < args.length; i++) {
    const a = args[i]!;
    if (!hasCall(a)) continue;
    const t = temporary(u, a.ty, null);
    compile(u, a.start, a.stop, t, a);
    t.flags |= NodeFlag.Temp;
    args[i] = t;
  }
  if (remote && !fn.ty.varargs) raw(u, start, stop, I.mframe, module, index, frame);
  else {
    const i = raw(u, start, stop, I.frame, null, null, frame);
    i.sm = Mode.Desc;
    i.sdecl = fn.decl;
  }
  const offset = mk(Op.Const);
  offset.reach = Reach.Const;
  offset.ty = tint;
  const address = mk(Op.Add, frame, offset);
  address.reach = Reach.Aadr;
  address.ty = tint;
  const argument = mk(Op.Ind, address);
  argument.reach = Reach.Adr;
  let last = 0;
  for (let i = 0; i < args.length; i++) {
    const a = args[i]!;
    const d = fn.ty.ids[i]!;
    last = d.offset;
    offset.val = last;
    argument.ty = d.ty.kind === Kind.Poly ? a.ty : d.ty;
    compile(u, a.start, a.stop, argument, a);
    if (a.flags & NodeFlag.Temp) free(u, a);
  }
  if (last > u.code.maxStack) u.code.maxStack = last;
  if (to !== null) {
    offset.val = 16;
    argument.ty = fn.ty.tof!;
    raw(u, start, stop, I.lea, to, null, argument).moff = to.ty.size;
  }
  if (remote) {
    raw(u, start, stop, op === Op.Spawn ? I.mspawn : I.mcall, frame, index, module);
    free(u, moduleHeld);
    free(u, indexHeld);
  } else {
    const i = raw(u, start, stop, op === Op.Spawn ? I.spawn : I.call, frame, null, null);
    i.ddecl = fn.decl;
    i.dm = Mode.Pc;
  }
  free(u, frame);
}

/** A call through a function reference: a module and an index. */
function callReference(u: Unit, start: number, stop: number, op: number, n: Node, to: Node | null): void {
  const held = noPlace();
  let f = n.left!.left!;
  if (f.reach >= Reach.Cant) f = reachable(u, f, held, null);
  const module = mkUnary(Op.Ind, f);
  const add = mkBinary(Op.Add, copyTree(f, false, 0, 0), mkConst(start, stop, 4));
  const index = mkUnary(Op.Ind, add);
  const fn = mkBinary(Op.Mdot, module, index);
  fn.ty = f.ty.tof!;
  module.ty = tint;
  index.ty = tint;
  add.ty = tint;
  n.left = fn;
  label(u, n);
  call(u, start, stop, op, n, to);
  free(u, held);
}

/** Assigns the elements of an initialiser. */
function fillArray(u: Unit, array: Node, elements: readonly Node[]): void {
  let wild: Node | null = null;
  for (const e of elements) for (const q of e.list!) if (q.op === Op.Wild) wild = e;
  if (wild !== null) fillDefault(u, array, wild.right!);
  const address = temporary(u, tint, null);
  const index = mk(Op.Indx, array);
  index.ty = tint;
  const element = mk(Op.Ind, address);
  element.reach = Reach.Adr;
  element.ty = array.ty.tof!;
  for (const e of elements) {
    const quals = e.list!;
    quals.forEach((q, i) => {
      if (q.op === Op.Wild) return;
      // Each label but the last gets a copy of the value.
      const body = i + 1 < quals.length ? copyTree(e.right!, false, 0, 0) : e.right!;
      let top: Inst | null = null;
      let out: Inst | null = null;
      let counter: Node | null = null;
      if (q.op === Op.Range) {
        counter = temporary(u, tint, null);
        counter.start = q.start;
        counter.stop = q.stop;
        compile(u, q.start, q.stop, counter, q.left!);
        const test = new Node(Op.Leq, q.start, q.stop, counter, q.right!);
        test.ty = tint;
        top = nextInst(u);
        out = condition(u, test, true, null);
        index.right = counter;
      } else index.right = q;
      index.reach = Reach.Cant;
      index.start = q.start;
      index.stop = q.stop;
      compile(u, q.start, q.stop, address, index);
      compile(u, body.start, body.stop, element, body);
      if (counter !== null) {
        const one = label(u, mkConst(counter.start, counter.stop, 1));
        const step = mkBinary(Op.Inc, counter, one);
        step.ty = tint;
        step.reach = Reach.Cant;
        compile(u, step.start, step.stop, null, step);
        patch(jump(u, q.start, q.stop), top);
        patch(out, nextInst(u));
        free(u, counter);
      }
    });
  }
  free(u, address);
}

/** Assigns a value to all elements, from the last to the first. */
function fillDefault(u: Unit, array: Node, given: Node): void {
  let value = given;
  const length = new Node(Op.Len, value.start, value.stop, array, null);
  length.ty = tint;
  length.reach = Reach.Cant;
  const n = temporary(u, tint, null);
  n.start = value.start;
  n.stop = value.stop;
  compile(u, length.start, length.stop, n, length);
  const top = nextInst(u);
  const out = condition(u, n, true, null);
  const step = mkBinary(Op.Dec, n, label(u, mkConst(value.start, value.stop, 1)));
  step.ty = tint;
  step.reach = Reach.Cant;
  compile(u, step.start, step.stop, null, step);
  const held = noPlace();
  if (value.reach >= Reach.Cant) value = reachable(u, value, held, null);
  const index = new Node(Op.Indx, value.start, value.stop, array, n);
  index.ty = tint;
  const as = mkBinary(Op.As, mkUnary(Op.Ind, index), value);
  as.ty = value.ty;
  as.left!.ty = value.ty;
  label(u, as);
  compile(u, as.start, as.stop, null, as);
  patch(jump(u, as.start, as.stop), top);
  free(u, n);
  free(u, held);
  patch(out, nextInst(u));
}

/** Branches away when the condition is not `wanted`. The chain of those branches, with `chain` at its end. */
export function condition(u: Unit, n: Node, wanted: boolean, chain: Inst | null): Inst | null {
  if (n.op === Op.Comma) {
    const held = n.left!.left!;
    compile(u, n.left!.start, n.left!.stop, null, n.left!);
    const b = condition(u, n.right!, wanted, chain);
    free(u, held);
    return b;
  }
  let left = n.left!;
  let right = n.right!;
  let op = n.op;
  switch (op) {
    case Op.Nothing:
      return chain;
    case Op.Not:
      return condition(u, left, !wanted, chain);
    case Op.AndAnd:
    case Op.OrOr:
      if ((op === Op.AndAnd) === wanted) {
        return condition(u, right, wanted, condition(u, left, wanted, chain));
      } else {
        const yes = condition(u, left, !wanted, null);
        const b = condition(u, right, wanted, chain);
        patch(yes, nextInst(u));
        return b;
      }
    case Op.Gt:
    case Op.Geq:
    case Op.Neq:
    case Op.Eq:
    case Op.Lt:
    case Op.Leq:
      break;
    default:
      right = mkConst(n.start, n.stop, 0);
      right.reach = Reach.Const;
      left = n;
      op = Op.Neq;
      break;
  }
  if (wanted) op = inverted[op]!;
  if (left.reach < right.reach) {
    [left, right] = [right, left];
    op = commuted[op]!;
  }
  const a = noPlace();
  const b = noPlace();
  if (right.reach < Reach.Always) {
    if (left.reach >= Reach.Cant) left = reachable(u, left, a, null);
  } else if (left.temps <= right.temps) {
    right = evaluate(u, right, b, null);
    if (left.reach >= Reach.Cant) left = reachable(u, left, a, null);
  } else {
    left = reachable(u, left, a, null);
    right = evaluate(u, right, b, null);
  }
  const i = branch(u, n.start, n.stop, op, left, right);
  i.branch = chain;
  free(u, a);
  free(u, b);
  return i;
}

/** A receive from an array of channels is an alt with one entry. */
function receiveAny(u: Unit, start: number, stop: number, to: Node, channels: Node): void {
  const entry: Label = {
    node: null,
    isPointer: channels.reach >= Reach.Cant,
    start: channels,
    stop: channels,
    inst: null,
  };
  const t = altType(u, { labels: [entry], senders: 0, entries: 1, wild: null, wildInst: null });
  const which = temporary(u, tint, null);
  const table = temporary(u, t, null);
  const { field: slot, offset } = fieldNode(u, table);
  offset.reach = Reach.Const;
  offset.val = 8;
  if (channels.reach < Reach.Cant) move(u, start, stop, Move.As, tint, channels, slot);
  else {
    slot.ty = channels.ty;
    compile(u, start, stop, slot, channels);
  }
  offset.val = 12;
  raw(u, channels.start, channels.stop, I.lea, to, null, slot).moff = to.ty.size;
  offset.val = 0;
  move(u, start, stop, Move.As, tint, label(u, mkConst(start, stop, 0)), slot);
  offset.val = 4;
  move(u, start, stop, Move.As, tint, label(u, mkConst(start, stop, 1)), slot);
  raw(u, start, stop, I.alt, table, null, which).moff = t.size;
  free(u, which);
  free(u, table);
}

/** Copies an adt with pick tags: a case on the tag, and a copy of the size of each. */
function copyPick(u: Unit, start: number, stop: number, to: Node, n: Node): void {
  const t = n.ty;
  const d = new Decl(
    start,
    stop,
    Store.Undef,
    u.sym(`.c${u.serial.table++}`),
    new Type(Kind.Case, start, stop, null, noDecls),
  );
  d.init = mkDeclName(start, stop, d);
  const tableNode = mk(Op.Name);
  tableNode.reach = Reach.Mreg;
  tableNode.ty = d.ty;
  tableNode.decl = d;
  const held = temporary(u, n.left!.ty, null);
  compile(u, start, stop, held, n.left!);
  const tag = mkUnary(Op.Ind, held);
  tag.ty = tint;
  label(u, tag);
  const dest = mkUnary(Op.Ind, to);
  dest.ty = to.ty.tof!;
  label(u, dest);
  const choose = raw(u, start, stop, I.case, tag, null, tableNode);
  const labels: Label[] = [];
  let jumps: Inst | null = null;
  for (let i = 0; i < t.tags.length; ) {
    const first = t.tags[i]!;
    let last = first;
    while (++i < t.tags.length && t.tags[i]!.ty === first.ty) last = t.tags[i]!;
    const from = label(u, simplify(u, mkDeclName(start, stop, first)));
    const upTo = last === first ? from : label(u, simplify(u, mkDeclName(start, stop, last)));
    labels.push({ node: null, isPointer: false, start: from, stop: upTo, inst: nextInst(u) });
    raw(u, start, stop, I.new, descNode(u, first.ty.tof!), null, to);
    move(u, start, stop, Move.As, first.ty.tof!, tag, dest);
    const j = jump(u, start, stop);
    j.branch = jumps;
    jumps = j;
  }
  // No other tag exists; should one turn up, the process stops here.
  const wild = jump(u, start, stop);
  patch(wild, wild);
  patch(jumps, nextInst(u));
  free(u, held);
  d.ty.cases = { labels, senders: 0, entries: labels.length, wild: null, wildInst: wild };
  choose.table = d.ty.cases;
  useType(u, d.ty);
  install(u, Store.Global, [d]);
}
