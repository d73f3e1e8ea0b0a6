import { copyTree, mk, mkConst, type Node } from '../ast/node.ts';
import { Op, spelling } from '../ast/ops.ts';
import { suggest } from '../diagnostics/suggest.ts';
import * as E from '../errors.ts';
import { hasEffect } from '../optimise/trees.ts';
import { markModules } from '../types/classes.ts';
import { exceptionTuple } from '../types/exceptions.ts';
import { holdsPointer } from '../types/layout.ts';
import { enclosingVariables, isPolyFunction } from '../types/poly.ts';
import { nodeText, typedText, typeText } from '../types/print.ts';
import { commonType, compatible, sameType } from '../types/relations.ts';
import { useType, validType, variableType } from '../types/resolve.ts';
import {
  Decl,
  Kind,
  member,
  nameOf,
  noDecls,
  Store,
  Type,
  takesSpace,
  tany,
  tbig,
  tbyte,
  terror,
  tint,
  tnone,
  treal,
  tstring,
  tunknown,
  tunset,
} from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { checkCall } from './calls.ts';
import { castExists } from './casts.ts';
import { declareNames } from './declarations.ts';
import { assignIndices } from './labels.ts';
import { shareLocation } from './locals.ts';
import { clearAtEnd, inBlock, undeclared } from './scope.ts';

/**
 * What checking says of an expression, or-ed: Ok, its type is known and errors were contained; Allok, there were
 * none in it at all.
 */
export const Ok = 1;
export const Allok = 2;
export const Good: number = Ok | Allok;
export const Bad = 0;

export function isOk(r: number): boolean {
  return (r & Ok) !== 0;
}

export function isAllOk(r: number): boolean {
  return (r & Allok) !== 0;
}

/** Stands for a list around an expression. */
const inList: Node = mk(Op.Pair);

export function checkList(u: Unit, list: readonly Node[] | null, typeOk: number, global: boolean): number {
  let r = Good;
  if (list !== null) for (const e of list) r &= checkExpression(u, e, typeOk === 2 ? 1 : 0, global, inList);
  return r;
}

/**
 * Gives an expression its type, and binds its names. `typeOk` 1: it may be a type; 2: so may the elements of its list.
 * `parent` is what it is an operand of.
 */
export function checkExpression(
  u: Unit,
  n: Node | null,
  typeOk: number,
  global: boolean,
  parent: Node | null,
): number {
  if (n === null) return Good;
  const { op } = n;
  if (op === Op.Pair) {
    n.ty = tnone;
    return checkExpression(u, n.left, 0, global, inList) & checkExpression(u, n.right, 0, global, parent);
  }
  if (op === Op.Das) return checkDeclareAssign(u, n, global);
  let r = Good;
  const typeAllowed =
    op === Op.Dot || op === Op.Mdot || op === Op.Call || op === Op.Ref || op === Op.Tagof || op === Op.Index;
  if (op !== Op.Load && n.left !== null) r = checkExpression(u, n.left, typeAllowed ? 1 : 0, global, n);
  if (n.list !== null && op !== Op.Call) r &= checkList(u, n.list, typeOk, global);
  if (n.right !== null && op !== Op.Dot && op !== Op.Mdot && op !== Op.Index) {
    r &= checkExpression(u, n.right, 0, global, n);
  }
  if (!isOk(r)) {
    n.ty = terror;
    return Bad;
  }
  return checkOperator(u, n, r, typeOk, global, parent);
}

/** Reports, and says that the expression has no type. */
function bad(u: Unit, n: { start: number; stop: number }, message: string, hint?: string): number {
  u.error(n, message, hint);
  return Bad;
}

function checkDeclareAssign(u: Unit, n: Node, global: boolean): number {
  const left = n.left!;
  const right = n.right!;
  let r = checkExpression(u, right, 0, global, n);
  if (!isOk(r)) right.ty = terror;
  if (!global && !declareNames(u, left)) r &= ~Ok;
  else if (!isSpecific(right.ty) || !infer(u, left, right.ty)) {
    u.error(n, E.cannotDeclare(nodeText(u, left), typedText(u, right)));
    forget(u, left);
    r &= ~Ok;
  }
  left.ty = right.ty.kind === Kind.Exception ? exceptionTuple(u, right.ty) : right.ty;
  n.ty = left.ty;
  if (!isOk(r)) r &= ~Allok;
  if (inBlock(u) && holdsPointer(left.ty)) clearAtEnd(u, left);
  return r;
}

