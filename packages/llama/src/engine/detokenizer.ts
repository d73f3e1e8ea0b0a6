/**
 * Turns a stream of token bytes into text: characters split over tokens wait for their last byte, and text that could be
 * the beginning of a stop string waits until it is known not to be one.
 */
export class Detokenizer {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #stops: readonly string[];
  readonly #longestStop: number;
  #held = '';
  /** The stop string that ended the text. */
  stopString: string | undefined;

  constructor(stops: readonly string[] = []) {
    this.#stops = stops;
    this.#longestStop = stops.reduce((longest, stop) => Math.max(longest, stop.length), 0);
  }

  /** Text that is certain after these bytes. Once `stopString` is set, all that came before it has been given. */
  push(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.#longestStop === 0) return text;
    return this.#untilStop(this.#held + text);
  }

  /** What is left at the end; an unfinished character becomes U+FFFD. */
  flush(): string {
    const rest = this.#held + this.#decoder.decode();
    this.#held = '';
    return this.stopString === undefined ? rest : '';
  }

  #untilStop(text: string): string {
    let first = -1;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
        this.stopString = stop;
      }
    }
    if (first >= 0) {
      this.#held = '';
      return text.slice(0, first);
    }
    const hold = this.#pendingStop(text);
    this.#held = text.slice(text.length - hold);
    return text.slice(0, text.length - hold);
  }

  /** Length of the longest end of `text` that begins a stop string. */
  #pendingStop(text: string): number {
    for (let length = Math.min(this.#longestStop - 1, text.length); length > 0; length--) {
      const end = text.slice(text.length - length);
      if (this.#stops.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }
}
