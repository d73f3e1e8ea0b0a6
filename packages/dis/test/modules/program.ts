import { Chan, FdGroup, MAFTER, MCREATE, Namespace, nobody, standardDevices } from '@llambo/namespace';
import { dir, FileNode, ramfs, serveTree } from '@llambo/styx/fs';
import { SysContext } from '../../src/modules/sys/index.ts';
import { standardModules } from '../../src/standard.ts';
import { type BuiltinModule, type LazyModule, typePointer } from '../../src/vm/builtin.ts';
import { codeFrom } from '../../src/vm/code.ts';
import { Machine } from '../../src/vm/machine.ts';
import { progTable } from '../../src/vm/prog.ts';
import { Scheduler } from '../../src/vm/scheduler.ts';

export interface RunOptions {
  readonly args?: readonly string[];
  readonly stdin?: string;
  /** Files of the name space, by path; their directories are made. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly builtins?: readonly (BuiltinModule | LazyModule)[];
  readonly memory?: number;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number;
  /** Sees the machine before it runs. */
  readonly setup?: (machine: Machine, namespace: Namespace) => void | Promise<void>;
}

export interface Result {
  readonly out: string;
  readonly err: string;
  /** How the first process ended; '' when it returned. */
  readonly why: string;
}

const standardDirs = ['dev', 'tmp', 'mnt', 'n', 'chan', 'env', 'prog', 'dis', 'net', 'n/a', 'n/b'];

function capture(): { node: FileNode; text(): string } {
  const decoder = new TextDecoder();
  let text = '';
  const node = new FileNode(
    () => ({
      write(_offset, data) {
        text += decoder.decode(data, { stream: true });
        return data.length;
      },
      read: () => new Uint8Array(),
    }),
    {},
    0o666,
  );
  return { node, text: () => text };
}

/** Runs an object file in a machine and a name space of its own, until all of its processes have ended. */
export async function runProgram(bytes: Uint8Array, options: RunOptions = {}): Promise<Result> {
  const out = capture();
  const err = capture();
  const input = new TextEncoder().encode(options.stdin ?? '');
  const stdin = new FileNode(
    () => ({ read: (offset, count) => input.subarray(offset, offset + count) }),
    {},
    0o444,
  );
  let said = '';
  const machine = new Machine({
    memory: options.memory ?? 32 << 20,
    builtins: options.builtins ?? standardModules,
    print: (text) => {
      said += text;
    },
    ended: (p, reason) => {
      if (p.pid === 1) why = reason;
    },
  });
  let why = 'did not end';
  const devices = standardDevices({ progs: progTable(machine) });
  const namespace = await Namespace.create({ user: 'llambo', devices, root: ramfs({ owner: 'llambo' }) });
  for (const name of standardDirs) await (await namespace.create(`/${name}`, 0, 0x800001ff)).close();
  for (const [char, at] of Object.entries({ c: '/dev', p: '/prog', e: '/env' }))
    await namespace.bind(`#${char}`, at, MAFTER | MCREATE);
  for (const [path, data] of Object.entries(options.files ?? {})) {
    const parts = path.split('/').slice(1, -1);
    for (let i = 1; i <= parts.length; i++) {
      const parent = `/${parts.slice(0, i).join('/')}`;
      try {
        await namespace.stat(parent);
      } catch {
        await (await namespace.create(parent, 0, 0x800001ff)).close();
      }
    }
    await namespace.writeFile(path, data);
  }
  const stdio = serveTree(dir({ 0: stdin, 1: out.node, 2: err.node }));
  const root = await stdio.attach({ uname: 'llambo', aname: '' }, nobody);
  const fds = new FdGroup();
  for (const [fd, mode] of [0, 1, 1].entries()) {
    const { file } = await root.walk([String(fd)], nobody);
    await file!.open(mode, nobody);
    fds.add(new Chan(file!, { char: 'c', number: 0 }, `/dev/std${fd}`).opened(mode, 0));
  }
  await options.setup?.(machine, namespace);
  const context = new SysContext({ namespace, fds });
  const scheduler = new Scheduler();
  const { heap } = machine;
  machine.start(codeFrom(bytes), '/dis/test.dis', context, 'init', (frame) => {
    let list = 0;
    for (const arg of ['test', ...(options.args ?? [])].toReversed()) {
      list = heap.cons(typePointer, list);
      heap.setPointer(heap.listData(list), heap.newString(arg));
    }
    heap.setPointer(frame + 36, list);
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`program hangs; wrote: ${out.text()}${said}`)),
      options.timeout ?? 20_000,
    );
    machine.onIdle = () => {
      clearTimeout(timer);
      resolve();
    };
    scheduler.add(machine);
  });
  scheduler.remove(machine);
  return { out: out.text() + said, err: err.text(), why };
}
