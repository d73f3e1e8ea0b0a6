import { pad, stripEscapes, textWidth, truncate } from './width.ts';

/** Names in columns, read downwards as ls(1) prints them, in at most `limit` rows. */
export function inColumns(
  names: readonly string[],
  width: number,
  limit: number = Number.POSITIVE_INFINITY,
): string[] {
  const widest = Math.max(1, ...names.map(textWidth));
  const across = Math.max(1, Math.floor((width + 2) / (widest + 2)));
  const height = Math.ceil(names.length / across);
  const rows: string[] = [];
  for (let row = 0; row < height; row++) {
    const cells: string[] = [];
    for (let i = row; i < names.length; i += height)
      cells.push(pad(truncate(names[i] as string, width), widest));
    rows.push(truncate(cells.join('  ').trimEnd(), width));
  }
  if (rows.length <= limit) return rows;
  const shown = rows.slice(0, limit - 1);
  return [...shown, `... ${names.length - shown.length * across} more`];
}

export interface TableOptions {
  /** Columns by number that stand right, as figures do. */
  readonly right?: readonly number[];
  /** Rows that are wider are cut off; never when left out. */
  readonly width?: number;
}

/** Cells side by side, each column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => textWidth(row[column] ?? ''))),
  );
  return rows
    .map((row) => {
      const line = widths
        .map((width, column) =>
          pad(row[column] ?? '', width, options.right?.includes(column) ? 'right' : 'left'),
        )
        .join('  ')
        .trimEnd();
      return options.width === undefined ? line : truncate(line, options.width);
    })
    .join('\n');
}

/** Terms and what is said of them, which is broken at `width` and goes on under itself. */
export function definitions(
  rows: readonly (readonly [term: string, text: string])[],
  width: number = Number.POSITIVE_INFINITY,
): string {
  const indent = Math.max(0, ...rows.map(([term]) => textWidth(term))) + 4;
  let out = '';
  for (const [term, text] of rows) {
    let line = `  ${pad(term, indent - 2)}`;
    let empty = true;
    for (const word of text.split(' ')) {
      if (!empty && textWidth(line) + 1 + textWidth(word) > width) {
        out += `${line}\n`;
        line = ' '.repeat(indent);
        empty = true;
      }
      line += empty ? word : ` ${word}`;
      empty = false;
    }
    out += `${line.trimEnd()}\n`;
  }
  return out;
}

/** Rows that are wider than `width` are broken at blanks, and go on under the last of their columns where there is room. */
export function hang(text: string, width: number): string {
  return text
    .split('\n')
    .map((row) => (textWidth(row) <= width ? row : hangRow(row, width)))
    .join('\n');
}

function hangRow(row: string, width: number): string {
  const bare = stripEscapes(row);
  const columns = [
    0,
    ...Array.from(bare.matchAll(/ {2,}(?=\S)/g), ({ index, 0: gap }) => index + gap.length),
  ];
  const under = columns.map((at) => textWidth(bare.slice(0, at))).filter((at) => at <= width / 2);
  const indent = under.at(-1) ?? 0;
  let out = '';
  let line = '';
  for (const word of row.split(/(?<=\S)(?= )/)) {
    const rest = word.trimStart();
    if (textWidth(line) > indent && textWidth(line) + textWidth(word) > width) {
      out += `${line}\n`;
      line = ' '.repeat(indent) + rest;
    } else line += word;
  }
  return out + line;
}
