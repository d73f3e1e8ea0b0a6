import * as E from '../errors.ts';
import type { Unit } from '../unit.ts';
import { InternalError } from '../unit.ts';
import { typeText } from './print.ts';
import { sameType } from './relations.ts';
import {
  Decl,
  Desc,
  isPointer,
  Kind,
  Mark,
  nameOf,
  Ok,
  Store,
  type Type,
  TypeFlag,
  takesSpace,
} from './type.ts';

/** The first 32 bytes of a frame are the machine's. */
export const MaxTemp = 32;
export const MaxAlign = 8;

export function align(offset: number, to: number): number {
  const r = offset % to;
  return r === 0 ? offset : offset + to - r;
}

/** Finds cycles in a type and all it reaches, and their sizes and offsets. */
export function sizeWithCycles(u: Unit, t: Type | null): void {
  const done = Ok.CycleSize | Ok.Cycle | Ok.Sized;
  if (t === null || (t.ok & done) === done) return;
  t.ok |= Ok.CycleSize;
  switch (t.kind) {
    case Kind.Ref:
    case Kind.Chan:
    case Kind.Array:
    case Kind.List:
      findCycles(u, t);
      sizeType(t);
      sizeWithCycles(u, t.tof);
      break;
    case Kind.Adt:
    case Kind.Tuple:
    case Kind.Exception:
      findCycles(u, t);
      sizeType(t);
      for (const d of t.ids) sizeWithCycles(u, d.ty);
      for (const tag of t.tags) {
        if ((tag.ty.ok & done) === done) continue;
        tag.ty.ok |= done;
        for (const d of tag.ty.ids) sizeWithCycles(u, d.ty);
      }
      for (const d of t.polys) sizeWithCycles(u, d.ty);
      break;
    case Kind.AdtPick:
      t.ok &= ~Ok.CycleSize;
      sizeWithCycles(u, t.decl!.dot!.ty);
      break;
    case Kind.Module:
      findCycles(u, t);
      sizeType(t);
      for (const d of t.ids) sizeWithCycles(u, d.ty);
      placeMembers(t.ids, 0);
      break;
    case Kind.Fn:
      findCycles(u, t);
      sizeType(t);
      for (const d of t.ids) sizeWithCycles(u, d.ty);
      for (const d of t.polys) sizeWithCycles(u, d.ty);
      sizeWithCycles(u, t.tof);
      placeMembers(t.ids, MaxTemp);
      break;
    default:
      t.ok |= Ok.Cycle;
      sizeType(t);
      break;
  }
}

/** How a type reaches another: by value, through a reference, in a circle. */
const Arc = { Value: 1, List: 2, Array: 4, Ref: 8, Cycle: 16, Poly: 32 } as const;

function findCycles(u: Unit, t: Type): void {
  if (t.ok & Ok.Cycle) return;
  t.ok |= Ok.Cycle;
  t.rec |= Mark.Cycle;
  if (t.kind === Kind.Adt || t.kind === Kind.Module || t.kind === Kind.Tuple || t.kind === Kind.Exception) {
    for (const d of t.ids) fieldCycle(u, t, d);
    for (const tag of t.tags) {
      if (tag.ty.ok & Ok.Cycle) continue;
      tag.ty.ok |= Ok.Cycle;
      for (const d of tag.ty.ids) fieldCycle(u, t, d);
    }
  }
  t.rec &= ~Mark.Cycle;
}

function fieldCycle(u: Unit, base: Type, d: Decl): void {
  if (takesSpace[d.store] === 0) return;
  const arc = mayReturn(u, base, d.ty) ? reach(base, d.ty) : 0;
  if (arc & Arc.Cycle) {
    if (arc & Arc.Value) {
      if (!d.cycleError) u.error(d, E.valueCycle(nameOf(d), typeText(u, base)));
      d.cycleError = true;
    } else d.cycle = true;
  } else if (d.cyclic) {
    if (!d.cycleError) u.error(d, E.spuriousCyclic(nameOf(d)));
    d.cycleError = true;
  }
}

/** Whether `base`, or a type that is the same, may be met again behind `t`. */
function mayReturn(u: Unit, base: Type, t: Type): boolean {
  u.recursion.reaches(base);
  if (!u.recursion.reaches(t)) return false;
  const twins = u.recursion.recursive[base.kind]!;
  // Modules cannot be compared before they have their interfaces.
  if (base.kind === Kind.Module) return twins.length > 0;
  return twins.some((r) => sameType(r, base));
}

