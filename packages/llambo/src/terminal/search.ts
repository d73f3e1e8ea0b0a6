/** Incremental search through the history, as readline's ctrl-r. */

import type { History } from './history.ts';
import type { Key } from './keys.ts';
import type { TextBuffer } from './text-buffer.ts';
import { clusters } from './width.ts';

export interface SearchStep {
  /** The entry that is shown now. */
  readonly index?: number;
  readonly ended: boolean;
  /** The key is still to be obeyed: what ends a search is a command too. */
  readonly pass: boolean;
}

export class Search {
  readonly #history: History;
  readonly #buffer: TextBuffer;
  readonly #before: { readonly text: string; readonly cursor: number };
  #forward: boolean;
  #text = '';
  #at: number;
  #failed = false;

  constructor(history: History, buffer: TextBuffer, at: number, forward: boolean) {
    this.#history = history;
    this.#buffer = buffer;
    this.#before = { text: buffer.text, cursor: buffer.cursor };
    this.#at = at;
    this.#forward = forward;
  }

  get prompt(): string {
    const kind = this.#forward ? 'i-search' : 'reverse-i-search';
    return `(${this.#failed ? 'failed ' : ''}${kind})\`${this.#text.replaceAll('\n', ' ')}': `;
  }

  press({ name, text }: Key): SearchStep {
    switch (name) {
      case 'text':
      case 'paste':
        this.#text += text;
        return this.#look(this.#forward ? this.#at : this.#at + 1);
      case 'backspace':
      case 'ctrl-h':
        this.#text = clusters(this.#text).slice(0, -1).join('');
        return this.#look(this.#forward ? 0 : this.#history.entries.length);
      case 'ctrl-r':
      case 'ctrl-s':
        this.#forward = name === 'ctrl-s';
        return this.#look(this.#forward ? this.#at + 1 : this.#at);
      case 'ctrl-g':
      case 'ctrl-c':
      case 'escape':
        if (name !== 'escape') this.#buffer.reset(this.#before.text, this.#before.cursor);
        return { ended: true, pass: false };
      default:
        return { ended: true, pass: true };
    }
  }

  #look(from: number): SearchStep {
    if (this.#text === '') {
      this.#failed = false;
      return { ended: false, pass: false };
    }
    const index = this.#history.find(this.#text, from, this.#forward);
    this.#failed = index < 0;
    if (index < 0) return { ended: false, pass: false };
    this.#at = index;
    const entry = this.#history.entries[index] as string;
    this.#buffer.reset(entry, entry.indexOf(this.#text));
    return { index, ended: false, pass: false };
  }
}