/** Whether a type says what a variable is, with no nil in it. */
export function isSpecific(t: Type | null): boolean {
  if (t === null) return false;
  switch (t.kind) {
    case Kind.Any:
      return false;
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      return isSpecific(t.tof);
    case Kind.Tuple:
    case Kind.Exception:
      return t.ids.every((d) => isSpecific(d.ty));
    case Kind.None:
      return false;
    default:
      return true;
  }
}

/** Gives the variables on the left of := their types. */
function infer(u: Unit, n: Node, type: Type): boolean {
  let t = type;
  if (t.kind === Kind.Exception) {
    if (t.cons) return false;
    t = exceptionTuple(u, t);
  }
  if (n.op === Op.Tuple) {
    if (t.kind === Kind.Error) {
      forget(u, n);
      return true;
    }
    if (t.kind !== Kind.Tuple && t.kind !== Kind.Adt && t.kind !== Kind.AdtPick) return false;
    n.ty = t;
    const fields = (t.kind === Kind.AdtPick ? t.tof!.ids.slice(1) : t.ids).filter(
      (d) => d.store === Store.Field,
    );
    if (fields.length !== n.list!.length) return false;
    let ok = true;
    n.list!.forEach((e, i) => {
      if (!infer(u, e, fields[i]!.ty)) ok = false;
    });
    return ok;
  }
  if (n.op !== Op.Name) return false;
  variableType(u, t, n.decl!, false, false);
  if (n.decl === u.nil) return true;
  if (t.kind === Kind.Error) {
    forget(u, n);
    return true;
  }
  n.decl!.ty = t;
  n.ty = t;
  shareLocation(u, n.decl!);
  return true;
}

/** After an error in a declaration: uses of its variables are not complained about. */
function forget(u: Unit, n: Node): void {
  if (n.op === Op.Tuple) for (const e of n.list!) forget(u, e);
  else if (n.op === Op.Name && n.decl !== u.nil && n.decl !== null) {
    if (n.decl.store !== Store.Unbound) n.decl.store = Store.Wundef;
  }
}

function refTo(u: Unit, n: Node, t: Type): Type {
  return useType(u, new Type(Kind.Ref, n.start, n.stop, t, noDecls));
}

/** Whether an expression names a type. */
export function isTypeName(n: Node): boolean {
  if (n.op === Op.Name) return n.decl!.store === Store.Type;
  if (n.op === Op.Mdot) return isTypeName(n.right!);
  return false;
}

/** The fields of a tuple made of expressions. */
export function tupleFields(list: readonly Node[] | null): Decl[] {
  return (list ?? []).map((e) => new Decl(e.start, e.stop, Store.Field, null, e.ty));
}

