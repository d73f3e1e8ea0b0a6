/**
 * The engine against its own ceiling: a bare llama_decode loop over the same library, model, threads and batch shapes,
 * without sampling, text or requests, each in a fresh process of its own. Chats of about 30 prompt and 64 generated tokens, one at a time and 64 at once.
 * Every round runs all contestants one after the other; ratios are taken within a round, and the median is reported.
 */
import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ChildEngine, collect, type Engine, type GenerateRequest, ModelStore } from '@llambo/llama';
import { Orchestrator, parseConfig, startGateway } from 'llambo';
import { median, printTable } from './support/table.ts';

const STREAMS = 64;
const TOKENS = 64;
const CONTEXT = 512;
const ROUNDS = Number(process.argv[2] ?? 3);
const threads = Math.min(2, availableParallelism());
const SYSTEM = 'You are a careful assistant who answers briefly and truthfully, in plain words. '.repeat(16);

const chat = (i: number, system?: string): GenerateRequest => ({
  messages: [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    // Two digits each: prompts of one length, as in the bare loop, so that both run the same batches.
    { role: 'user', content: `Tell me something about number ${10 + i}.` },
  ],
  maxTokens: TOKENS,
  ignoreEos: true,
  temperature: 0,
  cachePrompt: system !== undefined,
});

/** The median of several runs: one stream is over within a second. */
async function medianOf(runs: number, measure: () => Promise<number>): Promise<number> {
  const rates: number[] = [];
  for (let i = 0; i < runs; i++) rates.push(await measure());
  return median(rates);
}

const rate = (tokens: number, started: number): number => tokens / ((performance.now() - started) / 1000);

async function engineRate(engine: Engine, requests: readonly GenerateRequest[]): Promise<number> {
  const started = performance.now();
  const answers = await Promise.all(requests.map((each) => collect(engine, each)));
  return rate(
    answers.reduce((sum, { usage }) => sum + usage.completionTokens, 0),
    started,
  );
}

/** One streamed chat over HTTP; the number of tokens that its usage reports. */
function streamed(url: string, body: Record<string, unknown>): Promise<number> {
  return new Promise((resolve, reject) => {
    const posted = request(
      `${url}/v1/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        let tail = '';
        response.on('data', (data: Buffer) => {
          tail = (tail + data.toString('latin1')).slice(-600);
        });
        response.on('end', () => resolve(Number(/"completion_tokens":(\d+)/.exec(tail)?.[1] ?? 0)));
      },
    );
    posted.on('error', reject);
    posted.end(JSON.stringify(body));
  });
}

async function httpRate(url: string, requests: readonly GenerateRequest[]): Promise<number> {
  const started = performance.now();
  const counts = await Promise.all(
    requests.map(({ messages }) =>
      streamed(url, {
        messages,
        max_tokens: TOKENS,
        ignore_eos: true,
        temperature: 0,
        cache_prompt: false,
        stream: true,
        stream_options: { include_usage: true },
      }),
    ),
  );
  return rate(
    counts.reduce((sum, count) => sum + count, 0),
    started,
  );
}

interface Round {
  readonly bareOne: number;
  readonly bareMany: number;
  readonly one: number;
  readonly many: number;
  readonly shared: number;
  readonly http: number;
}

/** The bare loop in a fresh process, as every engine has one: what a process did before shows in its speed. */
function bare(path: string, promptLength: number): { one: number; many: number } {
  const script = fileURLToPath(new URL('./engine/bare.ts', import.meta.url));
  const figures = [threads, STREAMS, CONTEXT, promptLength, TOKENS].map(String);
  const output = execFileSync(
    process.execPath,
    ['--conditions=llambo:source', '--import', 'tsx', script, path, ...figures],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return JSON.parse(output) as { one: number; many: number };
}

const { path } = await new ModelStore().pull('smollm2-135m');
const rounds: Round[] = [];
const many = Array.from({ length: STREAMS }, (_, i) => chat(i));
let rss = 0;

const start = (): Promise<ChildEngine> =>
  ChildEngine.start({ path, context: CONTEXT, sequences: STREAMS, threads });
const probe = await start();
const promptLength = (await collect(probe, { ...chat(0), maxTokens: 1 })).usage.promptTokens;
await probe.close();

for (let round = 0; round < ROUNDS; round++) {
  const { one: bareOne, many: bareMany } = bare(path, promptLength);

  const engine = await start();
  const one = await medianOf(5, () => engineRate(engine, [chat(0)]));
  const manyRate = await engineRate(engine, many);
  const shared = await engineRate(
    engine,
    Array.from({ length: STREAMS }, (_, i) => chat(i, SYSTEM)),
  );
  rss = (await engine.status()).rss;
  await engine.close();

  const config = parseConfig(
    `classes: { tiny: { count: ${STREAMS}, model: smollm2-135m, capacity: 1, context_size: ${CONTEXT} } }\nengine: { threads: ${threads} }\nlisten: { http: "127.0.0.1:0" }`,
    'bench',
  );
  const orchestrator = await Orchestrator.start(config);
  const gateway = await startGateway(orchestrator, config.listen.http);
  const http = await httpRate(gateway.url, many);
  await gateway.close();
  await orchestrator.stop();
  rounds.push({ bareOne, bareMany, one, many: manyRate, shared, http });
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
  ['contestant', 'tok/s', 'ratio to the one below it', 'µs a token more'],
  [
    row('llama_decode loop, 1 stream', 'bareOne'),
    row('engine, 1 stream', 'one', 'bareOne'),
    row(`llama_decode loop, ${STREAMS} streams`, 'bareMany'),
    row(`engine, ${STREAMS} streams`, 'many', 'bareMany'),
    row('HTTP, streaming', 'http', 'many'),
    row('engine, shared system prompt', 'shared', 'many'),
  ],
);
process.stdout.write(
  `${JSON.stringify({
    one_ratio: round3(ratio('one', 'bareOne')),
    many_ratio: round3(ratio('many', 'bareMany')),
    shared_ratio: round3(ratio('shared', 'many')),
    http_ratio: round3(ratio('http', 'many')),
    tok_s: round3(of('many')),
    rss_mb: Math.round(rss / 1e6),
    us_per_token: {
      engine: Math.round(cost('many', 'bareMany')),
      http: Math.round(cost('http', 'many')),
    },
  })}\n`,
);
process.exit(0);

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
