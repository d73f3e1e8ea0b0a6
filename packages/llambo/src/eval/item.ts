import { type Random, seededRandom } from '../sim/random.ts';

/** One question whose right answer is known. */
export interface EvalItem {
  /** Unique within its set. */
  readonly id: string;
  readonly question: string;
  /** Closed answers in the order in which they are shown, which is shuffled: public sets often put the right one first. */
  readonly options?: readonly string[];
  /** Index of the right option, or the text or number that an answer must equal. */
  readonly answer: number | string;
  readonly kind: 'choice' | 'exact' | 'numeric';
}

export interface EvalSet {
  readonly name: string;
  /** Where it comes from, as a package and a file in it. */
  readonly source: string;
  readonly items: readonly EvalItem[];
}

/** A list in random order, the same for the same source of chance (Fisher and Yates). */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** A number out of a text, for seeds: FNV-1a, 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A multiple-choice item with its options in an order drawn from its own id; at most `most` options, the right one among them. */
export function choiceItem(
  id: string,
  question: string,
  options: readonly string[],
  right: number,
  most = 10,
): EvalItem {
  const random = seededRandom(hashText(id));
  const wrong = shuffled(
    options.filter((_, i) => i !== right),
    random,
  ).slice(0, most - 1);
  const shown = shuffled([options[right] as string, ...wrong], random);
  return { id, question, options: shown, answer: shown.indexOf(options[right] as string), kind: 'choice' };
}

/**
 * At most `count` items drawn by seed, and which of them are for tuning: a fifth, the first of the drawn ones, so that
 * asking for more items never moves one from the report to the tuning side within the same fifth of the same count.
 */
export function split<T>(items: readonly T[], share = 0.2): { tuning: T[]; rest: T[] } {
  const size = Math.round(items.length * share);
  return { tuning: items.slice(0, size), rest: items.slice(size) };
}