function checkOperator(
  u: Unit,
  n: Node,
  given: number,
  typeOk: number,
  global: boolean,
  parent: Node | null,
): number {
  let r = given;
  const left = n.left!;
  const right = n.right!;
  switch (n.op) {
    case Op.Nothing:
      n.ty = tnone;
      return r;
    case Op.Wild:
      n.ty = tint;
      return r;
    case Op.Const:
      return r;
    case Op.Cast:
      return checkCast(u, n, left, r);
    case Op.Chan:
      n.ty = useType(u, n.ty);
      if (n.left !== null && left.ty.kind !== Kind.Int) return bad(u, left, E.chanSize(typedText(u, left)));
      return r;
    case Op.Load:
      return checkLoad(u, n, left, global, r);
    case Op.Ref: {
      const t = left.ty;
      if (t.kind !== Kind.Adt && t.kind !== Kind.AdtPick && t.kind !== Kind.Fn && t.kind !== Kind.Tuple) {
        return t.kind === Kind.Error ? Bad : bad(u, n, E.cannotRefOf(typedText(u, left)));
      }
      if (!u.inTypeList && t.kind === Kind.Adt && t.tags.length > 0 && isTypeName(left)) {
        return bad(u, n, E.needsTag(nodeText(u, left)));
      }
      if (t.kind === Kind.AdtPick) t.tof = useType(u, t.tof!);
      n.ty = refTo(u, n, t);
      return r;
    }
    case Op.Array:
      return checkArray(u, n, r);
    case Op.Elem:
      n.ty = right.ty;
      return r;
    case Op.Range:
      if (left.ty !== right.ty || (left.ty !== tint && left.ty !== tstring)) {
        return bad(u, n, E.badRange(typedText(u, left), typedText(u, right)));
      }
      n.ty = left.ty;
      return r;
    case Op.Name:
      return checkName(u, n, typeOk, parent);
    case Op.As:
      return checkAssign(u, n, left, right, r);
    case Op.Snd: {
      if (left.ty.kind !== Kind.Chan) return badOperand(u, left, E.cannotSend(typedText(u, left)));
      if (!compatible(u, left.ty.tof, right.ty, false)) {
        return bad(u, right, E.sendMismatch(typeText(u, left.ty.tof), typedText(u, right)));
      }
      n.ty = right.ty === tany ? left.ty.tof! : right.ty;
      return r;
    }
    case Op.Rcv: {
      const c = left.ty.kind === Kind.Array ? left.ty.tof! : left.ty;
      if (c.kind !== Kind.Chan) return badOperand(u, left, E.cannotReceive(typedText(u, left)));
      if (left.ty.kind === Kind.Array) {
        const ids = [
          new Decl(n.start, n.stop, Store.Undef, null, tint),
          new Decl(n.start, n.stop, Store.Undef, null, c.tof!),
        ];
        n.ty = useType(u, new Type(Kind.Tuple, n.start, n.stop, null, ids));
      } else n.ty = c.tof!;
      return r;
    }
    case Op.Cons:
      return checkCons(u, n, left, right, r);
    case Op.Hd:
    case Op.Tl:
      if (left.ty.kind !== Kind.List)
        return badOperand(u, left, E.needsList(spelling[n.op]!, typedText(u, left)));
      n.ty = n.op === Op.Hd ? left.ty.tof! : left.ty;
      return r;
    case Op.Tuple:
      n.ty = useType(u, new Type(Kind.Tuple, n.start, n.stop, null, tupleFields(n.list)));
      return r;
    case Op.Spawn:
      if (left.op !== Op.Call || (left.left!.ty.kind !== Kind.Fn && !isFunctionRef(left.left!.ty))) {
        return bad(u, left, E.cannotSpawn(nodeText(u, left)));
      }
      if (left.ty !== tnone) return bad(u, left, E.spawnValue(nodeText(u, left), typeText(u, left.ty)));
      n.ty = tnone;
      return r;
    case Op.Raise:
      return checkRaise(u, n, left, r);
    case Op.Call:
      return checkCall(u, n, r, global);
    case Op.Dot:
      return checkDot(u, n, left, right, r, parent);
    case Op.Mdot:
      return checkMdot(u, n, left, right, r, typeOk, global, parent);
    case Op.Tagof:
      return checkTagof(u, n, left, r);
    case Op.Ind: {
      const t = left.ty;
      const to = t.kind === Kind.Ref ? t.tof! : null;
      if (to === null || (to.kind !== Kind.Adt && to.kind !== Kind.AdtPick && to.kind !== Kind.Tuple)) {
        return badOperand(u, left, E.cannotFollow(typedText(u, left)));
      }
      n.ty = to;
      for (const tag of to.tags) tag.ty.tof = useType(u, tag.ty.tof!);
      return r;
    }
    case Op.Index:
      return checkIndex(u, n, left, right, r, typeOk, global);
    case Op.Slice: {
      n.ty = left.ty;
      if (left.ty.kind !== Kind.Array && left.ty !== tstring) {
        return badOperand(u, left, E.cannotSlice(typedText(u, left)));
      }
      for (const bound of [right.left!, right.right!]) {
        if (bound.ty !== tint && bound.op !== Op.Nothing) {
          u.error(bound, E.sliceBound(typedText(u, bound)));
          r &= ~Allok;
        }
      }
      return r;
    }
    case Op.Len:
      n.ty = tint;
      if (left.ty.kind !== Kind.Array && left.ty.kind !== Kind.List && left.ty !== tstring) {
        u.error(left, E.needsLength(typedText(u, left)));
        r &= ~Allok;
      }
      return r;
    case Op.Comp:
    case Op.Not:
    case Op.Neg: {
      n.ty = left.ty;
      const k = left.ty.kind;
      const ok =
        k === Kind.Int ||
        ((k === Kind.Real || k === Kind.Fix) && n.op === Op.Neg) ||
        ((k === Kind.Big || k === Kind.Byte) && n.op !== Op.Not);
      return ok ? r : badOperand(u, left, E.cannotApply(spelling[n.op]!, typedText(u, left)), n);
    }
    case Op.Inc:
    case Op.Dec:
    case Op.PreInc:
    case Op.PreDec: {
      n.ty = left.ty;
      const k = left.ty.kind;
      if (k !== Kind.Int && k !== Kind.Big && k !== Kind.Byte && k !== Kind.Real) {
        return badOperand(u, left, E.cannotApply(spelling[n.op]!, typedText(u, left)), n);
      }
      return checkTarget(u, left) ? r : Bad;
    }
    case Op.Exp:
    case Op.ExpAs:
      n.ty = left.ty;
      if (n.ty !== tint && n.ty !== tbig && n.ty !== treal) {
        return badOperand(u, left, E.powerBase(typedText(u, left)));
      }
      if (right.ty !== tint) return badOperand(u, right, E.powerExponent(typedText(u, right)));
      return n.op === Op.ExpAs && !checkTarget(u, left) ? Bad : r;
    case Op.Lsh:
    case Op.Rsh:
      return checkShift(u, n, left, right) ? r : Bad;
    case Op.LshAs:
    case Op.RshAs:
      return checkShift(u, n, left, right) && checkTarget(u, left) ? r : Bad;
    case Op.AndAnd:
    case Op.OrOr:
      for (const e of [left, right]) {
        if (e.ty !== tint) {
          if (e.ty.kind !== Kind.Error) u.error(e, E.needsCondition(spelling[n.op]!, typedText(u, e)));
          r &= ~Allok;
        }
      }
      n.ty = tint;
      return r;
    case Op.Add:
    case Op.Sub:
    case Op.Mul:
    case Op.Div:
      return checkArithmetic(u, n, left, right, true) ? r : Bad;
    case Op.And:
    case Op.Mod:
    case Op.Or:
    case Op.Xor:
      return checkArithmetic(u, n, left, right, false) ? r : Bad;
    case Op.AddAs:
    case Op.SubAs:
    case Op.MulAs:
    case Op.DivAs:
      return checkArithmetic(u, n, left, right, true) && checkTarget(u, left) ? r : Bad;
    case Op.AndAs:
    case Op.ModAs:
    case Op.XorAs:
    case Op.OrAs:
      return checkArithmetic(u, n, left, right, false) && checkTarget(u, left) ? r : Bad;
    case Op.Lt:
    case Op.Leq:
    case Op.Gt:
    case Op.Geq:
      if (!checkArithmetic(u, n, left, right, true)) return Bad;
      n.ty = tint;
      return r;
    case Op.Eq:
    case Op.Neq:
      return checkEquality(u, n, left, right, r);
    case Op.Type:
      if (typeOk === 0) return bad(u, n, E.typeNotValue(typeText(u, n.ty)));
      n.ty = useType(u, n.ty);
      return r;
    default:
      throw new InternalError(`operator ${n.op} in check`);
  }
}

