import { copyTree, mk, mkConst, mkDeclName, mkUnary, Node, Reach } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { Alt, Arm, Block, Case, Guarded, LabelName, Pick, Statement } from '../ast/statement.ts';
import { findLabel } from '../check/labels.ts';
import { install } from '../check/scope.ts';
import { communication } from '../check/statements.ts';
import { sameType } from '../types/relations.ts';
import { useType } from '../types/resolve.ts';
import {
  type CaseTable,
  Decl,
  Kind,
  type Label,
  noDecls,
  rtexception,
  Store,
  Type,
  tbig,
  texception,
  tint,
  tnone,
  tstring,
} from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { label } from './address.ts';
import { clearBlock } from './clear.ts';
import { compile, condition, reachable } from './expression.ts';
import { jump, move, nextInst, patch, popBlock, pushBlock, raw, reopenBlock } from './generate.ts';
import { Guard, Handlers, I, type Inst, type Target } from './instruction.ts';
import { simplify } from './lower.ts';
import { Move } from './opcodes.ts';
import { acquire, free, freeNow, makeTemporary, release, temporary } from './temporaries.ts';

export function compileStatements(u: Unit, list: readonly Statement[]): void {
  for (const s of list) compileStatement(u, s);
}

function compileBlock(u: Unit, b: Block): void {
  u.code.scopes.push(b);
  compileStatements(u, b.body);
  u.code.scopes.pop();
  clearBlock(u, b.zero, null);
}

function effect(u: Unit, given: Node): void {
  pushBlock(u);
  const n = label(u, simplify(u, given));
  compile(u, n.start, n.stop, null, n);
  freeNow(u);
  popBlock(u);
}

function pushTarget(u: Unit, labelName: LabelName | null, loop: boolean): Target {
  const t: Target = {
    label: labelName,
    breaks: null,
    continues: loop ? null : undefined,
    scopes: u.code.scopes.length,
  };
  u.code.targets.push(t);
  return t;
}

function isIntConst(n: Node): boolean {
  return n.op === Op.Const && n.ty === tint;
}

/** A jump shown where the last instruction is. */
function jumpHere(u: Unit): Inst {
  const { last } = u.code;
  const j = jump(u, last.start, last.stop);
  j.pad = last.pad;
  return j;
}

export function compileStatement(u: Unit, s: Statement): void {
  const { code } = u;
  switch (s.kind) {
    case 'con':
    case 'type':
    case 'import':
    case 'exceptiondecl':
    case 'empty':
      return;
    case 'var':
      if (s.init !== null) effect(u, s.init);
      return;
    case 'sequence':
      compileStatements(u, s.body);
      return;
    case 'block':
      compileBlock(u, s);
      return;
    case 'if':
      compileIf(u, s.test, s.then, s.otherwise);
      return;
    case 'for': {
      let test = simplify(u, s.test);
      if (isIntConst(test)) {
        if (test.val === 0) return;
        test = new Node(Op.Nothing, test.start, test.stop, null, null);
        test.ty = tnone;
      }
      const top = nextInst(u);
      pushBlock(u);
      label(u, test);
      const out = condition(u, test, true, null);
      freeNow(u);
      popBlock(u);
      const t = pushTarget(u, s.label, true);
      compileStatement(u, s.body);
      code.targets.pop();
      patch(t.continues!, nextInst(u));
      if (s.step !== null) {
        pushBlock(u);
        effect(u, s.step);
        popBlock(u);
      }
      reopenBlock(u, code.last.block);
      patch(jumpHere(u), top);
      popBlock(u);
      patch(out, nextInst(u));
      patch(t.breaks, nextInst(u));
      return;
    }
    case 'do': {
      const top = nextInst(u);
      const t = pushTarget(u, s.label, true);
      compileStatement(u, s.body);
      code.targets.pop();
      patch(t.continues!, nextInst(u));
      const test = simplify(u, s.test);
      let again: Inst | null = null;
      if (test.op === Op.Nothing || isIntConst(test)) {
        if (test.op === Op.Nothing || test.val !== 0) {
          pushBlock(u);
          again = jump(u, test.start, test.stop);
          popBlock(u);
        }
      } else {
        pushBlock(u);
        again = condition(u, label(u, test), false, null);
        freeNow(u);
        popBlock(u);
      }
      patch(again, top);
      patch(t.breaks, nextInst(u));
      return;
    }
    case 'case':
    case 'alt':
    case 'pick': {
      pushBlock(u);
      const t = pushTarget(u, s.label, false);
      if (s.kind === 'alt') compileAlt(u, s);
      else compileCase(u, s);
      code.targets.pop();
      patch(t.breaks, nextInst(u));
      popBlock(u);
      return;
    }
    case 'guarded':
      compileGuarded(u, s);
      return;
    case 'break':
    case 'continue':
      pushBlock(u);
      leave(u, s);
      popBlock(u);
      return;
    case 'return': {
      pushBlock(u);
      if (s.value !== null) {
        const value = label(u, simplify(u, s.value));
        s.value = value;
        compile(u, value.start, value.stop, resultPlace(u, value), value);
        freeNow(u);
      }
      raw(u, s.start, s.stop, I.ret, null, null, null);
      popBlock(u);
      return;
    }
    case 'exit':
      pushBlock(u);
      raw(u, s.start, s.stop, I.exit, null, null, null);
      popBlock(u);
      return;
    case 'expression':
      effect(u, s.expr);
      return;
  }
}

