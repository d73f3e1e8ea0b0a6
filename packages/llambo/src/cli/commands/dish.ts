import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runDish } from '../../dish/main.ts';
import { homeFolder } from '../../home.ts';
import { UsageError } from '../errors.ts';
import type { Parsed } from '../spec.ts';

/** Where the orchestrator of this home serves its files. */
function localSocket(): string | undefined {
  const path = join(homeFolder('state'), 'llambo.sock');
  return existsSync(path) ? `unix!${path}` : undefined;
}

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const given = parsed.text('addr') || process.env['LLAMBO_ADDR'] || undefined;
  // An address of the gateway says nothing of where Styx is spoken: then the home's own cluster is meant.
  const address = given !== undefined && /^[a-z]+!/.test(given) ? given : undefined;
  if (given !== undefined && address === undefined && parsed.text('addr') !== undefined)
    throw new UsageError(
      `--addr ${given}: dish speaks Styx`,
      'give a dial string: tcp!host!5640 or unix!path',
    );
  const command = parsed.text('command');
  const [script, ...args] = command === undefined ? parsed.words : [undefined, ...parsed.words];
  return runDish({
    findCluster: () => address ?? localSocket(),
    required: address !== undefined,
    command,
    script,
    args,
    errors: parsed.flag('errors'),
    trace: parsed.flag('trace'),
    listen: parsed.text('listen'),
  });
}
