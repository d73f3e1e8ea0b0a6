/**
 * What a person waits for at the terminal.
 *
 *     npm run bench -- limbot [QUESTIONS] [echo]
 *
 * `first_token_ms`: from a chat's first token at the gateway to its text at the terminal, limbot running in a pseudo-terminal
 * against a cluster that this process heads: both moments are read off one clock. `status_ms`: llamboctl status as a whole
 * process, in turns with `node -e 0`, which is the floor. The built program is measured.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelStore } from '@llambo/llama';
import * as pty from '@lydell/node-pty';
import { parseConfig } from 'llambo';
import { startCluster } from '../packages/llambo/src/cli/cluster.ts';
import { median, printTable } from './support/table.ts';

const QUESTIONS = Number(process.argv[2] ?? 40);
const echo = process.argv.includes('echo');
const STARTS = 15;
/** Milliseconds that an answer may take. */
const PATIENCE = 30_000;

const program = fileURLToPath(new URL('../packages/llambo/bin/llamboctl.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'llambo-bench-'));
const model = echo ? 'echo' : (await new ModelStore().pull('smollm2-135m')).path;
const yaml = `classes: { tiny: { count: 2, model: ${JSON.stringify(model)}, memory: 128MB, context_size: 2048 } }
engine: { kind: ${echo ? 'echo, token_ms: 10' : 'llama'} }
listen: { http: "127.0.0.1:0" }`;
const cluster = await startCluster(parseConfig(yaml, 'bench'));

/** When the newest answer's first text came, and what it was. */
let arrived: { readonly at: number; readonly text: string } | undefined;
const { orchestrator } = cluster;
const infer = orchestrator.infer.bind(orchestrator);
orchestrator.infer = (request, sink) => {
  const chunk = sink.chunk.bind(sink);
  sink.chunk = (part) => {
    if (arrived === undefined && part.text.trim() !== '')
      arrived = { at: performance.now(), text: part.text.trim() };
    chunk(part);
  };
  return infer(request, sink);
};

const env = { ...process.env, LLAMBO_HOME: home, TERM: 'xterm-256color' } as Record<string, string>;
try {
  const first = await firstTokens();
  const [status, floor] = await starts();
  const p50 = median(first);
  const p99 = first.toSorted((a, b) => a - b)[Math.ceil(first.length * 0.99) - 1] as number;
  printTable(
    ['', 'p50, ms', 'p99, ms'],
    [
      [`first token, gateway to terminal, ${first.length} answers`, p50.toFixed(2), p99.toFixed(2)],
      ['llamboctl status', median(status).toFixed(0), Math.max(...status).toFixed(0)],
      ['node -e 0', median(floor).toFixed(0), Math.max(...floor).toFixed(0)],
    ],
  );
  console.log(
    JSON.stringify({
      first_token_ms_p50: round(p50),
      first_token_ms_p99: round(p99),
      status_ms: round(median(status)),
      node_ms: round(median(floor)),
    }),
  );
} finally {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
}

async function firstTokens(): Promise<number[]> {
  const terminal = pty.spawn(
    process.execPath,
    [program, 'limbot', '--addr', cluster.url, '--max-tokens', '8'],
    { cols: 100, rows: 30, env },
  );
  let shown = '';
  let seen: () => void = () => {};
  terminal.onData((text) => {
    shown += text;
    seen();
  });
  const until = (isThere: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`limbot shows only:\n${shown}`)), PATIENCE);
      seen = () => {
        if (!isThere()) return;
        clearTimeout(late);
        seen = () => {};
        resolve();
      };
      seen();
    });
  const times: number[] = [];
  try {
    await until(() => shown.includes('You: '));
    for (let i = 0; i < QUESTIONS; i++) {
      shown = '';
      arrived = undefined;
      let mark = -1;
      terminal.write(`Name a thing that begins with ${String.fromCharCode(97 + (i % 26))}.\r`);
      await until(() => {
        if (arrived === undefined) {
          mark = shown.length;
          return false;
        }
        return shown.includes(arrived.text, Math.max(mark, 0));
      });
      times.push(performance.now() - (arrived as unknown as { at: number }).at);
      await until(() => /tok(ens|\/s)[\s\S]*You: /.test(shown.slice(Math.max(mark, 0))));
    }
    terminal.write('/quit\r');
  } finally {
    terminal.kill();
  }
  return times;
}

async function starts(): Promise<[status: number[], floor: number[]]> {
  const status: number[] = [];
  const floor: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    status.push(await timed([program, 'status', '--addr', cluster.url]));
    floor.push(await timed(['-e', '0']));
  }
  return [status, floor];
}

function timed(args: readonly string[]): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(performance.now() - began) : reject(new Error(`${args} ended with ${code}`)),
    );
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
