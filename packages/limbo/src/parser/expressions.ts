import { mk, mkBinary, mkConst, mkDeclName, mkReal, mkUnary, Node, NodeFlag } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import { Tok } from '../lexer/tokens.ts';
import { Kind, noDecls, Type, TypeFlag, tbig, tstring } from '../types/type.ts';
import type { Parser } from './parser.ts';
import { fixedType, idType, type } from './types.ts';

/** Binary operators: precedence, 0 for none, and what they make. */
const precedence = new Uint8Array(100);
const operator = new Uint8Array(100);
const rightAssociative = new Uint8Array(16);

const levels: readonly (readonly (readonly [number, number])[])[] = [
  [
    [Tok.Assign, Op.As],
    [Tok.AndAssign, Op.AndAs],
    [Tok.OrAssign, Op.OrAs],
    [Tok.XorAssign, Op.XorAs],
    [Tok.LshAssign, Op.LshAs],
    [Tok.RshAssign, Op.RshAs],
    [Tok.AddAssign, Op.AddAs],
    [Tok.SubAssign, Op.SubAs],
    [Tok.MulAssign, Op.MulAs],
    [Tok.DivAssign, Op.DivAs],
    [Tok.ModAssign, Op.ModAs],
    [Tok.ExpAssign, Op.ExpAs],
    [Tok.Declare, Op.Das],
  ],
  [],
  [[Tok.OrOr, Op.OrOr]],
  [[Tok.AndAnd, Op.AndAnd]],
  [[Tok.Cons, Op.Cons]],
  [[Tok.Or, Op.Or]],
  [[Tok.Xor, Op.Xor]],
  [[Tok.And, Op.And]],
  [
    [Tok.Eq, Op.Eq],
    [Tok.Neq, Op.Neq],
  ],
  [
    [Tok.Lt, Op.Lt],
    [Tok.Gt, Op.Gt],
    [Tok.Leq, Op.Leq],
    [Tok.Geq, Op.Geq],
  ],
  [
    [Tok.Lsh, Op.Lsh],
    [Tok.Rsh, Op.Rsh],
  ],
  [
    [Tok.Plus, Op.Add],
    [Tok.Minus, Op.Sub],
  ],
  [
    [Tok.Star, Op.Mul],
    [Tok.Slash, Op.Div],
    [Tok.Percent, Op.Mod],
  ],
  [[Tok.Power, Op.Exp]],
  [[Tok.Comm, Op.Snd]],
];
levels.forEach((level, i) => {
  for (const [tok, op] of level) {
    precedence[tok] = i + 1;
    operator[tok] = op;
  }
});
const Assignment = 1;
/** The operand of load takes in everything but assignments. */
const LoadOperand = 3;
const Send = 15;
for (const level of [Assignment, 5, 14, Send]) rightAssociative[level] = 1;

/** Tokens after a name that make it a cast: it is followed by what can only be an operand. */
const startsOperand = new Uint8Array(100);
for (const tok of [
  Tok.Id,
  Tok.TypeName,
  Tok.String,
  Tok.Int,
  Tok.Real,
  Tok.Nil,
  Tok.Not,
  Tok.Tilde,
  Tok.Len,
  Tok.Hd,
  Tok.Tl,
  Tok.Tagof,
  Tok.Ref,
  Tok.Array,
  Tok.List,
  Tok.Chan,
  Tok.Fixed,
]) {
  startsOperand[tok] = 1;
}

const prefix = new Uint8Array(100);
for (const [tok, op] of [
  [Tok.Minus, Op.Neg],
  [Tok.Not, Op.Not],
  [Tok.Tilde, Op.Comp],
  [Tok.Star, Op.Ind],
  [Tok.Inc, Op.PreInc],
  [Tok.Dec, Op.PreDec],
  [Tok.Comm, Op.Rcv],
  [Tok.Hd, Op.Hd],
  [Tok.Tl, Op.Tl],
  [Tok.Len, Op.Len],
  [Tok.Ref, Op.Ref],
  [Tok.Tagof, Op.Tagof],
] as const) {
  prefix[tok] = op;
}

export function expression(p: Parser): Node {
  return binary(p, Assignment);
}

/** An expression, or Nothing. */
export function optionalExpression(p: Parser, end: number): Node {
  if (p.tok === end) return new Node(Op.Nothing, p.stop, p.stop, null, null);
  return expression(p);
}

