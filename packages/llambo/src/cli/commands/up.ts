import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatEvent } from '../../cluster/events.ts';
import { loadConfig } from '../../config/load.ts';
import { LlamboError } from '../../errors.ts';
import { homeFolder } from '../../home.ts';
import { fetchStatus } from '../client/health.ts';
import { type Running, startCluster } from '../cluster.ts';
import { readRunning } from '../state.ts';

/** How long a cluster may take to answer when it starts in the background: it may have to fetch a model. */
const DETACHED_MS = 15 * 60_000;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string', short: 'c' },
      detach: { type: 'boolean', short: 'd' },
      quiet: { type: 'boolean', short: 'q' },
    },
  });
  const config = loadConfig(values.config);
  const running = readRunning();
  if (running !== undefined) {
    throw new LlamboError(
      'bad-request',
      `a cluster is running already at ${running.url}, pid ${running.pid}; llamboctl down ends it`,
    );
  }
  if (values.detach) return detach(values.config);
  const cluster = await startCluster(config, { register: true });
  process.stdout.write(`${describe(cluster)}\n`);
  if (!values.quiet) {
    for (const event of cluster.orchestrator.events.recent(20))
      process.stdout.write(`${formatEvent(event)}\n`);
    cluster.orchestrator.events.follow((event) => process.stdout.write(`${formatEvent(event)}\n`));
  }
  await Promise.race([stopSignal(), cluster.ended]);
  await cluster.stop();
  return 0;
}

export function describe(cluster: Running): string {
  const { nodes, classes, strategy } = cluster.orchestrator.status();
  const kinds = classes.map(({ name, nodes }) => `${nodes} ${name}`).join(', ');
  const files = cluster.remoteStyx ?? cluster.styx;
  return `llambo is up: ${nodes} nodes (${kinds}), strategy ${strategy}\n  OpenAI API  ${cluster.url}/v1\n  files       ${files}`;
}

/** Settles at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
}

async function detach(config: string | undefined): Promise<number> {
  const log = join(homeFolder('state'), 'cluster.log');
  const out = openSync(log, 'a');
  const args = [
    ...process.execArgv,
    process.argv[1] as string,
    'up',
    ...(config === undefined ? [] : ['-c', config]),
  ];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', out, out] });
  closeSync(out);
  let ended: string | undefined;
  child.on('exit', (code, signal) => {
    ended = signal ?? `exit code ${code}`;
  });
  const deadline = performance.now() + DETACHED_MS;
  while (performance.now() < deadline) {
    if (ended !== undefined)
      throw new LlamboError('internal', `cluster did not start (${ended}); see ${log}`);
    const running = readRunning();
    if (running?.pid === child.pid) {
      const status = await fetchStatus((running as { url: string }).url);
      process.stdout.write(
        `llambo is up in the background: ${status.nodes} nodes, pid ${child.pid}, log ${log}\n`,
      );
      process.stdout.write(`  OpenAI API  ${(running as { url: string }).url}/v1\n`);
      child.unref();
      return 0;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new LlamboError('internal', `cluster did not start in ${DETACHED_MS / 60_000} minutes; see ${log}`);
}
