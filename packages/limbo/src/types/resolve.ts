import { Op } from '../ast/ops.ts';
import type { Member } from '../ast/statement.ts';
import { checkExpression, isOk } from '../check/expression.ts';
import { declareMembers } from '../check/members.ts';
import { install, popScope, pushScope, undeclared } from '../check/scope.ts';
import { suggest } from '../diagnostics/suggest.ts';
import * as E from '../errors.ts';
import { fold } from '../optimise/fold.ts';
import type { Unit } from '../unit.ts';
import { classify } from './classes.ts';
import { fitFixed } from './fixed.ts';
import { sizeWithCycles } from './layout.ts';
import { instantiate, isOpenAdt } from './poly.ts';
import { typeText } from './print.ts';
import {
  canRef,
  cloneDecl,
  Decl,
  Kind,
  member,
  nameOf,
  noDecls,
  Ok,
  Store,
  Type,
  TypeFlag,
  terror,
  tint,
  treal,
  tstring,
} from './type.ts';

/** A type whose names are resolved, whose size is known and that is known to be sound; use what it returns. */
export function validType(u: Unit, t: Type, inAdt: Decl | null): Type {
  bind(u, t);
  const v = verify(u, t, inAdt, null);
  sizeWithCycles(u, v);
  classify(u, v);
  return v;
}

/** A valid type that code or data makes use of. */
export function useType(u: Unit, t: Type): Type {
  const v = validType(u, t, null);
  markUsed(u, v);
  return v;
}

/** Ties the names in a type to their declarations in force. */
export function bind(u: Unit, t: Type | null): void {
  if (t === null || t.ok & Ok.Bind) return;
  t.ok |= Ok.Bind;
  switch (t.kind) {
    case Kind.Adt:
      bindVariables(u, t, () => {});
      break;
    case Kind.Fn:
      bindVariables(u, t, () => {
        for (const d of t.ids) bind(u, d.ty);
        bind(u, t.tof);
      });
      break;
    case Kind.Array:
    case Kind.Arrow:
    case Kind.Chan:
    case Kind.Dot:
    case Kind.List:
    case Kind.Ref:
      bind(u, t.tof);
      break;
    case Kind.Id: {
      const s = t.decl!.sym!;
      const d = s.decl ?? undeclared(u, t, s);
      // The place holder has done its work.
      d.sym!.unbound = null;
      t.decl = d;
      break;
    }
    case Kind.Tuple:
    case Kind.Exception:
      for (const d of t.ids) bind(u, d.ty);
      break;
    case Kind.Inst:
      bind(u, t.tof);
      for (const a of t.actuals ?? []) bind(u, a);
      break;
  }
}

function bindVariables(u: Unit, t: Type, inside: () => void): void {
  const polys = t.polys;
  if (polys.length > 0) {
    pushScope(u, null);
    install(u, Store.Type, polys);
  }
  inside();
  if (t.constraints !== null) mergeConstraints(u, t);
  if (polys.length > 0) {
    popScope(u);
    for (const d of polys) bind(u, d.ty);
  }
}

/** Gives type variables the functions that their for clause asks for. */
export function mergeConstraints(u: Unit, t: Type): void {
  for (const c of t.constraints ?? []) {
    for (const named of c.ids) {
      const d = named.sym!.decl;
      if (d === null) {
        undeclared(u, named, named.sym!);
        break;
      }
      if (d.store !== Store.Type || d.ty.kind !== Kind.Poly) {
        u.error(named, E.notAVariableType(nameOf(d)));
        break;
      }
      if (d.ty.ids.length > 0) u.error(named, E.constraintTwice(nameOf(d)));
      pushScope(u, null);
      declareMembers(
        u,
        c.fields.map((ids): Member => ({ kind: 'field', ids })),
      );
      d.ty.ids = popScope(u);
      for (const f of d.ty.ids) {
        f.dot = d;
        bind(u, f.ty);
        if (f.ty.kind !== Kind.Fn) {
          u.error(f, E.onlyFunctions);
          d.ty.ids = noDecls;
        }
      }
    }
  }
  t.constraints = null;
}

