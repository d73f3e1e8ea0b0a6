import type { Node } from '../ast/node.ts';
import { mk } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import * as E from '../errors.ts';
import { Tok } from '../lexer/tokens.ts';
import type { PolyConstraint } from '../types/type.ts';
import { Decl, Kind, noDecls, Store, Type, TypeFlag, tnone, tunset } from '../types/type.ts';
import { expression, nameList } from './expressions.ts';
import type { Parser } from './parser.ts';

function newType(kind: number, start: number, stop: number, tof: Type | null): Type {
  return new Type(kind, start, stop, tof, noDecls);
}

/** A name used as a type; the parser is past it. */
export function idType(p: Parser, s: Decl['sym'] & object, start: number, stop: number): Type {
  const t = newType(Kind.Id, start, stop, null);
  t.decl = p.unbound(s, start, stop);
  return t;
}

/** [types] after an adt's name. */
function instance(p: Parser, t: Type): Type {
  if (!p.at(Tok.OpenBracket)) return t;
  p.advance();
  const actuals: Type[] = [];
  do {
    const cyclic = p.accept(Tok.Cyclic);
    const a = type(p);
    if (cyclic) a.flags |= TypeFlag.Cyclic;
    actuals.push(a);
  } while (p.accept(Tok.Comma));
  p.expect(Tok.CloseBracket, 'after the types of an instance');
  const inst = newType(Kind.Inst, t.start, t.stop, t);
  inst.actuals = actuals;
  return inst;
}

/** .name and ->name after a type. */
function qualified(p: Parser, t: Type): Type {
  while (p.at(Tok.Dot) || p.at(Tok.Arrow)) {
    const kind = p.at(Tok.Dot) ? Kind.Dot : Kind.Arrow;
    p.advance();
    if (!p.at(Tok.Id)) p.fail('a name', 'after a type');
    const { start, stop } = p;
    const q = newType(kind, t.start, stop, t);
    q.decl = p.unbound(p.lexer.sym, start, stop);
    p.advance();
    t = instance(p, q);
  }
  return t;
}

export function type(p: Parser): Type {
  p.enter();
  const t = typeAt(p);
  p.depth--;
  return t;
}

function typeAt(p: Parser): Type {
  const { start, stop, tok } = p;
  switch (tok) {
    case Tok.TypeName: {
      const t = idType(p, p.lexer.sym, start, stop);
      p.advance();
      return qualified(p, t);
    }
    case Tok.Id: {
      const t = idType(p, p.lexer.sym, start, stop);
      p.advance();
      return qualified(p, instance(p, t));
    }
    case Tok.Ref: {
      p.advance();
      const tof = type(p);
      return newType(Kind.Ref, start, tof.stop, tof);
    }
    case Tok.Chan:
    case Tok.Array:
    case Tok.List: {
      p.advance();
      p.expect(Tok.Of);
      const tof = type(p);
      const kind = tok === Tok.Chan ? Kind.Chan : tok === Tok.Array ? Kind.Array : Kind.List;
      return newType(kind, start, tof.stop, tof);
    }
    case Tok.Open: {
      p.advance();
      const ids = typeList(p);
      const end = p.expect(Tok.Close, 'after the types of a tuple');
      if (ids.length === 1) return qualified(p, ids[0]!.ty);
      return qualified(p, new Type(Kind.Tuple, start, end, null, ids));
    }
    case Tok.Fn: {
      p.advance();
      const polys = polyNames(p);
      const t = signature(p);
      t.start = start;
      t.polys = polys;
      t.raises = raises(p);
      return t;
    }
    case Tok.Fixed:
      return fixedType(p);
    default:
      return p.fail('a type');
  }
}

/** fixed(scale) or fixed(scale, maximum). */
export function fixedType(p: Parser): Type {
  const { start } = p;
  p.advance();
  p.expect(Tok.Open, 'after fixed');
  const scale = expression(p);
  const limit = p.accept(Tok.Comma) ? expression(p) : null;
  const stop = p.expect(Tok.Close, 'after the scale of a fixed point type');
  const t = newType(Kind.Fix, start, stop, null);
  t.scale = scale;
  t.limit = limit;
  return t;
}

