/** Commands on files, wherever in the name space they are. */
import { type Dir, DMDIR, formatDir, formatPerm, OREAD, OTRUNC, OWRITE, wstatDir } from '@llambo/styx';
import { inColumns, table } from '../../terminal/index.ts';
import { DishError } from '../errors.ts';
import type { Context } from '../run/context.ts';
import { readDirectory } from '../run/glob.ts';
import { writeAll } from '../run/io.ts';
import { makeDirectory } from '../session.ts';
import { type Builtin, expectArgs, parseFlags, usageError } from './builtin.ts';

const isDirectory = ({ mode }: Dir): boolean => (mode & DMDIR) !== 0;

const ls: Builtin = {
  name: 'ls',
  group: 'files',
  usage: '[-ldt] [file ...]',
  summary: 'list directories; -l with all about each file, -d the directory itself, -t the newest first',
  async run(ctx, words) {
    const flags = parseFlags(ls, words, 'ldt');
    const names = flags.args.length === 0 ? ['.'] : flags.args;
    const shown: [name: string, dir: Dir][] = [];
    let failed = '';
    for (const name of names) {
      try {
        const dir = await ctx.ns.stat(name, ctx.by);
        if (!isDirectory(dir) || flags.has('d')) shown.push([name, dir]);
        else {
          const prefix = name === '.' ? '' : name.endsWith('/') ? name : `${name}/`;
          // As Plan 9 does: names of several directories say where they are.
          for (const entry of await readDirectory(ctx, name))
            shown.push([names.length > 1 ? prefix + entry.name : entry.name, entry]);
        }
      } catch (error) {
        if (ctx.signal.aborted) throw error;
        failed = (error as Error).message;
        await ctx.err(`ls: ${failed}\n`);
      }
    }
    if (flags.has('t')) shown.sort(([, a], [, b]) => b.mtime - a.mtime);
    if (flags.has('l')) await ctx.out(longList(shown));
    else {
      const words = shown.map(([name, dir]) => (isDirectory(dir) && ctx.isInteractive ? `${name}/` : name));
      const rows = ctx.isInteractive ? inColumns(words, ctx.session.io.columns - 1) : words;
      await ctx.out(rows.map((row) => `${row}\n`).join(''));
    }
    return failed;
  },
};

function longList(shown: readonly (readonly [string, Dir])[]): string {
  if (shown.length === 0) return '';
  const rows = shown.map(([name, dir]) => {
    const time = new Date(dir.mtime * 1000).toISOString();
    return [
      formatPerm(dir.mode),
      dir.uid,
      dir.gid,
      String(dir.length),
      `${time.slice(0, 10)} ${time.slice(11, 16)}`,
      name,
    ];
  });
  return `${table(rows, { right: [3] })}\n`;
}

const cat: Builtin = {
  name: 'cat',
  group: 'files',
  usage: '[file ...]',
  summary: 'copy files, or standard input, to standard output as they come',
  async run(ctx, names) {
    for await (const bytes of ctx.inputs(names)) await ctx.out(bytes);
  },
};

const echo: Builtin = {
  name: 'echo',
  group: 'files',
  usage: '[-n] [word ...]',
  summary: 'print words; -n without a newline',
  takes: ['file'],
  async run(ctx, words) {
    const bare = words[0] === '-n';
    await ctx.out((bare ? words.slice(1) : words).join(' ') + (bare ? '' : '\n'));
  },
};

const write: Builtin = {
  name: 'write',
  group: 'files',
  usage: 'file [word ...]',
  summary: 'write words, or standard input, in one message to a file that is there: a ctl or data file',
  async run(ctx, words) {
    const [name, ...rest] = words;
    if (name === undefined) throw usageError(write);
    if (rest.length > 0) return ctx.writeFile(name, rest.join(' '), OWRITE);
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of ctx.input()) text += decoder.decode(bytes, { stream: true });
    await ctx.writeFile(name, text, OWRITE);
  },
};

const tee: Builtin = {
  name: 'tee',
  group: 'files',
  usage: '[-a] file ...',
  summary: 'copy standard input to standard output and to files',
  async run(ctx, words) {
    const flags = parseFlags(tee, words, 'a');
    const chans = [];
    try {
      for (const name of flags.args) {
        const chan = flags.has('a')
          ? await ctx.ns.open(name, OWRITE, ctx.by)
          : await ctx.ns.create(name, OWRITE, 0o666, ctx.by);
        chans.push(chan);
        if (flags.has('a')) await chan.seek(0, 2, ctx.by);
      }
      for await (const bytes of ctx.input()) {
        await ctx.out(bytes);
        for (const chan of chans) await writeAll(chan, bytes, ctx.by);
      }
    } finally {
      for (const chan of chans) await chan.close();
    }
  },
};

const mkdir: Builtin = {
  name: 'mkdir',
  group: 'files',
  usage: '[-p] directory ...',
  summary: 'make directories; -p with those that they are in, and without a word about those that are there',
  async run(ctx, words) {
    const flags = parseFlags(mkdir, words, 'p');
    if (flags.args.length === 0) throw usageError(mkdir);
    for (const name of flags.args) {
      if (flags.has('p')) await makeAll(ctx, name);
      else if (await exists(ctx, name)) throw new DishError(`${name} is there already`);
      else await makeDirectory(ctx.ns, name, ctx.by);
    }
  },
};

async function makeAll(ctx: Context, name: string): Promise<void> {
  const parts = name.split('/');
  for (let i = 1; i <= parts.length; i++) {
    const part = parts.slice(0, i).join('/');
    if (part !== '' && !(await exists(ctx, part))) await makeDirectory(ctx.ns, part, ctx.by);
  }
}

