/** The nodes that one thread runs. */
import { Scheduler, type Usage } from '@llambo/dis';
import { importTree } from '@llambo/namespace';
import { Client, type FileServer } from '@llambo/styx';
import { DirNode, serveTree } from '@llambo/styx/fs';
import { dial } from '@llambo/styx/node';
import { EngineLink, type EngineTarget } from './engine-link.ts';
import { badRequest, exists, noWorker, tooMany } from './errors.ts';
import { WorkerFolders } from './folders.ts';
import { programUser, type RunningProgram, runProgram } from './program.ts';
import { type RunConfig, runDir } from './run-dir.ts';
import type { WorkerInfo, WorkerSpec } from './types.ts';
import type { NodeVm } from './vm.ts';
import { Worker } from './worker.ts';

/** Milliseconds between two looks at machines that never rest, and how many looks make one suspicious. */
const WATCH_MS = 500;
const SUSPICIOUS = 4;
/** Milliseconds of processor time that a suspicious node may use before it has said how it is. */
const PATIENCE_MS = 1000;
/** Programs that run beside nodes at once. */
const MOST_PROGRAMS = 64;

export interface PoolHooks {
  /** `why` a node is in error; undefined when it is back. */
  changed(id: string, why: string | undefined): void;
  log(text: string): void;
}

export class WorkerPool {
  readonly #sysname: string;
  readonly #hooks: PoolHooks;
  readonly #folders: WorkerFolders;
  /** Short slices: whatever a program does, each token of the others waits for the event loop twice. */
  readonly #scheduler = new Scheduler({ slice: 2 });
  readonly #workers = new Map<string, Worker>();
  readonly #links = new Map<string, EngineLink>();
  readonly #suspects = new Map<Worker, Suspect>();
  readonly #watch: NodeJS.Timeout;
  /** Programs that run beside nodes. */
  readonly #programs = new Set<RunningProgram>();
  /** The directory by which they are run. */
  readonly run: DirNode = runDir((config, dis) => this.startProgram(config, dis));

  /** @param program what the nodes run */
  constructor(sysname: string, hooks: PoolHooks, program: Uint8Array) {
    this.#sysname = sysname;
    this.#folders = new WorkerFolders(program);
    this.#hooks = hooks;
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    this.#watch.unref();
  }

  /** Starts nodes: all of them or none. */
  async spawn(specs: readonly WorkerSpec[], paths: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const { id } of specs) if (this.#workers.has(id)) throw exists(id);
    const started: Worker[] = [];
    try {
      for (const spec of specs) {
        const worker = this.#make(spec, paths[spec.model]);
        started.push(worker);
        this.#workers.set(spec.id, worker);
      }
      await Promise.all(started.map((worker) => worker.start()));
    } catch (error) {
      for (const worker of started) {
        worker.stop();
        this.#workers.delete(worker.spec.id);
      }
      throw error;
    }
  }

