/** One run of the shell: its name space, its jobs, the cluster that it has mounted, and the terminal or pipe it talks to. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import {
  type Caller,
  type Console,
  type Devices,
  FdGroup,
  MCREATE,
  MREPL,
  Namespace,
  nobody,
  standardDevices,
} from '@llambo/namespace';
import { DMDIR, type Fcall, type FileServer, formatFcall, OREAD, OWRITE } from '@llambo/styx';
import { dir, file, ramfs, serveTree } from '@llambo/styx/fs';
import { hostfs } from '@llambo/styx/node';
import { includes, libraryServer } from '../host/library.ts';
import type { TerminalOutput } from '../terminal/index.ts';
import { DishError } from './errors.ts';
import { EventWatch } from './events.ts';
import { Jobs } from './jobs.ts';
import { Remote } from './remote.ts';
import { Context } from './run/context.ts';
import { toEnd } from './run/execute.ts';
import { Shell } from './run/shell.ts';
import { anySignal } from './run/signal.ts';
import { newEnvironment } from './run/variables.ts';
import { serveDish } from './serve.ts';
import type { Node } from './syntax/ast.ts';
import { parse } from './syntax/parser.ts';

/** What a session reads from and shows to. */
export interface SessionIO {
  /** Output goes to a terminal whose cursor can be moved. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
  /** What was typed or piped in; empty at its end. */
  read(count: number, signal: AbortSignal): Promise<Uint8Array>;
  write(fd: 1 | 2, bytes: Uint8Array): Promise<void> | void;
  /** The terminal itself, for what is drawn again in place; undefined where there is none. */
  readonly output: TerminalOutput | undefined;
  /** A line of news, which may come while the user is typing. */
  notice(text: string): void;
  /** What `/dev/cons` is connected to. */
  readonly console: Console;
}

export interface SessionOptions {
  readonly io: SessionIO;
  /** Dial string of the cluster that belongs here; undefined when there is none, now. */
  readonly findCluster?: () => string | undefined;
  /** What is proved to servers that ask for proof. */
  readonly token?: string | undefined;
  /** The user's folder of the host that is /usr/llambo; memory when left out. */
  readonly home?: string;
  /** The host's files are at /n/local. */
  readonly local?: boolean;
  readonly user?: string;
  /** Where it begins; / when left out. */
  readonly dot?: string;
  /** Commands are typed by somebody. */
  readonly interactive?: boolean;
  /** Entries of the command history, oldest first. */
  readonly history?: () => readonly string[];
}

/** Bytes of /tmp. */
const TMP = 256 << 20;
export const CLUSTER = '/n/llambo';

export class Session {
  readonly io: SessionIO;
  readonly interactive: boolean;
  readonly history: () => readonly string[];
  readonly findCluster: () => string | undefined;
  readonly pid: number = 1;
  readonly jobs: Jobs;
  readonly events: EventWatch;
  /** What is proved to servers that ask for proof, and asked of who dials us from elsewhere. */
  readonly token: string | undefined;
  /** What is served at /n/dish. */
  readonly tree: FileServer;
  readonly startedAt: number = Date.now();
  readonly user: string;
  /** The shell at the prompt. */
  shell!: Shell;
  fds!: FdGroup;
  /** Commands that were run. */
  commands = 0;
  /** Where messages are shown; undefined while tracing is off. */
  trace: ((line: string) => void) | undefined;
  /** Dial string of what is mounted at /n/llambo. */
  cluster: string | undefined;
  /** Dial string at which other programs reach this session. */
  address: string | undefined;
  /** `exit` was called at the prompt: no more commands. */
  exiting = false;
  readonly #stop: AbortController = new AbortController();
  readonly #remotes: Set<Remote> = new Set();
  #foreground: AbortController | undefined;
  #interrupted = false;
  /** Writes what is left of a trace, and closes its file. */
  #traceEnd: () => Promise<void> = async () => {};

