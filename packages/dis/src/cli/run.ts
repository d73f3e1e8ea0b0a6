import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { isatty } from 'node:tty';
import { Console, FdGroup, MBEFORE, MCREATE, MREPL, Namespace, standardDevices } from '@llambo/namespace';
import { OREAD, OWRITE } from '@llambo/styx';
import { hostfs } from '@llambo/styx/node';
import { SysContext } from '../modules/sys/index.ts';
import { standardModules } from '../standard.ts';
import { startProgram } from '../vm/command.ts';
import { Machine } from '../vm/machine.ts';
import { progTable } from '../vm/prog.ts';
import { Scheduler } from '../vm/scheduler.ts';
import { HostInput, HostOutput, stdioDevice } from './stdio.ts';

export const runUsage = 'usage: dis run [-r ROOT] [-w] [-C DIR] [-m MEMORY] FILE [ARG ...]';

interface RunOptions {
  /** Folder of the host that is the root. */
  root: string;
  writable: boolean;
  dir: string;
  /** Bytes. */
  memory: number;
  argv: string[];
}

/** Bytes of a number with k, m or g behind it. */
function bytes(text: string): number {
  const m = /^(\d+(?:\.\d+)?)([kmg]?)b?$/i.exec(text);
  if (m === null) throw new Error(`bad memory size ${text}: expected a number, then k, m or g`);
  return Number(m[1]) * { '': 1, k: 1024, m: 1 << 20, g: 1 << 30 }[m[2]!.toLowerCase() as 'k']!;
}

/** Undefined when they are wrong. */
function parse(args: readonly string[]): RunOptions | undefined {
  const o: RunOptions = { root: '.', writable: false, dir: '/', memory: 256 << 20, argv: [] };
  let i = 0;
  for (; i < args.length && args[i]!.startsWith('-') && args[i] !== '-'; i++) {
    const flag = args[i]!.slice(0, 2);
    if (flag === '--') {
      i++;
      break;
    }
    if (flag === '-w' && args[i]!.length === 2) {
      o.writable = true;
      continue;
    }
    if (flag !== '-r' && flag !== '-C' && flag !== '-m') return undefined;
    const value = args[i]!.slice(2) || args[++i];
    if (value === undefined) return undefined;
    if (flag === '-r') o.root = value;
    else if (flag === '-C') o.dir = value;
    else o.memory = bytes(value);
  }
  o.argv = args.slice(i);
  return o.argv.length === 0 ? undefined : o;
}

/** `dis run`: runs a program with the terminal as its files 0, 1 and 2. The exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let o: RunOptions | undefined;
  try {
    o = parse(args);
  } catch (error) {
    process.stderr.write(`dis run: ${(error as Error).message}\n`);
    return 2;
  }
  if (o === undefined) {
    process.stderr.write(`${runUsage}\n`);
    return 2;
  }
  const out = new HostOutput(process.stdout);
  const err = new HostOutput(process.stderr);
  out.before = err;
  err.before = out;
  const input = new HostInput(() => process.stdin);
  const encoder = new TextEncoder();
  let status = 0;
  const machine = new Machine({
    memory: o.memory,
    builtins: standardModules,
    print: (text) => void out.write(encoder.encode(text)),
    ended: (p, why) => {
      if (p.pid !== 1 || why === '') return;
      status = 1;
      if (why.startsWith('fail:')) void err.write(encoder.encode(`dis: ${o.argv[0]}: ${why.slice(5)}\n`));
    },
  });
  const done = new Promise<void>((resolve) => {
    machine.onIdle = resolve;
    // Nothing is left that could wake a process: all of them wait for each other.
    process.once('beforeExit', () => resolve());
  });
  const interrupt = (): void => {
    status = 130;
    machine.halt();
  };
  process.on('SIGINT', interrupt);
  try {
    const context = await contextFor(o, machine, input, out, err);
    await startProgram(machine, context, o.argv);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    void err.write(encoder.encode(`dis: ${o.argv[0]}: ${text}\n`));
    await Promise.all([out.end(), err.end()]);
    return 1;
  }
  const scheduler = new Scheduler();
  scheduler.add(machine);
  await done;
  await Promise.all([out.end(), err.end()]);
  input.close();
  process.off('SIGINT', interrupt);
  return status;
}

async function contextFor(
  o: RunOptions,
  machine: Machine,
  input: HostInput,
  out: HostOutput,
  err: HostOutput,
): Promise<SysContext> {
  const terminal = isatty(0);
  const user = process.env.USER ?? userInfo().username;
  const console = new Console({
    write: (data) => {
      const written = out.write(data);
      return written instanceof Promise ? written.then(() => {}) : undefined;
    },
    setRaw: (raw) => terminal && process.stdin.setRawMode(raw),
  });
  if (terminal) {
    process.stdin.on('data', (data: Uint8Array) => console.type(data)).on('end', () => console.hangup());
    process.stdin.unref();
  } else console.hangup();
  const devices = standardDevices({
    console,
    progs: progTable(machine),
    root: ['chan', 'dev', 'env', 'fd', 'n', 'net', 'prog'],
    more: { h: stdioDevice(input, out, err) },
  });
  const namespace = await Namespace.create({ user, devices });
  const folder = hostfs(isAbsolute(o.root) ? o.root : `${process.cwd()}/${o.root}`, {
    readonly: !o.writable,
  });
  await namespace.mount(folder, '/', MBEFORE | (o.writable ? MCREATE : 0), { source: o.root });
  for (const [device, place, flag] of [
    ['#c', '/dev', MBEFORE],
    ['#e', '/env', MREPL | MCREATE],
    ['#d', '/fd', MREPL],
    ['#p', '/prog', MREPL],
    ['#s', '/chan', MBEFORE | MCREATE],
  ] as const) {
    await namespace.bind(device, place, flag);
  }
  const fds = new FdGroup();
  fds.add(await namespace.open(terminal ? '/dev/cons' : '#h/stdin', OREAD));
  fds.add(await namespace.open('#h/stdout', OWRITE));
  fds.add(await namespace.open('#h/stderr', OWRITE));
  await namespace.chdir(o.dir);
  return new SysContext({ namespace, fds, user });
}
