import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of a standard system's files (its `dis/` holds programs), from LLAMBO_PEERS; tests skip without it. */
const root = process.env['LLAMBO_PEERS'];

export interface Peer {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Every .dis file under LLAMBO_PEERS/inferno/dis; empty when there are no peers. */
export function peerFiles(): Peer[] {
  if (root === undefined) return [];
  const dir = join(root, 'inferno', 'dis');
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.dis'))
    .sort()
    .map((path) => ({ path, bytes: new Uint8Array(readFileSync(join(dir, path))) }));
}

/** Modules of the standard system that even the original refuses. */
export const obsolete: readonly string[] = ['sh/mk.dis', 'sh/shmk.dis'];
