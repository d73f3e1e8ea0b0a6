/** Words of a text in lower case. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Words that one text is compared by, at most: the comparison takes the product of the lengths. */
const MOST_WORDS = 2000;

/** ROUGE-L (Lin 2004): F1 of the longest common subsequence of two lists of words; 0 to 1. */
export function rougeL(a: readonly string[], b: readonly string[]): number {
  const [x, y] = [a.slice(0, MOST_WORDS), b.slice(0, MOST_WORDS)];
  if (x.length === 0 || y.length === 0) return x.length === y.length ? 1 : 0;
  let row = new Uint16Array(y.length + 1);
  for (const word of x) {
    const next = new Uint16Array(y.length + 1);
    for (let j = 0; j < y.length; j++) {
      next[j + 1] =
        word === y[j] ? (row[j] as number) + 1 : Math.max(row[j + 1] as number, next[j] as number);
    }
    row = next;
  }
  return (2 * (row[y.length] as number)) / (x.length + y.length);
}

/** Cosine of two unit vectors, 0 to 1: opposite counts as unrelated. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) sum += (a[i] as number) * (b[i] as number);
  return Math.min(1, Math.max(0, sum));
}
