import { mkBinary, Node } from '../ast/node.ts';
import { Op } from '../ast/ops.ts';
import type { Arm, Block, LabelName, Statement } from '../ast/statement.ts';
import * as E from '../errors.ts';
import { Tok } from '../lexer/tokens.ts';
import type { Decl } from '../types/type.ts';
import { declaration, include } from './declarations.ts';
import { expression, optionalExpression, qualifier, qualifiers } from './expressions.ts';
import { type Parser, SyntaxFault } from './parser.ts';

const empty: Statement = { kind: 'empty' };

export function block(body: Statement[]): Block {
  return { kind: 'block', body, zero: [] };
}

/** Statements up to the '}' that closes them, which is left. */
export function statements(p: Parser): Statement[] {
  const list: Statement[] = [];
  while (!p.at(Tok.CloseBrace) && !p.at(Tok.Eof)) statementInto(p, list);
  return list;
}

/** One statement, appended to `list`; a broken one is skipped. */
function statementInto(p: Parser, list: Statement[]): void {
  const { depth, start } = p;
  try {
    if (p.at(Tok.Include)) {
      include(p);
      return;
    }
    list.push(statement(p));
  } catch (e) {
    if (!(e instanceof SyntaxFault)) throw e;
    p.depth = depth;
    p.recover();
    if (p.start === start && !p.at(Tok.Eof) && !p.at(Tok.CloseBrace)) p.advance();
  }
}

function labelOf(ids: Decl[], p: Parser): LabelName {
  const [first, second] = ids;
  if (second !== undefined) p.unit.error(second, E.oneLabel);
  return { sym: first!.sym!, start: first!.start, stop: first!.stop, refs: 0 };
}

export function statement(p: Parser): Statement {
  p.enter();
  const s = statementAt(p);
  p.depth--;
  return s;
}

function statementAt(p: Parser): Statement {
  const { start, stop, tok } = p;
  switch (tok) {
    case Tok.OpenBrace:
      return braces(p);
    case Tok.If: {
      p.advance();
      p.expect(Tok.Open, 'after if');
      const test = expression(p);
      p.expect(Tok.Close, 'after the condition');
      const then = statement(p);
      const otherwise = p.accept(Tok.Else) ? statement(p) : null;
      return { kind: 'if', start, stop: p.lastStop, test, then, otherwise };
    }
    case Tok.For:
    case Tok.While:
    case Tok.Do:
    case Tok.Case:
    case Tok.Alt:
    case Tok.Pick:
      return labelled(p, null);
    case Tok.Break:
    case Tok.Continue: {
      p.advance();
      let label: LabelName | null = null;
      if (p.at(Tok.Id)) {
        label = { sym: p.lexer.sym, start: p.start, stop: p.stop, refs: 0 };
        p.advance();
      }
      p.expect(Tok.Semicolon, `after ${tok === Tok.Break ? 'break' : 'continue'}`);
      return { kind: tok === Tok.Break ? 'break' : 'continue', start, stop, label };
    }
    case Tok.Return: {
      p.advance();
      const value = p.at(Tok.Semicolon) ? null : expression(p);
      p.expect(Tok.Semicolon, 'after return');
      return { kind: 'return', start, stop: value?.stop ?? stop, value };
    }
    case Tok.Exit:
      p.advance();
      p.expect(Tok.Semicolon, 'after exit');
      return { kind: 'exit', start, stop };
    case Tok.Spawn: {
      p.advance();
      const call = expression(p);
      p.expect(Tok.Semicolon, 'after spawn');
      return { kind: 'expression', expr: new Node(Op.Spawn, start, call.stop, call, null) };
    }
    case Tok.Raise: {
      p.advance();
      const value = optionalExpression(p, Tok.Semicolon);
      p.expect(Tok.Semicolon, 'after raise');
      return { kind: 'expression', expr: new Node(Op.Raise, start, value.stop, value, null) };
    }
    case Tok.Semicolon:
      p.advance();
      return empty;
    case Tok.Id: {
      const after = p.lexer.peek();
      if (after === Tok.Colon || after === Tok.Comma) {
        const ids = p.ids();
        p.expect(Tok.Colon, 'after names');
        if (startsLabelled(p.tok)) return labelled(p, labelOf(ids, p));
        return declaration(p, ids);
      }
      break;
    }
  }
  const expr = expression(p);
  if (p.at(Tok.Colon)) {
    p.unit.error(expr, E.illegalDeclaration);
    throw new SyntaxFault(E.illegalDeclaration);
  }
  p.expect(Tok.Semicolon, 'after a statement');
  return { kind: 'expression', expr };
}

function startsLabelled(tok: number): boolean {
  return (
    tok === Tok.For ||
    tok === Tok.While ||
    tok === Tok.Do ||
    tok === Tok.Case ||
    tok === Tok.Alt ||
    tok === Tok.Pick
  );
}

/** { ... }, or { ... } exception name { ... } */
function braces(p: Parser): Statement {
  const { start } = p;
  p.advance();
  const body = block(statements(p));
  p.expect(Tok.CloseBrace, 'at the end of a block');
  if (!p.at(Tok.Exception)) return body;
  p.advance();
  let name: Node | null = null;
  if (p.at(Tok.Id)) {
    name = p.name(p.lexer.sym, p.start, p.stop);
    p.advance();
  }
  p.expect(Tok.OpenBrace, 'after exception');
  const handlers = arms(p, 'exception');
  const stop = p.expect(Tok.CloseBrace, 'after exception handlers');
  return { kind: 'guarded', start, stop, body, name, arms: handlers, type: null };
}

