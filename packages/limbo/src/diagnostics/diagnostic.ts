import type { SourceMap } from '../source/source.ts';

export type Severity = 'error' | 'warning';

/** A place that explains a diagnostic: where the other declaration is, which include led here. */
export interface Note {
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** What is wrong, where, and what would be right. Lines and columns count from 1, columns in characters. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** After the last character of the span. */
  readonly endColumn: number;
  /** Text of the first line of the span. */
  readonly source: string;
  /** A correction, "did you mean ...?". */
  readonly hint?: string;
  readonly notes: readonly Note[];
}

export interface Details {
  hint?: string | undefined;
  /** Message and virtual offset of another place. */
  note?: readonly [string, number] | undefined;
}

/** Stops a compilation that has found enough. */
export class TooManyErrors extends Error {
  override readonly name = 'TooManyErrors';
}

/** Collects what a compilation finds. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  errors = 0;
  readonly #map: SourceMap;
  readonly #limit: number;
  readonly #warnings: number;
  readonly #seen = new Set<string>();

  /** `warnings`: 0 none, 1 what is unused in functions and the like, 2 also unused globals. */
  constructor(map: SourceMap, limit: number, warnings: number) {
    this.#map = map;
    this.#limit = limit;
    this.#warnings = warnings;
  }

  get pedantic(): boolean {
    return this.#warnings > 1;
  }

  error(start: number, stop: number, message: string, details: Details = {}): void {
    this.errors++;
    this.#add('error', start, stop, message, details);
    if (this.errors >= this.#limit) throw new TooManyErrors('too many errors');
  }

  warn(start: number, stop: number, message: string, details: Details = {}): void {
    if (this.#warnings === 0 || this.errors > 0) return;
    // Interfaces that are included declare more than one program uses.
    if (start >= 0 && this.#map.segmentAt(start).includedAt >= 0) return;
    this.#add('warning', start, stop, message, details);
  }

  #add(severity: Severity, start: number, stop: number, message: string, details: Details): void {
    const from = this.#map.place(Math.max(start, 0));
    const to = this.#map.place(Math.max(stop, start, 0));
    // One complaint a place: what follows from the first is noise.
    const key = `${severity} ${from.name}:${from.line}:${from.column} ${severity === 'error' ? '' : message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const notes: Note[] = [];
    if (details.note !== undefined && details.note[1] >= 0) {
      const at = this.#map.place(details.note[1]);
      notes.push({ message: details.note[0], file: at.name, line: at.line, column: at.column + 1 });
    }
    for (let at = from.segment.includedAt; at >= 0; ) {
      const place = this.#map.place(at);
      notes.push({ message: 'included here', file: place.name, line: place.line, column: 1 });
      at = place.segment.includedAt;
    }
    this.list.push({
      severity,
      message,
      file: from.name,
      line: from.line,
      column: from.column + 1,
      endLine: to.line,
      endColumn: to.column + 1,
      source: from.file.line(from.line - 1 - from.segment.lineShift),
      ...(details.hint === undefined ? {} : { hint: details.hint }),
      notes,
    });
  }
}
