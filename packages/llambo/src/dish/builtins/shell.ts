/** Commands that are about the shell itself. */

import { nobody } from '@llambo/namespace';
import { OWRITE } from '@llambo/styx';
import { nearest } from '../../cli/errors.ts';
import { definitions, table } from '../../terminal/index.ts';
import { DishError, Eunknown } from '../errors.ts';
import { Exit, LoopControl, Return } from '../run/control.ts';
import { runBuiltin, runCommand } from '../run/execute.ts';
import { lines, writeAll } from '../run/io.ts';
import { runHere } from '../run/program.ts';
import { quoteList, quoteWord } from '../syntax/quote.ts';
import { type Builtin, expectArgs, parseFlags, sleep, toNumber, usageError } from './builtin.ts';
import { ctl } from './cluster.ts';
import { BUILTINS } from './index.ts';

const GROUPS: readonly (readonly [Builtin['group'], string])[] = [
  ['cluster', 'the cluster'],
  ['names', 'the name space'],
  ['files', 'files'],
  ['text', 'lines of text'],
  ['programs', 'programs'],
  ['shell', 'the shell'],
];

const LANGUAGE: readonly (readonly [string, string])[] = [
  [
    'words',
    `'quoted' $variable $#count $"joined (a list) a^b *.pattern \`{output of a command} <{command as a file}`,
  ],
  ['commands', 'a; b   a && b   a || b   ! a   a | b   a &   {group}   @{subshell}   x=(a list)'],
  ['files', 'a > file   a < file   a >> file   a >[2=1]   a <<END'],
  [
    'control',
    'if(a) b   if not c   for(x in list) b   while(a) b   switch(x){case p; b}   fn name {body}   ~ $x pattern',
  ],
];

const help: Builtin = {
  name: 'help',
  group: 'shell',
  usage: '[command]',
  summary: 'list the commands, or tell about one',
  takes: ['command'],
  async run(ctx, args) {
    const [name] = args;
    if (name !== undefined) {
      const builtin = BUILTINS.get(name);
      if (builtin === undefined)
        throw new DishError(`${name}: ${Eunknown(nearest(name, [...BUILTINS.keys()]))}`);
      await ctx.out(`usage: ${`${name} ${builtin.usage}`.trimEnd()}\n\n${builtin.summary}\n`);
      return;
    }
    const width = ctx.isInteractive ? ctx.session.io.columns - 1 : Number.POSITIVE_INFINITY;
    for (const [group, title] of GROUPS) {
      const members = [...BUILTINS.values()].filter((builtin) => builtin.group === group);
      const rows = members.map(({ name, summary }) => [name, summary] as const);
      await ctx.out(`${title}\n${definitions(rows, width)}`);
    }
    await ctx.out(`the language\n${definitions(LANGUAGE, width)}`);
  },
};

const exit: Builtin = {
  name: 'exit',
  group: 'shell',
  usage: '[status]',
  summary: 'end the shell',
  takes: ['none'],
  async run(ctx, args) {
    if (ctx.shell === ctx.session.shell) ctx.session.exiting = true;
    throw new Exit(args.length === 0 ? ctx.shell.status : args.join(' '));
  },
};

const returns: Builtin = {
  name: 'return',
  group: 'shell',
  usage: '[status]',
  summary: 'leave a function or a script',
  takes: ['none'],
  async run(_ctx, args) {
    throw new Return(args.length === 0 ? undefined : args.join(' '));
  },
};

const loopControl = (what: 'break' | 'continue', summary: string): Builtin => ({
  name: what,
  group: 'shell',
  usage: '',
  summary,
  async run(ctx) {
    if (ctx.shell.loops === 0) throw new DishError('not in a loop');
    throw new LoopControl(what);
  },
});