/** Reports a wrong operand, unless its type is wrong already. */
function badOperand(u: Unit, operand: Node, message: string, at: Node = operand): number {
  return operand.ty.kind === Kind.Error ? Bad : bad(u, at, message);
}

function checkCast(u: Unit, n: Node, left: Node, r: number): number {
  const t = useType(u, n.ty);
  n.ty = t;
  const from = left.ty;
  if (compatible(u, t, from, false)) {
    left.ty = t;
    return r;
  }
  if (from.kind === Kind.Array) {
    if (from.tof === tbyte && t === tstring) return r;
  } else if (t.kind === Kind.Array) {
    if (t.tof === tbyte && from === tstring) return r;
  } else if (castExists(from.kind, t.kind)) return r;
  return bad(u, n, E.cannotCast(typeText(u, t), typedText(u, left)));
}

function checkLoad(u: Unit, n: Node, path: Node, global: boolean, given: number): number {
  let r = given;
  n.ty = useType(u, n.ty);
  const pathOk = checkExpression(u, path, 0, global, n);
  if (n.ty.kind !== Kind.Module) {
    return n.ty.kind === Kind.Error ? Bad : bad(u, n, E.cannotLoad(typeText(u, n.ty)));
  }
  if (!isAllOk(pathOk)) return r & ~Allok;
  if (path.ty !== tstring) {
    u.error(path, E.loadPath(typedText(u, path)));
    r &= ~Allok;
    return r;
  }
  const table = n.ty.tof!;
  if (table.decl!.refs !== 0) table.decl!.refs++;
  n.ty.decl!.refs++;
  useType(u, table);
  return r;
}

function checkArray(u: Unit, n: Node, r: number): number {
  let max = 0;
  if (n.list !== null) {
    max = assignIndices(u, n);
    if (max < 0) return Bad;
    const t = n.list[0]!.ty;
    if (!isSpecific(t)) return t.kind === Kind.Error ? Bad : bad(u, n, E.arrayType);
    n.ty = new Type(Kind.Array, n.start, n.stop, t, noDecls);
  }
  n.ty = useType(u, n.ty);
  if (n.left!.op === Op.Nothing) n.left = mkConst(n.left!.start, n.left!.stop, max);
  if (n.left!.ty.kind !== Kind.Int) return badOperand(u, n.left!, E.arraySize(typedText(u, n.left!)));
  return r;
}

