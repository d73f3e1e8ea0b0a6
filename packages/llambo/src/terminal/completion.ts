/** What may stand in place of a part of the line. */
export interface Completion {
  /** The part to replace, in UTF-16 units of the text: from here to the cursor. */
  readonly start: number;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  /** What is put into the line. */
  readonly text: string;
  /** What the list of candidates shows; `text` when left out. */
  readonly label?: string;
  /** Comes behind it when it is the only candidate; a blank when left out. */
  readonly suffix?: string;
}

export type Completer = (
  text: string,
  cursor: number,
  signal: AbortSignal,
) => Completion | Promise<Completion>;

/** What all candidates begin with. */
export function commonPrefix(candidates: readonly Candidate[]): string {
  const [first, ...others] = candidates;
  let prefix = first?.text ?? '';
  for (const { text } of others) {
    let n = 0;
    while (n < prefix.length && prefix[n] === text[n]) n++;
    prefix = prefix.slice(0, n);
  }
  // Not half of a pair of surrogates.
  return /[\ud800-\udbff]$/.test(prefix) ? prefix.slice(0, -1) : prefix;
}
