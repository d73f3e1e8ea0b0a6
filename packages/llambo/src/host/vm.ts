/** One node's virtual machine: a memory, a name space of its own, and llambo.dis running in it. */
import {
  Machine,
  type MachineOptions,
  progTable,
  type Scheduler,
  SysContext,
  standardModules,
  startModule,
} from '@llambo/dis';
import {
  consDevice,
  type Devices,
  dupDevice,
  EnvGroup,
  envDevice,
  FdGroup,
  ignore,
  MBEFORE,
  MCREATE,
  MREPL,
  Namespace,
  pipeDevice,
  progDevice,
  rootDevice,
  srvDevice,
} from '@llambo/namespace';
import { type Awaitable, type File, type FileServer, ORDWR } from '@llambo/styx';
import { type FileNode, nodeOf, ramfs, StaticDir, serveTree } from '@llambo/styx/fs';
import { libraryServer } from './library.ts';

/** Bytes that /tmp of one machine holds, and files. */
const TMP = { bytes: 4 << 20, files: 256 };
/** Open files of a group of processes, and of a machine; its processes; members of a name space. */
const MOST_FILES = 1024;
const MOST_FILES_IN_ALL = 2048;
const MOST_PROCESSES = 1024;
const MOST_MOUNTS = 256;

/** Descriptors for the first process of a machine, from which all others have theirs. */
export function newFds(): FdGroup {
  return new FdGroup(MOST_FILES, { left: MOST_FILES_IN_ALL });
}

/** What keeps nothing of a machine's own: one set of devices and binds, with which all machines of a thread begin. */
interface Common {
  readonly devices: Devices;
  readonly namespace: Namespace;
}

let common: Promise<Common> | undefined;

function commonPlace(sysname: string): Promise<Common> {
  return (common ??= makeCommon(sysname));
}

async function makeCommon(sysname: string): Promise<Common> {
  const root = ['dev', 'dev/llama', 'dis', 'env', 'fd', 'n', 'n/llambo', 'prog', 'tmp'];
  const devices: Devices = new Map([
    ['/', rootDevice(root)],
    ['c', consDevice({ sysname, drivers: [...'/c|despt'].map((char) => [char, DRIVERS[char] as string]) })],
    ['e', envDevice(new EnvGroup())],
    ['|', pipeDevice()],
    ['d', dupDevice()],
    ['s', srvDevice()],
  ]);
  const namespace = await Namespace.create({ user: 'none', devices, mounts: MOST_MOUNTS });
  await namespace.bind('#c', '/dev', MBEFORE);
  await namespace.bind('#d', '/fd', MREPL);
  await namespace.bind('#e', '/env', MREPL | MCREATE);
  await namespace.mount(libraryServer(), '/dis', MREPL, { source: 'dis' });
  return { devices, namespace };
}

const DRIVERS: Readonly<Record<string, string>> = {
  '/': 'root',
  c: 'cons',
  '|': 'pipe',
  d: 'dup',
  e: 'env',
  s: 'srv',
  p: 'prog',
  t: 'tmp',
};

export interface MachineShape {
  /** User that its processes are. */
  readonly user: string;
  /** What /dev/sysname says. */
  readonly sysname: string;
  /** Bytes that its heap may take. */
  readonly heap: number;
  /** /dev/llama. */
  readonly llama: File;
  readonly print: (text: string) => void;
  readonly ended: NonNullable<MachineOptions['ended']>;
  /** Devices of its own, beside those that every machine has. */
  readonly more?: Readonly<Record<string, FileServer>>;
}

export interface Place {
  readonly machine: Machine;
  readonly namespace: Namespace;
}

/** A machine and the name space that all of its programs have in common; nothing runs yet. */
export async function makePlace(shape: MachineShape): Promise<Place> {
  const machine = new Machine({
    memory: shape.heap,
    processes: MOST_PROCESSES,
    builtins: standardModules,
    print: shape.print,
    ended: shape.ended,
  });
  const { user } = shape;
  const { devices: shared, namespace: first } = await commonPlace(shape.sysname);
  const devices: Devices = new Map([
    ...shared,
    ['p', progDevice(progTable(machine))],
    ['t', ramfs({ owner: user, quota: TMP })],
    ...Object.entries(shape.more ?? {}),
  ]);
  const namespace = first.fork({ user, devices });
  await now(namespace.bind('#p', '/prog', MREPL));
  await now(namespace.bind('#t', '/tmp', MREPL | MCREATE));
  await now(namespace.mount(shape.llama, '/dev/llama', MREPL, { source: 'llama' }));
  return { machine, namespace };
}

