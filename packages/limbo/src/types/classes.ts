import { mk } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import { compareNames } from '../source/source.ts';
import { InternalError, type Unit } from '../unit.ts';
import { sameType } from './relations.ts';
import { cloneDecl, Decl, type Equivalence, Kind, noDecls, Ok, Store, Type } from './type.ts';

/** Declarations in the order of their names. */
export function sortByName(ids: readonly Decl[]): Decl[] {
  return ids.slice().sort((a, b) => compareNames(a.sym!.name, b.sym!.name));
}

/** Puts a type, and all it reaches, into the classes of types that are equal. */
export function classify(u: Unit, t: Type | null): void {
  if (t === null || t.ok & Ok.Class) return;
  t.ok |= Ok.Class;
  switch (t.kind) {
    case Kind.Ref:
    case Kind.Chan:
    case Kind.Array:
    case Kind.List:
      classify(u, t.tof);
      return;
    case Kind.Fn:
      for (const d of t.ids) classify(u, d.ty);
      for (const d of t.polys) classify(u, d.ty);
      classify(u, t.tof);
      return;
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Tuple:
    case Kind.Exception:
      for (const d of t.ids) classify(u, d.ty);
      for (const d of t.tags) classify(u, d.ty);
      for (const d of t.polys) classify(u, d.ty);
      break;
    case Kind.Module:
      t.tof = makeInterface(u, t.decl!);
      for (const d of t.ids) classify(u, d.ty);
      break;
    default:
      return;
  }
  const classes = u.equivalents[t.kind]!;
  for (let i = classes.length - 1; i >= 0; i--) {
    const c = classes[i]!;
    if (t.size === c.type.size && sameType(t, c.type)) {
      t.eq = c;
      if (t.kind === Kind.Module) joinInterface(t, c.type.tof!);
      return;
    }
  }
  t.eq = { id: 0, type: t };
  classes.push(t.eq);
}

/** Modules that are known, one for each class of equal ones, the latest first. */
export function modules(u: Unit): Equivalence[] {
  return u.equivalents[Kind.Module]!.slice().reverse();
}

/**
 * The interface of a module: its data as one record named .mp, then its functions, in the order of their names. Each
 * declaration and its twin in the interface know one another.
 */
function makeInterface(u: Unit, m: Decl): Type {
  const record = new Decl(
    m.start,
    m.stop,
    Store.Global,
    u.sym('.mp'),
    new Type(Kind.Adt, m.start, m.stop, null, noDecls),
  );
  const data: Decl[] = [];
  const functions: Decl[] = [];
  const twin = (d: Decl): void => {
    const c = cloneDecl(d);
    d.iface = c;
    c.iface = d;
    functions.push(c);
  };
  for (const d of m.ty.ids) {
    if (d.store === Store.Global) {
      const c = cloneDecl(d);
      d.iface = record;
      c.iface = d;
      data.push(c);
    } else if (d.store === Store.Fn) twin(d);
    else if (d.store === Store.Type && d.ty.kind === Kind.Adt) {
      for (const f of d.ty.ids) if (f.store === Store.Fn) twin(f);
    }
  }
  let ids = sortByName(functions);
  if (data.length > 0) {
    record.ty.ids = sortByName(data);
    record.ty.decl = record;
    record.dot = m;
    ids = [record, ...ids];
  }
  const t = new Type(Kind.Iface, m.start, m.stop, null, ids);
  const d = u.sym(`.m.${m.sym!.name}`).decl!;
  t.decl = d;
  d.ty = t;
  // Something for the data section to write.
  d.init = mk(Op.Nothing);
  d.init.ty = t;
  d.init.decl = d;
  return t;
}

/** Makes a module share the interface of an equal one. */
function joinInterface(m: Type, shared: Type): void {
  const ids = shared.ids;
  let i = ids[0]?.store === Store.Global ? 1 : 0;
  for (const d of m.tof!.ids) {
    if (d.store === Store.Global) {
      for (const f of d.ty.ids) f.iface!.iface = ids[0]!;
    } else d.iface!.iface = ids[i++] ?? null;
  }
  m.tof = shared;
}

