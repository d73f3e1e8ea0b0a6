/** A host: engines, the threads that run nodes, and the tree that says what there is. */
import { availableParallelism, freemem, totalmem } from 'node:os';
import type { Usage } from '@llambo/dis';
import { type FileServer, formatAddress, parseAddress } from '@llambo/styx';
import { type Commands, ctl, DirNode, Events, serveTree, type TreeNode, text } from '@llambo/styx/fs';
import { serveOn } from '@llambo/styx/node';
import { attributeLine, attributeLines } from '../attributes.ts';
import { type Crew, LocalCrew } from './crew.ts';
import { Engines } from './engines.ts';
import { badRequest, exists, noEngine, noWorker } from './errors.ts';
import { usualLaunch } from './launch.ts';
import { objectFile } from './library.ts';
import type { PoolHooks } from './pool.ts';
import type { RunningProgram } from './program.ts';
import { demand } from './proof.ts';
import { type RunConfig, runDir } from './run-dir.ts';
import { clearSocket } from './socket.ts';
import { parseEngine, parseSpawn, workerIds } from './spawn.ts';
import { ThreadCrew } from './thread-crew.ts';
import type { EngineOptions, Host, HostModel, HostOptions, WorkerInfo, WorkerSpec } from './types.ts';

const HEARTBEAT_MS = 500;
/** Heartbeats among them: what a reader may have missed just before it came, and nothing older. */
const EVENTS_KEPT = 16;

interface Entry {
  readonly spec: WorkerSpec;
  readonly crew: Crew;
}

/** Serves a host at `options.listen`. Settles when it can be dialled. */
export async function startHost(options: HostOptions): Promise<Host> {
  const host = new HostServer(options);
  try {
    await host.start();
  } catch (error) {
    await host.close();
    throw error;
  }
  return host;
}

/** Ends a thread as a crash would: for tests. */
export async function killThread(host: Host, index: number): Promise<void> {
  await (host as HostServer).killThread(index);
}

