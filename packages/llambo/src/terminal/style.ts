/** Styles of text. Escape codes never reach a pipe, nor anyone who set NO_COLOR. */

export interface Output {
  readonly isTTY?: boolean | undefined;
}

/** Whether what is written there may have colours and styles; https://no-color.org. */
export function hasColours(stream: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Whether the cursor can be moved there. NO_COLOR says nothing about that. */
export function hasCursor(stream: Output, env: NodeJS.ProcessEnv = process.env): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  inverse: [7, 27],
  strike: [9, 29],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type StyleName = keyof typeof CODES;

/** `text` in these styles, each closed by its own end so that styles nest. */
export function styled(names: readonly StyleName[], text: string): string {
  if (text === '' || names.length === 0) return text;
  let begin = '';
  let end = '';
  for (const name of names) {
    const [on, off] = CODES[name];
    begin += `\x1b[${on}m`;
    end = `\x1b[${off}m${end}`;
  }
  return begin + text + end;
}

/** Paints, or leaves text as it is when `on` is false. */
export type Painter = (text: string, ...names: StyleName[]) => string;

export function painter(on: boolean): Painter {
  return on ? (text, ...names) => styled(names, text) : (text) => text;
}
