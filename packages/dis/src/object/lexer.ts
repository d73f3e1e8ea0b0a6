import { ObjectError } from './errors.ts';

/** Tokens of the assembler. `text` of a string token is not used: its bytes are in `bytes`. */
export interface Token {
  readonly kind: 'name' | 'integer' | 'real' | 'string' | 'mark' | 'newline' | 'end';
  readonly text: string;
  readonly line: number;
  readonly integer: bigint;
  readonly real: number;
  readonly bytes: Uint8Array;
}

const none = new Uint8Array();
const encoder = new TextEncoder();
const named: Readonly<Record<string, number>> = {
  z: 0,
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
};

/** The bytes of a quoted string without its quotes; \xHH is one byte, all else is UTF-8. */
function unquote(text: string): Uint8Array {
  const parts = text.split(/\\(x[0-9A-Fa-f]{2}|\d+|.)/su);
  const bytes: number[] = [];
  parts.forEach((part, i) => {
    if (i % 2 === 0) bytes.push(...encoder.encode(part));
    else if (/^x..$/.test(part)) bytes.push(Number.parseInt(part.slice(1), 16));
    else if (/^\d/.test(part)) bytes.push(...encoder.encode(String.fromCodePoint(Number(part) % 0x110000)));
    else bytes.push(...encoder.encode(part in named ? String.fromCharCode(named[part]!) : part));
  });
  return new Uint8Array(bytes);
}

// Names may hold / and $, as those of other languages' classes do; @mp and @ldt are names.
const token =
  /([ \t\r]+|#[^\n]*)|(\n)|(0[xX][0-9A-Fa-f]+)|((?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?)|(\d+)|([A-Za-z_@\u0080-\uffff][\w./$@\u0080-\uffff]*)|"((?:[^"\\\n]|\\[^\n])*)"|'(\\?[^\n])'|([-+*/%&|^~<>(),:$])/uy;

/** Splits assembler text into tokens; the last is `end`. Throws ObjectError with the line's number. */
export function tokens(text: string): Token[] {
  const all: Token[] = [];
  let line = 1;
  const push = (kind: Token['kind'], text: string, more: Partial<Token> = {}): void => {
    all.push({ kind, text, line, integer: 0n, real: 0, bytes: none, ...more });
  };
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const m = token.exec(text);
    if (m === null) throw new ObjectError(`cannot read ${JSON.stringify(text[at])}`, `line ${line}`);
    const [whole, blank, newline, hex, real, decimal, name, quoted, char] = m;
    if (blank !== undefined) continue;
    if (newline !== undefined) {
      push('newline', '\n');
      line++;
    } else if (hex !== undefined || decimal !== undefined) push('integer', whole, { integer: BigInt(whole) });
    else if (real !== undefined) push('real', whole, { real: Number(whole) });
    else if (name !== undefined) push('name', name);
    else if (quoted !== undefined) push('string', whole, { bytes: unquote(quoted) });
    else if (char !== undefined) {
      const code = new TextDecoder().decode(unquote(char)).codePointAt(0) ?? 0;
      push('integer', whole, { integer: BigInt(code) });
    } else push('mark', whole);
  }
  push('newline', '\n');
  push('end', 'end of text');
  return all;
}
