/**
 * The part of Markdown that models write: headings, paragraphs, fenced code, lists, tables, quotes, rules; code, strong,
 * emphasis, strikethrough and links inside. Gives a tree, never HTML: there is nothing that a model could inject. Text
 * that is still arriving is fine: what is not closed yet is taken as if it were.
 */

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | {
      readonly kind: 'list';
      readonly start: number | undefined;
      readonly items: readonly (readonly Block[])[];
    }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'rule' };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(\s+|$)(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const DIVIDER = /^ *\|?( *:?-+:? *\|)+( *:?-+:? *)?$/;
/** Lists and quotes inside each other, at most; deeper ones are text. */
const DEEPEST = 8;

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

export function parseBlocks(text: string, depth = 0): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', text: paragraph.join('\n') });
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line.trim() === '') {
      flush();
      continue;
    }
    const fence = FENCE.exec(line);
    if (fence !== null) {
      flush();
      const body: string[] = [];
      const close = new RegExp(`^ {0,3}${fence[1]![0]}{${fence[1]!.length},}\\s*$`);
      for (i++; i < lines.length && !close.test(lines[i] as string); i++) body.push(lines[i] as string);
      blocks.push({ kind: 'code', language: fence[2] ?? '', text: body.join('\n') });
      continue;
    }
    const heading = HEADING.exec(line);
    if (heading !== null) {
      flush();
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: heading[2] as string });
      continue;
    }
    if (RULE.test(line)) {
      flush();
      blocks.push({ kind: 'rule' });
      continue;
    }
    if (QUOTE.test(line) && depth < DEEPEST) {
      flush();
      const body: string[] = [];
      for (; i < lines.length && QUOTE.test(lines[i] as string); i++)
        body.push(QUOTE.exec(lines[i] as string)![1] as string);
      i--;
      blocks.push({ kind: 'quote', children: parseBlocks(body.join('\n'), depth + 1) });
      continue;
    }
    const item = ITEM.exec(line);
    if (item !== null && depth < DEEPEST && (paragraph.length === 0 || item[4] !== '')) {
      flush();
      const [list, next] = parseList(lines, i, depth);
      blocks.push(list);
      i = next - 1;
      continue;
    }
    const divider = lines[i + 1];
    if (line.includes('|') && divider !== undefined && DIVIDER.test(divider)) {
      flush();
      const head = cells(line);
      const rows: string[][] = [];
      for (i += 2; i < lines.length && (lines[i] as string).includes('|'); i++) {
        const row = cells(lines[i] as string);
        rows.push(head.map((_, c) => row[c] ?? ''));
      }
      i--;
      blocks.push({ kind: 'table', head, rows });
      continue;
    }
    paragraph.push(
      line.trim().length < line.length && paragraph.length > 0 ? line.replace(/^\s+/, '') : line,
    );
  }
  flush();
  return blocks;
}

/** The list that starts at `from`, and the line after it. */
function parseList(lines: readonly string[], from: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[from] as string)!;
  const ordered = /\d/.test(first[2] as string);
  const items: Block[][] = [];
  let body: string[] = [];
  let indent = 0;
  let i = from;
  const flush = (): void => {
    if (body.length > 0) items.push(parseBlocks(body.join('\n'), depth + 1));
    body = [];
  };
  for (; i < lines.length; i++) {
    const line = lines[i] as string;
    const leading = line.length - line.trimStart().length;
    const item = ITEM.exec(line);
    if (line.trim() === '') {
      const next = lines[i + 1];
      if (next === undefined || next.trim() === '') break;
      const more = ITEM.exec(next);
      const goesOn =
        next.length - next.trimStart().length >= indent ||
        (more !== null && /\d/.test(more[2] as string) === ordered);
      if (!goesOn) break;
      body.push('');
    } else if (leading >= indent && body.length > 0 && indent > 0) body.push(line.slice(indent));
    else if (item !== null && !RULE.test(line)) {
      if (/\d/.test(item[2] as string) !== ordered) break;
      flush();
      indent = item[1]!.length + item[2]!.length + Math.min(4, Math.max(1, item[3]!.length));
      body.push(item[4] as string);
    } else if (body.at(-1) !== '' && !FENCE.test(line) && !HEADING.test(line) && !RULE.test(line))
      body.push(line.trimStart());
    else break;
  }
  flush();
  return [{ kind: 'list', start: ordered ? Number.parseInt(first[2] as string, 10) : undefined, items }, i];
}

