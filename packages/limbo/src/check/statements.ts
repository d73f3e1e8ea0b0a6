import { mkDeclName, mkUnary, type Node } from '../ast/node.ts';
import { isEffect, Op } from '../ast/ops.ts';
import type { Alt, Arm, Block, Case, Guarded, LabelName, Pick, Statement } from '../ast/statement.ts';
import { suggest } from '../diagnostics/suggest.ts';
import * as E from '../errors.ts';
import { fold } from '../optimise/fold.ts';
import { raisedType } from '../types/exceptions.ts';
import { holdsPointer } from '../types/layout.ts';
import { nodeText, typedText, typeText } from '../types/print.ts';
import { compatible, sameType } from '../types/relations.ts';
import { bind, checkCircular, useType } from '../types/resolve.ts';
import {
  type CaseTable,
  Decl,
  Kind,
  member,
  nameOf,
  noDecls,
  Store,
  Type,
  tany,
  tbig,
  texception,
  tint,
  tnone,
  tstring,
  tunknown,
  tunset,
} from '../types/type.ts';
import type { Unit } from '../unit.ts';
import {
  checkCon,
  checkException,
  checkImport,
  checkVariables,
  declareImport,
  declareNames,
  declareVariables,
} from './declarations.ts';
import { checkExpression, checkList, isAllOk, isFunctionRef, isOk } from './expression.ts';
import { makeTable } from './labels.ts';
import { declareCon, declareException, declareType } from './members.ts';
import { clearAtEnd, inBlock, popScope, pushScope } from './scope.ts';

/** Checks statements of a function whose result is `result`. */
export function checkStatements(u: Unit, list: Statement[], result: Type): void {
  for (const s of list) checkStatement(u, s, result);
}

/** Checks a block in a scope of its own. */
function checkBlock(u: Unit, b: Block, result: Type): void {
  pushScope(u, b);
  checkStatements(u, b.body, result);
  closeScope(u);
}

/** Closes a scope and keeps its locals for the frame. */
function closeScope(u: Unit): Decl[] {
  const closed = popScope(u);
  for (const d of closed) u.locals.push(d);
  return closed;
}

function checkTest(u: Unit, n: Node, of: string): void {
  if (n.op === Op.Nothing) return;
  const r = checkExpression(u, n, 0, false, null);
  if (isOk(r) && n.ty !== tint && n.ty.kind !== Kind.Error) u.error(n, E.needsInt(of, typedText(u, n)));
}

function withLabel(
  u: Unit,
  kind: string,
  s: { label: LabelName | null; start: number; stop: number },
  body: () => void,
): void {
  if (s.label !== null) {
    for (const l of u.labels) {
      if (l.label !== null && l.label.sym === s.label.sym) {
        u.diagnostics.error(s.label.start, s.label.stop, E.labelTwice(s.label.sym.name), {
          note: [E.otherLabel, l.label.start],
        });
      }
    }
  }
  u.labels.push({ kind, label: s.label });
  body();
  u.labels.pop();
  if (s.label !== null && s.label.refs === 0) u.warn(s.label, E.labelUnused(s.label.sym.name));
}

