/** A line editor for a terminal: history, search, completion, several lines, pastes, resizes. */

import { inColumns } from './columns.ts';
import { COMMANDS } from './commands.ts';
import { type Completer, type Completion, commonPrefix } from './completion.ts';
import { History } from './history.ts';
import { type Key, KeyDecoder } from './keys.ts';
import { type Layout, type LayoutInput, layout, verticalMove, visibleRows } from './layout.ts';
import { Region, type TerminalOutput } from './region.ts';
import { Search } from './search.ts';
import { hasCursor } from './style.ts';
import { TextBuffer } from './text-buffer.ts';
import { TextInput } from './text-input.ts';
import { clusters } from './width.ts';

export interface TerminalInput extends NodeJS.EventEmitter {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
  pause(): unknown;
  resume(): unknown;
}

export interface EditorOptions {
  readonly input?: TerminalInput;
  readonly output?: TerminalOutput & NodeJS.EventEmitter;
  readonly history?: History;
  readonly complete?: Completer;
  /** Whether the text wants another line: then Enter begins one instead of handing the text over. */
  readonly incomplete?: (text: string) => boolean;
  /** Before each further line; `... ` when left out. */
  readonly continuation?: string;
  /** Ctrl-C while no line is being read: a command is running. */
  readonly interrupt?: () => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** How reading ended: with text, with Ctrl-C (what was typed is gone), or with the end of the input (Ctrl-D). */
export type Line =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'end' };

/** Silence after which an Escape was the key itself, in milliseconds. */
const ESCAPE_MS = 50;
/** A completion that takes longer is given up, in milliseconds. */
const COMPLETION_MS = 3000;
/** After this long a Ctrl-Z has stopped the process, or never will, in milliseconds. */
const SUSPEND_MS = 200;
const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';

/**
 * Reads lines from a terminal. From `open` to `close` it owns the terminal's input: keys that come while no line is being
 * read wait for the next one, but for Ctrl-C, which calls `interrupt`. Where input or output is no terminal, or one that
 * can't move its cursor (TERM=dumb), lines are read as they come and no escape code is written.
 */
export class Editor {
  readonly history: History;
  readonly buffer: TextBuffer = new TextBuffer();
  /** True while a line is being read. */
  reading = false;
  readonly #options: EditorOptions;
  readonly #input: TerminalInput;
  readonly #output: TerminalOutput & NodeJS.EventEmitter;
  readonly #region: Region;
  readonly #plain: TextInput | undefined;
  #decoder: KeyDecoder = new KeyDecoder();
  #queue: Key[] = [];
  #escape: NodeJS.Timeout | undefined;
  #open = false;
  #ended = false;
  #prompt = '';
  #answer = false;
  #suspended = false;
  #finish: ((line: Line) => void) | undefined;
  #completing: AbortController | undefined;
  #search: Search | undefined;
  /** Rows below the text: candidates. Gone at the next key. */
  #below: readonly string[] = [];
  #lastKey = '';
  /** Where in the history we are; its length is the line that is being written. */
  #at = 0;
  /** Entries as they were changed, by index, until the line is handed over. */
  #drafts: Map<number, string> = new Map();

  constructor(options: EditorOptions = {}) {
    this.#options = options;
    this.#input = options.input ?? process.stdin;
    this.#output = options.output ?? process.stdout;
    this.#region = new Region(this.#output);
    this.history = options.history ?? new History();
    if (this.#input.isTTY !== true || !hasCursor(this.#output, options.env)) {
      this.#plain = new TextInput(this.#input);
    }
  }

  /** Whether lines are edited here, rather than read as they come. */
  get interactive(): boolean {
    return this.#plain === undefined;
  }

