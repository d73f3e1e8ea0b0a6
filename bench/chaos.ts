/**
 * No answer lost: streams over HTTP from a cluster of three hosts, while every second an engine or a whole host is killed
 * with SIGKILL. Engines are echo engines, whose answers depend on prompt and seed alone: every byte can be checked.
 *
 *     npm run bench -- chaos [STREAMS] [KILLS_A_SECOND]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, EchoEngine } from '@llambo/llama';
import { Orchestrator, parseConfig, startGateway } from 'llambo';
import { serveFiles } from '../packages/llambo/src/cluster/serve.ts';
import { printTable } from './support/table.ts';

const STREAMS = Number(process.argv[2] ?? 1000);
const KILL_EVERY_MS = 1000 / Number(process.argv[3] ?? 1);
const AT_ONCE = 200;
const TOKENS = 100;
const TOKEN_MS = 20;
const HOSTS = ['a', 'b', 'c'] as const;
const NODES = 60;

const folder = mkdtempSync(join(tmpdir(), 'llambo-chaos-'));
const address = (name: string): string => `unix!${join(folder, name)}`;
const children = new Map<string, ChildProcess>();

function startHost(name: string): void {
  const script = fileURLToPath(new URL('./chaos/host.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [
      '--conditions=llambo:source',
      '--import',
      'tsx',
      script,
      name,
      address(name),
      address('llambo'),
      String(TOKEN_MS),
    ],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  );
  children.set(name, child);
  // A host that is gone is started again, as an init system would.
  child.on('exit', () => running && setTimeout(() => running && startHost(name), 500));
}

let running = true;
const config = parseConfig(
  `classes: { tiny: { count: ${NODES}, model: m, capacity: 8 } }
engine: { kind: echo, sequences: 256 }
queue: ${STREAMS}
listen: { http: "127.0.0.1:0" }`,
  'bench',
);
const orchestrator = await Orchestrator.create(config);
const doors = await serveFiles(orchestrator, { local: address('llambo') });
const gateway = await startGateway(orchestrator, config.listen.http);
for (const name of HOSTS) startHost(name);
while (orchestrator.hosts().length < HOSTS.length) await sleep(50);
// The first host that came has all nodes by now: begin with fair shares.
await orchestrator.ready();
await orchestrator.execute(`scale tiny 0`);
await orchestrator.execute(`scale tiny ${NODES}`);

interface Stream {
  text: string;
  error: string | undefined;
  attempts: number;
  /** Longest silence between two chunks, milliseconds. */
  gap: number;
}

const body = (i: number): string =>
  JSON.stringify({
    messages: [{ role: 'user', content: `question ${i}` }],
    max_tokens: TOKENS,
    seed: i,
    stream: true,
  });

function ask(i: number): Promise<Stream> {
  return new Promise((resolve) => {
    const stream: Stream = { text: '', error: undefined, attempts: 0, gap: 0 };
    let last = 0;
    let rest = '';
    let finished = false;
    const end = (why?: string): void => {
      stream.error ??= why ?? (finished ? undefined : 'ended without a finish');
      resolve(stream);
    };
    const posted = request(
      `${gateway.url}/v1/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (data: string) => {
          const now = performance.now();
          if (last > 0) stream.gap = Math.max(stream.gap, now - last);
          last = now;
          const lines = (rest + data).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            if (!line.startsWith('data: {')) continue;
            const event = JSON.parse(line.slice(6)) as {
              choices?: { delta: { content?: string }; finish_reason: string | null }[];
              llambo?: { attempts?: number };
              error?: { message: string };
            };
            stream.text += event.choices?.[0]?.delta.content ?? '';
            stream.attempts = event.llambo?.attempts ?? stream.attempts;
            if (event.choices?.[0]?.finish_reason) finished = true;
            if (event.error !== undefined) stream.error = event.error.message;
          }
        });
        response.on('end', () => end());
        response.on('error', (error) => end(error.message));
      },
    );
    posted.on('error', (error) => end(error.message));
    posted.end(body(i));
  });
}

/** What the answer is when nothing dies. */
async function expected(i: number): Promise<string> {
  const engine = new EchoEngine({ context: 2048 });
  const { text } = await collect(engine, {
    messages: [{ role: 'user', content: `question ${i}` }],
    maxTokens: TOKENS,
    seed: i,
  });
  await engine.close();
  return text;
}

let kills = 0;
let turn = 0;
const killer = setInterval(async () => {
  const name = HOSTS[turn++ % HOSTS.length] as string;
  // Two engines for each host: a host takes longer to come back.
  if (turn % 3 === 0) {
    if (children.get(name)?.kill('SIGKILL')) kills++;
    return;
  }
  try {
    const pid = await enginePid(name);
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      kills++;
    }
  } catch {
    // It is down already.
  }
}, KILL_EVERY_MS);

async function enginePid(name: string): Promise<number | undefined> {
  const info = await orchestrator.fleet.host(name)?.engineInfo('m');
  return (info as { pid?: number } | undefined)?.pid;
}

const started = performance.now();
const streams: Stream[] = new Array<Stream>(STREAMS);
let next = 0;
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next < STREAMS) {
      const i = next++;
      streams[i] = await ask(i);
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
clearInterval(killer);

let lost = 0;
let duplicated = 0;
let corrupted = 0;
let failovers = 0;
for (const [i, { text, error, attempts }] of streams.entries()) {
  failovers += Math.max(0, attempts - 1);
  const right = await expected(i);
  if (error !== undefined) {
    lost++;
    process.stderr.write(`stream ${i}: ${error}\n`);
  } else if (text.length > right.length) duplicated++;
  else if (text !== right) corrupted++;
}
const gaps = streams.map(({ gap }) => gap).sort((a, b) => a - b);
const p99 = gaps[Math.floor(0.99 * (gaps.length - 1))] as number;
const { load, waiting } = orchestrator.status();

running = false;
await orchestrator.stop();
await gateway.close();
await doors.close();
for (const child of children.values()) child.kill('SIGKILL');
rmSync(folder, { recursive: true, force: true });

printTable(
  ['streams', 'seconds', 'kills', 'failovers', 'lost', 'duplicated', 'corrupted', 'longest silence p99'],
  [
    [STREAMS, seconds.toFixed(1), kills, failovers, lost, duplicated, corrupted, `${p99.toFixed(0)} ms`].map(
      String,
    ),
  ],
);
process.stdout.write(
  `${JSON.stringify({
    streams: STREAMS,
    kills,
    failovers,
    lost,
    duplicated,
    corrupted,
    p99_gap_ms: Math.round(p99),
    load_left: load + waiting,
  })}\n`,
);
process.exit(0);

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