const shift: Builtin = {
  name: 'shift',
  group: 'shell',
  usage: '[n]',
  summary: 'drop the first arguments of $*',
  takes: ['none'],
  async run(ctx, args) {
    expectArgs(shift, args, 0, 1);
    ctx.shell.set('*', ctx.shell.get('*').slice(toNumber(args[0] ?? '1')));
  },
};

const evals: Builtin = {
  name: 'eval',
  group: 'shell',
  usage: 'word ...',
  summary: 'run the words as a command',
  async run(ctx, args) {
    await runHere(ctx, args.join(' '));
    return ctx.shell.status;
  },
};

const dot: Builtin = {
  name: '.',
  group: 'shell',
  usage: 'file [argument ...]',
  summary: 'run the commands of a file in this shell',
  async run(ctx, args) {
    const [file, ...rest] = args;
    if (file === undefined) throw usageError(dot);
    const source = await ctx.readFile(file);
    const outer = ctx.shell.get('*');
    if (rest.length > 0) ctx.shell.set('*', rest);
    try {
      await runHere(ctx, source);
    } catch (error) {
      if (!(error instanceof Return)) throw error;
      if (error.status !== undefined) return error.status;
    } finally {
      if (rest.length > 0) ctx.shell.set('*', outer);
    }
    return ctx.shell.status;
  },
};

const builtin: Builtin = {
  name: 'builtin',
  group: 'shell',
  usage: 'command [word ...]',
  summary: 'run a command, even if there is a function of its name',
  takes: ['command', 'file'],
  async run(ctx, args) {
    const [name, ...rest] = args;
    if (name === undefined) throw usageError(builtin);
    await runBuiltin(ctx, name, rest);
    return ctx.shell.status;
  },
};

const whatis: Builtin = {
  name: 'whatis',
  group: 'shell',
  usage: 'name ...',
  summary: 'print what names stand for: variables, functions, commands',
  takes: ['command'],
  async run(ctx, names) {
    let unknown = '';
    for (const name of names) {
      let found = false;
      if (ctx.shell.env.lookup(name) !== undefined) {
        await ctx.out(`${name}=${quoteList(ctx.shell.get(name))}\n`);
        found = true;
      }
      const fn = ctx.shell.functions.get(name);
      if (fn !== undefined) await ctx.out(`fn ${quoteWord(name)} ${fn.text}\n`);
      else if (BUILTINS.has(name)) await ctx.out(`builtin ${name}\n`);
      else if (!found) {
        unknown = `${name}: not found`;
        await ctx.err(`whatis: ${unknown}\n`);
      }
    }
    return unknown;
  },
};

const wait: Builtin = {
  name: 'wait',
  group: 'shell',
  usage: '[job]',
  summary: 'wait for a job, or for all of them',
  takes: ['job'],
  async run(ctx, args) {
    expectArgs(wait, args, 0, 1);
    if (args[0] !== undefined) return ctx.session.jobs.wait(toNumber(args[0]), ctx.signal);
    await ctx.session.jobs.waitAll(ctx.signal);
    return '';
  },
};

const ps: Builtin = {
  name: 'ps',
  group: 'shell',
  usage: '',
  summary: 'list the jobs of this shell',
  async run(ctx, args) {
    expectArgs(ps, args, 0);
    const rows = ctx.session.jobs.running.map(({ pid, startedAt, text }) => [
      String(pid),
      `${((Date.now() - startedAt) / 1000).toFixed(0)}s`,
      text.split('\n')[0] as string,
    ]);
    await ctx.out(`${table([['JOB', 'TIME', 'COMMAND'], ...rows], { right: [0, 1] })}\n`);
  },
};

const kill: Builtin = {
  name: 'kill',
  group: 'shell',
  usage: 'job|node ...',
  summary: 'end jobs of this shell, or nodes of the cluster',
  takes: ['job'],
  async run(ctx, args) {
    if (args.length === 0) throw usageError(kill);
    for (const what of args) {
      if (/^\d+$/.test(what)) ctx.session.jobs.kill(Number(what));
      else await ctl(ctx, `kill ${quoteWord(what)}`);
    }
  },
};

