/** An engine that dies is started again, ever more slowly while it keeps dying. */
import { EchoEngine } from '@llambo/llama';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineSupervisor } from '../../src/cluster/engine-supervisor.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function supervised(fails: () => boolean = () => false) {
  const log: string[] = [];
  let exit: (why: string) => void = () => {};
  const supervisor = new EngineSupervisor(
    async (exited) => {
      log.push('start');
      if (fails()) throw new Error('no luck');
      exit = exited;
      return new EchoEngine();
    },
    { up: () => log.push('up'), down: (why, retryMs) => log.push(`down ${why} ${retryMs}`) },
  );
  return { supervisor, log, exit: (why: string) => exit(why) };
}

describe('engine supervisor', () => {
  test('starts again after a death', async () => {
    const { supervisor, log, exit } = supervised();
    const first = await supervisor.start();
    exit('SIGKILL');
    expect(supervisor.engine).toBeUndefined();
    await vi.advanceTimersByTimeAsync(249);
    expect(log).toEqual(['start', 'up', 'down SIGKILL 250']);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(['start', 'up', 'down SIGKILL 250', 'start', 'up']);
    expect(supervisor.engine).not.toBe(first);
  });

  test('waits twice as long each time, 30 s at most', async () => {
    let broken = false;
    const { supervisor, log, exit } = supervised(() => broken);
    await supervisor.start();
    broken = true;
    exit('x');
    await vi.advanceTimersByTimeAsync(120_000);
    const waits = log.filter((line) => line.startsWith('down')).map((line) => Number(line.split(' ').at(-1)));
    expect(waits.slice(0, 10)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(log[3]).toBe('start');
    expect(log[4]).toBe('down no luck 500');
    broken = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(supervisor.engine).toBeDefined();
  });

  test('an engine that worked for a minute starts the back-off anew; one that did not goes on with it', async () => {
    const { supervisor, log, exit } = supervised();
    await supervisor.start();
    exit('a');
    await vi.advanceTimersByTimeAsync(250);
    exit('b');
    await vi.advanceTimersByTimeAsync(500);
    await vi.advanceTimersByTimeAsync(60_001);
    exit('c');
    expect(log.filter((line) => line.startsWith('down'))).toEqual(['down a 250', 'down b 500', 'down c 250']);
  });

  test('a first start that fails is told to the caller, and not tried again', async () => {
    const { supervisor, log } = supervised(() => true);
    await expect(supervisor.start()).rejects.toThrow('no luck');
    await vi.advanceTimersByTimeAsync(100_000);
    expect(log).toEqual(['start']);
  });

  test('stopped, it starts nothing', async () => {
    const { supervisor, log, exit } = supervised();
    const engine = await supervisor.start();
    exit('x');
    await supervisor.stop();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(log).toEqual(['start', 'up', 'down x 250']);
    await expect(engine.embed(['x'])).resolves.toHaveLength(1);
  });

  test('stopped while it starts, it closes what comes', async () => {
    const { supervisor, log } = supervised();
    const starting = supervisor.start();
    await supervisor.stop();
    await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
    expect(log).toEqual(['start']);
    expect(supervisor.engine).toBeUndefined();
  });
});
