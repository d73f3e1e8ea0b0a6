/** Control files: one command a line, words apart by blanks, quoted as in rc. */
import { StyxError } from '../errors.ts';
import type { Awaitable, Call } from '../file.ts';
import { type Content, text } from './build.ts';
import type { FileNode, Meta, Opener } from './node.ts';

export interface CommandContext {
  readonly opener: Opener;
  readonly call: Call;
}

/** What a command does with its arguments, of which the usage line says how many there are. */
export type Command = (args: string[], by: CommandContext) => Awaitable<void>;

/**
 * Commands by their usage lines: `spawn SIZE [COUNT]` takes one or two arguments, `echo TEXT...` one or more,
 * `quit` none. The first word is the command.
 */
export type Commands = Readonly<Record<string, Command>>;

export interface CtlOptions extends Meta {
  /** What reading gives; the usage lines when left out. */
  readonly read?: (opener: Opener, call: Call) => Awaitable<Content>;
}

interface Entry {
  readonly usage: string;
  readonly min: number;
  readonly max: number;
  readonly run: Command;
}

/**
 * A ctl file. A write is checked whole before anything runs: an unknown command, or one with too few or too many
 * arguments, fails the write and changes nothing. Then the lines run in their order; the first that fails ends it.
 */
export function ctl(commands: Commands, options: CtlOptions = {}): FileNode {
  const table = new Map<string, Entry>();
  for (const [usage, run] of Object.entries(commands)) {
    const [name = '', ...params] = usage.split(' ');
    const optional = params.filter((param) => param.startsWith('[')).length;
    const endless = params.some((param) => param.includes('...'));
    table.set(name, {
      usage,
      run,
      min: params.length - optional,
      max: endless ? Number.POSITIVE_INFINITY : params.length,
    });
  }
  const help = [...table.values()].map(({ usage }) => `${usage}\n`).join('');
  return text(options.read ?? (() => help), {
    ...options,
    write: (data, opener, call) => runAll(parse(data, table), { opener, call }),
  });
}

type Parsed = readonly [run: Command, args: string[]];

function parse(data: string, table: ReadonlyMap<string, Entry>): Parsed[] {
  const lines = data.split('\n');
  const parsed: Parsed[] = [];
  for (const [i, line] of lines.entries()) {
    const at = lines.length > 2 ? `line ${i + 1}: ` : '';
    const [name, ...args] = tokenize(line, at);
    if (name === undefined) continue;
    const entry = table.get(name);
    if (entry === undefined) {
      throw new StyxError(`${at}unknown command "${short(name)}": expected ${[...table.keys()].join(', ')}`);
    }
    if (args.length < entry.min || args.length > entry.max) {
      throw new StyxError(`${at}wrong number of arguments: usage: ${entry.usage}`);
    }
    parsed.push([entry.run, args]);
  }
  return parsed;
}

function runAll(parsed: readonly Parsed[], by: CommandContext): Awaitable<void> {
  for (let i = 0; i < parsed.length; i++) {
    const [run, args] = parsed[i] as Parsed;
    const done = run(args, by);
    if (done instanceof Promise) return done.then(() => runAll(parsed.slice(i + 1), by));
  }
}

function short(word: string): string {
  return word.length > 40 ? `${word.slice(0, 37)}...` : word;
}

/** The words of a line: `one 'two words' 'it''s'`. Throws when a quote is left open. */
export function tokenize(line: string, at: string = ''): string[] {
  const words: string[] = [];
  let i = 0;
  while (i < line.length) {
    if (/\s/.test(line[i] as string)) {
      i++;
      continue;
    }
    let word = '';
    for (; i < line.length && !/\s/.test(line[i] as string); i++) {
      if (line[i] !== "'") {
        word += line[i];
        continue;
      }
      for (i++; ; i++) {
        if (i >= line.length) throw new StyxError(`${at}quote is not closed`);
        if (line[i] !== "'") word += line[i];
        else if (line[i + 1] === "'") word += line[i++];
        else break;
      }
    }
    words.push(word);
  }
  return words;
}
