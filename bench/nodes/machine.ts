/**
 * The nodes of one host, with nothing around it: how soon they are ready, what each takes, and what a token costs on its way
 * through a Dis machine. In a process of its own: node machine.ts NODES
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EchoEngine } from '@llambo/llama';
import { Client, type File, Fsys, ORDWR, pair, serve, uninterrupted } from '@llambo/styx';
import { engineServer } from '../../packages/llambo/src/engine/server.ts';
import { startHost } from '../../packages/llambo/src/host/index.ts';

const nodes = Number(process.argv[2] ?? 1000);
const STREAMS = 64;
const TOKENS = 400;

const folder = mkdtempSync(join(tmpdir(), 'llambo-bench-'));
const engine = new EchoEngine({ name: 'm', context: 8192, sequences: STREAMS, queue: 4096 });
const files = engineServer(engine);
// The engine is behind a connection, as a process would be.
const [near, far] = pair();
serve(far, files);
const client = await Client.connect(near);
const host = await startHost({
  name: 'bench',
  listen: `unix!${join(folder, 'host')}`,
  threads: 0,
  engine: { kind: 'echo' },
  launch: async () => ({
    target: { attach: ({ uname, aname }, call) => client.attach({ uname, aname }, call) },
    close: async () => {},
  }),
});
const fs = await behindConnection(host.fileServer());
await fs.writeFile('ctl', 'engine model=m');
const shape = 'class=tiny model=m memory=128000000 cpu=0.1 context=2048 capacity=2';
await fs.writeFile('ctl', `spawn worker-99999 ${shape}`);

globalThis.gc?.();
const before = process.memoryUsage.rss();
const readyMs = await timed(() => fs.writeFile('ctl', `spawn worker-1..worker-${nodes} ${shape}`));
globalThis.gc?.();
const bytes = (process.memoryUsage.rss() - before) / nodes;

const spawns: number[] = [];
for (let n = 0; n < 200; n++)
  spawns.push(await timed(() => fs.writeFile('ctl', `spawn worker-${50_000 + n} ${shape}`)));
spawns.sort((a, b) => a - b);

let answered = 0;
const sweepMs = await timed(() =>
  each(nodes, STREAMS, async (n) => {
    const text = await answer(fs.root, [`worker-${String(n + 1).padStart(4, '0')}`, 'data'], 4);
    if (text.startsWith('echo:')) answered++;
  }),
);

// The same 64 answers at once, by the node and by the engine's own files.
const direct = new Fsys(await client.attach({ uname: 'bench' }));
const viaNode = (n: number) => answer(fs.root, [`worker-${String(n + 1).padStart(4, '0')}`, 'data'], TOKENS);
const viaEngine = async () => {
  const ctl = await direct.open('clone', ORDWR);
  const id = new TextDecoder().decode(await ctl.read()).trim();
  const text = await answer(direct.root, [id, 'data'], TOKENS);
  await ctl.close();
  return text;
};
await cpuOf(() => each(STREAMS, STREAMS, viaNode));
await cpuOf(() => each(STREAMS, STREAMS, viaEngine));
const runs = { node: [] as number[], engine: [] as number[] };
for (let n = 0; n < 5; n++) {
  runs.engine.push(await cpuOf(() => each(STREAMS, STREAMS, viaEngine)));
  runs.node.push(await cpuOf(() => each(STREAMS, STREAMS, viaNode)));
}
const perToken = (list: number[]) => Math.min(...list) / (STREAMS * TOKENS);

const figures = {
  readyMs,
  bytes,
  spawn50: spawns[100] as number,
  spawn99: spawns[198] as number,
  sweepMs,
  answered,
  engineUs: perToken(runs.engine),
  nodeUs: perToken(runs.node) - perToken(runs.engine),
};
export type MachineFigures = typeof figures;
await host.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(0);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Microseconds of this process's CPU. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** `work` for 0 to count-1, `width` of them at once. */
async function each(count: number, width: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function behindConnection(server: Parameters<typeof serve>[1]): Promise<Fsys> {
  const [a, b] = pair();
  serve(b, server);
  const c = await Client.connect(a);
  return new Fsys(await c.attach({ uname: 'bench' }));
}

/** One answer of so many tokens, read as it comes. */
async function answer(root: File, path: readonly string[], tokens: number): Promise<string> {
  const { file } = await root.walk(path, uninterrupted);
  if (file === undefined) throw new Error(`no ${path.join('/')}`);
  await file.open(ORDWR, uninterrupted);
  const request = new TextEncoder().encode(`output=records ignore_eos=1 max_tokens=${tokens} user=hello`);
  await file.write(0, request, uninterrupted);
  let text = '';
  const decoder = new TextDecoder();
  for (;;) {
    const bytes = await file.read(0, 65_536, uninterrupted);
    if (bytes.length === 0) break;
    if (text.length < 100) text += decoder.decode(bytes);
  }
  await file.clunk();
  return text.replace(/^text \d+ [\d,-]+\n/, '');
}