/** Operators of at least precedence `least`, by precedence climbing. */
function binary(p: Parser, least: number): Node {
  p.enter();
  let left = p.at(Tok.Load) ? load(p) : unary(p);
  for (;;) {
    const { tok } = p;
    const level = precedence[tok]!;
    if (level < least || level === 0) break;
    p.advance();
    let right: Node;
    // c <- = value sends a whole expression, c <- value only an operand.
    if (level === Send && p.accept(Tok.Assign)) right = binary(p, Assignment);
    else right = binary(p, rightAssociative[level] === 1 ? level : level + 1);
    left = mkBinary(operator[tok]!, left, right);
  }
  p.depth--;
  return left;
}

function load(p: Parser): Node {
  const { start } = p;
  p.advance();
  if (!p.at(Tok.Id)) p.fail('the name of a module', 'after load');
  const t = idType(p, p.lexer.sym, p.start, p.stop);
  p.advance();
  const path = binary(p, LoadOperand);
  const n = new Node(Op.Load, start, path.stop, path, null);
  n.ty = t;
  return n;
}

function cast(p: Parser, t: Type, start: number): Node {
  const operand = unary(p);
  const n = mkUnary(Op.Cast, operand);
  n.start = start;
  n.ty = t;
  return n;
}

function unary(p: Parser): Node {
  p.enter();
  const n = unaryAt(p);
  p.depth--;
  return n;
}

function unaryAt(p: Parser): Node {
  const { start, stop, tok } = p;
  const op = prefix[tok]!;
  if (op !== 0) {
    p.advance();
    const n = mkUnary(op, unary(p));
    n.start = start;
    return n;
  }
  switch (tok) {
    case Tok.Plus: {
      p.advance();
      const n = unary(p);
      n.start = start;
      return n;
    }
    case Tok.Id:
      if (startsOperand[p.lexer.peek()] === 1) {
        const { sym } = p.lexer;
        p.advance();
        const n = cast(p, new Type(Kind.Id, start, stop, null, noDecls), start);
        n.ty = idType(p, sym, n.start, n.stop);
        return n;
      }
      break;
    case Tok.TypeName: {
      const { sym } = p.lexer;
      p.advance();
      const n = cast(p, new Type(Kind.Id, start, stop, null, noDecls), start);
      n.ty = idType(p, sym, n.start, n.stop);
      return n;
    }
    case Tok.Fixed: {
      const t = fixedType(p);
      return cast(p, t, start);
    }
    case Tok.Array:
      return array(p);
    case Tok.List:
      p.advance();
      p.expect(Tok.Of);
      return listOf(p, start);
    case Tok.Chan: {
      p.advance();
      let size: Node | null = null;
      if (p.accept(Tok.OpenBracket)) {
        size = expression(p);
        p.expect(Tok.CloseBracket, 'after the size of a channel');
      }
      p.expect(Tok.Of);
      const tof = type(p);
      const n = new Node(Op.Chan, start, tof.stop, size, null);
      n.ty = new Type(Kind.Chan, start, tof.stop, tof, noDecls);
      return n;
    }
  }
  return postfix(p, primary(p));
}

/** array[n] of type, array[n] of { elements }, array of byte string */
function array(p: Parser): Node {
  const { start } = p;
  p.advance();
  if (p.accept(Tok.Of)) {
    if (!p.at(Tok.TypeName)) p.fail("'['", 'after array');
    return arrayCast(p, start, type(p));
  }
  const open = p.start;
  p.expect(Tok.OpenBracket, 'after array');
  const size = p.at(Tok.CloseBracket) ? null : expression(p);
  const close = p.expect(Tok.CloseBracket, 'after the size of an array');
  p.expect(Tok.Of);
  if (p.at(Tok.OpenBrace)) {
    p.advance();
    const elements: Node[] = [];
    while (!p.at(Tok.CloseBrace)) {
      elements.push(element(p));
      if (!p.accept(Tok.Comma)) break;
    }
    if (elements.length === 0) p.fail('an element');
    const stop = p.expect(Tok.CloseBrace, 'after the elements of an array');
    const n = new Node(Op.Array, start, stop, size ?? new Node(Op.Nothing, open, close, null, null), null);
    n.list = elements;
    return n;
  }
  if (size === null) p.fail("'{'", 'after array[] of');
  const tof = type(p);
  const n = new Node(Op.Array, start, tof.stop, size, null);
  n.ty = new Type(Kind.Array, start, tof.stop, tof, noDecls);
  return n;
}

