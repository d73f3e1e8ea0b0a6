/** `npm run bench -- NAME [ARGUMENTS]`: runs bench/NAME.ts on the sources. The last line that it prints is JSON. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, setup } from './setup.js';

const [name, ...args] = process.argv.slice(2);
const folder = join(root, 'bench');
const file = join(folder, `${name}.ts`);
if (name === undefined || !existsSync(file)) {
  const names = readdirSync(folder)
    .filter((entry) => entry.endsWith('.ts'))
    .map((entry) => entry.slice(0, -3));
  process.stderr.write(`usage: npm run bench -- NAME\nbenches: ${names.join(' ')}\n`);
  process.exit(2);
}
setup();
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', '--conditions=llambo:source', '--import', 'tsx', file, ...args],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