function checkName(u: Unit, n: Node, typeOk: number, parent: Node | null): number {
  let d = n.decl!;
  if (d.store === Store.Unbound) {
    const s = d.sym!;
    d = s.decl ?? undeclared(u, n, s);
    s.unbound = null;
    n.decl = d;
    d.refs++;
  }
  if (d.store === Store.Undef) {
    u.error(n, E.notDeclared(nameOf(d)));
    d.store = Store.Wundef;
  }
  if (d.store === Store.Wundef) {
    n.ty = terror;
    return Bad;
  }
  if (d.store === Store.Const && d.init === null) {
    const unknown = d.ty === tunknown;
    if (unknown) u.error(n, E.noValue(nameOf(d)));
    d.store = Store.Wundef;
    return Bad;
  }
  if (d.ty === tunknown || d.ty === tunset) {
    u.error(n, E.typeUnknown(nameOf(d)));
    d.store = Store.Wundef;
    return Bad;
  }
  d.ty = useType(u, d.ty);
  n.ty = d.ty;
  if (d.store === Store.Type && typeOk === 0) return bad(u, n, E.typeNotValue(nameOf(d)));
  if (
    d.importid !== null &&
    isTypeName(d.eimport!) &&
    d.store !== Store.Const &&
    d.store !== Store.Type &&
    d.store !== Store.Fn
  ) {
    return bad(u, n, E.interfaceOnly(nameOf(d), nodeText(u, d.eimport)));
  }
  if (
    n.ty.kind === Kind.Exception &&
    !n.ty.cons &&
    parent !== null &&
    parent.op !== Op.Raise &&
    parent.op !== Op.Dot
  ) {
    const inner = mk(Op.Name);
    inner.become(n);
    n.op = Op.Cast;
    n.left = inner;
    n.decl = null;
    n.ty = useType(u, exceptionTuple(u, n.ty));
  }
  if (d.store === Store.Fn && (parent === null || !namesFunction(parent.op, true)))
    functionReference(u, n, d);
  return Good;
}

/** Operators whose operand is a function by name, not a reference to it. */
function namesFunction(op: number, dots: boolean): boolean {
  return op === Op.Call || op === Op.Comma || op === Op.Mdot || (dots && op === Op.Dot);
}

/** Turns the name of a function into a reference to it. */
function functionReference(u: Unit, n: Node, d: Decl): void {
  d.inline = -1;
  checkFunctionModule(u, n, d);
  const inner = mk(Op.Name);
  inner.become(n);
  n.op = Op.Ref;
  n.left = inner;
  n.right = null;
  n.decl = null;
  n.ty = refTo(u, n, inner.ty);
  let f = d;
  while (f.link !== null) f = f.link;
  if (isPolyFunction(f) && enclosingVariables(f).length > 0) u.error(n, E.polymorphicReference(nameOf(f)));
}

/** The module that an adt's methods are called in: where the adt was imported from. */
export function importedFrom(t: Type): Node | null {
  let d: Decl | null = (t.kind === Kind.AdtPick ? t.decl!.dot!.ty : t).decl;
  while (d !== null && d.link !== null) d = d.link;
  return d?.timport?.eimport ?? null;
}

function checkFunctionModule(u: Unit, n: Node, d: Decl): void {
  let owned: Decl | null = null;
  let module: Node | null = null;
  if (n.op === Op.Name) {
    owned = d;
    module = d.eimport;
  } else if (n.op === Op.Mdot) module = n.left;
  else if (n.op === Op.Dot) {
    owned = d.dot;
    const t = n.left!.ty;
    module = importedFrom(t.kind === Kind.Ref ? t.tof! : t);
    n.right!.left = module;
  }
  if (module !== null) {
    if (module.ty.kind !== Kind.Module) u.error(n, E.cannotReference(nodeText(u, n)));
    else if (isTypeName(module)) u.error(n, E.interfaceOnly(nodeText(u, n), nodeText(u, module)));
    else markModules(n.ty);
  } else if (owned !== null && owned.dot !== null && !u.isImplemented(owned.dot.sym)) {
    u.error(n, E.importFirst(nodeText(u, n), nameOf(owned)));
  }
}

export function isFunctionRef(t: Type): boolean {
  return t.kind === Kind.Ref && t.tof!.kind === Kind.Fn;
}

