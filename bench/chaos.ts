/**
 * No answer lost: streams over HTTP from a cluster of three hosts, while something of it dies every second.
 *
 *     npm run bench -- chaos [echo|network|model|all] [STREAMS] [KILLS_A_SECOND]
 *
 * echo: an engine or a whole host is killed with SIGKILL. Engines are echo engines, whose answers depend on prompt and seed
 * alone: every byte can be checked. network: hosts are reached over tcp; their connections are cut for half a second, and
 * every sixth time lose all that is sent for five seconds without a word. model: as echo, every five seconds, with
 * smollm2-135m, whose answers are compared with those of an engine that nobody disturbs; two cores take minutes for it.
 */
import { EchoEngine, type GenerateRequest, LocalEngine, ModelStore } from '@llambo/llama';
import { ChaosCluster, type ChaosOptions } from './chaos/cluster.ts';
import { Expected, exact, type Judgement } from './chaos/expected.ts';
import { follow, type Stream } from './chaos/stream.ts';
import { printTable } from './support/table.ts';

interface Variant extends Omit<ChaosOptions, 'model'> {
  readonly streams: number;
  readonly atOnce: number;
  readonly killsASecond: number;
  readonly tokens: number;
}

/** 200 streams of 25 tokens a second are 5,000 events a second: what dies is to be measured, not a full machine. */
const echo: Variant = {
  kind: 'echo',
  wired: false,
  nodes: 60,
  capacity: 8,
  sequences: 256,
  tokenMs: 40,
  streams: 1000,
  atOnce: 200,
  killsASecond: 1,
  tokens: 100,
};

const variants: Readonly<Record<string, Variant>> = {
  echo,
  network: { ...echo, wired: true },
  model: {
    kind: 'llama',
    wired: false,
    nodes: 12,
    capacity: 2,
    sequences: 16,
    // An engine that starts and reads again what it had takes a core for more than a second: with a kill every second, two
    // cores do nothing else.
    streams: 200,
    atOnce: 12,
    killsASecond: 0.2,
    tokens: 16,
  },
};

/** Of the real model: different questions, each of them asked again and again. */
const QUESTIONS = 50;

const [which = 'all', streams, rate] = process.argv.slice(2);
const names = which === 'all' ? Object.keys(variants) : [which];
const reports: Record<string, Record<string, number>> = {};
for (const name of names) {
  const variant = variants[name];
  if (variant === undefined) throw new Error(`no variant ${name}: ${Object.keys(variants).join(', ')}, all`);
  reports[name] = await run({
    ...variant,
    streams: Number(streams ?? variant.streams),
    killsASecond: Number(rate ?? variant.killsASecond),
  });
}

const shown = ['streams', 'seconds', 'kills', 'failovers', 'lost', 'duplicated', 'corrupted', 'near_ties'];
printTable(
  ['', ...shown, 'longest silence p50', 'p99', 'undisturbed p99'],
  Object.entries(reports).map(([name, report]) => [
    name,
    ...shown.map((key) => String(report[key])),
    ...['p50_gap_ms', 'p99_gap_ms', 'calm_p99_gap_ms'].map((key) => `${report[key]} ms`),
  ]),
);
const total = (key: string): number =>
  Object.values(reports).reduce((sum, each) => sum + (each[key] ?? 0), 0);
const sums = Object.fromEntries(
  ['streams', 'kills', 'failovers', 'lost', 'duplicated', 'corrupted', 'load_left'].map((key) => [
    key,
    total(key),
  ]),
);
const worst = Math.max(...Object.values(reports).map(({ p99_gap_ms }) => p99_gap_ms as number));
process.stdout.write(`${JSON.stringify({ ...sums, p99_gap_ms: worst, variants: reports })}\n`);
process.exit(0);

