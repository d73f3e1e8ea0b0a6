import type { Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import { align } from '../types/layout.ts';
import { type Decl, Kind, Store, type Type } from '../types/type.ts';

/** Offsets of the variables of one tuple declaration, from where the first is placed. */
function placesOf(group: readonly Decl[]): number[] {
  let offset = 0;
  return group.map((d) => {
    const at = align(offset, d.ty.align);
    offset = at + d.ty.size;
    return at;
  });
}

/** Whether the names of a tuple lie where the fields of its type do, `base` being the place of the first. */
function matches(n: Node, t: Type, at: number, base: number, places: readonly number[]): boolean {
  if (n.op !== Op.Tuple) return places[n.decl!.tag]! - base === at;
  if (t.kind !== Kind.Tuple && t.kind !== Kind.Adt) return false;
  const fields = t.ids.filter((d) => d.store === Store.Field);
  return n.list!.every((e, i) => {
    const f = fields[i];
    return f !== undefined && matches(e, f.ty, at + f.offset, base, places);
  });
}

/**
 * The first variable of names that lie side by side as the fields of `t` do, so that they can be moved as one block;
 * null when they do not.
 */
export function contiguous(n: Node, t: Type): Node | null {
  if (n.op !== Op.Tuple) return null;
  let first: Node | null = null;
  let last: Decl | null = null;
  const walk = (e: Node): boolean => {
    if (e.op === Op.Tuple) return e.list!.every(walk);
    if (e.op !== Op.Name) return false;
    const d = e.decl!;
    if (d.group === null) return false;
    if (last === null) first = e;
    else if (d.nid !== 0 || d.group !== last.group || d.tag !== last.tag + 1) return false;
    last = d;
    return true;
  };
  if (!walk(n)) return null;
  const start = (first as Node | null)?.decl ?? null;
  if (start === null || start.group === null) return null;
  const places = placesOf(start.group);
  const base = places[start.tag]!;
  // A block is aligned like its first variable: what comes first must not need less than the whole.
  if (base % t.align !== 0) return null;
  return matches(n, t, 0, base, places) ? first : null;
}
