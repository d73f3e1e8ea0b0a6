/** kill -9 of the orchestrator in mid-stream: the next one adopts the nodes, and the client gets the rest of its answer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let home: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'llambo-crash-'));
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
  rmSync(home, { recursive: true, force: true });
});

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Starts `llamboctl up`; its URL once it serves. */
function up(): Promise<string> {
  const config = join(home, 'llambo.yaml');
  writeFileSync(
    config,
    'listen: { http: "127.0.0.1:0" }\nengine: { kind: echo, token_ms: 20 }\nclasses: { tiny: { count: 3, model: m, capacity: 4 } }\nhost: { threads: 1 }\n',
  );
  child = spawn(
    process.execPath,
    ['--conditions=llambo:source', '--import', 'tsx', main, 'up', '-c', config],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, LLAMBO_HOME: home } },
  );
  return new Promise((resolve, reject) => {
    let said = '';
    child?.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = /OpenAI API\s+(\S+)\/v1/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    child?.once('exit', () => reject(new Error(said)));
  });
}

interface Seen {
  text: string;
  lastId: string;
  finished: boolean;
}

/** Reads a stream into `seen` until it ends or breaks. */
async function follow(url: string, seen: Seen, onEvent: () => void = () => {}): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': 'story-1',
      ...(seen.lastId === '' ? {} : { 'last-event-id': seen.lastId }),
    },
    body: JSON.stringify({
      messages: [{ role: 'user', content: 'a long story' }],
      max_tokens: 150,
      seed: 7,
      stream: true,
    }),
  });
  if (!response.ok) throw new Error(await response.text());
  let rest = '';
  for await (const data of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (rest + data).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      seen.lastId = /^id: (\d+)$/m.exec(event)?.[1] ?? seen.lastId;
      const json = /^data: (\{.*)$/m.exec(event)?.[1];
      if (json === undefined) continue;
      const [choice] = (
        JSON.parse(json) as { choices: { delta: { content?: string }; finish_reason: string | null }[] }
      ).choices;
      seen.text += choice?.delta.content ?? '';
      seen.finished ||= choice?.finish_reason != null;
      onEvent();
    }
  }
}

test('the client comes back by its id and gets the rest, byte for byte', { timeout: 180_000 }, async () => {
  const first = await up();
  const whole: Seen = { text: '', lastId: '', finished: false };
  await follow(first, whole);
  expect(whole.finished).toBe(true);

  // The same id again begins anew: this time the orchestrator dies on the way.
  const seen: Seen = { text: '', lastId: '', finished: false };
  const gone = new Promise((resolve) => child?.once('exit', resolve));
  let count = 0;
  await follow(first, seen, () => {
    if (++count === 40) child?.kill('SIGKILL');
  }).catch(() => {});
  await gone;
  expect(seen.finished).toBe(false);
  expect(seen.text.length).toBeGreaterThan(50);

  const second = await up();
  const status = (await (await fetch(`${second}/api/v1/status`)).json()) as {
    nodes: number;
    uptimeSeconds: number;
  };
  expect(status.nodes).toBe(3);
  await follow(second, seen);
  expect(seen.finished).toBe(true);
  expect(seen.text).toBe(whole.text);
});
