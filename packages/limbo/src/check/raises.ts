import type { Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { Arm, FunctionDefinition, Statement } from '../ast/statement.ts';
import * as E from '../errors.ts';
import { nodeText } from '../types/print.ts';
import { type Decl, Kind, nameOf } from '../types/type.ts';
import type { Unit } from '../unit.ts';

/** Adds to `out` the declared exceptions that statements raise; `caught` are those that a bare raise passes on. */
function collect(list: readonly Statement[], caught: readonly Decl[], out: Set<Decl>): void {
  for (const s of list) collectOne(s, caught, out);
}

function collectArms(arms: readonly Arm[], caught: readonly Decl[], out: Set<Decl>): void {
  for (const a of arms) collect(a.body.body, caught, out);
}

/** The exceptions that an arm catches; none when it catches all. */
function exceptionsOf(arm: Arm): Decl[] {
  if (arm.quals.some((q) => q.op === Op.Wild)) return [];
  return arm.quals.filter((q) => q.ty.kind === Kind.Exception && q.decl !== null).map((q) => q.decl!);
}

function collectOne(s: Statement, caught: readonly Decl[], out: Set<Decl>): void {
  switch (s.kind) {
    case 'block':
    case 'sequence':
      collect(s.body, caught, out);
      break;
    case 'if':
      collectOne(s.then, caught, out);
      if (s.otherwise !== null) collectOne(s.otherwise, caught, out);
      break;
    case 'for':
    case 'do':
      collectOne(s.body, caught, out);
      break;
    case 'case':
    case 'alt':
    case 'pick':
      collectArms(s.arms, caught, out);
      break;
    case 'guarded': {
      const inside = new Set<Decl>();
      collect(s.body.body, caught, inside);
      const all = s.arms.some((a) => a.quals.some((q) => q.op === Op.Wild));
      const here = new Set(s.arms.flatMap(exceptionsOf));
      for (const d of inside) if (!all && !here.has(d)) out.add(d);
      for (const a of s.arms) collect(a.body.body, exceptionsOf(a), out);
      break;
    }
    case 'expression': {
      if (s.expr.op !== Op.Raise) break;
      const d = raised(s.expr.left!);
      if (d === 'caught') for (const c of caught) out.add(c);
      else if (d !== null) out.add(d);
      break;
    }
  }
}

function raised(value: Node): Decl | 'caught' | null {
  if (value.ty.kind !== Kind.Exception) return null;
  if (!value.ty.cons) return 'caught';
  let e = value;
  if (e.op === Op.Call) e = e.left!;
  if (e.op === Op.Mdot) e = e.right!;
  return e.op === Op.Name ? e.decl : null;
}

/** Warns when a function and its raises clause disagree. */
export function checkRaised(u: Unit, f: FunctionDefinition): void {
  const out = new Set<Decl>();
  collect(f.body, [], out);
  for (const n of f.ty.raises?.list ?? []) {
    if (n.decl === null || out.delete(n.decl)) continue;
    u.warn(f, E.raisesSpurious(nodeText(u, f.name), nameOf(n.decl)));
  }
  for (const d of out) u.warn(f, E.raisesUndeclared(nodeText(u, f.name), nameOf(d)));
}
