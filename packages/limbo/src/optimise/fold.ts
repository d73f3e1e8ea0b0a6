import { mkBinary, mkConst, Node } from '../ast/node.ts';
import { commuted, isCondition, Op } from '../ast/ops.ts';
import { lower } from '../codegen/lower.ts';
import * as E from '../errors.ts';
import { power } from '../lexer/lexer.ts';
import { fixedToFixed, fixedToReal, realToFixed } from '../types/fixed.ts';
import { sameTree, sameType } from '../types/relations.ts';
import { type Decl, Kind, Store, tbig, tbyte, tint, treal, tstring } from '../types/type.ts';
import { InternalError, type Unit } from '../unit.ts';
import { formatReal } from './real.ts';
import { hasEffect } from './trees.ts';

/**
 * Constant folding on checked trees, in place: the tree that is returned replaces `n`. Constants go to the right of
 * operators that commute, sums of constants are joined, and what does nothing is dropped.
 */
export function fold(u: Unit, n: Node): Node {
  let left = n.left;
  let right = n.right;
  switch (n.op) {
    case Op.Const:
    case Op.Nothing:
    case Op.Wild:
      return n;
    case Op.Name:
      return foldName(u, n);
    case Op.Add:
      left = fold(u, left!);
      right = fold(u, right!);
      n.left = left;
      n.right = right;
      if (n.ty === tstring && right.op === Op.Const) {
        if (left.op === Op.Const) return stringConst(n, left.str + right.str);
        if (left.op === Op.Add && left.ty === tstring && left.right!.op === Op.Const) {
          left.right = stringConst(n, left.right!.str + right.str);
          return left;
        }
      }
      break;
    case Op.Len:
      left = fold(u, left!);
      n.left = left;
      if (left.ty === tstring && left.op === Op.Const) return mkConst(n.start, n.stop, [...left.str].length);
      break;
    case Op.Slice: {
      const bounds = right!;
      if (bounds.left!.op === Op.Nothing) bounds.left = mkConst(bounds.left!.start, bounds.left!.stop, 0);
      n.left = fold(u, left!);
      bounds.left = fold(u, bounds.left!);
      bounds.right = fold(u, bounds.right!);
      return n;
    }
    case Op.Cast:
      left = fold(u, left!);
      n.left = left;
      if (n.ty === left.ty || (n.ty.kind === Kind.Fix && sameType(n.ty, left.ty))) return left;
      if (left.op === Op.Const) return foldCast(n, left);
      break;
    case Op.Dot:
    case Op.Mdot: {
      const d = right!.decl!;
      if (d.store === Store.Const || d.store === Store.Tag || d.store === Store.Type) {
        n.op = Op.Name;
        n.decl = d;
        n.left = null;
        n.right = null;
        return foldName(u, n);
      }
      n.left = fold(u, left!);
      if (n.left.op === Op.Tuple) n = tupleMember(n.left, d);
      else n.right = fold(u, right!);
      break;
    }
    case Op.Tagof:
      if (n.decl !== null) {
        n.op = Op.Const;
        n.left = null;
        n.right = null;
        n.val = n.decl.tag;
        n.decl = null;
        return n;
      }
      n.left = fold(u, left!);
      break;
    case Op.If: {
      n.left = fold(u, left!);
      const arms = right!;
      arms.left = fold(u, arms.left!);
      arms.right = fold(u, arms.right!);
      if (n.left.op === Op.Const) return n.left.val !== 0 ? arms.left : arms.right;
      return n;
    }
    default:
      if (left !== null) n.left = fold(u, left);
      if (right !== null) n.right = fold(u, right);
      if (n.list !== null) {
        const { list } = n;
        for (let i = 0; i < list.length; i++) list[i] = fold(u, list[i]!);
        return n;
      }
      break;
  }
  return foldOperator(u, n);
}

function stringConst(at: Node, str: string): Node {
  const n = new Node(Op.Const, at.start, at.stop, null, null);
  n.ty = tstring;
  n.str = str;
  return n;
}

/** Replaces the name of a constant by its value. */
function foldName(u: Unit, n: Node): Node {
  const d: Decl = n.decl!.importid ?? n.decl!;
  if (d.store !== Store.Const) {
    if (d.store === Store.Tag) {
      n.op = Op.Const;
      n.ty = tint;
      n.val = d.tag;
    }
    return n;
  }
  const value = d.init;
  switch (n.ty.kind) {
    case Kind.Tuple:
    case Kind.Adt:
      if (value === null) throw new InternalError('constant without a value');
      // The value may be used again: what is done to this tree must not reach it.
      n.become(copyValue(value));
      return n.ty.kind === Kind.Adt ? lower(u, n) : n;
    case Kind.Exception:
      n.op = Op.Const;
      return n;
    case Kind.Error:
      return n;
  }
  if (value === null) throw new InternalError('constant without a value');
  n.op = Op.Const;
  n.big = value.big;
  n.str = value.str;
  n.val = n.ty.kind === Kind.Byte ? value.val & 0xff : value.val;
  return n;
}

