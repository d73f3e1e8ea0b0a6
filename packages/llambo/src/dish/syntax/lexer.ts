/** From characters to tokens. */
import { DishSyntaxError, Efd, Ehere, Ename, Equote } from '../errors.ts';
import type { HerePart } from './ast.ts';

interface Place {
  /** Where it begins and ends in the source. */
  readonly from: number;
  readonly to: number;
  /** No blank is before it: it is one word with what is there. */
  readonly glued: boolean;
}

export type Token = Place &
  (
    | { readonly type: 'word'; readonly text: string; readonly quoted: boolean }
    /** `$`, `$#`, `$"`; the name is a token of its own when it is not here. */
    | { readonly type: 'variable'; readonly mode: '$' | '#' | '"'; readonly name: string | undefined }
    | { readonly type: 'redirect'; readonly op: '<' | '>' | '>>' | '<>'; readonly fd: number | undefined }
    | { readonly type: 'dup'; readonly fd: number; readonly source: number | undefined }
    | { readonly type: 'here'; readonly fd: number; readonly document: HereDocument }
    | { readonly type: 'pipe'; readonly left: number; readonly right: number }
    | {
        readonly type: 'op';
        readonly op: ';' | '&' | '&&' | '||' | '(' | ')' | '{' | '}' | '^' | '`' | '<{' | '>{';
      }
    | { readonly type: 'newline' }
    | { readonly type: 'end' }
  );

interface HereDocument {
  readonly tag: string;
  readonly quoted: boolean;
  parts: readonly HerePart[] | undefined;
}