function reach(base: Type, t: Type | null): number {
  if (t === null || (t.ok & (Ok.Traced | Ok.ReachesRecursive)) === Ok.Traced) return 0;
  if (t.rec & Mark.Cycle) {
    if (sameType(t, base)) return t.kind === Kind.Module ? Arc.Cycle | Arc.Ref : Arc.Cycle | Arc.Value;
    return 0;
  }
  t.rec |= Mark.Cycle;
  let me = 0;
  switch (t.kind) {
    case Kind.Array:
      me = (reach(base, t.tof) & ~Arc.Value) | Arc.Array;
      break;
    case Kind.Ref:
      me = (reach(base, t.tof) & ~Arc.Value) | Arc.Ref;
      break;
    case Kind.List:
      me = (reach(base, t.tof) & ~Arc.Value) | Arc.List;
      break;
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Module:
    case Kind.Tuple:
    case Kind.Exception:
      for (const d of t.ids) {
        if (takesSpace[d.store] === 0) continue;
        const arc = reach(base, d.ty);
        if (arc & Arc.Cycle && !d.cycleError) me |= arc;
      }
      for (const tag of t.tags) {
        const arc = reach(base, tag.ty);
        if (arc & Arc.Cycle && !tag.cycleError) me |= arc;
      }
      if (t.kind === Kind.Module) me = (me & Arc.Cycle) | Arc.Ref | Arc.Poly;
      else me &= Arc.Cycle | Arc.Value | Arc.Poly;
      break;
  }
  t.rec &= ~Mark.Cycle;
  if (t.flags & TypeFlag.Cyclic) me |= Arc.Poly;
  return me;
}

/** Size and alignment of a type, and the offsets of its fields. */
export function sizeType(t: Type): void {
  if (t.ok & Ok.Sized) return;
  t.ok |= Ok.Sized;
  switch (t.kind) {
    case Kind.Ref:
    case Kind.Chan:
    case Kind.Array:
    case Kind.List:
    case Kind.Module:
    case Kind.Fix:
    case Kind.Poly:
      t.size = 4;
      t.align = 4;
      break;
    case Kind.Tuple:
    case Kind.Adt:
    case Kind.Exception:
      sizeRecord(t);
      break;
    case Kind.Fn:
    case Kind.ArrayInit:
      t.size = 0;
      t.align = 1;
      break;
    case Kind.Alt:
      t.size = t.cases!.entries * 8 + 8;
      t.align = 4;
      break;
    case Kind.Case:
    case Kind.CaseString:
      t.size = t.cases!.labels.length * 12 + 8;
      t.align = 4;
      break;
    case Kind.CaseBig:
      t.size = t.cases!.labels.length * 24 + 12;
      t.align = 8;
      break;
    case Kind.Goto:
      t.size = t.cases!.labels.length * 4 + 4 + (t.cases!.wildInst === null ? 0 : 4);
      t.align = 4;
      break;
    case Kind.Iface:
    case Kind.Handlers:
      t.size = 0;
      t.align = 4;
      break;
  }
}

function sizeRecord(t: Type): void {
  if (t.tags.length === 0) {
    const { size, alignment } = placeMembers(t.ids, 0);
    t.size = align(size, alignment);
    t.align = alignment;
    return;
  }
  const common = placeMembers(t.ids, 4);
  for (const tag of t.tags) {
    const ty = tag.ty;
    if (ty.ok & Ok.Sized) continue;
    ty.ok |= Ok.Sized;
    const own = placeMembers(ty.ids, common.size);
    ty.align = Math.max(own.alignment, common.alignment, 4);
    ty.size = align(own.size, ty.align);
  }
}

/** Gives members their offsets, from `from` on. */
export function placeMembers(ids: readonly Decl[], from: number): { size: number; alignment: number } {
  let alignment = 1;
  let size = from;
  for (const d of ids) {
    if (takesSpace[d.store] === 0) continue;
    sizeType(d.ty);
    const a = d.ty.align === 0 ? 1 : d.ty.align;
    if (a > alignment) alignment = a;
    size = align(size, a);
    d.offset = size;
    size += d.ty.size;
  }
  return { size, alignment };
}

/**
 * Places variables one after the other from `from` on; those that share another's place get its offset, those of one
 * tuple stay together. The end, aligned to `to`.
 */
