const MULTIPLES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
};

/** Bytes of a size as people write it: `128MB`, `1 GiB`, `512m`, `1024`. Multiples are of 1,024. Undefined: not a size. */
export function parseBytes(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? Math.floor(text) : undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text);
  if (match === null) return undefined;
  const multiple = MULTIPLES[(match[2] as string).toUpperCase()] as number;
  return Math.floor(Number(match[1]) * multiple);
}

export function formatBytes(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K']) {
    const multiple = MULTIPLES[unit] as number;
    if (bytes >= multiple) return `${trim(bytes / multiple)} ${unit}B`;
  }
  return `${bytes} B`;
}

const trim = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '');
