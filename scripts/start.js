/** `npm start -- "What is AI?"`: set up, then `llamboctl start` with the same arguments. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setup } from './setup.js';

setup();
const main = join(root, 'packages', 'llambo', 'dist', 'cli', 'main.js');
process.argv = [process.argv[0], main, 'start', ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
