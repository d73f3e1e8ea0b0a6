/** Lines of an input that is no terminal: a pipe, a file. */
import { StringDecoder } from 'node:string_decoder';
import type { TerminalInput } from './editor.ts';

export class TextInput {
  readonly #input: TerminalInput;
  readonly #decoder: StringDecoder = new StringDecoder('utf8');
  #text = '';
  #ended = false;
  #started = false;
  #cancelled = false;
  #wake: (() => void) | undefined;

  constructor(input: TerminalInput) {
    this.#input = input;
  }

  /** The next line without its end; undefined when there are no more, null when `cancel` came first. */
  async line(): Promise<string | undefined | null> {
    this.#cancelled = false;
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line.endsWith('\r') ? line.slice(0, -1) : line;
      }
      if (this.#ended) {
        const rest = this.#text;
        this.#text = '';
        return rest === '' ? undefined : rest;
      }
      await this.#more();
      if (this.#cancelled) return null;
    }
  }

  /** Whoever waits for a line does so no longer. */
  cancel(): void {
    this.#cancelled = true;
    this.#wake?.();
  }

  async #more(): Promise<void> {
    if (!this.#started) {
      this.#started = true;
      this.#input.on('data', this.#onData);
      this.#input.on('end', this.#onEnd);
      this.#input.on('error', this.#onEnd);
    }
    this.#input.resume();
    await new Promise<void>((resolve) => (this.#wake = resolve));
    // The rest of the input may be for somebody else: no more of it than is needed.
    this.#input.pause();
  }

  close(): void {
    this.#input.off('data', this.#onData);
    this.#input.off('end', this.#onEnd);
    this.#input.off('error', this.#onEnd);
    this.#input.pause();
    this.#onEnd();
  }

  readonly #onData = (bytes: Uint8Array | string): void => {
    this.#text += typeof bytes === 'string' ? bytes : this.#decoder.write(bytes as Buffer);
    this.#wake?.();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#text += this.#decoder.end();
    this.#wake?.();
  };
}
