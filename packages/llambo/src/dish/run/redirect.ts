import { type FdGroup, SEEKEND } from '@llambo/namespace';
import { ORDWR, OREAD, OWRITE } from '@llambo/styx';
import { DishError, Eredirection } from '../errors.ts';
import type { Redirection } from '../syntax/ast.ts';
import type { Context } from './context.ts';
import { type CommandFiles, type Expander, expandWords } from './expand.ts';
import { put } from './fds.ts';
import { writeAll } from './io.ts';

/** Applies the redirections, in their order, to `fds`, which is the command's own. */
export async function redirect(
  ctx: Context,
  redirections: readonly Redirection[],
  fds: FdGroup,
  run: Expander,
  files: CommandFiles,
): Promise<void> {
  for (const r of redirections) {
    switch (r.kind) {
      case 'dup':
        fds.dup(r.from, r.fd);
        break;
      case 'close':
        if (fds.has(r.fd)) fds.close(r.fd);
        break;
      case 'here': {
        const text = r
          .parts()
          .map((part) => ('text' in part ? part.text : ctx.shell.get(part.variable).join(' ')))
          .join('');
        const [reading, writing] = await ctx.ns.pipe(ctx.by);
        put(fds, r.fd, reading);
        files.running.push(
          writeAll(writing, text, ctx.by).then(
            () => void writing.close(),
            () => void writing.close(), // the command has read enough
          ),
        );
        break;
      }
      case 'file': {
        const names = await expandWords(ctx, [r.file], run, files);
        if (names.length !== 1) throw new DishError(Eredirection);
        put(fds, r.fd, await open(ctx, names[0] as string, r.mode));
      }
    }
  }
}

async function open(
  ctx: Context,
  name: string,
  mode: 'read' | 'write' | 'append' | 'both',
): Promise<Awaited<ReturnType<Context['ns']['open']>>> {
  const { ns, by } = ctx;
  if (mode === 'read') return ns.open(name, OREAD, by);
  if (mode === 'both') return ns.open(name, ORDWR, by);
  if (mode === 'write') return ns.create(name, OWRITE, 0o666, by);
  let there = true;
  try {
    await ns.stat(name, by);
  } catch {
    there = false;
  }
  if (!there) return ns.create(name, OWRITE, 0o666, by);
  const chan = await ns.open(name, OWRITE, by);
  await chan.seek(0, SEEKEND, by);
  return chan;
}
