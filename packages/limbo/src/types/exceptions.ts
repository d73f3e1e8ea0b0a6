import type { Unit } from '../unit.ts';
import { useType } from './resolve.ts';
import { cloneDecl, cloneType, Decl, Kind, Store, Type, tint, tstring } from './type.ts';

function copyMembers(t: Type): Type {
  const c = cloneType(t);
  c.ids = t.ids.map(cloneDecl);
  return c;
}

/** What a caught exception holds: nothing, its only value, or the tuple of its values. */
export function exceptionTuple(u: Unit, t: Type): Type {
  if (t.cons) return t;
  if (t.tof !== null) return t.tof;
  let value: Type;
  if (t.ids.length === 0) value = t;
  else if (t.ids.length === 1) value = t.ids[0]!.ty;
  else {
    value = copyMembers(t);
    value.cons = false;
    value.kind = Kind.Tuple;
  }
  t.tof = useType(u, value);
  return t.tof;
}

/** The type of a raised exception, from its declaration's. */
export function raisedType(u: Unit, t: Type): Type {
  if (t.tof !== null) return t.tof;
  const c = copyMembers(t);
  c.cons = false;
  t.tof = useType(u, c);
  return t.tof;
}

/** What is allocated to raise an exception: its name, a word for the system, its values. */
export function exceptionRecord(u: Unit, t: Type): Type {
  const { start, stop } = t.decl ?? t;
  const ids = [
    new Decl(start, stop, Store.Field, null, tstring),
    new Decl(start, stop, Store.Field, null, tint),
  ];
  for (const d of t.ids) {
    const c = cloneDecl(d);
    c.cyclic = false;
    ids.push(c);
  }
  const r = new Type(Kind.Exception, t.start, t.stop, null, ids);
  return useType(u, r);
}
