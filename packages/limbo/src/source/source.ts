/**
 * Where text comes from. The parser sees one stream: the program with each included file in the place of its include
 * line. A position is a virtual offset in that stream, so that it is one small integer; this module turns it back
 * into file, line and column.
 */

/** A text that was read, split into lines on demand. */
export class SourceFile {
  /** As shown in messages. */
  readonly name: string;
  readonly text: string;
  #lines: number[] | null = null;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  /** Offsets at which lines start. */
  get lines(): readonly number[] {
    if (this.#lines === null) {
      const starts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1))
        starts.push(at + 1);
      this.#lines = starts;
    }
    return this.#lines;
  }

  /** Line number, from 0, of an offset. */
  lineAt(offset: number): number {
    const lines = this.lines;
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (lines[mid]! <= offset) low = mid;
      else high = mid - 1;
    }
    return low;
  }

  /** Text of a line, from 0, without its end. */
  line(number: number): string {
    const start = this.lines[number] ?? this.text.length;
    const end = this.lines[number + 1];
    return this.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, '');
  }
}

/** A run of one file in the stream. */
export interface Segment {
  /** Virtual offset where it starts. */
  readonly base: number;
  readonly file: SourceFile;
  /** Virtual offset minus offset in the file. */
  readonly shift: number;
  /** Name and line offset that a `#line` comment gave. */
  readonly name: string;
  readonly lineShift: number;
  /** Virtual offset of the include line; -1: the program itself. */
  readonly includedAt: number;
}

/** A resolved position: line from 1, column in characters from 0. */
export interface Place {
  readonly file: SourceFile;
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly segment: Segment;
}

/** Characters, not UTF-16 units, between two offsets. */
function width(text: string, from: number, to: number): number {
  let n = to - from;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0xdc00 && c < 0xe000) n--;
  }
  return n;
}

export class SourceMap {
  readonly segments: Segment[] = [];
  #last = 0;
  // The line looked up last: positions come mostly in order.
  #lineStart = 0;
  #lineEnd = -1;
  #line = 0;

  add(segment: Segment): void {
    this.segments.push(segment);
  }

  segmentAt(offset: number): Segment {
    const list = this.segments;
    let last = this.#last;
    if (offset < list[last]!.base || (last + 1 < list.length && offset >= list[last + 1]!.base)) {
      let low = 0;
      let high = list.length - 1;
      while (low < high) {
        const mid = (low + high + 1) >> 1;
        if (list[mid]!.base <= offset) low = mid;
        else high = mid - 1;
      }
      last = low;
      this.#last = last;
      this.#lineEnd = -1;
    }
    return list[last]!;
  }

  place(offset: number): Place {
    const segment = this.segmentAt(offset);
    const { file } = segment;
    const at = Math.min(Math.max(offset - segment.shift, 0), file.text.length);
    if (at < this.#lineStart || at >= this.#lineEnd) {
      const line = file.lineAt(at);
      this.#line = line;
      this.#lineStart = file.lines[line]!;
      this.#lineEnd = file.lines[line + 1] ?? file.text.length + 1;
    }
    return {
      file,
      name: segment.name,
      line: this.#line + 1 + segment.lineShift,
      column: width(file.text, this.#lineStart, at),
      segment,
    };
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of UTF-8 bytes; a byte that belongs to no character becomes U+FFFD by itself, as in the original. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    // Not valid: one at a time.
  }
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i]!;
    const length =
      b < 0x80 ? 1 : b >= 0xc2 && b < 0xe0 ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0;
    let one = '\ufffd';
    let used = 1;
    if (length > 0 && i + length <= bytes.length) {
      try {
        one = decoder.decode(bytes.subarray(i, i + length));
        used = length;
      } catch {
        one = '\ufffd';
      }
    }
    text += one;
    i += used;
  }
  return text;
}

const encoder = new TextEncoder();

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Order of the UTF-8 forms up to the first NUL, in which names and strings are laid out. */
export function compareNames(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) {
      if (x === 0) return 0;
      continue;
    }
    // Surrogates stand for characters after all others.
    if (x >= 0xd800 && x < 0xe000) x += 0x10000;
    if (y >= 0xd800 && y < 0xe000) y += 0x10000;
    return x - y;
  }
  if (a.length === b.length) return 0;
  if (a.length > n) return a.charCodeAt(n) === 0 ? 0 : 1;
  return b.charCodeAt(n) === 0 ? 0 : -1;
}
