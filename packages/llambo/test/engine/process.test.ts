/** The engine in a process of its own, reached by files: what its death does, and does not. */
import { collect, type Engine, type LlamaError } from '@llambo/llama';
import { afterEach, describe, expect, test } from 'vitest';
import { type LaunchOptions, launchEngine } from '../../src/engine/launch.ts';
import { parseReport } from '../../src/wire/status.ts';
import { type Reached, reach } from './support.ts';

let reached: Reached | undefined;
afterEach(async () => {
  await reached?.close();
  reached = undefined;
});

async function start(options: Partial<LaunchOptions> = {}): Promise<Reached> {
  reached = await reach({ kind: 'echo', ...options });
  return reached;
}

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
  test('says who it is', async () => {
    const { process: engine, read } = await start({ name: 'parrot', sequences: 3, context: 777 });
    const report = parseReport(await read('status'));
    expect(report).toMatchObject({ name: 'parrot', sequences: 3, context: 777, chat: true, pid: engine.pid });
  });

  test('200 requests at once get their own answers', async () => {
    const { engine } = await start({ sequences: 64, queue: 1000 });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => ask(engine, `question ${i}`, 5 + (i % 40))),
    );
    const again = await Promise.all([0, 57, 199].map((i) => ask(engine, `question ${i}`, 5 + (i % 40))));
    expect(answers.map(({ tokens }) => tokens.length)).toEqual(answers.map((_, i) => 5 + (i % 40)));
    expect(again.map(({ text }) => text)).toEqual([0, 57, 199].map((i) => answers[i]?.text));
  });

  test('kill -9 ends all that is under way, once, and tells its owner', async () => {
    const exits: string[] = [];
    const { process: engine, engine: node } = await start({ tokenMs: 50, exited: (why) => exits.push(why) });
    let ends = 0;
    const running = Array.from({ length: 3 }, (_, i) =>
      code(ask(node, `endless ${i}`, 1000).finally(() => ends++)),
    );
    await ask(node, 'x', 1);
    process.kill(engine.pid, 'SIGKILL');
    expect(await Promise.all(running)).toEqual(['engine-gone', 'engine-gone', 'engine-gone']);
    expect(ends).toBe(3);
    expect(await code(ask(node, 'x'))).toBe('engine-gone');
    expect(await code(node.embed(['x']))).toBe('engine-gone');
    await expect.poll(() => exits).toEqual(['SIGKILL']);
  });

  test('one that was killed leaves a socket that the next one takes over', async () => {
    const first = await start();
    process.kill(first.process.pid, 'SIGKILL');
    await expect.poll(() => alive(first.process.pid)).toBe(false);
    const second = await start({ socket: first.process.address.slice('unix!'.length) });
    expect((await ask(second.engine, 'still there?')).tokens).toHaveLength(8);
  });

  test('a request that is cancelled frees its place, in the queue and on the engine', async () => {
    const { engine, read } = await start({ sequences: 1, tokenMs: 20 });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = code(ask(engine, 'long', 1000, running.signal));
    const second = code(ask(engine, 'waits', 1000, waiting.signal));
    const busy = async (): Promise<number[]> => {
      const { active, waiting } = parseReport(await read('status'));
      return [active, waiting];
    };
    await expect.poll(busy).toEqual([1, 1]);
    waiting.abort();
    expect(await second).toBe('cancelled');
    await expect.poll(busy).toEqual([1, 0]);
    running.abort();
    expect(await first).toBe('cancelled');
    await expect.poll(busy).toEqual([0, 0]);
    expect((await ask(engine, 'next', 2)).tokens).toHaveLength(2);
  });

  test('a full queue is said to be full', async () => {
    const { engine } = await start({ sequences: 1, queue: 1, tokenMs: 20 });
    const stop = new AbortController();
    const held = [0, 1].map((i) => code(ask(engine, `${i}`, 1000, stop.signal)));
    await expect.poll(() => code(ask(engine, 'one too many'))).toBe('queue-full');
    stop.abort();
    await Promise.all(held);
  });

  test('ends when its owner lets go of it, and leaves no socket', async () => {
    const exits: string[] = [];
    const { process: engine } = await start({ exited: (why) => exits.push(why) });
    await engine.close();
    expect(alive(engine.pid)).toBe(false);
    expect(exits).toEqual(['closed']);
    await engine.close();
  });

  test.each<[string, LaunchOptions, string, RegExp]>([
    ['a file that is no model', { kind: 'llama', path: import.meta.filename }, 'native', /could not load/],
    ['no path', { kind: 'llama' }, 'bad-request', /^path=MODEL is missing$/],
    ['a folder that is not there', { kind: 'echo', socket: '/nowhere/at/all' }, 'internal', /can't listen/],
  ])('%s is refused with words', async (_name, options, expected, words) => {
    const error = await launchEngine(options).then(
      () => expect.fail('it started'),
      (e: LlamaError) => e,
    );
    expect(error.message).toMatch(words);
    expect(error.code).toBe(expected);
  });

  test('a start that is given up leaves no process', async () => {
    const stop = new AbortController();
    const starting = launchEngine({ kind: 'echo', signal: stop.signal });
    stop.abort();
    expect(await code(starting)).toBe('cancelled');
  });
});
