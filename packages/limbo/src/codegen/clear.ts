import { copyTree, mk, mkBinary, mkDeclName, Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { ZeroItem } from '../ast/statement.ts';
import { holdsPointer } from '../types/layout.ts';
import { type Decl, Kind } from '../types/type.ts';
import type { Unit } from '../unit.ts';
import { label } from './address.ts';
import { compile } from './expression.ts';
import { popBlock, pushBlock } from './generate.ts';
import { simplify } from './lower.ts';

/** Sets the pointers in a variable to nil; with `collect` only notes the variable there, the last first. */
export function clearPointers(u: Unit, n: Node, collect: Node[] | null): void {
  let t = n.ty;
  if (!holdsPointer(t)) return;
  if (n.op === Op.Name && n.decl!.refs === 0) return;
  if (collect !== null) {
    collect.unshift(n);
    return;
  }
  if (t.kind === Kind.AdtPick) t = t.tof!;
  if (t.kind === Kind.Tuple || t.kind === Kind.Adt) {
    t.ids.forEach((d, i) => {
      if (!holdsPointer(d.ty)) return;
      const base = i + 1 < t.ids.length ? copyTree(n, false, 0, 0) : n;
      const name = mk(Op.Name);
      name.decl = d;
      const field = mkBinary(Op.Dot, base, name);
      field.ty = d.ty;
      name.ty = d.ty;
      clearPointers(u, field, null);
    });
    return;
  }
  const { start, stop } = n;
  n.start = -1;
  n.stop = -1;
  const nil = mkDeclName(-1, -1, u.nil);
  let e = mkBinary(Op.As, n, nil);
  e.ty = t;
  nil.ty = t;
  pushBlock(u);
  e = label(u, simplify(u, e));
  compile(u, e.start, e.stop, null, e);
  popBlock(u);
  n.start = start;
  n.stop = stop;
}

function clearName(u: Unit, d: Decl, collect: Node[] | null): void {
  const n = new Node(Op.Name, -1, -1, null, null);
  n.decl = d;
  n.ty = d.ty;
  clearPointers(u, n, collect);
}

function clearTarget(u: Unit, n: Node, collect: Node[] | null): void {
  if (n.op === Op.Tuple) for (const e of n.list!) clearTarget(u, e, collect);
  else if (n.decl !== u.nil) clearPointers(u, copyTree(n, false, 0, 0), collect);
}

/** Clears what a block has declared. */
export function clearBlock(u: Unit, items: readonly ZeroItem[], collect: Node[] | null): void {
  for (const item of items) {
    if (Array.isArray(item)) for (const d of item) clearName(u, d, collect);
    else clearTarget(u, item, collect);
  }
}
