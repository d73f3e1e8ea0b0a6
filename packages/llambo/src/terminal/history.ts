/** Lines that were entered, for the arrow keys and for search. */
export class History {
  readonly #entries: string[];
  readonly #limit: number;
  readonly #save: ((entry: string) => void) | undefined;

  /**
   * @param entries oldest first; the newest `limit` of them are kept
   * @param save is told each entry that is added
   */
  constructor(entries: readonly string[] = [], save?: (entry: string) => void, limit: number = 10_000) {
    this.#entries = entries.slice(-limit);
    this.#limit = limit;
    this.#save = save;
  }

  /** Oldest first. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Adds a line, unless it is empty, begins with a blank, or is the newest one again. */
  add(entry: string): void {
    if (entry.trim() === '' || /^\s/.test(entry) || entry === this.#entries.at(-1)) return;
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    this.#save?.(entry);
  }

  /** The newest entry before `from` (forward: the oldest from there on) that contains `text`; its index, or -1. */
  find(text: string, from: number, forward: boolean = false): number {
    const { length } = this.#entries;
    const has = (i: number): boolean => (this.#entries[i] as string).includes(text);
    if (forward) {
      for (let i = Math.max(0, from); i < length; i++) if (has(i)) return i;
    } else {
      for (let i = Math.min(from, length) - 1; i >= 0; i--) if (has(i)) return i;
    }
    return -1;
  }
}
