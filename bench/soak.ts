/**
 * The control plane at saturation for a long time: memory must stay flat and the accounting exact. Engines are echo engines
 * in this process, so that their memory counts too; a tenth of the requests is cancelled, an engine dies every ten seconds.
 *
 *     npm run bench -- soak [SECONDS]
 */
import { EchoEngine } from '@llambo/llama';
import { Orchestrator, parseConfig } from 'llambo';
import { engineServer } from '../packages/llambo/src/engine/server.ts';
import { printTable } from './support/table.ts';

const SECONDS = Number(process.argv[2] ?? 600);
const AT_ONCE = 200;

let engine: EchoEngine | undefined;
let exited: (why: string) => void = () => {};
const config = parseConfig(
  'classes: { tiny: { count: 50, model: m, capacity: 2 } }\nengine: { kind: echo, sequences: 100 }\nqueue: 1000',
  'bench',
);
const cluster = await Orchestrator.start(config, {
  launch: async (options, gone) => {
    const started = new EchoEngine({ ...options, tokenMs: 2 });
    engine = started;
    exited = gone;
    return { target: engineServer(started), close: () => started.close() };
  },
});

let serial = 0;
const counts = { finished: 0, cancelled: 0, failed: 0 };

function one(): Promise<void> {
  return new Promise((resolve) => {
    const id = ++serial;
    let chunks = 0;
    const inference = cluster.infer(
      { id: `soak-${id}`, generate: { prompt: `question ${id % 50}`, maxTokens: 20, seed: id } },
      {
        chunk() {
          if (id % 10 !== 0 || ++chunks < 3) return;
          counts.cancelled++;
          inference.cancel();
          resolve();
        },
        finish() {
          counts.finished++;
          resolve();
        },
        error() {
          counts.failed++;
          resolve();
        },
      },
    );
  });
}

const heap = (): number => {
  global.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

const end = performance.now() + SECONDS * 1000;
let kills = 0;
const killer = setInterval(() => {
  kills++;
  const dying = engine;
  exited('SIGKILL');
  dying?.fail('SIGKILL');
}, 10_000);
const samples: number[] = [];
const sampler = setInterval(() => samples.push(heap()), Math.max(1000, (SECONDS * 1000) / 60));

await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (performance.now() < end) await one();
  }),
);
clearInterval(killer);
clearInterval(sampler);
samples.push(heap());

const { load, waiting } = cluster.status();
const engineLoad = (await engine?.status())?.active ?? 0;
await cluster.stop();
const third = Math.max(1, Math.floor(samples.length / 3));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const early = mean(samples.slice(third, 2 * third));
const late = mean(samples.slice(-third));

printTable(
  ['seconds', 'finished', 'cancelled', 'failed', 'engine deaths', 'load left', 'heap early', 'heap late'],
  [
    [
      SECONDS,
      counts.finished,
      counts.cancelled,
      counts.failed,
      kills,
      load + waiting + engineLoad,
      `${early.toFixed(1)} MB`,
      `${late.toFixed(1)} MB`,
    ].map(String),
  ],
);
process.stdout.write(
  `${JSON.stringify({
    seconds: SECONDS,
    ...counts,
    kills,
    load_left: load + waiting + engineLoad,
    heap_early_mb: Math.round(early * 10) / 10,
    heap_late_mb: Math.round(late * 10) / 10,
  })}\n`,
);
process.exit(0);