export function placeVariables(ids: readonly Decl[], from: number, to: number): number {
  let offset = from;
  let groupAlign = 1;
  for (let i = 0; i < ids.length; i++) {
    const d = ids[i]!;
    if (takesSpace[d.store] === 0) continue;
    if (d.store === Store.Local && d.link !== null) {
      d.offset = d.link.offset;
      continue;
    }
    let a = d.ty.align;
    if (d.nid > 1) {
      for (let j = i + 1; j < ids.length && ids[j]!.nid === 0; j++) a = Math.max(a, ids[j]!.ty.align);
      groupAlign = a;
    }
    offset = align(offset, a);
    d.offset = offset;
    offset += d.ty.size;
    if (d.nid === 0 && (i + 1 === ids.length || ids[i + 1]!.nid !== 0)) offset = align(offset, groupAlign);
  }
  return align(offset, to);
}

function setBit(map: Uint8Array, offset: number): void {
  map[offset >> 5]! |= 0x80 >> ((offset >> 2) & 7);
}

/** Marks the pointers of variables in `map`; the offset of the last, or -1. */
function mapVariables(ids: readonly Decl[], map: Uint8Array, from: number): number {
  let last = -1;
  for (const d of ids) {
    if (
      (d.store === Store.Type && d.ty.kind === Kind.Module) ||
      d.store === Store.Fn ||
      d.store === Store.Const ||
      (d.store === Store.Local && d.link !== null)
    ) {
      continue;
    }
    const m = mapType(d.ty, map, d.offset + from);
    if (m >= 0) last = m;
  }
  return last;
}

function mapType(type: Type, map: Uint8Array, offset: number): number {
  let t = type;
  if (t.kind === Kind.Alt) {
    let last = -1;
    t.cases!.labels.forEach((l, i) => {
      if (!l.isPointer) return;
      last = offset + 8 + i * 8;
      setBit(map, last);
    });
    return last;
  }
  if (t.kind === Kind.CaseString) {
    let last = -1;
    for (let i = 0; i < t.cases!.labels.length; i++) {
      setBit(map, offset + 4 + i * 12);
      last = offset + 8 + i * 12;
      setBit(map, last);
    }
    return last;
  }
  if (isPointer[t.kind] === 1) {
    setBit(map, offset);
    return offset;
  }
  if (t.kind === Kind.AdtPick) t = t.tof!;
  if (t.kind === Kind.Tuple || t.kind === Kind.Adt || t.kind === Kind.Exception) {
    if (t.rec !== 0) throw new InternalError('a type contains itself');
    t.rec = 1;
    const last = mapVariables(t.ids, map, offset);
    t.rec = 0;
    return last;
  }
  return -1;
}

/** The descriptor of a layout: one object for equal ones, kept in order. */
function enterDesc(u: Unit, map: Uint8Array, size: number): Desc {
  const list = u.descriptors;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    const c = compareDesc(list[mid]!, map, size);
    if (c === 0) return list[mid]!;
    if (c < 0) low = mid + 1;
    else high = mid;
  }
  const d = new Desc(map, size);
  list.splice(low, 0, d);
  return d;
}

function compareDesc(d: Desc, map: Uint8Array, size: number): number {
  if (d.size !== size) return d.size - size;
  if (d.map.length !== map.length) return d.map.length - map.length;
  for (let i = 0; i < map.length; i++) if (d.map[i] !== map[i]) return d.map[i]! - map[i]!;
  return 0;
}

/** The descriptor of a frame or of the module data. */
export function variablesDesc(u: Unit, size: number, ids: readonly Decl[]): Desc {
  const map = new Uint8Array(Math.ceil(size / 32) + 1);
  const last = mapVariables(ids, map, 0);
  const d = enterDesc(u, map.subarray(0, last < 0 ? 0 : (last >> 5) + 1), size);
  d.used = true;
  return d;
}

/** The descriptor of a type. */
export function typeDesc(u: Unit, t: Type): Desc {
  if (t.decl === null) {
    t.decl = makeTypeDecl(u, t);
  }
  if (t.decl.desc !== null) return t.decl.desc;
  const map = new Uint8Array(Math.ceil(t.size / 32) + 1);
  const last = mapType(t, map, 0);
  t.decl.desc = enterDesc(u, map.subarray(0, last < 0 ? 0 : (last >> 5) + 1), t.size);
  return t.decl.desc;
}

function makeTypeDecl(u: Unit, t: Type): Decl {
  const d = new Decl(t.start, t.stop, Store.Type, u.sym('.layout'), t);
  return d;
}

/** Whether variables of a type hold pointers, and so must be cleared. */
export function holdsPointer(type: Type): boolean {
  let t = type;
  if (isPointer[t.kind] === 1) return true;
  if (t.kind === Kind.AdtPick) t = t.tof!;
  if (t.kind === Kind.Tuple || t.kind === Kind.Adt) {
    for (const d of t.ids) if (holdsPointer(d.ty)) return true;
  }
  return false;
}