function copyValue(n: Node): Node {
  const c = new Node(n.op, n.start, n.stop, null, null);
  c.become(n);
  if (n.left !== null) c.left = copyValue(n.left);
  if (n.right !== null) c.right = copyValue(n.right);
  if (n.list !== null) c.list = n.list.map(copyValue);
  return c;
}

function tupleMember(tuple: Node, d: Decl): Node {
  const { ids } = tuple.ty;
  let i = 0;
  while (i < ids.length && ids[i]!.sym !== d.sym) i++;
  const found = tuple.list![i];
  if (found === undefined) throw new InternalError('constant tuple without the member');
  return found;
}

function isInteger(n: Node): boolean {
  return n.ty === tint || n.ty === tbyte || n.ty === tbig;
}

function isZero(n: Node): boolean {
  return n.ty === tbig ? n.big === 0n : n.val === 0;
}

function isOne(n: Node): boolean {
  return n.ty === tbig ? n.big === 1n : n.val === 1;
}

function zero(n: Node): void {
  n.val = 0;
  n.big = 0n;
}

function foldOperator(u: Unit, n: Node): Node {
  let { left, right } = n;
  if (left === null) return n;
  if (right === null) {
    if (left.op === Op.Const) {
      if (isInteger(left)) return foldIntegers(u, n);
      if (left.ty === treal) return foldReals(n);
    }
    return n;
  }
  if (left.op === Op.Const) {
    switch (n.op) {
      case Op.Lsh:
      case Op.Rsh:
        if (isZero(left) && !hasEffect(right, true)) return left;
        break;
      case Op.OrOr:
      case Op.AndAnd:
        if (!isInteger(left)) break;
        if (isZero(left) === (n.op === Op.OrOr)) {
          const test = mkBinary(Op.Neq, right, mkConst(right.start, right.stop, 0));
          test.ty = right.ty;
          test.left!.ty = right.ty;
          return fold(u, test);
        }
        if (n.op === Op.OrOr) left.val = 1;
        return left;
    }
  }
  if (left.op === Op.Const && right.op !== Op.Const && commuted[n.op] !== 0 && n.ty !== tstring) {
    n.op = commuted[n.op]!;
    n.left = right;
    n.right = left;
    ({ left, right } = n);
  }
  const joins = n.op === Op.Add || n.op === Op.Mul || n.op === Op.Or || n.op === Op.Xor || n.op === Op.And;
  if (
    joins &&
    right!.op === Op.Const &&
    left!.op === n.op &&
    left!.right?.op === Op.Const &&
    n.ty !== tstring
  ) {
    const inner = left!;
    n.left = inner.left;
    inner.left = right;
    n.right = fold(u, inner);
    ({ left, right } = n);
  }
  left = left!;
  right = right!;
  if (right.op === Op.Const) {
    if (n.op === Op.Exp && left.ty === treal) return left.op === Op.Const ? foldReals(n) : n;
    if (right.ty === tint || right.ty === tbyte || left.ty === tbig) {
      return left.op === Op.Const ? foldIntegers(u, n) : foldRight(n, left, right);
    }
    if (right.ty === treal && left.op === Op.Const) return foldReals(n);
  }
  return sameTree(left, right) ? foldSame(n, left) : n;
}

/** Both operands are the same tree. */
function foldSame(n: Node, left: Node): Node {
  if (hasEffect(n, true)) return n;
  switch (n.op) {
    case Op.Eq:
    case Op.Leq:
    case Op.Geq:
      zero(n);
      n.val = 1;
      break;
    case Op.Sub:
    case Op.Xor:
    case Op.Neq:
    case Op.Lt:
    case Op.Gt:
      zero(n);
      break;
    case Op.And:
    case Op.Or:
    case Op.AndAnd:
    case Op.OrOr:
      return left;
    default:
      return n;
  }
  n.op = Op.Const;
  n.left = null;
  n.right = null;
  n.decl = null;
  return n;
}

