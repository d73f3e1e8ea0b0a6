import { Region, type TerminalOutput } from '../region.ts';
import { hasColours, hasCursor } from '../style.ts';
import { visible } from '../width.ts';
import { parseBlocks } from './block.ts';
import { type RenderOptions, renderBlocks } from './render.ts';

export interface MarkdownStreamOptions {
  readonly output?: TerminalOutput;
  readonly env?: NodeJS.ProcessEnv;
  /** Columns of a row at most, however wide the terminal is; 100 when left out. */
  readonly width?: number;
  /** False: the text as it is, even on a terminal. */
  readonly render?: boolean;
}

/**
 * Shows Markdown as it is being written. Blocks that are complete stand; only the last one is drawn again, and of that
 * only the rows that differ. Where the cursor can't be moved (a pipe, TERM=dumb) the text goes out as it is.
 */
export class MarkdownStream {
  readonly #output: TerminalOutput;
  readonly #region: Region | undefined;
  readonly #colours: boolean;
  readonly #width: number;
  /** From the beginning of the last block that is not complete. */
  #tail = '';
  /** Rows that stand are above: the next block is set apart. */
  #below = false;
  /** What was written last, as it was: for its end. */
  #raw = '';

  constructor(options: MarkdownStreamOptions = {}) {
    const { output = process.stdout, env, render = true } = options;
    this.#output = output;
    this.#colours = hasColours(output, env);
    this.#width = options.width ?? 100;
    this.#region = render && hasCursor(output, env) ? new Region(output) : undefined;
  }

  /** More of the text. */
  push(text: string): void {
    if (text === '') return;
    if (this.#region === undefined) {
      // A file gets every byte; a terminal none that would steer it.
      this.#output.write(this.#output.isTTY === true ? visible(text) : text);
      this.#raw = text.slice(-1);
      return;
    }
    this.#tail += visible(text);
    this.#settle();
    this.#draw();
  }

  /** The text is complete: what was shown stands, and the cursor is on a new line. */
  end(): void {
    if (this.#region === undefined) {
      if (this.#raw !== '' && this.#raw !== '\n') this.#output.write('\n');
      this.#raw = '';
      return;
    }
    if (this.#tail.trim() !== '') {
      this.#draw();
      this.#region.end();
    } else if (this.#below) this.#region.forget();
    this.#tail = '';
    this.#below = false;
  }

  /** Lets the blocks stand of which whole lines show that they are complete. */
  #settle(): void {
    const whole = this.#tail.lastIndexOf('\n') + 1;
    if (whole === 0) return;
    const lines = this.#tail.slice(0, whole);
    const blocks = parseBlocks(lines);
    const last = blocks.at(-1);
    if (blocks.length < 2 || last === undefined) return;
    const complete = blocks.slice(0, -1).map(({ block }) => block);
    this.#region?.draw(this.#rows(renderBlocks(complete, this.#options())));
    this.#region?.end();
    this.#below = true;
    this.#tail = this.#tail.split('\n').slice(last.line).join('\n');
  }

  #draw(): void {
    const blocks = parseBlocks(this.#tail).map(({ block }) => block);
    if (blocks.length > 0) this.#region?.draw(this.#rows(renderBlocks(blocks, this.#options())));
  }

  #rows(rows: string[]): string[] {
    return this.#below ? ['', ...rows] : rows;
  }

  #options(): RenderOptions {
    return { columns: Math.min((this.#output.columns ?? 80) - 1, this.#width), colours: this.#colours };
  }
}
