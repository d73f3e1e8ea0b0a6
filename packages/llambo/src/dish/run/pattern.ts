/** Patterns: `*` any characters, `?` one, `[a-z]` one of these, `[~a-z]` one that is none of these. */

const SPECIAL = /[*?[\\]/;

/** A pattern that matches `text` and nothing else. */
export function literalPattern(text: string): string {
  return text.replace(/[*?[\\]/g, '\\$&');
}

export function hasPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** The text that a pattern without specials matches; undefined when it has some. */
export function plainText(pattern: string): string | undefined {
  if (!SPECIAL.test(pattern)) return pattern;
  if (/(?<!\\)(?:\\\\)*[*?[]/.test(pattern)) return undefined;
  return pattern.replace(/\\(.)/gs, '$1');
}

/** Whether the whole of `text` is matched. Takes at most pattern times text steps. */
export function matches(pattern: string, text: string): boolean {
  const p = Array.from(pattern);
  const t = Array.from(text);
  let at = 0;
  let star = -1;
  let mark = 0;
  for (let i = 0; i < t.length; ) {
    const next = p[at] === '*' ? -1 : one(p, at, t[i] as string);
    if (p[at] === '*') {
      star = at++;
      mark = i;
    } else if (next > 0) {
      at = next;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++mark;
    } else return false;
  }
  while (p[at] === '*') at++;
  return at === p.length;
}

/** Where the pattern goes on when its element at `at` matches `char`; -1 when it does not. */
function one(p: readonly string[], at: number, char: string): number {
  const first = p[at];
  if (first === undefined) return -1;
  if (first === '?') return at + 1;
  if (first === '\\') return p[at + 1] === char ? at + 2 : -1;
  if (first !== '[') return first === char ? at + 1 : -1;
  const negated = p[at + 1] === '~' || p[at + 1] === '^';
  let i = at + (negated ? 2 : 1);
  let found = false;
  for (let first = true; i < p.length && (first || p[i] !== ']'); first = false) {
    const low = p[i] === '\\' ? (p[++i] as string) : (p[i] as string);
    i++;
    if (low === undefined) break;
    if (p[i] === '-' && p[i + 1] !== undefined && p[i + 1] !== ']') {
      const high = p[i + 1] as string;
      i += 2;
      if (low <= char && char <= high) found = true;
    } else if (low === char) found = true;
  }
  if (p[i] !== ']') return char === '[' ? at + 1 : -1; // no end: the bracket itself
  return found === negated ? -1 : i + 1;
}
