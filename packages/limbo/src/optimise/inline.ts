import { copyTree, mk, mkBinary, Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { Return, Statement } from '../ast/statement.ts';
import { makeTemporary } from '../codegen/temporaries.ts';
import { isPolyFunction } from '../types/poly.ts';
import { sameType } from '../types/relations.ts';
import { type Decl, Kind } from '../types/type.ts';
import type { Unit } from '../unit.ts';
import { countNodes, hasAssignment, hasEffect, occurrences } from './trees.ts';

/**
 * Small functions are put in line: those that only return a value, or one of two values depending on a condition, and
 * have no locals, assignments or calls of themselves.
 */

const MaxNodes = 100;

function countStatement(s: Statement | null): number {
  if (s === null) return 0;
  if (s.kind === 'return') return 1 + countNodes(s.value);
  if (s.kind === 'if') {
    return 2 + countNodes(s.test) + countStatement(s.then) + countStatement(s.otherwise);
  }
  return MaxNodes;
}

function isReturn(s: Statement | null | undefined): s is Return & { value: Node } {
  return s?.kind === 'return' && s.value !== null;
}

/** Decides whether calls of a checked function are replaced by its value, and remembers the value. */
export function planInline(u: Unit, d: Decl): void {
  const f = d.fn!;
  if (
    u.noInline ||
    d.inline < 0 ||
    d.locals.length > 0 ||
    isPolyFunction(d) ||
    d.ty.tof!.kind === Kind.None
  ) {
    d.inline = 0;
    return;
  }
  d.inline = 0;
  const [first, second, ...rest] = f.body;
  if (first === undefined || rest.length > 0) return;
  let nodes = 1 + countNodes(f.name);
  for (const s of f.body) nodes += 1 + countStatement(s);
  if (nodes >= MaxNodes) return;
  let value: Node;
  if (isReturn(first) && second === undefined) value = first.value;
  else {
    if (first.kind !== 'if') return;
    const otherwise = second === undefined ? first.otherwise : first.otherwise === null ? second : null;
    if (!isReturn(first.then) || !isReturn(otherwise)) return;
    const a = first.then.value;
    const b = otherwise.value;
    if (!sameType(a.ty, b.ty)) return;
    const arms = mkBinary(Op.Pair, a, b);
    arms.ty = a.ty;
    const stop = second === undefined ? otherwise.stop : first.then.stop;
    value = new Node(Op.If, first.start, stop, first.test, arms);
    value.ty = a.ty;
  }
  if (occurrences(d, value) !== 0 || hasAssignment(value)) return;
  f.value = value;
  d.inline = 1;
  // A choice of two values becomes one, whether or not calls are replaced in the end.
  if (first.kind === 'if') f.body = [{ kind: 'return', start: value.start, stop: value.stop, value }];
}

/** Undoes the decision for functions that would be put into themselves. */
export function refuseRecursion(d: Decl): void {
  if (!isFreeOf(d.fn!.value, d, new Set())) d.inline = 0;
}

function isFreeOf(n: Node | null, d: Decl, seen: Set<Decl>): boolean {
  if (n === null) return true;
  if (n.op === Op.Name) {
    const other = n.decl!;
    if (other === d) return false;
    if (other.inline !== 1 || seen.has(other)) return true;
    seen.add(other);
    return isFreeOf(other.fn!.value, d, seen);
  }
  if (!isFreeOf(n.left, d, seen) || !isFreeOf(n.right, d, seen)) return false;
  return n.list === null || n.list.every((e) => isFreeOf(e, d, seen));
}

function substitute(d: Decl, by: Node, n: Node): Node {
  if (n.op === Op.Name) {
    if (n.decl !== d) return n;
    const c = copyTree(by, false, 0, 0);
    c.ty = d.ty;
    return c;
  }
  if (n.left !== null) n.left = substitute(d, by, n.left);
  if (n.right !== null) n.right = substitute(d, by, n.right);
  if (n.list !== null) n.list = n.list.map((e) => substitute(d, by, e));
  return n;
}

/** The value of a call of a function that is put in line. */
export function inlineCall(u: Unit, call: Node): Node {
  const fn = call.left!;
  const d = fn.op === Op.Name ? fn.decl! : fn.right!.decl!;
  let e = copyTree(d.fn!.value!, true, call.start, call.stop);
  d.ty.ids.forEach((arg, i) => {
    const value = call.list![i];
    if (value === undefined) return;
    if (hasEffect(value, false) && occurrences(arg, e) !== 1) {
      const temporary = makeTemporary(u, arg.ty, null, mk(Op.Name));
      const set = mkBinary(Op.As, temporary, value);
      set.ty = arg.ty;
      const body = substitute(arg, temporary, e);
      e = mkBinary(Op.Comma, set, body);
      e.ty = body.ty;
    } else e = substitute(arg, value, e);
  });
  return e;
}
