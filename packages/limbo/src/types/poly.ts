import type { Node } from '../ast/node.ts';
import { lookup } from '../check/scope.ts';
import * as E from '../errors.ts';
import type { Unit } from '../unit.ts';
import { typeText } from './print.ts';
import { sameType } from './relations.ts';
import { arrowType, dotType, idType, useType, verify } from './resolve.ts';
import type { Binding, Sym } from './type.ts';
import {
  cloneDecl,
  cloneType,
  Decl,
  isPointer,
  Kind,
  Mark,
  member,
  noDecls,
  Ok,
  Store,
  Type,
  TypeFlag,
  terror,
} from './type.ts';

/** What a type variable stands for; itself when nothing. */
export function boundTo(t: Type, bindings: readonly Binding[]): Type {
  for (const b of bindings) if (b.from === t) return b.to;
  return t;
}

/** Whether calls of a function pass hidden arguments: it has type variables, or its adt has. */
export function isPolyFunction(d: Decl | null): boolean {
  if (d === null || d.ty.kind !== Kind.Fn) return false;
  if (d.ty.polys.length > 0) return true;
  if (d.dot === null) return false;
  return d.dot.ty.kind === Kind.Adt && d.dot.ty.polys.length > 0;
}

/** A polymorphic adt without its actual types. */
export function isOpenAdt(t: Type): boolean {
  return (
    (t.kind === Kind.Adt || t.kind === Kind.AdtPick) &&
    t.polys.length > 0 &&
    (t.flags & TypeFlag.Instance) === 0
  );
}

/** Type variables of the adt that a method belongs to. */
export function enclosingVariables(d: Decl): Decl[] {
  return d.dot === null ? noDecls : d.dot.ty.polys;
}

/** The function called `s` that goes with values of type `t`, and the module to call it in. */
export function functionOf(u: Unit, s: Sym, type: Type): { decl: Decl | null; module: Node | null } {
  let t = type;
  let decl: Decl | null = null;
  let module: Node | null = null;
  const imported = (x: Type): void => {
    if (x.decl?.timport != null) module = x.decl.timport.eimport;
  };
  if (t.kind === Kind.Poly || t.kind === Kind.Module) decl = member(t.ids, s);
  else if (t.kind === Kind.Ref) {
    t = t.tof!;
    if (t.kind === Kind.Adt) {
      decl = member(t.ids, s);
      imported(t);
    } else if (t.kind === Kind.AdtPick) {
      decl = member(t.ids, s);
      imported(t);
      t = t.decl!.dot!.ty;
      decl ??= member(t.ids, s);
      imported(t);
    }
  }
  if (decl === null) {
    decl = lookup(u, s);
    if (decl !== null) module = decl.eimport;
  }
  return { decl, module };
}

/** Bindings found by a unification, the latest first; and the pairs assumed to unify. */
interface Unification {
  readonly u: Unit;
  readonly at: { start: number; stop: number };
  readonly bindings: Binding[];
  readonly pairs: Type[];
}

/** Makes `a`, with type variables, equal to `b`. The bindings that do, the latest first; null: nothing does. */
export function unify(u: Unit, at: { start: number; stop: number }, a: Type, b: Type): Binding[] | null {
  const state: Unification = { u, at, bindings: [], pairs: [] };
  return unifyTypes(state, a, b, false) ? state.bindings : null;
}

function assumed(state: Unification, a: Type, b: Type): boolean {
  const p = state.pairs;
  for (let i = 0; i < p.length; i += 2) if (p[i] === a && p[i + 1] === b) return true;
  p.push(a, b);
  return false;
}

