/** A node on this host: keeps its virtual machine running, and serves its files whichever machine is behind them. */
import type { Scheduler } from '@llambo/dis';
import { type Awaitable, type Call, ORDWR, OREAD, StyxError } from '@llambo/styx';
import { DirNode, FileNode, type Handle, StaticDir, type TreeNode, text, toText } from '@llambo/styx/fs';
import { attributeLine } from '../attributes.ts';
import { type EngineLink, llamaRoot } from './engine-link.ts';
import type { WorkerInfo, WorkerSpec, WorkerState } from './types.ts';
import { NodeVm } from './vm.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** A machine that ran this long is taken for healthy: its next failure starts the back-off anew. */
const HEALTHY_MS = 60_000;
/** Files that the program serves. */
const SERVED = ['ctl', 'data', 'status'] as const;

export interface WorkerHooks {
  readonly scheduler: Scheduler;
  readonly link: EngineLink;
  readonly sysname: string;
  /** The folders models/ and dis/ of the node; the latter holds the program that it runs, llambo.dis. */
  readonly models: TreeNode;
  readonly dis: TreeNode;
  readonly program: Uint8Array;
  /** `why` it is in error; undefined when it is back. */
  changed(worker: Worker, why: string | undefined): void;
  log(text: string): void;
}

export class Worker {
  readonly spec: WorkerSpec;
  /** worker-NNNN of the thread's tree. */
  readonly dir: DirNode;
  readonly #hooks: WorkerHooks;
  #vm: NodeVm | undefined;
  #why: string | undefined;
  #draining = false;
  /** Sessions that have begun to read and are not at their end. */
  #active = 0;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;
  #upSince = 0;
  #stopped = false;