function checkAssign(u: Unit, n: Node, left: Node, right: Node, r: number): number {
  let t = right.ty;
  if (t.kind === Kind.Exception) t = exceptionTuple(u, t);
  if (!compatible(u, left.ty, t, true)) {
    return bad(u, right, E.assignMismatch(nodeText(u, left), typeText(u, left.ty), typedText(u, right)));
  }
  if (t === tany) t = left.ty;
  n.ty = t;
  left.ty = t;
  if ((t.kind === Kind.Adt && t.tags.length > 0) || t.kind === Kind.AdtPick) {
    if (left.ty.kind !== Kind.AdtPick || right.ty.kind !== Kind.AdtPick)
      u.error(n, E.pickValue(typeText(u, t)));
  }
  if (left.ty.kind === Kind.Exception) return bad(u, left, E.assignException);
  return checkTarget(u, left) ? r : Bad;
}

function checkCons(u: Unit, n: Node, left: Node, right: Node, r: number): number {
  if (right.ty.kind !== Kind.List && right.ty !== tany) {
    return badOperand(u, right, E.consTail(typedText(u, right)));
  }
  n.ty = right.ty;
  const listOf = (t: Type): Type => useType(u, new Type(Kind.List, n.start, n.stop, t, noDecls));
  if (right.ty === tany) n.ty = listOf(left.ty);
  else if (!compatible(u, right.ty.tof, left.ty, false)) {
    const t = commonType(u, right.ty.tof!, left.ty);
    if (!compatible(u, t, left.ty, false)) {
      return bad(u, left, E.consMismatch(typedText(u, left), typeText(u, right.ty)));
    }
    n.ty = listOf(t);
  }
  return r;
}

function checkRaise(u: Unit, n: Node, left: Node, r: number): number {
  n.ty = tnone;
  if (left.op === Op.Nothing) {
    if (u.exception === null) return bad(u, n, E.emptyRaise);
    n.left = copyTree(u.exception, true, n.start, n.stop);
    return r;
  }
  if (left.ty !== tstring && left.ty.kind !== Kind.Exception) {
    return badOperand(u, left, E.raiseOperand(typedText(u, left)));
  }
  if ((left.op !== Op.Call || left.left!.ty.kind === Kind.Fn) && left.ty.ids.length > 0 && left.ty.cons) {
    return bad(u, left, E.exceptionArguments(nodeText(u, left)));
  }
  return r;
}

function checkDot(u: Unit, n: Node, left: Node, right: Node, r: number, parent: Node | null): number {
  const t = left.ty.kind === Kind.Ref ? left.ty.tof! : left.ty;
  const s = right.decl!.sym;
  switch (t.kind) {
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Tuple:
    case Kind.Exception:
    case Kind.Poly:
      break;
    case Kind.Error:
      return Bad;
    case Kind.Module:
      return bad(u, n, E.notDotted(typedText(u, left)), E.useArrow(nodeText(u, left), nodeText(u, right)));
    default:
      return bad(u, left, E.notDotted(typedText(u, left)));
  }
  let d = member(t.ids, s);
  if (d === null) {
    d = member(t.tags, s) ?? member(t.polys, s);
    if (d !== null && !isTypeName(left)) return bad(u, left, E.notATypeName(nodeText(u, left)));
  }
  if (d === null && t.kind === Kind.AdtPick) d = member(t.decl!.dot!.ty.ids, s);
  if (d === null) {
    for (const tag of t.tags) {
      if (member(tag.ty.ids, s) !== null) {
        return bad(u, n, E.fieldOfTag(s!.name, nameOf(tag), typeText(u, t)), E.pickFirst);
      }
    }
    const names = [...t.ids, ...t.tags, ...(t.kind === Kind.AdtPick ? t.decl!.dot!.ty.ids : [])].map(nameOf);
    return bad(u, right, E.notAMember(s!.name, typedText(u, left)), suggest(s!.name, names));
  }
  if (d.store === Store.Field && isTypeName(left)) return bad(u, left, E.typeNotValue(nodeText(u, left)));
  if (d.ty === tunknown) return bad(u, right, E.forwardReference(s!.name));
  d.ty = useType(u, validType(u, d.ty, t.decl));
  for (let x: Decl | null = d; x !== null; x = x.link) x.refs++;
  right.decl = d;
  n.ty = d.ty;
  if ((d.store === Store.Const || d.store === Store.Tag) && hasEffect(left, true)) {
    u.warn(left, E.ignored(nodeText(u, left)));
  }
  if (d.store === Store.Fn && (parent === null || !namesFunction(parent.op, false)))
    functionReference(u, n, d);
  return r;
}

