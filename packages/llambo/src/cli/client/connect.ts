import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LlamboError } from '../../errors.ts';
import { llamboHome } from '../../home.ts';
import { noCluster } from '../errors.ts';
import { readRunning } from '../state.ts';
import type { ClusterClient } from './client.ts';
import { opened } from './open.ts';

export interface UserConf {
  addr?: string;
  /** For a gateway that wants one. */
  key?: string;
  /** For Styx of another machine. */
  token?: string;
}

/** What usr/llamboctl.conf may say: `addr=`, `key=` and `token=`, one a line. */
export function userConf(): UserConf {
  let text: string;
  try {
    text = readFileSync(join(llamboHome(), 'usr', 'llamboctl.conf'), 'utf8');
  } catch {
    return {};
  }
  const conf: UserConf = {};
  text.split('\n').forEach((line, i) => {
    if (/^\s*(#|$)/.test(line)) return;
    const match = /^\s*(addr|key|token)\s*=\s*(\S+)\s*$/.exec(line);
    if (match === null)
      throw new LlamboError(
        'config',
        `llamboctl.conf:${i + 1}: lines are addr=ADDRESS, key=KEY and token=TOKEN`,
      );
    conf[match[1] as keyof UserConf] = match[2] as string;
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
  if (isDialString(address)) {
    const { StyxClient } = await import('./styx-client.ts');
    // Whoever reaches the socket of this account is its owner.
    const local = address.startsWith('unix!');
    const token = local ? undefined : process.env['LLAMBO_TOKEN'] || userConf().token;
    return opened(await StyxClient.connect(address, token));
  }
  const key = process.env['LLAMBO_KEY'] || userConf().key;
  const { HttpClient } = await import('./http-client.ts');
  return new HttpClient(toUrl(address), key);
}