/** Types separated by commas, as nameless members. */
export function typeList(p: Parser): Decl[] {
  const ids: Decl[] = [];
  do {
    const t = type(p);
    const first = ids[0];
    // All members of a tuple are shown at its first type.
    ids.push(new Decl(first?.start ?? t.start, first?.stop ?? t.stop, Store.Undef, null, t));
  } while (p.accept(Tok.Comma));
  return ids;
}

/** [T, U] after fn, adt or a function's name: type variables. */
export function polyNames(p: Parser): Decl[] {
  if (!p.at(Tok.OpenBracket)) return noDecls;
  p.advance();
  const ids = p.ids();
  p.expect(Tok.CloseBracket, 'after type variables');
  for (const d of ids) {
    d.ty = newType(Kind.Poly, d.start, d.stop, null);
    d.ty.decl = d;
  }
  return ids;
}

/** for { T => f: fn(...); } : what type variables must be able to do. */
export function constraints(p: Parser): PolyConstraint[] | null {
  if (!p.at(Tok.For)) return null;
  p.advance();
  p.expect(Tok.OpenBrace, 'after for');
  const list: PolyConstraint[] = [];
  let ids = p.ids();
  p.expect(Tok.Labels, 'after type variables');
  let fields: Decl[][] = [];
  list.push({ ids, fields });
  while (!p.at(Tok.CloseBrace)) {
    const names = p.ids();
    if (p.accept(Tok.Labels)) {
      ids = names;
      fields = [];
      list.push({ ids, fields });
      continue;
    }
    p.expect(Tok.Colon, 'after names');
    const cyclic = p.accept(Tok.Cyclic);
    const t = type(p);
    p.expect(Tok.Semicolon, 'after a declaration');
    for (const d of names) {
      d.cyclic = cyclic;
      d.ty = t;
      d.store = Store.Field;
    }
    fields.push(names);
  }
  p.advance();
  return list;
}

/** (arguments): result for {...} */
export function signature(p: Parser): Type {
  const { start } = p;
  p.expect(Tok.Open, 'before the arguments of a function');
  const t = newType(Kind.Fn, start, start, tnone);
  const args: Decl[] = [];
  if (!p.at(Tok.Close)) {
    for (;;) {
      if (p.at(Tok.Star)) {
        p.advance();
        t.varargs = true;
        break;
      }
      args.push(...argumentGroup(p));
      if (!p.accept(Tok.Comma)) break;
    }
  }
  t.stop = p.expect(Tok.Close, 'after the arguments of a function');
  t.ids = args;
  if (p.accept(Tok.Colon)) {
    t.tof = type(p);
    t.stop = t.tof.stop;
  }
  t.constraints = constraints(p);
  return t;
}

/** a, b: type */
function argumentGroup(p: Parser): Decl[] {
  const group: Decl[] = [];
  if (p.at(Tok.Open)) {
    const { start } = p;
    nameList(p);
    p.unit.error({ start, stop: p.lastStop }, E.tupleArgument);
    group.push(new Decl(start, p.lastStop, Store.Arg, p.unit.sym('.junk'), tunset));
  } else {
    do {
      if (p.at(Tok.Nil)) {
        group.push(new Decl(p.start, p.stop, Store.Arg, null, tunset));
        p.advance();
      } else {
        const d = p.id();
        d.store = Store.Arg;
        group.push(d);
      }
    } while (p.accept(Tok.Comma));
  }
  p.expect(Tok.Colon, 'after the name of an argument');
  const implicit = p.at(Tok.Self);
  const t = implicit ? selfType(p) : type(p);
  for (const d of group) {
    d.ty = t;
    d.implicit = implicit;
  }
  return group;
}

/** self T, self ref T */
function selfType(p: Parser): Type {
  p.advance();
  if (!p.at(Tok.Ref)) return type(p);
  const { start } = p;
  p.advance();
  const tof = type(p);
  return newType(Kind.Ref, start, tof.stop, tof);
}

/** raises name, raises (names): a Tuple node. */
export function raises(p: Parser): Node | null {
  if (!p.at(Tok.Raises)) return null;
  const { start } = p;
  p.advance();
  const n = mk(Op.Tuple);
  if (p.at(Tok.Open)) n.list = nameList(p).list;
  else {
    if (!p.at(Tok.Id)) p.fail('the name of an exception');
    n.list = [p.name(p.lexer.sym, p.start, p.stop)];
    p.advance();
  }
  n.start = start;
  n.stop = p.lastStop;
  return n;
}