export function checkStatement(u: Unit, s: Statement, result: Type): void {
  switch (s.kind) {
    case 'empty':
    case 'exit':
      return;
    case 'sequence':
      checkStatements(u, s.body, result);
      return;
    case 'var':
      declareVariables(u, s);
      checkVariables(u, s, false);
      if (s.init !== null) checkExpression(u, s.init, 0, false, null);
      if (inBlock(u) && holdsPointer(s.ty)) clearAtEnd(u, s.ids);
      return;
    case 'type':
      declareType(u, s);
      bind(u, s.ty);
      checkCircular(u, s.ty);
      return;
    case 'con':
      declareCon(u, s);
      checkCon(u, s, false);
      return;
    case 'exceptiondecl':
      declareException(u, s);
      checkException(u, s, false);
      return;
    case 'import':
      declareImport(u, s, tunknown);
      checkImport(u, s, false);
      return;
    case 'block':
      checkBlock(u, s, result);
      return;
    case 'if':
      checkTest(u, s.test, 'if');
      checkStatement(u, s.then, result);
      if (s.otherwise !== null) checkStatement(u, s.otherwise, result);
      return;
    case 'for':
      checkTest(u, s.test, 'a loop');
      withLabel(u, 'loop', s, () => {
        // What continue goes to is checked first: the order of declarations.
        if (s.step !== null) s.step = checkEffect(u, s.step);
        checkStatement(u, s.body, result);
      });
      return;
    case 'do':
      checkTest(u, s.test, 'a loop');
      withLabel(u, 'loop', s, () => checkStatement(u, s.body, result));
      return;
    case 'case':
      withLabel(u, 'choice', s, () => checkCase(u, s, result));
      return;
    case 'alt':
      withLabel(u, 'choice', s, () => checkAlt(u, s, result));
      return;
    case 'pick':
      withLabel(u, 'choice', s, () => checkPick(u, s, result));
      return;
    case 'guarded':
      if (u.checking !== null) u.checking.handler = true;
      checkBlock(u, s.body, result);
      u.labels.push({ kind: 'choice', label: null });
      checkHandlers(u, s, result);
      u.labels.pop();
      return;
    case 'return':
      checkReturn(u, s, result);
      return;
    case 'break':
    case 'continue': {
      const { label } = s;
      for (const l of u.labels.slice().reverse()) {
        if (s.kind === 'continue' && l.kind !== 'loop') continue;
        if (label !== null && l.label?.sym !== label.sym) continue;
        if (label !== null) l.label!.refs++;
        return;
      }
      u.error(
        label ?? s,
        label === null ? E.noTarget(s.kind) : E.noLabel(s.kind, label.sym.name),
        label === null
          ? undefined
          : suggest(
              label.sym.name,
              u.labels.flatMap((l) => l.label?.sym.name ?? []),
            ),
      );
      return;
    }
    case 'expression':
      s.expr = checkEffect(u, s.expr);
      return;
  }
}

function checkReturn(u: Unit, s: { start: number; stop: number; value: Node | null }, result: Type): void {
  if (!isOk(checkExpression(u, s.value, 0, false, null))) return;
  const { value } = s;
  if (value === null) {
    if (result !== tnone && result.kind !== Kind.Error) u.error(s, E.returnNothing(typeText(u, result)));
  } else if (result === tnone) {
    if (value.ty !== tnone) u.error(value, E.returnSomething(typedText(u, value)));
  } else if (!compatible(u, result, value.ty, false)) {
    u.error(value, E.returnMismatch(typeText(u, result), typedText(u, value)));
  }
}

/** Checks an expression that stands as a statement; what to generate for it. */
function checkEffect(u: Unit, n: Node): Node {
  return isAllOk(checkExpression(u, n, 0, false, null)) ? checkUsed(u, n) : n;
}

/** Makes sure that a computed value goes somewhere, and warns when it goes nowhere. */
function checkUsed(u: Unit, n: Node): Node {
  if (n.ty === tany) {
    if (n.op === Op.As) return checkUsed(u, n.right!);
    return n;
  }
  const used = (): Node => {
    const e = mkUnary(Op.Used, n);
    e.ty = n.ty;
    return e;
  };
  if (n.op === Op.Call) {
    const t = n.left!.ty;
    if (t.kind === Kind.Fn || isFunctionRef(t)) {
      const value = (t.kind === Kind.Fn ? t : t.tof!).tof !== tnone;
      return value ? used() : n;
    }
  } else if (isEffect[n.op] === 1) return n;
  const t = n.ty;
  if (t.kind === Kind.Fn) u.error(n, E.notCalled(nodeText(u, n)));
  else if ((t.kind === Kind.Adt && t.tags.length > 0) || t.kind === Kind.AdtPick) {
    u.error(n, E.pickValue(typeText(u, t)));
  } else if (n.op === Op.Tuple) for (const e of n.list!) checkUsed(u, e);
  else u.warn(n, E.unused(nodeText(u, n)));
  return used();
}

function warnEmpty(u: Unit, arm: Arm, of: string): void {
  if (arm.body.body.length === 0) u.warn(arm, E.noBody(of, nodeText(u, arm.quals[0]!)));
}

