import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fsys, type OpenFile, ORDWR, uninterrupted } from '@llambo/styx';
import { onTestFinished } from 'vitest';
import { type Host, type HostOptions, type LaunchEngine, startHost } from '../../src/host/index.ts';
import { type TestEngine, testEngine } from './engine.ts';

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'llambo-host-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface Bench {
  readonly host: Host;
  readonly fs: Fsys;
  readonly engine: TestEngine;
  /** Ends the engine as if it had crashed; the host starts another. */
  crash(why: string): void;
  readonly launches: number[];
  readonly logs: string[];
  close(): Promise<void>;
}

/** A host with a test engine of model `m`, and `workers` nodes; for one test. */
export async function startBench(workers = 1, options: Partial<HostOptions> = {}): Promise<Bench> {
  const made = await bench(workers, options);
  onTestFinished(() => made.close());
  return made;
}

/** The same, for who closes it. */
export async function bench(workers: number, options: Partial<HostOptions> = {}): Promise<Bench> {
  const engine = testEngine();
  let exit: (why: string) => void = () => {};
  const launches: number[] = [];
  const logs: string[] = [];
  const launch: LaunchEngine = async (_options, exited) => {
    exit = exited;
    launches.push(performance.now());
    return { target: engine.server, close: async () => {} };
  };
  const path = mkdtempSync(join(tmpdir(), 'llambo-host-'));
  const host = await startHost({
    name: 'here',
    listen: `unix!${join(path, 'host.sock')}`,
    threads: 0,
    engine: { kind: 'echo' },
    launch,
    log: (line) => logs.push(line),
    ...options,
  });
  const close = async (): Promise<void> => {
    await host.close();
    rmSync(path, { recursive: true, force: true });
  };
  const fs = new Fsys(await host.fileServer().attach({ uname: 'tester', aname: '' }, uninterrupted));
  await fs.writeFile('ctl', 'engine model=m context=512');
  if (workers > 0)
    await fs.writeFile(
      'ctl',
      `spawn worker-0001..worker-${workers} class=tiny model=m memory=64000000 cpu=0.5`,
    );
  return { host, fs, engine, crash: (why) => exit(why), launches, logs, close };
}

/** Writes a request to a node's data file; the file, to be read. */
export async function ask(fs: Fsys, worker: string, request: string): Promise<OpenFile> {
  const data = await fs.open(`${worker}/data`, ORDWR);
  await data.write(new TextEncoder().encode(request));
  return data;
}

/** All of an answer. */
export async function answerOf(fs: Fsys, worker: string, request: string): Promise<string> {
  const data = await ask(fs, worker, request);
  try {
    return await rest(data);
  } finally {
    await data.close();
  }
}

export async function rest(data: OpenFile): Promise<string> {
  let text = '';
  for (;;) {
    const bytes = await data.read(8192);
    if (bytes.length === 0) return text;
    text += new TextDecoder().decode(bytes);
  }
}

/** Waits until `check` holds; fails after twenty seconds. */
export async function until(check: () => unknown, what = 'what was expected'): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
