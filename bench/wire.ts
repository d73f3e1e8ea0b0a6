/**
 * What a token costs between an engine's process and who asks it: 9P2000 on a unix socket, request text and records. The
 * engine has no model: it makes one token for every answer in each step, as llama_decode does, 100 steps a second. The ceiling
 * is the same engine with the asker in its process; the processor time of both is told apart from what the steps cost.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EchoEngine, type Engine, type GenerateRequest, type GenerateSink } from '@llambo/llama';
import { connect, serveOn } from '@llambo/styx/node';
import { engineServer } from '../packages/llambo/src/engine/server.ts';
import { NodeEngine } from '../packages/llambo/src/wire/node-engine.ts';
import { sessionData } from '../packages/llambo/src/wire/session.ts';
import { printTable } from './support/table.ts';

const STEP_MS = 10;
const SECONDS = Number(process.env['BENCH_S'] ?? 4);
/** Bytes of a Tread, and of an Rread with one token. */
const ASK = 23;
const TOKEN = 30;
const WORDS = [' the', ' engine', ' has', ' no', ' model', ' and', ' répète', '.'];

/** One token for each answer in every step. */
function stepping(): Engine {
  const running = new Map<GenerateSink, number>();
  setInterval(() => {
    for (const [sink, left] of running) {
      sink.chunk({ text: WORDS[left % WORDS.length] as string, tokens: [1000 + left] });
      if (left > 1) running.set(sink, left - 1);
      else {
        running.delete(sink);
        const usage = {
          promptTokens: 1,
          cachedTokens: 0,
          completionTokens: 1,
          queueMs: 0,
          promptMs: 0,
          generateMs: 0,
        };
        sink.finish({ reason: 'length', usage });
      }
    }
  }, STEP_MS);
  return Object.assign(Object.create(new EchoEngine()) as Engine, {
    generate(request: GenerateRequest, sink: GenerateSink) {
      running.set(sink, request.maxTokens ?? 100);
      return { cancel: () => running.delete(sink) };
    },
  });
}

interface Usage {
  readonly cpuMs: number;
  readonly writes: number;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

// The engine's process.

if (process.argv[2] === 'serve') {
  let writes = 0;
  const { Socket } = net;
  const uncork = Socket.prototype.uncork;
  const write = Socket.prototype.write;
  Socket.prototype.uncork = function (this: InstanceType<typeof Socket>) {
    writes++;
    return uncork.call(this);
  };
  Socket.prototype.write = function (this: InstanceType<typeof Socket>, ...args: never[]) {
    if (this.writableCorked === 0) writes++;
    return write.apply(this, args);
  };
  await serveOn(`unix!${process.argv[3]}`, engineServer(stepping()));
  const bare = net.createServer((bareSocket) => {
    const timer = setInterval(() => bareSocket.write(Buffer.alloc(TOKEN)), STEP_MS);
    bareSocket.on('error', () => {}).on('close', () => clearInterval(timer));
    bareSocket.resume();
  });
  await new Promise<void>((resolve) => bare.listen(`${process.argv[3]}.bare`, resolve));
  process.stdout.write('ready\n');
  process.on('message', () => process.send?.({ cpuMs: cpuMs(), writes }));
  process.on('disconnect', () => process.exit(0));
} else {
  await main();
}

function usageOf(child: ChildProcess): Promise<Usage> {
  return new Promise((resolve) => {
    child.once('message', (usage) => resolve(usage as Usage));
    child.send('usage');
  });
}

/** Keeps `streams` answers of 100 tokens going for a while: tokens that came, and milliseconds. */
async function run(
  engine: Pick<Engine, 'generate'>,
  streams: number,
  seconds: number,
): Promise<{ tokens: number; ms: number }> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let tokens = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      engine.generate(
        {
          messages: [{ role: 'user', content: 'What is AI, in one sentence?' }],
          maxTokens: 100,
          temperature: 0,
        },
        {
          chunk: (chunk) => void (tokens += chunk.tokens.length),
          finish: () => resolve(),
          error: reject,
        },
      );
    });
  const stream = async (): Promise<void> => {
    while (performance.now() < end) await one();
  };
  await Promise.all(Array.from({ length: streams }, stream));
  return { tokens, ms: performance.now() - start };
}

