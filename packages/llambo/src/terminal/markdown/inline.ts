/** Emphasis, code, links: from the text of a paragraph to pieces with styles. */
import type { StyleName } from '../style.ts';

export interface Span {
  /** `\n` is a hard line break. */
  readonly text: string;
  readonly styles: readonly StyleName[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  copy: '©',
};

const DELIMITERS: readonly (readonly [delimiter: string, style: readonly StyleName[]])[] = [
  ['***', ['bold', 'italic']],
  ['___', ['bold', 'italic']],
  ['**', ['bold']],
  ['__', ['bold']],
  ['*', ['italic']],
  ['_', ['italic']],
  ['~~', ['strike']],
];

export interface InlineOptions {
  /** Marks stay where styles can't be shown: `code` keeps its backquotes. */
  readonly marks: boolean;
}

export function parseInline(text: string, options: InlineOptions): Span[] {
  return new InlineParser(options).parse(text, []);
}

class InlineParser {
  readonly #marks: boolean;

  constructor({ marks }: InlineOptions) {
    this.#marks = marks;
  }

  parse(text: string, styles: readonly StyleName[]): Span[] {
    const spans: Span[] = [];
    /** Delimiters that are not closed any more: no need to look again. */
    const open = new Set<string>();
    let plain = '';
    const flush = (): void => {
      if (plain !== '') spans.push({ text: plain, styles });
      plain = '';
    };
    for (let at = 0; at < text.length; ) {
      const special = this.#special(text, at, styles, open);
      if (special === undefined) {
        plain += text[at++];
        continue;
      }
      if (typeof special.put === 'string') plain += special.put;
      else {
        flush();
        spans.push(...special.put);
      }
      at = special.end;
    }
    flush();
    return spans;
  }

  #special(
    text: string,
    at: number,
    styles: readonly StyleName[],
    open: Set<string>,
  ): { put: string | Span[]; end: number } | undefined {
    const char = text[at] as string;
    switch (char) {
      case '\\': {
        const next = text[at + 1];
        if (next === '\n') return { put: '\n', end: at + 2 };
        return next !== undefined && /[!-/:-@[-`{-~]/.test(next) ? { put: next, end: at + 2 } : undefined;
      }
      case '\n':
        return { put: / {2}$/.test(text.slice(0, at)) ? '\n' : ' ', end: at + 1 };
      case '`':
        return this.#code(text, at, styles, open);
      case '*':
      case '_':
      case '~':
        return this.#emphasis(text, at, styles, open);
      case '!':
      case '[':
        return this.#link(text, at, styles);
      case '<': {
        const found = /^<((?:https?|mailto):[^\s<>]*)>/.exec(text.slice(at, at + 2000));
        if (found === null) return undefined;
        const put: Span[] = [{ text: found[1] as string, styles: [...styles, 'underline'] }];
        return { put, end: at + found[0].length };
      }
      case '&': {
        const found = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/i.exec(text.slice(at, at + 12));
        if (found === null) return undefined;
        const put = entity(found);
        return put === undefined ? undefined : { put, end: at + found[0].length };
      }
      default:
        return undefined;
    }
  }

  #code(
    text: string,
    at: number,
    styles: readonly StyleName[],
    open: Set<string>,
  ): { put: string | Span[]; end: number } {
    const run = runAt(text, at);
    const end = open.has(run) ? -1 : closingRun(text, at + run.length, run);
    if (end < 0) {
      open.add(run);
      return { put: run, end: at + run.length };
    }
    let code = text.slice(at + run.length, end).replaceAll('\n', ' ');
    if (/^ .*[^ ].* $/.test(code)) code = code.slice(1, -1);
    const shown = this.#marks ? `\`${code}\`` : code;
    return { put: [{ text: shown, styles: [...styles, 'cyan'] }], end: end + run.length };
  }

  #emphasis(
    text: string,
    at: number,
    styles: readonly StyleName[],
    open: Set<string>,
  ): { put: string | Span[]; end: number } | undefined {
    for (const [delimiter, style] of DELIMITERS) {
      if (!text.startsWith(delimiter, at) || open.has(delimiter)) continue;
      const begin = at + delimiter.length;
      if (!/\S/.test(text[begin] ?? '') || text[begin] === delimiter[0]) continue;
      // snake_case is no emphasis
      if (delimiter[0] === '_' && /[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) continue;
      const end = closing(text, begin, delimiter);
      if (end < 0) {
        open.add(delimiter);
        continue;
      }
      const inside = text.slice(begin, end);
      return { put: this.parse(inside, [...styles, ...style]), end: end + delimiter.length };
    }
    const run = runAt(text, at);
    return { put: run, end: at + run.length };
  }

  #link(text: string, at: number, styles: readonly StyleName[]): { put: Span[]; end: number } | undefined {
    const found =
      /^(!?)\[((?:[^[\]\\]|\\.|\[[^[\]]*\])*)\]\(\s*<?((?:[^\s()<>]|\([^\s()]*\))*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/.exec(
        text.slice(at, at + 4000),
      );
    if (found === null) return undefined;
    const [whole, image, label = '', target = ''] = found;
    const inner = this.parse(label, [...styles, 'underline']);
    const name = inner.map((span) => span.text).join('');
    if (target !== '' && target !== name && image === '') {
      inner.push({ text: ` (${target})`, styles: [...styles, 'dim'] });
    }
    return { put: inner, end: at + whole.length };
  }
}

function entity([, decimal, hex, name = '']: RegExpExecArray): string | undefined {
  if (decimal === undefined && hex === undefined) return ENTITIES[name];
  const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff) return '\ufffd';
  return String.fromCodePoint(code);
}

function runAt(text: string, at: number): string {
  let end = at;
  while (text[end] === text[at]) end++;
  return text.slice(at, end);
}

/** Where a run of backquotes as long as `run` begins; -1 when there is none. */
function closingRun(text: string, from: number, run: string): number {
  for (let at = text.indexOf('`', from); at >= 0; at = text.indexOf('`', at)) {
    const found = runAt(text, at);
    if (found === run) return at;
    at += found.length;
  }
  return -1;
}

/** Where `delimiter` closes; what is inside code, and longer runs of the same character, are passed over. */
function closing(text: string, from: number, delimiter: string): number {
  const mark = delimiter[0] as string;
  for (let at = from; at < text.length; ) {
    const char = text[at];
    if (char === '\\') at += 2;
    else if (char === '`') {
      const run = runAt(text, at);
      const end = closingRun(text, at + run.length, run);
      at = end < 0 ? at + run.length : end + run.length;
    } else if (char === mark) {
      const run = runAt(text, at);
      const closes = /\S/.test(text[at - 1] ?? ' ') && at > from;
      const inWord = mark === '_' && /[\p{L}\p{N}]/u.test(text[at + run.length] ?? '');
      if (closes && !inWord && run.length === delimiter.length) return at;
      // `**bold *both***`: the end of both
      if (closes && !inWord && run.length === 3 && delimiter.length < 3) return at + (3 - delimiter.length);
      at += run.length;
    } else at++;
  }
  return -1;
}
