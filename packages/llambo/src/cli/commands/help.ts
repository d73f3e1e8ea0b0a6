import { nearest, UsageError } from '../errors.ts';
import { commandHelp, overview } from '../help.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { COMMANDS } from '../table/index.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const [name] = parsed.words;
  if (parsed.flag('man')) {
    process.stdout.write(await manualOf(name));
    return EXIT.ok;
  }
  if (name === undefined) {
    process.stdout.write(overview(COMMANDS, process.stdout));
    return EXIT.ok;
  }
  const command = COMMANDS.find((command) => command.name === name);
  if (command === undefined) {
    const near = nearest(
      name,
      COMMANDS.map((command) => command.name),
    );
    throw new UsageError(
      `there is no command ${name}`,
      near === undefined ? undefined : `did you mean ${near}?`,
    );
  }
  process.stdout.write(commandHelp(command, process.stdout));
  return EXIT.ok;
}

async function manualOf(name: string | undefined): Promise<string> {
  if (name === 'limbot') return (await import('../../limbot/manual.ts')).limbotManual();
  return (await import('../manual.ts')).manual(COMMANDS);
}