const history: Builtin = {
  name: 'history',
  group: 'shell',
  usage: '[-n lines] [text]',
  summary: 'print what was typed, or the lines of it that contain text',
  takes: ['none'],
  async run(ctx, words) {
    const flags = parseFlags(history, words, 'n:#');
    const text = flags.args.join(' ');
    const most = flags.number('n') ?? flags.number('#') ?? Number.POSITIVE_INFINITY;
    const entries = ctx.session.history().filter((entry) => entry.includes(text));
    await ctx.out(
      entries
        .slice(-Math.min(most, entries.length))
        .map((entry) => `${entry}\n`)
        .join(''),
    );
  },
};

const read: Builtin = {
  name: 'read',
  group: 'shell',
  usage: '[name]',
  summary: 'read a line of standard input into a variable, or print it',
  takes: ['variable'],
  async run(ctx, args) {
    expectArgs(read, args, 0, 1);
    let line = '';
    const decoder = new TextDecoder();
    // Byte by byte: what follows the line is for the next command.
    for (;;) {
      const bytes = await ctx.fds.get(0).read(1, ctx.by);
      if (bytes.length === 0 && line === '') return 'end of file';
      const text = decoder.decode(bytes, { stream: true });
      if (text === '\n' || bytes.length === 0) break;
      line += text;
    }
    if (args[0] === undefined) await ctx.out(`${line}\n`);
    else ctx.shell.set(args[0], [line]);
    return '';
  },
};

const sleeps: Builtin = {
  name: 'sleep',
  group: 'shell',
  usage: 'seconds',
  summary: 'wait so long',
  takes: ['none'],
  async run(ctx, args) {
    expectArgs(sleeps, args, 1);
    await sleep(toNumber(args[0] as string) * 1000, ctx.signal);
  },
};

const trace: Builtin = {
  name: 'trace',
  group: 'shell',
  usage: 'on [file] | off',
  summary: 'show the Styx messages of all mounted connections as text',
  takes: ['none', 'file'],
  async run(ctx, args) {
    const [word, name] = args;
    expectArgs(trace, args, 1, 2);
    if (word !== 'on' && word !== 'off') throw usageError(trace);
    if (name === undefined || word === 'off') {
      await ctx.session.traceOn(word === 'on');
      return;
    }
    const chan = await ctx.ns.create(name, OWRITE, 0o666, ctx.by);
    let last: Promise<unknown> = Promise.resolve();
    const show = (line: string): void => {
      last = last.then(() => writeAll(chan, `${line}\n`, nobody)).catch(() => {});
    };
    const end = async (): Promise<void> => {
      await last;
      await chan.close();
    };
    await ctx.session.traceOn(true, show, end);
  },
};

const truth = (name: string, status: string): Builtin => ({
  name,
  group: 'shell',
  usage: '',
  summary: status === '' ? 'succeed' : 'fail',
  async run() {
    return status;
  },
});

const apply: Builtin = {
  name: 'apply',
  group: 'shell',
  usage: 'command [word ...]',
  summary: 'run the command once for each line of standard input, the line as its last word',
  takes: ['command', 'file'],
  async run(ctx, args) {
    if (args.length === 0) throw usageError(apply);
    let failed = '';
    for await (const line of lines(ctx.input())) {
      await runCommand(ctx, [...args, line]);
      if (!ctx.shell.ok) failed = ctx.shell.status;
    }
    return failed;
  },
};

export const shell: readonly Builtin[] = [
  help,
  exit,
  returns,
  loopControl('break', 'leave a loop'),
  loopControl('continue', 'go on with the next turn of a loop'),
  shift,
  evals,
  dot,
  builtin,
  whatis,
  wait,
  ps,
  kill,
  history,
  read,
  sleeps,
  trace,
  truth('true', ''),
  truth('false', 'false'),
  apply,
];
