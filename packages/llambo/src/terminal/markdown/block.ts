/** The blocks of a Markdown text: what CommonMark and GitHub's tables have, as far as models write it. */

export type Align = 'left' | 'right' | 'center';

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly lines: readonly string[] }
  | { readonly kind: 'rule' }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'list';
      readonly start: number | undefined;
      readonly tight: boolean;
      readonly items: readonly Item[];
    }
  | {
      readonly kind: 'table';
      readonly align: readonly Align[];
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

export interface Item {
  /** A box to tick, ticked or not; undefined when there is none. */
  readonly done: boolean | undefined;
  readonly blocks: readonly Block[];
}

/** A block and the line of the text on which it begins. */
export interface Placed {
  readonly block: Block;
  readonly line: number;
}

const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:([ \t]+)(.*))?$/;
const DIVIDER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
/** Quotes and lists in one another; deeper ones are text. */
const DEPTH = 16;

export function parseBlocks(text: string): Placed[] {
  return parseLines(
    text.split('\n').map((line) => line.replace(/\t/g, '    ')),
    0,
  );
}

function parseLines(lines: readonly string[], depth: number): Placed[] {
  const placed: Placed[] = [];
  for (let at = 0; at < lines.length; ) {
    if ((lines[at] as string).trim() === '') {
      at++;
      continue;
    }
    const [block, next] = parseBlock(lines, at, depth);
    placed.push({ block, line: at });
    at = next;
  }
  return placed;
}

const blocksOf = (lines: readonly string[], depth: number): Block[] =>
  parseLines(lines, depth).map(({ block }) => block);

function parseBlock(lines: readonly string[], at: number, depth: number): [Block, number] {
  const line = lines[at] as string;
  const fence = FENCE.exec(line);
  if (fence !== null) return code(lines, at, fence);
  const heading = HEADING.exec(line);
  if (heading !== null) {
    return [{ kind: 'heading', level: (heading[1] as string).length, text: heading[2] ?? '' }, at + 1];
  }
  if (RULE.test(line)) return [{ kind: 'rule' }, at + 1];
  if (depth < DEPTH && QUOTE.test(line)) return quote(lines, at, depth);
  if (depth < DEPTH && ITEM.test(line)) return list(lines, at, depth);
  if (isTable(lines, at)) return table(lines, at);
  if (/^ {4}/.test(line)) return indented(lines, at);
  return paragraph(lines, at, depth);
}

function code(lines: readonly string[], at: number, fence: RegExpExecArray): [Block, number] {
  const [, indent = '', marks = '', language = ''] = fence;
  const end = new RegExp(`^ {0,3}\\${marks[0]}{${marks.length},}[ \\t]*$`);
  const out: string[] = [];
  let next = at + 1;
  while (next < lines.length && !end.test(lines[next] as string)) {
    out.push((lines[next++] as string).replace(new RegExp(`^ {0,${indent.length}}`), ''));
  }
  // The empty end of a text that is still being written is no line of the code.
  if (next === lines.length && out.at(-1) === '') out.pop();
  return [{ kind: 'code', language, lines: out }, next + 1];
}

function indented(lines: readonly string[], at: number): [Block, number] {
  const out: string[] = [];
  let next = at;
  while (next < lines.length && /^(?: {4}|\s*$)/.test(lines[next] as string))
    out.push((lines[next++] as string).slice(4));
  while (out.at(-1)?.trim() === '') out.pop();
  return [{ kind: 'code', language: '', lines: out }, next];
}

function quote(lines: readonly string[], at: number, depth: number): [Block, number] {
  const inner: string[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const line = lines[next] as string;
    if (QUOTE.test(line)) inner.push(line.replace(QUOTE, ''));
    else if (line.trim() !== '' && !begins(line) && inner.at(-1)?.trim() !== '') inner.push(line);
    else break;
  }
  return [{ kind: 'quote', blocks: blocksOf(inner, depth + 1) }, next];
}

