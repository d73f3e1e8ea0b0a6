/** A terminal that keeps what it shows: as much of xterm as the library uses, with the wide characters and reflow of today's. */
import { EventEmitter } from 'node:events';
import { clusters, clusterWidth } from '../../src/terminal/index.ts';

interface Row {
  cells: string[];
  /** It goes on in the next row. */
  wrapped: boolean;
}

const fresh = (): Row => ({ cells: [], wrapped: false });

export class Screen extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** All that was ever written. */
  raw = '';
  #lines: Row[] = [fresh()];
  #row = 0;
  #column = 0;
  #held = '';

  constructor(columns: number = 40, rows: number = 12) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): boolean {
    this.raw += text;
    this.#held += text;
    while (this.#held !== '') {
      const found = /^\x1b(?:\[([0-9;?]*)([@-~])|\][^\x07]*\x07|[@-Z])/.exec(this.#held);
      if (found !== null) {
        this.#held = this.#held.slice(found[0].length);
        this.#sequence(found[1] ?? '', found[2] ?? '');
        continue;
      }
      if (this.#held[0] === '\x1b') return true;
      const run = /^[^\x1b\r\n\b\x07]+/.exec(this.#held)?.[0] ?? (this.#held[0] as string);
      this.#held = this.#held.slice(run.length);
      this.#put(run);
    }
    return true;
  }

  /** What is seen, without blanks at the ends of rows and without empty rows at the end. */
  get text(): string {
    return this.#shown().join('\n').trimEnd();
  }

  get all(): string {
    return this.#lines.map(lineOf).join('\n').trimEnd();
  }

  get cursor(): { row: number; column: number } {
    return { row: this.#row - this.#top(), column: Math.min(this.#column, this.columns - 1) };
  }

  resize(columns: number, rows: number = this.rows): void {
    const logical: string[][] = [];
    let at = { line: 0, offset: 0 };
    let joined = false;
    for (const [y, row] of this.#lines.entries()) {
      if (!joined) logical.push([]);
      const line = logical.at(-1) as string[];
      if (y === this.#row) at = { line: logical.length - 1, offset: line.length + this.#column };
      line.push(...row.cells);
      joined = row.wrapped;
    }
    this.columns = columns;
    this.rows = rows;
    this.#lines = [];
    for (const [i, cells] of logical.entries()) {
      const begin = this.#lines.length;
      for (let from = 0; from === 0 || from < cells.length; from += columns) {
        this.#lines.push({
          cells: cells.slice(from, from + columns),
          wrapped: from + columns < cells.length,
        });
      }
      if (i !== at.line) continue;
      this.#row = begin + Math.floor(at.offset / columns);
      while (this.#row >= this.#lines.length) this.#lines.push(fresh());
      this.#column = at.offset % columns;
    }
    this.emit('resize');
  }

  #shown(): string[] {
    return this.#lines.slice(this.#top()).map(lineOf);
  }

  #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }

  #line(): Row {
    while (this.#lines.length <= this.#row) this.#lines.push(fresh());
    return this.#lines[this.#row] as Row;
  }

  #put(text: string): void {
    if (text === '\r') this.#column = 0;
    else if (text === '\n') {
      this.#line().wrapped = false;
      this.#row++;
      this.#line();
    } else if (text === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (text !== '\x07') for (const cluster of clusters(text)) this.#cell(cluster);
  }

  #cell(cluster: string): void {
    const width = clusterWidth(cluster);
    if (this.#column + width > this.columns) {
      this.#line().wrapped = true;
      this.#row++;
      this.#column = 0;
    }
    const { cells } = this.#line();
    while (cells.length < this.#column) cells.push(' ');
    if (width === 0) {
      if (this.#column > 0) cells[this.#column - 1] += cluster;
      return;
    }
    cells[this.#column] = cluster;
    if (width === 2) cells[this.#column + 1] = '';
    this.#column += width;
  }

  #sequence(parameters: string, final: string): void {
    const n = Number(parameters) || 1;
    switch (final) {
      case 'A':
        this.#row = Math.max(this.#top(), this.#row - n);
        break;
      case 'B':
        this.#row = Math.min(this.#top() + this.rows - 1, this.#row + n);
        this.#line();
        break;
      case 'C':
        this.#column = Math.min(this.columns - 1, this.#column + n);
        break;
      case 'H':
        this.#row = this.#top();
        this.#column = 0;
        break;
      case 'J':
        if (parameters === '2')
          for (let y = this.#top(); y < this.#lines.length; y++) this.#lines[y] = fresh();
        else {
          this.#line().cells.length = Math.min(this.#line().cells.length, this.#column);
          for (let y = this.#row + 1; y < this.#lines.length; y++) this.#lines[y] = fresh();
        }
        break;
      case 'K':
        this.#line().cells.length = Math.min(this.#line().cells.length, this.#column);
        this.#line().wrapped = false;
        break;
    }
  }
}

function lineOf({ cells }: Row): string {
  return cells.join('').trimEnd();
}

/** A keyboard. */
export class Keyboard extends EventEmitter {
  readonly isTTY = true;
  raw = false;

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }

  pause(): void {}

  resume(): void {}

  type(text: string): void {
    this.emit('data', Buffer.from(text));
  }
}

export const tick = (ms: number = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