/** Whether a function is private to the program: in no module, by itself or through its adt. */
export function isPrivate(d: Decl): boolean {
  return moduleOf(d) === null;
}

export function moduleOf(d: Decl): Decl | null {
  for (let o = d.dot; o !== null; o = o.dot)
    if (o.store === Store.Type && o.ty.kind === Kind.Module) return o;
  return null;
}

/** Exports a private function because its address is taken: from `m`, or from all implemented modules. */
export function exportFunction(u: Unit, m: Decl | null, d: Decl | null): void {
  if (d === null || !isPrivate(d)) return;
  markModules(d.ty);
  if (m === null) {
    if (u.implemented.length > 1) {
      for (const i of u.implemented) if (i.ty.tof !== u.module.ty.tof) exportFunction(u, i, d);
    }
    exportFunction(u, u.module, d);
    return;
  }
  const t = m.ty.tof!;
  for (const i of t.ids) if (d === i || d === i.iface) return;
  // After the declared ones, which alone are signed.
  const declared = t.ids.filter((i) => i.tag === 0);
  const added = t.ids.filter((i) => i.tag !== 0);
  const c = cloneDecl(d);
  if (d.dot === null) {
    d.dot = m;
    c.dot = m;
  }
  d.iface = c;
  c.iface = d;
  c.tag = 1;
  t.ids = [...declared, ...sortByName([...added, c])];
}

/** Drops what is not used from the interfaces of modules, and numbers the rest. */
export function narrowInterfaces(u: Unit): void {
  for (const c of modules(u)) {
    const t = c.type.tof!;
    if (!t.linkAll) t.ids = t.ids.filter((d) => d.refs !== 0);
    t.ids.forEach((d, i) => {
      d.offset = i;
    });
    t.decl!.init!.val = t.ids.length;
  }
}

/** When any data of a module is used, all of it is part of the interface. */
export function markModuleData(u: Unit): void {
  for (const c of modules(u)) {
    const first = c.type.tof!.ids[0];
    if (first?.store === Store.Global && first.refs > 0) {
      for (const d of c.type.ids) if (d.store === Store.Global) markModules(d.ty);
    }
  }
}

/** Marks the modules that can be reached from a value: all of their functions must be linked. */
export function markModules(t: Type | null): void {
  if (t === null || t.ok & Ok.ModRef) return;
  if (!(t.ok & Ok.Verify)) {
    if (t.kind === Kind.Error) return;
    throw new InternalError('module reference through a type that is not verified');
  }
  t.ok |= Ok.ModRef;
  switch (t.kind) {
    case Kind.Chan:
    case Kind.Ref:
    case Kind.Array:
    case Kind.List:
      markModules(t.tof);
      break;
    case Kind.Module:
      t.tof!.linkAll = true;
      t.decl!.refs++;
      for (const d of t.ids) {
        if (d.store === Store.Global || d.store === Store.Fn) markModules(d.ty);
        else if (d.store === Store.Type && d.ty.kind === Kind.Adt) {
          for (const m of d.ty.ids) if (m.store === Store.Fn) markModules(m.ty);
        }
      }
      break;
    case Kind.Fn:
    case Kind.Adt:
    case Kind.Tuple:
    case Kind.Exception:
      for (const d of t.ids) if (d.store !== Store.Fn) markModules(d.ty);
      for (const tag of t.tags) {
        tag.ty.ok |= Ok.ModRef;
        for (const d of tag.ty.ids) markModules(d.ty);
      }
      for (const d of t.polys) markModules(d.ty);
      markModules(t.tof);
      break;
    case Kind.AdtPick:
      markModules(t.decl!.dot!.ty);
      break;
  }
}
