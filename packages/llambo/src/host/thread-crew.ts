/** Nodes on a thread of their own, which is started again when it dies. */
import type { Usage } from '@llambo/dis';
import { type Awaitable, type Call, Client, type File, StyxError } from '@llambo/styx';
import { DirNode, FileNode, type Handle, type TreeNode } from '@llambo/styx/fs';
import { dial } from '@llambo/styx/node';
import type { Crew } from './crew.ts';
import type { EngineTarget } from './engine-link.ts';
import { WorkerFolders } from './folders.ts';
import type { RunningProgram } from './program.ts';
import { attachAs, dialOptions } from './proof.ts';
import { remoteRun } from './remote-run.ts';
import type { RunConfig } from './run-dir.ts';
import { Supervisor } from './supervisor.ts';
import { Thread, type ThreadHooks } from './thread.ts';
import { addressOf, type ThreadData } from './thread-messages.ts';
import type { WorkerInfo, WorkerSpec } from './types.ts';

export interface ThreadCrewHooks extends ThreadHooks {
  event(text: string): void;
}

export class ThreadCrew implements Crew {
  readonly index: number;
  readonly #data: ThreadData;
  readonly #hooks: ThreadCrewHooks;
  readonly #supervisor: Supervisor<Thread>;
  readonly #folders: WorkerFolders;
  readonly #specs = new Map<string, WorkerSpec>();
  readonly #dirs = new Map<string, DirNode>();
  readonly #draining = new Set<string>();
  readonly #engines = new Map<string, string | undefined>();
  #paths: Readonly<Record<string, string>> = {};
  #client: Promise<{ readonly client: Client; readonly root: File }> | undefined;
  #started = false;
  #restored = Promise.resolve();

