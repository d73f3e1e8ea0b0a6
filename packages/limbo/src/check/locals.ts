import * as E from '../errors.ts';
import { holdsPointer } from '../types/layout.ts';
import { nodeText } from '../types/print.ts';
import { type Decl, Kind, Store, type Type } from '../types/type.ts';
import type { Unit } from '../unit.ts';
import { checkExpression, isOk } from './expression.ts';

/**
 * Lets a local share the place of another of this function whose scope is closed. Only those without pointers: what
 * the collector follows must keep its layout.
 */
export function shareLocation(u: Unit, d: Decl): void {
  if (d.store !== Store.Local || d.nid !== 1) return;
  const t = d.ty;
  if (t.kind === Kind.Exception || holdsPointer(t)) return;
  for (const o of u.locals) {
    if (o.store !== Store.Local || o.nid !== 1 || o.link !== null || o.tref !== 0) continue;
    const ot = o.ty;
    if (t.size !== ot.size || t.align !== ot.align || ot.kind === Kind.Exception || holdsPointer(ot))
      continue;
    d.link = o;
    o.tref = 1;
    return;
  }
}

/** Checks the exceptions named in a raises clause. */
export function checkRaises(u: Unit, t: Type): void {
  if (t.kind !== Kind.Fn || t.raises === null) return;
  for (const e of t.raises.list!) {
    if (isOk(checkExpression(u, e, 0, false, null)) && e.ty.kind !== Kind.Exception) {
      u.error(e, E.notAnException(nodeText(u, e)));
    }
  }
}
