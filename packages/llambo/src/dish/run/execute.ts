/** The interpreter: runs the tree that the parser made. */
import { ClosedPipeError } from '@llambo/namespace';
import { nearest } from '../../cli/errors.ts';
import { BUILTINS } from '../builtins/index.ts';
import { DishError, Ecalls, Eifnot, Einterrupted, Eunknown } from '../errors.ts';
import type { Node, Word } from '../syntax/ast.ts';
import { quoteWord } from '../syntax/quote.ts';
import type { Context } from './context.ts';
import { Exit, LoopControl, Return } from './control.ts';
import { CommandFiles, type Expander, expandPatterns, expandWord, expandWords } from './expand.ts';
import { put } from './fds.ts';
import { matches } from './pattern.ts';
import { isProgram, runProgram } from './program.ts';
import { redirect } from './redirect.ts';
import type { ShellFunction } from './shell.ts';

/** Functions that may be in calls of one another. */
const CALLS = 200;
/** Commands after which others get a turn: a loop of builtins would let nothing else happen. */
const TURN = 100;

let commands = 0;

const expander: Expander = {
  substitute: (ctx, body, fds) => inSubshell(ctx.with({ fds }), body),
};

/** Runs `node`; how it went is in `ctx.shell.status`. Throws only Exit, Return and LoopControl. */
export async function execute(ctx: Context, node: Node): Promise<void> {
  const { shell } = ctx;
  if (node.kind !== 'if-not' && node.kind !== 'sequence') shell.lastIf = undefined;
  switch (node.kind) {
    case 'simple':
      return runSimple(ctx, node);
    case 'sequence':
      for (const one of node.nodes) await execute(ctx, one);
      return;
    case 'background':
      await shell.session.jobs.start(ctx, node.text, (job) => execute(job, node.body));
      shell.status = '';
      return;
    case 'pipe':
      return runPipe(ctx, node);
    case 'and':
    case 'or':
      await execute(ctx.with({ condition: true }), node.left);
      if (shell.ok === (node.kind === 'and')) await execute(ctx, node.right);
      return;
    case 'not':
      await execute(ctx.with({ condition: true }), node.body);
      shell.status = shell.ok ? 'false' : '';
      return;
    case 'subshell':
      await inSubshell(ctx, node.body, true);
      return;
    case 'time':
      return runTime(ctx, node.body);
    case 'redirected':
      return guarded(ctx, '', async (files) => {
        const fds = (files.fds ??= ctx.fds.fork());
        await redirect(ctx, node.redirections, fds, expander, files);
        await execute(ctx.with({ fds }), node.body);
      });
    case 'assigned':
      return guarded(ctx, '', (files) =>
        assigned(ctx, node.assignments, files, () => execute(ctx, node.body)),
      );
    case 'if':
      await execute(ctx.with({ condition: true }), node.condition);
      if (shell.ok) {
        await execute(ctx, node.body);
        shell.lastIf = true;
      } else {
        shell.lastIf = false;
        shell.status = '';
      }
      return;
    case 'if-not': {
      const { lastIf } = shell;
      if (lastIf === undefined) return failed(ctx, '', new DishError(Eifnot));
      if (!lastIf) await execute(ctx, node.body);
      shell.lastIf = undefined;
      return;
    }
    case 'for':
      return runFor(ctx, node);
    case 'while':
      return loop(ctx, async () => {
        await execute(ctx.with({ condition: true }), node.condition);
        if (!shell.ok) {
          shell.status = '';
          return false;
        }
        await execute(ctx, node.body);
        return true;
      });
    case 'switch':
      return guarded(ctx, 'switch', async (files) => {
        const subject = await texts(ctx, node.subject, files);
        for (const { patterns, body } of node.cases) {
          if (!anyMatches(await expandPatterns(ctx, patterns, expander, files), subject)) continue;
          await execute(ctx, body);
          return;
        }
      });
    case 'match':
      return guarded(ctx, '~', async (files) => {
        const subject = await texts(ctx, node.subject, files);
        const patterns = await expandPatterns(ctx, node.patterns, expander, files);
        shell.status = anyMatches(patterns, subject) ? '' : 'no match';
      });
    case 'function':
      return guarded(ctx, 'fn', async (files) => {
        for (const name of await expandWords(ctx, node.names, expander, files)) {
          if (node.body === undefined) shell.functions.delete(name);
          else shell.functions.set(name, { body: node.body, text: node.text });
        }
        await shell.session.functionsChanged(shell);
        shell.status = '';
      });
  }
}

