/** Rows of a prompt and the text behind it, broken at the width of the terminal. */
import type { Cursor } from './region.ts';
import { clusters, clusterWidth, stripEscapes, textWidth } from './width.ts';

/** Where a cursor before the UTF-16 unit `at` of the text is shown. */
interface Place extends Cursor {
  readonly at: number;
}

export interface Layout {
  readonly rows: readonly string[];
  readonly cursor: Cursor;
  /** Every place at which the cursor can be, in order. */
  readonly places: readonly Place[];
}

export interface LayoutInput {
  /** May have styles; its last line stands before the text. */
  readonly prompt: string;
  /** Before each further line of the text. */
  readonly continuation: string;
  readonly text: string;
  /** In UTF-16 units of the text. */
  readonly cursor: number;
  readonly columns: number;
}

/** What a character looks like while it is edited; control characters and tabs are not themselves. */
function shown(cluster: string): string {
  if (cluster === '\t') return '    ';
  const code = cluster.charCodeAt(0);
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return code >= 0x80 && code < 0xa0 ? '\ufffd' : cluster;
}

/** A line of a prompt; one that does not fit loses its styles and is broken. */
function fitting(line: string, columns: number): string[] {
  if (textWidth(line) <= columns) return [line];
  const rows = [''];
  for (const cluster of clusters(stripEscapes(line))) {
    if (textWidth(rows.at(-1) as string) + clusterWidth(cluster) > columns) rows.push('');
    rows[rows.length - 1] += cluster;
  }
  return rows;
}

export function layout({ prompt, continuation, text, cursor, columns }: LayoutInput): Layout {
  const heads = prompt.split('\n').flatMap((line) => fitting(line, columns));
  const rows: string[] = heads.slice(0, -1);
  const places: Place[] = [];
  let row = heads.at(-1) as string;
  let column = textWidth(row);
  let at = 0;
  const breakRow = (next: string): void => {
    rows.push(row);
    row = next;
    column = textWidth(next);
  };
  for (const [i, line] of text.split('\n').entries()) {
    if (i > 0) {
      breakRow(continuation);
      at++;
    }
    for (const cluster of clusters(line)) {
      const look = shown(cluster);
      const width = look === cluster ? clusterWidth(cluster) : textWidth(look);
      if (column + width > columns && column > 0) breakRow('');
      places.push({ at, row: rows.length, column });
      row += look;
      column += width;
      at += cluster.length;
    }
    // A cursor behind a full row stands at the beginning of the next one.
    if (at === cursor && column >= columns) breakRow('');
    places.push({ at, row: rows.length, column });
  }
  rows.push(row);
  const { row: r, column: c } = places.find((place) => place.at >= cursor) ?? (places.at(-1) as Place);
  return { rows, cursor: { row: r, column: c }, places };
}

/** At most `height` of the rows, those around the cursor. */
export function visibleRows(
  { rows, cursor }: Layout,
  height: number,
): { rows: readonly string[]; cursor: Cursor } {
  if (rows.length <= height) return { rows, cursor };
  const top = Math.max(0, Math.min(cursor.row - height + 1, rows.length - height));
  return { rows: rows.slice(top, top + height), cursor: { row: cursor.row - top, column: cursor.column } };
}

/** The place one row up or down, in the same column if that row is long enough; undefined where there is no such row. */
export function verticalMove({ places, cursor }: Layout, by: -1 | 1): number | undefined {
  const there = places.filter(({ row }) => row === cursor.row + by);
  return (there.findLast(({ column }) => column <= cursor.column) ?? there[0])?.at;
}
