/**
 * Twice as many questions as the cluster can answer, over HTTP: who is over the bound is refused at once, and what is
 * answered stays near what can be answered. Engines are echo engines in this process at 50 tokens a second; clients hang up
 * after ten seconds, and an answer that comes later counts for nothing.
 *
 *     npm run bench -- overload [SECONDS]
 *
 * The capacity is measured in the same run: as many clients as there are places, each asking again at once.
 */
import { Agent, request } from 'node:http';
import { EchoEngine } from '@llambo/llama';
import { Orchestrator, parseConfig, startGateway } from 'llambo';
import { engineServer } from '../packages/llambo/src/engine/server.ts';
import { seededRandom } from '../packages/llambo/src/sim/random.ts';
import { printTable } from './support/table.ts';

const SECONDS = Number(process.argv[2] ?? 15);
const PLACES = 64;
const TOKENS = [10, 40] as const;
const PATIENCE_MS = 10_000;
/** About five seconds of work. */
const QUEUE = 640;

const config = parseConfig(
  `classes: { tiny: { count: 16, model: m, capacity: ${PLACES / 16} } }
engine: { kind: echo, sequences: ${PLACES}, token_ms: 20 }
queue: ${QUEUE}
listen: { http: "127.0.0.1:0" }`,
  'bench',
);
const cluster = await Orchestrator.start(config, {
  launch: async (options) => {
    const engine = new EchoEngine({ ...options, tokenMs: 20 });
    return { target: engineServer(engine), close: () => engine.close() };
  },
});
const gateway = await startGateway(cluster, config.listen.http);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const random = seededRandom(5);

interface Outcome {
  /** Tokens of an answer that came in time. */
  readonly tokens: number;
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: boolean;
}

function ask(i: number): Promise<Outcome> {
  const tokens = Math.round(TOKENS[0] + random() * (TOKENS[1] - TOKENS[0]));
  const started = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, retryAfter = false): void =>
      resolve({ tokens: status === 200 ? tokens : 0, status, ms: performance.now() - started, retryAfter });
    const posted = request(
      `${gateway.url}/v1/chat/completions`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.timeout(PATIENCE_MS),
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          end(response.statusCode ?? 0, response.headers['retry-after'] !== undefined),
        );
        response.on('error', () => end(0));
      },
    );
    posted.on('error', () => end(0));
    posted.end(
      JSON.stringify({ messages: [{ role: 'user', content: `question ${i}` }], max_tokens: tokens, seed: i }),
    );
  });
}

async function capacity(seconds: number): Promise<{ rps: number; tps: number }> {
  const end = performance.now() + seconds * 1000;
  let [answers, tokens] = [0, 0];
  await Promise.all(
    Array.from({ length: PLACES }, async () => {
      while (performance.now() < end) {
        const outcome = await ask(answers);
        if (performance.now() > end) return;
        answers++;
        tokens += outcome.tokens;
      }
    }),
  );
  return { rps: answers / seconds, tps: tokens / seconds };
}

/** Questions come by chance, so many a second, whatever becomes of those before. */
async function overload(rps: number, seconds: number) {
  const outcomes: Promise<Outcome>[] = [];
  const started = performance.now();
  let [at, tokens] = [0, 0];
  while (at < seconds) {
    at += -Math.log(1 - random()) / rps;
    const wait = at * 1000 - (performance.now() - started);
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    outcomes.push(
      ask(outcomes.length).then((outcome) => {
        // What comes in after the end was worked for within the time, as what was under way at its beginning was not.
        if (performance.now() - started < seconds * 1000) tokens += outcome.tokens;
        return outcome;
      }),
    );
  }
  return { tps: tokens / seconds, all: await Promise.all(outcomes) };
}

await capacity(1);
const can = await capacity(SECONDS / 3);
const { tps, all } = await overload(2 * can.rps, SECONDS);
const { load, waiting } = cluster.status();
await gateway.close();
await cluster.stop();

const answered = all.filter(({ status }) => status === 200);
const refused = all.filter(({ status }) => status === 429 || status === 503);
const late = all.filter(({ status }) => status === 0);
const p99 = (list: readonly Outcome[]): number =>
  Math.round(list.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(0.99 * (list.length - 1))] ?? 0);
const ratio = tps / can.tps;
printTable(
  ['', 'capacity', 'at twice the load'],
  [
    ['questions a second', can.rps.toFixed(0), (2 * can.rps).toFixed(0)],
    ['tokens a second in time', can.tps.toFixed(0), `${tps.toFixed(0)} (${ratio.toFixed(2)})`],
    ['answered', '', String(answered.length)],
    ['p99 of the answered', '', `${p99(answered)} ms`],
    ['refused', '', String(refused.length)],
    ['p99 of the refusals', '', `${p99(refused)} ms`],
    ['in vain', '', String(late.length)],
  ],
);
process.stdout.write(
  `${JSON.stringify({
    capacity_tps: Math.round(can.tps),
    goodput_tps: Math.round(tps),
    goodput_ratio: Math.round(ratio * 100) / 100,
    answered: answered.length,
    refused: refused.length,
    refused_without_retry_after: refused.filter(({ retryAfter }) => !retryAfter).length,
    late: late.length,
    p99_ms: p99(answered),
    p99_refusal_ms: p99(refused),
    load_left: load + waiting,
  })}\n`,
);
process.exit(0);
