import type { Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { Unit } from '../unit.ts';
import { exceptionTuple } from './exceptions.ts';
import { boundTo } from './poly.ts';
import { cloneDecl, type Decl, isPointer, Kind, noDecls, Store, Type, takesSpace } from './type.ts';

/**
 * Equality and compatibility of types are structural, and types are cyclic: a pair that is being compared already is
 * assumed to be fine. The pairs of one comparison.
 */
class Assumptions {
  readonly #pairs: Type[] = [];

  /** True when the pair was assumed before; it is from now on. */
  has(a: Type, b: Type): boolean {
    const p = this.#pairs;
    for (let i = 0; i < p.length; i += 2) {
      if ((p[i] === a && p[i + 1] === b) || (p[i] === b && p[i + 1] === a)) return true;
    }
    p.push(a, b);
    return false;
  }
}

/** Whether two types are the same. */
export function sameType(a: Type | null, b: Type | null): boolean {
  if (a === b) return true;
  return equal(a, b, new Assumptions());
}

function equal(a: Type | null, b: Type | null, seen: Assumptions): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a.kind === Kind.Error || b.kind === Kind.Error) return true;
  if (a.kind !== b.kind) return false;
  if (a.eq !== null && b.eq !== null) return a.eq === b.eq;
  switch (a.kind) {
    case Kind.Fix:
      return sameTree(a.scale, b.scale);
    case Kind.Ref:
      return equal(a.tof, b.tof, seen);
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      return seen.has(a, b) || equal(a.tof, b.tof, seen);
    case Kind.Fn:
      return (
        a.varargs === b.varargs &&
        equalMembers(a.ids, b.ids, false, true, seen) &&
        equalVariables(a, b, seen) &&
        equal(a.tof, b.tof, seen)
      );
    case Kind.Tuple:
    case Kind.Exception:
      return a.cons === b.cons && (seen.has(a, b) || equalMembers(a.ids, b.ids, false, true, seen));
    case Kind.Module:
      return seen.has(a, b) || equalMembers(a.tof!.ids, b.tof!.ids, true, false, seen);
    case Kind.Adt:
    case Kind.AdtPick:
      if (seen.has(a, b)) return true;
      if (a.kind === Kind.AdtPick && !equal(a.decl!.dot!.ty, b.decl!.dot!.ty, seen)) return false;
      return (
        equalMembers(a.tags, b.tags, true, false, seen) &&
        equalVariables(a, b, seen) &&
        equalMembers(a.ids, b.ids, true, true, seen)
      );
    case Kind.Poly:
      return seen.has(a, b) || (a.decl!.sym === b.decl!.sym && equalMembers(a.ids, b.ids, true, false, seen));
    default:
      return false;
  }
}

/** Members one by one; `spaceOnly` skips those that take no space. */
function equalMembers(
  a: readonly Decl[],
  b: readonly Decl[],
  names: boolean,
  spaceOnly: boolean,
  seen: Assumptions,
): boolean {
  if (a === b) return true;
  let j = 0;
  for (const x of a) {
    if (spaceOnly && takesSpace[x.store] === 0) continue;
    while (spaceOnly && j < b.length && takesSpace[b[j]!.store] === 0) j++;
    const y = b[j++];
    if (
      y === undefined ||
      (names && x.sym !== y.sym) ||
      x.store !== y.store ||
      x.implicit !== y.implicit ||
      x.cyclic !== y.cyclic ||
      (x.dot === null) !== (y.dot === null) ||
      (x.dot !== null && y.dot !== null && x.dot.ty.kind !== y.dot.ty.kind) ||
      !equal(x.ty, y.ty, seen)
    ) {
      return false;
    }
  }
  while (spaceOnly && j < b.length && takesSpace[b[j]!.store] === 0) j++;
  return j >= b.length;
}

function equalVariables(a: Type, b: Type, seen: Assumptions): boolean {
  if (a.polys.length !== b.polys.length) return false;
  return a.polys.every((x, i) => {
    const y = b.polys[i]!;
    if (equal(x.ty, y.ty, seen)) return true;
    const xt = a.bindings === null ? x.ty : boundTo(x.ty, a.bindings);
    const yt = b.bindings === null ? y.ty : boundTo(y.ty, b.bindings);
    return equal(xt, yt, seen);
  });
}

/** Whether a value of type `b` can be assigned to an `a`; with `any` nil fits everything, not only references. */
export function compatible(u: Unit, a: Type | null, b: Type | null, any: boolean): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return fits(u, a, b, any, false, new Assumptions());
}

