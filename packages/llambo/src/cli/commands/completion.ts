import { bash } from '../completion/bash.ts';
import { fish } from '../completion/fish.ts';
import { zsh } from '../completion/zsh.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { COMMANDS } from '../table/index.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const script = { bash, zsh, fish }[parsed.words[0] as 'bash' | 'zsh' | 'fish'];
  process.stdout.write(script(COMMANDS));
  return EXIT.ok;
}