  private constructor(options: SessionOptions) {
    this.io = options.io;
    this.user = options.user ?? userName();
    this.interactive = options.interactive === true;
    this.history = options.history ?? (() => []);
    this.findCluster = options.findCluster ?? (() => undefined);
    this.jobs = new Jobs(this.pid, this.user, 'dish');
    this.token = options.token;
    this.events = new EventWatch(this);
    this.tree = serveDish(this);
  }

  static async create(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    const ns = await session.#namespace(options);
    session.shell = new Shell(session, ns, newEnvironment());
    const fds = (session.fds = new FdGroup());
    fds.add(await ns.open('#H/stdin', OREAD));
    fds.add(await ns.open('#H/stdout', OWRITE));
    fds.add(await ns.open('#H/stderr', OWRITE));
    const { shell } = session;
    for (const [name, value] of Object.entries({
      ifs: [' \t\n'],
      prompt: ['llambo> ', '... '],
      home: ['/usr/llambo'],
      user: [session.user],
      pid: [String(session.pid)],
      '0': ['dish'],
      '*': [],
      status: [''],
    })) {
      shell.set(name, value);
    }
    return session;
  }

  /** Aborted when the session ends. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async #namespace(options: SessionOptions): Promise<Namespace> {
    const devices = this.#devices();
    const ns = await Namespace.create({ user: this.user, devices });
    await ns.bind('#c', '/dev');
    await ns.bind('#e', '/env', MREPL | MCREATE);
    await ns.bind('#d', '/fd');
    await ns.bind('#p', '/prog');
    await ns.bind('#s', '/chan', MREPL | MCREATE);
    await ns.mount(ramfs({ quota: { bytes: TMP } }), '/tmp', MREPL | MCREATE, { source: 'ramfs' });
    const places = ramfs();
    await ns.mount(places, '/n', MREPL | MCREATE, { source: 'ramfs' });
    for (const name of ['dish', 'llambo', 'local']) await makeDirectory(ns, `/n/${name}`);
    await ns.mount(this.tree, '/n/dish', MREPL, { source: 'dish' });
    const programs = library();
    if (programs !== undefined) await ns.mount(programs, '/dis', MREPL, { source: 'dis' });
    const [interfaces] = includes;
    if (interfaces !== undefined && existsSync(interfaces))
      await ns.mount(hostfs(interfaces, { readonly: true }), '/module', MREPL, { source: 'module' });
    const home = options.home === undefined ? ramfs() : hostfs(options.home);
    await ns.mount(home, '/usr/llambo', MREPL | MCREATE, { source: options.home ?? 'ramfs' });
    if (options.local) await ns.mount(hostfs('/'), '/n/local', MREPL | MCREATE, { source: '/' });
    if (options.dot !== undefined) {
      try {
        await ns.chdir(options.dot);
      } catch {
        // a folder that is gone or closed to us: the root will do
      }
    }
    return ns;
  }

  #devices(): Devices {
    const { io } = this;
    const stdio = serveTree(
      dir({
        stdin: file(() => ({ read: (_offset, count, call) => io.read(count, call.signal) }), { perm: 0o444 }),
        stdout: file(() => ({ write: (_offset, data) => written(io.write(1, data), data) }), { perm: 0o222 }),
        stderr: file(() => ({ write: (_offset, data) => written(io.write(2, data), data) }), { perm: 0o222 }),
      }),
    );
    return standardDevices({
      console: io.console,
      sysname: 'dish',
      progs: this.jobs,
      root: ['chan', 'dev', 'dis', 'env', 'fd', 'mnt', 'module', 'n', 'prog', 'tmp', 'usr/llambo'],
      more: { H: stdio },
    });
  }

  /** A tree by its dial string, whose messages `trace on` shows. */
  remote(address: string): Remote {
    const trace = (direction: '<-' | '->', message: Fcall, at: string): void =>
      this.trace?.(traceLine(direction, message, at));
    const remote = new Remote(address, { trace }, this.token);
    this.#remotes.add(remote);
    return remote;
  }