function checkMdot(
  u: Unit,
  n: Node,
  left: Node,
  right: Node,
  given: number,
  typeOk: number,
  global: boolean,
  parent: Node | null,
): number {
  let r = given;
  const t = left.ty;
  if (t.kind !== Kind.Module) return badOperand(u, left, E.notArrowed(typedText(u, left)));
  let d: Decl | null = null;
  if (right.op === Op.Name) d = member(t.ids, right.decl!.sym);
  else if (right.op === Op.Dot) {
    r &= checkExpression(u, right, 0, global, n);
    if (!isOk(r)) return Bad;
    const of = right.left!.ty.kind === Kind.Ref ? right.left!.ty.tof! : right.left!.ty;
    if (right.ty.kind === Kind.Fn && of.kind === Kind.Adt && of.decl!.dot === t.decl) d = right.right!.decl;
  }
  if (d === null) {
    const name = right.op === Op.Name ? nameOf(right.decl) : nodeText(u, right);
    return bad(u, right, E.notAMember(name, typedText(u, left)), suggest(name, t.ids.map(nameOf)));
  }
  if (d.store !== Store.Const && d.store !== Store.Type && d.store !== Store.Tag) {
    if (isTypeName(left)) return bad(u, n, E.interfaceOnly(nodeText(u, n), nodeText(u, left)));
  } else if (hasEffect(left, true)) u.warn(left, E.ignored(nodeText(u, left)));
  if (typeOk === 0 && d.store === Store.Type) return bad(u, n, E.typeNotValue(nodeText(u, n)));
  if (d.ty === tunknown) return bad(u, n, E.forwardReference(nodeText(u, n)));
  d.refs++;
  right.decl = d;
  d.ty = useType(u, d.ty);
  n.ty = d.ty;
  if (d.store === Store.Global) markModules(d.ty);
  if (d.store === Store.Fn && (parent === null || parent.op !== Op.Call)) functionReference(u, n, d);
  return r;
}

function checkTagof(u: Unit, n: Node, left: Node, r: number): number {
  n.ty = tint;
  const t = left.ty.kind === Kind.Ref ? left.ty.tof! : left.ty;
  let d: Decl | null = null;
  if (left.op === Op.Name) d = left.decl;
  else if (left.op === Op.Dot) d = left.right!.decl;
  else if (left.op === Op.Mdot && left.right!.op === Op.Dot) d = left.right!.right!.decl;
  const tagged = t.kind === Kind.Adt && t.tags.length > 0;
  if (d !== null && (d.store === Store.Tag || (d.store === Store.Type && tagged))) n.decl = d;
  else if (tagged || t.kind === Kind.AdtPick) n.decl = null;
  else {
    if (t.kind !== Kind.Error) u.error(n, E.noTag(typedText(u, left)));
    return r & ~Allok;
  }
  return r;
}

function checkIndex(
  u: Unit,
  n: Node,
  left: Node,
  right: Node,
  given: number,
  typeOk: number,
  global: boolean,
): number {
  let r = given;
  if (isTypeName(left)) {
    u.inTypeList = true;
    const kids =
      right.op === Op.Tuple && right.start >= 0 && right.list !== null && n.right === right
        ? checkList(u, right.list, 2, global)
        : checkExpression(u, right, 1, global, inList);
    u.inTypeList = false;
    if (!isAllOk(kids)) return Bad;
    const t = typeOf(u, n);
    if (t === null) return bad(u, right, E.notTypes(nodeText(u, right)));
    if (typeOk === 0) return bad(u, n, E.typeNotValue(nodeText(u, left)));
    n.become(left);
    n.ty = useType(u, t);
    return r;
  }
  const t = left.ty;
  const kids = checkExpression(u, right, 0, global, n);
  if (t.kind !== Kind.Array && t !== tstring) return badOperand(u, left, E.cannotIndex(typedText(u, left)));
  if (t === tstring) {
    n.op = Op.Inds;
    n.ty = tint;
  } else n.ty = t.tof!;
  if (!isAllOk(kids)) return r & ~Allok;
  if (right.ty !== tint) {
    if (right.ty.kind !== Kind.Error) u.error(right, E.indexType(typedText(u, right)));
    r &= ~Allok;
  }
  return r;
}

/** The type that an expression in type brackets means; null: none. */
function typeOf(u: Unit, n: Node): Type | null {
  switch (n.op) {
    case Op.Name:
      return n.decl!.store === Store.Type ? n.decl!.ty : null;
    case Op.Type:
    case Op.Chan:
      return n.ty;
    case Op.Ref: {
      const t = typeOf(u, n.left!);
      return t === null ? null : new Type(Kind.Ref, n.start, n.stop, t, noDecls);
    }
    case Op.Dot: {
      const t = typeOf(u, n.left!);
      const tag = t === null ? null : member(t.tags, n.right!.decl!.sym);
      return tag === null ? typeOf(u, n.right!) : tag.ty;
    }
    case Op.Mdot:
      return typeOf(u, n.right!);
    case Op.Index: {
      const t = typeOf(u, n.left!);
      if (t === null) return null;
      const inst = new Type(Kind.Inst, n.start, n.stop, t, noDecls);
      const list = n.right!.op === Op.Tuple ? n.right!.list! : [n.right!];
      inst.actuals = [];
      for (const e of list) {
        const a = typeOf(u, e);
        if (a === null) return null;
        inst.actuals.push(a);
      }
      return inst;
    }
    default:
      return null;
  }
}