function arrayCast(p: Parser, start: number, tof: Type): Node {
  const operand = unary(p);
  const n = new Node(Op.Cast, start, operand.stop, operand, null);
  n.ty = new Type(Kind.Array, start, operand.stop, tof, noDecls);
  return n;
}

/** value, or labels => value */
function element(p: Parser): Node {
  const first = qualifier(p);
  if (!p.at(Tok.Labels) && !p.at(Tok.WordOr)) {
    const n = new Node(Op.Elem, first.start, first.stop, null, first);
    return n;
  }
  const quals = qualifiers(p, first);
  p.expect(Tok.Labels, 'after the index of an element');
  const value = expression(p);
  const n = new Node(Op.Elem, first.start, value.stop, null, value);
  n.list = quals;
  return n;
}

/** value, low to high, or * */
export function qualifier(p: Parser): Node {
  if (p.at(Tok.Star)) {
    const after = p.lexer.peek();
    if (after === Tok.Labels || after === Tok.WordOr) {
      const n = new Node(Op.Wild, p.start, p.stop, null, null);
      p.advance();
      return n;
    }
  }
  const low = expression(p);
  if (!p.accept(Tok.To)) return low;
  return mkBinary(Op.Range, low, expression(p));
}

/** The rest of q or q or q. */
export function qualifiers(p: Parser, first: Node): Node[] {
  const list = [first];
  while (p.accept(Tok.WordOr)) list.push(qualifier(p));
  return list;
}

/** list of { a, b }: a :: b :: nil */
function listOf(p: Parser, start: number): Node {
  p.expect(Tok.OpenBrace, 'after list of');
  const elements: Node[] = [];
  do {
    if (p.at(Tok.CloseBrace) && elements.length > 0) break;
    elements.push(expression(p));
  } while (p.accept(Tok.Comma));
  const stop = p.expect(Tok.CloseBrace, 'after the elements of a list');
  const last = elements.length - 1;
  const first = elements[0]!;
  const end = elements[last]!.stop;
  let n: Node = mkDeclName(end, end, p.unit.nil);
  for (let i = last; i >= 0; i--) {
    const e = elements[i]!;
    n = new Node(Op.Cons, e.start, n.stop, e, n);
    if (i > 0 && i < last) {
      n.start = first.start;
      n.stop = elements[i + 1]!.stop;
    }
  }
  n.start = start;
  n.stop = stop;
  return n;
}

/** Expressions separated by commas, up to `end`. */
function expressions(p: Parser, end: number): Node[] {
  const list: Node[] = [];
  if (p.tok === end) return list;
  do list.push(expression(p));
  while (p.accept(Tok.Comma));
  return list;
}

function primary(p: Parser): Node {
  const { start, stop, lexer } = p;
  switch (p.tok) {
    case Tok.Id: {
      const n = p.name(lexer.sym, start, stop);
      p.advance();
      return n;
    }
    case Tok.Nil:
      p.advance();
      return mkDeclName(start, stop, p.unit.nil);
    case Tok.Open: {
      p.advance();
      if (p.at(Tok.Close)) p.fail('an expression', "after '('");
      const list = expressions(p, Tok.Close);
      const end = p.expect(Tok.Close, 'after an expression');
      if (list.length === 1) {
        const n = list[0]!;
        n.flags |= NodeFlag.Parens;
        n.start = start;
        n.stop = end;
        return n;
      }
      const n = new Node(Op.Tuple, start, end, null, null);
      n.list = list;
      return n;
    }
    case Tok.String: {
      const n = new Node(Op.Const, start, stop, null, null);
      n.ty = tstring;
      n.str = lexer.str;
      p.advance();
      return n;
    }
    case Tok.Int: {
      const n = mkConst(start, stop, lexer.int);
      if (lexer.isWide) {
        n.ty = tbig;
        n.big = lexer.wide;
      }
      p.advance();
      return n;
    }
    case Tok.Real: {
      const n = mkReal(start, stop, lexer.real);
      p.advance();
      return n;
    }
    default:
      return p.fail('an expression');
  }
}