/** Reports a second wildcard. */
class Wildcards {
  first: Node | null = null;

  add(u: Unit, q: Node): void {
    if (this.first !== null)
      u.diagnostics.error(q.start, q.stop, E.wildTwice, { note: [E.otherLabel, this.first.start] });
    else this.first = q;
  }
}

function tableOf(u: Unit, arms: readonly Arm[], t: Type, title: string): CaseTable {
  return makeTable(
    u,
    arms.map((a) => ({ owner: a, quals: a.quals })),
    t,
    title,
  );
}

function tableType(kind: number, at: { start: number; stop: number }, table: CaseTable): Type {
  const t = new Type(kind, at.start, at.stop, null, noDecls);
  t.cases = table;
  return t;
}

function checkCase(u: Unit, s: Case, result: Type): void {
  const r = checkExpression(u, s.value, 0, false, null);
  for (const arm of s.arms) {
    checkList(u, arm.quals, 0, false);
    checkBlock(u, arm.body, result);
  }
  if (!isOk(r)) return;
  const t = s.value.ty;
  if (t !== tint && t !== tbig && t !== tstring) {
    if (t.kind !== Kind.Error) u.error(s.value, E.caseType(typedText(u, s.value)));
    return;
  }
  const wild = new Wildcards();
  let ok = true;
  for (const arm of s.arms) {
    warnEmpty(u, arm, 'case');
    arm.quals.forEach((given, i) => {
      const q = fold(u, given);
      arm.quals[i] = q;
      if (q.op === Op.Wild) {
        wild.add(u, q);
        return;
      }
      if (q.ty !== t) {
        if (q.ty.kind !== Kind.Error && q.ty !== tunset)
          u.error(q, E.caseMismatch(typedText(u, q), typeText(u, t)));
        ok = false;
      } else if (
        q.op === Op.Range ? q.left!.op !== Op.Const || q.right!.op !== Op.Const : q.op !== Op.Const
      ) {
        u.error(q, E.labelConstant(nodeText(u, q)));
        ok = false;
      }
    });
  }
  if (!ok) return;
  s.table = tableOf(u, s.arms, t, 'case label');
  s.type = tableType(t === tbig ? Kind.CaseBig : t === tstring ? Kind.CaseString : Kind.Case, s, s.table);
}

/** The send or receive in a guard. */
export function communication(n: Node | null): Node | null {
  if (n === null) return null;
  if (n.op === Op.Snd || n.op === Op.Rcv) return n;
  const found = communication(n.left);
  if (found !== null) return found;
  for (const e of n.list ?? []) {
    const c = communication(e);
    if (c !== null) return c;
  }
  return communication(n.right);
}

function checkAlt(u: Unit, s: Alt, result: Type): void {
  for (const arm of s.arms) {
    pushScope(u, arm.body);
    checkList(u, arm.quals, 0, false);
    checkStatements(u, arm.body.body, result);
    closeScope(u);
  }
  const wild = new Wildcards();
  let ok = true;
  let senders = 0;
  let entries = 0;
  for (const arm of s.arms) {
    warnEmpty(u, arm, 'alt');
    for (const q of arm.quals) {
      if (q.op === Op.Wild) {
        wild.add(u, q);
        continue;
      }
      const c = q.op === Op.Range ? null : communication(q);
      if (c === null) {
        u.error(q, E.noCommunication(nodeText(u, q)));
        ok = false;
        continue;
      }
      entries++;
      if (c.op === Op.Snd) senders++;
    }
  }
  if (!ok) return;
  s.type = altType(u, { labels: [], senders, entries, wild: wild.first, wildInst: null });
}

/** The type of an alt's channel table. */
export function altType(u: Unit, table: CaseTable): Type {
  const t = new Type(Kind.Alt, -1, -1, null, noDecls);
  t.decl = new Decl(-1, -1, Store.Type, u.sym(`.a${u.serial.alt++}`), t);
  t.cases = table;
  return useType(u, t);
}