export async function exists(ctx: Context, name: string): Promise<boolean> {
  try {
    await ctx.ns.stat(name, ctx.by);
    return true;
  } catch {
    return false;
  }
}

const rm: Builtin = {
  name: 'rm',
  group: 'files',
  usage: '[-fr] file ...',
  summary: 'remove files and empty directories; -r with all that is in them, -f without a word',
  async run(ctx, words) {
    const flags = parseFlags(rm, words, 'fr');
    let failed = '';
    for (const name of flags.args) {
      try {
        await (flags.has('r') ? removeAll(ctx, name) : ctx.ns.remove(name, ctx.by));
      } catch (error) {
        if (ctx.signal.aborted) throw error;
        if (flags.has('f')) continue;
        failed = (error as Error).message;
        await ctx.err(`rm: ${failed}\n`);
      }
    }
    return failed;
  },
};

async function removeAll(ctx: Context, name: string): Promise<void> {
  ctx.signal.throwIfAborted();
  const dir = await ctx.ns.stat(name, ctx.by);
  if (isDirectory(dir))
    for (const entry of await readDirectory(ctx, name)) await removeAll(ctx, `${name}/${entry.name}`);
  await ctx.ns.remove(name, ctx.by);
}

async function copyFile(ctx: Context, from: string, to: string): Promise<void> {
  await ctx.using(Promise.resolve(ctx.ns.open(from, OREAD, ctx.by)), async (source) => {
    const { mode } = await source.stat(ctx.by);
    if ((mode & DMDIR) !== 0) throw new DishError(`${from} is a directory`);
    await ctx.using(
      Promise.resolve(ctx.ns.create(to, OWRITE | OTRUNC, mode & 0o777, ctx.by)),
      async (target) => {
        for await (const bytes of ctx.inputs([from])) await writeAll(target, bytes, ctx.by);
      },
    );
  });
}

/** Where a file goes: the name itself, or a place in the directory that it is. */
async function targetOf(ctx: Context, from: string, to: string): Promise<string> {
  try {
    if (!isDirectory(await ctx.ns.stat(to, ctx.by))) return to;
  } catch {
    return to;
  }
  return `${to.replace(/\/+$/, '')}/${from.replace(/\/+$/, '').split('/').at(-1)}`;
}

const cp: Builtin = {
  name: 'cp',
  group: 'files',
  usage: 'file ... target',
  summary: 'copy files; several go into a directory',
  async run(ctx, words) {
    const to = words.at(-1);
    if (words.length < 2 || to === undefined) throw usageError(cp);
    for (const from of words.slice(0, -1)) await copyFile(ctx, from, await targetOf(ctx, from, to));
  },
};

const mv: Builtin = {
  name: 'mv',
  group: 'files',
  usage: 'file ... target',
  summary: 'rename a file, or move files to another directory',
  async run(ctx, words) {
    const to = words.at(-1);
    if (words.length < 2 || to === undefined) throw usageError(mv);
    for (const from of words.slice(0, -1)) {
      const target = await targetOf(ctx, from, to);
      const dirOf = (name: string): string => name.replace(/[^/]*$/, '');
      if (dirOf(from) === dirOf(target) && !(await exists(ctx, target))) {
        await ctx.ns.wstat(from, wstatDir({ name: target.slice(dirOf(target).length) }), ctx.by);
        continue;
      }
      await copyFile(ctx, from, target);
      await ctx.ns.remove(from, ctx.by);
    }
  },
};

const touch: Builtin = {
  name: 'touch',
  group: 'files',
  usage: 'file ...',
  summary: 'make files that are not there',
  async run(ctx, names) {
    for (const name of names) {
      if (!(await exists(ctx, name)))
        await ctx.using(Promise.resolve(ctx.ns.create(name, OWRITE, 0o666, ctx.by)), async () => {});
    }
  },
};

const stat: Builtin = {
  name: 'stat',
  group: 'files',
  usage: 'file ...',
  summary: 'print directory entries, in the text form of styx(5)',
  async run(ctx, names) {
    if (names.length === 0) throw usageError(stat);
    for (const name of names) await ctx.out(`${formatDir(await ctx.ns.stat(name, ctx.by))}\n`);
  },
};

const test: Builtin = {
  name: 'test',
  group: 'files',
  usage: '-e|-f|-d|-s|-n|-z word, or word =|!=|-eq|-ne|-lt|-le|-gt|-ge word',
  summary: 'the status says whether it is so',
  async run(ctx, args) {
    const no = (yes: boolean): string => (yes ? '' : 'false');
    const [a = '', b = '', c = ''] = args;
    if (args.length === 3) return no(compare(a, b, c));
    expectArgs(test, args, 2);
    switch (a) {
      case '-e':
        return no(await exists(ctx, b));
      case '-f':
      case '-d':
      case '-s':
        try {
          const dir = await ctx.ns.stat(b, ctx.by);
          return no(a === '-s' ? dir.length > 0n : isDirectory(dir) === (a === '-d'));
        } catch {
          return 'false';
        }
      case '-n':
        return no(b !== '');
      case '-z':
        return no(b === '');
      default:
        throw usageError(test);
    }
  },
};

function compare(a: string, operator: string, b: string): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '-eq':
      return Number(a) === Number(b);
    case '-ne':
      return Number(a) !== Number(b);
    case '-lt':
      return Number(a) < Number(b);
    case '-le':
      return Number(a) <= Number(b);
    case '-gt':
      return Number(a) > Number(b);
    case '-ge':
      return Number(a) >= Number(b);
    default:
      throw usageError(test);
  }
}

export const files: readonly Builtin[] = [ls, cat, echo, write, tee, mkdir, rm, cp, mv, touch, stat, test];