function unifyTypes(state: Unification, first: Type | null, second: Type | null, flipped: boolean): boolean {
  if (first === null || second === null) return first === second;
  let a = boundTo(first, state.bindings);
  let b = boundTo(second, state.bindings);
  let swapped = flipped;
  if (a === b) return true;
  if (a.kind === Kind.Error || b.kind === Kind.Error) return true;
  const swap = (): void => {
    [a, b] = [b, a];
    swapped = !swapped;
  };
  if (a.kind !== Kind.Poly && b.kind === Kind.Poly) swap();
  if (a.kind === Kind.Poly) {
    if (isPointer[b.kind] === 0) return false;
    if (b.kind !== Kind.Any) state.bindings.unshift({ from: a, to: b });
    return unifyFunctions(state, a, b, swapped);
  }
  if (a.kind !== Kind.Any && b.kind === Kind.Any) swap();
  if (a.kind === Kind.Adt && a.tags.length > 0 && b.kind === Kind.AdtPick && !swapped) b = b.decl!.dot!.ty;
  if (b.kind === Kind.Adt && b.tags.length > 0 && a.kind === Kind.AdtPick && swapped) a = a.decl!.dot!.ty;
  if (a.kind === Kind.Any) return isPointer[b.kind] === 1;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case Kind.Ref:
      return unifyTypes(state, a.tof, b.tof, swapped);
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      return assumed(state, a, b) || unifyTypes(state, a.tof, b.tof, swapped);
    case Kind.Fn:
      return (
        unifyMembers(state, a.ids, b.ids, swapped) &&
        unifyMembers(state, a.polys, b.polys, swapped) &&
        unifyTypes(state, a.tof, b.tof, swapped)
      );
    case Kind.Tuple:
      return assumed(state, a, b) || unifyMembers(state, a.ids, b.ids, swapped);
    case Kind.Adt:
    case Kind.AdtPick:
      return (
        assumed(state, a, b) ||
        (unifyMembers(state, a.polys, b.polys, swapped) &&
          unifyMembers(state, a.tags, b.tags, swapped) &&
          unifyMembers(state, a.ids, b.ids, swapped))
      );
    case Kind.Module:
      return assumed(state, a, b) || unifyMembers(state, a.tof!.ids, b.tof!.ids, swapped);
    default:
      return sameType(a, b);
  }
}

function unifyMembers(state: Unification, a: readonly Decl[], b: readonly Decl[], swapped: boolean): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every((d, i) => unifyTypes(state, d.ty, b[i]!.ty, swapped));
}

/** Whether `b` has the functions that the type variable `a` asks for. */
function unifyFunctions(state: Unification, a: Type, b: Type, swapped: boolean): boolean {
  const { u, at } = state;
  for (const wanted of a.ids) {
    const { decl } = functionOf(u, wanted.sym!, b);
    if (decl === null) {
      u.error(at, E.lacksFunction(typeText(u, b), wanted.sym!.name));
      return false;
    }
    useType(u, decl.ty);
    if (decl.ty.kind !== Kind.Fn) {
      u.error(at, E.notAFunction(decl.sym!.name));
      return false;
    }
    if (!unifyTypes(state, wanted.ty, decl.ty, !swapped)) {
      u.error(at, E.functionMismatch(wanted.sym!.name, typeText(u, wanted.ty), typeText(u, decl.ty)));
      return false;
    }
  }
  return true;
}

/** The type of a call, for unification with the function's. */
export function callType(f: Type, args: readonly Node[], result: Type): Type {
  const fn = f.kind === Kind.Ref ? f.tof! : f;
  const t = new Type(Kind.Fn, f.start, f.stop, result, noDecls);
  t.polys = fn.polys;
  t.ids = args.map((a) => new Decl(f.start, f.stop, Store.Arg, null, a.ty));
  return f.kind === Kind.Ref ? new Type(Kind.Ref, f.start, f.stop, t, noDecls) : t;
}

