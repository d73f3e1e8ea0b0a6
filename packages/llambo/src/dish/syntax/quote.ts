/** Words as the shell reads them: `'it''s'`. */

/** A word that needs no quotes. */
const BARE = /^[^\s#;&|^$=`'{}()<>*?[\]"\\~!@\x00-\x1f\x7f][^\s#;&|^$`'{}()<>*?[\]"\\\x00-\x1f\x7f]*$/u;
const KEYWORDS = new Set(['if', 'for', 'while', 'switch', 'fn', 'in', 'not', 'case', 'time']);

/** `text` so that it is read back as this one word. */
export function quoteWord(text: string): string {
  return BARE.test(text) && !KEYWORDS.has(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/** A list so that it is read back as these words: `one`, `(two words)`, `()`. */
export function quoteList(list: readonly string[]): string {
  if (list.length === 1) return quoteWord(list[0] as string);
  return `(${list.map(quoteWord).join(' ')})`;
}