/** `invariant`: inside an array or channel, where a pick case is not its adt. */
function fits(
  u: Unit,
  a: Type | null,
  given: Type | null,
  any: boolean,
  invariant: boolean,
  seen: Assumptions,
): boolean {
  let b = given;
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a.kind === Kind.Error || b.kind === Kind.Error) return true;
  if (b.kind === Kind.Exception && a.kind !== Kind.Exception) b = exceptionTuple(u, b);
  switch (a.kind) {
    case Kind.String:
      return b.kind === Kind.String || b.kind === Kind.Any;
    case Kind.Exception:
      return (
        b.kind === Kind.Exception &&
        a.cons === b.cons &&
        (seen.has(a, b) || fitMembers(u, a.ids, b.ids, false, invariant, seen))
      );
    case Kind.None:
    case Kind.Int:
    case Kind.Big:
    case Kind.Byte:
    case Kind.Real:
      return a.kind === b.kind;
    case Kind.Fix:
      return a.kind === b.kind && sameTree(a.scale, b.scale);
    case Kind.Any:
      return isPointer[b.kind] === 1 || any;
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      if (a.kind !== b.kind) return b.kind === Kind.Any;
      if (a.kind !== Kind.Ref && seen.has(a, b)) return true;
      return fits(u, a.tof, b.tof, false, a.kind === Kind.Array || a.kind === Kind.Chan || invariant, seen);
    case Kind.Tuple:
      if ((b.kind === Kind.Adt && b.tags.length === 0) || b.kind === Kind.Tuple) {
        return seen.has(a, b) || fitMembers(u, a.ids, b.ids, any, invariant, seen);
      }
      if (b.kind === Kind.AdtPick) {
        return seen.has(a, b.tof!) || fitMembers(u, a.ids, b.tof!.ids.slice(1), any, invariant, seen);
      }
      return false;
    case Kind.Adt:
      if (b.kind === Kind.Tuple && a.tags.length === 0) {
        return seen.has(a, b) || fitMembers(u, a.ids, b.ids, any, invariant, seen);
      }
      if (a.tags.length > 0 && b.kind === Kind.AdtPick && !invariant) b = b.decl!.dot!.ty;
      break;
    case Kind.Module:
    case Kind.Poly:
      if (b.kind === Kind.Any) return true;
      break;
  }
  return sameType(a, b);
}

function fitMembers(
  u: Unit,
  a: readonly Decl[],
  b: readonly Decl[],
  any: boolean,
  invariant: boolean,
  seen: Assumptions,
): boolean {
  let j = 0;
  const skip = (): void => {
    while (j < b.length && b[j]!.store !== Store.Field) j++;
  };
  for (const x of a) {
    if (x.store !== Store.Field) continue;
    skip();
    const y = b[j++];
    if (y === undefined || !fits(u, x.ty, y.ty, any, invariant, seen)) return false;
  }
  skip();
  return j >= b.length;
}

/** Whether two trees are the same expression, on the same variables. */
export function sameTree(a: Node | null, b: Node | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a.op !== b.op || a.ty !== b.ty) return false;
  if (a.op === Op.Const) {
    switch (a.ty.kind) {
      case Kind.Byte:
      case Kind.Int:
      case Kind.Real:
      case Kind.Fix:
        return a.val === b.val;
      case Kind.Big:
        return a.big === b.big;
      case Kind.String:
        return a.str === b.str;
      default:
        return false;
    }
  }
  if (a.decl !== b.decl || !sameTree(a.left, b.left) || !sameTree(a.right, b.right)) return false;
  const m = a.list?.length ?? -1;
  if (m !== (b.list?.length ?? -1)) return false;
  for (let i = 0; i < m; i++) if (!sameTree(a.list![i]!, b.list![i]!)) return false;
  return true;
}

/** The type that both can be generalised to: ref P of ref P.A and ref P.B; `a` when there is none. */
export function commonType(u: Unit, a: Type, b: Type): Type {
  return haveParent(u, a, b) ? parent(a, b) : a;
}

function haveParent(u: Unit, given1: Type | null, given2: Type | null): boolean {
  let a = given1;
  let b = given2;
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a.kind === Kind.Adt && b.kind === Kind.AdtPick) b = b.decl!.dot!.ty;
  if (a.kind === Kind.AdtPick && b.kind === Kind.Adt) a = a.decl!.dot!.ty;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case Kind.Exception:
    case Kind.Fix:
    case Kind.Fn:
    case Kind.Adt:
    case Kind.Module:
    case Kind.Poly:
      return compatible(u, a, b, false);
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      return haveParent(u, a.tof, b.tof);
    case Kind.Tuple: {
      const other = b.ids;
      return a.ids.length === other.length && a.ids.every((d, i) => haveParent(u, d.ty, other[i]!.ty));
    }
    case Kind.AdtPick:
      return sameType(a.decl!.dot!.ty, b.decl!.dot!.ty);
    default:
      return true;
  }
}

function parent(given1: Type, given2: Type): Type {
  let a = given1;
  let b = given2;
  if (a.kind === Kind.Adt && b.kind === Kind.AdtPick) b = b.decl!.dot!.ty;
  if (a.kind === Kind.AdtPick && b.kind === Kind.Adt) a = a.decl!.dot!.ty;
  switch (a.kind) {
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan: {
      const t = parent(a.tof!, b.tof!);
      return t === a.tof ? a : new Type(a.kind, a.start, a.stop, t, noDecls);
    }
    case Kind.Tuple: {
      const types = a.ids.map((d, i) => parent(d.ty, b.ids[i]!.ty));
      if (types.every((t, i) => t === a.ids[i]!.ty)) return a;
      const ids = a.ids.map((d, i) => {
        const c = cloneDecl(d);
        c.ty = types[i]!;
        return c;
      });
      return new Type(Kind.Tuple, a.start, a.stop, null, ids);
    }
    case Kind.AdtPick:
      return sameType(a, b) ? a : a.decl!.dot!.ty;
    default:
      return a;
  }
}