/** Where the caller wants the result. */
function resultPlace(u: Unit, value: Node): Node | null {
  if (value.ty === tnone) return null;
  const pointer = mk(Op.Name);
  pointer.decl = u.code.result;
  pointer.ty = tint;
  pointer.reach = Reach.Reg;
  const n = mk(Op.Ind, pointer);
  n.reach = Reach.Adr;
  n.ty = value.ty;
  return n;
}

function compileIf(u: Unit, given: Node, then: Statement, otherwise: Statement | null): void {
  pushBlock(u);
  const test = simplify(u, given);
  if (isIntConst(test)) {
    if (test.val !== 0) compileStatement(u, then);
    else if (otherwise !== null) compileStatement(u, otherwise);
    popBlock(u);
    return;
  }
  label(u, test);
  pushBlock(u);
  let out = condition(u, test, true, null);
  freeNow(u);
  popBlock(u);
  compileStatement(u, then);
  if (otherwise !== null) {
    const no = out;
    out = jumpHere(u);
    patch(no, nextInst(u));
    compileStatement(u, otherwise);
  }
  patch(out, nextInst(u));
  popBlock(u);
}

/** break and continue: clears the scopes that are left, and jumps. */
function leave(
  u: Unit,
  s: { kind: 'break' | 'continue'; label: LabelName | null; start: number; stop: number },
): void {
  const { targets, scopes } = u.code;
  let target: Target | null = null;
  for (let i = targets.length - 1; i >= 0 && target === null; i--) {
    const t = targets[i]!;
    if (s.kind === 'continue' && t.continues === undefined) continue;
    if (s.label === null || (t.label as LabelName | null)?.sym === s.label.sym) target = t;
  }
  if (target === null) throw new InternalError('jump without a target');
  for (let i = scopes.length - 1; i >= target.scopes; i--) clearBlock(u, (scopes[i] as Block).zero, null);
  const j = jump(u, s.start, s.stop);
  if (s.kind === 'break') {
    j.branch = target.breaks;
    target.breaks = j;
  } else {
    j.branch = target.continues ?? null;
    target.continues = j;
  }
}

/** Makes a table with an entry for each value, when they are dense; says whether it did. */
function makeDense(c: CaseTable): boolean {
  const { labels } = c;
  const n = labels.length;
  if (n === 0) return false;
  const first = labels[0]!.start.val;
  const span = labels[n - 1]!.stop.val - first + 1;
  if (span < 3 || span > 3 * n) return false;
  if (span !== n) {
    // A gap goes to the label after it, until the arms say where each goes.
    const dense: Label[] = [];
    let value = first;
    for (const l of labels) {
      for (; value <= l.stop.val; value++) {
        const v = mkConst(l.start.start, l.start.stop, value);
        dense.push({ ...l, start: v, stop: v });
      }
    }
    c.labels = dense;
  }
  for (const l of c.labels) l.inst = null;
  return true;
}

