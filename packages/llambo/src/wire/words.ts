/** Attributes as text: `name=value`, a value in quotes as rc(1) has them: `'it''s'`. */
import { badRequest } from './errors.ts';

const NEWLINE = 10;
const QUOTE = 39;

const isBlank = (c: number): boolean => c === 32 || c === 9 || c === 13;

/** `value`, in quotes when a reader of attributes would not take it as one word. */
export function quote(value: string): string {
  return value === '' || /[ \t\r\n']/.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
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
    this.at = at + 1;
    return [name, this.#value(name)];
  }

  #value(name: string): string {
    const { text } = this;
    let value = '';
    let from = this.at;
    for (;;) {
      let at = from;
      let c = text.charCodeAt(at);
      while (at < text.length && c !== QUOTE && c !== NEWLINE && !isBlank(c)) c = text.charCodeAt(++at);
      value += text.slice(from, at);
      this.at = at;
      if (at >= text.length || c !== QUOTE) return value;
      from = at + 1;
      for (;;) {
        const end = text.indexOf("'", from);
        if (end < 0) throw badRequest(`${name}: quote is not closed`);
        value += text.slice(from, end);
        from = end + 1;
        if (text.charCodeAt(from) !== QUOTE) break;
        value += "'";
        from++;
      }
    }
  }
}

function isNameChar(c: number): boolean {
  return (c >= 97 && c <= 122) || c === 95 || (c >= 48 && c <= 57);
}

/** A value in an error message: in quotes, cut where it is long. */
export function shown(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value);
}