  /**
   * The next line. One call at a time. `initial` is in it already, with the cursor at its end. An `answer` is input for a
   * program that asks: it is not completed, is always one line, and does not go into the history.
   */
  async read(prompt: string, initial: string = '', answer: boolean = false): Promise<Line> {
    if (this.#plain !== undefined) return this.#readPlain(prompt, answer);
    if (this.#ended) return { kind: 'end' };
    if (this.reading) throw new Error('a line is being read already');
    this.open();
    this.#answer = answer;
    this.#prompt = prompt;
    this.buffer.reset(initial);
    this.#at = this.history.entries.length;
    this.#drafts.clear();
    this.#search = undefined;
    this.#below = [];
    this.reading = true;
    return new Promise((resolve) => {
      this.#finish = resolve;
      this.#output.write(PASTE_ON);
      this.redraw();
      if (this.#obey()) this.redraw();
    });
  }

  async #readPlain(prompt: string, answer: boolean): Promise<Line> {
    const incomplete = answer ? undefined : this.#options.incomplete;
    const prompts = this.#input.isTTY === true && this.#output.isTTY === true;
    let text: string | undefined;
    for (;;) {
      if (prompts) this.#output.write(text === undefined ? prompt : (this.#options.continuation ?? '... '));
      const line = await (this.#plain as TextInput).line();
      if (line === null) return { kind: 'interrupt' };
      if (line === undefined) return text === undefined ? { kind: 'end' } : { kind: 'line', text };
      text = text === undefined ? line : `${text}\n${line}`;
      if (incomplete?.(text) !== true) return { kind: 'line', text };
    }
  }

  /** Takes the terminal. Done by `read`; earlier when keys and Ctrl-C are to be seen before. */
  open(): void {
    if (this.#open || this.#plain !== undefined) return;
    this.#open = true;
    this.#input.setRawMode?.(true);
    this.#input.on('data', this.#onData);
    this.#input.on('end', this.#onEnd);
    this.#output.on('resize', this.#onResize);
    process.on('SIGCONT', this.#onContinue);
    process.on('exit', this.#onExit);
    this.#input.resume();
  }

  /** Gives the terminal back as it was. A line that is being read ends. */
  close(): void {
    if (this.#plain !== undefined) {
      this.#plain.close();
      return;
    }
    if (!this.#open) return;
    if (this.reading) this.#done({ kind: 'end' });
    this.#open = false;
    clearTimeout(this.#escape);
    this.#input.off('data', this.#onData);
    this.#input.off('end', this.#onEnd);
    this.#output.off('resize', this.#onResize);
    process.off('SIGCONT', this.#onContinue);
    process.off('exit', this.#onExit);
    this.#input.setRawMode?.(false);
    this.#input.pause();
  }

  /** Prints lines of text; above the line that is being read, which is then drawn again. */
  print(text: string): void {
    if (text === '') return;
    const ended = text.endsWith('\n') ? text : `${text}\n`;
    if (!this.reading || this.#plain !== undefined) {
      this.#output.write(ended);
      return;
    }
    this.#region.erase();
    this.#output.write(ended);
    this.redraw();
  }

  /** Another prompt for the line that is being read. */
  set prompt(prompt: string) {
    this.#prompt = prompt;
    this.redraw();
  }

  redraw(): void {
    if (!this.reading) return;
    const height = Math.max(1, (this.#output.rows ?? 24) - 1);
    const shown = visibleRows(this.layout(), Math.max(1, height - Math.min(this.#below.length, height - 1)));
    this.#region.draw([...shown.rows, ...this.#below.slice(0, height - shown.rows.length)], shown.cursor);
  }

  /** Rows and places of the line as it is. */
  layout(): Layout {
    const columns = this.#output.columns ?? 80;
    const search = this.#search;
    const input: LayoutInput = {
      prompt: search === undefined ? this.#prompt : search.prompt,
      continuation: this.#options.continuation ?? '... ',
      text: this.buffer.text,
      cursor: this.buffer.cursor,
      columns,
    };
    return layout(input);
  }

  // What the commands in commands.ts are made of.

  /** Enter: hands the line over, or begins another one where the text is not complete. */
  enter(): void {
    const { text } = this.buffer;
    if (!this.#answer && this.#options.incomplete?.(text) === true) {
      this.buffer.insert('\n');
      return;
    }
    this.buffer.moveTo(text.length);
    this.#below = [];
    this.redraw();
    if (!this.#answer) this.history.add(text);
    this.#done({ kind: 'line', text });
  }

  interrupt(): void {
    this.buffer.moveTo(this.buffer.text.length);
    this.#search = undefined;
    this.#below = [];
    this.redraw();
    this.#output.write('^C');
    this.#done({ kind: 'interrupt' });
  }

  /** Ends the reading of a line from outside, as Ctrl-C does, without a mark. */
  cancel(): void {
    if (this.reading) this.#done({ kind: 'interrupt' });
    else this.#plain?.cancel();
  }

  /** Ctrl-D on an empty line. */
  end(): void {
    this.#done({ kind: 'end' });
  }

  /** Up or down: within the text, then through the history. */
  vertical(by: -1 | 1): void {
    const to = verticalMove(this.layout(), by);
    if (to !== undefined && this.buffer.text !== '') {
      this.buffer.moveTo(to);
      return;
    }
    this.toHistory(this.#at + by);
  }

  toHistory(index: number): void {
    const { entries } = this.history;
    if (index < 0 || index > entries.length || index === this.#at) return;
    this.#drafts.set(this.#at, this.buffer.text);
    this.#at = index;
    this.buffer.reset(this.#drafts.get(index) ?? entries[index] ?? '');
  }

  /** To the oldest entry, or to the line that is being written. */
  toHistoryEnd(end: 'oldest' | 'newest'): void {
    this.toHistory(end === 'oldest' ? 0 : this.history.entries.length);
  }

  search(forward: boolean): void {
    this.#search = new Search(this.history, this.buffer, this.#at, forward);
  }

  clearScreen(): void {
    this.#output.write('\x1b[H\x1b[2J');
    this.#region.forget();
  }

  /** Ctrl-Z: the terminal is given back until the shell that started us lets us go on. */
  suspend(): void {
    this.#region.end();
    this.#output.write(PASTE_OFF);
    this.#input.setRawMode?.(false);
    this.#suspended = true;
    process.kill(process.pid, 'SIGTSTP');
    // Where nobody could let us go on, the system does not stop us.
    setTimeout(() => {
      if (this.#suspended) this.#onContinue();
    }, SUSPEND_MS);
  }

  async complete(): Promise<void> {
    const { complete } = this.#options;
    if (complete === undefined || this.#answer) return;
    const { text, cursor } = this.buffer;
    const stop = new AbortController();
    this.#completing = stop;
    const timer = setTimeout(() => stop.abort(), COMPLETION_MS);
    try {
      const gone = new Promise<undefined>((resolve) =>
        stop.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
      );
      const found = await Promise.race([complete(text, cursor, stop.signal), gone]);
      if (found !== undefined && this.reading && this.buffer.text === text) this.#apply(found);
    } catch {
      // what can't be looked up has no completions
    } finally {
      clearTimeout(timer);
      this.#completing = undefined;
      if (this.reading) {
        this.#obey();
        this.redraw();
      }
    }
  }

  #apply({ start, candidates }: Completion): void {
    const { text, cursor } = this.buffer;
    const put = (part: string): void =>
      this.buffer.replace(text.slice(0, start) + part + text.slice(cursor), start + part.length);
    const [only] = candidates;
    if (only === undefined) return;
    if (candidates.length === 1) {
      put(only.text + (only.suffix ?? ' '));
      return;
    }
    const prefix = commonPrefix(candidates);
    const written = text.slice(start, cursor);
    if (prefix !== written && prefix.length >= written.length) put(prefix);
    else {
      const labels = candidates.map(({ text, label }) => label ?? text);
      const height = Math.max(2, Math.min(15, (this.#output.rows ?? 24) - this.layout().rows.length - 1));
      this.#below = inColumns(labels, (this.#output.columns ?? 80) - 1, height);
    }
  }

  #done(line: Line): void {
    const finish = this.#finish;
    this.#finish = undefined;
    this.reading = false;
    this.#region.end();
    this.#output.write(PASTE_OFF);
    finish?.(line);
  }

  readonly #onData = (bytes: Uint8Array): void => {
    clearTimeout(this.#escape);
    this.#take(this.#decoder.push(bytes));
    if (this.#decoder.waiting) this.#escape = setTimeout(() => this.#take(this.#decoder.flush()), ESCAPE_MS);
  };

  #take(keys: readonly Key[]): void {
    let changed = false;
    for (const key of keys) {
      if (key.name === 'ctrl-c' && (!this.reading || this.#completing !== undefined)) {
        // What was typed before it was meant for what is interrupted.
        this.#queue = [];
        if (this.#completing !== undefined) this.#completing.abort();
        else this.#options.interrupt?.();
      } else {
        this.#queue.push(key);
        changed = this.#obey() || changed;
      }
    }
    if (changed) this.redraw();
  }

  /** Obeys the keys that wait, as far as nothing has to be waited for; whether there were any. */
  #obey(): boolean {
    let any = false;
    while (this.reading && this.#completing === undefined) {
      const key = this.#queue.shift();
      if (key === undefined) break;
      this.#press(key);
      any = true;
    }
    return any;
  }

  #press(key: Key): void {
    this.#below = [];
    if (this.#search !== undefined) {
      const { index, ended, pass } = this.#search.press(key);
      if (index !== undefined) {
        this.#drafts.set(
          this.#at,
          this.#at === index ? this.buffer.text : (this.#drafts.get(this.#at) ?? ''),
        );
        this.#at = index;
      }
      if (ended) this.#search = undefined;
      if (!pass) return;
    }
    if (key.name === 'text' || key.name === 'paste') this.buffer.insert(key.text);
    else COMMANDS[key.name]?.(this, this.#lastKey);
    this.#lastKey = key.name;
  }

  readonly #onEnd = (): void => {
    this.#ended = true;
    if (this.reading) this.#done({ kind: 'end' });
  };

  readonly #onResize = (): void => this.redraw();

  readonly #onContinue = (): void => {
    this.#suspended = false;
    this.#input.setRawMode?.(true);
    if (!this.reading) return;
    this.#output.write(PASTE_ON);
    this.#region.forget();
    this.redraw();
  };

  readonly #onExit = (): void => {
    if (this.reading) this.#output.write(PASTE_OFF);
    this.#input.setRawMode?.(false);
  };

  /** For the commands: how many characters are before the cursor in its line. */
  get columnInLine(): number {
    return clusters(this.buffer.text.slice(this.buffer.lineStart(), this.buffer.cursor)).length;
  }
}
