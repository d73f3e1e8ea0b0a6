/** Markdown as rows of a terminal. */
import { type Painter, painter } from '../style.ts';
import { clusters, clusterWidth, pad, textWidth, visible } from '../width.ts';
import { type Block, parseBlocks } from './block.ts';
import { highlighter } from './highlight.ts';
import { parseInline } from './inline.ts';
import { renderTable } from './table.ts';
import { wrapSpans } from './wrap.ts';

export interface RenderOptions {
  /** Width of a row. */
  readonly columns: number;
  /** Without colours there are no escape codes at all, and marks that styles would stand for stay. */
  readonly colours: boolean;
}

const BULLETS = ['•', '◦', '▪'];
const NARROW = 10;

/** The whole text, each row on a line of its own. */
export function renderMarkdown(text: string, options: RenderOptions): string {
  const rows = renderBlocks(
    parseBlocks(visible(text)).map(({ block }) => block),
    options,
  );
  return rows.map((row) => `${row}\n`).join('');
}

/** Rows of the blocks, an empty one between each two. */
export function renderBlocks(blocks: readonly Block[], { columns, colours }: RenderOptions): string[] {
  return new Renderer(painter(colours), !colours).blocks(blocks, Math.max(NARROW, columns), false, 0);
}

class Renderer {
  readonly #paint: Painter;
  readonly #marks: boolean;

  constructor(paint: Painter, marks: boolean) {
    this.#paint = paint;
    this.#marks = marks;
  }

  blocks(blocks: readonly Block[], columns: number, tight: boolean, depth: number): string[] {
    const out: string[] = [];
    for (const [i, block] of blocks.entries()) {
      if (i > 0 && !tight) out.push('');
      for (const row of this.#block(block, columns, depth)) out.push(row);
    }
    return out;
  }

  #block(block: Block, columns: number, depth: number): string[] {
    const paint = this.#paint;
    switch (block.kind) {
      case 'paragraph':
        return this.#text(block.text, columns);
      case 'heading': {
        const marked = this.#marks ? `${'#'.repeat(block.level)} ${block.text}` : block.text;
        const styles = block.level === 1 ? (['bold', 'underline'] as const) : (['bold'] as const);
        const spans = parseInline(marked, { marks: this.#marks });
        return wrapSpans(
          spans.map((span) => ({ text: span.text, styles: [...styles, ...span.styles] })),
          columns,
          paint,
        );
      }
      case 'code':
        return this.#code(block.language, block.lines, columns);
      case 'rule':
        return [paint('─'.repeat(Math.min(columns, 40)), 'dim')];
      case 'quote': {
        const inner = this.blocks(block.blocks, Math.max(NARROW, columns - 2), false, depth);
        return inner.map((row) => `${paint('│', 'dim')} ${row}`.trimEnd());
      }
      case 'list':
        return this.#list(block, columns, depth);
      case 'table':
        return renderTable(block, columns, paint, this.#marks);
    }
  }

  #text(text: string, columns: number): string[] {
    return wrapSpans(parseInline(text, { marks: this.#marks }), columns, this.#paint);
  }

  #code(language: string, lines: readonly string[], columns: number): string[] {
    const light = highlighter(language, this.#paint);
    const out: string[] = [];
    for (const line of lines) {
      for (const part of cut(line, columns - 2)) out.push(part === '' ? '' : `  ${light(part)}`);
    }
    return out;
  }

  #list({ items, start, tight }: Extract<Block, { kind: 'list' }>, columns: number, depth: number): string[] {
    const out: string[] = [];
    const last = start === undefined ? 0 : start + items.length - 1;
    const width = start === undefined ? 1 : String(last).length + 1;
    for (const [i, { done, blocks }] of items.entries()) {
      if (i > 0 && !tight) out.push('');
      const mark =
        done !== undefined
          ? done
            ? '☑'
            : '☐'
          : start === undefined
            ? (BULLETS[depth % BULLETS.length] as string)
            : pad(`${start + i}.`, width, 'right');
      const indent = textWidth(mark) + 1;
      const inner = this.blocks(blocks, Math.max(NARROW, columns - indent - 1), tight, depth + 1);
      if (inner.length === 0) inner.push('');
      for (const [n, row] of inner.entries()) {
        out.push(
          n === 0
            ? ` ${this.#paint(mark, 'dim')} ${row}`.trimEnd()
            : row === ''
              ? ''
              : ' '.repeat(indent + 1) + row,
        );
      }
    }
    return out;
  }
}

/** Pieces of at most `columns`; code is cut anywhere, so that it can be put together again. */
function cut(line: string, columns: number): string[] {
  if (line.length <= columns && textWidth(line) <= columns) return [line];
  const out: string[] = [];
  let piece = '';
  let used = 0;
  for (const cluster of clusters(line)) {
    const width = clusterWidth(cluster);
    if (used + width > columns && used > 0) {
      out.push(piece);
      piece = '';
      used = 0;
    }
    piece += cluster;
    used += width;
  }
  return [...out, piece];
}