function checkArithmetic(u: Unit, n: Node, left: Node, right: Node, reals: boolean): boolean {
  const l = left.ty;
  const t = right.ty;
  if (t !== l && !sameType(l, t)) {
    u.error(
      n,
      E.operandMismatch(spelling[n.op]!, typedText(u, left), typedText(u, right)),
      castHint(u, l, t),
    );
    return false;
  }
  n.ty = t;
  switch (t.kind) {
    case Kind.Int:
    case Kind.Big:
    case Kind.Byte:
      return true;
    case Kind.String:
      switch (n.op) {
        case Op.Add:
        case Op.AddAs:
        case Op.Gt:
        case Op.Geq:
        case Op.Lt:
        case Op.Leq:
          return true;
      }
      break;
    case Kind.Real:
    case Kind.Fix:
      if (reals) return true;
      break;
    case Kind.Error:
      return false;
  }
  u.error(n, E.cannotCombine(spelling[n.op]!, typedText(u, left), typedText(u, right)));
  return false;
}

function castHint(u: Unit, a: Type, b: Type): string | undefined {
  return castExists(a.kind, b.kind) ? E.needsCast(typeText(u, a), typeText(u, b)) : undefined;
}

function checkShift(u: Unit, n: Node, left: Node, right: Node): boolean {
  n.ty = left.ty;
  const k = left.ty.kind;
  if (k !== Kind.Int && k !== Kind.Byte && k !== Kind.Big) {
    badOperand(u, left, E.cannotCombine(spelling[n.op]!, typedText(u, left), typedText(u, right)), n);
    return false;
  }
  if (right.ty.kind === Kind.Int) return true;
  badOperand(u, right, E.shiftCount(typedText(u, right)));
  return false;
}

function checkEquality(u: Unit, n: Node, left: Node, right: Node, r: number): number {
  switch (left.ty.kind) {
    case Kind.Int:
    case Kind.Big:
    case Kind.Byte:
    case Kind.Real:
    case Kind.String:
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
    case Kind.Any:
    case Kind.Module:
    case Kind.Fix:
    case Kind.Poly: {
      if (!compatible(u, left.ty, right.ty, false) && !compatible(u, right.ty, left.ty, false)) break;
      let t = left.ty === tany ? right.ty : left.ty;
      if (t === tany) t = tint;
      if (left.ty === tany) left.ty = t;
      if (right.ty === tany) right.ty = t;
      n.ty = tint;
      return r;
    }
    case Kind.Error:
      return Bad;
  }
  if (right.ty.kind === Kind.Error) return Bad;
  return bad(u, n, E.cannotCompare(typedText(u, left), typedText(u, right)), castHint(u, left.ty, right.ty));
}

/** Whether an expression can be assigned to; complains when not. */
export function checkTarget(u: Unit, n: Node): boolean {
  const s = targetOf(u, n);
  if (s) return true;
  u.error(n, E.cannotAssign(nodeText(u, n)));
  return false;
}

function targetOf(u: Unit, n: Node): boolean {
  switch (n.op) {
    case Op.Name:
      return takesSpace[n.decl!.store] === 1 && n.ty.kind !== Kind.Exception;
    case Op.Dot:
      if (n.right!.decl!.store !== Store.Field) return false;
      if (n.left!.ty.kind !== Kind.Ref && !targetOf(u, n.left!))
        u.warn(n, E.assignmentIgnored(nodeText(u, n)));
      return true;
    case Op.Mdot:
      return n.right!.decl!.store === Store.Global;
    case Op.Ind:
    case Op.Index:
    case Op.Indx:
      return true;
    case Op.Slice:
      return n.right!.right!.op === Op.Nothing && n.ty !== tstring;
    case Op.Inds: {
      const of = n.left!;
      if (of.op === Op.Const) return false;
      if (of.op === Op.Name) return takesSpace[of.decl!.store] === 1;
      if ((of.op === Op.Dot || of.op === Op.Mdot) && of.right!.decl !== null) {
        return takesSpace[of.right!.decl.store] === 1;
      }
      return true;
    }
    case Op.Tuple:
      return n.list!.every((e) => targetOf(u, e));
    default:
      return false;
  }
}