function checkPick(u: Unit, s: Pick, result: Type): void {
  const value = s.value.right!;
  const name = s.value.left!;
  if (!isAllOk(checkExpression(u, value, 0, false, null))) return;
  const t = value.ty.kind === Kind.Ref ? value.ty.tof! : value.ty;
  if (value.ty.kind !== Kind.Ref || t.kind !== Kind.Adt || t.tags.length === 0) {
    if (t.kind !== Kind.Error) u.error(value, E.pickType(typedText(u, value)));
    return;
  }
  const variable = useType(u, new Type(Kind.Ref, value.ty.start, value.ty.stop, t, noDecls));
  pushScope(u, null);
  declareNames(u, name);
  name.decl!.ty = variable;
  name.ty = variable;
  const seen = new Map<number, Node>();
  const wild = new Wildcards();
  let ok = true;
  for (const arm of s.arms) {
    let first: Node | null = null;
    for (const q of arm.quals) {
      if (q.op === Op.Wild) {
        q.ty = t;
        wild.add(u, q);
      } else if (q.op !== Op.Name) {
        u.error(q, E.pickLabel(nodeText(u, q)));
        ok = false;
        continue;
      } else {
        const tag = member(t.tags, q.decl!.sym);
        if (tag === null) {
          u.error(q, E.notATag(nodeText(u, q), typeText(u, t)), suggest(nodeText(u, q), t.tags.map(nameOf)));
          ok = false;
          continue;
        }
        q.decl = tag;
        q.ty = tag.ty;
        const other = seen.get(tag.tag);
        if (other !== undefined) {
          u.diagnostics.error(q.start, q.stop, E.tagTwice(nameOf(tag)), {
            note: [E.otherLabel, other.start],
          });
          ok = false;
        }
        seen.set(tag.tag, q);
      }
      if (first === null) first = q;
      else if (!sameType(first.ty, q.ty)) u.error(q, E.pickMix(nodeText(u, first), nodeText(u, q)));
    }
    variable.tof = first === null ? t : first.ty;
    checkBlock(u, arm.body, result);
    warnEmpty(u, arm, 'pick');
  }
  variable.tof = t;
  for (const arm of s.arms) arm.quals = arm.quals.map((q) => fold(u, q));
  const [d] = closeScope(u);
  if (d !== undefined) d.refs++;
  if (!ok) return;
  s.type = tableType(Kind.Case, s, tableOf(u, s.arms, tint, 'pick label'));
}

function checkHandlers(u: Unit, s: Guarded, result: Type): void {
  pushScope(u, null);
  if (s.name === null) {
    const made = new Decl(-1, -1, Store.Undef, u.sym(`.ex${u.serial.exception++}`), texception);
    s.name = mkDeclName(-1, -1, made);
  }
  const outer = u.exception;
  u.exception = s.name;
  declareNames(u, s.name);
  const d = s.name.decl!;
  s.name.ty = texception;
  d.ty = texception;
  const wild = new Wildcards();
  let ok = true;
  for (const arm of s.arms) {
    let t: Type | null = null;
    arm.quals.forEach((given, i) => {
      let q = given;
      if (q.op === Op.Wild) {
        q.ty = texception;
        wild.add(u, q);
      } else if (q.op === Op.Range) {
        q.ty = tnone;
        u.error(q, E.handlerRange);
        ok = false;
      } else if (!isOk(checkExpression(u, q, 0, false, null))) ok = false;
      else {
        q = fold(u, q);
        arm.quals[i] = q;
        if (q.ty !== tstring && q.ty.kind !== Kind.Exception) {
          u.error(q, E.handlerType(typedText(u, q)));
          ok = false;
        } else if (q.op !== Op.Const) {
          u.error(q, E.labelConstant(nodeText(u, q)));
          ok = false;
        } else if (q.ty !== tstring) q.ty = raisedType(u, q.ty);
      }
      if (t === null) t = q.ty;
      else if (!sameType(t, q.ty)) t = texception;
    });
    if (t !== null) d.ty = t;
    checkBlock(u, arm.body, result);
    warnEmpty(u, arm, 'exception');
  }
  d.ty = texception;
  u.exception = outer;
  closeScope(u);
  if (!ok) return;
  s.type = tableType(Kind.Handlers, s, tableOf(u, s.arms, texception, 'exception'));
}
