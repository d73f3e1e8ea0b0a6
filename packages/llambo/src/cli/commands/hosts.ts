import { formatBytes } from '../../config/units.ts';
import type { HostRow } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { table } from '../terminal.ts';
import { duration } from '../words.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const hosts = await cluster.hosts();
  await cluster.close();
  if (parsed.flag('json')) process.stdout.write(`${JSON.stringify(hosts)}\n`);
  else process.stdout.write(`${table([HEAD, ...hosts.map(cells)])}\n`);
  return EXIT.ok;
}

const HEAD = ['HOST', 'STATE', 'NODES', 'CPUS', 'MEMORY', 'FREE', 'RTT', 'UP', 'MODELS', 'ADDRESS'];

const cells = (host: HostRow): string[] => [
  host.name,
  host.state,
  String(host.workers),
  String(host.cpus),
  formatBytes(host.memory),
  formatBytes(host.freeMemory),
  host.rttMs == null ? '-' : `${host.rttMs.toFixed(1)} ms`,
  duration(host.uptimeSeconds),
  host.models.join(',') || '-',
  host.address,
];
