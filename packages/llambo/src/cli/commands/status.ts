import { formatStatus } from '../../cluster/status.ts';
import type { Status } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { bold, green, red, table, yellow } from '../terminal.ts';
import { duration, percent, thousands } from '../words.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const status = await cluster.status();
  await cluster.close();
  if (parsed.flag('json')) process.stdout.write(`${JSON.stringify(status)}\n`);
  else process.stdout.write(process.stdout.isTTY ? screen(status) : formatStatus(status));
  return status.health === 'healthy' ? EXIT.ok : EXIT.degraded;
}

/** One screen for people. */
export function screen(status: Status): string {
  const out = process.stdout;
  const paint = { healthy: green, degraded: yellow, down: red }[status.health];
  const states = Object.entries(status.states)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${thousands(count)} ${state}`);
  const maximum = status.maximum === undefined ? '' : ` of ${thousands(status.maximum)} at most`;
  const figures: [string, string][] = [
    ['health', paint(out, status.health)],
    ['nodes', `${thousands(status.nodes)}${maximum}${states.length > 0 ? `: ${states.join(', ')}` : ''}`],
    ['requests', `${status.load} of ${thousands(status.capacity)} at once, ${status.waiting} waiting`],
    ['throughput', `${thousands(status.tokensPerSecond)} tok/s`],
    ['first token', status.firstTokenMs === null ? 'no answer yet' : `${status.firstTokenMs.toFixed(0)} ms`],
    ['strategy', status.strategy],
    ['uptime', duration(status.uptimeSeconds)],
  ];
  const classes = status.classes.map(({ name, nodes, load, capacity }) => [
    name,
    thousands(nodes),
    `${load}/${thousands(capacity)}`,
    capacity === 0 ? '-' : percent(load / capacity),
  ]);
  const title = `Cluster: ${status.nodes} nodes, ${percent(status.utilisation)} util`;
  return `${bold(out, title)}\n\n${table(figures.map(([name, text]) => [`  ${name}`, text]))}\n\n${table([
    ['  CLASS', 'NODES', 'LOAD', 'UTIL'],
    ...classes.map(([name, ...rest]) => [`  ${name}`, ...rest]),
  ])}\n`;
}
