/** From tokens to a tree, by the grammar of rc(1): recursive descent, one token ahead. */
import { Ebrace, Edeep, Eparen, Ewanted } from '../errors.ts';
import type { Assignment, Case, Node, Redirection, Word } from './ast.ts';
import { Lexer, type Token } from './lexer.ts';

/** How deep commands and words may be in one another. */
const DEPTH = 200;
const ASSIGNMENT = /^([\p{L}_*][\p{L}\p{N}_*]*)=/u;

/** The whole of a script. @throws DishSyntaxError */
export function parse(source: string): Node {
  return new Parser(source).script();
}

/** Whether `source` wants another line: it ends within a quote, a brace, or after an operator. */
export function isIncomplete(source: string): boolean {
  try {
    parse(source);
    return false;
  } catch (error) {
    return (error as { incomplete?: boolean }).incomplete === true;
  }
}

class Parser {
  readonly #lexer: Lexer;
  #token: Token;
  /** Where the token before the current one ended. */
  #end = 0;
  #depth = 0;
  #counted = 0;
  #line = 1;

  constructor(source: string) {
    this.#lexer = new Lexer(source);
    this.#token = this.#lexer.next();
  }

  script(): Node {
    const nodes = this.#list();
    if (!this.#isEnd()) this.#unexpected('a command');
    return nodes;
  }

  #advance(): Token {
    const token = this.#token;
    this.#end = token.to;
    this.#token = this.#lexer.next();
    return token;
  }

  /** Positions come in rising order: each newline is counted once. */
  #lineOf(at: number): number {
    for (; this.#counted < at; this.#counted++) if (this.#lexer.source[this.#counted] === '\n') this.#line++;
    return this.#line;
  }

