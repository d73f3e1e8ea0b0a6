import { textWidth } from './width.ts';

/** What is written to: a stream of Node, or in tests something that keeps what it gets. */
export interface TerminalOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/**
 * The last rows of the terminal, which can be drawn again: only rows that differ are written. A row must fit the width of
 * the terminal and end with the styles that it began with. Rows that have left the screen at the top stay as they were.
 */
export class Region {
  readonly #output: TerminalOutput;
  #rows: readonly string[] = [];
  #cursor: Cursor = { row: 0, column: 0 };
  #columns: number;

  constructor(output: TerminalOutput) {
    this.#output = output;
    this.#columns = output.columns ?? 80;
  }

  /** Shows `rows` in place of what was shown; the cursor goes behind the last row when it is left out. */
  draw(rows: readonly string[], cursor?: Cursor): void {
    if (rows.length === 0) rows = [''];
    const width = this.#output.columns ?? 80;
    const resized = width !== this.#columns;
    const to = cursor ?? { row: rows.length - 1, column: textWidth(rows.at(-1) as string) };
    let out = resized ? this.#backToTop(width) : '';
    let at = this.#cursor;
    let first = 0;
    if (resized) at = { row: 0, column: 0 };
    else {
      const reachable = Math.max(0, this.#rows.length - (this.#output.rows ?? 24));
      while (first < rows.length && first < this.#rows.length && rows[first] === this.#rows[first]) first++;
      first = Math.max(first, Math.min(reachable, rows.length));
    }
    if (first < rows.length || first < this.#rows.length || resized) {
      // From the last row that is there at most: only a line feed makes the screen scroll.
      const begin = Math.min(first, rows.length - 1, Math.max(0, this.#rows.length - 1));
      out += this.#move(at, begin);
      for (let row = begin; row < rows.length; row++) {
        const text = rows[row] as string;
        out += text;
        if (textWidth(text) < width) out += '\x1b[K';
        if (row < rows.length - 1) out += '\r\n';
      }
      if (this.#rows.length > rows.length && !resized) out += '\r\n\x1b[J\x1b[A';
      at = { row: rows.length - 1, column: -1 };
    }
    if (at.row !== to.row || at.column !== to.column) {
      out += move(at.row, to.row);
      out += `\r${to.column > 0 ? `\x1b[${Math.min(to.column, width - 1)}C` : ''}`;
    }
    this.#rows = rows;
    this.#cursor = to;
    this.#columns = width;
    if (out !== '') this.#output.write(out);
  }

  /** Takes it all away; the cursor is where it began. */
  erase(): void {
    this.#output.write(`${this.#backToTop(this.#output.columns ?? 80)}\x1b[J`);
    this.#forget();
  }

  /** Leaves it as it is, with the cursor on a new line below. */
  end(): void {
    const last = Math.max(0, this.#rows.length - 1);
    this.#output.write(`${move(this.#cursor.row, last)}\r\n`);
    this.#forget();
  }

  /** The screen was cleared, or somebody else wrote: the next `draw` begins where the cursor is. */
  forget(): void {
    this.#forget();
  }

  #forget(): void {
    this.#rows = [];
    this.#cursor = { row: 0, column: 0 };
    this.#columns = this.#output.columns ?? 80;
  }

  #move(at: Cursor, row: number): string {
    return `${move(at.row, row)}\r`;
  }

  /** To the first row, which a terminal that was made narrower has moved up by breaking rows in pieces. */
  #backToTop(width: number): string {
    let up = Math.floor(this.#cursor.column / width);
    if (width === this.#columns) up = 0;
    for (const row of this.#rows.slice(0, this.#cursor.row))
      up += Math.max(1, Math.ceil(textWidth(row) / width));
    const most = (this.#output.rows ?? 24) - 1;
    return `${up > 0 ? `\x1b[${Math.min(up, most)}A` : ''}\r${width === this.#columns ? '' : '\x1b[J'}`;
  }
}

function move(from: number, to: number): string {
  if (to === from) return '';
  return to < from ? `\x1b[${from - to}A` : `\x1b[${to - from}B`;
}