/** The right operand is a constant integer, the left is not constant. */
function foldRight(n: Node, left: Node, right: Node): Node {
  switch (n.op) {
    case Op.Add:
    case Op.Sub:
    case Op.Or:
    case Op.Xor:
    case Op.Lsh:
    case Op.Rsh:
      if (isZero(right)) return left;
      break;
    case Op.OrOr:
      if (isZero(right)) return left;
      if (!hasEffect(left, true)) return right;
      break;
    case Op.And:
      if (isZero(right) && !hasEffect(left, true)) return right;
      break;
    case Op.Mul:
      if (isOne(right)) return left;
      if (isZero(right) && !hasEffect(left, true)) return right;
      break;
    case Op.Div:
      if (isOne(right)) return left;
      break;
    case Op.Mod:
      if (isOne(right) && !hasEffect(left, true)) {
        zero(right);
        return right;
      }
      break;
    case Op.Exp:
      if (isZero(right)) {
        right.val = 1;
        right.big = 1n;
        right.ty = n.ty;
        return right;
      }
      if (isOne(right)) return left;
      break;
    case Op.AndAnd:
      if (!isZero(right)) return left;
      if (!hasEffect(left, true)) return right;
      break;
    case Op.Neq:
    case Op.Eq:
      if (isCondition[left.op] === 0) break;
      if (isZero(right) === (n.op === Op.Neq)) return left;
      n.op = Op.Not;
      n.right = null;
      break;
  }
  return n;
}

function constant(n: Node): Node {
  n.left = null;
  n.right = null;
  n.decl = null;
  n.op = Op.Const;
  return n;
}

/** The operands are constant integers; the right one may be missing. */
function foldIntegers(u: Unit, n: Node): Node {
  const left = n.left!;
  const right = n.right;
  if (left.ty === tbig) return foldBigs(u, n, left, right);
  const a = left.val;
  const b = right === null ? 0 : right.val;
  let v: number;
  switch (n.op) {
    case Op.Add:
      v = a + b;
      break;
    case Op.Sub:
      v = a - b;
      break;
    case Op.Mul:
      v = Math.imul(a, b);
      break;
    case Op.Div:
    case Op.Mod:
      if (b === 0) {
        u.error(n, n.op === Op.Div ? E.divideByZero : E.moduloZero);
        return n;
      }
      v = n.op === Op.Div ? Math.trunc(a / b) : a % b;
      break;
    case Op.Exp:
      if (a === 0 && b < 0) {
        u.error(n, E.zeroPower);
        return n;
      }
      v = Number(BigInt.asIntN(32, bigPower(BigInt(a), b)));
      break;
    case Op.And:
      v = a & b;
      break;
    case Op.Or:
      v = a | b;
      break;
    case Op.Xor:
      v = a ^ b;
      break;
    case Op.Lsh:
    case Op.Rsh: {
      const by = shiftCount(u, n, b);
      v = n.op === Op.Lsh ? a << by : a >> by;
      break;
    }
    case Op.Neg:
      v = -a;
      break;
    case Op.Comp:
      v = ~a;
      break;
    case Op.Not:
      v = a === 0 ? 1 : 0;
      break;
    default: {
      const c = comparison(n.op, a, b);
      if (c < 0) return n;
      v = c;
      break;
    }
  }
  n.val = n.ty === tbyte ? v & 0xff : v | 0;
  return constant(n);
}

/** Result of a comparison or of && and ||; -1: not one. */
function comparison(op: number, a: number | bigint, b: number | bigint): number {
  switch (op) {
    case Op.Eq:
      return a === b ? 1 : 0;
    case Op.Neq:
      return a !== b ? 1 : 0;
    case Op.Gt:
      return a > b ? 1 : 0;
    case Op.Geq:
      return a >= b ? 1 : 0;
    case Op.Lt:
      return a < b ? 1 : 0;
    case Op.Leq:
      return a <= b ? 1 : 0;
    case Op.AndAnd:
      return a && b ? 1 : 0;
    case Op.OrOr:
      return a || b ? 1 : 0;
    default:
      return -1;
  }
}

function shiftCount(u: Unit, n: Node, by: number): number {
  if (by >= 0 && by < n.ty.size * 8) return by;
  u.warn(n, E.shiftRange(by));
  return 0;
}

function bigPower(x: bigint, n: number): bigint {
  let r = 1n;
  let b = x;
  for (let e = Math.abs(n); e > 0; e >>>= 1) {
    if (e & 1) r = BigInt.asIntN(64, r * b);
    b = BigInt.asIntN(64, b * b);
  }
  if (n >= 0) return r;
  return r === 0n ? 0n : 1n / r;
}

