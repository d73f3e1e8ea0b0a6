import { mkBinary, mkDeclName, type Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type {
  AdtDecl,
  Declaration,
  ExceptionDecl,
  FieldDecl,
  FunctionDefinition,
  Member,
  ModuleDecl,
  PickCase,
  Program,
  TopLevel,
} from '../ast/statement.ts';
import * as E from '../errors.ts';
import { Tok } from '../lexer/tokens.ts';
import { type Decl, Kind, noDecls, Store, Type } from '../types/type.ts';
import { expression, nameList } from './expressions.ts';
import { type Parser, SyntaxFault } from './parser.ts';
import { statements } from './statements.ts';
import { constraints, polyNames, raises, signature, type, typeList } from './types.ts';

/** A whole program, with what it includes. */
export function program(p: Parser): Program {
  p.lexer.next();
  const declarations: TopLevel[] = [];
  const implement: Decl[] = [];
  if (p.at(Tok.Implement)) {
    try {
      p.advance();
      implement.push(...p.ids());
      p.unit.implement = implement;
      p.expect(Tok.Semicolon, 'after implement');
    } catch (e) {
      if (!(e instanceof SyntaxFault)) throw e;
      recoverTop(p);
    }
  }
  while (!p.at(Tok.Eof)) {
    const { start } = p;
    p.depth = 0;
    try {
      const d = topLevel(p);
      if (d !== null) declarations.push(d);
    } catch (e) {
      if (!(e instanceof SyntaxFault)) throw e;
      recoverTop(p);
      if (p.start === start && !p.at(Tok.Eof)) p.advance();
    }
  }
  return { implement, declarations };
}

/** Skips to where a declaration can begin: after a ';' or '}' outside braces. */
function recoverTop(p: Parser): void {
  p.recover();
  while (p.at(Tok.CloseBrace) || p.at(Tok.Semicolon)) p.advance();
}

/** include "name"; with the parser at include. */
export function include(p: Parser): void {
  p.advance();
  if (!p.at(Tok.String)) p.fail('a string', 'after include');
  const name = p.lexer.str;
  const { start, stop } = p;
  p.advance();
  if (!p.at(Tok.Semicolon)) p.fail("';'", 'after include');
  // The file comes in the place of what follows the ';', so nothing may be read past it.
  p.lastStop = p.stop;
  p.lexer.start = start;
  p.lexer.stop = stop;
  p.onInclude(p, name);
  p.lexer.next();
}

function topLevel(p: Parser): TopLevel | null {
  switch (p.tok) {
    case Tok.Include:
      include(p);
      return null;
    case Tok.Semicolon:
      p.unit.error(p.lexer, E.expected('a declaration', p.found(), ''));
      p.advance();
      return null;
    case Tok.Open:
      return globalAssignment(p, nameList(p));
    case Tok.Nil: {
      const n = mkDeclName(p.start, p.stop, p.unit.nil);
      p.advance();
      return globalAssignment(p, n);
    }
    case Tok.Id:
      break;
    default:
      return p.fail('a declaration');
  }
  switch (p.lexer.peek()) {
    case Tok.Colon:
    case Tok.Comma: {
      const ids = p.ids();
      p.expect(Tok.Colon, 'after names');
      if (p.at(Tok.Adt)) {
        const d = adt(p, ids);
        p.expect(Tok.Semicolon, 'after an adt');
        return d;
      }
      if (p.at(Tok.Module)) {
        const d = moduleDeclaration(p, ids);
        p.expect(Tok.Semicolon, 'after a module');
        return d;
      }
      return declaration(p, ids);
    }
    case Tok.Assign:
    case Tok.Declare: {
      const n = p.name(p.lexer.sym, p.start, p.stop);
      p.advance();
      return globalAssignment(p, n);
    }
    default:
      return functionDefinition(p);
  }
}

/** names = value; or names := value; */
function globalAssignment(p: Parser, left: Node): TopLevel {
  const op = p.at(Tok.Assign) ? Op.As : Op.Das;
  if (p.at(Tok.Colon)) {
    p.unit.error(left, E.illegalDeclaration);
    throw new SyntaxFault(E.illegalDeclaration);
  }
  if (!p.at(Tok.Assign) && !p.at(Tok.Declare)) p.fail("'='", 'after a name');
  p.advance();
  const value = expression(p);
  p.expect(Tok.Semicolon, 'after a declaration');
  return { kind: 'assign', expr: mkBinary(op, left, value) };
}

/** What follows `names:` except adt and module, to its ';'. */
export function declaration(p: Parser, ids: Decl[]): Declaration {
  const first = ids[0]!;
  switch (p.tok) {
    case Tok.Type: {
      p.advance();
      const t = type(p);
      p.expect(Tok.Semicolon, 'after a type');
      return typeDeclaration(ids, t);
    }
    case Tok.Import: {
      p.advance();
      const from = expression(p);
      const stop = p.expect(Tok.Semicolon, 'after import');
      return { kind: 'import', start: first.start, stop, ids, from };
    }
    case Tok.Con: {
      p.advance();
      const init = expression(p);
      p.expect(Tok.Semicolon, 'after a con');
      return { kind: 'con', ids, init };
    }
    case Tok.Exception:
      return exceptionDeclaration(p, ids);
  }
  const ty = type(p);
  if (!p.accept(Tok.Assign)) {
    p.expect(Tok.Semicolon, 'after a declaration');
    return { kind: 'var', start: -1, stop: -1, ids, ty, init: null };
  }
  const value = expression(p);
  p.expect(Tok.Semicolon, 'after a declaration');
  let init = value;
  for (let i = ids.length - 1; i >= 0; i--) {
    init = mkBinary(Op.As, mkDeclName(value.start, value.stop, ids[i]!), init);
  }
  return { kind: 'var', start: -1, stop: -1, ids, ty, init };
}

function typeDeclaration(ids: Decl[], ty: Type): Declaration & { kind: 'type' } {
  ty.decl ??= ids[0]!;
  for (const d of ids) d.ty = ty;
  return { kind: 'type', ids, ty };
}

/** exception; or exception(types); */
function exceptionDeclaration(p: Parser, ids: Decl[]): ExceptionDecl {
  const { start } = p;
  p.advance();
  let fields: Decl[] = noDecls;
  if (p.accept(Tok.Open)) {
    fields = typeList(p);
    p.expect(Tok.Close, 'after the types of an exception');
  }
  const stop = p.expect(Tok.Semicolon, 'after an exception');
  const ty = new Type(Kind.Exception, ids[0]!.start, ids[0]!.stop, null, fields);
  ty.cons = true;
  return { kind: 'exceptiondecl', start, stop, ids, ty };
}

/** Members up to '}', each read by `one`; broken ones are skipped. */
function members<T>(p: Parser, list: T[], one: () => T): void {
  while (!p.at(Tok.CloseBrace) && !p.at(Tok.Eof)) {
    const { start, depth } = p;
    try {
      list.push(one());
    } catch (e) {
      if (!(e instanceof SyntaxFault)) throw e;
      p.depth = depth;
      p.recover();
      if (p.start === start && !p.at(Tok.Eof) && !p.at(Tok.CloseBrace)) p.advance();
    }
  }
}

function field(p: Parser, ids: Decl[], store: number, cyclic: boolean): FieldDecl {
  const ty = type(p);
  p.expect(Tok.Semicolon, 'after a member');
  for (const d of ids) {
    d.ty = ty;
    d.cyclic = cyclic;
    d.store = store;
  }
  return { kind: 'field', ids };
}

function moduleDeclaration(p: Parser, ids: Decl[]): ModuleDecl {
  p.advance();
  p.expect(Tok.OpenBrace, 'after module');
  const first = ids[0]!;
  const t = new Type(Kind.Module, first.start, first.stop, null, noDecls);
  const list: Member[] = [];
  members(p, list, (): Member => {
    const names = p.ids();
    p.expect(Tok.Colon, 'after names');
    switch (p.tok) {
      case Tok.Adt: {
        const d = adt(p, names);
        p.expect(Tok.Semicolon, 'after an adt');
        return d;
      }
      case Tok.Type: {
        p.advance();
        const ty = type(p);
        p.expect(Tok.Semicolon, 'after a type');
        return typeDeclaration(names, ty);
      }
      case Tok.Con: {
        p.advance();
        const init = expression(p);
        p.expect(Tok.Semicolon, 'after a con');
        return { kind: 'con', ids: names, init };
      }
      case Tok.Exception:
        return exceptionDeclaration(p, names);
      default:
        return field(p, names, Store.Global, false);
    }
  });
  first.stop = p.expect(Tok.CloseBrace, 'at the end of a module');
  t.stop = first.stop;
  return { kind: 'module', ids, ty: t, members: list };
}

function adt(p: Parser, ids: Decl[]): AdtDecl {
  p.advance();
  const first = ids[0]!;
  const polys = polyNames(p);
  let needs = constraints(p);
  p.expect(Tok.OpenBrace, 'after adt');
  const list: Member[] = [];
  members(p, list, () => adtMember(p));
  first.stop = p.expect(Tok.CloseBrace, 'at the end of an adt');
  needs ??= constraints(p);
  const t = new Type(Kind.Adt, first.start, first.stop, null, noDecls);
  t.decl = first;
  t.polys = polys;
  t.constraints = needs;
  for (const d of ids) d.ty = t;
  return { kind: 'adt', ids, ty: t, members: list };
}

function adtMember(p: Parser): Member {
  if (p.at(Tok.Pick)) {
    p.advance();
    p.expect(Tok.OpenBrace, 'after pick');
    const cases: PickCase[] = [];
    if (p.at(Tok.CloseBrace)) p.fail('a pick tag');
    members(p, cases, () => pickCase(p));
    p.expect(Tok.CloseBrace, 'at the end of pick');
    return { kind: 'pickdecl', cases };
  }
  const names = p.ids();
  p.expect(Tok.Colon, 'after names');
  if (p.accept(Tok.Con)) {
    const init = expression(p);
    p.expect(Tok.Semicolon, 'after a con');
    return { kind: 'con', ids: names, init };
  }
  const cyclic = p.accept(Tok.Cyclic);
  return field(p, names, Store.Field, cyclic);
}

/** Tag or Tag => fields */
function pickCase(p: Parser): PickCase {
  const ids = [p.id()];
  while (p.accept(Tok.WordOr)) ids.push(p.id());
  p.expect(Tok.Labels, 'after a pick tag');
  const first = ids[0]!;
  const ty = new Type(Kind.AdtPick, first.start, first.stop, null, noDecls);
  for (const d of ids) {
    d.ty = ty;
    d.store = Store.Tag;
  }
  const fields: FieldDecl[] = [];
  while (!p.at(Tok.CloseBrace) && !p.at(Tok.Eof)) {
    const after = p.at(Tok.Id) ? p.lexer.peek() : Tok.Eof;
    if (after === Tok.Labels || after === Tok.WordOr) break;
    const names = p.ids();
    p.expect(Tok.Colon, 'after names');
    const cyclic = p.accept(Tok.Cyclic);
    fields.push(field(p, names, Store.Field, cyclic));
  }
  return { ids, fields };
}

/** name.name[T](arguments): result { body } */
function functionDefinition(p: Parser): FunctionDefinition {
  const { start, stop } = p;
  let name = p.name(p.lexer.sym, start, stop);
  p.advance();
  let polys = polyNames(p);
  let adtPolys: Decl[] = noDecls;
  while (p.accept(Tok.Dot)) {
    if (!p.at(Tok.Id)) p.fail('a name', "after '.'");
    name = mkBinary(Op.Dot, name, p.name(p.lexer.sym, p.start, p.stop));
    p.advance();
    adtPolys = polys;
    polys = polyNames(p);
  }
  if (!p.at(Tok.Open)) p.fail("':' or '('", 'after a name outside functions');
  const ty = signature(p);
  ty.polys = polys;
  ty.raises = raises(p);
  const bodyStart = p.start;
  if (!p.at(Tok.OpenBrace)) p.fail("'{'", 'before the body of a function');
  p.advance();
  const body = statements(p);
  const bodyStop = p.stop;
  if (p.at(Tok.CloseBrace)) p.advance();
  else {
    p.unit.diagnostics.error(p.start, p.stop, E.expected("'}'", p.found(), 'at the end of a function'), {
      note: [E.opensHere, bodyStart],
    });
  }
  return {
    kind: 'function',
    start: name.start,
    stop: name.stop,
    name,
    ty,
    body,
    bodyStart,
    bodyStop,
    adtPolys,
    decl: null,
    value: null,
  };
}
