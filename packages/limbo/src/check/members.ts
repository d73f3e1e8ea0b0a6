import type { Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { AdtDecl, ConDecl, ExceptionDecl, Member, PickDecl, TypeDecl } from '../ast/statement.ts';
import { Store, tunknown } from '../types/type.ts';
import type { Unit } from '../unit.ts';
import { declareNames } from './declarations.ts';
import { install, popScope, pushScope } from './scope.ts';

/** Declares the names of module and adt members, as fields, in the innermost scope. */
export function declareMembers(u: Unit, members: readonly Member[]): void {
  for (const m of members) {
    switch (m.kind) {
      case 'adt':
        declareAdt(u, m);
        break;
      case 'type':
        declareType(u, m);
        break;
      case 'field':
        install(u, Store.Field, m.ids);
        break;
      case 'con':
        declareCon(u, m);
        declareGlobals(u, m.init);
        break;
      case 'exceptiondecl':
        declareException(u, m);
        break;
      case 'pickdecl':
        declarePick(u, m);
        break;
    }
  }
}

export function declareAdt(u: Unit, m: AdtDecl): void {
  const t = m.ty;
  install(u, Store.Type, m.ids);
  const polys = t.polys.length > 0;
  if (polys) {
    pushScope(u, null);
    install(u, Store.Type, t.polys);
  }
  pushScope(u, null);
  declareMembers(u, m.members);
  t.ids = popScope(u);
  if (polys) t.polys = popScope(u);
  for (const d of t.ids) d.dot = t.decl;
}

function declarePick(u: Unit, m: PickDecl): void {
  let tag = 0;
  for (const c of m.cases) {
    pushScope(u, null);
    declareMembers(u, c.fields);
    c.ids[0]!.ty.ids = popScope(u);
    install(u, Store.Tag, c.ids);
    for (const d of c.ids) d.tag = tag++;
  }
}

export function declareType(u: Unit, m: TypeDecl): void {
  install(u, Store.Type, m.ids);
}

export function declareCon(u: Unit, m: ConDecl): void {
  install(u, Store.Const, m.ids);
  for (const d of m.ids) d.ty = tunknown;
}

export function declareException(u: Unit, m: ExceptionDecl): void {
  install(u, Store.Const, m.ids);
  for (const d of m.ids) d.ty = m.ty;
}

/** Declares what := declares inside global expressions. */
export function declareGlobals(u: Unit, n: Node | null): void {
  if (n === null) return;
  if (n.op === Op.Das) {
    declareGlobals(u, n.right);
    declareNames(u, n.left!);
    return;
  }
  declareGlobals(u, n.left);
  declareGlobals(u, n.right);
  if (n.list !== null) for (const e of n.list) declareGlobals(u, e);
}
