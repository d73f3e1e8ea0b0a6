/** Text that is no command: what a person says when they forget that they talk to a shell. */
import { BUILTINS } from './builtins/index.ts';
import type { Shell } from './run/shell.ts';

const KEYWORDS = new Set(['if', 'for', 'while', 'switch', 'fn', '~', '!', '@', 'time', '{', '}', '(', ')']);

/** Whether `line` is a sentence rather than a command: two words at least, and the first is none that the shell knows. */
export function isBareText(shell: Shell, line: string): boolean {
  const found =
    /^\s*([^\s;&|<>{}()$`]+)\s+\S/.exec(line) ?? /^\s*([^\s;&|<>{}()$`']+)(?:'[^']*\S*)?\?\s*$/.exec(line);
  if (found === null) return false;
  const first = found[1] as string;
  if (KEYWORDS.has(first) || /^[\w*]+=/.test(first) || first.startsWith('#')) return false;
  if (first.includes('/') || first.startsWith("'")) return false;
  return !BUILTINS.has(first) && !shell.functions.has(first);
}
