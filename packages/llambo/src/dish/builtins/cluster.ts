/** Commands for the cluster: each reads or writes files under /n/llambo, as anybody could. */
import { ORDWR, OREAD, OWRITE } from '@llambo/styx';
import { formatBytes } from '../../config/units.ts';
import { table } from '../../terminal/index.ts';
import { toDialString } from '../address.ts';
import { DishError, Enocluster } from '../errors.ts';
import { eventsFromNow } from '../events.ts';
import type { Context } from '../run/context.ts';
import { namesIn } from '../run/glob.ts';
import { lines, pieces, readText, writeAll } from '../run/io.ts';
import { CLUSTER } from '../session.ts';
import { quoteWord } from '../syntax/quote.ts';
import { parseAttributes } from './attributes.ts';
import { type Builtin, expectArgs, parseFlags, toNumber, usageError } from './builtin.ts';

/** Throws when nothing is mounted where the cluster should be. */
export function needCluster(ctx: Context): void {
  if (ctx.session.cluster === undefined && !ctx.ns.mounts().some(({ on }) => on === CLUSTER))
    throw new DishError(Enocluster(CLUSTER));
}

export async function clusterFile(ctx: Context, name: string): Promise<string> {
  needCluster(ctx);
  return ctx.readFile(`${CLUSTER}/${name}`);
}

/** One command for the orchestrator. A person is told what came of it; scripts are silent when all is well, as in rc. */
export async function ctl(ctx: Context, command: string): Promise<void> {
  needCluster(ctx);
  const told = ctx.isInteractive;
  await ctx.using(
    Promise.resolve(ctx.ns.open(`${CLUSTER}/ctl`, told ? ORDWR : OWRITE, ctx.by)),
    async (chan) => {
      await writeAll(chan, `${command}\n`, ctx.by);
      if (told) await ctx.out(await readText(pieces(chan, ctx.by)));
    },
  );
}

const status: Builtin = {
  name: 'status',
  group: 'cluster',
  usage: '[-l] [node|host]',
  summary: 'print how the cluster is, in one line; -l all that is known; or how a node or host is',
  takes: ['node'],
  async run(ctx, words) {
    const flags = parseFlags(status, words, 'l');
    expectArgs(status, flags.args, 0, 1);
    const [name] = flags.args;
    if (name !== undefined) {
      const known = (await namesIn(ctx, CLUSTER)).some((entry) => entry.name === name);
      await ctx.out(await clusterFile(ctx, known ? `${name}/status` : `hosts/${name}/status`));
      return;
    }
    const text = await clusterFile(ctx, 'status');
    await ctx.out(flags.has('l') ? text : `${text.split('\n')[0]}\n`);
  },
};

/** Attributes that are bytes. */
const BYTES = new Set(['memory', 'free_memory', 'heap']);

function shownValue(name: string, value: string | undefined): string {
  if (value === undefined || value === '') return '-';
  return BYTES.has(name) && /^\d+$/.test(value) ? formatBytes(Number(value)) : value;
}

/**
 * Lines of `name attr=value ...` as columns.
 * @param usual the attributes that are shown, of those that there are; all when left out
 */
function asTable(text: string, first: string, usual?: readonly string[]): string {
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { words, attributes } = parseAttributes(line);
      return { name: words.join(' '), attributes };
    });
  const there = new Set(rows.flatMap(({ attributes }) => [...attributes.keys()]));
  const names = usual?.filter((name) => there.has(name)) ?? [...there];
  const heads = [first, ...names.map((name) => name.toUpperCase())];
  return `${table([heads, ...rows.map(({ name, attributes }) => [name, ...names.map((n) => shownValue(n, attributes.get(n)))])])}\n`;
}

const NODE_COLUMNS = ['class', 'model', 'host', 'state', 'load', 'capacity', 'failures'];
const HOST_COLUMNS = ['state', 'cpus', 'memory', 'free_memory', 'workers', 'rtt_ms', 'models'];

