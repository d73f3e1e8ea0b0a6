import { DishError, Eusage } from '../errors.ts';
import type { Context } from '../run/context.ts';

/** What an argument stands for: completion offers it. */
export type ArgumentKind = 'file' | 'node' | 'class' | 'strategy' | 'command' | 'job' | 'variable' | 'none';

export interface Builtin {
  readonly name: string;
  /** Which part of help it is in. */
  readonly group: 'cluster' | 'files' | 'text' | 'names' | 'shell' | 'programs';
  /** Arguments, as help shows them. */
  readonly usage: string;
  /** Half a sentence, in lower case, without a full stop. */
  readonly summary: string;
  /** Kinds of the arguments; the last one goes for all that follow. Files when left out. */
  readonly takes?: readonly ArgumentKind[];
  /**
   * Runs it. The status: empty or undefined after success. What it throws is printed behind its name and becomes the
   * status.
   */
  run(ctx: Context, args: readonly string[]): Promise<string | undefined | void>;
}

export interface Flags {
  readonly args: readonly string[];
  has(flag: string): boolean;
  value(flag: string): string | undefined;
  number(flag: string): number | undefined;
}

/**
 * Options in front of the arguments: letters of `known`, those with a colon behind them take a value, as in getopt. `--`
 * ends them.
 */
export function parseFlags({ name, usage }: Builtin, words: readonly string[], known: string): Flags {
  const values = new Map<string, string>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') {
      at++;
      break;
    }
    if (!/^-[^\d-]/.test(word) && !(/^-\d/.test(word) && known.includes('#'))) break;
    if (/^-\d+$/.test(word)) {
      values.set('#', word.slice(1));
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const flag = word[i] as string;
      const found = known.indexOf(flag);
      if (found < 0 || flag === ':' || flag === '#') throw usageError({ name, usage });
      if (known[found + 1] !== ':') {
        values.set(flag, '');
        continue;
      }
      const value = i + 1 < word.length ? word.slice(i + 1) : words[++at];
      if (value === undefined) throw usageError({ name, usage });
      values.set(flag, value);
      break;
    }
  }
  return {
    args: words.slice(at),
    has: (flag) => values.has(flag),
    value: (flag) => values.get(flag),
    number(flag) {
      const value = values.get(flag);
      return value === undefined ? undefined : toNumber(value);
    },
  };
}

export function usageError({ name, usage }: Pick<Builtin, 'name' | 'usage'>): DishError {
  return new DishError(Eusage(`${name} ${usage}`.trimEnd()));
}

export function toNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new DishError(`${text} is no number`);
  return number;
}

/** Throws unless there are between `least` and `most` arguments. */
export function expectArgs(
  builtin: Builtin,
  args: readonly string[],
  least: number,
  most: number = least,
): void {
  if (args.length < least || args.length > most) throw usageError(builtin);
}

/** Waits; rejects when it is interrupted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(new DishError('interrupted'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
