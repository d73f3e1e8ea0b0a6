/** Engines in processes of their own: native code that crashes, or is killed, takes nobody along. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LlamaError } from '@llambo/llama';
import { parseError } from '../wire/errors.ts';
import { type EngineProcessOptions, formatOptions } from './options.ts';

export interface LaunchOptions extends Omit<EngineProcessOptions, 'socket'> {
  /** Path of the unix socket, in a folder that exists; a name in the folder for temporary files when left out. */
  readonly socket?: string;
  /** Receives what the process says on standard error, line by line. */
  readonly log?: (line: string) => void;
  /** Called once when a process that was up is gone, wanted or not: `closed`, a signal's name, or its last words. */
  readonly exited?: (why: string) => void;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

export interface LaunchedEngine {
  /** Dial string of its files. */
  readonly address: string;
  readonly pid: number;
  /** Ends it, in good order where it can: the promise settles when the process is gone. */
  close(): Promise<void>;
}

/** How long a process may take to end by itself before it is killed, in milliseconds. */
const CLOSE_MS = 5000;

let sockets = 0;

/**
 * Starts an engine process and waits until it serves.
 * @throws LlamaError `native` when the model cannot be loaded, `engine-gone` when the process dies over it
 */
export function launchEngine(options: LaunchOptions): Promise<LaunchedEngine> {
  const { log, exited, signal, ...rest } = options;
  const socket = options.socket ?? join(tmpdir(), `llambo-engine-${process.pid}-${++sockets}.sock`);
  const source = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(source ? './main.ts' : './main.js', import.meta.url));
  const args = source ? ['--conditions=llambo:source', '--import', 'tsx', main] : [main];
  const child = spawn(process.execPath, [...args, ...formatOptions({ ...rest, socket })], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000);
    if (log !== undefined) for (const line of text.split('\n')) if (line !== '') log(line);
  });
  let gone = false;
  const over = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, by) => {
      const last = words.trimEnd().split('\n').at(-1);
      resolve(code === 0 ? 'closed' : (by ?? (last || `exit code ${code}`)));
    });
  });
  void over.then(() => {
    gone = true;
  });
  const kill = (): boolean => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  if (signal?.aborted) kill();

  return new Promise((resolve, reject) => {
    let up = false;
    const ready = (): void => {
      if (up) return;
      up = true;
      signal?.removeEventListener('abort', kill);
      resolve({
        address: `unix!${socket}`,
        pid: child.pid as number,
        async close() {
          if (gone) return;
          const timer = setTimeout(kill, CLOSE_MS);
          child.stdin.end();
          await over;
          clearTimeout(timer);
        },
      });
    };
    child.stdout.once('data', ready);
    void over.then((why) => {
      if (up) exited?.(why);
      else if (signal?.aborted) reject(new LlamaError('cancelled', 'start of the engine was given up'));
      else
        reject(
          /^[a-z-]+: /.test(why) ? parseError(why) : new LlamaError('engine-gone', `engine is gone: ${why}`),
        );
    });
  });
}