/** Only inside adts may a polymorphic adt stand without its types. */
function closedType(u: Unit, at: Type, t: Type, inAdt: Decl | null): Type {
  if (inAdt === null && isOpenAdt(t)) u.error(at, E.polymorphicHere(typeText(u, t)));
  return t;
}

/** Data cannot be a function or an adt with pick tags, only refer to it. */
function dataType(u: Unit, at: { start: number; stop: number }, t: Type): Type {
  if ((t.kind === Kind.Adt && t.tags.length > 0) || t.kind === Kind.AdtPick)
    u.error(at, E.needsRef(typeText(u, t)));
  if (t.kind === Kind.Fn) u.error(at, E.functionData(typeText(u, t)));
  return t;
}

/** What a variable, argument or member can be declared as. */
export function variableType(u: Unit, t: Type, d: Decl, functionOk: boolean, polyOk: boolean): Type {
  if ((t.kind === Kind.Adt && t.tags.length > 0) || t.kind === Kind.AdtPick) {
    u.error(d, E.pickVariable(nameOf(d), typeText(u, t)));
  }
  if (!functionOk && t.kind === Kind.Fn) u.error(d, E.functionVariable(nameOf(d)));
  if (!polyOk && isOpenAdt(t)) u.error(d, E.polymorphicVariable(nameOf(d)));
  return t;
}

/**
 * Resolves names and checks a type and all it is made of. `inAdt` is the adt that it occurs in, `poly` the type
 * variable whose function it is: what self may be. Returns the type to use instead.
 */
export function verify(u: Unit, t: Type, inAdt: Decl | null, poly: Decl | null): Type {
  if (t.ok & Ok.Verify) return t;
  t.ok |= Ok.Verify;
  const cyclic = t.flags & TypeFlag.Cyclic;
  const v = verifyKind(u, t, inAdt, poly);
  if (cyclic) v.flags |= TypeFlag.Cyclic;
  return v;
}

function verifyKind(u: Unit, t: Type, inAdt: Decl | null, poly: Decl | null): Type {
  switch (t.kind) {
    case Kind.Fix:
      return verifyFixed(u, t);
    case Kind.Ref:
      t.tof = closedType(u, t, verify(u, t.tof!, inAdt, null), inAdt);
      if (canRef[t.tof.kind] === 0) {
        u.error(t, E.cannotRef(typeText(u, t.tof)));
        return terror;
      }
      return t;
    case Kind.Chan:
    case Kind.Array:
    case Kind.List:
      t.tof = closedType(u, t, dataType(u, t, verify(u, t.tof!, inAdt, null)), inAdt);
      return t;
    case Kind.Id:
      t.ok &= ~Ok.Verify;
      return verify(u, idType(u, t), inAdt, null);
    case Kind.Arrow:
      t.ok &= ~Ok.Verify;
      return verify(u, arrowType(u, t, inAdt), inAdt, null);
    case Kind.Dot:
      t.ok &= ~Ok.Verify;
      return verify(u, dotType(u, t, inAdt), inAdt, null);
    case Kind.Adt:
      defineAdt(u, t);
      return t;
    case Kind.AdtPick:
      for (const d of t.ids) {
        d.ty = variableType(u, verify(u, d.ty, d.dot, null), d, false, true);
        if (d.store === Store.Const) u.error(t, E.pickCon(nameOf(d)));
      }
      verify(u, t.decl!.dot!.ty, null, null);
      return t;
    case Kind.Module:
      for (const d of t.ids) {
        d.ty = verify(u, d.ty, null, null);
        if (d.store === Store.Global && d.ty.kind === Kind.Fn) d.store = Store.Fn;
        if (d.store !== Store.Type && d.store !== Store.Fn) variableType(u, d.ty, d, false, false);
      }
      return t;
    case Kind.Tuple:
    case Kind.Exception:
      if (t.decl === null) t.decl = new Decl(t.start, t.stop, Store.Type, u.sym('.tuple'), t);
      t.ids.forEach((d, i) => {
        d.store = Store.Field;
        d.sym ??= u.sym(`t${i}`);
        d.ty = dataType(u, d, verify(u, d.ty, inAdt, null));
      });
      return t;
    case Kind.Fn:
      verifyFunction(u, t, inAdt, poly);
      return t;
    case Kind.Poly:
      for (const d of t.ids) {
        d.store = Store.Fn;
        d.ty = verify(u, d.ty, inAdt, t.decl);
      }
      return t;
    case Kind.Inst:
      t.ok &= ~Ok.Verify;
      t.tof = verify(u, t.tof!, inAdt, null);
      t.actuals = (t.actuals ?? []).map((a) => verify(u, a, inAdt, null));
      return verify(u, instantiate(u, t, inAdt, null), inAdt, null);
    default:
      return t;
  }
}

