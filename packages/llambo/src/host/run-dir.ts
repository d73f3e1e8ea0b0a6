/**
 * The files by which programs are run, run(4): opening run/clone makes run/N with
 *
 *   ctl      worker ID | class NAME, memory BYTES, seconds N, args NAME ARG ..., mount ADDRESS PLACE [ANAME], tenant NAME;
 *            then start, later eof and kill
 *   program  write the object file
 *   data     write: its standard input; read: its standard output, to the end
 *   stderr   its standard error, to the end
 *   status   reads wait for its end: `status=` and how it ended, empty for success
 *
 * The program is killed when the last of these files is closed.
 */
import type { Awaitable, Call } from '@llambo/styx';
import {
  type Commands,
  cloneDir,
  type DirNode,
  FileNode,
  type Handle,
  interruptible,
  type Opener,
  slice,
  toBytes,
} from '@llambo/styx/fs';
import { quoteValue } from '../attributes.ts';
import { badRequest } from './errors.ts';
import type { RunningProgram } from './program.ts';

/** Bytes of an object file at most. */
const MOST_PROGRAM = 16 << 20;
const MIB = 1 << 20;

/** What is to be run, as ctl was told. */
export interface RunConfig {
  readonly worker: string | undefined;
  readonly class: string | undefined;
  readonly memory: number;
  readonly seconds: number;
  readonly args: readonly string[];
  readonly tenant: string | undefined;
  readonly mounts: readonly { readonly address: string; readonly place: string; readonly aname: string }[];
}

/** Starts the program `dis` for `opener`. Rejects when it cannot be started. */
export type StartRun = (config: RunConfig, dis: Uint8Array, opener: Opener) => Promise<RunningProgram>;

/** The lines that tell another run directory the same, `start` not among them. */
export function configLines(config: RunConfig): string[] {
  const { worker, class: name, memory, seconds, args, tenant, mounts } = config;
  return [
    ...(worker === undefined ? [] : [`worker ${worker}`]),
    ...(name === undefined ? [] : [`class ${name}`]),
    `memory ${memory}`,
    `seconds ${seconds}`,
    ...(args.length === 0 ? [] : [`args ${args.map(quoteValue).join(' ')}`]),
    ...(tenant === undefined ? [] : [`tenant ${quoteValue(tenant)}`]),
    ...mounts.map(
      ({ address, place, aname }) => `mount ${quoteValue(address)} ${quoteValue(place)} ${quoteValue(aname)}`,
    ),
  ];
}

export function runDir(start: StartRun): DirNode {
  return cloneDir((_id, opener) => {
    const run = new Run((config, dis) => start(config, dis, opener));
    return { ctl: run.commands(), files: run.files(), close: () => run.close() };
  });
}

function number(text: string, what: string, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most)) throw badRequest(`${what} ${text}: expected ${least} to ${most}`);
  return value;
}

class Run {
  readonly #start: (config: RunConfig, dis: Uint8Array) => Promise<RunningProgram>;
  #config: RunConfig = {
    worker: undefined,
    class: undefined,
    memory: 32 * MIB,
    seconds: 60,
    args: [],
    tenant: undefined,
    mounts: [],
  };
  #parts: Uint8Array[] = [];
  #size = 0;
  #running: Promise<RunningProgram> | undefined;
  #closed = false;

  constructor(start: (config: RunConfig, dis: Uint8Array) => Promise<RunningProgram>) {
    this.#start = start;
  }

  commands(): Commands {
    const set = (change: Partial<RunConfig>): void => {
      if (this.#running !== undefined) throw badRequest('it has been started');
      this.#config = { ...this.#config, ...change };
    };
    return {
      'worker ID': ([worker]) => set({ worker }),
      'class NAME': ([name]) => set({ class: name }),
      'memory BYTES': ([n]) => set({ memory: number(n as string, 'memory', 65_536, 2 ** 31) }),
      'seconds N': ([n]) => set({ seconds: number(n as string, 'seconds', 0.01, 86_400) }),
      'args NAME...': (args) => set({ args }),
      'tenant NAME': ([tenant]) => set({ tenant }),
      'mount ADDRESS PLACE [ANAME]': ([address = '', place = '', aname = '']) =>
        set({ mounts: [...this.#config.mounts, { address, place, aname }] }),
      start: () => this.#begin(),
      eof: async () => (await this.#program()).endInput(),
      kill: async () => (await this.#program()).kill('killed'),
    };
  }

  files(): Record<string, FileNode> {
    const file = (handle: Handle, perm: number): FileNode => new FileNode(() => handle, {}, perm);
    let status: Uint8Array | undefined;
    return {
      program: file({ write: (_offset, data) => this.#part(data) }, 0o222),
      data: file(
        {
          read: (_offset, count, call) => this.#with((program) => program.stdout(count, call)),
          write: (_offset, data, call) => this.#input(data, call),
        },
        0o666,
      ),
      stderr: file(
        { read: (_offset, count, call) => this.#with((program) => program.stderr(count, call)) },
        0o444,
      ),
      status: file(
        {
          read: async (offset, count, call) => {
            const { ended } = await this.#program();
            status ??= toBytes(`status=${quoteValue(await interruptible(ended, call.signal))}\n`);
            return slice(status, offset, count);
          },
        },
        0o444,
      ),
    };
  }

  /** Nobody is left who could read what it says. */
  close(): void {
    this.#closed = true;
    void this.#running?.then(
      (program) => program.kill('killed'),
      () => {},
    );
  }

  #part(data: Uint8Array): number {
    if (this.#running !== undefined) throw badRequest('it has been started');
    if (this.#size + data.length > MOST_PROGRAM) throw badRequest(`program is over ${MOST_PROGRAM} bytes`);
    this.#parts.push(data.slice());
    this.#size += data.length;
    return data.length;
  }

  async #begin(): Promise<void> {
    if (this.#running !== undefined) throw badRequest('it has been started');
    if (this.#size === 0) throw badRequest('write the object file to program first');
    const dis = new Uint8Array(Buffer.concat(this.#parts));
    this.#parts = [];
    const { args } = this.#config;
    const config = args.length === 0 ? { ...this.#config, args: ['program'] } : this.#config;
    this.#running = this.#start(config, dis);
    const program = await this.#running;
    if (this.#closed) program.kill('killed');
  }

  #program(): Promise<RunningProgram> {
    if (this.#running === undefined) throw badRequest('it has not been started');
    return this.#running;
  }

  async #with(use: (program: RunningProgram) => Awaitable<Uint8Array>): Promise<Uint8Array> {
    return use(await this.#program());
  }

  async #input(data: Uint8Array, call: Call): Promise<number> {
    // The bytes are lent for as long as this call lasts, and it may wait for room.
    return (await this.#program()).write(data, call);
  }
}