/** A made-up global for a table of the data section. */
function tableDecl(u: Unit, prefix: string, at: { start: number; stop: number }, t: Type): Decl {
  const d = new Decl(at.start, at.stop, Store.Undef, u.sym(`${prefix}${u.serial.table++}`), t);
  d.init = mkDeclName(at.start, at.stop, d);
  return d;
}

function tableNode(d: Decl): Node {
  const n = mk(Op.Name);
  n.reach = Reach.Mreg;
  n.ty = d.ty;
  n.decl = d;
  return n;
}

function countTags(arms: readonly Arm[]): number {
  let n = 0;
  for (const a of arms) for (const q of a.quals) if (q.op === Op.Const) n++;
  return n;
}

function compileCase(u: Unit, s: Case | Pick): void {
  const type = s.type!;
  const c = type.cases!;
  const pick = s.kind === 'pick';
  const needWild = !pick || countTags(s.arms) !== s.value.right!.ty.tof!.decl!.tag;
  const dense = !pick && s.value.ty === tint && makeDense(c);
  if (dense) type.kind = Kind.Goto;
  const d = tableDecl(u, dense ? '.g' : '.c', s, type);
  const table = tableNode(d);
  const held = mk(Op.Nothing);
  const shifted = mk(Op.Nothing);
  let value = label(u, simplify(u, s.value));
  let of = value.ty;
  if (value.reach >= Reach.Cant) {
    if (pick) {
      compile(u, value.start, value.stop, null, value);
      freeNow(u);
      const { start, stop } = value;
      value = mkUnary(Op.Ind, copyTree(value.left!, true, start, stop));
      value.ty = tint;
      label(u, value);
      of = tint;
    } else {
      value = reachable(u, value, held, null);
      freeNow(u);
    }
  }
  const { labels } = c;
  const { start, stop } = value;
  let low: Inst | null = null;
  let high: Inst | null = null;
  if (dense) {
    const first = labels[0]!.start;
    if (first.val !== 0) {
      makeTemporary(u, value.ty, null, shifted);
      if (value.reach === Reach.Adr || value.reach === Reach.Madr) {
        raw(u, start, stop, I.movw, value, null, shifted);
        shifted.start = -1;
        value = shifted;
      }
      raw(u, value.start, value.stop, I.subw, label(u, first), value, shifted);
      value = shifted;
    }
    if (needWild) {
      const last = labels[labels.length - 1]!.start.val - first.val;
      low = raw(
        u,
        value.start,
        value.stop,
        I.bltw,
        value,
        label(u, mkConst(value.start, value.stop, 0)),
        null,
      );
      high = raw(
        u,
        value.start,
        value.stop,
        I.bgtw,
        value,
        label(u, mkConst(value.start, value.stop, last)),
        null,
      );
    }
    const j = raw(u, value.start, value.stop, I.goto, value, null, table);
    // Past the number of entries.
    j.dreg = 4;
    j.table = c;
  } else {
    const op = of === tbig ? I.casel : of === tstring ? I.casec : I.case;
    raw(u, start, stop, op, value, null, table).table = c;
  }
  free(u, held);
  free(u, shifted);
  let jumps: Inst | null = null;
  let wild: Inst | null = null;
  for (const arm of s.arms) {
    const at = nextInst(u);
    for (const q of arm.quals) {
      if (q.op === Op.Const) findLabel(of, q, labels).inst = at;
      else if (q.op === Op.Range) {
        findLabel(of, q.left!, labels).inst = at;
        if (dense)
          for (const l of labels) if (l.start.val >= q.left!.val && l.start.val <= q.right!.val) l.inst = at;
      } else if (q.op === Op.Wild && needWild) wild = at;
    }
    compileBlock(u, arm.body);
    const j = at === nextInst(u) ? jump(u, arm.start, arm.stop) : jumpHere(u);
    j.branch = jumps;
    jumps = j;
  }
  patch(jumps, nextInst(u));
  if (wild === null && needWild) wild = nextInst(u);
  if (dense) {
    if (needWild) {
      patch(low, wild);
      patch(high, wild);
    }
    for (const l of labels) l.inst ??= wild;
  }
  c.wildInst = wild;
  useType(u, d.ty);
  install(u, Store.Global, [d]);
}