function verifyFunction(u: Unit, t: Type, inAdt: Decl | null, poly: Decl | null): void {
  let last: Decl | null = null;
  for (const d of t.ids) {
    d.store = Store.Arg;
    d.ty = variableType(u, verify(u, d.ty, inAdt, null), d, false, true);
    if (d.implicit) {
      const self = poly ?? inAdt;
      if (self === null) u.error(t, E.selfOutside);
      else if (d !== t.ids[0]) u.error(d, E.selfFirst);
      else if (d.ty !== self.ty && (d.ty.kind !== Kind.Ref || d.ty.tof !== self.ty)) {
        if (d.ty.kind !== Kind.Error) u.error(d, E.selfType(nameOf(self)));
      }
    }
    last = d;
  }
  for (const d of t.polys) {
    for (const outer of inAdt?.ty.polys ?? noDecls) if (outer.sym === d.sym) d.ty = outer.ty;
    d.store = Store.Type;
    d.ty = verify(u, d.ty, inAdt, null);
  }
  t.tof = closedType(u, t, dataType(u, t, verify(u, t.tof!, inAdt, null)), inAdt);
  if (t.varargs && (last === null || last.ty !== tstring)) u.error(t, E.varargsString);
  if (t.varargs && t.polys.length > 0) u.error(t, E.varargsPoly);
}

function verifyFixed(u: Unit, t: Type): Type {
  const fail = (message: string): Type => {
    u.error(t, message);
    return terror;
  };
  let max = 0;
  if (!isOk(checkExpression(u, t.scale, 0, false, null))) return terror;
  if (t.limit !== null) {
    if (!isOk(checkExpression(u, t.limit, 0, false, null))) return terror;
    if (t.limit.ty !== treal) return fail(E.fixedReal);
    t.limit = fold(u, t.limit);
    if (t.limit.op !== Op.Const) return fail(E.fixedConstant);
    max = t.limit.val;
    if (!(max > 0)) return fail(E.fixedPositive);
  }
  if (t.scale!.ty !== treal) return fail(E.fixedReal);
  t.scale = fold(u, t.scale!);
  if (t.scale.op !== Op.Const) return fail(E.fixedConstant);
  if (!(t.scale.val > 0)) return fail(E.fixedPositive);
  if (!fitFixed(t, max)) u.error(t, E.fixedSize);
  return t;
}

/** The type that a name stands for. */
export function idType(u: Unit, t: Type): Type {
  const d = t.decl!;
  if (d.store !== Store.Type && d.store !== Store.Tag) {
    if (d.store === Store.Undef) u.error(t, E.notDeclared(nameOf(d)));
    else if (d.store === Store.Import) u.error(t, E.typeUnknown(nameOf(d)));
    else if (d.store !== Store.Wundef) u.error(t, E.notAType(nameOf(d)));
    if (d.store === Store.Undef || d.store === Store.Import) d.store = Store.Wundef;
    return terror;
  }
  return d.ty;
}

