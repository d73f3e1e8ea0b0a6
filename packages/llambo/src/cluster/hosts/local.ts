/** The host on the orchestrator's own machine: a process that is started, watched, and started again when it dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dial } from '@llambo/styx/node';

export interface LocalHostOptions {
  readonly name: string;
  /** Dial string of a unix socket that it listens on. */
  readonly listen: string;
  /** The orchestrator's own address, which it joins. */
  readonly join: string;
  readonly kind: 'llama' | 'echo';
  /** Threads that run nodes; one per core when undefined. */
  readonly threads?: number | undefined;
  /** Threads of llama.cpp; all cores when undefined. */
  readonly engineThreads?: number | undefined;
  readonly token?: string | undefined;
  /** What it says, line by line. */
  readonly log?: (line: string) => void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** One that lived so many times longer than it would have to pause starts anew without growing pauses. */
const WORTH = 10;
/** Seconds that it stays without an orchestrator: time enough to start one again. */
const ORPHAN_S = 60;
/** How long it may take to end by itself, milliseconds. */
const CLOSE_MS = 8000;

export class LocalHost {
  readonly #options: LocalHostOptions;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #startedAt = 0;
  #stopped = false;

  constructor(options: LocalHostOptions) {
    this.#options = options;
  }

  /** A host of an earlier orchestrator that still lives joins by itself; otherwise one is started. */
  async start(): Promise<void> {
    if (await answers(this.#options.listen)) return this.#watch();
    this.#spawn();
  }

  /** Ends it, when it has not ended already. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
    child.kill('SIGTERM');
    await gone;
    clearTimeout(timer);
  }

  /** Lets it live on without this process. */
  leave(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#child?.unref();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  #spawn(): void {
    const { name, listen, join, kind, threads, engineThreads, token, log } = this.#options;
    const source = import.meta.url.endsWith('.ts');
    const main = fileURLToPath(new URL(`../../host/main.${source ? 'ts' : 'js'}`, import.meta.url));
    const attributes = {
      name,
      listen,
      join,
      kind,
      threads,
      engine_threads: engineThreads,
      orphan: ORPHAN_S,
    };
    const args = Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${value}`],
    );
    const node = source ? ['--conditions=llambo:source', '--import', 'tsx'] : [];
    const child = spawn(process.execPath, [...node, main, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...(token === undefined ? {} : { LLAMBO_TOKEN: token }) },
    });
    this.#child = child;
    this.#startedAt = performance.now();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') log?.(line);
    });
    child.once('error', (error) => log?.(`host ${name} cannot be started: ${error.message}`));
    child.once('exit', () => this.#again());
  }

  #again(): void {
    if (this.#stopped) return;
    if (performance.now() - this.#startedAt > WORTH * this.#retryMs) this.#retryMs = FIRST_RETRY_MS;
    this.#timer = setTimeout(() => this.#spawn(), this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  /** Looks after a host that is not a child of this process. */
  #watch(): void {
    this.#timer = setTimeout(async () => {
      if (this.#stopped) return;
      if (await answers(this.#options.listen)) this.#watch();
      else this.#spawn();
    }, 1000);
  }
}

async function answers(address: string): Promise<boolean> {
  try {
    (await dial(address, { signal: AbortSignal.timeout(2000) })).destroy();
    return true;
  } catch {
    return false;
  }
}
