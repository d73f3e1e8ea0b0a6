/**
 * What the control plane costs: the gateway and everything up to the engine, which only echoes, against Hono alone
 * emitting the same events from the same engine, in the same run. Servers are processes of their own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Asker } from './gateway/client.ts';
import { median, printTable } from './support/table.ts';

const SERVER = fileURLToPath(new URL('gateway/server.ts', import.meta.url));
const QUESTION = { model: 'm', messages: [{ role: 'user', content: 'What is AI?' }] };
const ROUNDS = Number(process.argv[2] ?? 2);

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
    execArgv: [...process.execArgv, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const message = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once('message', (value) => resolve(value as T));
      child.once('exit', (code) => reject(new Error(`server ${kind} ended with ${code}`)));
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
  readonly answerClient: number;
}

async function throughput(bench: Bench, ms = 1500): Promise<Throughput> {
  const start = await bench.usage();
  const mine = process.cpuUsage();
  const whole = await hammer(bench.url, { max_tokens: 1 }, 64, ms, (asker) => asker.whole());
  const { user, system } = process.cpuUsage(mine);
  const between = await bench.usage();
  const streams = await hammer(bench.url, { max_tokens: 200, stream: true }, 64, ms, (asker) =>
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
    answerClient: (user + system) / whole.results.length,
  };
}

/** Milliseconds to the first event while 500 streams are in flight, each with a token every 400 ms for 16 s. */
async function firstEvents(bench: Bench): Promise<number[]> {
  const begun = new Set<Asker>();
  const results = await hammer(bench.url, { max_tokens: 40, stream: true }, 500, 32_000, async (asker) => {
    // Spread over time: all at once would measure the queue of beginnings.
    const first = !begun.has(asker);
    begun.add(asker);
    if (first) await new Promise((resolve) => setTimeout(resolve, Math.random() * 16_000));
    return { first, ...(await asker.stream()) };
  });
  // The first of each connection came while not all were in flight.
  return results.results.filter(({ first }) => !first).map(({ firstMs }) => firstMs);
}

const rates: ({ readonly kind: string } & Throughput)[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (const kind of ['bare', 'gateway', 'llambo']) {
    const bench = await start(kind, 0);
    await throughput(bench); // compiled, and warm
    rates.push({ kind, ...(await throughput(bench)) });
    bench.stop();
  }
}
const rate = (kind: string, what: keyof Throughput): number =>
  median(rates.filter((each) => each.kind === kind).map((each) => each[what]));

/** Processor time with and without metrics, in turn, of one process. */
const metered: { readonly on: boolean; readonly answer: number; readonly event: number }[] = [];
{
  const bench = await start('gateway', 0);
  await throughput(bench);
  for (let round = 0; round < 8; round++) {
    const on = round % 4 === 0 || round % 4 === 3;
    await bench.count(on);
    const { answerCpu, eventCpu } = await throughput(bench, 500);
    metered.push({ on, answer: answerCpu, event: eventCpu });
  }
  bench.stop();
}
const metricsCost = (what: 'answer' | 'event'): number => {
  const of = (on: boolean): number =>
    median(metered.filter((each) => each.on === on).map((each) => each[what]));
  return of(true) / of(false) - 1;
};

const firsts: Record<string, number[]> = {};
for (const kind of ['bare', 'llambo']) {
  const bench = await start(kind, 400);
  firsts[kind] = await firstEvents(bench);
  bench.stop();
}
const first = (kind: string, share: number): number => quantile(firsts[kind] ?? [], share);

/** 2,000 streams that say little. */
const MANY = 2000;
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
  const errors = broken.length;
  for (const asker of askers) asker.close();
  idle[kind] = { kb: (during.rss - before.rss) / MANY / 1024, errors };
  bench.stop();
}