  #make(spec: WorkerSpec, path: string | undefined): Worker {
    return new Worker(spec, {
      scheduler: this.#scheduler,
      link: this.#link(spec.model),
      sysname: this.#sysname,
      program: this.#folders.program,
      dis: this.#folders.dis,
      models: this.#folders.models(spec.model, path),
      changed: (worker, why) => this.#hooks.changed(worker.spec.id, why),
      log: (text) => this.#hooks.log(text),
    });
  }

  stop(ids: readonly string[]): void {
    for (const id of ids) this.#worker(id);
    for (const id of ids) {
      const worker = this.#worker(id);
      this.#suspects.delete(worker);
      this.#workers.delete(id);
      worker.stop();
    }
  }

  async drain(id: string, draining: boolean): Promise<void> {
    await this.#worker(id).setDraining(draining);
  }

  /** Where the engine of a model is from now on; undefined while it is down. */
  setEngine(model: string, target: EngineTarget | undefined): void {
    this.#link(model).set(target);
  }

  info(): Record<string, WorkerInfo> {
    const all: Record<string, WorkerInfo> = {};
    for (const [id, worker] of this.#workers) all[id] = worker.info();
    return all;
  }

  /** What nodes and programs have used so far. */
  usage(): Usage {
    return this.#scheduler.usage();
  }

  /** Nodes that work. */
  get busy(): number {
    let count = 0;
    for (const worker of this.#workers.values()) if (worker.state === 'busy') count++;
    return count;
  }

  /** worker-NNNN; undefined when there is none. */
  dir(id: string): DirNode | undefined {
    return this.#workers.get(id)?.dir;
  }

  worker(id: string): Worker | undefined {
    return this.#workers.get(id);
  }

  /** Starts a program beside a node of this thread, with the node's share of thread and engine. */
  async startProgram(config: RunConfig, dis: Uint8Array): Promise<RunningProgram> {
    const { worker, class: of, mounts, tenant, ...rest } = config;
    const spec =
      worker === undefined
        ? [...this.#workers.values()].find((w) => w.spec.class === of)?.spec
        : this.#worker(worker).spec;
    if (spec === undefined)
      throw badRequest(of === undefined ? 'no worker is named' : `no worker of class ${of} here`);
    if (this.#programs.size >= MOST_PROGRAMS) throw tooMany(MOST_PROGRAMS);
    const grants = await Promise.all(
      mounts.map(async ({ address, place, aname }) => ({
        place,
        aname,
        source: importTree(await Client.connect(await dial(address))),
      })),
    );
    let program: RunningProgram;
    try {
      program = await runProgram({
        ...rest,
        dis,
        mounts: grants,
        cpu: spec.cpu,
        ...(spec.hard ? { account: spec.id } : {}),
        user: programUser(spec.id),
        ...(tenant === undefined ? {} : { tenant }),
        link: this.#link(spec.model),
        scheduler: this.#scheduler,
        sysname: this.#sysname,
      });
    } catch (error) {
      for (const { source } of grants) source.client.close();
      throw error;
    }
    this.#programs.add(program);
    void program.ended.then(() => this.#programs.delete(program));
    return program;
  }

  /** The directories of all of its nodes, and `run`. */
  fileServer(): FileServer {
    const workers = this.#workers;
    const { run } = this;
    return serveTree(
      new DirNode({
        lookup: (name) => (name === 'run' ? run : this.dir(name)),
        *list() {
          yield ['run', run];
          for (const [id, { dir }] of workers) yield [id, dir];
        },
      }),
    );
  }

  close(): void {
    clearInterval(this.#watch);
    for (const program of this.#programs) program.kill('killed: the host is closing');
    for (const worker of this.#workers.values()) worker.stop();
    this.#workers.clear();
    for (const link of this.#links.values()) link.close();
  }

  #worker(id: string): Worker {
    const worker = this.#workers.get(id);
    if (worker === undefined) throw noWorker(id);
    return worker;
  }

  #link(model: string): EngineLink {
    let link = this.#links.get(model);
    if (link === undefined) this.#links.set(model, (link = new EngineLink(model)));
    return link;
  }

  /**
   * A machine that has been busy for seconds may be in a loop: it is asked how it is. If it has run for a while and has not
   * answered, it is taken for dead. Only its own time counts: this thread, or the whole host, may be slow.
   */
  #look(): void {
    for (const worker of this.#workers.values()) {
      const { vm } = worker;
      const suspect = this.#suspects.get(worker);
      if (vm === undefined || !vm.machine.isReady) {
        if (suspect !== undefined) this.#acquit(worker, suspect);
        continue;
      }
      if (suspect === undefined || suspect.vm !== vm) {
        this.#suspects.set(worker, { vm, looks: 1, since: 0, question: undefined });
        continue;
      }
      if (++suspect.looks < SUSPICIOUS) continue;
      if (suspect.question === undefined) {
        const question = new AbortController();
        suspect.question = question;
        suspect.since = vm.cpuMs;
        void worker.answers(question.signal).then((alive) => alive && this.#acquit(worker, suspect));
      } else if (vm.cpuMs - suspect.since > PATIENCE_MS) {
        this.#acquit(worker, suspect);
        worker.fail('does not answer: it is in an endless loop');
      }
    }
  }

  #acquit(worker: Worker, suspect: Suspect): void {
    suspect.question?.abort();
    if (this.#suspects.get(worker) === suspect) this.#suspects.delete(worker);
  }
}

/** A machine that has not rested lately. */
interface Suspect {
  readonly vm: NodeVm;
  looks: number;
  /** Its processor time when it was asked. */
  since: number;
  question: AbortController | undefined;
}
