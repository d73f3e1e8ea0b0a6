/**
 * The print verbs of Sys, sys-print(2). What programs expect is what the original's C library does, to the byte, so its
 * quirks are kept: `%x` of a negative number is `-1`, `%g` of a tenth is `.1`, `%5q` counts bytes when it quotes.
 */

import { DisError, eHeap } from '../errors.ts';
import { type Decimal, fixed, notFinite, realText, shortest, significant } from './decimal.ts';

/** Where arguments come from, in order; each call takes the next one. */
export interface Arguments {
  word(): number;
  big(): bigint;
  real(): number;
  string(): string;
  /** `%H`, for debugging: references and type of an object. */
  object(): { references: number; type: number };
  /** `%r`. */
  readonly errstr: string;
}

interface Spec {
  left: boolean;
  sign: boolean;
  space: boolean;
  sharp: boolean;
  zero: boolean;
  comma: boolean;
  unsigned: boolean;
  short: boolean;
  byte: boolean;
  long: number;
  width: number | undefined;
  precision: number | undefined;
  verb: string;
  /** No flags, no width, no precision. */
  isPlain: boolean;
  /** After an unknown flag: what is printed in the place of the value. */
  bad: string | undefined;
}

/** A C string ends at its first NUL. */
function cstring(s: string): string {
  const end = s.indexOf('\0');
  return end < 0 ? s : s.slice(0, end);
}

/** Reads what stands between % and the end of the verb, which is the last character. */
function parse(text: string): Spec {
  const s: Spec = {
    left: false,
    sign: false,
    space: false,
    sharp: false,
    zero: false,
    comma: false,
    unsigned: false,
    short: false,
    byte: false,
    long: 0,
    width: undefined,
    precision: undefined,
    verb: '',
    isPlain: false,
    bad: undefined,
  };
  const chars = Array.from(text);
  s.verb = chars[chars.length - 1]!;
  s.isPlain = chars.length === 1;
  const number = (n: number): void => {
    if (s.width === undefined) s.width = n;
    else s.precision = n;
  };
  for (let i = 0; i < chars.length - 1; i++) {
    const c = chars[i]!;
    if (c === '0' && s.width === undefined) s.zero = true;
    else if (c >= '0' && c <= '9') {
      let n = 0;
      for (; chars[i]! >= '0' && chars[i]! <= '9'; i++) n = Math.min(n * 10 + Number(chars[i]), 0x7fffffff);
      i--;
      number(n);
    } else if (c === '.') {
      s.width ??= 0;
      s.precision ??= 0;
    } else if (c === '-') s.left = true;
    else if (c === '+') s.sign = true;
    else if (c === ' ') s.space = true;
    else if (c === '#') s.sharp = true;
    else if (c === ',') s.comma = true;
    else if (c === 'u') s.unsigned = true;
    else if (c === 'l') s.long++;
    else if (c === 'h') {
      if (s.short) s.byte = true;
      s.short = true;
    } else {
      s.bad = `%${c}%${chars.slice(i + 1).join('')}`;
      return s;
    }
  }
  return s;
}

/** Longest field that a number's leading zeros are made for. */
const digitsMax = 66;
/** Longest field at all: a program that asks for more gets this. */
const widthMax = 1 << 20;

function pad(s: Spec, text: string, length: number = text.length): string {
  const blank = ' '.repeat(Math.min(Math.max(0, (s.width ?? 0) - length), widthMax));
  return s.left ? text + blank : blank + text;
}

function integer(s: Spec, value: bigint, bits: number): string {
  let v = value;
  if (s.unsigned) v = BigInt.asUintN(bits, v);
  const negative = v < 0n;
  const base = s.verb === 'd' ? 10 : s.verb === 'o' ? 8 : 16;
  let digits = (negative ? -v : v).toString(base);
  if (s.verb === 'X') digits = digits.toUpperCase();
  if (s.comma && digits !== '0') digits = digits.replace(/\B(?=(?:[0-9a-fA-F]{3})+$)/g, ',');
  digits = digits.padStart(Math.min(s.precision ?? 0, digitsMax), '0');
  const sign = negative ? '-' : s.sign ? '+' : s.space ? ' ' : '';
  const prefix = !s.sharp || base === 10 ? '' : base === 16 ? `0${s.verb}` : digits[0] === '0' ? '' : '0';
  if (s.zero && !s.left) {
    const room = Math.min((s.width ?? 0) - sign.length - prefix.length, digitsMax);
    return sign + prefix + digits.padStart(room, '0');
  }
  return pad(s, sign + prefix + digits);
}

/** `%s`, `%c`: precision and width count characters. */
function text(s: Spec, value: string): string {
  const chars = Array.from(value);
  const some = s.precision === undefined ? chars : chars.slice(0, s.precision);
  return pad(s, some.join(''), some.length);
}

const encoder = new TextEncoder();

