/** run/: programs move to the model. The cluster finds a node; its host runs the program beside it, run(4). */
import { StyxError } from '@llambo/styx';
import type { DirNode } from '@llambo/styx/fs';
import type { RunningProgram } from '../../host/program.ts';
import { remoteRun } from '../../host/remote-run.ts';
import { type RunConfig, runDir } from '../../host/run-dir.ts';
import type { ClusterNode } from '../node.ts';
import type { Orchestrator } from '../orchestrator.ts';

/** @param grants whether a user may mount other servers into a program's name space */
export function runFiles(orchestrator: Orchestrator, grants: (user: string) => boolean): DirNode {
  return runDir((config, dis, { uname }) => {
    if (config.mounts.length > 0 && !grants(uname)) {
      throw new StyxError('permission denied: only operators mount servers for programs');
    }
    return start(orchestrator, { ...config, tenant: config.tenant ?? uname }, dis);
  });
}

async function start(
  orchestrator: Orchestrator,
  config: RunConfig,
  dis: Uint8Array,
): Promise<RunningProgram> {
  const node = chooseNode(orchestrator, config);
  const link = orchestrator.fleet.host(node.host);
  if (link === undefined) throw new StyxError(`no-node: host ${node.host} is away`);
  return remoteRun(link.root, { ...config, worker: node.id, class: undefined }, dis);
}

/** The node that was named, or the least loaded one of the class. */
function chooseNode(orchestrator: Orchestrator, { worker, class: name }: RunConfig): ClusterNode {
  if (worker !== undefined) {
    const node = orchestrator.node(worker);
    if (node === undefined) throw new StyxError(`unknown-node: there is no node ${worker}`);
    return node;
  }
  if (name !== undefined) orchestrator.fleet.classOf(name);
  let best: ClusterNode | undefined;
  for (const node of orchestrator.nodes) {
    if (node.state !== 'idle' && node.state !== 'busy') continue;
    if (name !== undefined && node.class !== name) continue;
    if (best === undefined || node.load / node.capacity < best.load / best.capacity) best = node;
  }
  if (best === undefined) throw new StyxError('no-node: no node can run it now');
  return best;
}