/** Where links may lead: nothing that runs. */
const safe = (href: string): boolean => /^(https?:|mailto:|#)/i.test(href);

const CLOSERS: readonly [string, 'strong' | 'em' | 'del'][] = [
  ['**', 'strong'],
  ['__', 'strong'],
  ['~~', 'del'],
  ['*', 'em'],
  ['_', 'em'],
];

export function parseInline(text: string, depth = 0): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  // Marks that nothing closes from here on: looking again at each would take the square of the length.
  const open = new Set<string>();
  const flush = (): void => {
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let i = 0; i < text.length; ) {
    const c = text[i] as string;
    if (c === '\\' && /[!-/:-@[-`{-~]/.test(text[i + 1] ?? '')) {
      plain += text[i + 1];
      i += 2;
      continue;
    }
    if (c === '`') {
      const ticks = /^`+/.exec(text.slice(i))![0];
      const end = text.indexOf(ticks, i + ticks.length);
      const body = text.slice(i + ticks.length, end < 0 ? undefined : end);
      flush();
      found.push({ kind: 'code', text: body.replace(/^ (.*) $/, '$1') });
      i = end < 0 ? text.length : end + ticks.length;
      continue;
    }
    if (c === '\n') {
      if (plain.endsWith('  ')) {
        plain = plain.trimEnd();
        flush();
        found.push({ kind: 'break' });
      } else plain += ' ';
      i++;
      continue;
    }
    const link =
      c === '['
        ? /^\[([^[\]\n]*)\]\(<?([^()\s<>]*)>?(?:\s+"[^"\n]*")?\)/.exec(text.slice(i, i + 2000))
        : null;
    if (link !== null && depth < DEEPEST) {
      flush();
      const children = parseInline(link[1] as string, depth + 1);
      if (safe(link[2] as string)) found.push({ kind: 'link', href: link[2] as string, children });
      else found.push(...children);
      i += link[0].length;
      continue;
    }
    const bare =
      c === 'h' && !/\w/.test(text[i - 1] ?? '')
        ? /^https?:\/\/[^\s<>()[\]]*[^\s<>()[\].,;:!?'"*_`]/.exec(text.slice(i, i + 2000))
        : null;
    if (bare !== null) {
      flush();
      found.push({ kind: 'link', href: bare[0], children: [{ kind: 'text', text: bare[0] }] });
      i += bare[0].length;
      continue;
    }
    const mark = depth < DEEPEST ? CLOSERS.find(([m]) => text.startsWith(m, i)) : undefined;
    const end = mark === undefined || open.has(mark[0]) ? -1 : closing(text, i, mark[0], open);
    if (mark !== undefined && end > 0) {
      flush();
      found.push({ kind: mark[1], children: parseInline(text.slice(i + mark[0].length, end), depth + 1) });
      i = end + mark[0].length;
      continue;
    }
    // A mark that closes nothing is text, whole: `**` is not an empty emphasis.
    const taken = mark === undefined ? 1 : mark[0].length;
    plain += text.slice(i, i + taken);
    i += taken;
  }
  flush();
  return found;
}

/** Where the mark that opens at `at` is closed; -1 when it opens nothing. Adds it to `open` when nothing closes it. */
function closing(text: string, at: number, mark: string, open: Set<string>): number {
  const after = text[at + mark.length];
  if (after === undefined || /\s/.test(after)) return -1;
  const underscore = mark[0] === '_';
  if (underscore && /\w/.test(text[at - 1] ?? '')) return -1;
  for (let end = text.indexOf(mark, at + mark.length); end >= 0; end = text.indexOf(mark, end + 1)) {
    if (end === at + mark.length || /\s/.test(text[end - 1] as string) || text[end - 1] === '\\') continue;
    if (mark.length === 1 && text[end + 1] === mark) {
      end++;
      continue;
    }
    if (underscore && /\w/.test(text[end + mark.length] ?? '')) continue;
    return end;
  }
  open.add(mark);
  return -1;
}
