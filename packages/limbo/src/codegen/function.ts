import { copyTree } from '../ast/node.ts';
import * as E from '../errors.ts';
import { compareNames } from '../source/source.ts';
import { align, MaxAlign, placeVariables, variablesDesc } from '../types/layout.ts';
import { isPolyFunction } from '../types/poly.ts';
import { type Decl, nameOf, takesSpace, tnone } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { nextInst, popBlock, pushBlock, raw } from './generate.ts';
import { I, type Inst } from './instruction.ts';
import { addPointerArguments } from './polymorphic.ts';
import { dropUnreached, follow } from './reach.ts';
import { compileStatements } from './statement.ts';

/** Declarations that need space and are used. */
export function usedVariables(list: readonly Decl[]): Decl[] {
  return list.filter((d) => d.refs !== 0 && d.importid === null && takesSpace[d.store] === 1);
}

function compareLocals(a: Decl, b: Decl): number {
  const as = a.ty.size;
  const bs = b.ty.size;
  let v = (b.link === null ? 1 : 0) - (a.link === null ? 1 : 0);
  if (v === 0 && (as <= 4 || bs <= 4)) v = as - bs;
  if (v === 0) v = b.refs - a.refs;
  if (v === 0) v = as - bs;
  if (v === 0) v = compareNames(a.sym!.name, b.sym!.name);
  return v;
}

/** Order of locals in the frame: small ones first, often used ones before others, tuples together. */
function sortLocals(list: readonly Decl[]): Decl[] {
  const groups: Decl[][] = [];
  for (const d of list) {
    if (d.nid === 0 && groups.length > 0) groups[groups.length - 1]!.push(d);
    else groups.push([d]);
  }
  groups.sort((a, b) => compareLocals(a[0]!, b[0]!));
  return groups.flat();
}

/** Compiles a function after the last one, and lays out its frame. */
export function compileFunction(u: Unit, d: Decl): void {
  const { code } = u;
  const f = d.fn!;
  if (isPolyFunction(d)) addPointerArguments(u, d, true);
  const first = nextInst(u);
  d.pc = first;
  code.small = [];
  code.large = [];
  code.later = [];
  // Compiling changes the tree; calls still to be put in line need it as it is.
  if (d.inline === 1) f.value = copyTree(f.value!, false, 0, 0);
  compileStatements(u, f.body);
  pushBlock(u);
  const valued = d.ty.tof !== tnone;
  const end = raw(u, f.bodyStop - 1, f.bodyStop, valued ? I.raise : I.ret, null, null, null);
  popBlock(u);
  follow(first);
  warnUnreached(u, first, end);
  code.last = dropUnreached(first);
  if (valued && end.reach) u.diagnostics.error(f.bodyStop - 1, f.bodyStop, E.noReturn(nameOf(d)));
  const temporaries = [...code.small.reverse(), ...code.large.reverse()];
  for (const t of temporaries)
    if (t.tref !== 1) throw new InternalError(`temporary ${nameOf(t)} is not free`);
  const locals = sortLocals([...usedVariables(d.locals), ...temporaries]);
  d.offset = placeVariables(locals, d.offset, MaxAlign);
  d.desc = variablesDesc(u, d.offset, [...d.ty.ids, ...locals]);
  d.locals = locals;
  describeHandlers(u);
  if (d.offset > code.maxStack) code.maxStack = d.offset;
}

/** Warns of code that no path leads to, once for each stretch. Called before it is dropped. */
function warnUnreached(u: Unit, first: Inst, end: Inst): void {
  let warned = false;
  for (let i: Inst | null = first; i !== null; i = i.next) {
    if (i.reach) warned = false;
    else if (!warned && i !== end && i.start >= 0 && i.op !== I.jmp && i.op !== I.ret && i.op !== I.raise) {
      u.diagnostics.warn(i.start, i.stop, E.unreachable);
      warned = true;
    }
  }
}

/** Descriptors of what handlers clear. */
function describeHandlers(u: Unit): void {
  for (const r of u.code.ranges) {
    if (r.zero.length === 0) continue;
    const list: Decl[] = [];
    let end = 0;
    for (const n of r.zero) {
      const d = n.decl!;
      if (list.includes(d)) continue;
      list.unshift(d);
      end = Math.max(end, d.offset + d.ty.size);
    }
    r.desc = variablesDesc(u, align(end, MaxAlign), list);
    r.zero = [];
  }
}
