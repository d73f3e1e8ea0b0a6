import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeFolder } from '../home.ts';

export interface RealCluster {
  readonly url: string;
  /** From the start of its process until it answered. */
  readonly warmUpMs: number;
  stop(): Promise<void>;
}

export interface RealClusterOptions {
  readonly model: string;
  readonly nodes: number;
  readonly capacity: number;
  readonly threads: number;
}

const START_MS = 300_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * `llamboctl up` in a process and a home of its own, so that it touches no cluster that runs here; the models are those
 * of this home.
 *
 * @throws Error with the last words of the process when it does not come up within five minutes
 */
export async function startRealCluster(options: RealClusterOptions): Promise<RealCluster> {
  const home = mkdtempSync(join(tmpdir(), 'llambo-reality-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(home, 'llambo.yaml');
  const { model, nodes, capacity, threads } = options;
  writeFileSync(
    config,
    `listen: { http: "127.0.0.1:${port}" }
classes: { tiny: { count: ${nodes}, model: "${model}", capacity: ${capacity}, context_size: 512, cpu: 0.1 } }
engine: { threads: ${threads} }
`,
  );
  const source = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(new URL(`../cli/main.${source ? 'ts' : 'js'}`, import.meta.url));
  const models = [homeFolder('models'), process.env['LLAMBO_MODEL_PATH'] ?? ''];
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [...(source ? ['--conditions=llambo:source', '--import', 'tsx'] : []), main, 'up', '-c', config],
    {
      env: { ...process.env, LLAMBO_HOME: home, LLAMBO_MODEL_PATH: models.join(delimiter) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      words = (words + data.toString()).slice(-2000);
    });
  }
  // Whatever ends this process ends that one too, and leaves nothing behind.
  const interrupted = (): void => process.exit(130);
  const cleanUp = (): void => {
    child.kill('SIGTERM');
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  for (const signal of SIGNALS) process.once(signal, interrupted);
  const stop = async (): Promise<void> => {
    await ended(child);
    process.off('exit', cleanUp);
    for (const signal of SIGNALS) process.off(signal, interrupted);
    rmSync(home, { recursive: true, force: true });
  };
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() - begun > START_MS) {
      await stop();
      throw new Error(`cluster did not come up: ${words.trim().split('\n').at(-1) ?? ''}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, warmUpMs: performance.now() - begun, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/models`);
    const { data } = (await response.json()) as { data?: unknown[] };
    return response.ok && (data?.length ?? 0) > 0;
  } catch {
    return false;
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.once('exit', () => {
      clearTimeout(kill);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
