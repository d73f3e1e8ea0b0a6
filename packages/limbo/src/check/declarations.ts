import { copyTree, mk, type Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { ConDecl, ExceptionDecl, ImportDecl, VarDecl } from '../ast/statement.ts';
import { suggest } from '../diagnostics/suggest.ts';
import * as E from '../errors.ts';
import { fold } from '../optimise/fold.ts';
import { typeDesc } from '../types/layout.ts';
import { nodeText, typedText, typeText } from '../types/print.ts';
import { validType, variableType } from '../types/resolve.ts';
import {
  canCon,
  Decl,
  Kind,
  member,
  nameOf,
  Store,
  type Type,
  terror,
  tstring,
  tunset,
} from '../types/type.ts';
import { Scope, type Unit } from '../unit.ts';
import { Allok, checkExpression, isAllOk, isOk } from './expression.ts';
import { checkRaises, shareLocation } from './locals.ts';
import { install, popScope, pushScope } from './scope.ts';

/** Declares the variables of a := and says whether it is one. */
export function declareNames(u: Unit, n: Node): boolean {
  const group: Decl[] = [];
  let skipped = false;
  const declare = (e: Node): boolean => {
    if (e.op === Op.Tuple) {
      let ok = true;
      for (const x of e.list!) if (!declare(x)) ok = false;
      return ok;
    }
    if (e.op !== Op.Name) return false;
    if (e.decl === u.nil) {
      skipped = true;
      return true;
    }
    const d = new Decl(e.start, e.stop, Store.Undef, e.decl!.sym, tunset);
    install(u, u.scope === Scope.Global ? Store.Global : Store.Local, [d]);
    const { old } = d;
    if (old !== null && old.store !== Store.Fn && old.store !== Store.Wundef && old.store !== Store.Undef) {
      u.diagnostics.warn(d.start, d.stop, E.redeclaration(d), { note: [E.declaredHere(old), old.start] });
    }
    e.decl = d;
    d.refs++;
    d.das = true;
    group.push(d);
    return true;
  };
  const ok = declare(n);
  if (!ok) u.error(n, E.illegalDeclarationOf(nodeText(u, n)));
  // Variables of one tuple lie side by side, so that the tuple can be assigned as a block.
  if (ok && !skipped && group.length > 1 && u.scope !== Scope.Global) {
    group.forEach((d, i) => {
      d.nid = i === 0 ? group.length : 0;
      d.group = group;
      d.tag = i;
    });
  }
  return ok;
}

export function declareVariables(u: Unit, v: VarDecl): void {
  install(u, u.scope === Scope.Global ? Store.Global : Store.Local, v.ids);
  for (const d of v.ids) d.ty = v.ty;
}

export function checkVariables(u: Unit, v: VarDecl, global: boolean): void {
  const t = variableType(u, validType(u, v.ty, null), v.ids[0]!, global, false);
  v.ty = t;
  for (const d of v.ids) {
    d.ty = t;
    shareLocation(u, d);
  }
  if (t.raises !== null) checkRaises(u, t);
}

export function checkCon(u: Unit, c: ConDecl, global: boolean): void {
  pushScope(u, null);
  install(u, Store.Const, [u.iota]);
  let ok = checkExpression(u, c.init, 0, global, null);
  popScope(u);
  let t: Type = terror;
  if (isOk(ok)) {
    t = c.init.ty;
    if (canCon[t.kind] === 0) {
      u.error(c.init, E.constantType(typeText(u, t)));
      ok &= ~Allok;
    }
  }
  for (const d of c.ids) d.ty = t;
  if (!isAllOk(ok)) return;
  let valid = true;
  c.ids.forEach((d, i) => {
    if (!valid) return;
    u.iota.init!.val = i;
    d.init = copyTree(c.init, false, 0, 0);
    if (!initialise(u, d)) valid = false;
  });
}

/** The name under which an exception is known at run time. */
function exceptionName(u: Unit, d: Decl): string {
  const m = d.dot?.sym ?? u.implement[0]?.sym ?? null;
  const fn = u.checking?.sym ?? null;
  const parts = [];
  if (m !== null) parts.push(m.name);
  if (fn !== null) parts.push(fn.name);
  parts.push(String(u.scope - Scope.Global), d.sym!.name);
  return parts.join('.');
}

export function checkException(u: Unit, e: ExceptionDecl, global: boolean): void {
  const t = variableType(u, validType(u, e.ty, null), e.ids[0]!, global, false);
  for (const d of e.ids) {
    d.ty = t;
    d.init = mk(Op.Const);
    d.init.ty = tstring;
    d.init.str = exceptionName(u, d);
  }
}

export function declareImport(u: Unit, i: ImportDecl, unknown: Type): void {
  install(u, Store.Import, i.ids);
  for (const d of i.ids) d.ty = unknown;
}

export function checkImport(u: Unit, i: ImportDecl, global: boolean): void {
  if (!isOk(checkExpression(u, i.from, 1, global, null))) {
    for (const d of i.ids) d.store = Store.Wundef;
    return;
  }
  const m = i.from;
  if (m.ty.kind !== Kind.Module || m.op !== Op.Name) {
    u.error(m, E.importFrom(typedText(u, m)));
    for (const d of i.ids) d.store = Store.Wundef;
    return;
  }
  for (const d of i.ids) {
    const v = member(m.ty.ids, d.sym);
    if (v === null) {
      u.error(d, E.notAMember(nameOf(d), nodeText(u, m)), suggest(nameOf(d), m.ty.ids.map(nameOf)));
      d.store = Store.Wundef;
      continue;
    }
    d.store = v.store;
    v.ty = validType(u, v.ty, null);
    d.ty = v.ty;
    if (d.store === Store.Type && v.ty.decl !== null) {
      d.timport = v.ty.decl.timport;
      v.ty.decl.timport = d;
    }
    d.init = v.init;
    d.importid = v;
    d.eimport = m;
  }
}

/** Folds an initial value and says whether the data section can hold it. */
export function initialise(u: Unit, d: Decl): boolean {
  if (d.init === null) return true;
  d.init = fold(u, d.init);
  return canInitialise(u, d, d.ty, d.init, 0);
}

/** How deep arrays nest in the data section. */
const MaxArrayDepth = 4;

/** Whether `n` can be written into the data section, for the variable at `at`. */
export function canInitialise(
  u: Unit,
  at: { start: number; stop: number },
  type: Type | null,
  n: Node,
  depth: number,
): boolean {
  const what = at instanceof Decl ? nameOf(at) : 'variable';
  switch (n.ty.kind) {
    case Kind.Iface:
    case Kind.Goto:
    case Kind.Case:
    case Kind.CaseBig:
    case Kind.CaseString:
    case Kind.Alt:
    case Kind.Handlers:
    case Kind.Any:
      return true;
    case Kind.Int:
    case Kind.Big:
    case Kind.Byte:
    case Kind.Real:
    case Kind.String:
    case Kind.Fix:
      if (n.op === Op.Const) return true;
      break;
    case Kind.Adt:
    case Kind.AdtPick:
    case Kind.Tuple:
      if (n.op !== Op.Tuple && n.op !== Op.Call) break;
      return n.list!.every((e) => canInitialise(u, at, null, e, depth));
    case Kind.Array:
      if (n.op !== Op.Array) break;
      if (depth >= MaxArrayDepth) {
        u.error(n, E.arrayDepth(what, depth));
        return false;
      }
      typeDesc(u, n.ty.tof!).used = true;
      if (n.left!.op !== Op.Const) {
        u.error(n, E.arraySizeConstant(what));
        return false;
      }
      return (n.list ?? []).every((e) => canInitialise(u, at, null, e.right!, depth + 1));
    case Kind.Error:
      return false;
    default:
      u.error(at, E.cannotInitialise(what, typeText(u, type ?? n.ty)));
      return false;
  }
  u.error(n.start < 0 ? at : n, E.notConstant(what, nodeText(u, n)));
  return false;
}

/** Gives global variables their initial values. What the value of the assignment is, or null when it has none. */
export function assignGlobal(u: Unit, target: Node, given: Node | null, valid: boolean): Node | null {
  if (given === null) return null;
  let value: Node | null = given;
  if (value.op === Op.As || value.op === Op.Das) {
    value = assignGlobal(u, value.left!, value.right, valid);
    if (value === null) return null;
  } else if (valid && !canInitialise(u, target.op === Op.Name ? target.decl! : target, target.ty, value, 0)) {
    return null;
  }
  if (target.op === Op.Name) {
    const d = target.decl!;
    if (d.init !== null) {
      u.diagnostics.error(target.start, target.stop, E.assignedTwice(nameOf(d)), {
        note: [E.assignedHere(nameOf(d)), d.init.start],
      });
    }
    if (valid) d.init = value;
    return value;
  }
  if (target.op === Op.Tuple) {
    const parts = value.op === Op.Tuple ? value.list! : null;
    if (valid && parts === null) {
      u.error(value, E.notConstant(nodeText(u, target), nodeText(u, value)));
      return null;
    }
    target.list!.forEach((t, i) => {
      assignGlobal(u, t, parts?.[i] ?? null, valid);
    });
    return value;
  }
  u.error(target, E.cannotAssign(nodeText(u, target)));
  return null;
}
