/** Tables: columns as wide as they must be, and as narrow as the terminal wants. */
import type { Painter } from '../style.ts';
import { pad, textWidth } from '../width.ts';
import type { Align, Block } from './block.ts';
import { parseInline } from './inline.ts';
import { wrapSpans } from './wrap.ts';

const NARROWEST = 3;

export function renderTable(
  { header, rows, align }: Extract<Block, { kind: 'table' }>,
  columns: number,
  paint: Painter,
  marks: boolean,
): string[] {
  const spans = [header, ...rows].map((row) => row.map((cell) => parseInline(cell, { marks })));
  const widths = header.map((_, i) =>
    Math.max(NARROWEST, ...spans.map((row) => textWidth((row[i] ?? []).map(({ text }) => text).join('')))),
  );
  shrink(widths, columns - 3 * (widths.length - 1));
  const out: string[] = [];
  for (const [y, row] of spans.entries()) {
    const cells = widths.map((width, x) => {
      const bold =
        y === 0
          ? (row[x] ?? []).map(({ text, styles }) => ({ text, styles: ['bold' as const, ...styles] }))
          : (row[x] ?? []);
      return wrapSpans(bold, width, paint);
    });
    const height = Math.max(...cells.map((cell) => cell.length));
    for (let line = 0; line < height; line++) {
      out.push(
        cells
          .map((cell, x) => pad(cell[line] ?? '', widths[x] as number, align[x] as Align))
          .join(paint(' │ ', 'dim'))
          .trimEnd(),
      );
    }
    if (y === 0) out.push(paint(widths.map((width) => '─'.repeat(width)).join('─┼─'), 'dim'));
  }
  return out;
}

/** Takes columns from the widest ones until all fit in `room`, or none can give any. */
function shrink(widths: number[], room: number): void {
  let total = widths.reduce((sum, width) => sum + width, 0);
  while (total > room) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return;
    widths[widths.indexOf(widest)] = widest - 1;
    total--;
  }
}
