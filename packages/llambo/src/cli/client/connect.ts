import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LlamboError } from '../../errors.ts';
import { llamboHome } from '../../home.ts';
import { noCluster } from '../errors.ts';
import { readRunning } from '../state.ts';
import type { ClusterClient } from './client.ts';

/** What usr/llamboctl.conf may say: `addr=` and `key=`, one a line. */
function userConf(): { readonly addr?: string; readonly key?: string } {
  let text: string;
  try {
    text = readFileSync(join(llamboHome(), 'usr', 'llamboctl.conf'), 'utf8');
  } catch {
    return {};
  }
  const conf: { addr?: string; key?: string } = {};
  text.split('\n').forEach((line, i) => {
    if (/^\s*(#|$)/.test(line)) return;
    const match = /^\s*(addr|key)\s*=\s*(\S+)\s*$/.exec(line);
    if (match === null)
      throw new LlamboError('config', `llamboctl.conf:${i + 1}: lines are addr=ADDRESS and key=KEY`);
    conf[match[1] as 'addr' | 'key'] = match[2] as string;
  });
  return conf;
}

/** Where the cluster is: what was given, LLAMBO_ADDR, usr/llamboctl.conf, or the one that this home has running. */
export function findAddress(given?: string): string {
  const address = given || process.env['LLAMBO_ADDR'] || userConf().addr || readRunning()?.url;
  if (address === undefined) throw noCluster();
  return address;
}

/** `HOST:PORT` is HTTP; a dial string is Styx: `tcp!host!5640`, `unix!/path`. */
export const isDialString = (address: string): boolean => /^[a-z]+!/.test(address);

export const toUrl = (address: string): string => (address.includes('://') ? address : `http://${address}`);

/** @throws LlamboError `unreachable` when there is no address */
export async function connect(given?: string): Promise<ClusterClient> {
  const address = findAddress(given);
  const key = process.env['LLAMBO_KEY'] || userConf().key;
  const { HttpClient } = await import('./http-client.ts');
  return new HttpClient(toUrl(address), key);
}
