/** The cluster's files for others: on a unix socket for this account, and at an address for other machines. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attach, FileServer } from '@llambo/styx';
import { serveOn } from '@llambo/styx/node';
import { configError } from '../errors.ts';
import { demand, type Proof } from '../host/proof.ts';
import { clearSocket } from '../host/socket.ts';
import type { Orchestrator } from './orchestrator.ts';
import { asOperator } from './tree/tree.ts';

export interface FileDoors {
  /** Dial string of the unix socket. */
  readonly local: string;
  /** Dial string for other machines, with the real port. */
  readonly remote: string | undefined;
  close(): Promise<void>;
}

/**
 * @param remote dial string for other machines; who connects there has to know the cluster's token, or one of `users`;
 *   at a tls address a certificate of the cluster's authority will do, for the user that it names
 * @throws StyxError when an address cannot be had
 */
export async function serveFiles(
  orchestrator: Orchestrator,
  options: Proof & { local: string; remote?: string | undefined; users?: Users },
): Promise<FileDoors> {
  const { local, remote, token, certificate, users = new Map() } = options;
  await clearSocket(local);
  const near = await serveOn(local, orchestrator.fileServer());
  if (remote === undefined) return { local, remote: undefined, close: () => near.close(0) };
  if (token === undefined) throw configError('listen.styx needs the cluster token');
  if (certificate === undefined && remote.startsWith('tls!'))
    throw configError('a tls address in listen.styx needs listen.styx_tls');
  const tree = orchestrator.tree();
  const owner = asOperator(tree);
  const far = await serveOn(
    remote,
    { attach: (who: Attach, call) => (users.has(who.uname) ? tree : owner).attach(who, call) } as FileServer,
    demand(remote, options, (uname) => users.get(uname)),
  ).catch(async (error) => {
    await near.close(0);
    throw error;
  });
  return {
    local,
    remote: far.address,
    close: async () => {
      await Promise.all([near.close(0), far.close(0)]);
    },
  };
}

/** Tokens by user: those who may ask, but not command. */
export type Users = ReadonlyMap<string, string>;

/** Reads `state/users`: a line `NAME TOKEN` each, `#` for comments. @throws LlamboError `config` with the line */
export function readUsers(folder: string): Users {
  const path = join(folder, 'users');
  const users = new Map<string, string>();
  if (!existsSync(path)) return users;
  for (const [i, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) continue;
    const [name, token] = words;
    if (name === undefined || token === undefined || words.length !== 2 || token.length < 16) {
      throw configError(`${path}:${i + 1}: expected NAME TOKEN, the token of 16 characters at least`);
    }
    users.set(name, token);
  }
  return users;
}

/** The cluster's own token: from the environment, or made once and kept in `state/token`. */
export function clusterToken(folder: string, env: NodeJS.ProcessEnv = process.env): string {
  const given = env['LLAMBO_TOKEN'];
  if (given) return given;
  const path = join(folder, 'token');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const token = randomBytes(32).toString('hex');
  writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return token;
}
