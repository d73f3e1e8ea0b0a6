/** llamboctl as a process, at a pseudo-terminal or with pipes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pty from '@lydell/node-pty';
import { build } from 'esbuild';
import { Screen } from '../../terminal/screen.ts';

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));

/** Codes of keys, as a terminal sends them. */
export const KEY = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  ctrlA: '\x01',
  ctrlC: '\x03',
  ctrlD: '\x04',
  ctrlR: '\x12',
  paste: (text: string): string => `\x1b[200~${text}\x1b[201~`,
} as const;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in files of its own, with a home of its own: starts ten times faster than from sources. */
export class Program {
  readonly home: string;
  readonly #folder: string;
  readonly #open = new Set<Terminal | ChildProcess>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.home = mkdtempSync(join(folder, 'home-'));
  }

  static async make(): Promise<Program> {
    const folder = mkdtempSync(join(tmpdir(), 'llambo-cli-'));
    // The native library and the package's version are found as in the real place.
    symlinkSync(join(PACKAGE, '..', '..', 'node_modules'), join(folder, 'node_modules'));
    symlinkSync(join(PACKAGE, 'package.json'), join(folder, 'package.json'));
    await build({
      entryPoints: [join(PACKAGE, 'src', 'cli', 'main.ts')],
      outdir: join(folder, 'bin'),
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      conditions: ['llambo:source'],
      external: ['koffi'],
      outExtension: { '.js': '.mjs' },
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
      logLevel: 'error',
    });
    return new Program(folder);
  }

  get environment(): NodeJS.ProcessEnv {
    const env = { ...process.env };
    for (const name of ['NO_COLOR', 'LLAMBO_ADDR', 'LLAMBO_KEY', 'FORCE_COLOR', 'NODE_OPTIONS'])
      delete env[name];
    return { ...env, TERM: 'xterm-256color', LLAMBO_HOME: this.home, TZ: 'UTC' };
  }

  /** Sends nothing but `input` on standard input. */
  run(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const child = spawn(process.execPath, [join(this.#folder, 'bin', 'main.mjs'), ...args], {
      cwd: this.home,
      env: { ...this.environment, ...env },
    });
    this.#open.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve) => {
      child.on('close', (code) => {
        this.#open.delete(child);
        resolve({ code, stdout, stderr });
      });
    });
  }

  terminal(
    args: readonly string[],
    { columns = 80, rows = 24, env = {} as NodeJS.ProcessEnv } = {},
  ): Terminal {
    const command = [join(this.#folder, 'bin', 'main.mjs'), ...args];
    const terminal = new Terminal(process.execPath, command, {
      columns,
      rows,
      cwd: this.home,
      env: { ...this.environment, ...env },
    });
    this.#open.add(terminal);
    return terminal;
  }

  /** Ends what still runs, and removes the files. */
  close(): void {
    for (const each of this.#open) each.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A program at a pseudo-terminal, and what a person sees of it. */
export class Terminal {
  readonly screen: Screen;
  readonly #process: pty.IPty;
  #exit: number | undefined;
  #changed: () => void = () => {};

  constructor(file: string, args: readonly string[], { columns, rows, cwd, env }: TerminalOptions) {
    this.screen = new Screen(columns, rows);
    this.#process = pty.spawn(file, [...args], {
      name: env['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      cwd,
      env: env as Record<string, string>,
    });
    this.#process.onData((text) => {
      this.screen.write(text);
      this.#changed();
    });
    this.#process.onExit(({ exitCode }) => {
      this.#exit = exitCode;
      this.#changed();
    });
  }

  get text(): string {
    return this.screen.text;
  }

  get all(): string {
    return this.screen.all;
  }

  type(keys: string): void {
    this.#process.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.#process.resize(columns, rows);
  }

  /** Waits until the screen shows the text, or `what` is true of it. */
  async until(what: string | RegExp | ((text: string) => boolean), seconds = 20): Promise<string> {
    const shown = (): boolean => {
      const { text } = this;
      if (typeof what === 'function') return what(text);
      return typeof what === 'string' ? text.includes(what) : what.test(text);
    };
    const deadline = Date.now() + seconds * 1000;
    while (!shown()) {
      if (this.#exit !== undefined) await new Promise((resolve) => setTimeout(resolve, 50));
      if (shown()) break;
      if (this.#exit !== undefined) throw new Error(`ended with ${this.#exit} before ${what}:\n${this.all}`);
      if (Date.now() > deadline) throw new Error(`never came ${what}:\n${this.text}`);
      await this.#change(100);
    }
    return this.text;
  }

  /** Its exit status. */
  async ended(seconds = 20): Promise<number> {
    const deadline = Date.now() + seconds * 1000;
    while (this.#exit === undefined) {
      if (Date.now() > deadline) throw new Error(`does not end:\n${this.text}`);
      await this.#change(100);
    }
    return this.#exit;
  }

  #change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  kill(signal: string): void {
    if (this.#exit === undefined) this.#process.kill(signal);
  }
}