const WORD = /[^\s;&|^$`'{}()<>\\]+|\\(?!\r?\n)/y;
const BLANK = /(?:[ \t\r\f\v\u00a0]|\\\r?\n)+/y;
const COMMENT = /#[^\n]*/y;
const NAME = /[\p{L}\p{N}_*]+/uy;
const FDS = /\[(\d{0,4})(?:(=)(\d{0,4}))?\]/y;

export class Lexer {
  readonly source: string;
  #at = 0;
  #documents: HereDocument[] = [];

  constructor(source: string) {
    this.source = source;
  }

  next(): Token {
    const blank = this.#match(BLANK) !== undefined;
    const from = this.#at;
    const char = this.source[from];
    if (char === '#' && (blank || !this.#inWord(from))) {
      this.#match(COMMENT);
      return this.next();
    }
    const place = (): Place => ({ from, to: this.#at, glued: !blank && from > 0 });
    if (char === undefined) {
      if (this.#documents.length > 0) this.#read();
      return { type: 'end', ...place() };
    }
    if (char === '\n') {
      this.#at++;
      if (this.#documents.length > 0) this.#read();
      return { type: 'newline', from, to: this.#at, glued: false };
    }
    if (char === "'") {
      const text = this.#quoted();
      return { type: 'word', text, quoted: true, ...place() };
    }
    if (char === '$') return { ...this.#variable(), ...place() };
    const word = this.#match(WORD);
    if (word !== undefined) return { type: 'word', text: word, quoted: false, ...place() };
    this.#at++;
    switch (char) {
      case ';':
      case '^':
      case '(':
      case ')':
      case '{':
      case '}':
      case '`':
        return { type: 'op', op: char, ...place() };
      case '&':
        return { type: 'op', op: this.#take('&') ? '&&' : '&', ...place() };
      case '|':
        if (this.#take('|')) return { type: 'op', op: '||', ...place() };
        return { type: 'pipe', ...this.#pipe(), ...place() };
      default:
        return this.#redirection(char as '<' | '>', place);
    }
  }

  /** `incomplete`: the text ends too early. */
  fail(what: string, at: number, incomplete: boolean = false): never {
    const before = this.source.slice(0, at);
    const line = before.split('\n').length;
    throw new DishSyntaxError(what, line, at - before.lastIndexOf('\n'), incomplete);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.source);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #take(char: string): boolean {
    if (this.source[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  /** A `#` in the middle of a word is no comment. */
  #inWord(at: number): boolean {
    return at > 0 && /[^\s;&|^`{}()<>]/.test(this.source[at - 1] as string);
  }

  #quoted(): string {
    const from = this.#at++;
    let text = '';
    for (;;) {
      const end = this.source.indexOf("'", this.#at);
      if (end < 0) this.fail(Equote, from, true);
      text += this.source.slice(this.#at, end);
      this.#at = end + 1;
      if (!this.#take("'")) return text;
      text += "'";
    }
  }

  #variable(): { type: 'variable'; mode: '$' | '#' | '"'; name: string | undefined } {
    const from = this.#at++;
    const next = this.source[this.#at];
    const mode = next === '#' || next === '"' ? next : '$';
    if (mode !== '$') this.#at++;
    const name = this.#match(NAME);
    if (name === undefined && this.source[this.#at] !== '$' && this.source[this.#at] !== "'")
      this.fail(Ename, from);
    return { type: 'variable', mode, name };
  }

  #pipe(): { left: number; right: number } {
    const fds = this.#fds();
    if (fds === undefined) return { left: 1, right: 0 };
    const [text, left, equals, right] = fds;
    if (left === '' || right === '') this.fail(Efd(text), this.#at);
    return { left: Number(left), right: equals === undefined ? 0 : Number(right) };
  }

  #fds(): [text: string, first: string, equals: string | undefined, second: string | undefined] | undefined {
    if (this.source[this.#at] !== '[') return undefined;
    FDS.lastIndex = this.#at;
    const found = FDS.exec(this.source);
    if (found === null || found[1] === '')
      this.fail(Efd(this.source.slice(this.#at, this.#at + 10)), this.#at);
    this.#at = FDS.lastIndex;
    return [found[0], found[1] as string, found[2], found[3]];
  }

  #redirection(char: '<' | '>', place: () => Place): Token {
    if (this.#take('{')) return { type: 'op', op: char === '<' ? '<{' : '>{', ...place() };
    if (char === '<' && this.#take('<')) return this.#here(place);
    const op = this.#take('>') ? (char === '<' ? '<>' : '>>') : char;
    const fds = this.#fds();
    if (fds === undefined) return { type: 'redirect', op, fd: undefined, ...place() };
    const [, fd, equals, other] = fds;
    if (equals === undefined) return { type: 'redirect', op, fd: Number(fd), ...place() };
    return { type: 'dup', fd: Number(fd), source: other === '' ? undefined : Number(other), ...place() };
  }

  #here(place: () => Place): Token {
    const fds = this.#fds();
    this.#match(BLANK);
    const from = this.#at;
    const quoted = this.source[from] === "'";
    const tag = quoted ? this.#quoted() : this.#match(WORD);
    if (tag === undefined)
      this.fail('<< wants a word that ends the document', from, from >= this.source.length);
    const document: HereDocument = { tag, quoted, parts: undefined };
    this.#documents.push(document);
    return { type: 'here', fd: fds === undefined ? 0 : Number(fds[1]), document, ...place() };
  }

  /** The lines of the here documents that wait for this end of a line. */
  #read(): void {
    for (const document of this.#documents) {
      const from = this.#at;
      let text = '';
      for (;;) {
        if (this.#at >= this.source.length) this.fail(Ehere(document.tag), from, true);
        let end = this.source.indexOf('\n', this.#at);
        if (end < 0) end = this.source.length;
        const line = this.source.slice(this.#at, end);
        this.#at = Math.min(end + 1, this.source.length);
        if (line.replace(/\r$/, '') === document.tag) break;
        text += `${line}\n`;
      }
      document.parts = document.quoted ? [{ text }] : hereParts(text);
    }
    this.#documents = [];
  }
}

/** `$name` stands for the variable, `$$` for a dollar; a `^` behind a name is dropped. */
function hereParts(text: string): HerePart[] {
  const parts: HerePart[] = [];
  let at = 0;
  for (const found of text.matchAll(/\$(?:([\p{L}\p{N}_*]+)\^?|\$)/gu)) {
    parts.push({ text: text.slice(at, found.index) });
    parts.push(found[1] === undefined ? { text: '$' } : { variable: found[1] });
    at = found.index + found[0].length;
  }
  parts.push({ text: text.slice(at) });
  return parts;
}