function list(lines: readonly string[], at: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[at] as string) as RegExpExecArray;
  const kind = markerKind(first[2] as string);
  const items: Item[] = [];
  let tight = true;
  let next = at;
  while (next < lines.length) {
    const marker = ITEM.exec(lines[next] as string);
    if (marker === null || markerKind(marker[2] as string) !== kind || RULE.test(lines[next] as string))
      break;
    const [inner, end] = itemLines(lines, next, marker);
    const box = /^\[([ xX])\][ \t]+/.exec(inner[0] as string);
    if (box !== null) inner[0] = (inner[0] as string).slice(box[0].length);
    const blocks = blocksOf(inner, depth + 1);
    items.push({ done: box === null ? undefined : box[1] !== ' ', blocks });
    if (blocks.some((block) => block.kind === 'paragraph' && block !== blocks[0])) tight = false;
    next = end;
    // An item after an empty line belongs to the list, and makes it a loose one.
    let after = next;
    while (after < lines.length && (lines[after] as string).trim() === '') after++;
    const more = after < lines.length ? ITEM.exec(lines[after] as string) : null;
    if (more !== null && markerKind(more[2] as string) === kind && !RULE.test(lines[after] as string)) {
      if (after > next) tight = false;
      next = after;
    }
  }
  const number = Number.parseInt(first[2] as string, 10);
  return [{ kind: 'list', start: Number.isNaN(number) ? undefined : number, tight, items }, next];
}

function markerKind(marker: string): string {
  return /\d/.test(marker) ? (marker.at(-1) as string) : marker;
}

/** The lines of one item without its indentation, and the line after it. */
function itemLines(lines: readonly string[], at: number, marker: RegExpExecArray): [string[], number] {
  const [, before = '', mark = '', blanks = ' ', rest = ''] = marker;
  const content = before.length + mark.length + (blanks.length > 4 ? 1 : blanks.length);
  const inner = [blanks.length > 4 ? blanks.slice(1) + rest : rest];
  let next = at + 1;
  let empty = 0;
  for (; next < lines.length; next++) {
    const line = lines[next] as string;
    const indent = line.length - line.trimStart().length;
    if (line.trim() === '') empty++;
    else if (
      indent >= Math.min(content, 2 + before.length) &&
      (indent >= content || ITEM.test(line.trimStart()))
    ) {
      while (empty > 0) {
        inner.push('');
        empty--;
      }
      inner.push(line.slice(Math.min(indent, content)));
    } else if (empty === 0 && !begins(line) && indent < content) inner.push(line.trimStart());
    else break;
  }
  return [inner, next - empty];
}

/** Whether the line begins a block of its own, even right under a paragraph. */
function begins(line: string): boolean {
  return (
    FENCE.test(line) ||
    HEADING.test(line) ||
    RULE.test(line) ||
    QUOTE.test(line) ||
    /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]/.test(line)
  );
}

function isTable(lines: readonly string[], at: number): boolean {
  const divider = lines[at + 1];
  const header = lines[at] as string;
  return (
    divider !== undefined &&
    header.includes('|') &&
    DIVIDER.test(divider) &&
    cells(divider).length === cells(header).length
  );
}

function table(lines: readonly string[], at: number): [Block, number] {
  const header = cells(lines[at] as string);
  const align = cells(lines[at + 1] as string).map((cell): Align => {
    if (!cell.endsWith(':')) return 'left';
    return cell.startsWith(':') ? 'center' : 'right';
  });
  const rows: string[][] = [];
  let next = at + 2;
  for (; next < lines.length; next++) {
    const line = lines[next] as string;
    if (line.trim() === '' || begins(line)) break;
    const row = cells(line).slice(0, header.length);
    while (row.length < header.length) row.push('');
    rows.push(row);
  }
  return [{ kind: 'table', align, header, rows }, next];
}

/** Cells of a table's line; a bar that is escaped or in code does not divide. */
function cells(line: string): string[] {
  const out: string[] = [];
  let cell = '';
  let code = false;
  const text = line.trim().replace(/^\|/, '');
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\' && text[i + 1] === '|') cell += text[++i];
    else if (char === '|' && !code) {
      out.push(cell.trim());
      cell = '';
    } else {
      if (char === '`') code = !code;
      cell += char;
    }
  }
  if (cell.trim() !== '' || out.length === 0) out.push(cell.trim());
  return out;
}

function paragraph(lines: readonly string[], at: number, depth: number): [Block, number] {
  const out: string[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const line = lines[next] as string;
    if (line.trim() === '') break;
    if (next > at) {
      const under = /^ {0,3}(=+|-+)[ \t]*$/.exec(line);
      if (under !== null) {
        const level = (under[1] as string)[0] === '=' ? 1 : 2;
        return [{ kind: 'heading', level, text: out.join('\n').trim() }, next + 1];
      }
      if (begins(line) && (depth < DEPTH || !(QUOTE.test(line) || ITEM.test(line)))) break;
      if (isTable(lines, next)) break;
    }
    out.push(line.trimStart());
  }
  return [{ kind: 'paragraph', text: out.join('\n').trimEnd() }, next];
}
