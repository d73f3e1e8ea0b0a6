import type { Node } from '../ast/node.ts';
import { isEffect, mayFail, Op } from '../ast/ops.ts';
import type { Decl } from '../types/type.ts';

/** Whether evaluating has an effect, or can fail; without `strict` following a pointer counts as harmless. */
export function hasEffect(n: Node | null, strict: boolean): boolean {
  if (n === null) return false;
  if (mayFail[n.op] === 1 && (strict || (n.op !== Op.Adr && n.op !== Op.Ind))) return true;
  if (hasEffect(n.left, strict) || hasEffect(n.right, strict)) return true;
  return n.list !== null && n.list.some((e) => hasEffect(e, strict));
}

export function hasCall(n: Node | null): boolean {
  if (n === null) return false;
  if (n.op === Op.Call || n.op === Op.Spawn) return true;
  if (hasCall(n.left) || hasCall(n.right)) return true;
  return n.list !== null && n.list.some(hasCall);
}

/** Whether anything is assigned, sent or raised; calls do not count. */
export function hasAssignment(n: Node | null): boolean {
  if (n === null) return false;
  if (n.op !== Op.Call && n.op !== Op.Nothing && isEffect[n.op] === 1) return true;
  if (hasAssignment(n.left) || hasAssignment(n.right)) return true;
  return n.list !== null && n.list.some(hasAssignment);
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

/** Whether the variable of name `n` occurs in `e`. */
export function isAliased(n: Node, e: Node | null): boolean {
  if (e === null) return false;
  if (e.op === Op.Name && e.decl === n.decl) return true;
  if (isAliased(n, e.left) || isAliased(n, e.right)) return true;
  return e.list !== null && e.list.some((x) => isAliased(n, x));
}

/** Whether any variable of `n` occurs in `e`. */
export function areAliased(n: Node | null, e: Node): boolean {
  if (n === null) return false;
  if (n.op === Op.Name && isAliased(n, e)) return true;
  if (areAliased(n.left, e) || areAliased(n.right, e)) return true;
  return n.list !== null && n.list.some((x) => areAliased(x, e));
}
