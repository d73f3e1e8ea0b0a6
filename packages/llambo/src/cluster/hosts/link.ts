/** One host as the orchestrator sees it: what it has, what it runs, and the means to command it. */
import { setTimeout } from 'node:timers/promises';
import type { ModelInfo } from '@llambo/llama';
import type { File } from '@llambo/styx';
import { tokenize } from '@llambo/styx/fs';
import { type Attributes, attributeLine, attributesOf } from '../../attributes.ts';
import { fileName } from '../../host/engines.ts';
import type { Proof } from '../../host/proof.ts';
import { parseReport } from '../../wire/status.ts';
import { dialHost, type HostAddress, type Ports, type Requests } from './ports.ts';

/** A worker as its host describes it. */
export interface Worker {
  readonly id: string;
  readonly class: string;
  readonly model: string;
  readonly memory: number;
  readonly cpu: number;
  readonly context: number;
  readonly capacity: number;
  readonly thread: number;
  readonly state: string;
}

/** What a worker is to be. */
export interface WorkerShape {
  readonly class: string;
  readonly model: string;
  /** Bytes for the heap and the key-value cells. */
  readonly memory: number;
  /** Share of the machine under contention, in cores. */
  readonly cpu: number;
  /** Tokens. */
  readonly context: number;
  /** Requests at once. */
  readonly capacity: number;
  /** `cpu` is a ceiling, too. */
  readonly cpu_limit?: 'hard';
}

export interface EngineWanted {
  readonly model: string;
  /** The model's file, where the host sees the orchestrator's. */
  readonly path?: string;
  readonly kind: 'llama' | 'echo';
  readonly context: number;
  readonly sequences: number;
  readonly queue: number;
  readonly threads?: number;
  readonly tokenMs?: number;
}

export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly state: 'up' | 'gone';
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly freeMemory: number;
  readonly workers: number;
  readonly threads: number;
  readonly models: readonly string[];
  /** Milliseconds of the last round trip. */
  readonly rttMs: number;
  readonly uptimeSeconds: number;
  /** Bytes that the machines' heaps hold. */
  readonly heap: number;
  /** Dis instructions that they have executed, about. */
  readonly instructions: number;
  /** Processor time that they have used, milliseconds. */
  readonly disMs: number;
}

export interface HostHooks {
  /** A heartbeat, after so many milliseconds without one. */
  beat(silentMs: number): void;
  /** An engine of the host came up, or went down for now. */
  engine(model: string, up: boolean, why: string): void;
  /** One worker's program or virtual machine failed, or is back. */
  worker(id: string, state: 'error' | 'up' | 'gone', why: string): void;
  /** The connection is gone; called once, unless `close` was called. */
  gone(why: string): void;
}

/** Heartbeats between two looks at a host's status. */
const REFRESH_BEATS = 10;
/** A host without a heartbeat for so long is given up, at the second look; it joins again when it finds itself forgotten. */
const LOST_MS = 30_000;
const LOOK_MS = 5000;
/** Workers that one ctl line names at most: a line stays well below any message size. */
const AT_ONCE = 500;
/**
 * Beside answers workers start so many at once, and the host rests so many times as long as each lot took: an engine whose
 * threads must wait for a core stands still as a whole. `npm run bench -- scale-up` shows what it spares those who ask.
 */
const GENTLE_AT_ONCE = 10;
const GENTLE_REST = 8;
const LONGEST_REST_MS = 200;

export class HostLink {
  readonly name: string;
  readonly address: string;
  /** Models that it said to have when it joined. */
  announced: readonly string[] = [];
  readonly #ports: Ports;
  readonly #hooks: HostHooks;
  #status: Attributes = { words: [], values: new Map() };
  #rttMs = 0;
  #state: HostStatus['state'] = 'up';
  #closed = false;
  #beats = 0;
  #beatAt = performance.now();
  #silentLooks = 0;
  readonly #look: NodeJS.Timeout;

  /** Connects, and follows the host's events from now on. @throws StyxError */
  static async open(name: string, address: HostAddress, hooks: HostHooks, proof?: Proof): Promise<HostLink> {
    const link = new HostLink(name, address, await dialHost(address, proof), hooks);
    await link.refresh();
    link.#follow();
    return link;
  }

  private constructor(name: string, address: HostAddress, ports: Ports, hooks: HostHooks) {
    this.name = name;
    this.address = typeof address === 'string' ? address : 'this process';
    this.#ports = ports;
    this.#hooks = hooks;
    ports.closed.then((why) => this.#gone(why));
    this.#look = setInterval(() => {
      if (this.silentMs < LOST_MS) this.#silentLooks = 0;
      else if (++this.#silentLooks > 1) this.#gone(`silent for ${Math.round(this.silentMs / 1000)} s`);
    }, LOOK_MS);
    this.#look.unref();
  }

  get status(): HostStatus {
    const attrs = this.#status.values;
    const models = attrs.get('models') ?? '';
    return {
      name: this.name,
      address: this.address,
      state: this.#state,
      cpus: numberOf(attrs, 'cpus', 1),
      memory: numberOf(attrs, 'memory'),
      freeMemory: numberOf(attrs, 'free_memory'),
      workers: numberOf(attrs, 'workers'),
      threads: numberOf(attrs, 'threads', 1),
      models: models === '' ? [] : models.split(','),
      rttMs: this.#rttMs,
      uptimeSeconds: numberOf(attrs, 'uptime_seconds'),
      heap: numberOf(attrs, 'heap'),
      instructions: numberOf(attrs, 'instructions'),
      disMs: numberOf(attrs, 'dis_ms'),
    };
  }