interface Figures {
  readonly streams: number;
  readonly tokensPerSecond: number;
  readonly direct: number;
  readonly server: number;
  readonly client: number;
  readonly writesPerStep: number;
}

/** Microseconds of processor time that a token costs, less what the process costs when idle. */
async function measure(
  streams: number,
  direct: Engine,
  remote: Pick<Engine, 'generate'>,
  child: ChildProcess,
): Promise<Figures> {
  const idleStart = { own: cpuMs(), other: await usageOf(child) };
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const other = await usageOf(child);
  const idleOwn = (cpuMs() - idleStart.own) / 1000;
  const idleOther = (other.cpuMs - idleStart.other.cpuMs) / 1000;

  await run(remote, streams, 1);
  const before = { own: cpuMs(), other: await usageOf(child) };
  const far = await run(remote, streams, SECONDS);
  const after = { own: cpuMs(), other: await usageOf(child) };

  await run(direct, streams, 1);
  const own = cpuMs();
  const near = await run(direct, streams, SECONDS);
  const nearCpu = cpuMs() - own;

  const us = (cpu: number, { tokens, ms }: { tokens: number; ms: number }, idle: number): number =>
    ((cpu - idle * ms) * 1000) / tokens;
  return {
    streams,
    tokensPerSecond: (far.tokens * 1000) / far.ms,
    direct: us(nearCpu, near, idleOwn),
    server: us(after.other.cpuMs - before.other.cpuMs, far, idleOther),
    client: us(after.own - before.own, far, idleOwn),
    writesPerStep: (after.other.writes - before.other.writes) / (far.ms / STEP_MS),
  };
}

/** The same bytes, one token at once, over a bare socket: what waking both processes up costs. */
async function bareSocket(socket: string, child: ChildProcess): Promise<{ server: number; client: number }> {
  const connection = net.connect(socket);
  await new Promise((resolve) => connection.once('connect', resolve));
  let count = 0;
  connection.on('data', () => {
    count++;
    connection.write(Buffer.alloc(ASK));
  });
  const before = { own: cpuMs(), other: await usageOf(child) };
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const after = { own: cpuMs(), other: await usageOf(child) };
  connection.destroy();
  return {
    server: ((after.other.cpuMs - before.other.cpuMs) * 1000) / count,
    client: ((after.own - before.own) * 1000) / count,
  };
}

async function main(): Promise<void> {
  const socket = join(tmpdir(), `llambo-bench-wire-${process.pid}.sock`);
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), 'serve', socket],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  try {
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const client = await connect(`unix!${socket}`);
    const root = await client.attach({ uname: 'bench' });
    const remote = new NodeEngine(sessionData(() => root));
    const direct = stepping();
    const all: Figures[] = [];
    // The most first: what few tokens cost is of interest when the code is warm.
    for (const streams of [256, 64, 1]) all.unshift(await measure(streams, direct, remote, child));
    const show = (value: number): string => value.toFixed(1);
    printTable(
      [
        'microseconds a token',
        'tokens/s',
        'engine alone',
        'its process',
        'the asking one',
        'hop',
        'writes/step',
      ],
      all.map(({ streams, tokensPerSecond, direct, server, client, writesPerStep }) => [
        `${streams} at once`,
        Math.round(tokensPerSecond).toLocaleString('en'),
        show(direct),
        show(server),
        show(client),
        show(server + client - direct),
        writesPerStep.toFixed(2),
      ]),
    );
    client.close();
    const bare = await bareSocket(`${socket}.bare`, child);
    console.log(
      `a bare socket, 1 at once, steps and all: ${show(bare.server)} in its process, ${show(bare.client)} in the asking one`,
    );
    const many = all[1] as Figures;
    const one = all[0] as Figures;
    const round = (value: number): number => Math.round(value * 10) / 10;
    console.log(
      JSON.stringify({
        server_us: round(many.server - many.direct),
        client_us: round(many.client),
        hop_us: round(many.server + many.client - many.direct),
        one_server_us: round(one.server - one.direct),
        one_client_us: round(one.client),
        one_bare_us: round(bare.server + bare.client),
        writes_per_step: round(many.writesPerStep),
      }),
    );
  } finally {
    child.disconnect();
  }
  process.exit(0);
}
