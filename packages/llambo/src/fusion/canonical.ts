/** When two answers are the same answer: each is brought into one form, its key, and keys are compared. */
import type { AnswerKind } from './types.ts';

export interface Canonical {
  readonly key: string;
  /** Index of the option, for choices. */
  readonly option?: number;
}

/** The key of an answer; undefined when the text holds no answer of that kind. */
export function canonical(
  text: string,
  kind: AnswerKind,
  options: readonly string[] = [],
): Canonical | undefined {
  switch (kind) {
    case 'choice': {
      const option = choiceOf(text, options);
      return option === undefined ? undefined : { key: String(option), option };
    }
    case 'number': {
      const key = numberOf(text);
      return key === undefined ? undefined : { key };
    }
    case 'json': {
      const value = jsonOf(text);
      return value === undefined ? undefined : { key: sortedJson(value) };
    }
    case 'short': {
      const key = shortOf(text);
      return key === '' ? undefined : { key };
    }
    case 'text': {
      const key = text.trim().replace(/\s+/g, ' ');
      return key === '' ? undefined : { key };
    }
  }
}

/** What stands behind the last announcement of an answer, as models like to write; undefined without one. */
function announced(text: string): string | undefined {
  let found: string | undefined;
  const announcement =
    /(?:####|\\boxed\{|\b(?:final )?answer\b(?:\s+is)?\s*[:=]?|\bresult\b(?:\s+is)?\s*[:=])/gi;
  for (const match of text.matchAll(announcement)) found = text.slice(match.index + match[0].length);
  return found;
}

/** A sign between two numbers is no sign of the second. */
const NUMBER = /(?:(?<![\d)])[-+−])?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*\/\s*\d+)?|\.\d+)/g;

/** The number that an answer comes to: behind its announcement the first, otherwise the last. */
export function numberOf(text: string): string | undefined {
  const behind = announced(text)?.match(NUMBER)?.[0];
  const found = behind ?? text.match(NUMBER)?.at(-1);
  if (found === undefined) return undefined;
  const plain = found.replace(/[,\s]/g, '').replace('−', '-').replace(/^\+/, '');
  const [top, bottom] = plain.split('/').map(Number) as [number, number | undefined];
  const value = bottom === undefined ? top : top / bottom;
  return Number.isFinite(value) ? String(Number(value.toPrecision(12)) + 0) : undefined;
}

/** A letter that stands alone, a number of an option, or an option's own words; the last one announced counts. */
function choiceOf(text: string, options: readonly string[]): number | undefined {
  for (const part of [announced(text), text]) {
    if (part === undefined) continue;
    const letter = /^\W*(?:option\s+)?([A-Z])(?![A-Za-z'’])/i.exec(part)?.[1]?.toUpperCase();
    const whole = shortOf(part);
    const same = options.findIndex((option) => shortOf(option) === whole);
    if (same >= 0) return same;
    const place = letter === undefined ? -1 : letter.charCodeAt(0) - 65;
    if (place >= 0 && place < options.length && !/^\W*A\s+[a-z]/.test(part)) return place;
    const named = options
      .map((option, at) => ({
        at,
        found: ` ${whole} `.indexOf(` ${shortOf(option)} `),
        length: option.length,
      }))
      .filter(({ found }) => found >= 0)
      .sort((a, b) => b.length - a.length || a.found - b.found);
    if (named[0] !== undefined) return named[0].at;
  }
  return undefined;
}

/** The first JSON value in a text, fences and words around it or not. */
export function jsonOf(text: string): unknown {
  const body = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1] ?? text;
  const starts = [body.search(/\S/), body.indexOf('{'), body.indexOf('[')].filter((at) => at >= 0);
  for (const start of starts) {
    for (let end = body.length; end > start; ) {
      try {
        return JSON.parse(body.slice(start, end)) as unknown;
      } catch {
        // The last bracket before this one; `lastIndexOf` takes a negative place for 0.
        const before = end - 2;
        end = before < 0 ? 0 : Math.max(body.lastIndexOf('}', before), body.lastIndexOf(']', before)) + 1;
      }
    }
  }
  return undefined;
}

/** JSON with its members in order and no blanks: equal values give equal texts. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`).join(',')}}`;
}

/** A short answer without what does not matter: case, marks, articles, an announcement, anything after its first line. */
export function shortOf(text: string): string {
  const answer = announced(text) ?? text;
  const line = answer.split('\n').find((candidate) => /[\p{L}\p{N}]/u.test(candidate)) ?? '';
  return line
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.%$€-]+/gu, ' ')
    .replace(/(^|\s)(?:the|a|an)(?=\s)/g, ' ')
    .replace(/[.\s]+$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
