/** Programs of Dis, and the compiler that makes them. */
import { ORDWR, OWRITE } from '@llambo/styx';
import { DishError } from '../errors.ts';
import type { Context } from '../run/context.ts';
import { writeAll } from '../run/io.ts';
import { runProgram, runScript, tellFailure } from '../run/program.ts';
import { CLUSTER } from '../session.ts';
import { quoteWord } from '../syntax/quote.ts';
import { parseAttributes } from './attributes.ts';
import { type Builtin, parseFlags, usageError } from './builtin.ts';
import { needCluster } from './cluster.ts';

const run: Builtin = {
  name: 'run',
  group: 'programs',
  usage: '[-w node|-c class] file [argument ...]',
  summary:
    'run a Dis program (or a Limbo source) here with this name space, or beside a model; or a script in a subshell',
  async run(ctx, words) {
    const flags = parseFlags(run, words, 'w:c:');
    const [file, ...rest] = flags.args;
    if (file === undefined) throw usageError(run);
    let program = file.includes('/') ? file : `./${file}`;
    if (file.endsWith('.b')) {
      program = `/tmp/${file.split('/').at(-1)?.replace(/\.b$/, '')}.${ctx.shell.pid}.dis`;
      const failed = await compileFile(ctx, file, program, []);
      if (failed !== '') return failed;
    }
    const [node, name] = [flags.value('w'), flags.value('c')];
    if (node === undefined && name === undefined) return runProgram(ctx, program, rest);
    const where = node === undefined ? `class ${quoteWord(name as string)}` : `worker ${quoteWord(node)}`;
    return runOnNode(ctx, where, program, rest);
  },
};

/** The program moves to the model, run(4): its standard files are this command's. The status. */
async function runOnNode(
  ctx: Context,
  where: string,
  file: string,
  args: readonly string[],
): Promise<string> {
  needCluster(ctx);
  const dis = await ctx.ns.readFile(file, ctx.by);
  const control = await ctx.ns.open(`${CLUSTER}/run/clone`, ORDWR, ctx.by);
  try {
    const dir = `${CLUSTER}/run/${new TextDecoder().decode(await control.read(64, ctx.by)).trim()}`;
    await writeAll(control, where, ctx.by);
    await writeAll(control, `args ${[file, ...args].map(quoteWord).join(' ')}`, ctx.by);
    await ctx.using(Promise.resolve(ctx.ns.open(`${dir}/program`, OWRITE, ctx.by)), (chan) =>
      writeAll(chan, dis, ctx.by),
    );
    await writeAll(control, 'start', ctx.by);
    const copy = async (from: string, fd: 1 | 2): Promise<void> => {
      for await (const bytes of ctx.contents(`${dir}/${from}`))
        await writeAll(ctx.fds.get(fd), bytes, ctx.by);
    };
    // A terminal is not handed over: whoever wants to type into a program pipes.
    if (ctx.fds.has(0) && ctx.fds.get(0).path !== '#H/stdin') {
      await ctx.using(Promise.resolve(ctx.ns.open(`${dir}/data`, OWRITE, ctx.by)), async (chan) => {
        for await (const bytes of ctx.input()) await writeAll(chan, bytes, ctx.by);
      });
    }
    await writeAll(control, 'eof', ctx.by);
    await Promise.all([copy('data', 1), copy('stderr', 2)]);
    const { attributes } = parseAttributes(await ctx.readFile(`${dir}/status`));
    return tellFailure(ctx, file, (attributes.get('status') ?? '').replace(/^fail:/, ''));
  } finally {
    await control.close();
  }
}

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

/** The interfaces that come with llambo, for what the program's own folder does not have. */
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
      for (const name of missing) have.set(name, await fetchFile(ctx, name));
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
