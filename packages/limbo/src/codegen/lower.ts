import {
  copyTree,
  mk,
  mkBinary,
  mkConst,
  mkDeclName,
  mkReal,
  mkUnary,
  type Node,
  NodeFlag,
} from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import { castVia } from '../check/casts.ts';
import { install } from '../check/scope.ts';
import { fold } from '../optimise/fold.ts';
import { inlineCall } from '../optimise/inline.ts';
import { exportFunction } from '../types/classes.ts';
import { exceptionRecord } from '../types/exceptions.ts';
import { isPolyFunction } from '../types/poly.ts';
import { sameType } from '../types/relations.ts';
import { internalType, useType } from '../types/resolve.ts';
import { Decl, Kind, noDecls, Store, Type, tany, tint, treal, tstring } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { addPointerArguments } from './polymorphic.ts';

/** Lowers and folds a tree for code generation. */
export function simplify(u: Unit, n: Node): Node {
  return fold(u, lower(u, n));
}

/** Whether a tree is a constant tuple, whose members folding picks out. */
function isConstantTuple(n: Node): boolean {
  if (n.op === Op.Tuple) return true;
  if (n.op !== Op.Name) return false;
  const d = n.decl!.importid ?? n.decl!;
  return d.store === Store.Const && (n.ty.kind === Kind.Tuple || n.ty.kind === Kind.Adt);
}

function addressed(n: Node, ty: Type): Node {
  const ind = mkUnary(Op.Ind, n);
  ind.ty = ty;
  n.ty = tint;
  return ind;
}

function one(n: Node): Node {
  if (n.ty.kind === Kind.Real) return mkReal(n.start, n.stop, 1);
  const c = mkConst(n.start, n.stop, 1);
  c.ty = n.ty;
  c.big = 1n;
  return c;
}

/**
 * Rewrites a checked tree into what the machine can do: members become addresses with offsets, constructors tuples,
 * increments additions. In place; the tree that is returned replaces `n`.
 */
export function lower(u: Unit, n: Node): Node {
  const left = n.left;
  const right = n.right;
  switch (n.op) {
    case Op.Const:
    case Op.Nothing:
    case Op.Wild:
      return n;
    case Op.Name:
      return lowerName(u, n);
    case Op.Das:
      n.op = Op.As;
      return lower(u, n);
    case Op.Neg:
      n.left = lower(u, left!);
      if (n.ty === treal) return n;
      n.right = n.left;
      n.left = mkConst(n.start, n.stop, 0);
      n.left.ty = n.ty;
      n.op = Op.Sub;
      return n;
    case Op.Comp: {
      const ones = mkConst(n.start, n.stop, n.ty.kind === Kind.Byte ? 0xff : -1);
      ones.big = -1n;
      ones.ty = n.ty;
      n.right = ones;
      n.left = lower(u, left!);
      n.op = Op.Xor;
      return n;
    }
    case Op.Inc:
    case Op.Dec:
    case Op.PreInc:
    case Op.PreDec:
      n.left = lower(u, left!);
      n.right = one(n);
      if (n.op === Op.PreInc) n.op = Op.AddAs;
      else if (n.op === Op.PreDec) n.op = Op.SubAs;
      return n;
    case Op.Slice: {
      const bounds = right!;
      if (bounds.left!.op === Op.Nothing) bounds.left = mkConst(bounds.left!.start, bounds.left!.stop, 0);
      n.left = lower(u, left!);
      n.right = lower(u, bounds);
      return n;
    }
    case Op.Index: {
      n.op = Op.Indx;
      n.left = lower(u, left!);
      n.right = lower(u, right!);
      return addressed(n, n.ty);
    }
    case Op.Load: {
      const table = mk(Op.Name);
      table.start = left!.start;
      table.stop = left!.stop;
      table.decl = n.ty.tof!.decl;
      table.ty = n.ty;
      n.right = table;
      n.left = lower(u, left!);
      return n;
    }
    case Op.Cast: {
      if (left!.ty.kind === Kind.Exception) return lower(u, left!);
      const t = castVia(left!.ty.kind, n.ty.kind);
      if (t !== undefined) {
        n.left = mkUnary(Op.Cast, left!);
        n.left.ty = t;
        return lower(u, n);
      }
      n.left = lower(u, left!);
      return n;
    }
    case Op.Raise: {
      let value = left!;
      if (value.ty !== tstring) {
        if (!value.ty.cons) return n;
        if (value.op !== Op.Call || value.left!.ty.kind === Kind.Fn) {
          value = mkUnary(Op.Call, value);
          value.list = [];
          value.ty = value.left!.ty;
        }
      }
      n.left = lower(u, value);
      return n;
    }
    case Op.Call:
      return lowerCall(u, n);
    case Op.Mdot:
      return lowerMdot(u, n, left!, right!);
    case Op.Dot:
      return lowerDot(u, n, left!, right!);
    case Op.Adr: {
      const l = lower(u, left!);
      n.left = l;
      return l.op === Op.Ind ? l.left! : n;
    }
    case Op.Tagof:
      if (n.decl !== null) return n;
      n.op = Op.Ind;
      return lower(u, n);
    case Op.Mul:
    case Op.Div: {
      const l = lower(u, left!);
      const r = lower(u, right!);
      n.left = l;
      n.right = r;
      if (n.ty.kind === Kind.Fix && isFixedOperand(l) && isFixedOperand(r)) {
        if (l.op === Op.Cast && sameType(l.ty, n.ty)) n.left = l.left;
        if (r.op === Op.Cast && sameType(r.ty, n.ty)) n.right = r.left;
      }
      return n;
    }
    case Op.Self:
      return lowerSelf(u, n);
    case Op.FnPtr:
      return lowerPointer(u, n);
    case Op.Chan:
      n.left = left === null ? mkConst(n.start, n.stop, 0) : lower(u, left);
      return n;
    default: {
      if (left !== null) n.left = lower(u, left);
      if (right !== null) n.right = lower(u, right);
      const { list } = n;
      if (list !== null) for (let i = 0; i < list.length; i++) list[i] = lower(u, list[i]!);
      return n;
    }
  }
}