const nodes: Builtin = {
  name: 'nodes',
  group: 'cluster',
  usage: '[-lq] [attr=value ...]',
  summary:
    'list the nodes, or those with these attributes: nodes class=tiny state=busy; -l all about each, -q only names',
  takes: ['none'],
  async run(ctx, words) {
    const flags = parseFlags(nodes, words, 'lq');
    const wanted = parseAttributes(flags.args.map(quoteAttribute).join(' '));
    if (wanted.words.length > 0) throw usageError(nodes);
    const text = await clusterFile(ctx, 'nodes');
    const kept = text.split('\n').filter((line) => {
      if (line === '') return false;
      const { attributes } = parseAttributes(line);
      return [...wanted.attributes].every(([name, value]) => attributes.get(name) === value);
    });
    if (flags.has('q')) await ctx.out(kept.map((line) => `${parseAttributes(line).words[0]}\n`).join(''));
    else await ctx.out(asTable(kept.join('\n'), 'NODE', flags.has('l') ? undefined : NODE_COLUMNS));
  },
};

function quoteAttribute(word: string): string {
  const at = word.indexOf('=');
  return at < 0 ? quoteWord(word) : `${word.slice(0, at)}=${quoteWord(word.slice(at + 1))}`;
}

const hosts: Builtin = {
  name: 'hosts',
  group: 'cluster',
  usage: '[-l]',
  summary: 'list the machines that nodes run on; -l all about each',
  async run(ctx, words) {
    const flags = parseFlags(hosts, words, 'l');
    expectArgs(hosts, flags.args, 0);
    needCluster(ctx);
    const found: string[] = [];
    for (const { name, isDir } of await namesIn(ctx, `${CLUSTER}/hosts`)) {
      if (!isDir) continue;
      const text = await clusterFile(ctx, `hosts/${name}/status`);
      const rest = text
        .split('\n')
        .filter((line) => line.includes('='))
        .join(' ');
      found.push(`${quoteWord(name)} ${rest.replace(/(^|\s)name=\S+/, '')}`);
    }
    await ctx.out(asTable(found.join('\n'), 'HOST', flags.has('l') ? undefined : HOST_COLUMNS));
  },
};

const metrics: Builtin = {
  name: 'metrics',
  group: 'cluster',
  usage: '[text]',
  summary: 'print the cluster’s metrics, or the lines of them that contain text',
  takes: ['none'],
  async run(ctx, args) {
    expectArgs(metrics, args, 0, 1);
    const text = await clusterFile(ctx, 'metrics');
    const [wanted] = args;
    if (wanted === undefined) return ctx.out(text);
    await ctx.out(
      text
        .split('\n')
        .filter((line) => !line.startsWith('#') && line.includes(wanted))
        .map((line) => `${line}\n`)
        .join(''),
    );
  },
};

const events: Builtin = {
  name: 'events',
  group: 'cluster',
  usage: '[-n count] | on | off',
  summary:
    'print past and coming events until interrupted; -n wait for so many new ones; on: show them between prompts',
  takes: ['none'],
  async run(ctx, words) {
    const flags = parseFlags(events, words, 'n:#');
    expectArgs(events, flags.args, 0, 1);
    needCluster(ctx);
    const [word] = flags.args;
    if (word === 'on' || word === 'off') {
      await ctx.session.events.show(word === 'on');
      return;
    }
    if (word !== undefined) throw usageError(events);
    const count = flags.number('n') ?? flags.number('#');
    await ctx.using(Promise.resolve(ctx.ns.open(`${CLUSTER}/events`, OREAD, ctx.by)), async (chan) => {
      let left = count ?? Number.POSITIVE_INFINITY;
      if (left <= 0) return;
      const source = count === undefined ? lines(pieces(chan, ctx.by)) : eventsFromNow(chan, ctx.by);
      for await (const line of source) {
        await ctx.out(`${line}\n`);
        if (--left <= 0) break;
      }
    });
  },
};

