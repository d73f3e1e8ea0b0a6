import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LlamboError } from '../../errors.ts';
import { includes } from '../../host/library.ts';
import { EXIT } from '../spec.ts';

/** The compiler's own command, with its own arguments, limbo(1), and with the modules of nodes among the include files. */
export async function run(args: readonly string[]): Promise<number> {
  const bin = fileURLToPath(new URL('../bin/limbo.js', import.meta.resolve('@llambo/limbo')));
  const { status, error } = spawnSync(
    process.execPath,
    [bin, ...includes.flatMap((folder) => ['-I', folder]), ...args],
    { stdio: 'inherit' },
  );
  if (error !== undefined) throw new LlamboError('internal', `the compiler does not start: ${error.message}`);
  return status ?? EXIT.failure;
}
