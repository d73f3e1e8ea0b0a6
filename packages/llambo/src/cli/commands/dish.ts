import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toDialString } from '../../dish/address.ts';
import { runDish } from '../../dish/main.ts';
import { homeFolder } from '../../home.ts';
import { userConf } from '../client/connect.ts';
import { UsageError } from '../errors.ts';
import type { Parsed } from '../spec.ts';

/** Where the orchestrator of this home serves its files. */
function localSocket(): string | undefined {
  const path = join(homeFolder('state'), 'llambo.sock');
  return existsSync(path) ? `unix!${path}` : undefined;
}

function dialString(address: string): string {
  try {
    return toDialString(address);
  } catch {
    throw new UsageError(
      `${address} is no address`,
      'want tcp!host!5640, unix!path, or HOST:PORT of a gateway',
    );
  }
}

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const conf = userConf();
  const given = parsed.text('addr') || process.env['LLAMBO_ADDR'] || conf.addr;
  const address = given === undefined ? undefined : dialString(given);
  const command = parsed.text('command');
  const script = command === undefined ? parsed.words[0] : undefined;
  const args = command === undefined ? parsed.words.slice(1) : parsed.words;
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