/** Loops and choices, which a label may precede. */
function labelled(p: Parser, label: LabelName | null): Statement {
  const { start, stop, tok } = p;
  p.advance();
  switch (tok) {
    case Tok.For: {
      p.expect(Tok.Open, 'after for');
      const init = p.at(Tok.Semicolon) ? null : expression(p);
      p.expect(Tok.Semicolon, 'in for');
      const test = optionalExpression(p, Tok.Semicolon);
      p.expect(Tok.Semicolon, 'in for');
      const step = p.at(Tok.Close) ? null : expression(p);
      p.expect(Tok.Close, 'after for');
      const body = statement(p);
      const loop: Statement = { kind: 'for', start: test.start, stop: p.lastStop, test, step, body, label };
      if (init === null) return loop;
      // The variables that it declares belong to the block around: no scope of its own.
      return { kind: 'sequence', body: [{ kind: 'expression', expr: init }, loop] };
    }
    case Tok.While: {
      p.expect(Tok.Open, 'after while');
      const test = optionalExpression(p, Tok.Close);
      p.expect(Tok.Close, 'after the condition');
      const body = statement(p);
      return { kind: 'for', start, stop: p.lastStop, test, step: null, body, label };
    }
    case Tok.Do: {
      const body = statement(p);
      p.expect(Tok.While, 'after the body of do');
      p.expect(Tok.Open, 'after while');
      const test = optionalExpression(p, Tok.Close);
      p.expect(Tok.Close, 'after the condition');
      const end = p.expect(Tok.Semicolon, 'after do ... while (...)');
      return { kind: 'do', start, stop: end, test, body, label };
    }
    case Tok.Case: {
      const value = expression(p);
      p.expect(Tok.OpenBrace, 'after the value of case');
      const list = arms(p, 'case');
      p.expect(Tok.CloseBrace, 'after case');
      return {
        kind: 'case',
        start: value.start,
        stop: value.stop,
        value,
        arms: list,
        label,
        table: null,
        type: null,
      };
    }
    case Tok.Alt: {
      p.expect(Tok.OpenBrace, 'after alt');
      const list = arms(p, 'alt');
      p.expect(Tok.CloseBrace, 'after alt');
      return { kind: 'alt', start, stop, arms: list, label, type: null };
    }
    default: {
      if (!p.at(Tok.Id)) p.fail('a name', 'after pick');
      const name = p.name(p.lexer.sym, p.start, p.stop);
      p.advance();
      p.expect(Tok.Declare, 'after the name of pick');
      const value = mkBinary(Op.Das, name, expression(p));
      p.expect(Tok.OpenBrace, 'after the value of pick');
      const list = arms(p, 'pick');
      p.expect(Tok.CloseBrace, 'after pick');
      return { kind: 'pick', start: value.start, stop: value.stop, value, arms: list, label, type: null };
    }
  }
}

/** labels => statements, one after the other, up to '}'. */
function arms(p: Parser, of: string): Arm[] {
  const list: Arm[] = [];
  if (p.at(Tok.CloseBrace)) p.fail('a label', `in ${of}`);
  while (!p.at(Tok.CloseBrace) && !p.at(Tok.Eof)) {
    const { depth, start } = p;
    try {
      const first = qualifier(p);
      if (p.at(Tok.Labels) || p.at(Tok.WordOr)) list.push(openArm(p, first));
      else p.fail("'=>'", `after a label of ${of}`);
    } catch (e) {
      if (!(e instanceof SyntaxFault)) throw e;
      p.depth = depth;
      p.recover();
      if (p.start === start && !p.at(Tok.Eof) && !p.at(Tok.CloseBrace)) p.advance();
      continue;
    }
    while (!p.at(Tok.CloseBrace) && !p.at(Tok.Eof)) {
      const next = statementOrLabel(p, list[list.length - 1]!.body.body);
      if (next !== null) list.push(next);
    }
  }
  return list;
}

/** An arm whose first label was read; its statements come next. */
function openArm(p: Parser, first: Node): Arm {
  const quals = qualifiers(p, first);
  p.expect(Tok.Labels, 'after a label');
  return { quals, start: first.start, stop: (quals[1] ?? first).stop, body: block([]) };
}

/** Inside an arm: a statement, appended to `body`, or the labels of the next arm. */
function statementOrLabel(p: Parser, body: Statement[]): Arm | null {
  if (!startsExpression(p)) {
    statementInto(p, body);
    return null;
  }
  const { depth, start } = p;
  try {
    const expr = qualifier(p);
    if (p.at(Tok.Labels) || p.at(Tok.WordOr)) return openArm(p, expr);
    if (p.at(Tok.Colon) || expr.op === Op.Range || expr.op === Op.Wild) {
      p.unit.error(expr, E.illegalDeclaration);
      throw new SyntaxFault(E.illegalDeclaration);
    }
    p.expect(Tok.Semicolon, 'after a statement');
    body.push({ kind: 'expression', expr });
  } catch (e) {
    if (!(e instanceof SyntaxFault)) throw e;
    p.depth = depth;
    p.recover();
    if (p.start === start && !p.at(Tok.Eof) && !p.at(Tok.CloseBrace)) p.advance();
  }
  return null;
}

/** Whether the statement here begins with an expression, so that it may turn out to be a label. */
function startsExpression(p: Parser): boolean {
  switch (p.tok) {
    case Tok.OpenBrace:
    case Tok.If:
    case Tok.For:
    case Tok.While:
    case Tok.Do:
    case Tok.Case:
    case Tok.Alt:
    case Tok.Pick:
    case Tok.Break:
    case Tok.Continue:
    case Tok.Return:
    case Tok.Exit:
    case Tok.Spawn:
    case Tok.Raise:
    case Tok.Semicolon:
    case Tok.Include:
      return false;
    case Tok.Id: {
      const after = p.lexer.peek();
      return after !== Tok.Colon && after !== Tok.Comma;
    }
    default:
      return true;
  }
}