function isFixedOperand(n: Node): boolean {
  const plain = (t: Type): boolean => t.kind === Kind.Int || t.kind === Kind.Fix;
  return plain(n.ty) && (n.op !== Op.Cast || plain(n.left!.ty));
}

function lowerName(u: Unit, n: Node): Node {
  const d = n.decl!;
  if (d.importid !== null) {
    const m = mkBinary(
      Op.Mdot,
      copyTree(d.eimport!, true, n.start, n.stop),
      mkDeclName(n.start, n.stop, d.importid),
    );
    m.ty = n.ty;
    return lower(u, m);
  }
  const t = n.ty;
  if (t.kind === Kind.Exception) {
    if (t.cons) throw new InternalError('exception where a value is needed');
    // The values come after the name and a word of the system's.
    const at = mkBinary(Op.Add, n, mkConst(n.start, n.stop, 8));
    const value = mkUnary(Op.Ind, at);
    value.ty = t;
    at.ty = tint;
    n.ty = tint;
    return lower(u, value);
  }
  return n;
}

function lowerCall(u: Unit, n: Node): Node {
  const left = n.left!;
  const list = n.list!;
  const t = left.ty.kind === Kind.Ref ? left.ty.tof! : left.ty;
  if (t.kind === Kind.Fn) {
    if (left.ty.kind === Kind.Ref) {
      n.left = mkUnary(Op.Ind, left);
      n.left.ty = t;
      return lower(u, n);
    }
    let d: Decl | null = null;
    if (left.op === Op.Name) d = left.decl;
    else if (left.op === Op.Mdot && left.right!.op === Op.Dot) d = left.right!.right!.decl;
    else if (left.op === Op.Mdot || left.op === Op.Dot) d = left.right!.decl;
    if (isPolyFunction(d)) addPointerArguments(u, d!, false);
    n.left = lower(u, left);
    for (let i = 0; i < list.length; i++) list[i] = lower(u, list[i]!);
    return d !== null && d.inline === 1 ? simplify(u, inlineCall(u, n)) : n;
  }
  switch (n.ty.kind) {
    case Kind.Ref: {
      const r = mkUnary(Op.Ref, n);
      r.ty = n.ty;
      n.ty = n.ty.tof!;
      n.left!.ty = n.ty;
      return lower(u, r);
    }
    case Kind.Adt:
      n.op = Op.Tuple;
      if (n.ty.tags.length > 0) return lowerPickCase(u, n, left);
      n.left = null;
      return lower(u, n);
    case Kind.AdtPick:
      n.op = Op.Tuple;
      return lowerPickCase(u, n, left);
    case Kind.Exception:
      return lowerException(u, n, left, t);
    default:
      throw new InternalError('call of what is no function');
  }
}

/** A value of a pick case: the tag in front of the fields. */
function lowerPickCase(u: Unit, n: Node, left: Node): Node {
  const tag = left.right!.decl!;
  n.list = [mkConst(n.start, n.stop, tag.tag), ...n.list!];
  n.left = null;
  n.ty = tag.ty.tof!;
  return lower(u, n);
}