async function run(variant: Variant): Promise<Record<string, number>> {
  const { kind, tokens, atOnce, killsASecond } = variant;
  const model = kind === 'echo' ? 'm' : await modelPath();
  const cluster = await ChaosCluster.start({ ...variant, model });
  cluster.orchestrator.events.follow(({ text }) => text.startsWith('request moves') || say(text));
  const calm = await askAll(cluster, variant, Math.min(atOnce, variant.streams));
  say(`undisturbed: ${calm.length} streams`);
  let kills = 0;
  const killer = setInterval(async () => {
    if (variant.wired ? cluster.fail() : await cluster.kill(model)) kills++;
  }, 1000 / killsASecond);
  const started = performance.now();
  const all = await askAll(cluster, variant, variant.streams);
  const seconds = (performance.now() - started) / 1000;
  clearInterval(killer);
  say(`${all.length} streams, ${kills} kills`);
  // What was given up in a silence is told so when that ends.
  for (let i = 0; i < 200 && left(cluster) > 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
  const loadLeft = left(cluster);
  await cluster.stop();
  const judgements = await judge(all, kind, model, tokens);
  const count = (what: Judgement): number => judgements.filter((each) => each === what).length;
  const gaps = all.map(({ gap }) => gap).sort((a, b) => a - b);
  return {
    streams: all.length,
    at_once: atOnce,
    seconds: Math.round(seconds * 10) / 10,
    kills,
    failovers: all.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
    lost: all.filter(({ error }) => error !== undefined).length,
    duplicated: count('duplicated'),
    corrupted: count('corrupted'),
    near_ties: count('near tie'),
    p50_gap_ms: share(gaps, 0.5),
    p99_gap_ms: share(gaps, 0.99),
    calm_p99_gap_ms: share(
      calm.map(({ gap }) => gap).sort((a, b) => a - b),
      0.99,
    ),
    load_left: loadLeft,
  };
}

/** With CHAOS_LOG set, what happens is told on standard error. */
function say(text: string): void {
  if (process.env['CHAOS_LOG']) process.stderr.write(`${new Date().toISOString().slice(14, 23)} ${text}\n`);
}

function left(cluster: ChaosCluster): number {
  const { load, waiting } = cluster.orchestrator.status();
  return load + waiting;
}

async function askAll(
  cluster: ChaosCluster,
  { kind, tokens, atOnce }: Variant,
  count: number,
): Promise<Stream[]> {
  const all: Stream[] = new Array<Stream>(count);
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const i = next++;
        const { messages, maxTokens, ...rest } = requestOf(i, kind, tokens);
        all[i] = await follow(cluster.url, { messages, max_tokens: maxTokens, ...rest });
      }
    }),
  );
  return all;
}

/** Greedy for the real model, so that the likeliest token can be checked. */
function requestOf(i: number, kind: string, maxTokens: number) {
  const topic = `${['rivers', 'birds', 'bread', 'stars', 'tea'][i % 5]} and the number ${i % QUESTIONS}`;
  return kind === 'echo'
    ? { messages: [{ role: 'user' as const, content: `question ${i}` }], maxTokens, seed: i }
    : {
        messages: [{ role: 'user' as const, content: `Write a sentence on ${topic}.` }],
        maxTokens,
        seed: i % QUESTIONS,
        temperature: 0,
      };
}

async function judge(
  all: readonly Stream[],
  kind: string,
  model: string,
  tokens: number,
): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  const engine =
    kind === 'echo'
      ? new EchoEngine({ context: 2048 })
      : await LocalEngine.load({ path: model, context: 512, sequences: 1 });
  const expected = new Expected(engine);
  for (const [i, { text, error }] of all.entries()) {
    const request: GenerateRequest = requestOf(i, kind, tokens);
    if (error !== undefined) process.stderr.write(`stream ${i}: ${error}\n`);
    else if (kind === 'echo') {
      const right = await exact(engine, request);
      judgements.push(text === right ? 'right' : text.length > right.length ? 'duplicated' : 'corrupted');
    } else judgements.push(await expected.judge({ ...request, logprobs: 5, cachePrompt: false }, text));
  }
  await engine.close();
  return judgements;
}

/** Where the model is, fetched once; LLAMBO_HOME or LLAMBO_TEST_HOME says where models are kept. */
async function modelPath(): Promise<string> {
  const home = process.env['LLAMBO_TEST_HOME'];
  return (await new ModelStore(home === undefined ? {} : { home }).pull('smollm2-135m')).path;
}

function share(sorted: readonly number[], part: number): number {
  return Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
}
