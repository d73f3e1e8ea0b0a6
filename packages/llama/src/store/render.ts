import type { OnProgress, PullProgress } from './progress.ts';

export interface ProgressOptions {
  /** Default: process.env. NO_COLOR and TERM=dumb are honoured. */
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

/** What is written to: process.stderr, as a rule. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const lineMs = 5000;

/**
 * Shows a pull: one line that is drawn over in a terminal, plain lines elsewhere (a change of phase, and every five
 * seconds). Give the result to `pull` as `onProgress`.
 */
export function progressRenderer(stream: ProgressStream, options: ProgressOptions = {}): OnProgress {
  const env = options.env ?? process.env;
  if (stream.isTTY && env['TERM'] !== 'dumb') return terminal(stream, env);
  return lines(stream, options.now ?? (() => performance.now()));
}

/** https://no-color.org: any value that is not empty. */
const colourful = (env: NodeJS.ProcessEnv): boolean => !env['NO_COLOR'];

function terminal(stream: ProgressStream, env: NodeJS.ProcessEnv): OnProgress {
  const paint = (code: number, text: string) => (colourful(env) ? `\x1b[${code}m${text}\x1b[0m` : text);
  let drawn = false;
  return (progress) => {
    const clear = drawn ? '\r\x1b[K' : '';
    drawn = false;
    if (progress.phase === 'failed') {
      // The caller says what went wrong; the line is out of its way.
      if (clear !== '') stream.write(clear);
    } else if (progress.phase === 'done') {
      stream.write(`${clear}${paint(32, progress.model)} ${progress.message} (${size(progress.bytes)})\n`);
    } else if (progress.phase === 'skipped') {
      stream.write(`${clear}${paint(33, 'skipped')} ${progress.source}: ${oneLine(progress.message)}\n`);
    } else {
      drawn = true;
      stream.write(`${clear}${fit(progress, (stream.columns || 80) - 1, (text) => paint(36, text))}`);
    }
  };
}

/** The line, its bar as wide as the terminal leaves room for; the bar is left out when there is none. */
function fit(progress: PullProgress, columns: number, paint: (text: string) => string): string {
  const { model, phase, bytes, total } = progress;
  if (total === 0) return cut(`${model} ${words(progress)}`, columns);
  const share = Math.min(1, bytes / total);
  const head = `${model} ${phase === 'downloading' ? '' : `${phase} `}`;
  const tail = ` ${String(Math.floor(share * 100)).padStart(3)}% ${figures(progress)}`;
  const room = columns - head.length - tail.length;
  if (room < 5) return cut(head + tail.trimStart(), columns);
  const width = Math.min(room, 40);
  const full = Math.round(share * width);
  return `${head}${paint('█'.repeat(full))}${'░'.repeat(width - full)}${tail}`;
}

function lines(stream: ProgressStream, now: () => number): OnProgress {
  let before = '';
  let last = 0;
  return (progress) => {
    const { phase, source, bytes, total } = progress;
    if (phase === 'failed') return;
    const key = `${phase} ${source}`;
    const due = now() - last >= lineMs;
    // The first look at what is there is over at once, as a rule: only worth a line when it lasts.
    if (key === before || phase === 'checking') {
      if (!due || total === 0) return;
    }
    before = key;
    last = now();
    const share =
      total > 0 && phase !== 'done' ? ` ${Math.floor((bytes / total) * 100)}% ${figures(progress)}` : '';
    stream.write(`${progress.model}: ${words(progress)}${share}\n`);
  };
}

function words({ phase, source, message, bytes }: PullProgress): string {
  switch (phase) {
    case 'done':
      return `ready: ${message} (${size(bytes)})`;
    case 'skipped':
      return `skipped ${source}: ${oneLine(message)}`;
    case 'waiting':
      return `waiting: ${message}`;
    case 'downloading':
      return `downloading from ${source}`;
    default:
      return `${phase} ${source}`.trimEnd();
  }
}

function figures({ bytes, total, bytesPerSecond, secondsLeft }: PullProgress): string {
  const rate = bytesPerSecond > 0 ? `, ${size(bytesPerSecond)}/s` : '';
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
  return `${size(bytes)} of ${size(total)}${rate}${left}`;
}

/** Decimal units, as disks and networks are sold. */
function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${Math.round(bytes / 1e3)} kB`;
}

function duration(seconds: number): string {
  const s = Math.ceil(seconds);
  if (s >= 3600) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return s >= 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s} s`;
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

const cut = (text: string, columns: number): string =>
  text.length > columns ? text.slice(0, columns) : text;
