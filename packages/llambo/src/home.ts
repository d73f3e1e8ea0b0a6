import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Llambo's folder on this machine: $LLAMBO_HOME, or ~/.llambo. Holds models/, usr/ and state/. */
export function llamboHome(env: NodeJS.ProcessEnv = process.env): string {
  return env['LLAMBO_HOME'] || join(homedir(), '.llambo');
}

/** A folder of it, made when it is not there. */
export function homeFolder(name: 'models' | 'usr' | 'state', env: NodeJS.ProcessEnv = process.env): string {
  const folder = join(llamboHome(env), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
