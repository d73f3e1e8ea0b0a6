/** The nodes of one thread, as the host sees them: on its own thread, or on another. */
import type { Usage } from '@llambo/dis';
import type { Awaitable } from '@llambo/styx';
import type { TreeNode } from '@llambo/styx/fs';
import type { EngineTarget } from './engine-link.ts';
import { type PoolHooks, WorkerPool } from './pool.ts';
import type { RunningProgram } from './program.ts';
import type { RunConfig } from './run-dir.ts';
import type { WorkerInfo, WorkerSpec } from './types.ts';

export interface Crew {
  /** Number of the thread. */
  readonly index: number;
  /** Dial string of its own tree; undefined when there is none, and the host's tree is the way. */
  readonly address: string | undefined;
  /** Settles when all of them serve; none is there when it rejects. `paths` are the models' files. */
  spawn(specs: readonly WorkerSpec[], paths: Readonly<Record<string, string>>): Promise<void>;
  stop(ids: readonly string[]): Promise<void>;
  drain(id: string, draining: boolean): Promise<void>;
  setEngine(model: string, target: EngineTarget | undefined): void;
  info(): Awaitable<Readonly<Record<string, WorkerInfo>>>;
  /** What its machines have used; zeros while there is no thread. */
  usage(): Awaitable<Usage>;
  /** How many of its nodes work. */
  busy(): Awaitable<number>;
  /** Starts a program beside one of its nodes. */
  startProgram(config: RunConfig, dis: Uint8Array): Promise<RunningProgram>;
  /** worker-NNNN. */
  dir(id: string): TreeNode | undefined;
  close(): Promise<void>;
}

/** Nodes on the host's own thread. */
export class LocalCrew implements Crew {
  readonly index = 0;
  readonly address = undefined;
  readonly pool: WorkerPool;

  constructor(sysname: string, hooks: PoolHooks, program: Uint8Array) {
    this.pool = new WorkerPool(sysname, hooks, program);
  }

  spawn(specs: readonly WorkerSpec[], paths: Readonly<Record<string, string>>): Promise<void> {
    return this.pool.spawn(specs, paths);
  }

  async stop(ids: readonly string[]): Promise<void> {
    this.pool.stop(ids);
  }

  drain(id: string, draining: boolean): Promise<void> {
    return this.pool.drain(id, draining);
  }

  setEngine(model: string, target: EngineTarget | undefined): void {
    this.pool.setEngine(model, target);
  }

  info(): Readonly<Record<string, WorkerInfo>> {
    return this.pool.info();
  }

  usage(): Usage {
    return this.pool.usage();
  }

  busy(): number {
    return this.pool.busy;
  }

  startProgram(config: RunConfig, dis: Uint8Array): Promise<RunningProgram> {
    return this.pool.startProgram(config, dis);
  }

  dir(id: string): TreeNode | undefined {
    return this.pool.dir(id);
  }

  async close(): Promise<void> {
    this.pool.close();
  }
}
