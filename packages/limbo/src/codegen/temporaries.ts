import { mk, Node, Reach } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import { typeDesc } from '../types/layout.ts';
import { Decl, isLarge, isPointer, Store, type Type } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { clearPointers } from './clear.ts';

/**
 * Temporaries of a function. A free one is taken again for values of the same size and alignment that are pointers or
 * not alike; larger ones for values of the same layout. `tref` is 1 when free, one more for each holder.
 */

/** Makes `n` a temporary for a `t`; that of `preferred`, if it is one that fits. */
export function makeTemporary(u: Unit, t: Type, preferred: Node | null, n: Node): Node {
  let ok = preferred === null ? null : preferred.decl;
  if (ok !== null && (ok.tref === 0 || isLarge[ok.ty.kind] !== isLarge[t.kind] || ok.ty.align !== t.align))
    ok = null;
  n.op = Op.Name;
  n.start = -1;
  n.stop = -1;
  n.left = null;
  n.right = null;
  n.list = null;
  n.flags = 0;
  n.temps = 0;
  n.reach = Reach.Reg;
  n.ty = t;
  const { code } = u;
  if (isLarge[t.kind] === 1) {
    const desc = typeDesc(u, t);
    const take = (d: Decl): Node => {
      d.tref++;
      d.refs++;
      n.decl = d;
      return n;
    };
    if (ok !== null && ok.desc === desc) return take(ok);
    const pool = code.large;
    for (let i = pool.length - 1; i >= 0; i--) {
      const d = pool[i]!;
      if (d.tref === 1 && d.desc === desc && d.ty.align === t.align) return take(d);
    }
    const d = newTemporary(u, t, '.b');
    d.desc = desc;
    pool.push(d);
    n.decl = d;
    return n;
  }
  const pointer = isPointer[t.kind];
  if (ok !== null && isPointer[ok.ty.kind] === pointer && ok.ty.size === t.size) {
    ok.tref++;
    n.decl = ok;
    return n;
  }
  const pool = code.small;
  for (let i = pool.length - 1; i >= 0; i--) {
    const d = pool[i]!;
    if (d.tref === 1 && isPointer[d.ty.kind] === pointer && d.ty.size === t.size && d.ty.align === t.align) {
      d.tref++;
      n.decl = d;
      return n;
    }
  }
  const d = newTemporary(u, t, '.t');
  pool.push(d);
  n.decl = d;
  return n;
}

function newTemporary(u: Unit, t: Type, prefix: string): Decl {
  const d = new Decl(-1, -1, Store.Local, u.sym(`${prefix}${u.serial.temporary++}`), t);
  d.tref = 2;
  d.refs = 1;
  return d;
}

/** A new temporary. */
export function temporary(u: Unit, t: Type, preferred: Node | null): Node {
  return makeTemporary(u, t, preferred, mk(Op.Name));
}

function holder(n: Node | null): Decl | null {
  const d = n === null ? null : n.decl;
  if (d === null || d.tref === 0) return null;
  if (d.tref === 1) throw new InternalError('temporary freed twice');
  return d;
}

/** Gives a temporary back; the last holder clears its pointers. */
export function free(u: Unit, n: Node | null): void {
  const d = holder(n);
  if (d !== null && --d.tref === 1) clearPointers(u, n!, null);
}

/** Gives a temporary back at the end of the statement: something inside it is still in use. */
export function freeLater(u: Unit, n: Node | null): void {
  const d = holder(n);
  if (d === null || --d.tref !== 1) return;
  const kept = new Node(Op.Name, -1, -1, null, null);
  kept.become(n!);
  u.code.later.push(kept);
  d.tref++;
}

/** The end of a statement. */
export function freeNow(u: Unit): void {
  const { later } = u.code;
  if (later.length === 0) return;
  u.code.later = [];
  for (let i = later.length - 1; i >= 0; i--) {
    const n = later[i]!;
    n.decl!.tref--;
    clearPointers(u, n, null);
  }
}

/** Holds a temporary again after it was released. */
export function acquire(n: Node | null): void {
  const d = n === null ? null : n.decl;
  if (d !== null && d.tref !== 0) d.tref++;
}

/** Gives a temporary back without clearing it. */
export function release(n: Node | null): void {
  const d = holder(n);
  if (d !== null) d.tref--;
}
