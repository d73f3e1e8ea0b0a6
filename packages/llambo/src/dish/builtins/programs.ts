/** Programs of Dis, and the compiler that makes them. */
import { DishError } from '../errors.ts';
import type { Context } from '../run/context.ts';
import { runProgram, runScript } from '../run/program.ts';
import { type Builtin, parseFlags, usageError } from './builtin.ts';

const run: Builtin = {
  name: 'run',
  group: 'programs',
  usage: 'file [argument ...]',
  summary:
    'run a Dis program with this name space and these open files, or a script of this shell in a subshell',
  async run(ctx, args) {
    const [file, ...rest] = args;
    if (file === undefined) throw usageError(run);
    if (file.endsWith('.b')) {
      const dis = `/tmp/${file.split('/').at(-1)?.replace(/\.b$/, '')}.${ctx.shell.pid}.dis`;
      const failed = await compileFile(ctx, file, dis, []);
      return failed !== '' ? failed : runProgram(ctx, dis, rest);
    }
    return runProgram(ctx, file.includes('/') ? file : `./${file}`, rest);
  },
};

const limbo: Builtin = {
  name: 'limbo',
  group: 'programs',
  usage: '[-I directory] [-o file] file.b ...',
  summary: 'compile Limbo sources of the name space to Dis object files',
  async run(ctx, words) {
    const flags = parseFlags(limbo, words, 'I:o:');
    const include = flags.value('I');
    const out = flags.value('o');
    if (flags.args.length === 0 || (out !== undefined && flags.args.length > 1)) throw usageError(limbo);
    let failed = '';
    for (const file of flags.args) {
      const target = out ?? (file.split('/').at(-1) as string).replace(/\.b$/, '.dis');
      failed = (await compileFile(ctx, file, target, include === undefined ? [] : [include])) || failed;
    }
    return failed;
  },
};

/** Module interfaces that are looked for when the program's own folder has none. */
const MODULES = '/module';

/**
 * The compiler asks for files at once, the name space answers by promises: what it asked for in vain is fetched, and it is
 * asked again, until it has all.
 */
async function compileFile(
  ctx: Context,
  path: string,
  target: string,
  include: readonly string[],
): Promise<string> {
  const { compile, render } = await import('@llambo/limbo');
  const have = new Map<string, string | undefined>();
  if ((await fetchFile(ctx, path)) === undefined) throw new DishError(`${path}: file does not exist`);
  for (let round = 0; round < 100; round++) {
    const missing: string[] = [];
    const result = compile(
      path,
      (name) => {
        if (!have.has(name)) missing.push(name);
        return have.get(name);
      },
      { include: [...include, MODULES] },
    );
    if (missing.length > 0) {
      for (const name of missing) have.set(name, (await fetchFile(ctx, name)) ?? (await ownModule(name)));
      continue;
    }
    for (const diagnostic of result.diagnostics) await ctx.err(`${render(diagnostic)}\n`);
    if (result.dis === undefined) return `${path}: not compiled`;
    await ctx.ns.writeFile(target, result.dis, ctx.by);
    return '';
  }
  throw new DishError(`${path}: files are included too deep`);
}

async function fetchFile(ctx: Context, name: string): Promise<string | undefined> {
  try {
    return await ctx.readFile(name);
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    return undefined;
  }
}

/** The interfaces that come with llambo: sys.m and its kin. */
async function ownModule(name: string): Promise<string | undefined> {
  const base = /^\/module\/([\w.-]+)$/.exec(name)?.[1];
  if (base === undefined) return undefined;
  const { readFile } = await import('node:fs/promises');
  for (const folder of ['../../../../../limbo/module/', '../../../limbo/module/']) {
    try {
      return await readFile(new URL(folder + base, import.meta.url), 'utf8');
    } catch {
      // the next one
    }
  }
  return undefined;
}

const dish: Builtin = {
  name: 'dish',
  group: 'programs',
  usage: '-c command | file [argument ...]',
  summary: 'run commands, or a script, in a shell of their own',
  async run(ctx, args) {
    const [first, ...rest] = args;
    if (first === undefined) throw usageError(dish);
    if (first === '-c') {
      const [source, ...more] = rest;
      if (source === undefined) throw usageError(dish);
      return runScript(ctx, source, 'dish', more);
    }
    return runScript(ctx, await ctx.readFile(first), first, rest);
  },
};

export const programs: readonly Builtin[] = [run, limbo, dish];