function postfix(p: Parser, n: Node): Node {
  for (;;) {
    switch (p.tok) {
      case Tok.Open: {
        p.advance();
        const args = expressions(p, Tok.Close);
        const stop = p.expect(Tok.Close, 'after the arguments of a call');
        const call = new Node(Op.Call, n.start, stop, n, null);
        call.list = args;
        n = call;
        break;
      }
      case Tok.Dot:
        n = dot(p, n);
        break;
      case Tok.Arrow: {
        p.advance();
        let right = primary(p);
        // The dot binds tighter: m->adt.method.
        while (p.at(Tok.Dot)) right = dot(p, right);
        n = mkBinary(Op.Mdot, n, right);
        break;
      }
      case Tok.OpenBracket:
        n = brackets(p, n);
        break;
      case Tok.Inc:
      case Tok.Dec: {
        const e = mkUnary(p.at(Tok.Inc) ? Op.Inc : Op.Dec, n);
        e.stop = p.stop;
        p.advance();
        n = e;
        break;
      }
      default:
        return n;
    }
  }
}

function dot(p: Parser, left: Node): Node {
  p.advance();
  if (!p.at(Tok.Id)) p.fail('a name', "after '.'");
  const n = mkBinary(Op.Dot, left, p.name(p.lexer.sym, p.start, p.stop));
  p.advance();
  return n;
}

/** A type written where an index could stand. */
function typeOperand(p: Parser): Node | null {
  const { start } = p;
  let t: Type;
  if (p.at(Tok.Cyclic)) {
    p.advance();
    t = type(p);
    t.flags |= TypeFlag.Cyclic;
  } else if (p.at(Tok.TypeName)) {
    const after = p.lexer.peek();
    if (after !== Tok.CloseBracket && after !== Tok.Comma) return null;
    t = type(p);
  } else if ((p.at(Tok.Array) || p.at(Tok.List)) && p.lexer.peek() === Tok.Of) {
    const kind = p.at(Tok.Array) ? Kind.Array : Kind.List;
    p.advance();
    p.advance();
    if (kind === Kind.List && p.at(Tok.OpenBrace)) return listOf(p, start);
    const tof = type(p);
    if (kind === Kind.Array && !p.at(Tok.CloseBracket) && !p.at(Tok.Comma)) return arrayCast(p, start, tof);
    t = new Type(kind, start, tof.stop, tof, noDecls);
  } else return null;
  const n = new Node(Op.Type, t.start, t.stop, null, null);
  n.ty = t;
  return n;
}

/** [index], [low:high], [types] */
function brackets(p: Parser, left: Node): Node {
  p.advance();
  const colon = p.start;
  const first = p.at(Tok.Colon)
    ? new Node(Op.Nothing, colon, p.stop, null, null)
    : (typeOperand(p) ?? expression(p));
  if (p.at(Tok.Colon)) {
    const at = p.start;
    const to = p.stop;
    p.advance();
    const high = p.at(Tok.CloseBracket) ? new Node(Op.Nothing, at, to, null, null) : expression(p);
    const stop = p.expect(Tok.CloseBracket, 'after the bounds of a slice');
    return new Node(Op.Slice, left.start, stop, left, mkBinary(Op.Pair, first, high));
  }
  let index = first;
  if (p.at(Tok.Comma)) {
    index = mk(Op.Tuple);
    index.list = [first];
    index.start = first.start;
    while (p.accept(Tok.Comma)) index.list.push(typeOperand(p) ?? expression(p));
    index.stop = p.lastStop;
  }
  const stop = p.expect(Tok.CloseBracket, 'after an index');
  return new Node(Op.Index, left.start, stop, left, index);
}

/** (a, nil, (b, c)): names to assign to. */
export function nameList(p: Parser): Node {
  const { start } = p;
  p.expect(Tok.Open);
  const list: Node[] = [];
  do {
    if (p.at(Tok.Open)) list.push(nameList(p));
    else if (p.at(Tok.Nil)) {
      list.push(mkDeclName(p.start, p.stop, p.unit.nil));
      p.advance();
    } else {
      if (!p.at(Tok.Id)) p.fail('a name');
      list.push(p.name(p.lexer.sym, p.start, p.stop));
      p.advance();
    }
  } while (p.accept(Tok.Comma));
  const stop = p.expect(Tok.Close, 'after names');
  const n = new Node(Op.Tuple, start, stop, null, null);
  n.list = list;
  return n;
}
