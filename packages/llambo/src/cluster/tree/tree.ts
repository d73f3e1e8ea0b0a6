/**
 * The cluster as files, llambo(4): what dish, 9p, scripts and other machines see at /n/llambo. Reading changes nothing; a
 * write that is wrong fails with the reason and changes nothing either.
 */
import { type Attach, type FileServer, StyxError } from '@llambo/styx';
import {
  type DirNode,
  dynamicDir,
  Events,
  type FileNode,
  file,
  type Opener,
  serveTree,
  type TreeNode,
  text,
  toBytes,
  toText,
  type Users,
} from '@llambo/styx/fs';
import { attributeLine } from '../../attributes.ts';
import { LlamboError } from '../../errors.ts';
import { dataFile } from '../../wire/data-file.ts';
import { formatDecision } from '../balancer/index.ts';
import { adminCommand, usageText } from '../ctl/index.ts';
import { formatEvent } from '../events.ts';
import type { ClusterNode } from '../node.ts';
import type { Orchestrator } from '../orchestrator.ts';
import { formatStatus } from '../status.ts';
import { answerRequest } from './data.ts';
import { fusionDir } from './fusion.ts';
import { hostsDir } from './hosts.ts';
import { modelFiles } from './model-files.ts';
import { pathOf, remoteNode, type Walk } from './remote.ts';
import { runFiles } from './run.ts';

export interface TreeOptions {
  /** The Prometheus text. */
  readonly metrics?: () => string | Promise<string>;
  /** Folder of the models that hosts may fetch. */
  readonly models?: string;
  /** Further files at the root. */
  readonly more?: Readonly<Record<string, TreeNode>>;
}

/** Who may write to ctl files; `users` may ask. */
export const OPERATORS = 'operators';

/** Whoever runs the cluster, and its own parts: they may do everything. */
const administrators: ReadonlySet<string> = new Set(['operator', 'orchestrator', 'host']);
/** Who came with a key for `operate`: may steer the nodes, but neither end the cluster nor change its bounds. */
const STEERSMAN = 'steersman';
const users: Users = {
  isMember: (user, group) =>
    user === group || (group === OPERATORS && (administrators.has(user) || user === STEERSMAN)),
  isLeader: (user, group) => user === group,
};

export function clusterTree(orchestrator: Orchestrator, options: TreeOptions = {}): FileServer {
  const events = new Events({ history: 100, limit: 4096 });
  for (const event of orchestrator.events.recent(100)) events.emit(`${formatEvent(event)}\n`);
  orchestrator.events.follow((event) => events.emit(`${formatEvent(event)}\n`));
  const fixed: Record<string, TreeNode> = {
    ctl: ctlFile(
      () => usageText(),
      (lines, { uname }) => {
        const denied = administrators.has(uname) ? undefined : adminCommand(lines);
        if (denied !== undefined) throw new StyxError(`permission denied: ${denied} is for administrators`);
        return orchestrator.execute(lines);
      },
    ),
    data: dataFile((request, answer, opener) => answerRequest(orchestrator, request, answer, opener)),
    checkpoint: text(() => `${orchestrator.checkpoint()}\n`),
    status: text(() => formatStatus(orchestrator.status())),
    nodes: text(() => orchestrator.nodes.map(nodeLine).join('')),
    trace: text(() =>
      orchestrator
        .trace()
        .map((decision) => `${formatDecision(decision)}\n`)
        .join(''),
    ),
    autoscale: text(() => autoscaleText(orchestrator)),
    metrics: text(() => options.metrics?.() ?? ''),
    events: events.node,
    hosts: hostsDir(orchestrator, (user) => administrators.has(user)),
    fusion: fusionDir(orchestrator),
    run: runFiles(orchestrator, (user) => users.isMember(user, OPERATORS)),
    ...(options.models === undefined ? {} : { models: modelFiles(options.models) }),
    ...options.more,
  };
  const workers = new Map<string, DirNode>();
  const workerOf = (id: string): DirNode | undefined => {
    const node = orchestrator.node(id);
    if (node === undefined) {
      workers.delete(id);
      return undefined;
    }
    let directory = workers.get(id);
    if (directory === undefined) workers.set(id, (directory = workerDir(orchestrator, node)));
    return directory;
  };
  const root = dynamicDir({
    lookup: (name) => (Object.hasOwn(fixed, name) ? fixed[name] : workerOf(name)),
    list: () => [
      ...Object.entries(fixed),
      ...orchestrator.nodes.map(({ id }) => [id, workerOf(id) as DirNode] as const),
    ],
  });
  return serveTree(root, { owner: 'llambo', group: OPERATORS, users });
}

/** The same tree for those who own this machine's account: whatever they call themselves, they are operators. */
export function asOperator(server: FileServer): FileServer {
  return { attach: (who: Attach, call) => server.attach({ ...who, uname: 'operator' }, call) };
}

