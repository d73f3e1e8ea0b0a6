import { StyxError } from '@llambo/styx';
import { tokenize } from '@llambo/styx/fs';
import { LlamboError } from '../../errors.ts';
import { type Command, commands } from './commands.ts';
import type { Control } from './control.ts';

const table: ReadonlyMap<string, Command> = new Map(
  commands.map((command) => [command.usage.split(' ', 1)[0] as string, command]),
);

export interface Parsed {
  readonly command: Command;
  readonly args: readonly string[];
}

/** One line; undefined when it is empty or a comment. @throws LlamboError `bad-request` */
export function parseCommand(line: string): Parsed | undefined {
  const [name, ...args] = wordsOf(line);
  if (name === undefined || name.startsWith('#')) return undefined;
  const command = table.get(name);
  if (command === undefined) {
    throw new LlamboError(
      'bad-request',
      `unknown command ${JSON.stringify(name)}; commands: ${[...table.keys()].join(', ')}`,
    );
  }
  const params = command.usage.split(' ').slice(1);
  const most = params.some((param) => param.endsWith('...')) ? Number.POSITIVE_INFINITY : params.length;
  const least = params.filter((param) => !param.startsWith('[')).length;
  if (args.length < least || args.length > most) {
    throw new LlamboError('bad-request', `wrong number of arguments: usage: ${command.usage}`);
  }
  return { command, args };
}

/** The first command of the lines that only administrators may give. @throws LlamboError `bad-request` */
export function adminCommand(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const { command } = parseCommand(line) ?? {};
    if (command?.admin === true) return command.usage.split(' ', 1)[0];
  }
  return undefined;
}

/** Runs lines in their order, after all of them have been read; the first that is refused ends it. @throws LlamboError */
export async function runCommands(text: string, control: Control): Promise<string> {
  const parsed = text.split('\n').flatMap((line) => parseCommand(line) ?? []);
  const results: string[] = [];
  for (const { command, args } of parsed) results.push(await command.run(args, control));
  return results.join('\n');
}

/** What reading a ctl file gives: the commands that it takes. */
export function usageText(): string {
  return commands.map(({ usage, summary }) => `${usage.padEnd(32)} # ${summary}\n`).join('');
}

function wordsOf(line: string): string[] {
  try {
    return tokenize(line);
  } catch (error) {
    if (error instanceof StyxError) throw new LlamboError('bad-request', error.message);
    throw error;
  }
}
