import { MaxTemp, placeVariables } from '../types/layout.ts';
import { enclosingVariables } from '../types/poly.ts';
import { Decl, Store, TypeFlag, tany, tint } from '../types/type.ts';
import type { Unit } from '../unit.ts';

/**
 * Hidden arguments of polymorphic functions: for each function that a type variable asks for, the module and the
 * index of the function to call.
 */

function wantedFunctions(d: Decl): Decl[] {
  const wanted: Decl[] = [];
  for (const variable of [...d.ty.polys, ...enclosingVariables(d)]) wanted.push(...variable.ty.ids);
  return wanted;
}

/** Adds the hidden arguments, once; with `link` they become those that the body uses. */
export function addPointerArguments(_u: Unit, d: Decl, link: boolean): void {
  const t = d.ty;
  const wanted = wantedFunctions(d);
  if (t.flags & TypeFlag.FullArgs) {
    if (!link) return;
    let at = t.ids.length - wanted.length * 2;
    for (const w of wanted) {
      w.pointers = [t.ids[at]!, t.ids[at + 1]!];
      at += 2;
    }
    return;
  }
  t.flags |= TypeFlag.FullArgs;
  const hidden: Decl[] = [];
  for (const w of wanted) {
    const module = new Decl(d.start, d.stop, Store.Arg, w.sym, tany);
    const index = new Decl(d.start, d.stop, Store.Arg, w.sym, tint);
    if (link) w.pointers = [module, index];
    hidden.push(module, index);
  }
  t.ids = [...t.ids, ...hidden];
  d.offset = placeVariables(t.ids, MaxTemp, 4);
}

/** Takes the hidden arguments away again: signatures and symbol files do without. */
export function removePointerArguments(_u: Unit, d: Decl): void {
  const t = d.ty;
  if ((t.flags & TypeFlag.FullArgs) === 0) return;
  t.flags &= ~TypeFlag.FullArgs;
  t.ids = t.ids.slice(0, t.ids.length - wantedFunctions(d).length * 2);
  d.offset = placeVariables(t.ids, MaxTemp, 4);
}
