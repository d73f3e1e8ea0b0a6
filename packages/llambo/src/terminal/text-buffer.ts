/** The text that is being edited: cursor, words, kills, undo. Knows nothing of a terminal. */
import { clusters } from './width.ts';

interface State {
  readonly text: string;
  readonly cursor: number;
}

/** Undo steps that are kept. */
const UNDO = 500;

export class TextBuffer {
  #text = '';
  /** In UTF-16 units, always between grapheme clusters. */
  #cursor = 0;
  #undo: State[] = [];
  #redo: State[] = [];
  /** What the last change was, so that a run of typing is one step back. */
  #last = '';
  #kills: string[] = [];

  get text(): string {
    return this.#text;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get before(): string {
    return this.#text.slice(0, this.#cursor);
  }

  /** Other text altogether, with no way back: the beginning of an edit. */
  reset(text: string = '', cursor: number = text.length): void {
    this.#text = text;
    this.#cursor = cursor;
    this.#undo = [];
    this.#redo = [];
    this.#last = '';
  }

  /** Other text, which can be undone. */
  replace(text: string, cursor: number = text.length): void {
    this.#change('replace', text, cursor);
  }

  insert(text: string): void {
    const kind = /\s/.test(text) ? 'insert blank' : 'insert';
    this.#change(kind, this.before + text + this.#text.slice(this.#cursor), this.#cursor + text.length);
  }

  /** Moves by clusters, across line ends. False at the end of the text. */
  move(by: -1 | 1): boolean {
    const to = by < 0 ? this.#previous() : this.#next();
    return this.moveTo(to);
  }

  moveTo(cursor: number): boolean {
    this.#last = '';
    const moved = cursor !== this.#cursor;
    this.#cursor = Math.max(0, Math.min(cursor, this.#text.length));
    return moved;
  }

  lineStart(): number {
    return this.#text.lastIndexOf('\n', this.#cursor - 1) + 1;
  }

  lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#cursor);
    return end < 0 ? this.#text.length : end;
  }

  /** Where the word before the cursor begins: letters and digits, as in readline's alt-b. */
  wordStart(): number {
    const found = /[\p{L}\p{N}\p{M}_]+[^\p{L}\p{N}\p{M}_]*$/u.exec(this.before);
    return found === null ? 0 : found.index;
  }

  wordEnd(): number {
    const found = /^[^\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}_]+/u.exec(this.#text.slice(this.#cursor));
    return this.#cursor + (found === null ? this.#text.length - this.#cursor : found[0].length);
  }

  /** Where the word between blanks begins, as ctrl-w kills it. */
  blankStart(): number {
    return (/\S+\s*$/.exec(this.before) ?? /\s*$/.exec(this.before))?.index ?? 0;
  }

  delete(by: -1 | 1): boolean {
    const other = by < 0 ? this.#previous() : this.#next();
    if (other === this.#cursor) return false;
    this.#cut('delete', other);
    return true;
  }

  /** Deletes from the cursor to `to`, and keeps it for `yank`; kills in a row are kept together. */
  kill(to: number): void {
    if (to === this.#cursor) return;
    const killed = this.#text.slice(Math.min(to, this.#cursor), Math.max(to, this.#cursor));
    const again = this.#last === 'kill' ? this.#kills.pop() : undefined;
    this.#kills.push(again === undefined ? killed : to < this.#cursor ? killed + again : again + killed);
    if (this.#kills.length > 30) this.#kills.shift();
    this.#cut('kill', to);
  }

  yank(): void {
    const text = this.#kills.at(-1);
    if (text !== undefined)
      this.#change('yank', this.before + text + this.#text.slice(this.#cursor), this.#cursor + text.length);
  }

  /** After a yank: what was killed before that, in its place. */
  yankPop(): void {
    if (this.#last !== 'yank' || this.#kills.length < 2) return;
    const text = this.#kills.pop() as string;
    this.#kills.unshift(text);
    this.undo();
    this.yank();
  }

  /** The two characters around the cursor change places. */
  transpose(): void {
    const line = this.#text.slice(this.lineStart(), this.lineEnd());
    const all = clusters(line);
    if (all.length < 2) return;
    const at = Math.min(clusters(line.slice(0, this.#cursor - this.lineStart())).length, all.length - 1);
    if (at === 0) return;
    [all[at - 1], all[at]] = [all[at] as string, all[at - 1] as string];
    const start = this.lineStart();
    const cursor = start + all.slice(0, at + 1).join('').length;
    this.#change(
      'transpose',
      this.#text.slice(0, start) + all.join('') + this.#text.slice(this.lineEnd()),
      cursor,
    );
  }

  /** The rest of the word in another form, and the cursor behind it. */
  changeWord(form: (word: string) => string): void {
    const end = this.wordEnd();
    const word = form(this.#text.slice(this.#cursor, end));
    this.#change('case', this.before + word + this.#text.slice(end), this.#cursor + word.length);
  }

  undo(): void {
    const state = this.#undo.pop();
    if (state === undefined) return;
    this.#redo.push({ text: this.#text, cursor: this.#cursor });
    this.#text = state.text;
    this.#cursor = state.cursor;
    this.#last = '';
  }

  redo(): void {
    const state = this.#redo.pop();
    if (state === undefined) return;
    this.#undo.push({ text: this.#text, cursor: this.#cursor });
    this.#text = state.text;
    this.#cursor = state.cursor;
    this.#last = '';
  }

  #cut(kind: string, other: number): void {
    const from = Math.min(other, this.#cursor);
    const to = Math.max(other, this.#cursor);
    this.#change(kind, this.#text.slice(0, from) + this.#text.slice(to), from);
  }

  #change(kind: string, text: string, cursor: number): void {
    if (kind !== this.#last || (kind !== 'insert' && kind !== 'delete')) {
      this.#undo.push({ text: this.#text, cursor: this.#cursor });
      if (this.#undo.length > UNDO) this.#undo.shift();
    }
    this.#redo = [];
    this.#last = kind;
    this.#text = text;
    this.#cursor = cursor;
  }

  #previous(): number {
    if (this.#cursor === 0) return 0;
    const start = this.lineStart();
    if (start === this.#cursor) return this.#cursor - 1;
    return this.#cursor - (clusters(this.#text.slice(start, this.#cursor)).at(-1) as string).length;
  }

  #next(): number {
    if (this.#cursor === this.#text.length) return this.#cursor;
    if (this.#text[this.#cursor] === '\n') return this.#cursor + 1;
    // A cluster is short: no need to look at all of a long line.
    const ahead = this.#text.slice(this.#cursor, Math.min(this.lineEnd(), this.#cursor + 200));
    return this.#cursor + (clusters(ahead)[0] as string).length;
  }
}
