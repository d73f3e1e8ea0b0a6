import { parseArgs } from 'node:util';
import { formatStatus } from '../../cluster/status.ts';
import { clusterUrl, fetchStatus } from '../client.ts';

export const summary = 'show the cluster in figures';
export const usage = `llamboctl status [--addr URL] [--json]

Exit status 0: healthy; 2: degraded or down.`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { addr: { type: 'string' }, json: { type: 'boolean' } },
  });
  const status = await fetchStatus(clusterUrl(values.addr));
  process.stdout.write(values.json ? `${JSON.stringify(status)}\n` : formatStatus(status));
  return status.health === 'healthy' ? 0 : 2;
}
