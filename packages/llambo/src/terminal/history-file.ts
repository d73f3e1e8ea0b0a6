import { appendFileSync, readFileSync } from 'node:fs';
import { History } from './history.ts';

/**
 * A history that is kept in a file, one entry a line with `\n` and `\\` for newlines and backslashes. Every entry is
 * appended in one write, so two sessions at once lose nothing; a line that was cut short by a crash is one odd entry.
 */
export function historyFile(path: string, limit: number = 10_000): History {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // none yet
  }
  const entries = text
    .split('\n')
    .filter((line) => line !== '')
    .map(decode);
  let broken = text !== '' && !text.endsWith('\n');
  const save = (entry: string): void => {
    try {
      appendFileSync(path, `${broken ? '\n' : ''}${encode(entry)}\n`, { mode: 0o600 });
      broken = false;
    } catch {
      // a home that can't be written is no reason not to go on
    }
  };
  return new History(entries, save, limit);
}

function encode(entry: string): string {
  return entry.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function decode(line: string): string {
  return line.replace(/\\([\\nr])/g, (_, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : '\\'));
}
