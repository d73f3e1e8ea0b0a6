/** One worker thread, from outside: orders go in, reports come out. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { StyxError } from '@llambo/styx';
import type { Orders, Report, ThreadData } from './thread-messages.ts';

export interface ThreadHooks {
  changed(id: string, why: string | undefined): void;
  log(text: string): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Milliseconds that a thread has to end in good order. */
const CLOSE_MS = 2000;

export class Thread {
  /** Dial string of its tree. */
  readonly address: string;
  readonly #worker: Worker;
  readonly #waiting: Map<number, Waiting>;
  #serial = 0;

  private constructor(worker: Worker, address: string, waiting: Map<number, Waiting>) {
    this.#worker = worker;
    this.address = address;
    this.#waiting = waiting;
  }

  /** Settles when it serves its tree. `exited` is called once when it is gone afterwards. */
  static start(data: ThreadData, hooks: ThreadHooks, exited: (why: string) => void): Promise<Thread> {
    const worker = new Worker(...entry(data));
    const waiting = new Map<number, Waiting>();
    return new Promise((resolve, reject) => {
      let up = false;
      let why: string | undefined;
      worker.on('message', (message: Report) => {
        switch (message.kind) {
          case 'ready':
            up = true;
            resolve(new Thread(worker, message.address, waiting));
            break;
          case 'done': {
            const { serial, value, error } = message;
            const call = waiting.get(serial);
            waiting.delete(serial);
            if (error === undefined) call?.resolve(value);
            else call?.reject(new StyxError(error));
            break;
          }
          case 'changed':
            hooks.changed(message.id, message.why);
            break;
          case 'log':
            hooks.log(message.text);
        }
      });
      worker.on('error', (error) => {
        why = error.message;
      });
      worker.on('exit', (code) => {
        const reason = why ?? `exit code ${code}`;
        for (const call of waiting.values()) call.reject(new StyxError(`no-node: thread is gone: ${reason}`));
        waiting.clear();
        if (up) exited(reason);
        else reject(new Error(`thread did not start: ${reason}`));
      });
    });
  }

  order<N extends keyof Orders>(name: N, ...args: Parameters<Orders[N]>): ReturnType<Orders[N]> {
    const serial = ++this.#serial;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(serial, { resolve, reject });
      this.#worker.postMessage({ serial, name, args });
    }) as ReturnType<Orders[N]>;
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_MS);
    const gone = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    await this.order('close').catch(() => {});
    await gone;
    clearTimeout(timer);
  }

  /** Ends it at once, as a crash would. For tests. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** What the thread runs: the build; or in a checkout the source, put together first, since reading it file by file is slow. */
function entry(workerData: ThreadData): ConstructorParameters<typeof Worker> {
  if (!import.meta.url.endsWith('.ts')) return [new URL('./thread-main.js', import.meta.url), { workerData }];
  const main = new URL('./thread-main.ts', import.meta.url);
  const options = {
    entryPoints: [fileURLToPath(main)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    conditions: ['llambo:source'],
    define: { 'import.meta.url': JSON.stringify(main.href) },
    logLevel: 'silent',
  };
  const code = `import('esbuild').then(async (esbuild) => {
    const { outputFiles: [{ contents }] } = await esbuild.build(${JSON.stringify(options)});
    await esbuild.stop();
    await import('data:text/javascript;base64,' + Buffer.from(contents).toString('base64'));
  })`;
  return [code, { workerData, eval: true }];
}
