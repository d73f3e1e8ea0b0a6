import type { FileServer } from '@llambo/styx';
import type { EngineTarget } from './engine-link.ts';
import type { Certificate } from './proof.ts';

export type WorkerState = 'idle' | 'busy' | 'error' | 'draining';

/** What a node is, as `spawn` says it. */
export interface WorkerSpec {
  /** worker-0001 */
  readonly id: string;
  readonly class: string;
  readonly model: string;
  /** Bytes for heap and key-value cells. */
  readonly memory: number;
  /** Bytes of it that the heap may take. */
  readonly heap: number;
  /** Share under contention. */
  readonly cpu: number;
  /** Tokens of prompt and answer together. */
  readonly context: number;
  /** Requests at once. */
  readonly capacity: number;
  /** `cpu` is a ceiling of what its requests take of the engine, in cores, even without contention. */
  readonly hard: boolean;
  readonly tenant?: string;
}

/** What changes while a node runs. */
export interface WorkerInfo {
  readonly state: WorkerState;
  /** Bytes of heap in use. */
  readonly heap: number;
  /** Processor time of its living processes, milliseconds. */
  readonly cpuMs: number;
}

/** A model as the host needs to know it. */
export interface HostModel {
  /** Of the GGUF file; none for an engine without one. */
  readonly path?: string;
  /** Key-value cells of one token, bytes; what is not known is taken as 0. */
  readonly kvBytesPerToken?: number;
}

export interface EngineOptions {
  readonly kind: 'llama' | 'echo';
  readonly name: string;
  readonly path?: string;
  readonly context: number;
  readonly sequences: number;
  readonly queue: number;
  readonly threads?: number;
  /** Of `echo`: milliseconds between two tokens, and before the first. */
  readonly tokenMs?: number;
  readonly firstMs?: number;
}

/** An engine that runs. */
export interface RunningEngine {
  readonly target: EngineTarget;
  readonly pid?: number;
  close(): Promise<void>;
}

/** Starts an engine; `exited` is called once when it is gone by itself. */
export type LaunchEngine = (options: EngineOptions, exited: (why: string) => void) => Promise<RunningEngine>;

export interface HostOptions {
  readonly name: string;
  /** Dial string; port 0 lets the system choose. */
  readonly listen: string;
  /** Worker threads that run machines; 0 runs them on this thread. */
  readonly threads: number;
  /** Bytes and processors that this host offers; default: what the machine has. */
  readonly memory?: number;
  readonly cpus?: number;
  readonly engine: { readonly kind: 'llama' | 'echo'; readonly threads?: number };
  /** Where a model is that `engine` names without a path. */
  readonly findModel?: (name: string) => Promise<HostModel>;
  readonly log?: (text: string) => void;
  /** Called once when it has closed, as by `shutdown`. */
  readonly closed?: () => void;
  /** Secret that those who attach have to know; nobody has to when left out. */
  readonly token?: string;
  /** At a tls address: its own, and the authority that has signed those of others. */
  readonly certificate?: Certificate;
  /** Default: a process of its own for each engine. */
  readonly launch?: LaunchEngine;
  /** Object file that the nodes run in place of llambo.dis: it serves ctl, data and status in /n/llambo/NODE. */
  readonly program?: Uint8Array;
}

export interface Host {
  readonly name: string;
  /** Dial string of its tree, with the real port. */
  readonly address: string;
  /** The same tree for this process. */
  fileServer(): FileServer;
  /** Ends workers, threads and engines. */
  close(): Promise<void>;
}