  constructor(spec: WorkerSpec, hooks: WorkerHooks) {
    this.spec = spec;
    this.#hooks = hooks;
    const mine: [string, TreeNode][] = SERVED.map((name) => [name, this.#served(name)]);
    mine.push(['namespace', text(() => this.#machine().namespace.toString())]);
    mine.push(['models', hooks.models], ['dis', hooks.dis]);
    const files = new Map<string, TreeNode>(mine);
    this.dir = new DirNode({ lookup: (name) => files.get(name), list: () => files });
  }

  /** Settles when the node serves. Rejects when its program cannot be started; nothing is retried then. */
  async start(): Promise<void> {
    const { spec } = this;
    const { scheduler, link, sysname, models, dis, program, log } = this.#hooks;
    const files = new StaticDir([
      ['namespace', text(() => this.#machine().namespace.toString())],
      ['models', models],
      ['dis', dis],
    ]);
    const vm = await NodeVm.start({
      id: spec.id,
      sysname,
      heap: spec.heap,
      llama: llamaRoot(link, { uname: spec.id, aname: callerOf(spec) }),
      files,
      program,
      attributes: [`class=${spec.class}`, `model=${spec.model}`, `cpu=${spec.cpu}`, `memory=${spec.memory}`],
      scheduler,
      weight: spec.cpu,
      print: (line) => log(`${spec.id}: ${line.trimEnd()}`),
      failed: (why) => this.#failed(why),
    });
    if (this.#stopped) return vm.stop();
    this.#vm = vm;
    this.#upSince = performance.now();
    this.#why = undefined;
    if (this.#draining) await this.#tell('drain');
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#vm?.stop();
    this.#vm = undefined;
  }

  get state(): WorkerState {
    if (this.#vm === undefined || !this.#hooks.link.isUp) return 'error';
    if (this.#draining) return 'draining';
    return this.#active > 0 ? 'busy' : 'idle';
  }

  info(): WorkerInfo {
    const machine = this.#vm?.machine;
    return {
      state: this.state,
      heap: machine?.memoryUsed ?? 0,
      cpuMs: this.#vm?.cpuMs ?? 0,
    };
  }

  get vm(): NodeVm | undefined {
    return this.#vm;
  }

  /** Takes its machine for dead and starts another. */
  fail(why: string): void {
    this.#vm?.stop();
    this.#failed(why);
  }

  /** True as soon as it has said how it is, or that it cannot; false when `signal` was aborted before that. */
  async answers(signal: AbortSignal): Promise<boolean> {
    try {
      const handle = await this.#open('status', OREAD, { signal });
      await handle.read?.(0, 8192, { signal });
      await handle.close?.();
    } catch {
      // An error is an answer, too.
    }
    return !signal.aborted;
  }

  async setDraining(draining: boolean): Promise<void> {
    if (this.#vm !== undefined) await this.#tell(draining ? 'drain' : 'resume');
    this.#draining = draining;
  }

  #failed(why: string): void {
    if (this.#stopped) return;
    this.#vm = undefined;
    this.#why = why;
    if (performance.now() - this.#upSince > HEALTHY_MS) this.#retryMs = FIRST_RETRY_MS;
    const wait = this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    this.#hooks.changed(this, why);
    this.#timer = setTimeout(() => {
      this.start().then(
        () => this.#stopped || this.#hooks.changed(this, undefined),
        (error: Error) => this.#failed(error.message),
      );
    }, wait);
  }

  #machine(): NodeVm {
    if (this.#vm === undefined)
      throw new StyxError(
        `no-node: ${this.spec.id} is starting${this.#why === undefined ? '' : ` again: ${this.#why}`}`,
      );
    return this.#vm;
  }

  #open(name: string, mode: number, call: Call): Awaitable<Handle> {
    const node = this.#machine().file(name);
    if (node === undefined) throw new StyxError(`no-node: ${this.spec.id} does not serve ${name}`);
    return node.open({ uname: this.spec.id, aname: '' }, mode, call);
  }

  async #tell(command: string): Promise<void> {
    const handle = await this.#open('ctl', ORDWR, { signal: new AbortController().signal });
    await handle.write?.(0, new TextEncoder().encode(command), { signal: new AbortController().signal });
    await handle.close?.();
  }

  /** A file of the program that is there now; who may open it is the business of whoever serves this tree. */
  #served(name: string): FileNode {
    const perm = name === 'status' ? 0o444 : 0o666;
    return new FileNode(
      (_opener, mode, call) => {
        const opened = this.#open(name, mode, call);
        const watch = (handle: Handle): Handle =>
          name === 'data' ? this.#counted(handle) : name === 'ctl' ? this.#heard(handle) : handle;
        return opened instanceof Promise ? opened.then(watch) : watch(opened);
      },
      {},
      perm,
    );
  }

  /** Knows whether a session is under way. Its reads come after the writes that came before them, answered or not. */
  #counted(handle: Handle): Handle {
    let writing: Promise<unknown> | undefined;
    let active = false;
    let over = false;
    const end = (): void => {
      over = true;
      if (active) this.#active--;
      active = false;
    };
    return {
      write: (offset, data, call) => {
        const count = handle.write!(offset, data, call);
        if (count instanceof Promise) {
          const settled = (): void => {
            if (writing === mine) writing = undefined;
          };
          const mine = count.then(settled, settled);
          writing = mine;
        }
        return count;
      },
      read: (offset, count, call) => {
        if (!active && !over) {
          active = true;
          this.#active++;
        }
        const bytes =
          writing === undefined
            ? handle.read!(offset, count, call)
            : writing.then(() => handle.read!(offset, count, call));
        if (!(bytes instanceof Promise)) return bytes;
        return bytes.then(
          (b) => {
            if (b.length === 0 && count > 0) end();
            return b;
          },
          (error: unknown) => {
            end();
            throw error;
          },
        );
      },
      close: () => {
        end();
        return handle.close?.();
      },
    };
  }

  /** Knows whether the node was told to drain, by whomever. */
  #heard(handle: Handle): Handle {
    return {
      read: (offset, count, call) => handle.read!(offset, count, call),
      write: async (offset, data, call) => {
        const words = toText(data).trim();
        const n = await handle.write!(offset, data, call);
        if (words === 'drain' || words === 'resume') this.#draining = words === 'drain';
        return n;
      },
      close: () => handle.close?.(),
    };
  }
}

/** How the engine is told whose request it is: the attach's aname. */
export function callerOf({ cpu, capacity, hard, tenant }: WorkerSpec): string {
  return attributeLine({
    weight: cpu,
    capacity: capacity === 1 ? undefined : capacity,
    limit: hard ? cpu : undefined,
    tenant,
  });
}