/** The words of a subject: nothing is looked up among files. */
async function texts(ctx: Context, word: Word, files: CommandFiles): Promise<string[]> {
  return (await expandWord(ctx, word, expander, files)).map(({ text }) => text);
}

/** An empty subject matches only an empty list of patterns. */
function anyMatches(patterns: readonly string[], subject: readonly string[]): boolean {
  if (subject.length === 0) return patterns.length === 0;
  return patterns.some((pattern) => subject.some((text) => matches(pattern, text)));
}

/** Runs `work`; what it throws becomes the status, and is printed behind `name`. */
async function guarded(
  ctx: Context,
  name: string,
  work: (files: CommandFiles) => Promise<void>,
): Promise<void> {
  const files = new CommandFiles();
  try {
    await turn(ctx);
    await work(files);
  } catch (error) {
    await failed(ctx, name, error);
  } finally {
    await files.end();
  }
}

/** Lets others run now and then, and ends what was interrupted. */
async function turn(ctx: Context): Promise<void> {
  if (++commands % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  if (ctx.signal.aborted) throw new Exit(Einterrupted);
}

/** Prints the error and makes it the status. */
async function failed(ctx: Context, name: string, error: unknown): Promise<void> {
  const { shell } = ctx;
  if (error instanceof Exit || error instanceof Return || error instanceof LoopControl) throw error;
  if (ctx.signal.aborted) throw new Exit(Einterrupted);
  if (error instanceof ClosedPipeError) {
    // Whoever read has seen enough: nothing to tell.
    shell.status = 'write on closed pipe';
  } else {
    const message = error instanceof Error ? error.message : String(error);
    shell.status = message;
    await ctx.err(`${name === '' ? '' : `${name}: `}${message}\n`).catch(() => {});
  }
  endOnError(ctx);
}

function endOnError({ shell, condition }: Context): void {
  if (shell.flags.errors && !condition && !shell.ok) throw new Exit(shell.status);
}

async function runSimple(ctx: Context, node: Extract<Node, { kind: 'simple' }>): Promise<void> {
  let name = '';
  let inner = ctx;
  return guarded(ctx, '', async (files) => {
    try {
      const argv = await expandWords(ctx, node.words, expander, files);
      name = argv[0] ?? '';
      if (argv.length === 0 && node.redirections.length === 0) {
        for (const { name, value } of node.assignments) {
          ctx.shell.set(name, await expandWords(ctx, [value], expander, files));
        }
        return;
      }
      if (ctx.shell.flags.trace) await ctx.err(`${argv.map(quoteWord).join(' ')}\n`);
      if (node.redirections.length > 0 || files.fds !== undefined) {
        const fds = (files.fds ??= ctx.fds.fork());
        inner = ctx.with({ fds });
        await redirect(ctx, node.redirections, fds, expander, files);
      }
      if (argv.length === 0) {
        ctx.shell.status = '';
        return;
      }
      await assigned(ctx, node.assignments, files, () => runCommand(inner, argv));
      endOnError(ctx);
    } catch (error) {
      await failed(inner, name, error);
    }
  });
}

/** Runs the command that the words are: a function, a builtin, a program. */
export async function runCommand(ctx: Context, argv: readonly string[]): Promise<void> {
  const [name = '', ...args] = argv;
  const fn = ctx.shell.functions.get(name);
  if (fn !== undefined) return callFunction(ctx, fn, args);
  await runBuiltin(ctx, name, args);
}

/** As `runCommand`, without functions. */
export async function runBuiltin(ctx: Context, name: string, args: readonly string[]): Promise<void> {
  const builtin = BUILTINS.get(name);
  if (builtin !== undefined) {
    const status = await builtin.run(ctx, args);
    ctx.shell.status = status ?? '';
  } else if (await isProgram(ctx, name)) ctx.shell.status = await runProgram(ctx, name, args);
  else throw new DishError(Eunknown(suggestion(ctx, name)));
}

/** A command of nearly that name. */
function suggestion(ctx: Context, name: string): string | undefined {
  if (name.length < 3) return undefined;
  const known = [...BUILTINS.keys(), ...ctx.shell.functions.keys()].filter((other) => other.length > 1);
  return nearest(name, known);
}

export async function callFunction(ctx: Context, fn: ShellFunction, args: readonly string[]): Promise<void> {
  const { shell } = ctx;
  if (shell.calls >= CALLS) throw new DishError(Ecalls);
  const outer = shell.get('*');
  const { loops } = shell;
  shell.set('*', args);
  shell.calls++;
  shell.loops = 0;
  try {
    await execute(ctx, fn.body);
  } catch (error) {
    if (!(error instanceof Return)) throw error;
    if (error.status !== undefined) shell.status = error.status;
  } finally {
    shell.calls--;
    shell.loops = loops;
    shell.set('*', outer);
  }
}

/** Runs `work` with these values of the variables, and the old ones afterwards. */
async function assigned(
  ctx: Context,
  assignments: readonly { readonly name: string; readonly value: Word }[],
  files: CommandFiles,
  work: () => Promise<void>,
): Promise<void> {
  const { shell } = ctx;
  const old: [string, string[] | undefined][] = [];
  try {
    for (const { name, value } of assignments) {
      const list = await expandWords(ctx, [value], expander, files);
      old.push([name, shell.env.lookup(name) === undefined ? undefined : shell.get(name)]);
      shell.set(name, list);
    }
    await work();
  } finally {
    for (const [name, list] of old.reverse()) {
      if (list === undefined) shell.env.delete(name);
      else shell.set(name, list);
    }
  }
}

/** In a copy of the shell; its status comes back, and an exit ends only it. */
async function inSubshell(ctx: Context, body: Node, status: boolean = false): Promise<void> {
  const shell = ctx.shell.fork();
  try {
    await toEnd(ctx.with({ shell }), body);
    if (status) ctx.shell.status = shell.status;
  } finally {
    shell.close();
  }
  if (ctx.signal.aborted) throw new Exit(Einterrupted);
}

/** Runs to the end, which an exit is too; the status is the shell's. */
export async function toEnd(ctx: Context, body: Node): Promise<void> {
  try {
    await execute(ctx, body);
  } catch (error) {
    if (error instanceof Exit || error instanceof Return) {
      if (error.status !== undefined) ctx.shell.status = error.status;
    } else if (!(error instanceof LoopControl)) throw error;
  }
}

async function runPipe(ctx: Context, node: Extract<Node, { kind: 'pipe' }>): Promise<void> {
  const { shell } = ctx;
  const [reading, writing] = await ctx.ns.pipe(ctx.by);
  const leftFds = ctx.fds.fork();
  put(leftFds, node.from, writing);
  const rightFds = ctx.fds.fork();
  put(rightFds, node.to, reading);
  const left = shell.fork();
  const running = toEnd(ctx.with({ shell: left, fds: leftFds }), node.left).finally(() => leftFds.release());
  try {
    await execute(ctx.with({ fds: rightFds }), node.right);
  } finally {
    rightFds.release();
    await running;
    left.close();
  }
  shell.status = left.status === '' && shell.status === '' ? '' : `${left.status}|${shell.status}`;
}

async function runFor(ctx: Context, node: Extract<Node, { kind: 'for' }>): Promise<void> {
  return guarded(ctx, 'for', async (files) => {
    const { shell } = ctx;
    const list =
      node.words === undefined ? shell.get('*') : await expandWords(ctx, node.words, expander, files);
    let i = 0;
    await loop(ctx, async () => {
      if (i >= list.length) return false;
      shell.set(node.name, [list[i++] as string]);
      await execute(ctx, node.body);
      return true;
    });
  });
}

async function loop(ctx: Context, step: () => Promise<boolean>): Promise<void> {
  const { shell } = ctx;
  shell.loops++;
  try {
    for (;;) {
      await turn(ctx);
      try {
        if (!(await step())) return;
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        if (error.what === 'break') return;
      }
    }
  } finally {
    shell.loops--;
  }
}

async function runTime(ctx: Context, body: Node): Promise<void> {
  const started = performance.now();
  await execute(ctx, body);
  await ctx.err(`${((performance.now() - started) / 1000).toFixed(3)}s\n`);
}
