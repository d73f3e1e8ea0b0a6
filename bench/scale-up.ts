/**
 * A scale-up by 500 nodes while the cluster serves: how long it takes, and what those who ask meanwhile feel. The real
 * model answers random arrivals all the time; first without, then with `spawn tiny 500`, several rounds of both.
 *
 *     npm run bench -- scale-up [ROUNDS]
 */
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { parseConfig } from 'llambo';
import { startCluster } from '../packages/llambo/src/cli/cluster.ts';
import { median, printTable } from './support/table.ts';

const ROUNDS = Number(process.argv[2] ?? 20);
const NODES = 100;
const MORE = 500;
/** Arrivals a second, about half of what two cores answer. */
const RATE = 2;
const TOKENS = 8;
const QUIET_MS = 3000;

const config = parseConfig(
  `classes: { tiny: { count: ${NODES}, model: smollm2-135m, capacity: 1, context_size: 512, cpu: 0.1 } }
engine: { threads: ${Math.min(2, availableParallelism())} }
listen: { http: "127.0.0.1:0" }`,
  'bench',
);
const cluster = await startCluster(config);
const calm: number[] = [];
const busy: number[] = [];
const scaleMs: number[] = [];
let failed = 0;
let phase = calm;
let over = false;
const pending = new Set<Promise<void>>();

/** Milliseconds to the first token of a streamed answer. */
function firstToken(n: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const posted = request(
      `${cluster.url}/v1/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        let first = 0;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (data: string) => {
          text += data;
          if (first === 0 && text.includes('"content":"')) first = performance.now() - begun;
        });
        response.on('end', () =>
          response.statusCode === 200 && text.includes('[DONE]') && !text.includes('"error"')
            ? resolve(first)
            : reject(new Error(text.slice(0, 200))),
        );
        response.on('error', reject);
      },
    );
    posted.on('error', reject);
    const content = `Question ${n}: what would you take along to an island, and why?`;
    posted.end(
      JSON.stringify({
        messages: [{ role: 'user', content }],
        max_tokens: TOKENS,
        ignore_eos: true,
        stream: true,
      }),
    );
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A fixed sequence of random gaps, so that two runs put the same load. */
let state = 1;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return (state + 1) / 2 ** 32;
}

async function arrivals(): Promise<void> {
  for (let n = 0; !over; n++) {
    await pause((-Math.log(random()) / RATE) * 1000);
    const then = phase;
    const asked: Promise<void> = firstToken(n)
      // Asked before the scaling and answered in it: it felt it.
      .then((ms) => void (phase === busy ? busy : then).push(ms))
      .catch((error: Error) => {
        failed++;
        console.error(`failed: ${error.message}`);
      })
      .finally(() => pending.delete(asked));
    pending.add(asked);
  }
}

async function execute(command: string): Promise<void> {
  const response = await fetch(`${cluster.url}/api/v1/ctl`, {
    method: 'POST',
    body: JSON.stringify({ command }),
  });
  if (!response.ok) throw new Error(`${command}: ${await response.text()}`);
}

/** Nodes that take requests. */
async function serving(): Promise<number> {
  const answer = await fetch(`${cluster.url}/api/v1/status`);
  const { states } = (await answer.json()) as { states: { idle: number; busy: number } };
  return states.idle + states.busy;
}

const load = arrivals();
await pause(2000);
calm.length = 0;
for (let round = 0; round < ROUNDS; round++) {
  phase = calm;
  await pause(QUIET_MS);
  phase = busy;
  const begun = performance.now();
  await execute(`spawn tiny ${MORE}`);
  while ((await serving()) < NODES + MORE) await pause(20);
  scaleMs.push(performance.now() - begun);
  // What was asked in the midst of it is felt a little longer.
  await pause(1000);
  phase = [];
  await execute(`scale tiny ${NODES}`);
  while ((await serving()) > NODES) await pause(50);
  await pause(1500);
}
over = true;
await load;
await Promise.all(pending);
await cluster.stop();

const percentile = (list: readonly number[], share: number): number =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? Number.NaN;
const row = (name: string, list: readonly number[]): string[] => [
  name,
  String(list.length),
  ...[0.5, 0.95, 0.99].map((share) => percentile(list, share).toFixed(0)),
];
printTable(
  ['first token, ms', 'answers', 'p50', 'p95', 'p99'],
  [row('nothing scaled', calm), row(`while ${MORE} nodes start`, busy)],
);
console.log(
  `${MORE} nodes more on ${NODES}: median ${(median(scaleMs) / 1000).toFixed(2)} s, longest ${(Math.max(...scaleMs) / 1000).toFixed(2)} s`,
);
console.log(
  JSON.stringify({
    scale_up_s: Math.round(median(scaleMs)) / 1000,
    scale_up_longest_s: Math.round(Math.max(...scaleMs)) / 1000,
    first_p99_ms: Math.round(percentile(calm, 0.99)),
    first_p99_scaling_ms: Math.round(percentile(busy, 0.99)),
    first_p99_ratio: Math.round((percentile(busy, 0.99) / percentile(calm, 0.99)) * 100) / 100,
    failed,
  }),
);
process.exit(0);
