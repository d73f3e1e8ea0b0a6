import type { Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { FunctionDefinition, Member, ModuleDecl, Program, TopLevel } from '../ast/statement.ts';
import * as E from '../errors.ts';
import { fold } from '../optimise/fold.ts';
import { planInline } from '../optimise/inline.ts';
import { signatureOf } from '../signature/signature.ts';
import { markModules, sortByName } from '../types/classes.ts';
import { MaxTemp, placeMembers, placeVariables } from '../types/layout.ts';
import { typeText } from '../types/print.ts';
import { compatible, sameType } from '../types/relations.ts';
import { bind, checkCircular, mergeConstraints, useType, validType } from '../types/resolve.ts';
import { cloneDecl, Decl, Kind, nameOf, noDecls, Ok, Store, Type, tnone, tunknown } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import {
  assignGlobal,
  checkCon,
  checkException,
  checkImport,
  checkVariables,
  declareImport,
  declareVariables,
} from './declarations.ts';
import { checkExpression, isAllOk, isOk } from './expression.ts';
import { checkRaises } from './locals.ts';
import {
  declareAdt,
  declareCon,
  declareException,
  declareGlobals,
  declareMembers,
  declareType,
} from './members.ts';
import { checkRaised } from './raises.ts';
import { closeAgain, install, popScope, pushScope, redeclared, reopen } from './scope.ts';
import { checkStatements } from './statements.ts';

/**
 * Checks a program: declares its global names, ties types to them, checks declarations, then function bodies. The
 * function where the module starts, or null.
 */
export function checkProgram(u: Unit, program: Program): Decl | null {
  const { declarations } = program;
  for (const d of declarations) declare(u, d);
  for (const d of declarations) bindTop(u, d);
  for (const d of declarations) check(u, d);
  for (const f of u.functions) {
    u.checking = f;
    checkBody(u, f);
    u.checking = null;
  }
  if (u.failed) return null;
  const entry = checkImplementation(u);
  if (u.failed) return null;
  for (const d of declarations) {
    if (d.kind === 'module' && d.ty.ok & Ok.Verify) {
      d.ty.ids = sortByName(d.ty.ids);
      placeMembers(d.ty.ids, 0);
    }
  }
  return entry;
}

function declare(u: Unit, d: TopLevel): void {
  switch (d.kind) {
    case 'import':
      declareImport(u, d, tunknown);
      declareGlobals(u, d.from);
      break;
    case 'adt':
      declareAdt(u, d);
      break;
    case 'con':
      declareCon(u, d);
      declareGlobals(u, d.init);
      break;
    case 'exceptiondecl':
      declareException(u, d);
      break;
    case 'module':
      declareModule(u, d);
      break;
    case 'type':
      declareType(u, d);
      break;
    case 'var':
      declareVariables(u, d);
      declareGlobals(u, d.init);
      break;
    case 'function':
      declareFunction(u, d);
      break;
    case 'assign':
      declareGlobals(u, d.expr);
      break;
  }
}

function declareModule(u: Unit, m: ModuleDecl): void {
  install(u, Store.Type, m.ids);
  let main = m.ids[0]!;
  let implemented = false;
  for (const d of m.ids) {
    for (const i of u.implement) {
      if (d.sym !== i.sym) continue;
      implemented = true;
      main = d;
      u.implemented.push(d);
    }
    d.ty = m.ty;
  }
  pushScope(u, null);
  declareMembers(u, m.members);
  const t = m.ty;
  t.ids = popScope(u);
  for (const d of t.ids) d.dot = main;
  t.decl = main;
  // A place for the import table, should the module be loaded.
  install(u, Store.Global, [
    new Decl(main.start, main.stop, Store.Undef, u.sym(`.m.${nameOf(main)}`), tnone),
  ]);
  if (!implemented) return;
  for (const d of t.ids) {
    const s = d.sym!;
    const now = s.decl;
    if (now !== null && now.scope >= u.scope) {
      const { dot } = now;
      const same =
        now.store !== Store.Wundef &&
        dot !== null &&
        dot !== main &&
        u.isImplemented(dot.sym) &&
        alike(d, now);
      if (same) continue;
      redeclared(u, d);
      d.old = now.old;
    } else d.old = now;
    s.decl = d;
    d.scope = u.scope;
  }
}

/** Whether members of two implemented modules may be the same thing. */
function alike(a: Decl, b: Decl): boolean {
  return a.sym === b.sym && a.store === b.store && a.implicit === b.implicit && a.cyclic === b.cyclic;
}

function declareFunction(u: Unit, f: FunctionDefinition): void {
  const { name, ty } = f;
  if (name.op === Op.Name) {
    const s = name.decl!.sym!;
    let d = s.decl;
    if (d === null || d.store === Store.Import) {
      d = new Decl(name.start, name.stop, Store.Undef, s, ty);
      install(u, Store.Fn, [d]);
    }
    name.decl = d;
    d.refs++;
  } else pushScope(u, null);
  const polys = ty.polys.length > 0;
  if (polys) {
    pushScope(u, null);
    install(u, Store.Type, ty.polys);
  }
  pushScope(u, null);
  install(u, Store.Arg, ty.ids);
  ty.ids = popScope(u);
  if (ty.constraints !== null) mergeConstraints(u, ty);
  if (polys) ty.polys = popScope(u);
  if (name.op === Op.Dot) popScope(u);
}

function bindMembers(u: Unit, members: readonly Member[]): void {
  for (const m of members) {
    switch (m.kind) {
      case 'field':
        bind(u, m.ids[0]!.ty);
        break;
      case 'type':
        bind(u, m.ty);
        break;
      case 'pickdecl':
        for (const c of m.cases) {
          const t = c.ids[0]!.ty;
          bind(u, t);
          reopen(u, t.ids);
          bindMembers(u, c.fields);
          install(u, Store.Undef, closeAgain(u, t.ids));
        }
        break;
      case 'adt':
        bindRecord(u, m.ty, m.members);
        break;
    }
  }
}

function bindRecord(u: Unit, t: Type, members: readonly Member[]): void {
  bind(u, t);
  const polys = t.polys;
  if (polys.length > 0) reopen(u, polys);
  reopen(u, t.ids);
  bindMembers(u, members);
  // Names that are not declared anywhere move outwards, to be complained about once.
  const strays = closeAgain(u, t.ids);
  if (strays.length > 0) install(u, Store.Undef, strays);
  if (polys.length > 0) closeAgain(u, polys);
}

function bindTop(u: Unit, d: TopLevel): void {
  if (d.kind === 'type') bind(u, d.ty);
  else if (d.kind === 'adt' || d.kind === 'module') bindRecord(u, d.ty, d.members);
}

function checkMembers(u: Unit, members: readonly Member[]): void {
  for (const m of members) {
    switch (m.kind) {
      case 'field':
        if (m.ids[0]!.ty.raises !== null) checkRaises(u, m.ids[0]!.ty);
        break;
      case 'type':
        checkCircular(u, m.ty);
        break;
      case 'adt':
        checkRecord(u, m.ty, m.members);
        break;
      case 'con':
        checkCon(u, m, true);
        break;
      case 'exceptiondecl':
        checkException(u, m, true);
        break;
    }
  }
}

function checkRecord(u: Unit, t: Type, members: readonly Member[]): void {
  if (t.polys.length > 0) reopen(u, t.polys);
  reopen(u, t.ids);
  checkMembers(u, members);
  const strays = closeAgain(u, t.ids);
  if (strays.length > 0) install(u, Store.Undef, strays);
  if (t.polys.length > 0) closeAgain(u, t.polys);
}

function check(u: Unit, d: TopLevel): void {
  switch (d.kind) {
    case 'type':
      checkCircular(u, d.ty);
      break;
    case 'adt':
    case 'module':
      checkRecord(u, d.ty, d.members);
      break;
    case 'con':
      checkCon(u, d, true);
      break;
    case 'exceptiondecl':
      checkException(u, d, true);
      break;
    case 'import':
      checkImport(u, d, true);
      break;
    case 'var':
      checkVariables(u, d, true);
      if (d.init !== null) d.init = checkInitial(u, d.init);
      break;
    case 'assign':
      d.expr = checkInitial(u, d.expr);
      break;
    case 'function':
      checkFunction(u, d);
      break;
  }
}

/** Checks the initialisation of globals, and remembers the values. */
function checkInitial(u: Unit, n: Node): Node {
  const r = checkExpression(u, n, 0, true, null);
  if (!isOk(r)) return n;
  const folded = isAllOk(r) ? fold(u, n) : n;
  if (folded.left !== null) assignGlobal(u, folded.left, folded.right, isAllOk(r));
  return folded;
}

/** Type variables of the adt whose method this is. */
function adtVariables(name: Node): Decl[] {
  if (name.op !== Op.Dot) return noDecls;
  const adt = name.right!.decl!.dot;
  return adt !== null && adt.store === Store.Type && adt.ty.kind === Kind.Adt ? adt.ty.polys : noDecls;
}

/** Whether type variables are the same, by name; those of `b` may be given what they need to do. */
function sameVariables(a: readonly Decl[], b: readonly Decl[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((x, i) => {
    const y = b[i]!;
    if (x.sym !== y.sym) return false;
    return y.ty.ids.length === 0 || sameType(x.ty, y.ty);
  });
}

/** Checks the head of a function, and ties it to its declaration. */
function checkFunction(u: Unit, f: FunctionDefinition): void {
  const { name } = f;
  if (!isOk(checkExpression(u, name, 0, true, callParent))) return;
  if (f.ty.raises !== null) checkRaises(u, f.ty);
  const d = name.op === Op.Dot ? name.right!.decl : name.decl;
  if (d === null) throw new InternalError('function without a declaration');
  name.decl = d;
  if (d.store === Store.Global || d.store === Store.Field) d.store = Store.Fn;
  if (d.store !== Store.Fn || d.fn !== null) {
    u.diagnostics.error(
      name.start,
      name.stop,
      d.fn !== null ? E.functionTwice(nameOf(d)) : E.redeclaration(d),
      {
        note: [E.declaredHere(d), d.start],
      },
    );
    if (d.fn !== null || d.store !== Store.Fn) return;
  }
  d.fn = f;
  f.decl = d;
  const dot = d.dot;
  const inAdt = dot !== null && dot.store === Store.Type && dot.ty.kind === Kind.Adt ? dot : null;
  const variables = adtVariables(name);
  if (name.op === Op.Dot) {
    pushScope(u, null);
    if (variables.length > 0) install(u, Store.Type, variables);
    if (!sameVariables(variables, f.adtPolys)) u.error(name, E.adtVariables);
  }
  let t = validType(u, f.ty, inAdt);
  if (name.op === Op.Dot) popScope(u);
  t = useType(u, t);
  if (!sameVariables(d.ty.polys, t.polys)) u.error(name, E.functionVariables);
  if (!compatible(u, d.ty, t, false)) {
    u.diagnostics.error(
      name.start,
      name.stop,
      E.functionMismatchDeclared(nameOf(d), typeText(u, t), typeText(u, d.ty)),
      { note: [E.declaredHere(d), d.start] },
    );
  } else if (!sameRaises(d.ty.raises, t.raises)) u.error(name, E.raisesMismatch(nameOf(d)));
  if (t.varargs) u.error(name, E.varargsDefinition(nameOf(d)));
  t.raises = d.ty.raises;
  d.ty = t;
  d.offset = placeVariables(t.ids, MaxTemp, 4);
  d.start = name.start;
  d.stop = name.stop;
  d.locals = noDecls;
  f.ty = t;
  u.functions.push(d);
}

const callParent: Node = Object.freeze({ op: Op.Comma }) as unknown as Node;

/** A raises clause need not be repeated in the definition. */
function sameRaises(declared: Node | null, defined: Node | null): boolean {
  if (declared === defined || defined === null) return true;
  if (declared === null) return false;
  const a = declared.list!;
  const b = defined.list!;
  return a.length === b.length && a.every((n, i) => n.decl === b[i]!.decl);
}

function checkBody(u: Unit, d: Decl): void {
  const f = d.fn!;
  u.locals = [];
  const variables = adtVariables(f.name);
  if (f.name.op === Op.Dot) reopen(u, variables);
  if (d.ty.polys.length > 0) reopen(u, d.ty.polys);
  reopen(u, d.ty.ids);
  checkStatements(u, f.body, d.ty.tof!);
  d.locals = closeAgain(u, d.ty.ids).concat(u.locals);
  if (d.ty.polys.length > 0) closeAgain(u, d.ty.polys);
  if (f.name.op === Op.Dot) closeAgain(u, variables);
  u.locals = [];
  checkReferences(u, d.ty.ids);
  checkReferences(u, d.ty.polys);
  checkReferences(u, d.locals);
  checkRaised(u, f);
  planInline(u, d);
}

/** Warns of what is not used, and passes the uses of members on to the interfaces. */
export function checkReferences(u: Unit, list: readonly Decl[]): void {
  const pedantic = u.diagnostics.pedantic;
  for (const d of list) {
    if (d.das) d.refs--;
    switch (d.store) {
      case Store.Type:
        checkTypeReferences(u, d, pedantic);
        break;
      case Store.Global:
        if (pedantic) warnUnused(u, d);
        break;
      case Store.Local:
      case Store.Arg:
        warnUnused(u, d);
        break;
      case Store.Const:
      case Store.Import:
        if (pedantic) warnUnused(u, d);
        break;
      case Store.Fn:
        if (d.fn === null && d.importid === null) u.error(d, E.notDefined(nameOf(d)));
        if (pedantic) warnUnused(u, d);
        break;
    }
    if (d.das) d.refs++;
  }
}

function warnUnused(u: Unit, d: Decl): void {
  if (d.refs === 0 && d.sym !== null && !d.sym.name.startsWith('.') && d.sym.name !== '') {
    u.warn(d, E.notReferenced(d));
  }
}

function checkTypeReferences(u: Unit, d: Decl, pedantic: boolean): void {
  let refs = d.refs;
  const t = d.ty;
  if (t.kind === Kind.Adt) {
    for (const m of t.ids) {
      d.refs += m.refs;
      if (m.store !== Store.Fn) continue;
      if (m.fn === null && m.link === null && d.importid === null) {
        u.error(m, E.notDefined(`${nameOf(d)}.${nameOf(m)}`));
      }
      if (pedantic && m.refs === 0 && d.importid === null)
        u.warn(m, E.methodNotReferenced(nameOf(d), nameOf(m)));
    }
  }
  if (t.kind === Kind.Module) {
    for (const m of t.ids) {
      refs += m.refs;
      if (m.iface !== null) m.iface.refs += m.refs;
      if (m.store === Store.Type) {
        for (const x of m.ty.ids) {
          refs += x.refs;
          if (x.iface !== null) x.iface.refs += x.refs;
        }
      }
    }
    d.refs = refs;
  }
  if (pedantic && refs === 0 && d.importid === null) u.warn(d, E.notReferenced(d));
}

/** Checks that what the module promises is there. Where it starts. */
function checkImplementation(u: Unit): Decl | null {
  if (u.implement.length === 0) {
    u.diagnostics.error(0, 0, E.noImplement);
    return null;
  }
  for (const i of u.implement) {
    if (!u.implemented.some((d) => d.sym === i.sym)) {
      u.error(i, E.noImplementation(nameOf(i)));
      return null;
    }
  }
  for (const d of u.implemented) {
    d.refs++;
    d.ty = useType(u, d.ty);
    if (d.store !== Store.Type || d.ty.kind !== Kind.Module) {
      u.error(d, E.cannotImplement(nameOf(d)));
      return null;
    }
  }
  u.module = uniteModules(u);
  const init = u.sym('init');
  let entry: Decl | null = null;
  for (const im of u.implemented) {
    for (const m of im.ty.ids) {
      m.ty = useType(u, m.ty);
      m.refs++;
      if (m.sym === init && m.ty.kind === Kind.Fn && entry === null) entry = m;
      if (m.store === Store.Global || m.store === Store.Fn) markModules(m.ty);
      if (m.store === Store.Type && m.ty.kind === Kind.Adt) {
        for (const d of m.ty.ids) {
          d.ty = useType(u, d.ty);
          markModules(d.ty);
          d.refs++;
        }
      }
    }
    checkReferences(u, im.ty.ids);
  }
  return entry;
}

/** The implemented module; when there are several, their union, which must agree on what they share. */
function uniteModules(u: Unit): Decl {
  const first = u.implemented[0]!;
  if (u.implemented.length === 1) return first;
  const name = u.implement.map(nameOf).join('+');
  install(u, Store.Global, [new Decl(first.start, first.stop, Store.Undef, u.sym(`.m.${name}`), tnone)]);
  const union = cloneDecl(first);
  union.sym = u.sym(name);
  union.sym.decl = union;
  union.ty = new Type(Kind.Module, union.start, union.stop, null, noDecls);
  union.ty.decl = union;
  const ids: Decl[] = [];
  const dataSignature = (d: Decl): number => {
    const data = d.ty.tof!.ids[0];
    return data?.store === Store.Global ? signatureOf(u, data) : 0;
  };
  for (const m of u.implemented) {
    if (dataSignature(m) !== dataSignature(first)) u.error(m, E.moduleData(nameOf(m), nameOf(first)));
    for (const d of m.ty.ids) {
      const now = d.sym!.decl;
      if (now === null || now.scope < u.scope) continue;
      if (d === now) {
        ids.push(cloneDecl(d));
        continue;
      }
      const { dot } = now;
      const same =
        now.store !== Store.Wundef &&
        dot !== null &&
        dot !== m &&
        u.isImplemented(dot.sym) &&
        alike(d, now) &&
        sameType(d.ty, now.ty) &&
        (d.store === Store.Fn || sameInitial(d.init, now.init));
      if (same) d.refs = now.refs;
      else redeclared(u, d);
      d.init = now.init;
      d.fn = now.fn;
    }
  }
  union.ty.ids = ids;
  union.ty = useType(u, union.ty);
  return union;
}

function sameInitial(a: Node | null, b: Node | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.op !== Op.Const || b.op !== Op.Const) return false;
  return a.val === b.val && a.big === b.big && a.str === b.str;
}

/** Makes the twins of a member in several modules one. */
export function resolveShared(u: Unit): void {
  if (u.implemented.length === 1) return;
  for (const m of [...u.implemented, u.module]) {
    m.ty.ids.forEach((d) => {
      const now = d.sym!.decl;
      if (now === null || d === now) return;
      const { iface, ty } = d;
      Object.assign(d, now);
      d.iface = iface;
      d.ty = ty;
    });
  }
}
