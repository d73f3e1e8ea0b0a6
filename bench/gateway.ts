/**
 * What the control plane costs: the gateway and everything up to the engine, which only echoes, against Hono alone
 * emitting the same events from the same engine, in the same run. Client, server and the host behind it are processes of
 * their own, and what each of them computes is told apart: where they share two cores, no rate can be had that their sum
 * does not allow. `npm run bench -- gateway [rates] [metrics] [latency] [memory]`: all four when none is named.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Asker } from './gateway/client.ts';
import { median, printTable } from './support/table.ts';

const SERVER = fileURLToPath(new URL('gateway/server.ts', import.meta.url));
const QUESTION = { model: 'm', messages: [{ role: 'user', content: 'What is AI?' }] };
const PARTS = ['rates', 'metrics', 'latency', 'memory'] as const;
const wanted = process.argv.slice(2);
const wants = (part: (typeof PARTS)[number]): boolean => wanted.length === 0 || wanted.includes(part);
/** Types are taken away, as the build does it. */
const STRIP = new URL('support/strip.js', import.meta.url).href;

interface Bench {
  readonly url: string;
  usage(): Promise<Usage>;
  /** Whether its metrics are counted. */
  count(on: boolean): Promise<unknown>;
  stop(): void;
}

interface Usage {
  /** Bytes. */
  readonly rss: number;
  readonly heap: number;
  /** Microseconds of processor time so far: of the server, and of the host behind it. */
  readonly cpu: number;
  readonly host: number;
}

