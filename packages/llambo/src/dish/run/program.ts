/** Commands that are files: Dis programs and scripts. */
import { EnvGroup, type Namespace } from '@llambo/namespace';
import { DMDIR } from '@llambo/styx';
import { DishError } from '../errors.ts';
import { parse } from '../syntax/parser.ts';
import type { Context } from './context.ts';
import { execute, toEnd } from './execute.ts';

/** Bytes of the memory of a program's machine, at most. */
const MEMORY = 256 << 20;

/** The file that a command name stands for; undefined when there is none. */
async function programFile(ctx: Context, name: string): Promise<string | undefined> {
  const candidates = name.includes('/') ? [name, `${name}.dis`] : [`/dis/${name}.dis`];
  for (const file of candidates) {
    try {
      const { mode } = await ctx.ns.stat(file, ctx.by);
      if ((mode & DMDIR) === 0) return file;
    } catch {
      // not that one
    }
  }
  return undefined;
}

export async function isProgram(ctx: Context, name: string): Promise<boolean> {
  return name !== '' && (await programFile(ctx, name)) !== undefined;
}

/** Runs a Dis program, or a file of commands in a subshell. The status. */
export async function runProgram(ctx: Context, name: string, args: readonly string[]): Promise<string> {
  const file = await programFile(ctx, name);
  if (file === undefined) throw new DishError(`${name}: no such program`);
  if (file.endsWith('.dis')) return tellFailure(ctx, name, await runDis(ctx, [file, ...args]));
  const source = await ctx.readFile(file);
  return runScript(ctx, source, file, args);
}

/**
 * A program says itself what went wrong and ends with a word: `fail:usage`. One whose whole message is in that exception would
 * fail without a sound.
 */
export async function tellFailure(ctx: Context, name: string, status: string): Promise<string> {
  if (/\s/.test(status)) await ctx.err(`${name.split('/').at(-1)}: ${status}\n`);
  return status;
}

/** The commands of a text, in a subshell, with `args` as `$*` and `name` as `$0`. */
export async function runScript(
  ctx: Context,
  source: string,
  name: string,
  args: readonly string[],
): Promise<string> {
  const tree = parse(source);
  const shell = ctx.shell.fork();
  try {
    shell.set('*', args);
    shell.set('0', [name]);
    shell.loops = 0;
    await toEnd(ctx.with({ shell }), tree);
    return shell.status;
  } finally {
    shell.close();
  }
}

/** The commands of a text in this shell, as `.` does. */
export async function runHere(ctx: Context, source: string): Promise<void> {
  await execute(ctx, parse(source));
}

/** A program in a machine of its own, with this shell's name space and files. The status. */
async function runDis(ctx: Context, argv: readonly string[]): Promise<string> {
  const { Machine, Scheduler, SysContext, standardModules, startProgram } = await import('@llambo/dis');
  const { shell, signal } = ctx;
  let status = '';
  const machine = new Machine({
    memory: MEMORY,
    builtins: standardModules,
    print: (text) => void ctx.err(text).catch(() => {}),
    ended: (process, why) => {
      if (process.pid === 1) status = why.replace(/^fail:/, '');
    },
  });
  const idle = new Promise<void>((resolve) => {
    machine.onIdle = resolve;
  });
  const env = new EnvGroup();
  for (const variable of shell.env.names()) {
    const value = shell.env.lookup(variable)?.value;
    if (value !== undefined && value.length < 32 * 1024) env.set(variable, value);
  }
  const scheduler = new Scheduler();
  const halt = (): void => {
    status = 'interrupted';
    machine.halt();
  };
  signal.addEventListener('abort', halt, { once: true });
  try {
    const namespace: Namespace = shell.ns.fork();
    const context = new SysContext({ namespace, fds: ctx.fds.fork(), env, user: shell.ns.user });
    try {
      await startProgram(machine, context, argv);
    } catch (error) {
      context.exit();
      throw error;
    }
    scheduler.add(machine);
    await idle;
  } finally {
    signal.removeEventListener('abort', halt);
    scheduler.remove(machine);
  }
  return status;
}
