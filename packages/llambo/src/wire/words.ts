/** Attributes as text: `name=value`, a value in quotes as rc(1) has them: `'it''s'`. */
import { badRequest } from './errors.ts';

const NEWLINE = 10;
const QUOTE = 39;

const isBlank = (c: number): boolean => c === 32 || c === 9 || c === 13;

/** `value`, in quotes when a reader of attributes would not take it as one word. */
export function quote(value: string): string {
  return value === '' || /[ \t\r\n']/.test(value) ? `'${doubled(value)}'` : value;
}

/** Characters that are worth a loop: pieces of strings in the millions would take seconds to put together. */
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/** Replacing by the language's own means is fast where there is little to replace. */
const FEW = 1000;

function doubled(text: string): string {
  let quotes = 0;
  for (let at = text.indexOf("'"); at >= 0 && quotes <= FEW; at = text.indexOf("'", at + 1)) quotes++;
  if (quotes <= FEW) return text.replaceAll("'", "''");
  const out = new Uint16Array(text.length * 2);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    out[length++] = c;
    if (c === QUOTE) out[length++] = c;
  }
  return utf16.decode(out.subarray(0, length));
}

/** The text of a word from `from` to `to`, without its quotes. */
function unquoted(text: string, from: number, to: number): string {
  if (to - from <= FEW) {
    let out = '';
    let start = from;
    let inside = false;
    for (let at = from; at < to; at++) {
      if (text.charCodeAt(at) !== QUOTE) continue;
      const literal = inside && at + 1 < to && text.charCodeAt(at + 1) === QUOTE;
      out += text.slice(start, literal ? ++at : at);
      start = at + 1;
      if (!literal) inside = !inside;
    }
    return out + text.slice(start, to);
  }
  const codes = new Uint16Array(to - from);
  let length = 0;
  let inside = false;
  for (let at = from; at < to; at++) {
    const c = text.charCodeAt(at);
    if (c !== QUOTE) codes[length++] = c;
    else if (inside && at + 1 < to && text.charCodeAt(at + 1) === QUOTE)
      codes[length++] = text.charCodeAt(at++);
    else inside = !inside;
  }
  return utf16.decode(codes.subarray(0, length));
}

/** Reads `name=value` words up to the first empty line or the end. */
export class AttributeReader {
  readonly text: string;
  /** Where it stands; after the last attribute, where the rest begins: behind the empty line. */
  at = 0;
  /** Whether an empty line ended the attributes. */
  rest = false;

  constructor(text: string) {
    this.text = text;
  }

  /** The next attribute, or undefined after the last. @throws LlamaError `bad-request` */
  next(): readonly [name: string, value: string] | undefined {
    const { text } = this;
    let newlines = this.at === 0 ? 1 : 0;
    for (; this.at < text.length; this.at++) {
      const c = text.charCodeAt(this.at);
      if (c === NEWLINE) {
        if (++newlines < 2) continue;
        this.at++;
        this.rest = true;
        return undefined;
      }
      if (!isBlank(c)) break;
    }
    if (this.at >= text.length) return undefined;
    const start = this.at;
    let at = start;
    while (at < text.length && isNameChar(text.charCodeAt(at))) at++;
    if (at === start || text[at] !== '=') {
      const word = /^[^ \t\r\n]*/.exec(text.slice(start, start + 100))?.[0] ?? '';
      throw badRequest(
        `${shown(word)} is no attribute: expected name=value, or an empty line before the prompt`,
      );
    }
    const name = text.slice(start, at);
    return [name, this.#value(name, at + 1)];
  }

  #value(name: string, from: number): string {
    const { text } = this;
    let inside = false;
    let quotes = 0;
    let at = from;
    for (; at < text.length; at++) {
      const c = text.charCodeAt(at);
      if (c === QUOTE) {
        inside = !inside;
        quotes++;
      } else if (!inside && (c === NEWLINE || isBlank(c))) break;
    }
    if (inside) throw badRequest(`${name}: quote is not closed`);
    this.at = at;
    if (quotes === 0) return text.slice(from, at);
    if (quotes === 2 && text.charCodeAt(from) === QUOTE && text.charCodeAt(at - 1) === QUOTE)
      return text.slice(from + 1, at - 1);
    return unquoted(text, from, at);
  }
}

function isNameChar(c: number): boolean {
  return (c >= 97 && c <= 122) || c === 95 || (c >= 48 && c <= 57);
}

/** A value in an error message: in quotes, cut where it is long. */
export function shown(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value);
}