function start(kind: string, tokenMs: number): Promise<Bench> {
  const child: ChildProcess = fork(SERVER, [kind, String(tokenMs)], {
    execArgv: ['--conditions=llambo:source', '--import', STRIP, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const message = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const ended = (code: number): void => reject(new Error(`server ${kind} ended with ${code}`));
      child.once('message', (value) => {
        child.off('exit', ended);
        resolve(value as T);
      });
      child.once('exit', ended);
    });
  return message<{ url: string }>().then(({ url }) => ({
    url,
    usage() {
      const answer = message<Usage>();
      child.send('usage');
      return answer;
    },
    count(on) {
      const answer = message();
      child.send(on ? 'count' : 'do not count');
      return answer;
    },
    stop: () => child.kill('SIGKILL'),
  }));
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ??
  Number.NaN;

/** Connections in small groups, so that the kernel's queue of them does not overflow. */
async function connected(url: string, body: Record<string, unknown>, count: number): Promise<Asker[]> {
  const askers: Asker[] = [];
  while (askers.length < count) {
    const group = Array.from({ length: Math.min(100, count - askers.length) }, () =>
      Asker.connect(url, { ...QUESTION, ...body }),
    );
    askers.push(...(await Promise.all(group)));
  }
  return askers;
}

/** Runs `one` on each of `count` connections until the time is over. What all gave, and the seconds it took. */
async function hammer<T>(
  url: string,
  body: Record<string, unknown>,
  count: number,
  ms: number,
  one: (asker: Asker) => Promise<T>,
): Promise<{ results: T[]; seconds: number; errors: number }> {
  const askers = await connected(url, body, count);
  const results: T[] = [];
  let errors = 0;
  const startedAt = performance.now();
  await Promise.all(
    askers.map(async (asker) => {
      while (performance.now() - startedAt < ms) {
        try {
          results.push(await one(asker));
        } catch {
          errors++;
          return;
        }
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const asker of askers) asker.close();
  return { results, seconds, errors };
}

interface Throughput {
  /** Whole answers of one token a second, and events of streams a second, as fast as they come. */
  readonly rps: number;
  readonly chunks: number;
  /** Microseconds that the server's process computes for each, and for an answer the host's and the client's. */
  readonly answerCpu: number;
  readonly eventCpu: number;
  readonly answerHost: number;
  readonly eventHost: number;
  readonly answerClient: number;
}

/** @param ms milliseconds of whole answers, and of streams */
async function throughput(bench: Bench, ms = 1500, streamMs = ms): Promise<Throughput> {
  const start = await bench.usage();
  const mine = process.cpuUsage();
  const whole = await hammer(bench.url, { max_tokens: 1 }, 64, ms, (asker) => asker.whole());
  const { user, system } = process.cpuUsage(mine);
  const between = await bench.usage();
  const streams = await hammer(bench.url, { max_tokens: 200, stream: true }, 64, streamMs, (asker) =>
    asker.stream(),
  );
  const end = await bench.usage();
  const events = streams.results.reduce((sum, each) => sum + each.events, 0);
  return {
    rps: whole.results.length / whole.seconds,
    chunks: events / streams.seconds,
    answerCpu: (between.cpu - start.cpu) / whole.results.length,
    eventCpu: (end.cpu - between.cpu) / events,
    answerHost: (between.host - start.host) / whole.results.length,
    eventHost: (end.host - between.host) / events,
    answerClient: (user + system) / whole.results.length,
  };
}

/** Milliseconds to the first event while 500 streams are in flight, each with a token every 400 ms for 8 s. */
async function firstEvents(bench: Bench): Promise<number[]> {
  const begun = new Set<Asker>();
  const results = await hammer(bench.url, { max_tokens: 20, stream: true }, 500, 18_000, async (asker) => {
    // Spread over time: all at once would measure the queue of beginnings.
    const first = !begun.has(asker);
    begun.add(asker);
    if (first) await new Promise((resolve) => setTimeout(resolve, Math.random() * 8000));
    return { first, ...(await asker.stream()) };
  });
  if (results.errors > 0) console.log(`${results.errors} streams ended with an error`);
  // The first of each connection came while not all were in flight.
  return results.results.filter(({ first }) => !first).map(({ firstMs }) => firstMs);
}

const two = (value: number): number => Math.round(value * 100) / 100;
const rows: string[][] = [];
const figures: Record<string, number> = {};

/** Rates, and what each process computes for them. */
async function measureRates(): Promise<void> {
  const rates: ({ readonly kind: string } & Throughput)[] = [];
  for (const kind of ['bare', 'llambo', 'gateway', 'bare', 'llambo']) {
    const bench = await start(kind, 0);
    // Compiled, and warm: that takes thousands of answers, whoever gives them.
    await throughput(bench, 4000, 500);
    rates.push({ kind, ...(await throughput(bench)) });
    bench.stop();
  }
  const rate = (kind: string, what: keyof Throughput): number =>
    median(rates.filter((each) => each.kind === kind).map((each) => each[what]));
  const row = (name: string, what: keyof Throughput, digits = 0): string[] => {
    const [bare, alone, whole] = ['bare', 'gateway', 'llambo'].map((kind) => rate(kind, what)) as [
      number,
      number,
      number,
    ];
    return [name, ...[bare, alone, whole].map((value) => value.toFixed(digits)), (whole / bare).toFixed(2)];
  };
  rows.push(
    row('whole answers/s', 'rps'),
    row('streamed events/s', 'chunks'),
    row('µs of the server an answer', 'answerCpu'),
    row('µs of the host an answer', 'answerHost'),
    row('µs of the client an answer', 'answerClient'),
    row('µs of the server an event', 'eventCpu', 1),
    row('µs of the host an event', 'eventHost', 1),
  );
  const bare = rate('bare', 'answerCpu');
  const [server, host, client] = (['answerCpu', 'answerHost', 'answerClient'] as const).map((what) =>
    rate('llambo', what),
  ) as [number, number, number];
  figures.rps_ratio = two(rate('llambo', 'rps') / rate('bare', 'rps'));
  figures.chunks_ratio = two(rate('llambo', 'chunks') / rate('bare', 'chunks'));
  figures.rps_cpu_ratio = two(bare / server);
  figures.chunks_cpu_ratio = two(rate('bare', 'eventCpu') / rate('llambo', 'eventCpu'));
  figures.gateway_rps_cpu_ratio = two(bare / rate('gateway', 'answerCpu'));
  figures.gateway_chunks_cpu_ratio = two(rate('bare', 'eventCpu') / rate('gateway', 'eventCpu'));
  // What two cores could give, if none of them ever waited for another process.
  figures.rps_two_cores_bound = two((2 * bare) / (server + host + client));
}

/** What counting costs: processor time of one process with metrics and without, in turn. */
async function measureMetrics(): Promise<void> {
  const bench = await start('gateway', 0);
  await throughput(bench, 2000);
  const rounds: { readonly on: boolean; readonly answer: number; readonly event: number }[] = [];
  for (let round = 0; round < 16; round++) {
    const on = round % 4 === 0 || round % 4 === 3;
    await bench.count(on);
    const { answerCpu, eventCpu } = await throughput(bench, 500);
    rounds.push({ on, answer: answerCpu, event: eventCpu });
  }
  bench.stop();
  for (const what of ['answer', 'event'] as const) {
    const of = (on: boolean): number =>
      median(rounds.filter((each) => each.on === on).map((each) => each[what]));
    rows.push([
      `µs of the gateway an ${what}, counted or not`,
      '',
      of(false).toFixed(1),
      of(true).toFixed(1),
      '',
    ]);
    // Of all that the control plane does for it, the gateway is the smaller part.
    figures[`metrics_cost_${what}`] = two(of(true) / of(false) - 1);
  }
}

/** First events while 500 streams are in flight. */
async function measureLatency(): Promise<void> {
  const firsts: Record<string, number[]> = {};
  for (const kind of ['bare', 'llambo']) {
    const bench = await start(kind, 400);
    await hammer(bench.url, { max_tokens: 1, stream: true }, 500, 4000, (asker) => asker.stream());
    firsts[kind] = await firstEvents(bench);
    bench.stop();
  }
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const [bare, whole] = ['bare', 'llambo'].map((kind) => quantile(firsts[kind] ?? [], share)) as [
      number,
      number,
    ];
    rows.push([
      `first event ${name}, ms`,
      bare.toFixed(2),
      '',
      whole.toFixed(2),
      `+${(whole - bare).toFixed(2)}`,
    ]);
    figures[`ttft_${name}_ms`] = two(whole - bare);
    figures[`ttft_total_${name}_ms`] = two(whole);
  }
}

/** 2,000 streams that say little. */
const MANY = 2000;

async function measureMemory(): Promise<void> {
  const idle: Record<string, { kb: number; errors: number }> = {};
  for (const kind of ['bare', 'llambo']) {
    const bench = await start(kind, 1000);
    await hammer(bench.url, { max_tokens: 1, stream: true }, 50, 500, (asker) => asker.stream());
    const before = await bench.usage();
    const askers = await connected(bench.url, { max_tokens: 10, stream: true }, MANY);
    const streams = Promise.allSettled(askers.map((asker) => asker.stream()));
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const during = await bench.usage();
    const results = await streams;
    const broken = results.filter((each) => each.status === 'rejected' || !each.value.ok);
    for (const each of broken.slice(0, 3))
      console.log(`${kind}:`, each.status === 'rejected' ? each.reason : each.value);
    for (const asker of askers) asker.close();
    idle[kind] = { kb: (during.rss - before.rss) / MANY / 1024, errors: broken.length };
    bench.stop();
  }
  const { bare, llambo } = idle as Record<'bare' | 'llambo', { kb: number; errors: number }>;
  rows.push(
    [`kB a stream, ${MANY} of them`, bare.kb.toFixed(1), '', llambo.kb.toFixed(1), ''],
    [`errors of ${MANY}`, String(bare.errors), '', String(llambo.errors), ''],
  );
  figures.kb_per_stream = two(llambo.kb);
  figures.errors = llambo.errors;
}

if (wants('rates')) await measureRates();
if (wants('metrics')) await measureMetrics();
if (wants('latency')) await measureLatency();
if (wants('memory')) await measureMemory();
printTable(['', 'bare Hono', 'gateway alone', 'llambo', ''], rows);
console.log(JSON.stringify(figures));
process.exit(0);