function foldBigs(u: Unit, n: Node, left: Node, right: Node | null): Node {
  const a = left.big;
  // The right operand of shifts and powers is an int.
  const b = right === null ? 0n : right.ty === tbig ? right.big : BigInt(right.val);
  let v: bigint;
  switch (n.op) {
    case Op.Add:
      v = a + b;
      break;
    case Op.Sub:
      v = a - b;
      break;
    case Op.Mul:
      v = a * b;
      break;
    case Op.Div:
    case Op.Mod:
      if (b === 0n) {
        u.error(n, n.op === Op.Div ? E.divideByZero : E.moduloZero);
        return n;
      }
      v = n.op === Op.Div ? a / b : a % b;
      break;
    case Op.Exp:
      if (a === 0n && b < 0n) {
        u.error(n, E.zeroPower);
        return n;
      }
      v = bigPower(a, Number(b));
      break;
    case Op.And:
      v = a & b;
      break;
    case Op.Or:
      v = a | b;
      break;
    case Op.Xor:
      v = a ^ b;
      break;
    case Op.Lsh:
    case Op.Rsh: {
      const by = BigInt(shiftCount(u, n, right!.val));
      v = n.op === Op.Lsh ? a << by : a >> by;
      break;
    }
    case Op.Neg:
      v = -a;
      break;
    case Op.Comp:
      v = ~a;
      break;
    default: {
      const c = comparison(n.op, a, b);
      if (c < 0) return n;
      n.val = c;
      return constant(n);
    }
  }
  n.big = BigInt.asIntN(64, v);
  return constant(n);
}

function foldReals(n: Node): Node {
  const a = n.left!.val;
  const b = n.right === null ? 0 : n.right.val;
  let v: number;
  switch (n.op) {
    case Op.Add:
      v = a + b;
      break;
    case Op.Sub:
      v = a - b;
      break;
    case Op.Mul:
      v = a * b;
      break;
    case Op.Div:
      v = a / b;
      break;
    case Op.Exp:
      v = b < 0 ? 1 / power(a, -b) : power(a, b);
      break;
    case Op.Neg:
      v = -a;
      break;
    default: {
      const c = n.op === Op.AndAnd || n.op === Op.OrOr ? -1 : comparison(n.op, a, b);
      if (c < 0) return n;
      v = c;
      break;
    }
  }
  n.val = v;
  return constant(n);
}

function round(v: number): number {
  return Math.trunc(v < 0 ? v - 0.5 : v + 0.5);
}

/** Sets the value of an integer constant of type `n.ty`. */
function setInteger(n: Node, c: Node, v: bigint | number): void {
  if (n.ty === tbig)
    c.big = BigInt.asIntN(64, typeof v === 'bigint' ? v : BigInt(Number.isFinite(v) ? v : 0));
  else {
    const low = typeof v === 'bigint' ? Number(BigInt.asIntN(32, v)) : v | 0;
    c.val = n.ty === tbyte ? low & 0xff : low;
  }
}

/** A cast of a constant. */
function foldCast(n: Node, c: Node): Node {
  const to = n.ty.kind;
  const toInteger = to === Kind.Int || to === Kind.Byte || to === Kind.Big;
  switch (c.ty.kind) {
    case Kind.Int:
    case Kind.Byte:
    case Kind.Big: {
      const v = c.ty === tbig ? c.big : c.val;
      if (toInteger) setInteger(n, c, v);
      else if (to === Kind.Real) c.val = Number(v);
      else if (to === Kind.Fix) c.val = realToFixed(Number(v), n.ty);
      else if (to === Kind.String) return stringConst(n, String(v));
      else return n;
      break;
    }
    case Kind.Real:
      if (toInteger) {
        const r = round(c.val);
        setInteger(n, c, Number.isFinite(r) ? BigInt(r) : 0n);
      } else if (to === Kind.Fix) c.val = realToFixed(c.val, n.ty);
      else if (to === Kind.String) return stringConst(n, formatReal(c.val));
      else return n;
      break;
    case Kind.Fix:
      if (toInteger) setInteger(n, c, Math.trunc(fixedToReal(c.val, c.ty)));
      else if (to === Kind.Real) c.val = fixedToReal(c.val, c.ty);
      else if (to === Kind.Fix) c.val = fixedToFixed(c.val, c.ty, n.ty);
      else if (to === Kind.String) return stringConst(n, formatReal(fixedToReal(c.val, c.ty)));
      else return n;
      break;
    case Kind.String:
      if (toInteger) setInteger(n, c, leadingInteger(c.str));
      else if (to === Kind.Real) c.val = Number.parseFloat(c.str) || 0;
      else if (to === Kind.Fix) c.val = realToFixed(Number.parseFloat(c.str) || 0, n.ty);
      else return n;
      break;
    default:
      return n;
  }
  c.ty = n.ty;
  c.start = n.start;
  c.stop = n.stop;
  return c;
}

/** The decimal number at the start of a string. */
function leadingInteger(s: string): bigint {
  const m = /^\s*([+-]?\d+)/.exec(s);
  return m === null ? 0n : BigInt(m[1]!);
}