  #isNewline(): boolean {
    return this.#token.type === 'newline';
  }

  #isEnd(): boolean {
    return this.#token.type === 'end';
  }

  #isOp(op: string): boolean {
    return this.#token.type === 'op' && this.#token.op === op;
  }

  /** The keyword is here, as a word of its own or before a parenthesis or brace. */
  #isKeyword(text: string): boolean {
    const token = this.#token;
    return token.type === 'word' && !token.quoted && token.text === text && !this.#gluedAfter(token);
  }

  #gluedAfter(token: Token): boolean {
    const next = this.#lexer.source[token.to];
    return next !== undefined && /['$^`]/.test(next);
  }

  #unexpected(wanted: string): never {
    const token = this.#token;
    const { source } = this.#lexer;
    if (token.type === 'end') this.#lexer.fail(Ewanted(wanted, 'the end'), token.from, true);
    const found = token.type === 'newline' ? 'the end of the line' : source.slice(token.from, token.to);
    this.#lexer.fail(Ewanted(wanted, found), token.from);
  }

  #expect(op: string, what: string): void {
    if (!this.#isOp(op)) {
      if (this.#isEnd()) this.#lexer.fail(what, this.#token.from, true);
      this.#unexpected(op);
    }
    this.#advance();
  }

  #skipNewlines(): void {
    while (this.#isNewline()) this.#advance();
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > DEPTH) this.#lexer.fail(Edeep, this.#token.from);
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }

  /** Commands up to a closing brace, a closing parenthesis or the end. */
  #list(): Node {
    const nodes: Node[] = [];
    for (;;) {
      while (this.#isNewline() || this.#isOp(';')) this.#advance();
      if (this.#isEnd() || this.#isOp('}') || this.#isOp(')')) break;
      const from = this.#token.from;
      const node = this.#andOr();
      if (this.#isOp('&')) {
        const text = this.#lexer.source.slice(from, this.#end).trim();
        nodes.push({ kind: 'background', body: node, text });
        this.#advance();
        continue;
      }
      nodes.push(node);
      if (!this.#isNewline() && !this.#isOp(';')) break;
    }
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'sequence', nodes };
  }

  #andOr(): Node {
    return this.#nested(() => {
      let left = this.#pipeline();
      while (this.#isOp('&&') || this.#isOp('||')) {
        const kind = this.#isOp('&&') ? 'and' : 'or';
        this.#advance();
        this.#skipNewlines();
        left = { kind, left, right: this.#pipeline() };
      }
      return left;
    });
  }

  #pipeline(): Node {
    const token = this.#token;
    if (token.type === 'word' && !token.quoted) {
      if (token.text === '!') return this.#prefixed('not');
      if (this.#isKeyword('time')) return this.#prefixed('time');
    }
    let left = this.#command();
    while (this.#token.type === 'pipe') {
      const { left: from, right: to } = this.#token;
      this.#advance();
      this.#skipNewlines();
      left = { kind: 'pipe', left, right: this.#command(), from, to };
    }
    return left;
  }

  #prefixed(kind: 'not' | 'time'): Node {
    this.#advance();
    return this.#nested(() => ({ kind, body: this.#pipeline() }));
  }

  #command(): Node {
    return this.#nested(() => {
      const token = this.#token;
      if (this.#isOp('{')) return this.#redirected(this.#block());
      if (token.type === 'word' && !token.quoted) {
        if (this.#isKeyword('if')) return this.#if();
        if (this.#isKeyword('for')) return this.#for();
        if (this.#isKeyword('while')) return this.#while();
        if (this.#isKeyword('switch')) return this.#switch();
        if (this.#isKeyword('fn')) return this.#function();
        if (this.#isKeyword('~')) return this.#match();
        if (this.#isKeyword('@')) {
          this.#advance();
          return { kind: 'subshell', body: this.#command() };
        }
      }
      return this.#simple();
    });
  }

  #block(): Node {
    this.#expect('{', '{');
    const body = this.#list();
    this.#expect('}', Ebrace);
    return body;
  }

  #redirected(body: Node): Node {
    const redirections: Redirection[] = [];
    for (let r = this.#redirection(); r !== undefined; r = this.#redirection()) redirections.push(r);
    return redirections.length === 0 ? body : { kind: 'redirected', body, redirections };
  }

  /** `(` list `)`: a condition. */
  #condition(): Node {
    this.#expect('(', '(');
    const node = this.#list();
    this.#expect(')', Eparen);
    return node;
  }

  #if(): Node {
    this.#advance();
    if (this.#isKeyword('not')) {
      this.#advance();
      this.#skipNewlines();
      return { kind: 'if-not', body: this.#andOr() };
    }
    const condition = this.#condition();
    this.#skipNewlines();
    return { kind: 'if', condition, body: this.#andOr() };
  }

  #while(): Node {
    this.#advance();
    const condition = this.#condition();
    this.#skipNewlines();
    return { kind: 'while', condition, body: this.#andOr() };
  }

  #for(): Node {
    this.#advance();
    this.#expect('(', '(');
    const name = this.#token;
    if (name.type !== 'word' || name.quoted || !ASSIGNMENT.test(`${name.text}=`)) this.#unexpected('a name');
    this.#advance();
    let words: Word[] | undefined;
    if (this.#isKeyword('in')) {
      this.#advance();
      words = this.#words();
    }
    this.#expect(')', Eparen);
    this.#skipNewlines();
    return { kind: 'for', name: name.text, words, body: this.#andOr() };
  }

  #switch(): Node {
    this.#advance();
    this.#expect('(', '(');
    const subject = this.#token.type === 'op' && this.#token.op === ')' ? emptyList : this.#word();
    this.#expect(')', Eparen);
    this.#skipNewlines();
    this.#expect('{', '{');
    const cases: Case[] = [];
    for (;;) {
      while (this.#isNewline() || this.#isOp(';')) this.#advance();
      if (!this.#isKeyword('case')) break;
      this.#advance();
      const patterns: Word[] = [];
      while (this.#startsWord()) patterns.push(this.#word());
      const nodes: Node[] = [];
      while (!this.#isKeyword('case') && !this.#isOp('}') && !this.#isEnd()) {
        if (this.#isNewline() || this.#isOp(';')) {
          this.#advance();
          continue;
        }
        const node = this.#andOr();
        nodes.push(this.#isOp('&') ? { kind: 'background', body: node, text: '' } : node);
        if (!this.#isNewline() && !this.#isOp(';') && !this.#isOp('&')) break;
        this.#advance();
      }
      cases.push({ patterns, body: { kind: 'sequence', nodes } });
    }
    if (!this.#isEnd() && !this.#isOp('}')) this.#unexpected('case');
    this.#expect('}', Ebrace);
    return this.#redirected({ kind: 'switch', subject, cases });
  }

  #function(): Node {
    this.#advance();
    const names: Word[] = [];
    while (this.#startsWord() && !this.#isOp('{')) names.push(this.#word());
    if (names.length === 0) this.#unexpected('a name');
    if (!this.#isOp('{')) return { kind: 'function', names, body: undefined, text: '' };
    const from = this.#token.from;
    const body = this.#block();
    return { kind: 'function', names, body, text: this.#lexer.source.slice(from, this.#end) };
  }

  #match(): Node {
    this.#advance();
    const subject = this.#word();
    const patterns: Word[] = [];
    while (this.#startsWord()) patterns.push(this.#word());
    return this.#redirected({ kind: 'match', subject, patterns });
  }

  #simple(): Node {
    const line = this.#lineOf(this.#token.from);
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.#redirection();
      if (redirection !== undefined) {
        redirections.push(redirection);
        continue;
      }
      const assignment = words.length === 0 && redirections.length === 0 ? this.#assignment() : undefined;
      if (assignment !== undefined) {
        assignments.push(assignment);
        // x=1 if(...) ... and x=1 {...}: the assignment holds for that command.
        if (this.#isOp('{')) return { kind: 'assigned', body: this.#redirected(this.#block()), assignments };
        continue;
      }
      if (!this.#startsWord()) break;
      words.push(this.#word());
    }
    if (words.length === 0 && assignments.length === 0 && redirections.length === 0)
      this.#unexpected('a command');
    return { kind: 'simple', assignments, words, redirections, line };
  }

  #assignment(): Assignment | undefined {
    const token = this.#token;
    if (token.type !== 'word' || token.quoted) return undefined;
    const found = ASSIGNMENT.exec(token.text);
    if (found === null) return undefined;
    const name = found[1] as string;
    const rest = token.text.slice(found[0].length);
    this.#advance();
    const first: Word | undefined = rest === '' ? undefined : { kind: 'literal', text: rest, quoted: false };
    const value = this.#continued(first);
    return { name, value: value ?? emptyList };
  }

  #redirection(): Redirection | undefined {
    const token = this.#token;
    switch (token.type) {
      case 'dup':
        this.#advance();
        if (token.source === undefined) return { kind: 'close', fd: token.fd };
        return { kind: 'dup', fd: token.fd, from: token.source };
      case 'here':
        this.#advance();
        return { kind: 'here', fd: token.fd, parts: () => token.document.parts ?? [] };
      case 'redirect': {
        this.#advance();
        const file = this.#word();
        const mode = ({ '<': 'read', '>': 'write', '>>': 'append', '<>': 'both' } as const)[token.op];
        const usual = token.op === '>' || token.op === '>>' ? 1 : 0;
        return { kind: 'file', fd: token.fd ?? usual, mode, file };
      }
      default:
        return undefined;
    }
  }

  #words(): Word[] {
    const words: Word[] = [];
    for (;;) {
      this.#skipNewlines();
      if (!this.#startsWord()) return words;
      words.push(this.#word());
    }
  }

  #startsWord(): boolean {
    const token = this.#token;
    if (token.type === 'word' || token.type === 'variable') return true;
    return (
      token.type === 'op' && (token.op === '(' || token.op === '`' || token.op === '<{' || token.op === '>{')
    );
  }

  #word(): Word {
    return this.#nested(() => {
      const word = this.#continued(this.#primary());
      return word as Word;
    });
  }

  /** The word goes on with what is glued to it, or behind a caret. */
  #continued(left: Word | undefined): Word | undefined {
    let word = left;
    for (;;) {
      if (this.#isOp('^')) {
        this.#advance();
        const right = this.#primary();
        word = word === undefined ? right : { kind: 'concat', left: word, right };
      } else if (this.#token.glued && this.#startsWord() && !(word === undefined && this.#isCommandFile())) {
        const right = this.#primary();
        word = word === undefined ? right : { kind: 'concat', left: word, right };
      } else return word;
    }
  }

  #isCommandFile(): boolean {
    return this.#isOp('<{') || this.#isOp('>{');
  }

  #primary(): Word {
    const token = this.#token;
    switch (token.type) {
      case 'word':
        this.#advance();
        return { kind: 'literal', text: token.text, quoted: token.quoted };
      case 'variable':
        return this.#variable(token);
      case 'op':
        if (token.op === '(') {
          this.#advance();
          const words = this.#nested(() => this.#words());
          this.#expect(')', Eparen);
          return { kind: 'list', words };
        }
        if (token.op === '`') return this.#backquote();
        if (token.op === '<{' || token.op === '>{') {
          this.#advance();
          const body = this.#nested(() => this.#list());
          this.#expect('}', Ebrace);
          return { kind: 'command-file', mode: token.op === '<{' ? 'read' : 'write', body };
        }
        break;
    }
    this.#unexpected('a word');
  }

  #variable(token: Extract<Token, { type: 'variable' }>): Word {
    this.#advance();
    const name: Word =
      token.name === undefined
        ? this.#nested(() => this.#primary())
        : { kind: 'literal', text: token.name, quoted: true };
    if (token.mode === '#') return { kind: 'count', name };
    if (token.mode === '"') return { kind: 'joined', name };
    if (!this.#isOp('(') || !this.#token.glued) return { kind: 'variable', name, index: undefined };
    this.#advance();
    const index = this.#nested(() => this.#words());
    this.#expect(')', Eparen);
    return { kind: 'variable', name, index };
  }

  #backquote(): Word {
    this.#advance();
    const split = this.#isOp('{') ? undefined : this.#nested(() => this.#primary());
    if (!this.#isOp('{')) this.#unexpected('{');
    return { kind: 'backquote', split, body: this.#nested(() => this.#block()) };
  }
}

const emptyList: Word = { kind: 'list', words: [] };