/** The type that module->name stands for. */
export function arrowType(u: Unit, t: Type, inAdt: Decl | null): Type {
  if (t.decl!.store !== Store.Unbound) return t.decl!.ty;
  let module = t.tof!;
  if (module.kind === Kind.Id) {
    // The name may be a variable whose type is a module.
    const d = module.decl!;
    if (
      d.store === Store.Import ||
      (d.store !== Store.Type && d.store !== Store.Wundef && !(d.ty.ok & Ok.Bind))
    ) {
      u.error(t, E.typeUnknown(nameOf(d)));
      d.store = Store.Wundef;
      return terror;
    }
    if (d.store === Store.Wundef) return terror;
    d.ty = verify(u, d.ty, inAdt, null);
    module = d.ty;
  } else module = verify(u, module, inAdt, null);
  t.tof = module;
  if (module.kind === Kind.Error) return terror;
  if (module.kind !== Kind.Module) {
    u.error(t, E.notAModule(typeText(u, module)));
    return terror;
  }
  const d = member(module.ids, t.decl!.sym);
  if (d === null) {
    u.error(
      t,
      E.notAMember(nameOf(t.decl), typeText(u, module)),
      suggest(nameOf(t.decl), module.ids.filter((m) => m.store === Store.Type).map(nameOf)),
    );
    return terror;
  }
  if (d.store === Store.Type) {
    t.decl = d;
    return d.ty;
  }
  u.error(t, E.notAType(typeText(u, t)));
  return terror;
}

/** The type that adt.tag stands for. */
export function dotType(u: Unit, t: Type, inAdt: Decl | null): Type {
  if (t.decl!.store !== Store.Unbound) return t.decl!.ty;
  const adt = verify(u, t.tof!, inAdt, null);
  t.tof = adt;
  if (adt.kind === Kind.Error) return terror;
  if (adt.kind !== Kind.Adt) {
    u.error(t, E.notAnAdt(typeText(u, adt)));
    return terror;
  }
  const d = member(adt.tags, t.decl!.sym);
  if (d !== null) {
    t.decl = d;
    return d.ty;
  }
  u.error(t, E.notATag(nameOf(t.decl), typeText(u, adt)), suggest(nameOf(t.decl), adt.tags.map(nameOf)));
  return terror;
}

/**
 * Completes an adt: verifies its members, takes its pick cases apart and puts functions and constants after the data.
 */
function defineAdt(u: Unit, t: Type): void {
  const adt = t.decl!;
  for (const d of t.polys) {
    d.store = Store.Type;
    d.ty = verify(u, d.ty, adt, null);
  }
  const ids: Decl[] = [];
  let firstAfterTags: Decl | null = null;
  for (let i = 0; i < t.ids.length; ) {
    const d = t.ids[i]!;
    if (d.store !== Store.Tag) {
      d.dot = adt;
      ids.push(d);
      i++;
      continue;
    }
    if (t.tags.length > 0) u.error(d, E.oneTagSet);
    i = defineTags(u, t, ids, i);
    firstAfterTags = t.ids[i] ?? null;
  }
  const data: Decl[] = [];
  const others: Decl[] = [];
  let seenTags = false;
  t.ids = ids;
  for (const d of ids) {
    if (d === firstAfterTags) seenTags = true;
    d.dot = adt;
    d.ty = variableType(u, verify(u, d.ty, adt, null), d, true, true);
    if (d.store === Store.Field && d.ty.kind === Kind.Fn) d.store = Store.Fn;
    if (d.store === Store.Fn || d.store === Store.Const) others.push(d);
    else {
      if (seenTags) u.error(d, E.tagsLast);
      data.push(d);
    }
  }
  t.ids = others.length === 0 ? data : data.concat(others);
  for (const d of t.tags) {
    d.ty = verify(u, d.ty, adt, null);
    d.ty.tof ??= pickRecord(t, d.ty);
  }
}

/** Takes the run of tags that starts at `t.ids[from]`; where it ends. */
function defineTags(u: Unit, t: Type, fields: readonly Decl[], from: number): number {
  const adt = t.decl!;
  const tags: Decl[] = [];
  let i = from;
  while (i < t.ids.length) {
    const first = t.ids[i]!;
    const ty = first.ty;
    if (ty.kind !== Kind.AdtPick || first.tag !== tags.length) break;
    ty.decl = first;
    for (; i < t.ids.length && t.ids[i]!.ty === ty; i++) {
      const tag = t.ids[i]!;
      tag.dot = adt;
      tags.push(tag);
    }
    for (const d of ty.ids) {
      const other = member(fields, d.sym) ?? member(t.ids.slice(i), d.sym);
      if (other !== null) {
        u.diagnostics.error(d.start, d.stop, E.redeclaration(d), {
          note: [E.declaredHere(other), other.start],
        });
      }
      d.dot = adt;
    }
  }
  adt.tag = tags.length;
  t.tags = tags;
  return Math.max(i, from + 1);
}