function compileAlt(u: Unit, s: Alt): void {
  const type = s.type!;
  const c = type.cases!;
  const { senders } = c;
  const blank = (): Label => ({ node: null, isPointer: false, start: none, stop: none, inst: null });
  const none = mk(Op.Nothing);
  const labels: Label[] = Array.from({ length: c.entries }, blank);
  c.labels = labels;
  const guards: { arm: Arm; index: number; communication: Node; held: Node; entry: number }[] = [];
  let sends = 0;
  let receives = senders;
  for (const arm of s.arms) {
    arm.quals.forEach((given, index) => {
      const q = simplify(u, given);
      arm.quals[index] = q;
      if (q.op === Op.Wild) return;
      const com = communication(q)!;
      const channel = label(u, com.left!);
      const entry = com.op === Op.Snd ? sends++ : receives++;
      labels[entry]!.isPointer = channel.reach >= Reach.Cant;
      guards.push({ arm, index, communication: com, held: mk(Op.Nothing), entry });
    });
  }
  const which = temporary(u, tint, null);
  const table = temporary(u, type, null);
  const offset = mk(Op.Const);
  offset.ty = tint;
  offset.reach = Reach.Const;
  const address = mk(Op.Adr, table);
  address.ty = tint;
  const add = mk(Op.Add, address, offset);
  add.ty = tint;
  const slot = mk(Op.Ind, add);
  label(u, slot);
  for (const g of guards) {
    offset.val = 8 + g.entry * 8;
    const channel = g.communication.left!;
    if (channel.reach < Reach.Cant) move(u, channel.start, channel.stop, Move.As, tint, channel, slot);
    else {
      slot.ty = channel.ty;
      compile(u, channel.start, channel.stop, slot, channel);
      freeNow(u);
    }
    offset.val += 4;
    g.arm.quals[g.index] = placeValue(u, g.arm.quals[g.index]!, g.communication, g.held, slot);
  }
  const put = (at: number, value: number): void => {
    offset.val = at;
    move(u, s.start, s.stop, Move.As, tint, label(u, mkConst(s.start, s.stop, value)), slot);
    u.code.last.pad = 3;
  };
  put(0, senders);
  put(4, c.entries - senders);
  const alt = raw(u, s.start, s.stop, c.wild !== null ? I.nbalt : I.alt, table, null, which);
  alt.moff = type.size;
  alt.pad = 3;
  const t = new Type(Kind.Goto, s.start, s.stop, null, noDecls);
  t.cases = c;
  const d = tableDecl(u, '.g', s, t);
  const go = raw(u, s.start, s.stop, I.goto, which, null, tableNode(d));
  go.dreg = 4;
  go.pad = 3;
  go.table = c;
  free(u, table);
  free(u, which);
  let next = 0;
  let jumps: Inst | null = null;
  let wild: Inst | null = null;
  for (const arm of s.arms) {
    let toBody: Inst | null = null;
    arm.quals.forEach((q, index) => {
      const at = nextInst(u);
      if (q.op === Op.Wild) wild = at;
      else {
        const g = guards[next++]!;
        labels[g.entry]!.inst = at;
        if (g.communication.op !== Op.Snd) acquire(g.held);
        label(u, q);
        compile(u, q.start, q.stop, null, q);
        free(u, g.held);
        freeNow(u);
      }
      if (index + 1 < arm.quals.length) {
        const j = jumpHere(u);
        j.branch = toBody;
        toBody = j;
      }
    });
    patch(toBody, nextInst(u));
    compileBlock(u, arm.body);
    const j = jumpHere(u);
    j.branch = jumps;
    jumps = j;
  }
  patch(jumps, nextInst(u));
  c.wildInst = wild;
  useType(u, d.ty);
  install(u, Store.Global, [d]);
}