/** The same tree for those who may steer the cluster, but not more. */
export function asSteersman(server: FileServer): FileServer {
  return { attach: (who: Attach, call) => server.attach({ ...who, uname: STEERSMAN }, call) };
}

/** `worker-0001 class=tiny model=... state=idle ...` */
function nodeLine(node: ClusterNode): string {
  return `${node.id} ${attributeLine({
    class: node.class,
    model: node.model,
    host: node.host,
    state: node.state,
    load: node.load,
    capacity: node.capacity,
    cpu: node.cpu,
    memory: node.memory,
    context: node.contextSize,
    tokens_per_second: node.speed.toFixed(1),
    requests: node.counters.requests,
    tokens: node.counters.tokens,
    failures: node.counters.failures,
  })}\n`;
}

/** What the autoscaler is told and what it did lately: a line of its own, one a class, one a decision. */
function autoscaleText(orchestrator: Orchestrator): string {
  const { enabled, policy, classes, decisions } = orchestrator.autoscale();
  return [
    attributeLine({ enabled: enabled ? 1 : 0, policy }),
    ...classes.map(({ class: name, ready, starting, minimum, maximum, failures }) =>
      attributeLine({ class: name, ready, starting, minimum, maximum, failures }),
    ),
    ...decisions.map(
      ({ at, class: name, policy: by, from, want, to, why }) =>
        `${new Date(at).toISOString()} ${attributeLine({ class: name, policy: by, from, want, to, why })}`,
    ),
    '',
  ].join('\n');
}

const nothing = new Uint8Array(0);

/** Writes run commands; reading tells which there are, and behind a write on the same open what came of it. */
export function ctlFile(
  help: () => string,
  run: (lines: string, opener: Opener) => Promise<unknown>,
): FileNode {
  return file(
    (opener) => {
      const manual = toBytes(help());
      let results: Uint8Array | undefined;
      return {
        read(offset, count) {
          if (results === undefined) return manual.subarray(offset, offset + count);
          const part = results.subarray(0, count);
          results = results.subarray(count);
          return part;
        },
        async write(_offset, data) {
          const length = data.length;
          const lines = toText(data);
          try {
            const told = await run(lines, opener);
            const text = typeof told === 'string' && told !== '' ? toBytes(`${told}\n`) : nothing;
            results = Buffer.concat([results ?? nothing, text]);
            return length;
          } catch (error) {
            throw error instanceof LlamboError ? new StyxError(`${error.code}: ${error.message}`) : error;
          }
        },
      };
    },
    { perm: 0o664 },
  );
}

/** Verbs that a node's own ctl file takes; each is the cluster's command about this node. */
const VERBS = ['drain', 'resume', 'kill'] as const;

function workerDir(orchestrator: Orchestrator, node: ClusterNode): DirNode {
  const walk: Walk = async (path) => {
    const link = orchestrator.fleet.host(node.host);
    if (link === undefined) throw new StyxError(`host ${node.host} is away`);
    return link.file(node.id, node.thread, path);
  };
  const far = async (name: string): Promise<TreeNode | undefined> => {
    const file = await walk(name).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      return remoteNode(walk, node.id, name, await file.stat({ signal: AbortSignal.timeout(5000) }));
    } finally {
      await file.clunk();
    }
  };
  const near: Readonly<Record<string, TreeNode>> = {
    ctl: ctlFile(
      () => VERBS.map((verb) => `${verb}\n`).join(''),
      async (lines) => {
        const told: string[] = [];
        for (const line of lines.split('\n').map((each) => each.trim())) {
          if (line === '') continue;
          if (!VERBS.includes(line as (typeof VERBS)[number])) {
            throw new LlamboError(
              'bad-request',
              `unknown command ${JSON.stringify(line)}; commands: ${VERBS.join(', ')}`,
            );
          }
          told.push(await orchestrator.execute(`${line} ${node.id}`));
        }
        return told.join('\n');
      },
    ),
    data: dataFile((request, answer, opener) =>
      answerRequest(orchestrator, request, answer, opener, node.id),
    ),
    status: text(async () => nodeLine(node) + (await readAll(walk, 'status'))),
  };
  const names = ['namespace', 'models', 'dis'];
  return dynamicDir(
    {
      lookup: (name) => (Object.hasOwn(near, name) ? near[name] : far(name)),
      async list() {
        const there = await Promise.all(names.map(async (name) => [name, await far(name)] as const));
        return [
          ...Object.entries(near),
          ...there.filter((entry): entry is readonly [string, TreeNode] => entry[1] !== undefined),
        ];
      },
    },
    { path: pathOf(node.id) },
  );
}

async function readAll(walk: Walk, path: string): Promise<string> {
  const file = await walk(path).catch(() => undefined);
  if (file === undefined) return '';
  const call = { signal: AbortSignal.timeout(5000) };
  try {
    await file.open(0, call);
    return Buffer.from(await file.read(0, 8192, call)).toString();
  } catch (error) {
    return `error='${(error as Error).message.replaceAll("'", "''")}'\n`;
  } finally {
    await file.clunk();
  }
}
