/**
 * The engine against its own ceiling: a bare llama_decode loop over the same library, model, threads and batch shapes,
 * without sampling, text or requests. Above it, layer by layer: the engine alone; the engine's process, asked over 9P; the
 * whole cluster over HTTP, with a Dis machine for each node. Chats of about 30 prompt and 64 generated tokens, one at a time
 * and 64 at once. Each contestant has fresh processes: what a process did before shows in its speed. Every round runs all of
 * them one after the other, the bare loop both before and after the engine, since a machine's speed drifts; ratios are
 * taken within a round, and the median is reported.
 *
 *     npm run bench -- engine [ROUNDS]
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { collect, type GenerateRequest, ModelStore } from '@llambo/llama';
import { Fsys } from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { parseConfig } from 'llambo';
import { startCluster } from '../packages/llambo/src/cli/cluster.ts';
import { launchEngine } from '../packages/llambo/src/engine/launch.ts';
import { NodeEngine } from '../packages/llambo/src/wire/node-engine.ts';
import { sessionData } from '../packages/llambo/src/wire/session.ts';
import { chats } from './engine/chats.ts';
import { askAll } from './engine/http.ts';
import { median, printTable } from './support/table.ts';

const STREAMS = 64;
const TOKENS = 64;
const CONTEXT = 512;
const ROUNDS = Number(process.argv[2] ?? 3);
const threads = Math.min(2, availableParallelism());

const rate = (tokens: number, started: number): number => tokens / ((performance.now() - started) / 1000);

interface Figures {
  readonly one: number;
  readonly many: number;
  readonly shared: number;
  readonly rss: number;
  readonly promptTokens: number;
}

/** One of bench/engine/ in a fresh process. */
function fresh(script: string, ...figures: (string | number)[]): Figures {
  const file = fileURLToPath(new URL(`./engine/${script}.ts`, import.meta.url));
  const args = ['--conditions=llambo:source', '--import', 'tsx', file, ...figures.map(String)];
  const output = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as Figures;
}

/** The engine's process, asked over 9P. */
async function processRates(path: string): Promise<{ one: number; many: number }> {
  const launched = await launchEngine({
    kind: 'llama',
    path,
    context: CONTEXT,
    sequences: STREAMS,
    threads,
  });
  const client = await connect(launched.address);
  const root = new Fsys(await client.attach({ uname: 'bench' })).root;
  const engine = new NodeEngine(sessionData(() => root));
  const run = async (requests: readonly GenerateRequest[]): Promise<number> => {
    const started = performance.now();
    const answers = await Promise.all(requests.map((each) => collect(engine as never, each)));
    return rate(
      answers.reduce((sum, { usage }) => sum + usage.completionTokens, 0),
      started,
    );
  };
  const ones: number[] = [];
  for (let i = 0; i < 5; i++) ones.push(await run(chats(1, TOKENS)));
  const many = await run(chats(STREAMS, TOKENS));
  client.close();
  await launched.close();
  return { one: median(ones), many };
}

/** The whole cluster, as llamboctl up starts it. */
async function httpRates(): Promise<{ one: number; many: number }> {
  const config = parseConfig(
    `classes: { tiny: { count: ${STREAMS}, model: smollm2-135m, capacity: 1, context_size: ${CONTEXT} } }
engine: { threads: ${threads} }
host: { threads: 1 }
listen: { http: "127.0.0.1:0" }`,
    'bench',
  );
  const cluster = await startCluster(config);
  const run = async (requests: readonly GenerateRequest[]): Promise<number> => {
    const { tokens, ms } = await askAll(cluster.url, requests);
    return (tokens * 1000) / ms;
  };
  const ones: number[] = [];
  for (let i = 0; i < 5; i++) ones.push(await run(chats(1, TOKENS)));
  const many = await run(chats(STREAMS, TOKENS));
  await cluster.stop();
  return { one: median(ones), many };
}

interface Round {
  readonly bareOne: number;
  readonly bareMany: number;
  readonly one: number;
  readonly many: number;
  readonly shared: number;
  readonly processOne: number;
  readonly processMany: number;
  readonly httpOne: number;
  readonly httpMany: number;
}

const { path } = await new ModelStore().pull('smollm2-135m');
const rounds: Round[] = [];
let rss = 0;
let promptTokens = 0;
for (let round = 0; round < ROUNDS; round++) {
  promptTokens ||= fresh('alone', path, threads, 1, CONTEXT, 1).promptTokens;
  const bare = fresh('bare', path, threads, STREAMS, CONTEXT, promptTokens, TOKENS);
  const alone = fresh('alone', path, threads, STREAMS, CONTEXT, TOKENS);
  const again = fresh('bare', path, threads, STREAMS, CONTEXT, promptTokens, TOKENS);
  const served = await processRates(path);
  const http = await httpRates();
  rss = alone.rss;
  rounds.push({
    bareOne: (bare.one + again.one) / 2,
    bareMany: (bare.many + again.many) / 2,
    one: alone.one,
    many: alone.many,
    shared: alone.shared,
    processOne: served.one,
    processMany: served.many,
    httpOne: http.one,
    httpMany: http.many,
  });
}

const of = (key: keyof Round): number => median(rounds.map((round) => round[key]));
const ratio = (a: keyof Round, b: keyof Round): number => median(rounds.map((round) => round[a] / round[b]));
/** Microseconds of one token that the upper layer adds to the lower. */
const cost = (upper: keyof Round, lower: keyof Round): number =>
  median(rounds.map((round) => 1e6 / round[upper] - 1e6 / round[lower]));
const row = (name: string, key: keyof Round, below?: keyof Round): string[] => [
  name,
  of(key).toFixed(1),
  below === undefined ? '' : ratio(key, below).toFixed(3),
  below === undefined ? '' : cost(key, below).toFixed(0),
];

printTable(
  ['contestant', 'tok/s', 'ratio to the layer below', 'µs a token more'],
  [
    row('llama_decode loop, 1 stream', 'bareOne'),
    row('engine, 1 stream', 'one', 'bareOne'),
    row('engine process over 9P, 1 stream', 'processOne', 'one'),
    row('cluster over HTTP, 1 stream', 'httpOne', 'processOne'),
    row(`llama_decode loop, ${STREAMS} streams`, 'bareMany'),
    row(`engine, ${STREAMS} streams`, 'many', 'bareMany'),
    row(`engine process over 9P, ${STREAMS} streams`, 'processMany', 'many'),
    row(`cluster over HTTP, ${STREAMS} streams`, 'httpMany', 'processMany'),
    row(`engine, ${STREAMS} streams, shared system prompt`, 'shared', 'many'),
  ],
);
process.stdout.write(
  `${JSON.stringify({
    one_ratio: round3(ratio('one', 'bareOne')),
    many_ratio: round3(ratio('many', 'bareMany')),
    shared_ratio: round3(ratio('shared', 'many')),
    http_ratio: round3(ratio('httpMany', 'many')),
    http_one_ratio: round3(ratio('httpOne', 'one')),
    tok_s: round3(of('many')),
    rss_mb: Math.round(rss / 1e6),
    us_per_token: {
      engine: Math.round(cost('many', 'bareMany')),
      process: Math.round(cost('processMany', 'many')),
      cluster: Math.round(cost('httpMany', 'processMany')),
    },
  })}\n`,
);
process.exit(0);

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
