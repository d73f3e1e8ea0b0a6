import type { Diagnostics } from '../diagnostics/diagnostic.ts';
import * as E from '../errors.ts';
import type { SourceFile, SourceMap } from '../source/source.ts';
import { Sym } from '../types/type.ts';
import { keywords, Tok } from './tokens.ts';

const Letter = 1;
const Digit = 2;

const classes = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  if ((c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c > 0xa0) classes[c] = Letter;
  if (c >= 48 && c <= 57) classes[c] = Digit;
}

const escapes: Readonly<Record<string, number>> = {
  "'": 39,
  '"': 34,
  '\\': 92,
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '0': 0,
};

/** How deep files include one another. */
const MaxInclude = 32;
/** Significant characters of an identifier. */
const MaxName = 256;

interface Suspended {
  readonly file: SourceFile;
  readonly at: number;
  readonly includedAt: number;
  readonly name: string;
  readonly lineShift: number;
}

/**
 * Splits text into tokens. After `next`, `tok` is the token, `start` and `stop` its virtual offsets, and `sym`,
 * `int`/`wide`, `real` or `str` its value.
 */
export class Lexer {
  tok: number = Tok.Eof;
  start = 0;
  stop = 0;
  sym!: Sym;
  /** Value of an Int that fits 32 bits; otherwise `wide` has it and `isWide` is true. */
  int = 0;
  wide = 0n;
  isWide = false;
  real = 0;
  str = '';

  readonly symbols: Map<string, Sym> = new Map();
  readonly #map: SourceMap;
  readonly #errors: Diagnostics;
  #file: SourceFile;
  #text: string;
  #at = 0;
  #shift = 0;
  #includedAt = -1;
  #name: string;
  #lineShift = 0;
  readonly #stack: Suspended[] = [];
  #ahead = false;
  readonly #current: Lookahead;
  readonly #following: Lookahead;

  constructor(map: SourceMap, errors: Diagnostics, file: SourceFile) {
    this.#map = map;
    this.#errors = errors;
    this.#file = file;
    this.#text = file.text;
    this.#name = file.name;
    for (const [word, tok] of keywords) this.symbols.set(word, new Sym(word, tok));
    this.sym = this.enter('');
    const blank = {
      tok: 0,
      start: 0,
      stop: 0,
      sym: this.sym,
      int: 0,
      wide: 0n,
      isWide: false,
      real: 0,
      str: '',
    };
    this.#current = { ...blank };
    this.#following = { ...blank };
    this.#mark(0);
  }

  /** The symbol of a name. */
  enter(name: string): Sym {
    let s = this.symbols.get(name);
    if (s === undefined) {
      s = new Sym(name, Tok.Id);
      this.symbols.set(name, s);
    }
    return s;
  }

