import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Llambo's folder on this machine: $LLAMBO_HOME, or ~/.llambo. Holds models/, usr/ and state/. The model store knows the
 * same rule; asking it would load the engine into commands that only want to know where a file is.
 */
export function llamboHome(env: NodeJS.ProcessEnv = process.env): string {
  return env['LLAMBO_HOME'] || join(homedir(), '.llambo');
}

/** A folder of it, made when it is not there. */
export function homeFolder(name: 'models' | 'usr' | 'state', env: NodeJS.ProcessEnv = process.env): string {
  const folder = join(llamboHome(env), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
