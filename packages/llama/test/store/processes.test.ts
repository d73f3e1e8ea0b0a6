import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ModelStoreError, PullProgress } from '../../src/store/index.ts';
import { entryFor, modelBytes, type Place, place, storeAt } from './fixture.ts';
import { Hub } from './hub.ts';

const bytes = modelBytes(600_000);
const entry = entryFor(bytes);
let hub: Hub;
let at: Place;
const children: ChildProcess[] = [];

beforeAll(async () => {
  hub = await Hub.start();
  hub.put('user', 'repo', 'small.Q4_0.gguf', bytes);
});
afterAll(() => hub.close());
beforeEach(() => {
  at = place();
  hub.manners = {};
  hub.seen.length = 0;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  at.remove();
});

const script = fileURLToPath(new URL('pull-child.ts', import.meta.url));

function pullElsewhere(): { child: ChildProcess; says(word: string): Promise<void>; code: Promise<unknown> } {
  const args = ['--conditions=llambo:source', '--import', 'tsx', script];
  const child = spawn(process.execPath, [...args, at.home, hub.endpoint, JSON.stringify(entry)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let said = '';
  child.stdout!.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const says = async (word: string) => {
    while (!said.includes(word)) await once(child.stdout!, 'data');
  };
  return { child, says, code: once(child, 'exit').then(([code]) => code) };
}

const bytesSent = () => hub.seen.length;

describe('several processes', () => {
  it('that pull one model do the work once', async () => {
    hub.manners.slow = 20;
    const three = [pullElsewhere(), pullElsewhere(), pullElsewhere()];
    expect(await Promise.all(three.map(({ code }) => code))).toEqual([0, 0, 0]);
    expect(bytesSent()).toBe(1);
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(readdirSync(dirname(at.model))).toEqual(['small.gguf']);
  });

  it('also in one process', async () => {
    const store = storeAt(at, hub, entry);
    const phases: string[] = [];
    const onProgress = ({ phase }: PullProgress) => phases.push(phase);
    hub.manners.slow = 5;
    await Promise.all([store.pull('small', { onProgress }), store.pull('small', { onProgress })]);
    expect(bytesSent()).toBe(1);
    expect(phases).toContain('waiting');
  });

  it('go on after one that was killed in the middle', async () => {
    hub.manners.slow = 100;
    const victim = pullElsewhere();
    await victim.says('downloading');
    victim.child.kill('SIGKILL');
    await victim.code;
    expect(existsSync(at.model)).toBe(false);
    expect(existsSync(`${at.model}.lock`)).toBe(true);
    const left = readFileSync(at.part).length;
    expect(left).toBeGreaterThan(0);
    hub.manners.slow = 0;
    await storeAt(at, hub, entry).pull('small');
    expect(hub.seen.at(-1)!.range).toBe(`bytes=${left}-`);
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(readdirSync(dirname(at.model))).toEqual(['small.gguf']);
  });

  it('take over from one that is killed while they wait', async () => {
    hub.manners.slow = 200;
    const victim = pullElsewhere();
    await victim.says('downloading');
    const heirs = [pullElsewhere(), pullElsewhere()];
    await Promise.all(heirs.map(({ says }) => says('waiting')));
    hub.manners.slow = 0;
    victim.child.kill('SIGKILL');
    expect(await Promise.all(heirs.map(({ code }) => code))).toEqual([0, 0]);
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(bytesSent()).toBe(2);
  });
});

describe('a lock', () => {
  const lock = () => `${at.model}.lock`;
  const write = (owner: object | string): void => {
    mkdirSync(dirname(lock()), { recursive: true });
    writeFileSync(lock(), typeof owner === 'string' ? owner : JSON.stringify(owner));
  };
  const pull = () => storeAt(at, hub, entry, { waitMs: 300 }).pull('small');
  const gone = () => spawnSync(process.execPath, ['-e', '']).pid;

  it('of a process that ended is broken', async () => {
    write({ pid: gone(), host: hostname(), started: '', id: 'x' });
    expect((await pull()).path).toBe(at.model);
  });

  it.skipIf(process.platform !== 'linux')('of a pid that another process has now is broken', async () => {
    write({ pid: process.pid, host: hostname(), started: '1', id: 'x' });
    expect((await pull()).path).toBe(at.model);
  });

  it('of a silent process on another machine is broken, of one that is heard from is not', async () => {
    write({ pid: 1, host: 'elsewhere', started: '', id: 'x' });
    const error = (await pull().catch((reason: unknown) => reason)) as ModelStoreError;
    expect(error.code).toBe('locked');
    expect(error.message).toContain(`still being pulled by process 1 on elsewhere`);
    expect(error.message).toContain(`remove ${lock()}`);
    const old = new Date(Date.now() - 3_600_000);
    utimesSync(lock(), old, old);
    expect((await pull()).path).toBe(at.model);
  });

  it('without an owner counts as held until it is old', async () => {
    write('{"pid":');
    expect(((await pull().catch((reason: unknown) => reason)) as ModelStoreError).code).toBe('locked');
    const old = new Date(Date.now() - 3_600_000);
    utimesSync(lock(), old, old);
    expect((await pull()).path).toBe(at.model);
  });

  it('is broken once, even when the one that was breaking it was killed', async () => {
    write({ pid: gone(), host: hostname(), started: '', id: 'x' });
    writeFileSync(`${lock()}.break`, '');
    expect(((await pull().catch((reason: unknown) => reason)) as ModelStoreError).code).toBe('locked');
    const old = new Date(Date.now() - 60_000);
    utimesSync(`${lock()}.break`, old, old);
    expect((await pull()).path).toBe(at.model);
    expect(readdirSync(dirname(at.model))).toEqual(['small.gguf']);
  });

  it('is waited for no longer than the signal allows', async () => {
    write({ pid: process.pid, host: hostname(), started: '', id: 'x' });
    const stop = new AbortController();
    const waiting = storeAt(at, hub, entry).pull('small', {
      signal: stop.signal,
      onProgress: ({ phase }) => phase === 'waiting' && stop.abort(),
    });
    expect(((await waiting.catch((reason: unknown) => reason)) as ModelStoreError).code).toBe('aborted');
    expect(existsSync(join(dirname(at.model), 'small.gguf.lock'))).toBe(true);
  });
});
