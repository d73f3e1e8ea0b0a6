/** What the host and its threads say to each other. Orders are few; what nodes are asked goes by Styx. */
import type { Usage } from '@llambo/dis';
import type { EngineTarget } from './engine-link.ts';
import type { Certificate } from './proof.ts';
import type { WorkerInfo, WorkerSpec } from './types.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly sysname: string;
  /** Dial string of its tree. */
  readonly listen: string;
  readonly token: string | undefined;
  readonly certificate: Certificate | undefined;
  /** Object file of the nodes' program. */
  readonly program: Uint8Array;
}

export interface Orders {
  spawn(specs: readonly WorkerSpec[], paths: Readonly<Record<string, string>>): Promise<void>;
  stop(ids: readonly string[]): Promise<void>;
  drain(id: string, draining: boolean): Promise<void>;
  setEngine(model: string, target: string | undefined): Promise<void>;
  info(): Promise<Readonly<Record<string, WorkerInfo>>>;
  usage(): Promise<Usage>;
  busy(): Promise<number>;
  close(): Promise<void>;
}

/** To a thread. */
export interface Order {
  readonly serial: number;
  readonly name: keyof Orders;
  readonly args: readonly unknown[];
}

/** From a thread. */
export type Report =
  | { readonly kind: 'ready'; readonly address: string }
  | {
      readonly kind: 'done';
      readonly serial: number;
      readonly value: unknown;
      readonly error: string | undefined;
    }
  | { readonly kind: 'changed'; readonly id: string; readonly why: string | undefined }
  | { readonly kind: 'log'; readonly text: string };

/** Another thread cannot reach a server of this one. */
export function addressOf(target: EngineTarget | undefined): string | undefined {
  if (target === undefined || typeof target === 'string') return target;
  throw new TypeError('an engine of worker threads has to be at a dial string');
}