/** `%q`: quoted as rc(1) and sh(1) do, when it is empty or holds blanks, control characters or quotes. */
function quoted(s: Spec, value: string): string {
  const bare = { ...s, precision: undefined };
  if (value !== '' && !s.sharp && !/[\x00-\x20']/.test(value)) return text(bare, value);
  const out = `'${value.replaceAll("'", "''")}'`;
  return pad(bare, out, encoder.encode(out).length);
}

/** Digits after the point that are made at most. */
const placesMax = 20;
const defaultPlaces = 6;

function real(s: Spec, x: number): string {
  const isG = s.verb === 'g' || s.verb === 'G';
  const e = s.verb === 'E' || s.verb === 'G' ? 'E' : 'e';
  if (isG && s.width === undefined) return realText(x, e);
  const special = notFinite(x);
  if (special !== undefined) return pad(s, signed(s, special.startsWith('-'), special.replace('-', '')));
  let places = Math.min(s.precision ?? defaultPlaces, placesMax);
  let d: Decimal;
  let isFixed = s.verb === 'f';
  if (isFixed) d = fixed(x, places);
  else if (!isG) d = significant(x, places + 1);
  else {
    if (places > 0) d = significant(x, places);
    else {
      d = shortest(x);
      places = d.digits.length;
      if (d.point > places && d.point <= places + 4) places = d.point;
    }
    isFixed = d.point >= -3 && d.point <= places;
    places -= isFixed ? d.point : 1;
    if (!s.sharp)
      places = Math.min(places, isFixed ? Math.max(d.digits.length - d.point, 0) : d.digits.length - 1);
  }
  const body = isFixed ? fixedBody(d, places, s.sharp) : scientificBody(d, places, s.sharp, e);
  return pad(s, signed(s, d.negative, body));
}

function signed(s: Spec, negative: boolean, body: string): string {
  return (negative ? '-' : s.sign ? '+' : s.space ? ' ' : '') + body;
}

function fixedBody({ digits, point }: Decimal, places: number, sharp: boolean): string {
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const fraction = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const dot = places > 0 || sharp ? '.' : '';
  return whole + dot + fraction.slice(0, Math.max(0, places)).padEnd(places, '0');
}

function scientificBody({ digits, point }: Decimal, places: number, sharp: boolean, e: string): string {
  const power = String(Math.abs(point - 1)).padStart(2, '0');
  const dot = places > 0 || sharp ? '.' : '';
  return `${digits[0]}${dot}${digits.slice(1).slice(0, places).padEnd(places, '0')}${e}${point <= 0 ? '-' : '+'}${power}`;
}

function character(code: number): string {
  const isSurrogate = code >= 0xd800 && code < 0xe000;
  return code < 0 || code > 0x10ffff || isSurrogate ? '\ufffd' : String.fromCodePoint(code);
}

function word(s: Spec, v: number): bigint {
  if (s.byte) return BigInt(s.unsigned ? v & 0xff : (v << 24) >> 24);
  if (s.short) return BigInt(s.unsigned ? v & 0xffff : (v << 16) >> 16);
  return BigInt(s.unsigned ? v >>> 0 : v);
}

function value(s: Spec, isBig: boolean, args: Arguments): string {
  // The most frequent ones first.
  if (s.isPlain && !isBig) {
    if (s.verb === 'd') return String(args.word());
    if (s.verb === 's') return cstring(args.string());
  }
  const result = ((): string => {
    switch (s.verb) {
      case 's':
        return text(s, cstring(args.string()));
      case 'q':
        return quoted(s, cstring(args.string()));
      case 'e':
      case 'E':
      case 'f':
      case 'g':
      case 'G':
        return real(s, args.real());
      case 'c':
        if (isBig) return text({ ...s, precision: 1 }, String.fromCharCode(Number(args.big() & 0xffn)));
        return text(s, character(args.word()));
      default:
        return isBig ? integer(s, args.big(), 64) : integer(s, word(s, args.word()), 32);
    }
  })();
  return s.bad ?? result;
}

/** Text as it is; or a verb with what stands before it, parsed already unless a * is among that. */
type Piece = string | { readonly text: string; readonly spec: Spec | undefined; readonly isBig: boolean };

function compile(format: string): Piece[] {
  const pieces: Piece[] = [];
  const chars = Array.from(format);
  let literal = '';
  const verb = (text: string, isBig: boolean): void => {
    if (literal !== '') pieces.push(literal);
    literal = '';
    pieces.push({ text, spec: text.includes('*') ? undefined : parse(text), isBig });
  };
  for (let i = 0; i < chars.length; i++) {
    if (chars[i] !== '%') {
      literal += chars[i];
      continue;
    }
    let spec = '';
    let isBig = false;
    for (i++; i < chars.length; i++) {
      const c = chars[i]!;
      if (c === '%') {
        // Stars before it take their arguments, and that is all.
        if (spec.includes('*')) verb(`${spec}%`, false);
        else literal += '%';
        break;
      }
      if (c === 'b') isBig = true;
      else spec += c;
      if (c !== 'b' && 'sqeEfgGdoxXcrH'.includes(c)) {
        verb(spec, isBig);
        break;
      }
    }
  }
  if (literal !== '') pieces.push(literal);
  return pieces;
}

/** Formats that were used lately: programs have few, and use them often. */
const compiled = new Map<string, Piece[]>();
const compiledMost = 512;
const longest = 200;

function pieces(format: string): Piece[] {
  let found = compiled.get(format);
  if (found === undefined) {
    found = compile(format);
    if (format.length > longest) return found;
    if (compiled.size >= compiledMost) compiled.clear();
    compiled.set(format, found);
  }
  return found;
}

/** Characters that are made at most: a few bytes of format can ask for any number of blanks. */
const most = 1 << 24;

/**
 * Formats `format` with `args`. A verb that the format breaks off in the middle of prints nothing. Raises the exception
 * of a heap that has run out when the result grows out of all bounds.
 */
export function format(format: string, args: Arguments): string {
  if (!format.includes('%')) return format;
  let out = '';
  for (const piece of pieces(format)) {
    if (typeof piece === 'string') {
      out += piece;
      continue;
    }
    const spec = piece.spec ?? parse(piece.text.replace(/\*/g, () => String(args.word())));
    if (spec.verb === 'r') out += args.errstr;
    else if (spec.verb === '%') out += '%';
    else if (spec.verb === 'H') {
      const { references, type } = args.object();
      out += `${references}.${(type >>> 0).toString(16).padStart(8, '0')}`;
    } else out += value(spec, piece.isBig, args);
    if (out.length > most) throw new DisError(eHeap);
  }
  return out;
}
