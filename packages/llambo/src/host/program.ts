/** A user's program beside a node: next to the model, in a machine of its own, seeing nothing but what was granted. */
import { type Scheduler, SysContext, startModule } from '@llambo/dis';
import { EnvGroup, MREPL, Queue } from '@llambo/namespace';
import { type Awaitable, type Call, type FileServer, OREAD, OWRITE, StyxError } from '@llambo/styx';
import { dir, FileNode, serveTree } from '@llambo/styx/fs';
import { type EngineLink, llamaRoot } from './engine-link.ts';
import { badRequest } from './errors.ts';
import { makePlace, newFds } from './vm.ts';

/** Bytes of output that wait for whoever started it; then the program waits. */
const WAITING = 64 * 1024;
const nothing = new Uint8Array(0);

export interface Grant {
  /** Where the program finds it: a directory below /n, which is made. */
  readonly place: string;
  readonly source: FileServer;
  readonly aname?: string;
}

export interface ProgramOptions {
  /** Object file. */
  readonly dis: Uint8Array;
  /** Its arguments, the first of which is its name. */
  readonly args: readonly string[];
  /** Bytes of heap. */
  readonly memory: number;
  /** Seconds after which it is killed. */
  readonly seconds: number;
  /** Share of thread and engine. */
  readonly cpu: number;
  /** The node whose hard limit of `cpu` cores of the engine holds for the program as well. */
  readonly account?: string;
  /** As whom the engine knows it: nobody else's name, or it would see their conversations. */
  readonly user: string;
  /** With whom it shares cached prompts: nobody, when left out. */
  readonly tenant?: string;
  readonly mounts?: readonly Grant[];
  readonly link: EngineLink;
  readonly scheduler: Scheduler;
  readonly sysname: string;
}

/** A program under way. */
export interface RunningProgram {
  /** Its standard input. */
  write(data: Uint8Array, call: Call): Awaitable<number>;
  /** Its standard input ends. */
  endInput(): Awaitable<void>;
  /** What it printed; none at the end. */
  stdout(count: number, call: Call): Awaitable<Uint8Array>;
  stderr(count: number, call: Call): Awaitable<Uint8Array>;
  /** How it ended: empty for success, else why it failed, or what ended it. Settles then. */
  readonly ended: Promise<string>;
  /** Ends it, unless it has ended; `why` is then how. */
  kill(why: string): void;
}

let programs = 0;

/** A name for the engine that no other program of this thread has. */
export function programUser(worker: string): string {
  return `run-${process.pid}-${++programs}@${worker}`;
}

/** Starts a program. Rejects when its object file is wrong, or a mount fails. */
export async function runProgram(options: ProgramOptions): Promise<RunningProgram> {
  const { user, memory, sysname, link, cpu, account, tenant = user } = options;
  const limit = account === undefined ? '' : `limit=${cpu} account=${account} `;
  const input = new Queue(WAITING);
  const output = new Queue(WAITING);
  const errors = new Queue(WAITING);
  let settle: (why: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    settle = resolve;
  });
  let status = '';
  let killed: string | undefined;
  const say = (text: string): void => void errors.write(new TextEncoder().encode(text));
  const { machine, namespace } = await makePlace({
    user,
    sysname,
    heap: memory,
    llama: llamaRoot(link, { uname: user, aname: `weight=${cpu} ${limit}tenant=${quoted(tenant)}` }),
    print: say,
    ended: (process, why) => {
      if (process.pid === 1) status = why.replace(/^fail:/, '');
    },
    more: { h: stdio(user, input, output, errors) },
  });
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    options.scheduler.remove(machine);
    for (const queue of [input, output, errors]) queue.hangup();
    settle(killed ?? status);
  };
  const kill = (why: string): void => {
    if (over) return;
    killed ??= why;
    // Who waits for room in the output would wait for ever.
    input.hangup();
    machine.halt();
    if (machine.processCount === 0) end();
  };
  const timer = setTimeout(() => kill(`killed: over ${options.seconds} seconds`), options.seconds * 1000);
  try {
    await mountAll(namespace, options.mounts ?? []);
    const fds = newFds();
    for (const [name, mode] of [
      ['stdin', OREAD],
      ['stdout', OWRITE],
      ['stderr', OWRITE],
    ] as const)
      fds.add(await namespace.open(`#h/${name}`, mode));
    namespace.forbidDevices();
    const context = new SysContext({ namespace, fds, user, env: new EnvGroup() });
    startModule(machine, context, options.dis, options.args);
  } catch (error) {
    clearTimeout(timer);
    namespace.close();
    throw badRequest(`program cannot be started: ${(error as Error).message}`);
  }
  machine.onIdle = end;
  options.scheduler.add(machine, cpu);
  const drained = (queue: Queue, count: number, call: Call): Awaitable<Uint8Array> =>
    over && queue.length === 0 ? nothing : queue.read(count, call);
  return {
    write: (data, call) => input.write(data, call),
    endInput: () => input.hangup(),
    stdout: (count, call) => drained(output, count, call),
    stderr: (count, call) => drained(errors, count, call),
    ended,
    kill,
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Grants appear below /n, where nothing of the machine's own is. */
async function mountAll(
  namespace: Awaited<ReturnType<typeof makePlace>>['namespace'],
  mounts: readonly Grant[],
): Promise<void> {
  if (mounts.length === 0) return;
  const names = new Map<string, Grant>();
  for (const grant of mounts) {
    const [, name] = /^\/n\/([^/]{1,64})$/.exec(grant.place) ?? [];
    if (name === undefined || name === '.' || name === '..')
      throw new StyxError(`mount at ${grant.place}: expected /n/NAME`);
    if (names.has(name)) throw new StyxError(`two mounts at ${grant.place}`);
    names.set(name, grant);
  }
  const places = dir(Object.fromEntries([...names.keys()].map((name) => [name, dir()])));
  await namespace.mount(serveTree(places), '/n', MREPL, { source: 'n' });
  for (const { place, source, aname = '' } of mounts)
    await namespace.mount(source, place, MREPL, { source: place, aname });
}

/** The three files that a program has open at its start. */
function stdio(owner: string, input: Queue, output: Queue, errors: Queue): FileServer {
  const reader = (queue: Queue): FileNode =>
    new FileNode(() => ({ read: (_offset, count, call) => queue.read(count, call) }), {}, 0o400);
  const writer = (queue: Queue): FileNode =>
    new FileNode(() => ({ write: (_offset, data, call) => queue.write(data, call) }), {}, 0o200);
  return serveTree(dir({ stdin: reader(input), stdout: writer(output), stderr: writer(errors) }), { owner });
}
