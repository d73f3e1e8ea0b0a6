import type { ClusterClient, HostRow, Status } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { green, red, table, yellow } from '../terminal.ts';

export interface Check {
  readonly part: string;
  readonly state: 'ok' | 'degraded' | 'down';
  readonly found: string;
}

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const cluster = await connect(parsed.text('addr'));
  const checks = await check(cluster);
  await cluster.close();
  const out = process.stdout;
  if (parsed.flag('json')) out.write(`${JSON.stringify(checks)}\n`);
  else {
    const paint = { ok: green, degraded: yellow, down: red };
    out.write(`${table(checks.map(({ part, state, found }) => [paint[state](out, state), part, found]))}\n`);
  }
  return checks.every(({ state }) => state === 'ok') ? EXIT.ok : EXIT.degraded;
}

/** Each part of the cluster, worst news first known: the gateway answers, or this rejects. */
export async function check(cluster: ClusterClient): Promise<Check[]> {
  const begun = performance.now();
  const status = await cluster.status();
  const took = performance.now() - begun;
  const checks: Check[] = [
    { part: 'gateway', state: 'ok', found: `${cluster.address} answers in ${took.toFixed(0)} ms` },
    { part: 'nodes', state: stateOf(status.health), found: nodesFound(status) },
    ...status.classes.map(({ name, nodes, load, capacity }) => ({
      part: `class ${name}`,
      state: nodes === 0 ? ('degraded' as const) : ('ok' as const),
      found: nodes === 0 ? 'has no nodes' : `${nodes} nodes, ${load} of ${capacity} in use`,
    })),
    {
      part: 'queue',
      state: status.waiting > status.capacity ? 'degraded' : 'ok',
      found: `${status.waiting} waiting for ${status.capacity} places`,
    },
  ];
  const hosts = await cluster.hosts().catch(() => undefined);
  for (const host of hosts ?? []) checks.push(hostCheck(host));
  const models = await cluster.models().catch(() => undefined);
  if (models !== undefined)
    checks.push({
      part: 'models',
      state: models.length === 0 ? 'down' : 'ok',
      found: models.map(({ name }) => name).join(', ') || 'none is served',
    });
  return checks;
}

const stateOf = (health: Status['health']): Check['state'] => (health === 'healthy' ? 'ok' : health);

function nodesFound({ nodes, states }: Status): string {
  const kinds = Object.entries(states).filter(([, count]) => count > 0);
  return `${nodes} nodes${kinds.map(([state, count]) => `, ${count} ${state}`).join('')}`;
}

const hostCheck = (host: HostRow): Check => ({
  part: `host ${host.name}`,
  state: /^(up|alive|ok|idle|busy|connected|healthy|joined|ready)$/.test(host.state) ? 'ok' : 'degraded',
  found: `${host.state}, ${host.workers} nodes`,
});