/** A raised exception: a record of its name, a word and its values. */
function lowerException(u: Unit, n: Node, fn: Node, t: Type): Node {
  if (!n.ty.cons) return n.left!;
  let left = fn;
  if (left.op === Op.Mdot) {
    left.right!.ty = left.ty;
    left = left.right!;
  }
  n.op = Op.Tuple;
  n.left = null;
  n.list = [left.decl!.init!, mkConst(n.start, n.stop, 0), ...n.list!];
  n.ty = exceptionRecord(u, n.ty);
  const r = mkUnary(Op.Ref, n);
  r.ty = internalType(u, new Type(Kind.Ref, n.start, n.stop, t, noDecls));
  return lower(u, r);
}

/** offset added to an address, and what is there. */
function atOffset(u: Unit, n: Node, base: Node, offset: Node, ty: Type): Node {
  offset.op = Op.Const;
  offset.left = null;
  offset.ty = tint;
  n.op = Op.Add;
  n.left = base;
  n.right = offset;
  const ind = addressed(n, ty);
  ind.left = lower(u, n);
  return ind;
}

function lowerMdot(u: Unit, n: Node, left: Node, right: Node): Node {
  const d = right.decl!;
  switch (d.store) {
    case Store.Fn:
      n.left = lower(u, left);
      if (right.op === Op.Dot) {
        n.right = copyTree(right.right!, true, left.start, left.stop);
        n.right.ty = d.ty;
      }
      return n;
    case Store.Global: {
      right.val = d.offset;
      right.decl = null;
      const data = mkUnary(Op.Ind, left);
      data.ty = tint;
      return atOffset(u, n, data, right, n.ty);
    }
    default:
      // Constants are for folding.
      return n;
  }
}

function lowerDot(u: Unit, n: Node, left: Node, right: Node): Node {
  const d = right.decl!;
  switch (d.store) {
    case Store.Fn: {
      if (right.left !== null) {
        const m = mkBinary(Op.Mdot, copyTree(right.left, true, left.start, left.stop), right);
        right.left = null;
        m.ty = d.ty;
        return lower(u, m);
      }
      if (left.ty.kind === Kind.Poly) {
        const [module, index] = d.pointers!;
        const m = mkBinary(
          Op.Mdot,
          mkDeclName(left.start, left.stop, module),
          mkDeclName(left.start, left.stop, index),
        );
        m.ty = d.ty;
        return lower(u, m);
      }
      n.op = Op.Name;
      n.decl = d;
      n.left = null;
      n.right = null;
      return n;
    }
    case Store.Const:
    case Store.Tag:
    case Store.Type:
      return n;
  }
  if (isConstantTuple(left)) return n;
  right.val = d.offset;
  right.decl = null;
  let base = left;
  if (left.ty.kind !== Kind.Ref) {
    base = mkUnary(Op.Adr, left);
    base.ty = tint;
  }
  return atOffset(u, n, base, right, n.ty);
}

/** A handle on this module, loaded once into a variable of its own. */
function lowerSelf(u: Unit, n: Node): Node {
  if (u.self === null) {
    u.self = new Decl(n.start, n.stop, Store.Undef, u.sym('.self'), tany);
    install(u, Store.Global, [u.self]);
    u.self.refs++;
  }
  const load = mk(Op.Load);
  load.start = n.start;
  load.stop = n.stop;
  const path = mk(Op.Const);
  path.start = n.start;
  path.stop = n.stop;
  path.ty = tstring;
  path.str = '$self';
  load.left = path;
  load.ty = u.module.ty;
  useType(u, load.ty);
  useType(u, load.ty.tof!);
  const lowered = lower(u, load);
  lowered.op = Op.Self;
  return lowered;
}

/** A hidden argument of a polymorphic call. */
function lowerPointer(u: Unit, n: Node): Node {
  if (n.flags === 0) return lower(u, n.left ?? mk(Op.Self));
  const name = n.right!;
  const d = name.decl!;
  name.flags = n.flags;
  if (n.flags === NodeFlag.FnPtrIndex) {
    exportFunction(u, n.left === null ? null : n.left.decl, d);
    name.ty = tint;
    return name;
  }
  const [module, index] = d.pointers!;
  const arg = n.flags === NodeFlag.FnPtrArg ? module : index;
  const a = mkDeclName(name.start, name.stop, arg);
  a.ty = n.flags === NodeFlag.FnPtrArg ? tany : tint;
  return a;
}