  constructor(index: number, data: ThreadData, hooks: ThreadCrewHooks) {
    this.index = index;
    this.#data = data;
    this.#hooks = hooks;
    this.#folders = new WorkerFolders(data.program);
    this.#supervisor = new Supervisor<Thread>((exited) => Thread.start(data, hooks, exited), {
      up: (thread) => this.#up(thread),
      down: (why, retryMs) => this.#down(why, retryMs),
    });
  }

  async start(): Promise<this> {
    await this.#supervisor.start();
    return this;
  }

  get address(): string {
    return this.#supervisor.running?.address ?? this.#data.listen;
  }

  async spawn(specs: readonly WorkerSpec[], paths: Readonly<Record<string, string>>): Promise<void> {
    await this.#restored;
    await this.#thread().order('spawn', specs, paths);
    this.#paths = paths;
    for (const spec of specs) this.#specs.set(spec.id, spec);
  }

  async stop(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#specs.delete(id);
      this.#dirs.delete(id);
      this.#draining.delete(id);
    }
    await this.#restored;
    await this.#supervisor.running?.order('stop', ids);
  }

  async drain(id: string, draining: boolean): Promise<void> {
    await this.#restored;
    await this.#thread().order('drain', id, draining);
    if (draining) this.#draining.add(id);
    else this.#draining.delete(id);
  }

  setEngine(model: string, target: EngineTarget | undefined): void {
    const address = addressOf(target);
    this.#engines.set(model, address);
    this.#supervisor.running?.order('setEngine', model, address).catch(() => {});
  }

  async info(): Promise<Readonly<Record<string, WorkerInfo>>> {
    const thread = this.#supervisor.running;
    return (await thread?.order('info').catch(() => undefined)) ?? {};
  }

  async usage(): Promise<Usage> {
    const usage = await this.#supervisor.running?.order('usage').catch(() => undefined);
    return usage ?? { milliseconds: 0, instructions: 0, heap: 0 };
  }

  async busy(): Promise<number> {
    return (await this.#supervisor.running?.order('busy').catch(() => undefined)) ?? 0;
  }

  async startProgram(config: RunConfig, dis: Uint8Array): Promise<RunningProgram> {
    return remoteRun(await this.#root(), config, dis);
  }

  dir(id: string): TreeNode | undefined {
    const spec = this.#specs.get(id);
    if (spec === undefined) return undefined;
    let dir = this.#dirs.get(id);
    if (dir === undefined) {
      const files = new Map<string, TreeNode>([
        ['ctl', this.#file(id, 'ctl', 0o666)],
        ['data', this.#file(id, 'data', 0o666)],
        ['status', this.#file(id, 'status', 0o444)],
        ['namespace', this.#file(id, 'namespace', 0o444)],
        ['models', this.#folders.models(spec.model, this.#paths[spec.model])],
        ['dis', this.#folders.dis],
      ]);
      dir = new DirNode({ lookup: (name) => files.get(name), list: () => files });
      this.#dirs.set(id, dir);
    }
    return dir;
  }

  async close(): Promise<void> {
    void this.#client?.then(
      ({ client }) => client.close(),
      () => {},
    );
    await this.#supervisor.stop();
  }

  /** For tests: the thread dies. */
  async kill(): Promise<void> {
    await this.#supervisor.running?.kill();
  }

  #thread(): Thread {
    const thread = this.#supervisor.running;
    if (thread === undefined) throw new StyxError(`no-node: thread ${this.index} is starting again`);
    return thread;
  }

  #up(thread: Thread): void {
    for (const [model, address] of this.#engines) thread.order('setEngine', model, address).catch(() => {});
    if (!this.#started) {
      this.#started = true;
      return;
    }
    const specs = [...this.#specs.values()];
    this.#restored = thread
      .order('spawn', specs, this.#paths)
      .then(async () => {
        for (const id of this.#draining) await thread.order('drain', id, true);
        this.#hooks.event(`thread ${this.index} up`);
        for (const { id } of specs) this.#hooks.changed(id, undefined);
      })
      .catch((error: Error) =>
        this.#hooks.event(`thread ${this.index} lost its workers why='${error.message}'`),
      );
  }

  #down(why: string, retryMs: number): void {
    this.#client = undefined;
    const quoted = why.replaceAll("'", "''");
    this.#hooks.event(`thread ${this.index} down retry_ms=${retryMs} why='${quoted}'`);
    for (const id of this.#specs.keys()) this.#hooks.changed(id, `thread ${this.index} is gone: ${why}`);
  }

  async #connect(): Promise<{ readonly client: Client; readonly root: File }> {
    const { address } = this.#thread();
    const client = await Client.connect(await dial(address, dialOptions(address, this.#data)));
    void client.closed.then(() => {
      this.#client = undefined;
    });
    return { client, root: await client.attach(attachAs(address, this.#data.sysname, this.#data)) };
  }

  /** The root of its tree, by one connection for all. */
  async #root(): Promise<File> {
    if (this.#client === undefined) {
      const connecting = this.#connect();
      this.#client = connecting;
      connecting.catch(() => {
        this.#client = undefined;
      });
    }
    return (await this.#client).root;
  }

  /** A file of a node there, for those who come by the host's tree. */
  #file(id: string, name: string, perm: number): FileNode {
    return new FileNode(
      async (_opener, mode, call): Promise<Handle> => {
        const root = await this.#root();
        const { file } = await root.walk([id, name], call);
        if (file === undefined) throw new StyxError(`no-node: ${id} is starting again`);
        await opened(file, mode, call);
        return {
          read: (offset, count, by) => file.read(offset, count, by),
          write: (offset, data, by) => file.write(offset, data, by),
          close: (): Awaitable<void> => file.clunk(),
        };
      },
      {},
      perm,
    );
  }
}

async function opened(file: File, mode: number, call: Call): Promise<void> {
  try {
    await file.open(mode, call);
  } catch (error) {
    await Promise.resolve(file.clunk()).catch(() => {});
    throw error;
  }
}
