import type { Node } from '../ast/node.ts';
import { isEffect, mayFail, Op } from '../ast/ops.ts';
import type { Decl } from '../types/type.ts';

/** Whether evaluating has an effect, or can fail; without `strict` following a pointer counts as harmless. */
export function hasEffect(n: Node | null, strict: boolean): boolean {
  if (n === null) return false;
  if (mayFail[n.op] === 1 && (strict || (n.op !== Op.Adr && n.op !== Op.Ind))) return true;
  if (hasEffect(n.left, strict) || hasEffect(n.right, strict)) return true;
  return n.list?.some((e) => hasEffect(e, strict)) ?? false;
}

export function hasCall(n: Node | null): boolean {
  if (n === null) return false;
  if (n.op === Op.Call || n.op === Op.Spawn) return true;
  if (hasCall(n.left) || hasCall(n.right)) return true;
  return n.list?.some(hasCall) ?? false;
}

/** Whether anything is assigned, sent or raised; calls do not count. */
export function hasAssignment(n: Node | null): boolean {
  if (n === null) return false;
  if (n.op !== Op.Call && n.op !== Op.Nothing && isEffect[n.op] === 1) return true;
  if (hasAssignment(n.left) || hasAssignment(n.right)) return true;
  return n.list?.some(hasAssignment) ?? false;
}

/** Size of a tree; each element of a list counts for one more, a pair for one. */
export function countNodes(n: Node | null): number {
  if (n === null) return 0;
  let c = 1 + countNodes(n.left) + countNodes(n.right);
  if (n.list !== null) for (const e of n.list) c += 1 + countNodes(e);
  return c;
}

/** How often a name occurs. */
export function occurrences(d: Decl, n: Node | null): number {
  if (n === null) return 0;
  if (n.op === Op.Name) return n.decl === d ? 1 : 0;
  let c = occurrences(d, n.left) + occurrences(d, n.right);
  if (n.list !== null) for (const e of n.list) c += occurrences(d, e);
  return c;
}

/**
 * Variables that count as part of a declared one: those with pointers that its block declared before. They are
 * cleared together at its end, and the original takes the list for a part of the tree.
 */
export type Companions = (n: Node) => readonly Node[];

/** Whether the variable of name `n` occurs in `e`. */
export function isAliased(n: Node, e: Node | null, companions: Companions): boolean {
  if (e === null) return false;
  if (e.op === Op.Name && e.decl === n.decl) return true;
  if (isAliased(n, e.left, companions) || isAliased(n, e.right, companions)) return true;
  if (e.list?.some((x) => isAliased(n, x, companions))) return true;
  return companions(e).some((x) => isAliased(n, x, noCompanions));
}

/** Whether any variable of `n` occurs in `e`. */
export function areAliased(n: Node | null, e: Node, companions: Companions): boolean {
  if (n === null) return false;
  if (n.op === Op.Name && isAliased(n, e, companions)) return true;
  if (areAliased(n.left, e, companions) || areAliased(n.right, e, companions)) return true;
  if (n.list?.some((x) => areAliased(x, e, companions))) return true;
  return companions(n).some((x) => x.op === Op.Name && isAliased(x, e, companions));
}

function noCompanions(): readonly Node[] {
  return [];
}
