/** Names for the completion scripts. Silent when there is no cluster: a shell that completes must not complain. */
import { policyNames } from '../../cluster/autoscaler/registry.ts';
import { strategyNames } from '../../cluster/balancer/registry.ts';
import type { ClusterClient } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { EXIT, type Kind, type Parsed } from '../spec.ts';

const NAMES: Readonly<Partial<Record<Kind, () => Promise<readonly string[]>>>> = {
  node: () => ofCluster(async (cluster) => (await cluster.nodes()).map(({ id }) => id)),
  class: () => ofCluster(async (cluster) => (await cluster.status()).classes.map(({ name }) => name)),
  host: () => ofCluster(async (cluster) => (await cluster.hosts()).map(({ name }) => name)),
  strategy: async () => strategyNames(),
  policy: async () => policyNames(),
  async model() {
    const { ModelStore } = await import('@llambo/llama');
    return (await new ModelStore().list()).map(({ name }) => name);
  },
  async session() {
    const { History } = await import('../../limbot/history.ts');
    const sessions = History.open().sessions();
    return ['last', ...sessions.flatMap(({ id, name }) => (name === undefined ? [id] : [name]))];
  },
};

async function ofCluster(names: (cluster: ClusterClient) => Promise<string[]>): Promise<string[]> {
  const cluster = await connect();
  return names(cluster);
}

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const names = await NAMES[parsed.words[0] as Kind]?.().catch(() => []);
  process.stdout.write((names ?? []).map((name) => `${name}\n`).join(''));
  return EXIT.ok;
}