/** Whether there are type variables, or unresolved names, inside. */
function hasVariables(t: Type | null): boolean {
  if (t === null) return false;
  if (t.flags & (TypeFlag.Poly | TypeFlag.NoPoly)) return (t.flags & TypeFlag.Poly) !== 0;
  const any = (ids: readonly Decl[]): boolean => ids.some((d) => hasVariables(d.ty));
  let v = false;
  switch (t.kind) {
    case Kind.Arrow:
    case Kind.Dot:
    case Kind.Poly:
      v = true;
      break;
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      v = hasVariables(t.tof);
      break;
    case Kind.Id:
      v = hasVariables(t.decl!.ty);
      break;
    case Kind.Inst:
      v = (t.actuals ?? []).some(hasVariables) || hasVariables(t.tof);
      break;
    case Kind.Fn:
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Tuple:
    case Kind.Exception:
      if (t.polys.length > 0) {
        v = true;
        break;
      }
      if (t.rec & Mark.Visit) return false;
      t.rec |= Mark.Visit;
      v = hasVariables(t.tof) || any(t.polys) || any(t.ids) || any(t.tags);
      t.rec &= ~Mark.Visit;
      if (t.kind === Kind.AdtPick && !v) v = hasVariables(t.decl!.dot!.ty);
      break;
  }
  t.flags |= v ? TypeFlag.Poly : TypeFlag.NoPoly;
  return v;
}

/** Whether a bound type variable occurs inside. */
function mentions(t: Type | null, bindings: readonly Binding[]): boolean {
  if (t === null) return false;
  if (!hasVariables(t) && t.flags & TypeFlag.NoPoly) return false;
  const any = (ids: readonly Decl[]): boolean => ids.some((d) => mentions(d.ty, bindings));
  switch (t.kind) {
    case Kind.Arrow:
    case Kind.Dot:
      return true;
    case Kind.Poly:
      return boundTo(t, bindings) !== t;
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan:
      return mentions(t.tof, bindings);
    case Kind.Id:
      return mentions(t.decl!.ty, bindings);
    case Kind.Inst:
      return (t.actuals ?? []).some((a) => mentions(a, bindings)) || mentions(t.tof, bindings);
    case Kind.Fn:
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Tuple:
    case Kind.Exception: {
      if (t.rec & Mark.Visit) return false;
      t.rec |= Mark.Visit;
      const v = mentions(t.tof, bindings) || any(t.polys) || any(t.ids) || any(t.tags);
      t.rec &= ~Mark.Visit;
      return v || (t.kind === Kind.AdtPick && mentions(t.decl!.dot!.ty, bindings));
    }
    default:
      return false;
  }
}

/** A type to be resolved anew, with the declaration of its own that an instance needs. */
function copyForInstance(t: Type): Type {
  const c = cloneType(t);
  c.ok &= ~(
    Ok.Verify |
    Ok.Used |
    Ok.Class |
    Ok.Sized |
    Ok.CycleSize |
    Ok.Cycle |
    Ok.Traced |
    Ok.ReachesRecursive
  );
  c.flags |= TypeFlag.Instance;
  c.eq = null;
  c.sbl = -1;
  if (t.decl !== null && (t.kind === Kind.Adt || t.kind === Kind.AdtPick || t.kind === Kind.Tuple)) {
    c.decl = cloneDecl(t.decl);
    c.decl.ty = c;
    c.decl.link = t.decl;
    if (t.decl.dot !== null) {
      c.decl.dot = cloneDecl(t.decl.dot);
      c.decl.dot.link = t.decl.dot;
    }
  } else c.decl = null;
  return c;
}

function expandMembers(
  u: Unit,
  ids: readonly Decl[],
  adt: Decl | null,
  bindings: Binding[],
  rename: boolean,
): Decl[] {
  return ids.map((d) => {
    const c = cloneDecl(d);
    c.ty = expand(u, d.ty, null, adt, bindings);
    if (rename && c.ty.decl !== null) c.sym = c.ty.decl.sym;
    if (c.store === Store.Fn) c.link = d;
    return c;
  });
}