/**
 * Puts the address of the value that a guard sends or receives into the table. What is left of the guard to evaluate
 * once it has happened.
 */
function placeValue(u: Unit, n: Node, com: Node, held: Node, slot: Node): Node {
  let place: Node | null = null;
  if (n === com) {
    if (com.op === Op.Snd && label(u, n.right!).reach < Reach.Cant) place = n.right!;
    else {
      place = makeTemporary(u, n.ty, null, held);
      held.start = n.start;
      held.stop = n.stop;
      if (com.op === Op.Snd) {
        compile(u, n.right!.start, n.right!.stop, held, n.right!);
        freeNow(u);
      } else release(held);
    }
  }
  if (n.right === com && n.op === Op.As && com.op === Op.Rcv) {
    const target = n.left!;
    if (label(u, target).reach < Reach.Cant && (target.op !== Op.Name || target.decl !== u.nil))
      place = target;
  }
  if (place !== null) {
    const i = raw(u, com.left!.start, com.left!.stop, I.lea, place, null, slot);
    i.moff = place.ty.size;
    return place;
  }
  if (n.left !== null) n.left = placeValue(u, n.left, com, held, slot);
  if (n.right !== null) n.right = placeValue(u, n.right, com, held, slot);
  if (n.list !== null) n.list = n.list.map((e) => placeValue(u, e, com, held, slot));
  return n;
}

/** Notes all that the blocks inside a statement would clear, for a handler to do it. */
function collectZeros(u: Unit, s: Statement, out: Node[]): void {
  switch (s.kind) {
    case 'block':
      for (const x of s.body) collectZeros(u, x, out);
      clearBlock(u, s.zero, out);
      return;
    case 'sequence':
      for (const x of s.body) collectZeros(u, x, out);
      return;
    case 'if':
      collectZeros(u, s.then, out);
      if (s.otherwise !== null) collectZeros(u, s.otherwise, out);
      return;
    case 'for':
    case 'do':
      collectZeros(u, s.body, out);
      return;
    case 'case':
    case 'pick':
      for (const a of s.arms) collectZeros(u, a.body, out);
      return;
    case 'guarded':
      collectZeros(u, s.body, out);
      for (const a of s.arms) collectZeros(u, a.body, out);
      return;
  }
}

function compileGuarded(u: Unit, s: Guarded): void {
  pushBlock(u);
  const { code } = u;
  const table = s.type!.cases!;
  const enter = raw(u, -1, -1, Guard, null, null, null);
  const from = nextInst(u);
  compileBlock(u, s.body);
  const to = nextInst(u);
  const skip = jump(u, -1, -1);
  const marker = raw(u, -1, -1, Handlers, null, null, null);
  marker.table = table;
  const zero: Node[] = [];
  collectZeros(u, s.body, zero);
  pushBlock(u);
  const t = pushTarget(u, null, false);
  compileHandlers(u, s, table);
  code.targets.pop();
  patch(t.breaks, nextInst(u));
  popBlock(u);
  patch(skip, nextInst(u));
  code.ranges.push({ from, to, table, variable: s.name!.decl!, zero, desc: null });
  patch(enter, marker);
  popBlock(u);
}

function compileHandlers(u: Unit, s: Guarded, table: CaseTable): void {
  const d = s.name!.decl!;
  d.ty = rtexception;
  let jumps: Inst | null = null;
  let wild: Inst | null = null;
  for (const arm of s.arms) {
    let t: Type | null = null;
    const at = nextInst(u);
    for (const q of arm.quals) {
      if (q.op === Op.Const) findLabel(texception, q, table.labels).inst = at;
      else if (q.op === Op.Wild) wild = at;
      if (t === null) t = q.ty;
      else if (!sameType(t, q.ty)) t = texception;
    }
    if (t !== null) d.ty = t;
    compileBlock(u, arm.body);
    const j = at === nextInst(u) ? jump(u, arm.start, arm.stop) : jumpHere(u);
    j.branch = jumps;
    jumps = j;
  }
  d.ty = rtexception;
  patch(jumps, nextInst(u));
  table.wildInst = wild;
}
