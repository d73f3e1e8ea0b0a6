/** What the table says of a command: its help, its manual page and its completion all come from here. */

/** What a word stands for: completion offers it, checks use it. */
export type Kind =
  | 'node'
  | 'class'
  | 'strategy'
  | 'policy'
  | 'model'
  | 'host'
  | 'session'
  | 'file'
  | 'folder'
  | 'command'
  | 'none';

export interface Option {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** Name of its value in the help, as in `--addr ADDR`; a flag has none. */
  readonly value?: string;
  readonly kind?: Kind;
  /** The only values that are allowed. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly multiple?: boolean;
  readonly summary: string;
}

export interface Argument {
  /** In capitals, as in the synopsis. */
  readonly name: string;
  readonly kind?: Kind;
  readonly choices?: readonly string[];
  readonly optional?: boolean;
  /** Takes all words that are left. */
  readonly rest?: boolean;
}

export interface Example {
  readonly line: string;
  readonly what: string;
}

/** How a command module is run; `args` are the words as they were typed, for a command that reads them itself. */
export interface CommandModule {
  run(args: readonly string[], parsed: Parsed): Promise<number>;
}

export interface Command {
  readonly name: string;
  readonly group: string;
  /** Half a sentence, in lower case, without a full stop. */
  readonly summary: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Paragraphs. */
  readonly description?: readonly string[];
  readonly examples?: readonly Example[];
  /** Exit statuses beside those that all commands have. */
  readonly exits?: readonly (readonly [number, string])[];
  /** Words behind the first argument belong to something else: options among them are not ours. `all`: from the start. */
  readonly verbatim?: boolean | 'all';
  /** Not in the overview: used by the completion scripts. */
  readonly hidden?: boolean;
  load(): Promise<CommandModule>;
}

/** A command line that fits its command. */
export interface Parsed {
  /** The words that are no options. */
  readonly words: readonly string[];
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  flag(option: string): boolean;
  /** @throws UsageError when it is no number */
  number(option: string): number | undefined;
}

/** The exit statuses of all commands. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  unreachable: 3,
  degraded: 4,
  interrupted: 130,
} as const;

export const EXIT_TEXT: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'done'],
  [EXIT.failure, 'it failed; standard error says why'],
  [EXIT.usage, 'the command line is wrong'],
  [EXIT.unreachable, 'no cluster answers'],
  [EXIT.degraded, 'the cluster answers, and is degraded or down'],
  [EXIT.interrupted, 'Ctrl-C'],
];
