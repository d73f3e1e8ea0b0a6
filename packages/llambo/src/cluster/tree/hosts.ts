/** hosts/: the machines. A host writes `join` to its ctl, and is there from then on. */
import { StyxError } from '@llambo/styx';
import { type DirNode, dynamicDir, type TreeNode, text, tokenize } from '@llambo/styx/fs';
import { attributeLines, attributesOf } from '../../attributes.ts';
import type { HostStatus } from '../hosts/link.ts';
import type { Orchestrator } from '../orchestrator.ts';
import { pathOf } from './remote.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @param trusts whether a user may bring machines and command them past the cluster */
export function hostsDir(orchestrator: Orchestrator, trusts: (user: string) => boolean): DirNode {
  const check = (user: string): void => {
    if (!trusts(user)) throw new StyxError('permission denied: hosts are for administrators');
  };
  const ctl = text(() => 'join name=NAME address=DIALSTRING\n', {
    perm: 0o664,
    write: (line, { uname }) => {
      check(uname);
      return join(orchestrator, line);
    },
  });
  const host = (name: string): DirNode | undefined => {
    const find = (): HostStatus | undefined => orchestrator.hosts().find((each) => each.name === name);
    if (find() === undefined) return undefined;
    const status = text(
      () => {
        const found = find();
        return found === undefined ? 'state=gone\n' : statusText(found);
      },
      { path: pathOf(`hosts/${name}/status`) },
    );
    const commands = text(() => '', {
      path: pathOf(`hosts/${name}/ctl`),
      perm: 0o664,
      write: async (line, { uname }) => {
        check(uname);
        const link = orchestrator.fleet.host(name);
        if (link === undefined) throw new StyxError(`host ${name} is away`);
        await link.command(line);
      },
    });
    return dynamicDir(
      { list: () => Object.entries({ status, ctl: commands }) },
      { path: pathOf(`hosts/${name}`) },
    );
  };
  return dynamicDir({
    lookup: (name): TreeNode | undefined => (name === 'ctl' ? ctl : host(name)),
    list: () => [
      ['ctl', ctl] as const,
      ...orchestrator.hosts().map(({ name }) => [name, host(name) as DirNode] as const),
    ],
  });
}

function statusText(host: HostStatus): string {
  return attributeLines({
    name: host.name,
    address: host.address,
    state: host.state,
    cpus: host.cpus,
    memory: host.memory,
    free_memory: host.freeMemory,
    workers: host.workers,
    threads: host.threads,
    models: host.models.join(','),
    rtt_ms: host.rttMs.toFixed(2),
    uptime_seconds: Math.round(host.uptimeSeconds),
  });
}

async function join(orchestrator: Orchestrator, line: string): Promise<void> {
  const { words, values } = attributesOf(tokenize(line));
  const name = values.get('name') ?? '';
  const address = values.get('address') ?? '';
  if (words[0] !== 'join' || words.length !== 1)
    throw new StyxError('bad-request: usage: join name=NAME address=DIALSTRING');
  if (!NAME.test(name)) throw new StyxError(`bad-request: ${JSON.stringify(name)} is no name for a host`);
  if (address === '') throw new StyxError('bad-request: address is missing');
  const models = values.get('models') ?? '';
  await orchestrator.join(name, address, models === '' ? [] : models.split(','));
}
