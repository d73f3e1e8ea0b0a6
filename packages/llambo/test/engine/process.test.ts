/** The engine in a process of its own, reached by files: what its death does, and does not. */
import { setMaxListeners } from 'node:events';
import { collect, type Engine, type LlamaError } from '@llambo/llama';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchEngine } from '../../src/engine/launch.ts';
import { formatOptions, parseOptions } from '../../src/engine/options.ts';
import { parseReport } from '../../src/wire/status.ts';
import { type Reached, reach } from './support.ts';

const ask = (engine: unknown, prompt: string, maxTokens = 8, signal?: AbortSignal) =>
  collect(engine as Engine, { prompt, maxTokens }, signal);

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: LlamaError) => error.code,
  );

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('engine process', { timeout: 60_000 }, () => {
  let reached: Reached;
  const exits: string[] = [];
  beforeAll(async () => {
    const exited = (why: string): void => void exits.push(why);
    const size = { sequences: 64, queue: 150, context: 777 };
    reached = await reach({ kind: 'echo', name: 'parrot', tokenMs: 2, ...size, exited });
  });
  afterAll(() => reached?.close());

  const status = async () => parseReport(await reached.read('status'));
  const busy = async (): Promise<number[]> => {
    const { active, waiting } = await status();
    return [active, waiting];
  };

  test('says who it is', async () => {
    const { pid } = reached.process;
    expect(await status()).toMatchObject({ name: 'parrot', sequences: 64, context: 777, chat: true, pid });
  });

  test('200 requests at once get their own answers', async () => {
    const { engine } = reached;
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => ask(engine, `question ${i}`, 5 + (i % 40))),
    );
    expect(answers.map(({ tokens }) => tokens.length)).toEqual(answers.map((_, i) => 5 + (i % 40)));
    const again = await Promise.all([0, 57, 199].map((i) => ask(engine, `question ${i}`, 5 + (i % 40))));
    expect(again.map(({ text }) => text)).toEqual([0, 57, 199].map((i) => answers[i]?.text));
    expect(new Set(answers.map(({ text }) => text)).size).toBeGreaterThan(190);
  });

  test('a request that is cancelled frees its place, in the queue and on the engine', async () => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    setMaxListeners(0, running.signal);
    const first = Array.from({ length: 64 }, (_, i) =>
      code(ask(reached.engine, `${i}`, 770, running.signal)),
    );
    await expect.poll(busy).toEqual([64, 0]);
    const second = code(ask(reached.engine, 'waits', 770, waiting.signal));
    await expect.poll(busy).toEqual([64, 1]);
    waiting.abort();
    expect(await second).toBe('cancelled');
    await expect.poll(busy).toEqual([64, 0]);
    running.abort();
    expect(new Set(await Promise.all(first))).toEqual(new Set(['cancelled']));
    await expect.poll(busy).toEqual([0, 0]);
    expect((await ask(reached.engine, 'next', 2)).tokens).toHaveLength(2);
  });

  test('a full queue is said to be full', async () => {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const held = Array.from({ length: 214 }, (_, i) => code(ask(reached.engine, `${i}`, 770, stop.signal)));
    await expect.poll(busy).toEqual([64, 150]);
    expect(await code(ask(reached.engine, 'one too many'))).toBe('queue-full');
    stop.abort();
    await Promise.all(held);
  });

  test('ends when its owner lets go of it', async () => {
    const { process: engine } = reached;
    expect(exits).toEqual([]);
    await engine.close();
    expect(alive(engine.pid)).toBe(false);
    expect(exits).toEqual(['closed']);
    await engine.close();
  });
});

describe('a process that is killed', { timeout: 60_000 }, () => {
  const all: Reached[] = [];
  afterEach(async () => {
    for (const reached of all.splice(0)) await reached.close();
  });

  test('ends all that is under way, once, tells its owner, and leaves its place to the next', async () => {
    const exits: string[] = [];
    const first = await reach({ kind: 'echo', tokenMs: 50, exited: (why) => exits.push(why) });
    all.push(first);
    let ends = 0;
    const running = Array.from({ length: 3 }, (_, i) =>
      code(ask(first.engine, `endless ${i}`, 1000).finally(() => ends++)),
    );
    await ask(first.engine, 'x', 1);
    process.kill(first.process.pid, 'SIGKILL');
    expect(await Promise.all(running)).toEqual(['engine-gone', 'engine-gone', 'engine-gone']);
    expect(ends).toBe(3);
    expect(await code(ask(first.engine, 'x'))).toBe('engine-gone');
    expect(await code(first.engine.embed(['x']))).toBe('engine-gone');
    await expect.poll(() => exits).toEqual(['SIGKILL']);
    const socket = first.process.address.slice('unix!'.length);
    const second = await reach({ kind: 'echo', socket });
    all.push(second);
    expect((await ask(second.engine, 'still there?')).tokens).toHaveLength(8);
  });
});

describe('a start', { timeout: 60_000 }, () => {
  test('that fails says why, and leaves no process', async () => {
    const stop = new AbortController();
    const starts = [
      launchEngine({ kind: 'llama', path: import.meta.filename }),
      launchEngine({ kind: 'echo', socket: '/nowhere/at/all' }),
      launchEngine({ kind: 'echo', signal: stop.signal }),
    ];
    stop.abort();
    const ends = await Promise.allSettled(starts);
    const reasons = ends.map((end) => (end.status === 'rejected' ? (end.reason as LlamaError) : undefined));
    expect(reasons.map((reason) => reason?.code)).toEqual(['native', 'internal', 'cancelled']);
    expect(reasons[0]?.message).toMatch(/could not load the model/);
    expect(reasons[1]?.message).toMatch(/^can't listen on/);
  });

  test('is told everything by attributes', () => {
    const options = {
      kind: 'llama' as const,
      socket: "/tmp/it's here.sock",
      path: '/models/a=b.gguf',
      name: 'm',
      context: 4096,
      sequences: 8,
      queue: 10,
      threads: 2,
      gpuLayers: -1,
    };
    expect(parseOptions(formatOptions(options))).toEqual(options);
  });

  test.each<[string[], string]>([
    [['socket=s'], 'path=MODEL is missing'],
    [['kind=echo'], 'socket=PATH is missing'],
    [['kind=parrot', 'socket=s'], 'kind: expected llama or echo, got "parrot"'],
    [['kind=echo', 'context=big'], 'context: expected a number, got "big"'],
    [['kind=echo', 'colour=red'], 'unknown argument "colour=red"'],
    [['help'], 'unknown argument "help"'],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'bad-request', message }));
  });
});
