/** The control plane as it runs: this process heads the cluster, a host process beside it has the nodes. */
import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Orchestrator, parseConfig } from '../../packages/llambo/src/index.ts';

const HOST = fileURLToPath(new URL('host.ts', import.meta.url));
const NODES = 64;

export interface ControlPlane {
  readonly cluster: Orchestrator;
  /** Microseconds of processor time of the host's process so far. */
  hostCpu(): Promise<number>;
}

export async function controlPlane(tokenMs: number, capacity: number): Promise<ControlPlane> {
  const listen = `unix!${join(mkdtempSync(join(tmpdir(), 'llambo-bench-')), 'host')}`;
  // It ends when this process does: then its channel is gone.
  const host = fork(HOST, [listen, String(tokenMs), String(capacity)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    host.once('message', (message) => resolve(message as string));
    host.once('exit', (code) => reject(new Error(`host ended with ${code}`)));
  });
  const yaml = `queue: 10000\nclasses: { tiny: { count: ${NODES}, model: m, capacity: ${capacity / NODES} } }\nengine: { kind: echo }`;
  const cluster = await Orchestrator.create(parseConfig(yaml, 'bench'));
  await cluster.join('bench', address);
  await cluster.ready();
  return {
    cluster,
    hostCpu: () =>
      new Promise((resolve) => {
        host.once('message', (message) => resolve(message as number));
        host.send('usage');
      }),
  };
}
