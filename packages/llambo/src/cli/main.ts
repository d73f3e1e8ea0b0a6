#!/usr/bin/env node
/** llamboctl: one command for everything that a person does with a cluster. Each subcommand is loaded when it is used. */
import { red } from './terminal.ts';

interface Command {
  readonly summary: string;
  readonly usage: string;
  run(args: readonly string[]): Promise<number>;
}

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: () => import('./commands/start.ts'),
  up: () => import('./commands/up.ts'),
  down: () => import('./commands/down.ts'),
  status: () => import('./commands/status.ts'),
  limbot: () => import('./commands/limbot.ts'),
  models: () => import('./commands/models.ts'),
  pull: () => import('./commands/pull.ts'),
};

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(await overview());
    return name === undefined ? 1 : 0;
  }
  const load = COMMANDS[name];
  if (load === undefined) {
    throw new Error(`there is no command ${name}; commands: ${Object.keys(COMMANDS).join(' ')}`);
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${command.usage}\n`);
    return 0;
  }
  return command.run(rest);
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(8)}  ${(await load()).summary}`),
  );
  return `usage: llamboctl COMMAND [ARGUMENTS]\n\n${lines.join('\n')}\n\nllamboctl COMMAND --help tells more.\n`;
}

// A reader that has seen enough (head, less) ends the program quietly, as SIGPIPE would.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${red(process.stderr, `llamboctl: ${(error as Error).message}`)}\n`);
  process.exitCode = 1;
}
