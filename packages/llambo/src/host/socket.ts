import { existsSync, rmSync } from 'node:fs';
import { parseAddress } from '@llambo/styx';
import { dial } from '@llambo/styx/node';

/** Takes away the file of a unix socket that a process left behind when it was killed; one that answers stays. */
export async function clearSocket(address: string): Promise<void> {
  const { net, path } = parseAddress(address);
  if (net !== 'unix' || !existsSync(path)) return;
  try {
    (await dial(address)).destroy();
  } catch {
    rmSync(path, { force: true });
  }
}
