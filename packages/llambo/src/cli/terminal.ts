/** What the terminal can show; escape codes never reach a pipe, nor anyone who set NO_COLOR. */
export const colours = (stream: { readonly isTTY?: boolean }): boolean =>
  stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';

const paint =
  (code: number) =>
  (stream: { readonly isTTY?: boolean }, text: string): string =>
    colours(stream) ? `\x1b[${code}m${text}\x1b[0m` : text;

export const dim: (stream: { readonly isTTY?: boolean }, text: string) => string = paint(2);
export const bold: (stream: { readonly isTTY?: boolean }, text: string) => string = paint(1);
export const red: (stream: { readonly isTTY?: boolean }, text: string) => string = paint(31);

/** Columns side by side, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
