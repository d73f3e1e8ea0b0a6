/** Commands that send one line of the ctl grammar each. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { quote } from '../attributes.ts';
import type { ClusterClient } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { UsageError } from '../errors.ts';
import { Progress } from '../progress.ts';
import { type CommandModule, EXIT, type Parsed } from '../spec.ts';
import { readAll } from '../terminal.ts';

/** Milliseconds between two looks at what has been done so far. */
const LOOK_MS = 200;

const line = (...words: readonly string[]): string => words.map(quote).join(' ');

async function withCluster<T>(parsed: Parsed, use: (cluster: ClusterClient) => Promise<T>): Promise<T> {
  const cluster = await connect(parsed.text('addr'));
  try {
    return await use(cluster);
  } finally {
    await cluster.close();
  }
}

/** Sends each line, and prints what the cluster says to it. */
async function send(cluster: ClusterClient, lines: readonly string[]): Promise<void> {
  for (const each of lines) print(await cluster.ctl(each));
}

function print(result: string): void {
  if (result.trim() !== '') process.stdout.write(`${result.trimEnd()}\n`);
}

function countOf(word: string | undefined, least: number): number {
  const count = Number(word);
  if (!Number.isInteger(count) || count < least) throw new UsageError(`${word} is no number of nodes`);
  return count;
}

/** Runs `work`, and meanwhile draws how far it is. */
async function shown<T>(
  progress: Progress,
  work: Promise<T>,
  look: () => Promise<readonly [done: number, total: number]>,
): Promise<T> {
  if (!progress.shown) return work;
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  work.then(end, end);
  while (!ended) {
    const at = await look().catch(() => undefined);
    if (!ended && at !== undefined) progress.at(...at);
    await Promise.race([sleep(LOOK_MS), work.catch(() => {})]);
  }
  progress.end();
  return work;
}

async function nodesOf(cluster: ClusterClient, name: string): Promise<number> {
  const { classes } = await cluster.status();
  return classes.find((each) => each.name === name)?.nodes ?? 0;
}

function resize(verb: 'spawn' | 'scale', least: number): CommandModule {
  return {
    async run(_args, parsed) {
      const [name, word] = parsed.words as [string, string];
      const count = countOf(word, least);
      const progress = new Progress(`${verb} ${name}`, { quiet: parsed.flag('quiet') });
      await withCluster(parsed, async (cluster) => {
        const before = progress.shown ? await nodesOf(cluster, name) : 0;
        const total = Math.abs(verb === 'spawn' ? count : count - before);
        const work = cluster.ctl(line(verb, name, String(count)));
        const look = async (): Promise<readonly [number, number]> => {
          const changed = Math.abs((await nodesOf(cluster, name)) - before);
          return [Math.min(changed, total), total];
        };
        print(await shown(progress, work, look));
      });
      return EXIT.ok;
    },
  };
}

export const spawn: CommandModule = resize('spawn', 1);
export const scale: CommandModule = resize('scale', 0);

export const drain: CommandModule = {
  async run(_args, parsed) {
    const names = parsed.words;
    await withCluster(parsed, async (cluster) => {
      await send(
        cluster,
        names.map((name) => line('drain', name)),
      );
      if (parsed.flag('wait')) await idle(cluster, names, parsed.flag('quiet'));
    });
    return EXIT.ok;
  },
};

/** Until none of the nodes has anything to answer. */
async function idle(cluster: ClusterClient, names: readonly string[], quiet: boolean): Promise<void> {
  const progress = new Progress('drain', { quiet });
  for (;;) {
    const nodes = await cluster.nodes();
    const busy = nodes.filter(({ id, load }) => names.includes(id) && load > 0).length;
    progress.at(names.length - busy, names.length);
    if (busy === 0) break;
    await sleep(LOOK_MS);
  }
  progress.end();
}

const each = (verb: 'resume' | 'kill'): CommandModule => ({
  async run(_args, parsed) {
    await withCluster(parsed, (cluster) =>
      send(
        cluster,
        parsed.words.map((name) => line(verb, name)),
      ),
    );
    return EXIT.ok;
  },
});

export const resume: CommandModule = each('resume');
export const kill: CommandModule = each('kill');

export const checkpoint: CommandModule = {
  async run(_args, parsed) {
    const [action = 'save', file] = parsed.words;
    return withCluster(parsed, async (cluster) => {
      if (action === 'show') print(await cluster.checkpoint());
      else if (action === 'save') {
        await cluster.ctl('save');
        if (file === undefined) process.stdout.write('the state is on disk\n');
        else await writeWhole(file, `${(await cluster.checkpoint()).trimEnd()}\n`);
      } else {
        if (file === undefined) throw new UsageError('checkpoint restore wants a file');
        const lines = (await readFile(file, 'utf8')).split('\n');
        await send(
          cluster,
          lines.filter((each) => each.trim() !== '' && !each.startsWith('#')),
        );
      }
      return EXIT.ok;
    });
  },
};

/** A file is there whole, or as it was. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, text);
  await rename(temporary, file);
  process.stdout.write(`saved to ${file}\n`);
}

export const strategy: CommandModule = {
  async run(_args, parsed) {
    const [name] = parsed.words;
    await withCluster(parsed, async (cluster) => {
      if (name === undefined) process.stdout.write(`${(await cluster.status()).strategy}\n`);
      else await send(cluster, [line('strategy', name)]);
    });
    return EXIT.ok;
  },
};

export const autoscale: CommandModule = {
  async run(_args, parsed) {
    const [action = 'log', policy] = parsed.words;
    if (action === 'policy' && policy === undefined) throw new UsageError('autoscale policy needs POLICY');
    if (action !== 'policy' && policy !== undefined)
      throw new UsageError(`autoscale ${action}: ${policy} is one word too many`);
    await withCluster(parsed, async (cluster) => {
      if (action !== 'log')
        return send(cluster, [line('autoscale', action, ...(policy === undefined ? [] : [policy]))]);
      const { autoscaler } = await cluster.decisions();
      const { printDecisions } = await import('./balancer.ts');
      printDecisions(autoscaler, parsed.flag('json'), 'the autoscaler has decided nothing yet');
    });
    return EXIT.ok;
  },
};

export const ctl: CommandModule = {
  async run(_args, parsed) {
    const lines =
      parsed.words.length > 0
        ? [parsed.words.join(' ')]
        : (await readAll(process.stdin)).split('\n').filter((text) => text.trim() !== '');
    await withCluster(parsed, (cluster) => send(cluster, lines));
    return EXIT.ok;
  },
};
