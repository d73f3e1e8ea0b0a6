import { colours } from './terminal.ts';

/** A bar on one line of a terminal; nothing anywhere else. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #label: string;
  readonly #shown: boolean;
  readonly #started: number = performance.now();
  #last = '';

  constructor(label: string, { quiet = false, stream = process.stderr }: ProgressOptions = {}) {
    this.#stream = stream;
    this.#label = label;
    this.#shown = !quiet && stream.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  get shown(): boolean {
    return this.#shown;
  }

  /** Draws `done` of `total`. */
  at(done: number, total: number): void {
    if (!this.#shown) return;
    const seconds = (performance.now() - this.#started) / 1000;
    const line = bar(this.#label, done, total, seconds, this.#stream.columns ?? 80, colours(this.#stream));
    if (line === this.#last) return;
    this.#last = line;
    this.#stream.write(`\r\x1b[K${line}`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#last !== '') this.#stream.write('\r\x1b[K');
    this.#last = '';
  }
}

interface ProgressOptions {
  readonly quiet?: boolean;
  readonly stream?: NodeJS.WriteStream;
}

/** `spawn tiny  ████████░░░░░░░░  25/50  3 s left`, at most `columns - 1` wide. */
export function bar(
  label: string,
  done: number,
  total: number,
  seconds: number,
  columns: number,
  colour: boolean,
): string {
  const count = `${done}/${total}`;
  const left = done > 0 && done < total ? `  ${Math.ceil((seconds / done) * (total - done))} s left` : '';
  const room = Math.min(40, columns - 1 - label.length - count.length - left.length - 4);
  if (room < 5) return `${label} ${count}`.slice(0, Math.max(0, columns - 1));
  const full = total <= 0 ? room : Math.min(room, Math.floor((done / total) * room));
  const cells = `${'█'.repeat(full)}${'░'.repeat(room - full)}`;
  return `${label}  ${colour ? `\x1b[32m${cells}\x1b[0m` : cells}  ${count}${left}`;
}
