/** Commands that change the name space, as bind(1) describes them. */
import { MAFTER, MBEFORE, MCREATE, type MountOptions, MREPL } from '@llambo/namespace';
import type { File } from '@llambo/styx';
import { DMDIR, tokenAuth } from '@llambo/styx';
import { serveOn } from '@llambo/styx/node';
import { DishError } from '../errors.ts';
import type { Context } from '../run/context.ts';
import { makeDirectory } from '../session.ts';
import { type Builtin, expectArgs, type Flags, parseFlags } from './builtin.ts';

function flagsOf(flags: Flags): number {
  let bits = MREPL;
  if (flags.has('a')) bits |= MAFTER;
  if (flags.has('b')) bits |= MBEFORE;
  if (flags.has('c')) bits |= MCREATE;
  return bits;
}

const bind: Builtin = {
  name: 'bind',
  group: 'names',
  usage: '[-abc] name old',
  summary: 'make old another name of the file name',
  async run(ctx, words) {
    const flags = parseFlags(bind, words, 'abc');
    expectArgs(bind, flags.args, 2);
    const [name, old] = flags.args as [string, string];
    await ctx.ns.bind(name, old, flagsOf(flags), ctx.by);
  },
};

/** The directory to mount on, which is made where that is possible: /n is memory. */
async function mountPoint(ctx: Context, name: string): Promise<void> {
  try {
    await ctx.ns.stat(name, ctx.by);
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    await makeDirectory(ctx.ns, name, ctx.by).catch(() => {
      throw error;
    });
  }
}

const mount: Builtin = {
  name: 'mount',
  group: 'names',
  usage: '[-abc] address old [aname]',
  summary: 'make the tree that is served at a dial string appear at old: mount tcp!other!5640 /n/other',
  takes: ['none', 'file'],
  async run(ctx, words) {
    const flags = parseFlags(mount, words, 'abc');
    expectArgs(mount, flags.args, 2, 3);
    const [address, old, aname = ''] = flags.args as [string, string, string?];
    const options: MountOptions = { source: address, aname };
    await mountPoint(ctx, old);
    await ctx.ns.mount(ctx.session.remote(address), old, flagsOf(flags), options, ctx.by);
  },
};

const unmount: Builtin = {
  name: 'unmount',
  group: 'names',
  usage: '[name] old',
  summary: 'undo the bind or mount of name at old, or all that is there',
  async run(ctx, args) {
    expectArgs(unmount, args, 1, 2);
    await ctx.ns.unmount(args.length > 1 ? args[0] : undefined, args.at(-1) as string, ctx.by);
  },
};

const imports: Builtin = {
  name: 'import',
  group: 'names',
  usage: '[-abc] address directory [old]',
  summary: 'make one directory of another machine appear here, under the same name or as old',
  takes: ['none', 'none', 'file'],
  async run(ctx, words) {
    const flags = parseFlags(imports, words, 'abc');
    expectArgs(imports, flags.args, 2, 3);
    const [address, directory, old = directory] = flags.args as [string, string, string?];
    const remote = ctx.session.remote(address);
    const root = await remote.attach({ uname: ctx.ns.user, aname: '' }, ctx.by);
    const names = directory.split('/').filter((name) => name !== '' && name !== '.');
    let at: File = root;
    for (let i = 0; i < names.length; i += 16) {
      const { file } = await at.walk(names.slice(i, i + 16), ctx.by);
      if (file === undefined) throw new DishError(`${address}: ${directory}: file does not exist`);
      at = file;
    }
    const { mode } = await at.stat(ctx.by);
    if ((mode & DMDIR) === 0) throw new DishError(`${address}: ${directory}: not a directory`);
    await mountPoint(ctx, old);
    await ctx.ns.mount(at, old, flagsOf(flags), { source: `${address}!${directory}` }, ctx.by);
  },
};

const ns: Builtin = {
  name: 'ns',
  group: 'names',
  usage: '',
  summary: 'print the name space, as bind and mount commands that would make it again',
  async run(ctx, args) {
    expectArgs(ns, args, 0);
    await ctx.out(String(ctx.ns));
  },
};

const listen: Builtin = {
  name: 'listen',
  group: 'names',
  usage: 'address [directory]',
  summary:
    'serve a directory of this name space, until interrupted: at unix!path, or elsewhere to who proves the token',
  takes: ['none', 'file'],
  async run(ctx, args) {
    expectArgs(listen, args, 1, 2);
    const [address, directory = '/'] = args as [string, string?];
    const { token } = ctx.session;
    const local = address.startsWith('unix!') || address.startsWith('/');
    if (!local && token === undefined)
      throw new DishError('whoever dials could do what you can: set LLAMBO_TOKEN, which they have to prove');
    const auth = local ? {} : { auth: tokenAuth(() => token) };
    const serving = await serveOn(address, ctx.ns.export(directory, ctx.by), auth);
    try {
      await ctx.out(`${serving.address}\n`);
      await new Promise<void>((resolve) => {
        if (ctx.signal.aborted) resolve();
        else ctx.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      await serving.close(100);
    }
  },
};

const cd: Builtin = {
  name: 'cd',
  group: 'names',
  usage: '[directory]',
  summary: 'change the working directory; without a directory to $home',
  async run(ctx, args) {
    expectArgs(cd, args, 0, 1);
    await ctx.ns.chdir(args[0] ?? ctx.shell.get('home')[0] ?? '/', ctx.by);
  },
};

const pwd: Builtin = {
  name: 'pwd',
  group: 'names',
  usage: '',
  summary: 'print the working directory',
  async run(ctx, args) {
    expectArgs(pwd, args, 0);
    await ctx.out(`${ctx.ns.dot}\n`);
  },
};

export const names: readonly Builtin[] = [bind, mount, unmount, imports, ns, listen, cd, pwd];
