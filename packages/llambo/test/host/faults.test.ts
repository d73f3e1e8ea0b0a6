import { fileURLToPath } from 'node:url';
import { Client, Fsys, ORDWR, pair, serve } from '@llambo/styx';
import { beforeAll, describe, expect, test } from 'vitest';
import { EngineLink, llamaRoot } from '../../src/host/engine-link.ts';
import { compileFile } from '../../src/host/library.ts';
import { testEngine } from './engine.ts';
import { answerOf, ask, rest, startBench, until } from './helper.ts';

describe('an engine that dies', () => {
  test('answers under way fail with engine-gone, and the node works again by itself', async () => {
    const { fs, crash, launches, engine } = await startBench();
    expect(await answerOf(fs, 'worker-0001', 'echo before')).toBe('before ');
    await until(() => engine.open === 0);
    const data = await ask(fs, 'worker-0001', 'wait');
    const read = data.read();
    read.catch(() => {});
    const events = await fs.open('events');
    await until(() => engine.open === 1, 'conversation');
    crash('killed by SIGKILL');
    await until(async () => /state=error/.test(await fs.readText('workers')), 'error state');
    expect(await fs.readText('engines/m/status')).toBe('state=down\nkind=echo\nmodel=m\n');
    await expect(answerOf(fs, 'worker-0001', 'echo x')).rejects.toThrow(
      /^engine-gone: engine of m is not running$/,
    );
    await until(() => launches.length === 2, 'another start');
    await until(async () => /state=up/.test(await fs.readText('engines/m/status')), 'up');
    expect(await answerOf(fs, 'worker-0001', 'echo after')).toBe('after ');
    expect(await linesOf(events, /engine/)).toEqual([
      'engine m up',
      "engine m down retry_ms=250 why='killed by SIGKILL'",
      'engine m up',
    ]);
    expect(engine.callers.length).toBe(3);
    await data.close();
  });

  test('over a question says so: that may be what killed it', async () => {
    const [near, far] = pair();
    serve(far, testEngine().server);
    const client = await Client.connect(near);
    const link = new EngineLink('m');
    link.set({ attach: (who, call) => client.attach(who, call) });
    const fs = new Fsys(llamaRoot(link, { uname: 'worker-0001', aname: '' }));
    const ctl = await fs.open('clone', ORDWR);
    const data = await fs.open(`${new TextDecoder().decode(await ctl.read()).trim()}/data`, ORDWR);
    await data.write(new TextEncoder().encode('wait'));
    const read = data.read();
    client.transport.destroy();
    await expect(read).rejects.toThrow(/^engine-gone: engine of m died$/);
    await expect(fs.open('clone', ORDWR)).rejects.toThrow(/^engine-gone: engine of m is not running$/);
  });

  test('a start that fails is reported by the command', async () => {
    let starts = 0;
    const { fs } = await startBench(0, {
      launch: async () => {
        if (++starts > 1) throw new Error('no such model');
        return { target: testEngine().server, close: async () => {} };
      },
    });
    await expect(fs.writeFile('ctl', 'engine model=x')).rejects.toThrow('no such model');
    await expect(fs.writeFile('ctl', 'spawn worker-0001 model=x memory=2000000')).rejects.toThrow(
      'unknown-model: no engine of model x',
    );
  });
});

describe('a machine that fails', () => {
  let bad: Uint8Array;
  beforeAll(async () => {
    bad = await compileFile(fileURLToPath(new URL('programs/bad.b', import.meta.url)));
  });

  for (const [how, why] of [
    ['loop', 'does not answer: it is in an endless loop'],
    ['memory', 'out of memory: heap'],
    ['fault', 'array bounds error'],
    ['exit', 'llambo.dis has ended'],
  ] as const) {
    test(`${how}: the others go on, and it comes back`, async () => {
      const { fs } = await startBench(2, { program: bad });
      const events = await fs.open('events');
      const data = await fs.open('worker-0001/data', ORDWR);
      // The program may be gone before its answer to the write is.
      await data.write(new TextEncoder().encode(how)).catch(() => {});
      if (how === 'loop') {
        const other = await ask(fs, 'worker-0002', 'x');
        expect(new TextDecoder().decode(await other.read())).toBe('fine');
        await other.close();
      }
      expect(await linesOf(events, /worker/, 2)).toEqual([
        `worker worker-0001 error why='${why}'`,
        'worker worker-0001 up',
      ]);
      await expect(data.read()).rejects.toThrow();
      await data.close();
      const again = await ask(fs, 'worker-0001', 'x');
      expect(new TextDecoder().decode(await again.read())).toBe('fine');
      await again.close();
    });
  }

  test('a program that does not serve its files is refused at once', async () => {
    const { fs } = await startBench(0, { program: new Uint8Array([1, 2, 3]) });
    await expect(fs.writeFile('ctl', 'spawn worker-0001 model=m memory=2000000')).rejects.toThrow();
    expect(await fs.readText('workers')).toBe('');
  });
});

describe('spawn', () => {
  test.each([
    ['spawn worker-0001 memory=2000000', 'bad-request: model= is missing'],
    ['spawn worker-1..worker-3 model=m memory=1', 'bad-request: memory=1: expected a number from 1048576'],
    ['spawn node-7 model=m memory=2000000', 'bad-request: node-7 names no worker'],
    ['spawn worker-3..worker-1 model=m memory=2000000', 'bad-request: range worker-3..worker-1 is empty'],
    [
      'spawn worker-1 worker-0001..worker-0002 model=m memory=2000000',
      'bad-request: worker-0001 is named twice',
    ],
    ['spawn worker-1 model=m memory=2000000 colour=red', 'bad-request: unknown attribute colour'],
    ['spawn worker-1 model=other memory=2000000', 'unknown-model: no engine of model other'],
    ['stop worker-0009', 'unknown-node: no worker worker-0009 here'],
    ['fly', 'unknown command "fly": expected engine, spawn, stop, drain, resume, shutdown'],
  ])('%s: %s', async (line, error) => {
    const { fs } = await startBench(0);
    await expect(fs.writeFile('ctl', line)).rejects.toThrow(error);
    expect(await fs.readText('workers')).toBe('');
  });

  test('all or none: a name that is taken spoils the line', async () => {
    const { fs } = await startBench(1);
    await expect(
      fs.writeFile('ctl', 'spawn worker-0001..worker-0003 model=m memory=2000000'),
    ).rejects.toThrow('bad-request: worker worker-0001 exists already');
    expect((await fs.readText('workers')).split('\n').length).toBe(2);
  });

  test('a node that is stopped is gone, and who reads from it gets an error', async () => {
    const { fs, engine } = await startBench(2);
    const data = await ask(fs, 'worker-0002', 'wait');
    const read = data.read();
    await until(() => engine.open === 1);
    await fs.writeFile('ctl', 'stop worker-0002');
    await expect(read).rejects.toThrow();
    await expect(fs.readText('worker-0002/status')).rejects.toThrow('does not exist');
    await until(() => engine.open === 0, 'end of the conversation');
    await data.close();
    expect(await rest(await ask(fs, 'worker-0001', 'echo x'))).toBe('x ');
  });
});

/** The next `count` (or all that are there) lines of a file of events that match. */
async function linesOf(events: { read(): Promise<Uint8Array> }, what: RegExp, count = 3): Promise<string[]> {
  const lines: string[] = [];
  while (lines.length < count) {
    const line = new TextDecoder().decode(await events.read()).trim();
    if (what.test(line)) lines.push(line);
  }
  return lines;
}
