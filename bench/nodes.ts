/**
 * Nodes: how soon they are ready, what they take, and what a token costs from the engine to an HTTP client.
 *
 *     npm run bench -- nodes [NODES] [machine|cluster|hops|path ...]
 *
 * `machine`: one host alone; the ceiling of a node's machine is the same client at the engine's files. `cluster`: so many nodes
 * in the seed's mix as llamboctl up starts them, their processes measured when idle. `hops`: processor time of each process that
 * a token passes, with engines that echo 64 answers at 100 tokens a second each. `path`: the whole way over HTTP on the real
 * model against the engine alone, 64 answers at once, in turns.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ModelStore } from '@llambo/llama';
import { chats } from './engine/chats.ts';
import { askAll } from './engine/http.ts';
import type { ClusterUp } from './nodes/cluster.ts';
import type { MachineFigures } from './nodes/machine.ts';

const STREAMS = 64;
/** Of each answer of the real model. */
const TOKENS = 20;
const NODES = Number(process.argv[2] ?? 1000);
const parts = process.argv.slice(3);
const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
const threads = Math.min(2, availableParallelism());

const keys: Record<string, number> = {};
const script = (name: string): string => fileURLToPath(new URL(`./nodes/${name}.ts`, import.meta.url));
const sources = ['--expose-gc', '--conditions=llambo:source', '--import', 'tsx'];

if (wants('machine')) machine();
if (wants('cluster')) await cluster();
if (wants('hops')) await hops();
if (wants('path')) await path();
console.log(JSON.stringify(keys));

function machine(): void {
  const output = execFileSync(process.execPath, [...sources, script('machine'), String(NODES)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const of = JSON.parse(output.trim().split('\n').at(-1) as string) as MachineFigures;
  row(`${NODES} nodes ready on one host`, of.readyMs / 1000, 's', 2);
  row('resident bytes a node', of.bytes / 1024, 'kB', 0);
  row('spawn of one more, p50', of.spawn50, 'ms', 2);
  row('spawn of one more, p99', of.spawn99, 'ms', 2);
  row(`all of them asked once, ${of.answered} answers`, of.sweepMs / 1000, 's', 2);
  row("CPU a token at the engine's files", of.engineUs, 'µs', 1);
  row('and through the node, more', of.nodeUs, 'µs', 1);
  keys[`ready_s_${NODES}`] = round(of.readyMs / 1000);
  keys['kb_per_node'] = round(of.bytes / 1024);
  keys['spawn_p99_ms'] = round(of.spawn99);
  keys[`answered_${NODES}`] = of.answered;
}

async function cluster(): Promise<void> {
  const { child, up } = await start(NODES);
  // What was needed to start them is given back, and probes and heartbeats have settled.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await ask(child, 'collect');
  const { orchestrator, host, engines } = up.pids;
  const [head, body] = [residentMb(orchestrator), residentMb(host)];
  const total = head + body + engines.reduce((sum, pid) => sum + residentMb(pid), 0);
  row(`${up.nodes} nodes ready in a cluster, engines included`, up.readyS, 's', 2);
  row('its orchestrator, idle', head, 'MB', 0);
  row('its host', body, 'MB', 0);
  row('all of its processes', total, 'MB', 0);
  keys[`cluster_ready_s_${NODES}`] = round(up.readyS);
  keys[`total_mb_${NODES}`] = Math.round(total);
  keys['orchestrator_mb'] = Math.round(head);
  await stop(child);
}

async function hops(): Promise<void> {
  const echo = await start(100);
  const requests = chats(STREAMS, 400);
  await askAll(echo.up.url, requests);
  const { orchestrator, host, engines } = echo.up.pids;
  const before = [orchestrator, host, ...engines].map(cpuUs);
  const { tokens } = await askAll(echo.up.url, requests);
  const used = [orchestrator, host, ...engines].map(
    (pid, i) => (cpuUs(pid) - (before[i] as number)) / tokens,
  );
  const [head, body] = used as [number, number];
  const engine = used.slice(2).reduce((sum, each) => sum + each, 0);
  row("CPU a token, engine's process (the echo included)", engine, 'µs', 1);
  row('host, through the Dis machine', body, 'µs', 1);
  row('orchestrator, to HTTP', head, 'µs', 1);
  row('in all', head + body + engine, 'µs', 1);
  keys['us_per_token_engine'] = round(engine);
  keys['us_per_token_host'] = round(body);
  keys['us_per_token_orchestrator'] = round(head);
  keys['us_per_token'] = round(head + body + engine);
  await stop(echo.child);
}

async function path(): Promise<void> {
  const { path: model } = await new ModelStore().pull('smollm2-135m');
  const alone = fork(script('engine'), [model, String(threads), String(STREAMS)], { execArgv: sources });
  await message(alone);
  const real = await start(STREAMS, model);
  const sums = { alone: 0, http: 0 };
  await askAll(real.up.url, chats(4, 2));
  await ask(alone, 2);
  for (let turn = 0; turn < 2; turn++) {
    sums.alone += 1 / ((await ask(alone, TOKENS)) as number);
    const asked = await askAll(real.up.url, chats(STREAMS, TOKENS));
    sums.http += asked.ms / 1000 / asked.tokens;
  }
  row(`the engine alone, ${STREAMS} answers`, 2 / sums.alone, 'tokens/s', 1);
  row('the whole way over HTTP', 2 / sums.http, 'tokens/s', 1);
  keys['path_ratio'] = round(sums.alone / sums.http);
  alone.disconnect();
  await stop(real.child);
}

async function start(nodes: number, model?: string): Promise<{ child: ChildProcess; up: ClusterUp }> {
  const child = fork(script('cluster'), [String(nodes), ...(model === undefined ? [] : [model])], {
    execArgv: sources,
  });
  return { child, up: (await message(child)) as ClusterUp };
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void =>
      reject(new Error(`a process of the bench ended with ${code}`));
    child.once('exit', died);
    child.once('message', (value) => {
      child.off('exit', died);
      resolve(value);
    });
  });
}

function ask(child: ChildProcess, what: string | number): Promise<unknown> {
  const answer = message(child);
  child.send(what);
  return answer;
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.send('stop');
  await gone;
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Microseconds of processor time of a process so far; its clock ticks 100 times a second. */
function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function row(what: string, value: number, unit: string, digits: number): void {
  console.log(`${what.padEnd(52)}${value.toFixed(digits).padStart(9)} ${unit}`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