  #mark(base: number): void {
    this.#map.add({
      base,
      file: this.#file,
      shift: this.#shift,
      name: this.#name,
      lineShift: this.#lineShift,
      includedAt: this.#includedAt,
    });
  }

  /** Goes on with another file, and comes back to this place at its end. Called when nothing is read ahead. */
  include(file: SourceFile): boolean {
    if (this.#stack.length + 1 >= MaxInclude) return false;
    this.#stack.push({
      file: this.#file,
      at: this.#at,
      includedAt: this.#includedAt,
      name: this.#name,
      lineShift: this.#lineShift,
    });
    const base = this.#at + this.#shift + 1;
    this.#includedAt = this.start;
    this.#file = file;
    this.#text = file.text;
    this.#name = file.name;
    this.#lineShift = 0;
    this.#at = 0;
    this.#shift = base;
    this.#mark(base);
    return true;
  }

  #resume(): boolean {
    const outer = this.#stack.pop();
    if (outer === undefined) return false;
    const base = this.#text.length + this.#shift + 1;
    this.#file = outer.file;
    this.#text = outer.file.text;
    this.#at = outer.at;
    this.#shift = base - outer.at;
    this.#includedAt = outer.includedAt;
    this.#name = outer.name;
    this.#lineShift = outer.lineShift;
    this.#mark(base);
    return true;
  }

  #keep(t: Lookahead): void {
    t.tok = this.tok;
    t.start = this.start;
    t.stop = this.stop;
    t.sym = this.sym;
    t.int = this.int;
    t.wide = this.wide;
    t.isWide = this.isWide;
    t.real = this.real;
    t.str = this.str;
  }

  #recall(t: Lookahead): void {
    this.tok = t.tok;
    this.start = t.start;
    this.stop = t.stop;
    this.sym = t.sym;
    this.int = t.int;
    this.wide = t.wide;
    this.isWide = t.isWide;
    this.real = t.real;
    this.str = t.str;
  }

  /** The token after this one. */
  peek(): number {
    if (!this.#ahead) {
      this.#keep(this.#current);
      this.#scan();
      this.#keep(this.#following);
      this.#recall(this.#current);
      this.#ahead = true;
    }
    return this.#following.tok;
  }

  /** Goes to the next token. */
  next(): number {
    if (this.#ahead) {
      this.#ahead = false;
      this.#recall(this.#following);
      return this.tok;
    }
    return this.#scan();
  }

  /** Where the last malformed token ended; -1: there was none. */
  faultAt = -1;

  #error(from: number, message: string, hint?: string): void {
    this.faultAt = this.#at + this.#shift;
    this.#errors.error(from + this.#shift, this.#at + this.#shift, message, { hint });
  }

  #scan(): number {
    let text = this.#text;
    let at = this.#at;
    for (;;) {
      const c = text.charCodeAt(at);
      // NaN, at the end of the text, fails every comparison.
      if (c === 32 || c === 9 || c === 10 || c === 13 || c === 11 || c === 12) {
        at++;
        continue;
      }
      if (c === 35) {
        const end = text.indexOf('\n', at);
        if (end < 0) at = text.length;
        else {
          if (text.startsWith('line', at + 1)) this.#lineComment(text.slice(at + 1, end), end + 1);
          at = end + 1;
        }
        continue;
      }
      if (at >= text.length) {
        this.start = at + this.#shift;
        this.#at = at;
        if (!this.#resume()) {
          this.stop = this.start;
          this.tok = Tok.Eof;
          return this.tok;
        }
        text = this.#text;
        at = this.#at;
        continue;
      }
      this.start = at + this.#shift;
      if (c > 255 || classes[c] === Letter) {
        this.#identifier(text, at);
        break;
      }
      if (classes[c] === Digit || (c === 46 && classes[text.charCodeAt(at + 1)] === Digit)) {
        this.#number(text, at, c);
        break;
      }
      if (c === 34) {
        this.#string(at);
        break;
      }
      if (c === 96) {
        this.#rawString(at);
        break;
      }
      if (c === 39) {
        this.#character(at);
        break;
      }
      const tok = this.#operator(text, at, c);
      if (tok !== Tok.Eof) {
        this.tok = tok;
        break;
      }
      this.#at = at + 1;
      this.#error(at, E.unknownCharacter(String.fromCharCode(c)));
      at++;
    }
    this.stop = this.#at + this.#shift;
    return this.tok;
  }

  /** `#line 12 "name"`: what follows came from elsewhere. */
  #lineComment(comment: string, next: number): void {
    const m = /^line[ \t]+(\d+)[ \t]*"([^"]*)"$/.exec(comment);
    if (m === null) return;
    const actual = this.#file.lineAt(next) + 1;
    this.#name = m[2]!;
    this.#lineShift = Number(m[1]) - actual;
    this.#mark(next + this.#shift);
  }

  #identifier(text: string, from: number): void {
    let at = from + 1;
    for (;;) {
      const c = text.charCodeAt(at);
      if (c < 256 ? classes[c] !== 0 : c >= 256) at++;
      else break;
    }
    this.#at = at;
    let name = text.slice(from, at);
    if (at - from > MaxName) name = [...name].slice(0, MaxName).join('');
    let s = this.symbols.get(name);
    if (s === undefined) {
      s = new Sym(name, Tok.Id);
      this.symbols.set(name, s);
    }
    this.sym = s;
    this.tok = s.token;
  }

  #number(text: string, from: number, first: number): void {
    let at = from + 1;
    this.isWide = false;
    const isDigit = (c: number): boolean => classes[c] === Digit;
    let real = first === 46;
    if (!real) while (isDigit(text.charCodeAt(at))) at++;
    let c = text.charCodeAt(at);
    if (!real && (c === 114 || c === 82)) {
      this.#radix(text, from, at);
      return;
    }
    if (c === 46 || real) {
      if (!real) at++;
      real = true;
      while (isDigit(text.charCodeAt(at))) at++;
      c = text.charCodeAt(at);
    }
    if (c === 101 || c === 69) {
      real = true;
      at++;
      c = text.charCodeAt(at);
      if (c === 43 || c === 45) at++;
      const digits = at;
      while (isDigit(text.charCodeAt(at))) at++;
      if (at === digits) {
        this.#at = at;
        this.#error(from, E.malformedNumber(text.slice(from, at)));
        this.tok = Tok.Int;
        this.int = 0;
        return;
      }
    }
    this.#at = at;
    if (real) {
      this.real = Number(text.slice(from, at));
      this.tok = Tok.Real;
      return;
    }
    this.tok = Tok.Int;
    if (at - from < 10) this.int = +text.slice(from, at);
    else this.#wideInt(BigInt(text.slice(from, at)));
  }

  #wideInt(v: bigint): void {
    const w = BigInt.asIntN(64, v);
    if (w > 0x7fffffffn || w < -0x7fffffffn) {
      this.isWide = true;
      this.wide = w;
      this.int = Number(BigInt.asIntN(32, w));
    } else this.int = Number(w);
  }

  /** 16r1f, 2r1011, 16r1.8; `mark` is the offset of the r. */
  #radix(text: string, from: number, mark: number): void {
    let at = mark + 1;
    while (at < text.length && (text.charCodeAt(at) > 255 || classes[text.charCodeAt(at)] !== 0)) at++;
    const whole = text.slice(mark + 1, at);
    let fraction: string | null = null;
    if (text.charCodeAt(at) === 46) {
      const dot = ++at;
      while (at < text.length && (text.charCodeAt(at) > 255 || classes[text.charCodeAt(at)] !== 0)) at++;
      fraction = text.slice(dot, at);
    }
    this.#at = at;
    this.int = 0;
    this.tok = fraction === null ? Tok.Int : Tok.Real;
    this.real = 0;
    const radix = Number(text.slice(from, mark));
    if (whole === '' && fraction === null) {
      this.#error(from, E.malformedNumber(text.slice(from, at)));
      return;
    }
    if (radix < 2 || radix > 36) {
      this.#error(from, E.badRadix(radix));
      return;
    }
    for (const digit of whole + (fraction ?? '')) {
      const v = Number.parseInt(digit, 36);
      if (!(v < radix)) {
        this.#error(from, E.badDigit(digit, radix));
        return;
      }
    }
    if (fraction !== null) {
      let v = 0;
      for (const digit of whole + fraction) v = v * radix + Number.parseInt(digit, 36);
      this.real = v / power(radix, fraction.length);
      return;
    }
    const approx = Number.parseInt(whole, radix);
    if (approx < 0x80000000) this.int = approx;
    else {
      let v = 0n;
      const r = BigInt(radix);
      for (const digit of whole) v = BigInt.asIntN(64, v * r + BigInt(Number.parseInt(digit, 36)));
      this.#wideInt(v);
    }
  }

  /** Value of the escape after a backslash at `this.#at - 1`. */
  #escape(): number {
    const text = this.#text;
    const from = this.#at - 1;
    const c = text[this.#at];
    if (c === 'u') {
      this.#at++;
      const m = /^[0-9a-fA-F]{0,4}/.exec(text.slice(this.#at, this.#at + 4))![0];
      this.#at += m.length;
      if (m.length < 4) this.#error(from, E.malformedEscape);
      return Number.parseInt(m, 16) || 0;
    }
    if (c === undefined) return -1;
    const point = text.codePointAt(this.#at)!;
    this.#at += point > 0xffff ? 2 : 1;
    const v = Object.hasOwn(escapes, c) ? escapes[c] : undefined;
    if (v !== undefined) return v;
    this.#error(from, E.unknownEscape(String.fromCodePoint(point)));
    return point;
  }

  #string(from: number): void {
    const text = this.#text;
    let at = from + 1;
    let value = '';
    this.tok = Tok.String;
    for (let run = at; ; ) {
      const c = text.charCodeAt(at);
      if (c === 34) {
        this.str = value === '' ? text.slice(run, at) : value + text.slice(run, at);
        this.#at = at + 1;
        return;
      }
      if (c === 92) {
        value += text.slice(run, at);
        this.#at = at + 1;
        const v = this.#escape();
        at = this.#at;
        run = at;
        if (v >= 0) value += String.fromCodePoint(v);
        continue;
      }
      if (c === 10 || at >= text.length) {
        this.str = value + text.slice(run, at);
        this.#at = at;
        this.#error(from, E.unterminatedString);
        return;
      }
      at++;
    }
  }

  #rawString(from: number): void {
    const end = this.#text.indexOf('`', from + 1);
    this.tok = Tok.String;
    this.#at = end < 0 ? this.#text.length : end + 1;
    this.str = this.#text.slice(from + 1, end < 0 ? undefined : end);
    if (end < 0) {
      this.faultAt = this.#at + this.#shift;
      this.#errors.error(this.start, this.start + 1, E.unterminatedRaw);
    }
  }

  #character(from: number): void {
    const text = this.#text;
    this.#at = from + 1;
    this.tok = Tok.Int;
    this.isWide = false;
    this.int = 0;
    if (this.#at >= text.length) {
      this.#error(from, E.unterminatedCharacter);
      return;
    }
    if (text.charCodeAt(this.#at) === 92) {
      this.#at++;
      this.int = Math.max(this.#escape(), 0);
    } else {
      const point = text.codePointAt(this.#at)!;
      this.#at += point > 0xffff ? 2 : 1;
      this.int = point;
    }
    if (text.charCodeAt(this.#at) === 39) this.#at++;
    else this.#error(from, E.unterminatedCharacter);
  }

  #operator(text: string, at: number, c: number): number {
    const d = text.charCodeAt(at + 1);
    const equals = d === 61;
    this.#at = at + 1;
    switch (c) {
      case 40:
        return Tok.Open;
      case 41:
        return Tok.Close;
      case 91:
        return Tok.OpenBracket;
      case 93:
        return Tok.CloseBracket;
      case 123:
        return Tok.OpenBrace;
      case 125:
        return Tok.CloseBrace;
      case 44:
        return Tok.Comma;
      case 59:
        return Tok.Semicolon;
      case 126:
        return Tok.Tilde;
      case 46:
        return Tok.Dot;
      case 58:
        if (d === 58) return this.#two(Tok.Cons);
        if (equals) return this.#two(Tok.Declare);
        return Tok.Colon;
      case 124:
        if (equals) return this.#two(Tok.OrAssign);
        if (d === 124) return this.#two(Tok.OrOr);
        return Tok.Or;
      case 38:
        if (equals) return this.#two(Tok.AndAssign);
        if (d === 38) return this.#two(Tok.AndAnd);
        return Tok.And;
      case 94:
        return equals ? this.#two(Tok.XorAssign) : Tok.Xor;
      case 42:
        if (equals) return this.#two(Tok.MulAssign);
        if (d === 42) return this.#three(text, Tok.Power, Tok.ExpAssign);
        return Tok.Star;
      case 47:
        return equals ? this.#two(Tok.DivAssign) : Tok.Slash;
      case 37:
        return equals ? this.#two(Tok.ModAssign) : Tok.Percent;
      case 61:
        if (equals) return this.#two(Tok.Eq);
        if (d === 62) return this.#two(Tok.Labels);
        return Tok.Assign;
      case 33:
        return equals ? this.#two(Tok.Neq) : Tok.Not;
      case 62:
        if (equals) return this.#two(Tok.Geq);
        if (d === 62) return this.#three(text, Tok.Rsh, Tok.RshAssign);
        return Tok.Gt;
      case 60:
        if (equals) return this.#two(Tok.Leq);
        if (d === 45) return this.#two(Tok.Comm);
        if (d === 60) return this.#three(text, Tok.Lsh, Tok.LshAssign);
        return Tok.Lt;
      case 43:
        if (equals) return this.#two(Tok.AddAssign);
        if (d === 43) return this.#two(Tok.Inc);
        return Tok.Plus;
      case 45:
        if (equals) return this.#two(Tok.SubAssign);
        if (d === 45) return this.#two(Tok.Dec);
        if (d === 62) return this.#two(Tok.Arrow);
        return Tok.Minus;
      default:
        return Tok.Eof;
    }
  }

  #two(tok: number): number {
    this.#at++;
    return tok;
  }

  /** An operator of two characters, or of three with '='. */
  #three(text: string, two: number, three: number): number {
    this.#at++;
    if (text.charCodeAt(this.#at) !== 61) return two;
    this.#at++;
    return three;
  }
}

/** `x ** n` for n >= 0, by squaring. */
export function power(x: number, n: number): number {
  let r = 1;
  for (let e = n, b = x; e > 0; e = Math.floor(e / 2), b *= b) if (e % 2 === 1) r *= b;
  return r;
}

/** A token that was read ahead. */
export interface Lookahead {
  tok: number;
  start: number;
  stop: number;
  sym: Sym;
  int: number;
  wide: bigint;
  isWide: boolean;
  real: number;
  str: string;
}
