#!/usr/bin/env node
/** llamboctl: one command for everything that a person does with a cluster. Each subcommand is loaded when it is used. */
import { closeAll } from './client/open.ts';
import { exitCodeOf, nearest, UsageError } from './errors.ts';
import { commandHelp, overview } from './help.ts';
import { parseWords } from './parse.ts';
import { EXIT } from './spec.ts';
import { COMMANDS } from './table/index.ts';
import { dim, red } from './terminal.ts';

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    (name === undefined ? process.stderr : process.stdout).write(overview(COMMANDS, process.stdout));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const wanted = name === '--version' || name === '-V' ? 'version' : name;
  const command = COMMANDS.find((command) => command.name === wanted);
  if (command === undefined) {
    const near = nearest(
      name,
      COMMANDS.filter(({ hidden }) => !hidden).map((command) => command.name),
    );
    throw new UsageError(
      `there is no command ${name}`,
      near === undefined ? 'llamboctl help lists them' : `did you mean ${near}?`,
    );
  }
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(command, rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message, error.hint ?? `llamboctl ${command.name} --help tells more`);
  }
  if (parsed.help) {
    process.stdout.write(commandHelp(command, process.stdout));
    return EXIT.ok;
  }
  return (await command.load()).run(rest, parsed);
}

// A reader that has seen enough (head, less) ends the program quietly, as SIGPIPE would.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { message } = error as Error;
  process.stderr.write(`${red(process.stderr, `llamboctl: ${message}`)}\n`);
  if (error instanceof UsageError && error.hint !== undefined)
    process.stderr.write(`${dim(process.stderr, error.hint)}\n`);
  process.exitCode = exitCodeOf(error);
} finally {
  await closeAll();
}
