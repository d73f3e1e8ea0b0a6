import { StyxError } from '@llambo/styx';

/** Words of the form `name=value`, as `tokenize` gives them; the rest are names without a value. */
export interface Attributes {
  readonly words: readonly string[];
  readonly values: ReadonlyMap<string, string>;
}

export function attributesOf(words: readonly string[]): Attributes {
  const plain: string[] = [];
  const values = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at <= 0) plain.push(word);
    else values.set(word.slice(0, at), word.slice(at + 1));
  }
  return { words: plain, values };
}

/** A value as it stands in a line: quoted as in rc where it has to be. */
export function quoteValue(value: string): string {
  return value === '' || /[\s']/.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
}

/** `name=value` pairs in one line; members that are undefined are left out. */
export function attributeLine(pairs: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(pairs)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quoteValue(String(value))}`)
    .join(' ');
}

export function attributeLines(pairs: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(pairs)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quoteValue(String(value))}\n`)
    .join('');
}

/** A number within bounds. Throws an error that names the attribute. */
export function numberOf(
  { values }: Attributes,
  name: string,
  fallback: number | undefined,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  const text = values.get(name);
  if (text === undefined && fallback !== undefined) return fallback;
  const value = Number(text);
  if (text === undefined || text === '' || !(value >= least && value <= most))
    throw new StyxError(
      `bad-request: ${name}=${text ?? ''}: expected a number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
    );
  return value;
}

export function textOf({ values }: Attributes, name: string, fallback?: string): string {
  const text = values.get(name) ?? fallback;
  if (text === undefined || text === '') throw new StyxError(`bad-request: ${name}= is missing`);
  return text;
}
