/** Styled text in rows of a width. */
import type { Painter, StyleName } from '../style.ts';
import { clusters, clusterWidth, textWidth } from '../width.ts';
import type { Span } from './inline.ts';

/** What is not torn apart at the end of a row, unless it is wider than one. */
interface Word {
  readonly pieces: Span[];
  width: number;
  /** A blank stands before it, in these styles; undefined: nothing does. */
  readonly blank: readonly StyleName[] | undefined;
}

/** Rows of at most `width` columns; styles begin and end within each row. */
export function wrapSpans(spans: readonly Span[], width: number, paint: Painter): string[] {
  const rows: string[] = [];
  for (const line of lines(spans)) wrapLine(words(line), Math.max(1, width), rows, paint);
  return rows;
}

/** The spans between hard line breaks. */
function lines(spans: readonly Span[]): Span[][] {
  const out: Span[][] = [[]];
  for (const { text, styles } of spans) {
    for (const [i, part] of text.split('\n').entries()) {
      if (i > 0) out.push([]);
      if (part !== '') out.at(-1)?.push({ text: part, styles });
    }
  }
  return out;
}

function words(line: readonly Span[]): Word[] {
  const out: Word[] = [];
  let blank: readonly StyleName[] | undefined;
  let joined = false;
  for (const { text, styles } of line) {
    for (const part of text.split(/([ \t]+)/)) {
      if (part === '') continue;
      if (/^[ \t]/.test(part)) {
        blank = styles;
        joined = false;
        continue;
      }
      for (const piece of breakable(part)) {
        const span = { text: piece.text, styles };
        const width = textWidth(piece.text);
        const last = out.at(-1);
        if (joined && !piece.apart && last !== undefined) {
          last.pieces.push(span);
          last.width += width;
        } else out.push({ pieces: [span], width, blank: out.length > 0 ? blank : undefined });
        blank = undefined;
        joined = !piece.apart;
      }
    }
  }
  return out;
}

/** Text in scripts without blanks may be broken behind every wide character. */
function breakable(word: string): { text: string; apart: boolean }[] {
  if (/^[\x00-\u10ff]*$/.test(word)) return [{ text: word, apart: false }];
  const out: { text: string; apart: boolean }[] = [];
  for (const cluster of clusters(word)) {
    const apart = clusterWidth(cluster) === 2;
    const last = out.at(-1);
    if (!apart && last !== undefined && !last.apart) last.text += cluster;
    else if (/^[\p{Pe}\p{Pf}\p{Po}]$/u.test(cluster) && last !== undefined) last.text += cluster;
    else out.push({ text: cluster, apart });
  }
  return out;
}

function wrapLine(line: readonly Word[], width: number, rows: string[], paint: Painter): void {
  let row: Span[] = [];
  let used = 0;
  const flush = (): void => {
    rows.push(painted(row, paint));
    row = [];
    used = 0;
  };
  for (const word of line) {
    const gap = word.blank === undefined || used === 0 ? 0 : 1;
    if (used > 0 && used + gap + word.width > width) flush();
    else if (gap > 0) {
      const before = row.at(-1)?.styles ?? [];
      const same = (word.blank ?? []).filter((style) => before.includes(style));
      row.push({ text: ' ', styles: same.filter((style) => word.pieces[0]?.styles.includes(style)) });
      used++;
    }
    if (word.width <= width - used) {
      row.push(...word.pieces);
      used += word.width;
      continue;
    }
    for (const { text, styles } of word.pieces) {
      for (const cluster of clusters(text)) {
        const columns = clusterWidth(cluster);
        if (used + columns > width && used > 0) flush();
        row.push({ text: cluster, styles });
        used += columns;
      }
    }
  }
  flush();
}

function painted(row: readonly Span[], paint: Painter): string {
  let out = '';
  for (let i = 0; i < row.length; ) {
    const { styles } = row[i] as Span;
    let text = '';
    while (i < row.length && sameStyles((row[i] as Span).styles, styles)) text += (row[i++] as Span).text;
    out += styles.length === 0 ? text : paint(text, ...styles);
  }
  return out;
}

function sameStyles(a: readonly StyleName[], b: readonly StyleName[]): boolean {
  return a.length === b.length && a.every((style, i) => style === b[i]);
}