/** The tuple that makes a value of one pick case: its tag, the common fields, its own. */
function pickRecord(adt: Type, pick: Type): Type {
  const ids = [new Decl(pick.decl!.start, pick.decl!.stop, Store.Field, null, tint)];
  for (const d of [...adt.ids, ...pick.ids]) {
    if (d.store !== Store.Field) continue;
    const c = cloneDecl(d);
    c.cyclic = false;
    ids.push(c);
  }
  return new Type(Kind.Tuple, adt.start, adt.stop, null, ids);
}

/** Marks a type and all that it reaches as used; adts and tuples get a place in the symbol file. */
function markUsed(u: Unit, t: Type | null): void {
  if (t === null || t.ok & Ok.Used) return;
  t.ok |= Ok.Used;
  if (t.decl !== null && t.decl.refs === 0) t.decl.refs++;
  switch (t.kind) {
    case Kind.Ref:
    case Kind.Chan:
    case Kind.Array:
    case Kind.List:
      if (t.decl !== null) u.adts.push(t.decl);
      markUsed(u, t.tof);
      break;
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Tuple:
    case Kind.Exception:
      if (t.kind === Kind.Adt || (t.kind === Kind.Tuple && t.decl!.sym!.name !== '.tuple'))
        u.adts.push(t.decl!);
      for (const d of t.ids) if (d.store !== Store.Fn) markUsed(u, d.ty);
      for (const d of t.tags) markUsed(u, d.ty);
      for (const d of t.polys) markUsed(u, d.ty);
      if (t.kind === Kind.AdtPick) markUsed(u, t.decl!.dot!.ty);
      break;
    case Kind.Module:
      // Members are used one by one; the symbol file shows all its data.
      if (u.symbols) for (const d of t.ids) if (d.store === Store.Global) markUsed(u, d.ty);
      break;
    case Kind.Fn:
      for (const d of t.ids) markUsed(u, d.ty);
      for (const d of t.polys) markUsed(u, d.ty);
      markUsed(u, t.tof);
      break;
  }
}

/** Whether type declarations are circular: A: type list of B; B: type A; */
export function checkCircular(u: Unit, t: Type | null): void {
  if (t === null) return;
  const Visit = 8;
  const circular = (): void => {
    u.error(t, E.circular(typeText(u, t)));
    t.kind = Kind.Error;
    t.tof = null;
    t.ok = Ok.All;
  };
  switch (t.kind) {
    case Kind.Chan:
    case Kind.Array:
    case Kind.Ref:
    case Kind.List:
    case Kind.Dot:
      checkCircular(u, t.tof);
      break;
    case Kind.Fn:
    case Kind.Tuple:
      checkCircular(u, t.tof);
      for (const d of t.ids) checkCircular(u, d.ty);
      break;
    case Kind.Arrow: {
      if (t.rec & Visit) return circular();
      t.rec |= Visit;
      checkCircular(u, t.tof);
      let of = t.tof!;
      if (of.kind === Kind.Id) of = of.decl!.ty;
      const d = member(of.ids, t.decl!.sym);
      if (d !== null) checkCircular(u, d.ty);
      t.rec &= ~Visit;
      break;
    }
    case Kind.Id:
      if (t.rec & Visit) return circular();
      t.rec |= Visit;
      checkCircular(u, t.decl!.ty);
      t.rec &= ~Visit;
      break;
    case Kind.Inst:
      checkCircular(u, t.tof);
      for (const a of t.actuals ?? []) checkCircular(u, a);
      break;
  }
}

/** A type that only the compiler sees, good as it is. */
export function internalType(u: Unit, t: Type): Type {
  bind(u, t);
  t.ok = Ok.Verify;
  sizeWithCycles(u, t);
  t.ok = Ok.All;
  return t;
}