class HostServer implements Host {
  readonly name: string;
  readonly #options: HostOptions;
  readonly #engines: Engines;
  readonly #events = new Events({ history: EVENTS_KEPT });
  readonly #crews: Crew[] = [];
  readonly #workers = new Map<string, Entry>();
  readonly #models = new Map<string, HostModel>();
  readonly #startedAt = performance.now();
  readonly #tree: FileServer;
  #serving: Awaited<ReturnType<typeof serveOn>> | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: HostOptions) {
    this.name = options.name;
    this.#options = options;
    this.#engines = new Engines(
      options.launch ?? usualLaunch(options.threads === 0, (line) => options.log?.(line)),
      {
        moved: (model, target) => {
          for (const crew of this.#crews) crew.setEngine(model, target);
        },
        event: (line) => this.#event(line),
      },
    );
    this.#tree = serveTree(this.#root(), { owner: options.name });
  }

  async start(): Promise<void> {
    const { listen } = this.#options;
    const hooks = {
      changed: (id: string, why: string | undefined) =>
        this.#event(
          why === undefined ? `worker ${id} up` : `worker ${id} error why='${why.replaceAll("'", "''")}'`,
        ),
      log: (line: string) => this.#options.log?.(line),
    };
    await clearSocket(listen);
    this.#serving = await serveOn(listen, this.#tree, demand(listen, this.#options));
    await this.#startCrews(hooks);
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Threads have addresses beside the host's: path.0, path.1 or ports of the system's choice. */
  async #startCrews(hooks: PoolHooks): Promise<void> {
    const { threads, token, certificate } = this.#options;
    const program = this.#options.program ?? (await objectFile('llambo.dis'));
    if (threads === 0) {
      this.#crews.push(new LocalCrew(this.name, hooks, program));
      return;
    }
    const data = { sysname: this.name, token, certificate, program };
    const crews = Array.from({ length: threads }, (_, index) => {
      const listen = threadAddress(this.address, index);
      return new ThreadCrew(index, { ...data, listen }, { ...hooks, event: (line) => this.#event(line) });
    });
    this.#crews.push(...crews);
    // Threads that listen cannot see to it themselves that their sockets are nobody else's.
    const mask = process.umask(0o077);
    try {
      await Promise.all(crews.map((crew) => crew.start()));
    } finally {
      process.umask(mask);
    }
  }

  get address(): string {
    return this.#serving?.address ?? this.#options.listen;
  }

  async killThread(index: number): Promise<void> {
    const crew = this.#crews[index];
    if (crew instanceof ThreadCrew) await crew.kill();
  }

  fileServer(): FileServer {
    return this.#tree;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#events.end();
    await this.#serving?.close(0);
    await Promise.all(this.#crews.map((crew) => crew.close()));
    await this.#engines.close();
    this.#options.closed?.();
  }

  #event(line: string): void {
    this.#events.emit(`${line}\n`);
    this.#options.log?.(line);
  }

  async #beat(): Promise<void> {
    const busy = await Promise.all(this.#crews.map((crew) => crew.busy()));
    this.#events.emit(`heartbeat load=${busy.reduce((sum, n) => sum + n, 0)}\n`);
  }

  #root(): DirNode {
    const files = new Map<string, TreeNode>([
      ['ctl', ctl(this.#commands())],
      ['status', text(() => this.#status())],
      ['events', this.#events.node],
      ['workers', text(() => this.#workerLines())],
      [
        'threads',
        // One that runs in this thread is reached as the host is, wherever that is from outside.
        text(() =>
          this.#crews
            .flatMap(({ index, address }) => (address === undefined ? [] : `${index} ${address}\n`))
            .join(''),
        ),
      ],
      ['engines', this.#engines.dir()],
      ['run', runDir((config, dis) => this.#run(config, dis))],
    ]);
    const workers = this.#workers;
    const dirOf = (id: string): TreeNode | undefined => workers.get(id)?.crew.dir(id);
    return new DirNode({
      lookup: (name) => files.get(name) ?? dirOf(name),
      *list() {
        yield* files;
        for (const id of workers.keys()) {
          const dir = dirOf(id);
          if (dir !== undefined) yield [id, dir] as const;
        }
      },
    });
  }

  #commands(): Commands {
    return {
      'engine ATTR=VALUE...': (words) => this.#engine(words),
      'spawn WORKER...': (words) => this.#spawn(words),
      'stop WORKER...': (words) => this.#stop(workerIds(words)),
      'drain WORKER...': (words) => this.#drain(workerIds(words), true),
      'resume WORKER...': (words) => this.#drain(workerIds(words), false),
      shutdown: () => void setImmediate(() => void this.close()),
    };
  }

  async #engine(words: readonly string[]): Promise<void> {
    let options = parseEngine(words, this.#options.engine);
    const model = await this.#findModel(options);
    if (options.path === undefined && model.path !== undefined) options = { ...options, path: model.path };
    if (options.kind === 'llama' && options.path === undefined)
      throw badRequest(`engine ${options.name} has no path=`);
    await this.#engines.start(options);
  }

  async #findModel(options: EngineOptions): Promise<HostModel> {
    let model = this.#models.get(options.name);
    if (model === undefined) {
      model = options.path === undefined ? await this.#options.findModel?.(options.name) : undefined;
      model ??= options.path === undefined ? {} : { path: options.path };
      this.#models.set(options.name, model);
    }
    return model;
  }

  async #spawn(words: readonly string[]): Promise<void> {
    const specs = parseSpawn(words, (model) => this.#models.get(model)?.kvBytesPerToken ?? 0);
    for (const { id, model } of specs) {
      if (this.#workers.has(id)) throw exists(id);
      if (!this.#engines.has(model)) throw noEngine(model);
    }
    const paths: Record<string, string> = {};
    for (const [name, { path }] of this.#models) if (path !== undefined) paths[name] = path;
    const shares = this.#shares(specs);
    for (const [crew, share] of shares) for (const spec of share) this.#workers.set(spec.id, { spec, crew });
    const results = await Promise.allSettled([...shares].map(([crew, share]) => crew.spawn(share, paths)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    for (const [i, [crew, share]] of [...shares].entries())
      if (results[i]?.status === 'fulfilled') await crew.stop(share.map(({ id }) => id));
    for (const { id } of specs) this.#workers.delete(id);
    throw failed.reason;
  }

  /** Who runs which: the thread with the fewest nodes gets the next. */
  #shares(specs: readonly WorkerSpec[]): Map<Crew, WorkerSpec[]> {
    const counts = new Map(this.#crews.map((crew) => [crew, 0]));
    for (const { crew } of this.#workers.values()) counts.set(crew, (counts.get(crew) ?? 0) + 1);
    const shares = new Map<Crew, WorkerSpec[]>();
    for (const spec of specs) {
      let least = this.#crews[0] as Crew;
      for (const crew of this.#crews) if (counts.get(crew)! < counts.get(least)!) least = crew;
      counts.set(least, counts.get(least)! + 1);
      const share = shares.get(least);
      if (share === undefined) shares.set(least, [spec]);
      else share.push(spec);
    }
    return shares;
  }

  async #stop(ids: readonly string[]): Promise<void> {
    const byCrew = new Map<Crew, string[]>();
    for (const id of ids) {
      const { crew } = this.#entry(id);
      byCrew.set(crew, [...(byCrew.get(crew) ?? []), id]);
    }
    for (const id of ids) this.#workers.delete(id);
    await Promise.all([...byCrew].map(([crew, some]) => crew.stop(some)));
    for (const id of ids) this.#event(`worker ${id} gone`);
  }

  async #drain(ids: readonly string[], draining: boolean): Promise<void> {
    for (const id of ids) this.#entry(id);
    for (const id of ids) await this.#entry(id).crew.drain(id, draining);
  }

  #run(config: RunConfig, dis: Uint8Array): Promise<RunningProgram> {
    let worker = config.worker;
    if (worker === undefined) {
      const some = [...this.#workers].filter(([, { spec }]) => spec.class === config.class);
      worker = some[Math.floor(Math.random() * some.length)]?.[0];
      if (worker === undefined)
        throw badRequest(
          config.class === undefined
            ? 'say worker or class first'
            : `no worker of class ${config.class} here`,
        );
    }
    return this.#entry(worker).crew.startProgram({ ...config, worker }, dis);
  }

  #entry(id: string): Entry {
    const entry = this.#workers.get(id);
    if (entry === undefined) throw noWorker(id);
    return entry;
  }

  async #infos(): Promise<Readonly<Record<string, WorkerInfo>>> {
    const all = await Promise.all(this.#crews.map((crew) => crew.info()));
    return Object.assign({}, ...all) as Record<string, WorkerInfo>;
  }

  async #workerLines(): Promise<string> {
    const infos = await this.#infos();
    let lines = '';
    for (const [id, { spec, crew }] of this.#workers) {
      const { state, heap, cpuMs } = infos[id] ?? { state: 'error', heap: 0, cpuMs: 0 };
      const { class: of, model, memory, cpu, context, capacity, hard } = spec;
      const cpu_limit = hard ? 'hard' : undefined;
      const pairs = {
        class: of,
        model,
        memory,
        cpu,
        cpu_limit,
        context,
        capacity,
        state,
        thread: crew.index,
        heap,
      };
      lines += `${id} ${attributeLine({ ...pairs, cpu_ms: Math.round(cpuMs) })}\n`;
    }
    return lines;
  }

  async #status(): Promise<string> {
    const usages = await Promise.all(this.#crews.map((crew) => crew.usage()));
    const sum = (figure: keyof Usage): number => usages.reduce((total, usage) => total + usage[figure], 0);
    const { cpus = availableParallelism(), memory = totalmem() } = this.#options;
    return attributeLines({
      name: this.name,
      cpus,
      memory,
      free_memory: freemem(),
      workers: this.#workers.size,
      threads: this.#crews.length,
      models: this.#engines.models.join(','),
      uptime_seconds: ((performance.now() - this.#startedAt) / 1000).toFixed(1),
      pid: process.pid,
      rss: process.memoryUsage.rss(),
      heap: sum('heap'),
      instructions: sum('instructions'),
      dis_ms: Math.round(sum('milliseconds')),
    });
  }
}

function threadAddress(host: string, index: number): string {
  const address = parseAddress(host);
  return address.net === 'unix' ? `unix!${address.path}.${index}` : formatAddress({ ...address, port: 0 });
}
