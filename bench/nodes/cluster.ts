/**
 * A cluster as llamboctl up starts it, headed by this process: fork cluster.ts NODES [MODEL]. Without a model its engines echo,
 * 100 tokens a second each. Says when all nodes serve and who runs them; ends with its parent.
 */
import { Fsys, OREAD } from '@llambo/styx';
import { parseConfig } from 'llambo';
import { startCluster } from '../../packages/llambo/src/cli/cluster.ts';

export interface ClusterUp {
  readonly url: string;
  /** Seconds until every node served, the loading of the engines included. */
  readonly readyS: number;
  readonly nodes: number;
  readonly pids: {
    readonly orchestrator: number;
    readonly host: number;
    readonly engines: readonly number[];
  };
}

const nodes = Number(process.argv[2]);
const model = process.argv[3];
const CONTEXT = 512;

const shape = (count: number, name: string, memory: string, cpu: number): string =>
  `{ count: ${count}, model: ${name}, memory: ${memory}, cpu: ${cpu}, capacity: 1, context_size: ${CONTEXT} }`;
/** The seed's mix, the small models standing for the large ones. */
const classes = `tiny: ${shape(nodes * 0.75, 'a', '16MB', 0.1)}
  medium: ${shape(nodes * 0.2, 'b', '32MB', 1)}
  large: ${shape(nodes * 0.05, 'c', '64MB', 4)}`;
const yaml =
  model === undefined
    ? `classes:\n  ${classes}\nengine: { kind: echo, token_ms: 10 }`
    : `classes: { tiny: ${shape(nodes, JSON.stringify(model), '128MB', 0.1)} }`;

const started = performance.now();
const cluster = await startCluster(
  parseConfig(`${yaml}\nlisten: { http: "127.0.0.1:0" }\nhost: { threads: 1 }`, 'bench'),
);
const { orchestrator } = cluster;
await orchestrator.ready();
const readyS = (performance.now() - started) / 1000;

const fs = new Fsys(orchestrator.fleet.host('local')?.root as never);
const pidIn = async (path: string): Promise<number> => {
  const file = await fs.open(path, OREAD);
  const text = new TextDecoder().decode(await file.readAll());
  await file.close();
  return Number(/^pid=(\d+)$/m.exec(text)?.[1]);
};
const up: ClusterUp = {
  url: cluster.url,
  readyS,
  nodes: orchestrator.status().states.idle ?? 0,
  pids: {
    orchestrator: process.pid,
    host: await pidIn('status'),
    engines: await Promise.all(
      orchestrator.models().map(({ name }) => pidIn(`engines/${name.replaceAll('/', '%2F')}/status`)),
    ),
  },
};
process.on('message', async (message) => {
  if (message === 'collect') {
    globalThis.gc?.();
    process.send?.('collected');
    return;
  }
  await cluster.stop();
  process.exit(0);
});
process.on('disconnect', () => void cluster.stop().then(() => process.exit(0)));
process.send?.(up);