/** `t` with its type variables replaced; `bindings` also remembers the types that were expanded. */
export function expand(u: Unit, t: Type, instance: Type | null, adt: Decl | null, bindings: Binding[]): Type {
  if (!mentions(t, bindings)) return t;
  switch (t.kind) {
    case Kind.Poly:
      return boundTo(t, bindings);
    case Kind.Ref:
    case Kind.List:
    case Kind.Array:
    case Kind.Chan: {
      const c = copyForInstance(t);
      c.tof = expand(u, t.tof!, null, adt, bindings);
      return c;
    }
    case Kind.Id:
      return expand(u, idType(u, t), null, adt, bindings);
    case Kind.Dot:
      return expand(u, dotType(u, t, adt), null, adt, bindings);
    case Kind.Arrow:
      return expand(u, arrowType(u, t, adt), null, adt, bindings);
    case Kind.Inst: {
      const known = boundTo(t, bindings);
      return known === t ? expand(u, instantiate(u, t, adt, bindings), null, adt, bindings) : known;
    }
    default:
      return expandRecord(u, t, instance, adt, bindings);
  }
}

function expandRecord(u: Unit, t: Type, instance: Type | null, adt: Decl | null, bindings: Binding[]): Type {
  const known = boundTo(t, bindings);
  if (known !== t) return known;
  const owner = t.kind === Kind.Adt ? t.decl : adt;
  const c = copyForInstance(t);
  bindings.unshift({ from: t, to: c });
  if (instance !== null) bindings.unshift({ from: instance, to: c });
  c.tof = t.tof === null ? null : expand(u, t.tof, null, owner, bindings);
  c.polys = expandMembers(u, t.polys, owner, bindings, true);
  c.ids = expandMembers(u, t.ids, owner, bindings, false);
  c.tags = expandMembers(u, t.tags, owner, bindings, false);
  if (t.kind === Kind.Adt) for (const tag of c.tags) tag.ty.decl!.dot = c.decl;
  if (t.kind === Kind.AdtPick) c.decl!.dot!.ty = expand(u, t.decl!.dot!.ty, null, owner, bindings);
  if ((t.kind === Kind.Adt || t.kind === Kind.AdtPick) && t.bindings !== null) {
    c.bindings = [];
    for (const b of t.bindings) {
      c.bindings.unshift({ from: boundTo(b.from, bindings), to: boundTo(b.to, bindings) });
    }
  }
  return c;
}

/** The instance that adt[types] names. */
export function instantiate(u: Unit, t: Type, adt: Decl | null, outer: Binding[] | null): Type {
  const bindings = outer ?? [];
  const base = t.tof!;
  const fail = (message: string): Type => {
    u.error(t, message);
    return terror;
  };
  if (base.kind === Kind.Error) return terror;
  if (base.kind !== Kind.Adt && base.kind !== Kind.AdtPick) return fail(E.notAnAdt(typeText(u, base)));
  const variables = base.kind === Kind.Adt ? base.polys : base.decl!.dot!.ty.polys;
  if (variables.length === 0) return fail(E.notPolymorphic(typeText(u, base)));
  const actuals = t.actuals ?? [];
  const n = Math.min(actuals.length, variables.length);
  for (let i = 0; i < n; i++) {
    const actual = actuals[i]!;
    const variable = variables[i]!.ty;
    if (isPointer[actual.kind] === 0) {
      return actual.kind === Kind.Error ? terror : fail(E.notAPointer(typeText(u, actual)));
    }
    if (unify(u, t, variable, actual) === null) {
      return fail(E.actualMismatch(typeText(u, actual), typeText(u, variable)));
    }
    bindings.unshift({ from: variable, to: verify(u, actual, adt, null) });
  }
  if (actuals.length !== variables.length) return fail(E.actualCount(variables.length, actuals.length));
  const own = bindings.slice();
  let made = expand(u, base, t, adt, bindings);
  if (made === base && adt === null) made = copyForInstance(base);
  if (made !== base) made.bindings = own;
  made.start = t.start;
  made.stop = t.stop;
  return made;
}
