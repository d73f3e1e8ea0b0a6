import { FdGroup } from '@llambo/namespace';
import { OREAD } from '@llambo/styx';
import { Region, truncate, visible } from '../../terminal/index.ts';
import type { Context } from '../run/context.ts';
import { Exit } from '../run/control.ts';
import { runCommand } from '../run/execute.ts';
import { put } from '../run/fds.ts';
import { pieces, readText } from '../run/io.ts';
import { runHere } from '../run/program.ts';
import { type Builtin, parseFlags, sleep, usageError } from './builtin.ts';

const watchBuiltin: Builtin = {
  name: 'watch',
  group: 'shell',
  usage: '[-n seconds] [-c count] command [word ...]',
  summary: "run a command again and again and show what it prints; 'a | b' in quotes is a command too",
  takes: ['command', 'node'],
  async run(ctx, words) {
    const flags = parseFlags(watchBuiltin, words, 'n:c:');
    if (flags.args.length === 0) throw usageError(watchBuiltin);
    const seconds = Math.max(0.1, flags.number('n') ?? 1);
    const count = flags.number('c') ?? Number.POSITIVE_INFINITY;
    const { output } = ctx.session.io;
    const region = ctx.isInteractive && output !== undefined ? new Region(output) : undefined;
    try {
      for (let i = 0; i < count; i++) {
        if (i > 0) await sleep(seconds * 1000, ctx.signal);
        const text = await outputOf(ctx, flags.args);
        if (region === undefined) await ctx.out(text);
        else {
          const { columns, rows } = ctx.session.io;
          const shown = visible(text)
            .trimEnd()
            .split('\n')
            .slice(0, rows - 1);
          region.draw(shown.map((row) => truncate(row.replaceAll('\t', '    '), columns - 1)));
        }
      }
    } finally {
      region?.end();
    }
    return ctx.shell.status;
  },
};

/** What the command prints, its errors included. */
async function outputOf(ctx: Context, words: readonly string[]): Promise<string> {
  const [reading, writing] = await ctx.ns.pipe(ctx.by);
  const fds = new FdGroup();
  put(fds, 0, await ctx.ns.open('/dev/null', OREAD, ctx.by));
  put(fds, 1, writing);
  fds.dup(1, 2);
  const inner = ctx.with({ fds });
  const run = async (): Promise<void> => {
    try {
      if (words.length === 1) await runHere(inner, words[0] as string);
      else await runCommand(inner, words);
    } catch (error) {
      if (error instanceof Exit || ctx.signal.aborted) throw error;
      await inner.err(`${words[0]}: ${(error as Error).message}\n`);
    } finally {
      fds.release();
    }
  };
  try {
    const [text] = await Promise.all([readText(pieces(reading, ctx.by)), run()]);
    return text;
  } finally {
    await reading.close();
  }
}

export const watch: readonly Builtin[] = [watchBuiltin];
