/** Words of the text form: bare, 'quoted' as rc(1) does, or "escaped" as JSON does when there are control characters. */
import { StyxError } from '../errors.ts';

const BARE = /^[^\s'"()[\]]+$/u;
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function quote(text: string): string {
  if (CONTROL.test(text) || /\p{Surrogate}/u.test(text))
    return JSON.stringify(text).replace(/[\x7f-\x9f]/g, escape4);
  if (BARE.test(text) && !text.startsWith('hex:')) return text;
  return `'${text.replaceAll("'", "''")}'`;
}

function escape4(c: string): string {
  return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Bytes as a word: text where they are, `hex:...` elsewhere. */
export function quoteBytes(bytes: Uint8Array): string {
  try {
    const text = strict.decode(bytes);
    if (text === '') return "''";
    if (!/[\x00-\x08\x0e-\x1f\x7f-\x9f]/.test(text)) return quote(text);
  } catch {
    // Not text.
  }
  return `hex:${toHex(bytes)}`;
}

function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const b of bytes) out += b.toString(16).padStart(2, '0');
  return out;
}

/** One word, bracket or parenthesis of the text form. */
export interface Token {
  readonly text: string;
  /** It was quoted: then it is never a bracket, a number or hex. */
  readonly quoted: boolean;
}

export function unquoteBytes(t: Token): Uint8Array {
  if (t.quoted || !t.text.startsWith('hex:')) return encoder.encode(t.text);
  const digits = t.text.slice(4);
  if (!/^([0-9a-fA-F]{2})*$/.test(digits)) throw new StyxError(`bad hex: ${t.text}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

const TOKEN = /\s*(?:([()[\]])|'((?:[^']|'')*)'|("(?:[^"\\]|\\.)*")|([^\s'"()[\]]+))/uy;

/** The words of a line. Throws when a quote is not closed. */
export function tokenize(line: string): Token[] {
  const out: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  const end = line.trimEnd().length;
  while (at < end) {
    TOKEN.lastIndex = at;
    const m = TOKEN.exec(line);
    if (m === null) throw new StyxError(`bad quoting: ${line.slice(at).trim()}`);
    at = TOKEN.lastIndex;
    const [, mark, single, double, bare] = m;
    if (mark !== undefined) out.push({ text: mark, quoted: false });
    else if (single !== undefined) out.push({ text: single.replaceAll("''", "'"), quoted: true });
    else if (double !== undefined) out.push({ text: parseEscapes(double), quoted: true });
    else if (bare !== undefined) out.push({ text: bare, quoted: false });
  }
  return out;
}

function parseEscapes(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch (cause) {
    throw new StyxError(`bad quoting: ${text}`, { cause });
  }
}