  /** Styx requests that were sent to it by name of their message, and how many were answered by Rerror. */
  get requests(): Requests {
    return this.#ports.requests();
  }

  /** Milliseconds since its last heartbeat. */
  get silentMs(): number {
    return performance.now() - this.#beatAt;
  }

  /** Reads the host's status anew. */
  async refresh(): Promise<void> {
    const started = performance.now();
    this.#status = attributesOf(tokenize(await this.#ports.root.readText('status')));
    this.#rttMs = performance.now() - started;
  }

  /** The workers that it runs now. */
  async workers(): Promise<Worker[]> {
    const text = await this.#ports.root.readText('workers');
    return text.split('\n').flatMap((line) => {
      const { words, values: attrs } = attributesOf(tokenize(line));
      const [id] = words;
      if (id === undefined) return [];
      return [
        {
          id,
          class: attrs.get('class') ?? '',
          model: attrs.get('model') ?? '',
          memory: numberOf(attrs, 'memory'),
          cpu: numberOf(attrs, 'cpu', 1),
          context: numberOf(attrs, 'context'),
          capacity: numberOf(attrs, 'capacity', 1),
          thread: numberOf(attrs, 'thread'),
          state: attrs.get('state') ?? 'idle',
        },
      ];
    });
  }

  /** Makes sure that the engine of a model runs; settles when it is ready. */
  async engine(wanted: EngineWanted): Promise<void> {
    const { tokenMs, ...rest } = wanted;
    await this.command(`engine ${attributeLine({ ...rest, token_ms: tokenMs })}`);
  }

  /** The model as its engine tells of it; undefined while that is not up. */
  async engineInfo(model: string): Promise<ModelInfo | undefined> {
    const text = await this.#ports.root.readText(`engines/${fileName(model)}/status`);
    return /^state=up$/m.test(text) ? parseReport(text) : undefined;
  }

  /** Starts workers of one shape; settles when their virtual machines serve. With `gently` a few at a time. */
  async spawn(ids: readonly string[], shape: WorkerShape, gently = false): Promise<void> {
    const attrs = attributeLine({ ...shape });
    const atOnce = gently ? GENTLE_AT_ONCE : AT_ONCE;
    for (let at = 0; at < ids.length; at += atOnce) {
      const begun = performance.now();
      await this.command(`spawn ${ids.slice(at, at + atOnce).join(' ')} ${attrs}`);
      if (!gently || at + atOnce >= ids.length) continue;
      await setTimeout(Math.min(LONGEST_REST_MS, GENTLE_REST * (performance.now() - begun)));
    }
  }

  async stop(ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      await this.command(`stop ${ids.slice(at, at + AT_ONCE).join(' ')}`);
    }
  }

  /** Writes one line to the host's ctl. @throws StyxError with the host's reason */
  async command(line: string): Promise<void> {
    await this.#ports.root.ctl('ctl', line);
  }

  /** A file of a worker, by its thread's connection. Not open; the caller's to clunk. */
  async file(worker: string, thread: number, path: string): Promise<File> {
    return this.#ports.thread(thread).walk(`${worker}/${path}`);
  }

  /** The root of what a thread serves, which has the directories of its workers. */
  threadRoot(thread: number): File {
    return this.#ports.thread(thread).root;
  }

  /** The root of the host's tree: ours for as long as the link lives. */
  get root(): File {
    return this.#ports.root.root;
  }

  /** Leaves the host alone: it goes on without us. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#look);
    this.#state = 'gone';
    this.#ports.close();
  }

  async #follow(): Promise<void> {
    try {
      const events = await this.#ports.root.open('events');
      const decoder = new TextDecoder();
      let rest = '';
      while (!this.#closed) {
        const data = await events.read();
        if (data.length === 0) break;
        const lines = (rest + decoder.decode(data, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          // Its nodes are told of behind it, and are to be reached by then.
          if (/^thread \d+ up/.test(line)) await this.#ports.redial().catch(() => {});
          this.#event(line);
        }
      }
      this.#gone('host ended its events');
    } catch (error) {
      this.#gone((error as Error).message);
    }
  }

  #event(line: string): void {
    const { words, values: attrs } = attributesOf(tokenize(line));
    const [kind, subject = '', what = ''] = words;
    const why = attrs.get('why') ?? what;
    if (kind === 'heartbeat') {
      const { silentMs } = this;
      this.#beatAt = performance.now();
      this.#hooks.beat(silentMs);
      if (++this.#beats % REFRESH_BEATS === 0) void this.refresh().catch(() => {});
    }
    if (kind === 'engine') this.#hooks.engine(subject, what === 'up', why);
    else if (kind === 'worker' && (what === 'error' || what === 'up' || what === 'gone')) {
      this.#hooks.worker(subject, what, why);
    }
  }

  #gone(why: string): void {
    if (this.#closed) return;
    this.close();
    this.#hooks.gone(why);
  }
}

function numberOf(attrs: ReadonlyMap<string, string>, name: string, otherwise = 0): number {
  const value = Number(attrs.get(name));
  return attrs.has(name) && Number.isFinite(value) ? value : otherwise;
}
