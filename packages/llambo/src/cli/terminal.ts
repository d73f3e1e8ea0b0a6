/** What the terminal can show; escape codes never reach a pipe, nor anyone who set NO_COLOR. */
export const colours = (stream: { readonly isTTY?: boolean }): boolean =>
  stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';

type Paint = (stream: { readonly isTTY?: boolean }, text: string) => string;

const paint =
  (code: number): Paint =>
  (stream, text) =>
    colours(stream) ? `\x1b[${code}m${text}\x1b[0m` : text;

export const bold: Paint = paint(1);
export const dim: Paint = paint(2);
export const red: Paint = paint(31);
export const green: Paint = paint(32);
export const yellow: Paint = paint(33);

/** Columns side by side, each as wide as its widest cell; colours in a cell take no room. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, visible(cell));
    });
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visible(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const visible = (text: string): number => text.replace(/\x1b\[\d+m/g, '').length;

export async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const part of stream) text += part;
  return text;
}