  /** Mounts the cluster in `ns`; rejects when nobody answers there. */
  async mountCluster(address: string, ns: Namespace = this.shell.ns, by: Caller = nobody): Promise<void> {
    const remote = this.remote(address);
    try {
      await ns.mount(remote, CLUSTER, MREPL, { source: address }, by);
    } catch (error) {
      this.#remotes.delete(remote);
      throw error;
    }
    this.cluster = address;
    this.events.clusterChanged();
  }

  /**
   * Runs what was typed, or what a script is; how it went is the status of the shell. Text that can't be parsed is told on
   * standard error, and nothing of it runs.
   */
  async run(source: string, fds: FdGroup = this.fds, signal?: AbortSignal): Promise<void> {
    const { shell } = this;
    let tree: Node;
    try {
      tree = parse(source);
    } catch (error) {
      if (!(error instanceof DishError)) throw error;
      shell.status = error.message;
      await new Context(shell, fds, this.signal).err(`dish: ${error.message}\n`);
      return;
    }
    await this.runTree(tree, fds, signal);
  }

  /** Without a signal of its own it runs in the foreground, where `interrupt` ends it. */
  async runTree(tree: Node, fds: FdGroup = this.fds, signal?: AbortSignal): Promise<void> {
    this.commands++;
    if (signal !== undefined) {
      await toEnd(new Context(this.shell, fds, anySignal(signal, this.signal)), tree);
      if (this.exiting) this.ended();
      return;
    }
    const stop = (this.#foreground = new AbortController());
    // Enter and Ctrl-C may arrive together.
    if (this.#interrupted) stop.abort();
    this.#interrupted = false;
    try {
      await toEnd(new Context(this.shell, fds, anySignal(stop.signal, this.signal)), tree);
    } finally {
      this.#foreground = undefined;
    }
  }

  /** Ctrl-C: ends what runs in the foreground, or what is just about to. */
  interrupt(): void {
    if (this.#foreground === undefined) this.#interrupted = true;
    else this.#foreground.abort();
  }

  /** There is a prompt: an interrupt that found nothing to end was not meant for what comes next. */
  forgetInterrupt(): void {
    this.#interrupted = false;
  }

  /** Something runs in the foreground. */
  get busy(): boolean {
    return this.#foreground !== undefined;
  }

  /** Told by `exit` in /n/dish/ctl, so that who waits for a line stops waiting. */
  ended: () => void = () => {};

  /** Shows the messages of all mounted connections on standard error, or where `show` says. */
  async traceOn(
    on: boolean,
    show: (line: string) => void = (line) => void this.io.write(2, new TextEncoder().encode(`${line}\n`)),
    end: () => Promise<void> = async () => {},
  ): Promise<void> {
    const before = this.#traceEnd;
    this.trace = on ? show : undefined;
    this.#traceEnd = end;
    await before();
  }

  /** A function was defined or removed: one named `event` is called for each event of the cluster. */
  async functionsChanged(shell: Shell): Promise<void> {
    if (shell === this.shell) await this.events.hook(shell.functions.has('event'));
  }

  async close(): Promise<void> {
    this.jobs.killAll();
    this.#stop.abort();
    this.events.close();
    await Promise.allSettled(this.jobs.running.map(({ ended }) => ended));
    this.fds.release();
    for (const remote of this.#remotes) remote.close();
    this.shell.close();
  }
}

/** The library of Limbo, where this installation has one. */
function library(): FileServer | undefined {
  try {
    return libraryServer();
  } catch {
    return undefined; // neither sources nor what the build makes of them
  }
}

function written(done: Promise<void> | void, data: Uint8Array): Promise<number> | number {
  return done instanceof Promise ? done.then(() => data.length) : data.length;
}

function traceLine(direction: '<-' | '->', message: Fcall, at: string): string {
  return `${at} ${direction} ${formatFcall(message, { limit: 64 })}`;
}

export async function makeDirectory(ns: Namespace, name: string, by: Caller = nobody): Promise<void> {
  const chan = await ns.create(name, OREAD, (DMDIR | 0o777) >>> 0, by);
  await chan.close();
}

function userName(): string {
  try {
    return process.env['USER'] || userInfo().username;
  } catch {
    return 'none';
  }
}
