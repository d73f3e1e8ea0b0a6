import type { Node } from '../ast/node.ts';
import { mkName } from '../ast/node.ts';
import * as E from '../errors.ts';
import type { Lexer } from '../lexer/lexer.ts';
import { Tok, tokenName } from '../lexer/tokens.ts';
import { Decl, Store, type Sym, tunset } from '../types/type.ts';
import type { Unit } from '../unit.ts';

/** A syntax error that was reported: unwinds to where parsing can go on. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault';
}

/** How deep expressions, types and statements nest. */
const MaxDepth = 1000;

/**
 * State of the recursive descent parser. Its parts (types.ts, expressions.ts, statements.ts, declarations.ts) are
 * functions on it; each starts at its first token and leaves the parser at the token after its last.
 */
export class Parser {
  readonly unit: Unit;
  readonly lexer: Lexer;
  /** Where the token before the current one ended. */
  lastStop = 0;
  depth = 0;

  /** Makes the lexer go on with the named file, or reports that there is none. */
  readonly onInclude: (p: Parser, name: string) => void;

  constructor(unit: Unit, onInclude: (p: Parser, name: string) => void) {
    this.unit = unit;
    this.onInclude = onInclude;
    this.lexer = unit.lexer;
  }

  get tok(): number {
    return this.lexer.tok;
  }

  get start(): number {
    return this.lexer.start;
  }

  get stop(): number {
    return this.lexer.stop;
  }

  advance(): void {
    this.lastStop = this.lexer.stop;
    this.lexer.next();
  }

  /** Whether the current token is `tok`. */
  at(tok: number): boolean {
    return this.lexer.tok === tok;
  }

  /** Steps over `tok` if it is there. */
  accept(tok: number): boolean {
    if (this.lexer.tok !== tok) return false;
    this.advance();
    return true;
  }

  /** Steps over `tok`, which must be there; `where` says what it belongs to. Its end. */
  expect(tok: number, where = ''): number {
    if (this.lexer.tok !== tok) this.fail(tokenName(tok), where);
    const { stop } = this.lexer;
    this.advance();
    return stop;
  }

  /** The current token as it was written. */
  found(): string {
    const { lexer } = this;
    switch (lexer.tok) {
      case Tok.Id:
      case Tok.TypeName:
        return `'${lexer.sym.name}'`;
      case Tok.Int:
        return `number ${lexer.isWide ? lexer.wide : lexer.int}`;
      case Tok.Real:
        return `number ${lexer.real}`;
      case Tok.String:
        return 'a string';
      default:
        return tokenName(lexer.tok);
    }
  }

  fail(expected: string, where = ''): never {
    const { lexer } = this;
    // A missing token is best shown where it is missing: after the last one, when that ended a line before.
    const missing = expected.startsWith("'") && this.lineOf(this.lastStop) < this.lineOf(lexer.start);
    // After a malformed token on this line the parser has lost its way.
    if (lexer.faultAt >= 0 && this.lineOf(lexer.faultAt) === this.lineOf(Math.max(0, lexer.start - 1))) {
      throw new SyntaxFault(expected);
    }
    if (lexer.faultAt >= 0 && this.lineOf(lexer.faultAt) === this.lineOf(this.lastStop))
      throw new SyntaxFault(expected);
    const at = missing ? { start: this.lastStop, stop: this.lastStop } : lexer;
    this.unit.error(at, E.expected(expected, this.found(), where));
    throw new SyntaxFault(expected);
  }

  lineOf(offset: number): number {
    return this.unit.map.place(Math.max(0, offset)).line;
  }

  enter(): void {
    if (++this.depth > MaxDepth) {
      this.unit.error(this.lexer, E.tooDeep);
      throw new SyntaxFault(E.tooDeep);
    }
  }

  /** The place holder of a name that is looked up later. */
  unbound(s: Sym, start: number, stop: number): Decl {
    s.unbound ??= new Decl(start, stop, Store.Unbound, s, tunset);
    return s.unbound;
  }

  name(s: Sym, start: number, stop: number): Node {
    return mkName(start, stop, this.unbound(s, start, stop));
  }

  /** A name that is being declared. */
  id(): Decl {
    if (this.lexer.tok !== Tok.Id) this.fail('a name');
    const d = new Decl(this.start, this.stop, Store.Undef, this.lexer.sym, tunset);
    this.advance();
    return d;
  }

  /** Names separated by commas. */
  ids(): Decl[] {
    const list = [this.id()];
    while (this.accept(Tok.Comma)) list.push(this.id());
    return list;
  }

  /**
   * Skips to after the ';' that ends the broken construct, or to the '}' that closes what it is in. Braces that open
   * on the way are skipped with what is in them.
   */
  recover(): void {
    let depth = 0;
    for (;;) {
      switch (this.tok) {
        case Tok.Eof:
          return;
        case Tok.Semicolon:
          this.advance();
          if (depth === 0) return;
          continue;
        case Tok.OpenBrace:
          depth++;
          break;
        case Tok.CloseBrace:
          if (depth === 0) return;
          depth--;
          if (depth === 0) {
            this.advance();
            this.accept(Tok.Semicolon);
            return;
          }
          break;
      }
      this.advance();
    }
  }
}