/** A command that is one line for the orchestrator's ctl file. */
function control(
  name: string,
  usage: string,
  summary: string,
  takes: Builtin['takes'],
  least: number,
  most: number,
  check?: (args: readonly string[]) => void,
): Builtin {
  const self: Builtin = {
    name,
    group: 'cluster',
    usage,
    summary,
    takes,
    async run(ctx, args) {
      expectArgs(self, args, least, most);
      check?.(args);
      await ctl(ctx, [name, ...args.map(quoteWord)].join(' '));
    },
  };
  return self;
}

const spawn = control(
  'spawn',
  'class n',
  'start n more nodes of a class',
  ['class', 'none'],
  2,
  2,
  ([, n]) => {
    toNumber(n as string);
  },
);
const scale = control('scale', 'class n', 'have n nodes of a class', ['class', 'none'], 2, 2, ([, n]) => {
  toNumber(n as string);
});

/** One command for each node that is named. */
function eachNode(name: string, summary: string): Builtin {
  const self: Builtin = {
    name,
    group: 'cluster',
    usage: 'node ...',
    summary,
    takes: ['node'],
    async run(ctx, args) {
      if (args.length === 0) throw usageError(self);
      for (const node of args) await ctl(ctx, `${name} ${quoteWord(node)}`);
    },
  };
  return self;
}

const strategy: Builtin = {
  name: 'strategy',
  group: 'cluster',
  usage: '[name]',
  summary: 'print or choose the strategy by which requests find nodes',
  takes: ['strategy'],
  async run(ctx, args) {
    expectArgs(strategy, args, 0, 1);
    const [name] = args;
    if (name !== undefined) return ctl(ctx, `strategy ${quoteWord(name)}`);
    const text = await clusterFile(ctx, 'status');
    await ctx.out(`${/(?:^|\s)strategy=(\S+)/.exec(text)?.[1] ?? 'unknown'}\n`);
  },
};

const autoscale: Builtin = {
  name: 'autoscale',
  group: 'cluster',
  usage: '[on | off | policy name]',
  summary:
    'let the cluster grow and shrink with its load, or not; alone: what it does, and what it decided lately',
  takes: ['none'],
  async run(ctx, args) {
    expectArgs(autoscale, args, 0, 2);
    if (args.length === 0) return ctx.out(await clusterFile(ctx, 'autoscale'));
    await ctl(ctx, ['autoscale', ...args.map(quoteWord)].join(' '));
  },
};

const cluster: Builtin = {
  name: 'cluster',
  group: 'cluster',
  usage: '[address] | ctl word ...',
  summary: 'print where the cluster is, mount another one at /n/llambo, or write a command to its ctl file',
  takes: ['none'],
  async run(ctx, args) {
    const [first, ...rest] = args;
    if (first === 'ctl') {
      if (rest.length === 0) return ctx.out(await clusterFile(ctx, 'ctl'));
      return ctl(ctx, rest.map(quoteWord).join(' '));
    }
    expectArgs(cluster, args, 0, 1);
    if (first !== undefined) {
      await ctx.session.mountCluster(toDialString(first), ctx.ns, ctx.by);
      return;
    }
    const { session } = ctx;
    if (session.cluster === undefined) {
      const address = session.findCluster();
      if (address === undefined) throw new DishError(Enocluster(CLUSTER));
      await session.mountCluster(address, ctx.ns, ctx.by);
    }
    await ctx.out(`${session.cluster} ${CLUSTER}\n`);
  },
};

export const clusterBuiltins: readonly Builtin[] = [
  status,
  nodes,
  hosts,
  metrics,
  events,
  spawn,
  scale,
  eachNode('drain', 'let nodes finish what they do and take nothing new'),
  eachNode('resume', 'let drained nodes take requests again'),
  strategy,
  autoscale,
  cluster,
];
