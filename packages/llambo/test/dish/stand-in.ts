/** A cluster's tree without a cluster: the files of the contract, with an engine that answers the question backwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StyxError } from '@llambo/styx';
import {
  bytes,
  cloneDir,
  ctl,
  dir,
  dynamicDir,
  Events,
  exchange,
  serveTree,
  type TreeNode,
  text,
  toText,
} from '@llambo/styx/fs';
import { serveOn } from '@llambo/styx/node';

export interface StandIn {
  /** Dial string. */
  readonly address: string;
  /** Lines that were written to ctl. */
  readonly commands: string[];
  /** Requests that were written to data files, with the node's name. */
  readonly requests: string[];
  readonly nodes: Map<string, { class: string; state: string }>;
  emit(event: string): void;
  /** Breaks all connections; the next ones are served again. */
  breakConnections(): Promise<void>;
  close(): Promise<void>;
}

export async function standIn(count: number = 4): Promise<StandIn> {
  const commands: string[] = [];
  const requests: string[] = [];
  const events = new Events();
  const nodes = new Map<string, { class: string; state: string }>();
  let strategy = 'least-loaded';
  const name = (i: number): string => `worker-${String(i).padStart(4, '0')}`;
  const classOf = (i: number): string => (i % 4 === 3 ? 'medium' : 'tiny');
  const spawn = (n: number, kind?: string): void => {
    for (let i = 0; i < n; i++) {
      const at = nodes.size + 1;
      nodes.set(name(at), { class: kind ?? classOf(at), state: 'idle' });
    }
  };
  spawn(count);

  const answer = (node: string) =>
    exchange(async function* (request) {
      const all = toText(request);
      requests.push(`${node}: ${all}`);
      const prompt = all.slice(all.indexOf('\n\n') >= 0 ? all.indexOf('\n\n') + 2 : 0).replace(/^\n/, '');
      if (prompt === 'fail') throw new StyxError('engine-gone: engine has gone');
      if (prompt === 'slow') {
        for (let i = 0; i < 1000; i++) {
          yield `word ${i} `;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
      if (prompt === 'who') yield `I am ${node}.\n`;
      else if (prompt === 'markdown') yield '# Title\n\n- **one**\n- two\n';
      else yield Array.from(prompt).reverse().join('');
    });

  const worker = (id: string): TreeNode =>
    dir({
      ctl: ctl({ drain: () => {}, resume: () => {} }),
      data: answer(id),
      status: text(() => {
        const { class: kind, state } = nodes.get(id) ?? { class: '-', state: 'gone' };
        return `${id}: ${state}\nclass=${kind} state=${state} load=0\n`;
      }),
      namespace: bytes('bind -b #c /dev\ncd /\n'),
      models: dir({ 'llama-1b.gguf': bytes('GGUF') }),
      dis: dir({ 'llambo.dis': bytes('\0') }),
    });
  const workers = new Map<string, TreeNode>();
  const workerOf = (id: string): TreeNode | undefined => {
    if (!nodes.has(id)) return undefined;
    let node = workers.get(id);
    if (node === undefined) workers.set(id, (node = worker(id)));
    return node;
  };

  const control = ctl({
    'spawn CLASS N': ([kind, n]) => {
      if (kind !== 'tiny' && kind !== 'medium')
        throw new StyxError(`class ${kind} is unknown; classes: tiny, medium`);
      commands.push(`spawn ${kind} ${n}`);
      spawn(Number(n), kind);
      events.emit(`12:34:56 spawned ${n} ${kind} nodes\n`);
    },
    'scale CLASS N': ([kind, n]) => void commands.push(`scale ${kind} ${n}`),
    'drain NODE': ([id]) => {
      const node = nodes.get(id as string);
      if (node === undefined) throw new StyxError(`unknown-node: node ${id} is not in the cluster`);
      node.state = 'draining';
      commands.push(`drain ${id}`);
    },
    'resume NODE': ([id]) => {
      (nodes.get(id as string) as { state: string }).state = 'idle';
      commands.push(`resume ${id}`);
    },
    'kill NODE': ([id]) => {
      nodes.delete(id as string);
      commands.push(`kill ${id}`);
    },
    'strategy NAME': ([wanted]) => {
      strategy = wanted as string;
      commands.push(`strategy ${wanted}`);
    },
    'autoscale WORD...': (words) => void commands.push(`autoscale ${words.join(' ')}`),
  });

  const files: Record<string, TreeNode> = {
    ctl: control,
    data: answer('cluster'),
    status: text(
      () =>
        `Cluster: ${nodes.size} nodes, 67% util\nhealth=healthy\nstrategy=${strategy}\ntokens_per_second=10.5\n`,
    ),
    metrics: text(() => `# HELP llambo_nodes Nodes.\nllambo_nodes ${nodes.size}\nllambo_requests_total 7\n`),
    events: events.node,
    nodes: text(() =>
      [...nodes]
        .map(([id, { class: kind, state }]) => `${id} class=${kind} state=${state} load=0\n`)
        .join(''),
    ),
    trace: bytes(''),
    models: dir({ 'llama-1b.gguf': bytes('GGUF') }),
    hosts: dir({
      local: dir({ ctl: ctl({}), status: text(() => 'name=local\ncpus=2 workers=4\nstate=up\n') }),
    }),
    fusion: cloneDir(() => {
      const settings: string[] = [];
      return {
        ctl: {
          'nodes N': ([n]) => void settings.push(`nodes=${n}`),
          'strategy NAME': ([s]) => void settings.push(`strategy=${s}`),
          'option TEXT': ([o]) => void settings.push(`option=${o}`),
        },
        files: {
          data: exchange(function* (request) {
            yield `consensus on ${toText(request)} (${settings.join(' ')})\n`;
          }),
          status: text(() => 'votes=3\n'),
        },
      };
    }),
  };
  const root = dynamicDir({
    lookup: (entry) => files[entry] ?? workerOf(entry),
    *list() {
      yield* Object.entries(files);
      for (const id of nodes.keys()) yield [id, workerOf(id) as TreeNode] as const;
    },
  });

  const folder = mkdtempSync(join(tmpdir(), 'dish-'));
  const address = `unix!${join(folder, 'sock')}`;
  const fs = serveTree(root);
  let serving = await serveOn(address, fs);
  return {
    address,
    commands,
    requests,
    nodes,
    emit: (event) => events.emit(`${event}\n`),
    async breakConnections() {
      await serving.close(0);
      serving = await serveOn(address, fs);
    },
    async close() {
      events.end();
      await serving.close(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
