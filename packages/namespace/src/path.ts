/** File names: cleaning, splitting and joining, as the kernel does them, sys-intro(2). */
import { StyxError } from '@llambo/styx';
import { Ebadchar, Eempty, Elongname } from './errors.ts';

/**
 * The shortest name for the same file, by the name alone: no empty elements, no `.`, no `x/..`, and no `..` at the root.
 * The empty name becomes `.`; a leading `#x` device name stays whole.
 */
export function cleanname(name: string): string {
  if (name[0] === '#') {
    const slash = name.indexOf('/', 2);
    if (slash < 0) return name;
    const rest = cleanname(name.slice(slash));
    return rest === '/' && name[1] !== '/' ? name.slice(0, slash) : name.slice(0, slash) + rest;
  }
  const rooted = name[0] === '/';
  const out: string[] = [];
  for (const element of name.split('/')) {
    if (element === '' || element === '.') continue;
    if (element !== '..') out.push(element);
    else if (out.length > 0 && out[out.length - 1] !== '..') out.pop();
    else if (!rooted) out.push('..');
  }
  return rooted ? `/${out.join('/')}` : out.join('/') || '.';
}

/** `name` with one element more; `.` adds nothing, and `..` takes the last one away. */
export function addElement(name: string, element: string): string {
  if (element === '.') return name;
  const joined = name === '' || name.endsWith('/') ? name + element : `${name}/${element}`;
  return element === '..' ? cleanname(joined) : joined;
}

export interface Elements {
  readonly names: string[];
  /** Where in the text each element ends; `ends[0]` is where the first one starts. */
  readonly ends: number[];
  /** The text ends in `/` or `/.`, so that it names a directory or nothing. */
  readonly directory: boolean;
}

/** The elements of `text` without the empty ones and `.`; `..` stays. */
export function elements(text: string, from: number = 0): Elements {
  const names: string[] = [];
  let at = skipSlashes(text, from);
  const ends = [at];
  while (at < text.length) {
    let end = text.indexOf('/', at);
    if (end < 0) end = text.length;
    names.push(text.slice(at, end));
    ends.push(end);
    if (end === text.length) return { names, ends, directory: false };
    at = skipSlashes(text, end + 1);
  }
  return { names, ends, directory: true };
}

function skipSlashes(text: string, at: number): number {
  while (text[at] === '/' || (text[at] === '.' && (at + 1 === text.length || text[at + 1] === '/'))) at++;
  return at;
}

/** Throws unless `name` can be a file name: not empty, shorter than 65,536 bytes, no control characters. */
export function checkName(name: string): void {
  if (name === '') throw new StyxError(Eempty);
  if (name.length >= 0x10000 / 3 && new TextEncoder().encode(name).length >= 0x10000) {
    throw new StyxError(Elongname);
  }
  if (/[\x00-\x1f\x7f]/.test(name)) throw new StyxError(`${Ebadchar}: ${quoteIfNeeded(name)}`);
}

/** In single quotes, with quotes inside doubled, as %#q prints. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** In single quotes when it would not read back as one word, as %q prints. */
export function quoteIfNeeded(text: string): string {
  return text === '' || /[\s'=#$]/.test(text) ? quote(text) : text;
}
