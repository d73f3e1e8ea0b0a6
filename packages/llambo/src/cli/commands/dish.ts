import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runDish } from '../../dish/main.ts';
import { homeFolder } from '../../home.ts';
import { isDialString, userConf } from '../client/connect.ts';
import { UsageError } from '../errors.ts';
import type { Parsed } from '../spec.ts';

/** Where the orchestrator of this home serves its files. */
function localSocket(): string | undefined {
  const path = join(homeFolder('state'), 'llambo.sock');
  return existsSync(path) ? `unix!${path}` : undefined;
}

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const option = parsed.text('addr');
  if (option !== undefined && !isDialString(option))
    throw new UsageError(
      `--addr ${option}: dish speaks Styx`,
      'give a dial string: tcp!host!5640 or unix!path',
    );
  const conf = userConf();
  // The address of a gateway says nothing of where Styx is spoken: then the home's own cluster is meant.
  const address = [option, process.env['LLAMBO_ADDR'], conf.addr].find((each) => each && isDialString(each));
  const command = parsed.text('command');
  const script = command === undefined ? parsed.words[0] : undefined;
  const args = script === undefined ? parsed.words : parsed.words.slice(1);
  return runDish({
    findCluster: () => address ?? localSocket(),
    token: process.env['LLAMBO_TOKEN'] || conf.token,
    required: address !== undefined,
    command,
    script,
    args,
    errors: parsed.flag('errors'),
    trace: parsed.flag('trace'),
    listen: parsed.text('listen'),
  });
}