/** Waits only for what is not there at once: a thousand machines are made in a row. */
function now<T>(value: Awaitable<T>): T | Promise<T> {
  return value;
}

export interface NodeVmOptions extends Omit<MachineShape, 'user' | 'ended' | 'more'> {
  /** Name of the node. */
  readonly id: string;
  /** Files of /n/llambo/NODE beside those that the program serves. */
  readonly files: StaticDir;
  /** Object file that runs, which is dis/llambo.dis in the node's folder. */
  readonly program: Uint8Array;
  /** Words for the program, after the node's name. */
  readonly attributes: readonly string[];
  readonly scheduler: Scheduler;
  /** Share of the thread, in relation to other machines. */
  readonly weight: number;
  /** It can answer no more: a process broke, or all have ended. Called once, and not for `stop`. */
  readonly failed: (why: string) => void;
}

export class NodeVm {
  readonly machine: Machine;
  readonly namespace: Namespace;
  readonly #scheduler: Scheduler;
  readonly #served: (name: string) => FileNode | undefined;
  #over = false;

  private constructor(place: Place, scheduler: Scheduler, served: (name: string) => FileNode | undefined) {
    this.machine = place.machine;
    this.namespace = place.namespace;
    this.#scheduler = scheduler;
    this.#served = served;
  }

  /** Settles when the node's files are served. */
  static async start(options: NodeVmOptions): Promise<NodeVm> {
    const { id } = options;
    let resolve: () => void = () => {};
    let reject: (error: Error) => void = () => {};
    const served = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    // Nobody waits for it when the program cannot even be loaded.
    served.catch(() => {});
    let vm: NodeVm | undefined;
    let isUp = false;
    const fail = (why: string): void => {
      if (vm?.isOver) return;
      reject(new Error(why));
      if (!isUp || vm === undefined) return;
      vm.stop();
      options.failed(why);
    };
    const place = await makePlace({
      ...options,
      user: id,
      ended: (process, why) => {
        if (process.pid === 1 && why === '') resolve();
        else if (why !== '' && why !== 'killed') fail(why);
      },
    });
    const { machine, namespace } = place;
    // A namespace of its own for the context, since the last process that ends closes it.
    const root = new StaticDir([[id, options.files]]);
    await now(namespace.mount(serveTree(root, { owner: id }), '/n/llambo', MREPL, { source: 'llambo' }));
    await now(namespace.bind('#s', `/n/llambo/${id}`, MBEFORE | MCREATE));
    const srv = await now(namespace.find(`/n/llambo/${id}`));
    const directory = nodeOf(srv.file);
    const lookup = (name: string): FileNode | undefined => {
      if (directory?.kind !== 'dir') return undefined;
      const node = directory.directory.lookup(name, { uname: id, aname: '' }, never);
      return node instanceof Promise || node?.kind !== 'file' ? undefined : node;
    };
    vm = new NodeVm(place, options.scheduler, lookup);
    const fds = newFds();
    const nothing = await now(namespace.open('/dev/null', ORDWR));
    for (let fd = 0; fd < 3; fd++) fds.add(fd === 0 ? nothing : nothing.dup());
    namespace.forbidDevices();
    const context = new SysContext({ namespace: namespace.share(), fds, user: id, env: new EnvGroup() });
    machine.onIdle = () => fail('llambo.dis has ended');
    startModule(machine, context, options.program, [
      `/n/llambo/${id}/dis/llambo.dis`,
      id,
      ...options.attributes,
    ]);
    options.scheduler.add(machine, options.weight);
    try {
      await served;
    } catch (error) {
      vm.stop();
      throw error;
    } finally {
      ignore(() => srv.close());
    }
    isUp = true;
    return vm;
  }

  /** Processor time of its living processes, milliseconds. */
  get cpuMs(): number {
    let sum = 0;
    for (const { milliseconds } of this.machine.processes()) sum += milliseconds;
    return sum;
  }

  /** It was stopped. */
  get isOver(): boolean {
    return this.#over;
  }

  /** A file that the program serves; undefined when it does not. */
  file(name: string): FileNode | undefined {
    return this.#over ? undefined : this.#served(name);
  }

  /** Ends all of its processes: whoever waits in one of its files gets an error. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    const { machine } = this;
    machine.halt();
    // Processes that wait for a file end, and give it up, as soon as it lets go of them.
    if (machine.processCount === 0) this.#scheduler.remove(machine);
    else machine.onIdle = () => this.#scheduler.remove(machine);
    this.namespace.close();
  }
}

const never = { signal: new AbortController().signal };
