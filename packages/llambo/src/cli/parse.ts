import { nearest, UsageError } from './errors.ts';
import type { Argument, Command, Option, Parsed } from './spec.ts';

/** Options that every command has. */
export const COMMON: readonly Option[] = [{ name: 'help', short: 'h', summary: 'print help' }];

/**
 * Holds the words against what the table says of the command: `--name value`, `--name=value`, `-n value`, `-nvalue`,
 * flags together as `-dq`; `--` ends the options.
 *
 * @throws UsageError that names the word and what would be right
 */
export function parseWords(command: Command, args: readonly string[]): Parsed & { readonly help: boolean } {
  const options = [...COMMON, ...(command.options ?? [])];
  const values = new Map<string, string[]>();
  const words: string[] = [];
  const set = (option: Option, value: string): void => {
    if (option.choices !== undefined && !option.choices.includes(value))
      throw new UsageError(`--${option.name} ${value}: choose one of ${option.choices.join(', ')}`);
    values.set(option.name, [...(option.multiple ? (values.get(option.name) ?? []) : []), value]);
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (command.verbatim && (words.length > 0 || (command.verbatim === 'all' && !/^(-h|--help)$/.test(word))))
      words.push(word);
    else if (word === '--') {
      words.push(...args.slice(i + 1));
      break;
    } else if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const option = options.find((option) => option.name === name);
      if (option === undefined) throw unknownOption(`--${name}`, options);
      if (option.value === undefined) {
        if (equals >= 0) throw new UsageError(`--${name} takes no value`);
        set(option, '');
      } else if (equals >= 0) set(option, word.slice(equals + 1));
      else set(option, valueAfter(option, args[++i]));
    } else if (word.length > 1 && word.startsWith('-') && !/^-\d/.test(word)) {
      for (let at = 1; at < word.length; at++) {
        const option = options.find(({ short }) => short === word[at]);
        if (option === undefined) throw unknownOption(`-${word[at]}`, options);
        if (option.value === undefined) {
          set(option, '');
          continue;
        }
        set(option, at + 1 < word.length ? word.slice(at + 1) : valueAfter(option, args[++i]));
        break;
      }
    } else words.push(word);
  }
  const help = values.has('help');
  if (!help) checkWords(command, words);
  const text = (name: string): string | undefined => values.get(name)?.at(-1);
  return {
    help,
    words,
    text,
    texts: (name) => values.get(name) ?? [],
    flag: (name) => values.has(name),
    number(name) {
      const given = text(name);
      if (given === undefined) return undefined;
      const number = Number(given);
      if (given.trim() === '' || !Number.isFinite(number))
        throw new UsageError(`--${name} ${given}: not a number`);
      return number;
    },
  };
}

function valueAfter(option: Option, word: string | undefined): string {
  if (word === undefined) throw new UsageError(`--${option.name} needs a value: ${option.value}`);
  return word;
}

function unknownOption(word: string, options: readonly Option[]): UsageError {
  const near = word.startsWith('--')
    ? nearest(
        word.slice(2),
        options.map(({ name }) => name),
      )
    : undefined;
  return new UsageError(`unknown option ${word}`, near === undefined ? undefined : `did you mean --${near}?`);
}

function checkWords({ name, arguments: wanted = [] }: Command, words: readonly string[]): void {
  wanted.forEach((argument, i) => {
    const word = words[i];
    if (word === undefined) {
      if (!argument.optional) throw new UsageError(`${name} needs ${describe(argument)}`);
    } else if (argument.choices !== undefined && !argument.choices.includes(word)) {
      const near = nearest(word, argument.choices);
      throw new UsageError(
        `${name} ${word}: choose one of ${argument.choices.join(', ')}`,
        near === undefined ? undefined : `did you mean ${near}?`,
      );
    }
  });
  if (words.length > wanted.length && !wanted.at(-1)?.rest)
    throw new UsageError(`${name}: ${words[wanted.length]} is one word too many`);
}

const describe = ({ name, choices }: Argument): string =>
  choices === undefined ? name : `one of ${choices.join(', ')}`;
