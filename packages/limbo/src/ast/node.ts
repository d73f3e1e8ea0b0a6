import type { Decl, Type } from '../types/type.ts';
import { tint, treal, tunset } from '../types/type.ts';
import { Op } from './ops.ts';

/** How an operand can be reached; the order matters, see codegen/address.ts. */
export const Reach = {
  /** offset(fp) */
  Reg: 0,
  /** offset(mp) */
  Mreg: 1,
  /** $index of a function in the link table */
  Off: 2,
  /** $descriptor */
  Desc: 3,
  /** $value */
  Const: 4,
  /** All before this one can be the middle operand too. */
  Always: 5,
  /** offset(offset(fp)) */
  Adr: 6,
  /** offset(offset(mp)) */
  Madr: 7,
  /** Needs code. */
  Cant: 8,
  Pc: 9,
  Mpc: 10,
  /** Addresses: of a place in the frame, in the module data, or behind a pointer in one of them. */
  Areg: 11,
  Amreg: 12,
  Aadr: 13,
  Amadr: 14,
  /** $index in the import section */
  Ldt: 15,
} as const;

export const NodeFlag = {
  Parens: 1,
  /** A temporary that holds an argument. */
  Temp: 2,
  /** Function pointers of polymorphic calls: from an argument of ours; the index, not the module. */
  FnPtrArg: 4,
  FnPtrIndex: 8,
} as const;

/**
 * An expression. One class for all operators, so that the passes that rewrite trees stay monomorphic. `left` and
 * `right` are the operands, `list` the elements of a tuple, array or call. `start` and `stop` are virtual source
 * offsets; -1: made by the compiler.
 */
export class Node {
  op: number;
  start: number;
  stop: number;
  left: Node | null;
  right: Node | null;
  list: Node[] | null = null;
  ty: Type = tunset;
  decl: Decl | null = null;
  /** Value of a constant that is not a string or big; bytes are 0 to 255. */
  val = 0;
  big = 0n;
  /** Value of a string constant. */
  str: string = '';
  reach = 0;
  /** How many temporaries an evaluation needs at once. */
  temps = 0;
  flags = 0;

  constructor(op: number, start: number, stop: number, left: Node | null, right: Node | null) {
    this.op = op;
    this.start = start;
    this.stop = stop;
    this.left = left;
    this.right = right;
  }

  /** Becomes a copy of `n`. */
  become(n: Node): void {
    this.op = n.op;
    this.start = n.start;
    this.stop = n.stop;
    this.left = n.left;
    this.right = n.right;
    this.list = n.list;
    this.ty = n.ty;
    this.decl = n.decl;
    this.val = n.val;
    this.big = n.big;
    this.str = n.str;
    this.reach = n.reach;
    this.temps = n.temps;
    this.flags = n.flags;
  }
}

export function mk(op: number, left: Node | null = null, right: Node | null = null): Node {
  return new Node(op, -1, -1, left, right);
}

export function mkUnary(op: number, left: Node): Node {
  return new Node(op, left.start, left.stop, left, null);
}

export function mkBinary(op: number, left: Node, right: Node): Node {
  return new Node(op, left.start, right.stop, left, right);
}

export function mkConst(start: number, stop: number, val: number): Node {
  const n = new Node(Op.Const, start, stop, null, null);
  n.ty = tint;
  n.val = val;
  return n;
}

export function mkReal(start: number, stop: number, val: number): Node {
  const n = new Node(Op.Const, start, stop, null, null);
  n.ty = treal;
  n.val = val;
  return n;
}

/** A name that is bound already; counts as a reference. */
export function mkDeclName(start: number, stop: number, d: Decl): Node {
  const n = new Node(Op.Name, start, stop, null, null);
  n.decl = d;
  n.ty = d.ty;
  d.refs++;
  return n;
}

/** A tree like `n`, its constants and names shared with nobody; with `resource` all of it comes from one place. */
export function copyTree(n: Node, resource: boolean, start: number, stop: number): Node {
  const c = new Node(n.op, resource ? start : n.start, resource ? stop : n.stop, null, null);
  if (n.left !== null) c.left = copyTree(n.left, resource, start, stop);
  if (n.right !== null) c.right = copyTree(n.right, resource, start, stop);
  if (n.list !== null) c.list = n.list.map((e) => copyTree(e, resource, start, stop));
  c.ty = n.ty;
  c.decl = n.decl;
  c.val = n.val;
  c.big = n.big;
  c.str = n.str;
  c.reach = n.reach;
  c.temps = n.temps;
  c.flags = n.flags;
  return c;
}

/** A name as it was written: bound to a declaration later. */
export function mkName(start: number, stop: number, unbound: Decl): Node {
  const n = new Node(Op.Name, start, stop, null, null);
  n.decl = unbound;
  return n;
}