printTable(
  ['', 'bare Hono', 'llambo', ''],
  [
    [
      'whole answers/s',
      rate('bare', 'rps').toFixed(0),
      rate('llambo', 'rps').toFixed(0),
      (rate('llambo', 'rps') / rate('bare', 'rps')).toFixed(2),
    ],
    [
      'streamed events/s',
      rate('bare', 'chunks').toFixed(0),
      rate('llambo', 'chunks').toFixed(0),
      (rate('llambo', 'chunks') / rate('bare', 'chunks')).toFixed(2),
    ],
    [
      'µs of the process an answer',
      rate('bare', 'answerCpu').toFixed(0),
      rate('llambo', 'answerCpu').toFixed(0),
      (rate('bare', 'answerCpu') / rate('llambo', 'answerCpu')).toFixed(2),
    ],
    ['  of the host', '', rate('llambo', 'answerHost').toFixed(0), ''],
    [
      '  of the client',
      rate('bare', 'answerClient').toFixed(0),
      rate('llambo', 'answerClient').toFixed(0),
      '',
    ],
    [
      'µs of the process an event',
      rate('bare', 'eventCpu').toFixed(1),
      rate('llambo', 'eventCpu').toFixed(1),
      (rate('bare', 'eventCpu') / rate('llambo', 'eventCpu')).toFixed(2),
    ],
    [
      'first event p50, ms',
      first('bare', 0.5).toFixed(2),
      first('llambo', 0.5).toFixed(2),
      `+${(first('llambo', 0.5) - first('bare', 0.5)).toFixed(2)}`,
    ],
    [
      'first event p99, ms',
      first('bare', 0.99).toFixed(2),
      first('llambo', 0.99).toFixed(2),
      `+${(first('llambo', 0.99) - first('bare', 0.99)).toFixed(2)}`,
    ],
    [`kB a stream, ${MANY} of them`, (idle.bare?.kb ?? 0).toFixed(1), (idle.llambo?.kb ?? 0).toFixed(1), ''],
    [`errors of ${MANY}`, String(idle.bare?.errors), String(idle.llambo?.errors), ''],
  ],
);
console.log(
  `the gateway without a cluster: ${rate('gateway', 'answerCpu').toFixed(0)} µs an answer, ${rate('gateway', 'eventCpu').toFixed(1)} µs an event`,
);
const two = (value: number): number => Math.round(value * 100) / 100;
console.log(
  JSON.stringify({
    ttft_p50_ms: two(first('llambo', 0.5) - first('bare', 0.5)),
    ttft_p99_ms: two(first('llambo', 0.99) - first('bare', 0.99)),
    rps_ratio: two(rate('llambo', 'rps') / rate('bare', 'rps')),
    chunks_ratio: two(rate('llambo', 'chunks') / rate('bare', 'chunks')),
    errors: idle.llambo?.errors,
    kb_per_stream: two(idle.llambo?.kb ?? 0),
    /** Were there a core for each process; and as two cores allow, when nothing ever waits. */
    rps_own_cores_ratio: two(
      rate('bare', 'answerCpu') / Math.max(rate('llambo', 'answerCpu'), rate('llambo', 'answerHost')),
    ),
    rps_two_cores_bound: two(
      (2 * rate('bare', 'answerCpu')) /
        (rate('llambo', 'answerCpu') + rate('llambo', 'answerHost') + rate('llambo', 'answerClient')),
    ),
    rps_cpu_ratio: two(rate('bare', 'answerCpu') / rate('llambo', 'answerCpu')),
    chunks_cpu_ratio: two(rate('bare', 'eventCpu') / rate('llambo', 'eventCpu')),
    gateway_rps_cpu_ratio: two(rate('bare', 'answerCpu') / rate('gateway', 'answerCpu')),
    /** Shares of the gateway's processor time. */
    metrics_cost_answer: two(metricsCost('answer')),
    metrics_cost_event: two(metricsCost('event')),
    gateway_chunks_cpu_ratio: two(rate('bare', 'eventCpu') / rate('gateway', 'eventCpu')),
    ttft_total_p50_ms: two(first('llambo', 0.5)),
    ttft_total_p99_ms: two(first('llambo', 0.99)),
  }),
);
process.exit(0);
