/** The engine in a process of its own: what its death does, and does not. */
import { afterEach, describe, expect, test } from 'vitest';
import { ChildEngine, collect, type LlamaError } from '../../src/index.ts';
import { THREADS, tinyModel } from './model.ts';

let engine: ChildEngine | undefined;
afterEach(() => engine?.close());

async function start(exited?: (why: string) => void): Promise<ChildEngine> {
  engine = await ChildEngine.start({
    path: await tinyModel(),
    context: 256,
    sequences: 4,
    threads: THREADS,
    ...(exited === undefined ? {} : { exited }),
  });
  return engine;
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('engine process', { timeout: 120_000 }, () => {
  test('answers as the engine does, and ends when it is closed', async () => {
    const child = await start();
    const answer = await collect(child, {
      messages: [{ role: 'user', content: 'Say hello.' }],
      maxTokens: 8,
      temperature: 0,
    });
    expect(answer.text.length).toBeGreaterThan(0);
    expect(await child.detokenize(await child.tokenize('round trip'))).toBe('round trip');
    expect(await child.applyTemplate([{ role: 'user', content: 'x' }])).toContain('x');
    expect(await child.score({ prompt: 'a', options: ['b'] })).toHaveLength(1);
    const { pid } = child;
    await child.close();
    expect(alive(pid)).toBe(false);
  });

  test('kill -9 fails every request in it once, and later ones at once', async () => {
    const exits: string[] = [];
    const child = await start((why) => exits.push(why));
    let ends = 0;
    const running = Array.from({ length: 3 }, () => {
      const result = collect(child, { prompt: 'Once upon a time', maxTokens: 200, ignoreEos: true });
      return result.catch((error: LlamaError) => {
        ends++;
        return error.code;
      });
    });
    await new Promise<void>((resolve) => {
      child.generate(
        { prompt: 'x', maxTokens: 1 },
        { chunk() {}, finish: () => resolve(), error: () => resolve() },
      );
    });
    process.kill(child.pid, 'SIGKILL');
    expect(await Promise.all(running)).toEqual(['engine-gone', 'engine-gone', 'engine-gone']);
    expect(ends).toBe(3);
    expect(exits).toEqual(['SIGKILL']);
    await expect(collect(child, { prompt: 'x' })).rejects.toMatchObject({ code: 'engine-gone' });
  });

  test('a file that is no model is refused with words, and leaves no process', async () => {
    await expect(ChildEngine.start({ path: import.meta.filename })).rejects.toThrow(
      /could not load the model/,
    );
  });

  test('cancelling a request leaves the others alone', async () => {
    const child = await start();
    const abort = new AbortController();
    const first = collect(child, { prompt: 'a', maxTokens: 200, ignoreEos: true }, abort.signal);
    const second = collect(child, { prompt: 'b', maxTokens: 12, ignoreEos: true });
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect((await second).tokens).toHaveLength(12);
  });
});
