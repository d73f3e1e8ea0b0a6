/** Lines of words and `attr=value` pairs, quoted as rc(1) has them. */
import { tokenize } from '@llambo/styx/fs';

export interface Attributes {
  /** Words that are no pairs. */
  readonly words: readonly string[];
  readonly attributes: ReadonlyMap<string, string>;
}

export function parseAttributes(line: string): Attributes {
  const words: string[] = [];
  const attributes = new Map<string, string>();
  for (const word of tokenize(line)) {
    const found = /^([A-Za-z_][\w.]*)=(.*)$/s.exec(word);
    if (found === null) words.push(word);
    else attributes.set(found[1] as string, found[2] as string);
  }
  return { words, attributes };
}
