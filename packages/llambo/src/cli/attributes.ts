/**
 * Attributes as text, `name=value` with values in quotes as rc(1) has them: what wire/words.ts reads and writes, without
 * the engine that its errors bring along. A command that only talks must start at once.
 */

/** A word as the ctl and data files read it. */
export const quote = (word: string): string =>
  word === '' || /[\s']/.test(word) ? `'${word.replaceAll("'", "''")}'` : word;

/** All of them. @throws Error that says where it is wrong */
export function readAttributes(text: string): [name: string, value: string][] {
  const found: [string, string][] = [];
  const next = /\s*([a-z0-9_]+)=((?:[^\s']|'(?:[^']|'')*')*)(?=\s|$)/y;
  while (/\S/.test(text.slice(next.lastIndex))) {
    const from = next.lastIndex;
    const match = next.exec(text);
    if (match === null) {
      const word = text.slice(from).trim();
      const open = /^([a-z0-9_]+)=.*'/.exec(word);
      throw new Error(
        open === null ? `expected name=value, got ${word.split(/\s/)[0]}` : `${open[1]}: quote is not closed`,
      );
    }
    found.push([
      match[1] as string,
      (match[2] as string).replace(/'((?:[^']|'')*)'/g, (_, inner: string) => inner.replaceAll("''", "'")),
    ]);
  }
  return found;
}
