import { readFileSync } from 'node:fs';

/** The package's version; the file is two folders up, for sources and for what is built of them. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
