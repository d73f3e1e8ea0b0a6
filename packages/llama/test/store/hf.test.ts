import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ModelStoreError, type PullProgress } from '../../src/store/index.ts';
import { entryFor, modelBytes, type Place, place, quick, storeAt } from './fixture.ts';
import { Hub } from './hub.ts';

const bytes = modelBytes(600_000);
const other = modelBytes(600_000);
const entry = entryFor(bytes);
let hub: Hub;
let at: Place;

beforeAll(async () => {
  hub = await Hub.start();
});
afterAll(() => hub.close());
beforeEach(() => {
  at = place();
  hub.manners = {};
  hub.seen.length = 0;
  hub.files.clear();
  hub.put('user', 'repo', 'small.Q4_0.gguf', bytes);
});
afterEach(() => at.remove());

const failure = async (promise: Promise<unknown>): Promise<ModelStoreError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelStoreError);
  return error as ModelStoreError;
};

const reasonOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await failure(promise);
  expect(error.code).toBe('unavailable');
  expect(existsSync(at.model)).toBe(false);
  return error.tried.at(-1)!.reason;
};

/** Aborts a pull once some bytes are there. */
async function interrupted(): Promise<number> {
  hub.manners.slow = 40;
  const stop = new AbortController();
  const onProgress = ({ phase, bytes: got }: PullProgress) => {
    if (phase === 'downloading' && got > 0) stop.abort();
  };
  const error = await failure(storeAt(at, hub, entry).pull('small', { signal: stop.signal, onProgress }));
  expect(error.code).toBe('aborted');
  hub.manners.slow = 0;
  expect(existsSync(at.model)).toBe(false);
  return readFileSync(at.part).length;
}

describe('a pull over HTTP', () => {
  it('gives a model its name once it is whole, and leaves nothing else', async () => {
    const store = storeAt(at, hub, entry);
    expect((await failure(store.resolve('small'))).message).toContain('run llamboctl pull small');
    const phases: string[] = [];
    const model = await store.pull('small', {
      onProgress: (progress) => {
        if (progress.phase !== 'done') expect(existsSync(at.model)).toBe(false);
        if (phases.at(-1) !== progress.phase) phases.push(progress.phase);
      },
    });
    expect(phases).toEqual(['checking', 'downloading', 'verifying', 'done']);
    expect(model).toMatchObject({ name: 'small', path: at.model, size: bytes.length, catalogue: entry });
    expect(model.gguf.model.name).toBe('Small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(readdirSync(dirname(at.model))).toEqual(['small.gguf']);
    expect((await store.resolve('small')).path).toBe(at.model);
    await store.pull('small');
    expect(hub.seen.length).toBe(1);
  });

  it('goes on by itself where a connection broke off', async () => {
    hub.manners = { breakAfter: 150_000, breaks: 3 };
    await storeAt(at, hub, entry).pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(hub.seen.length).toBe(4);
    expect(hub.seen.slice(1).every(({ range }) => range !== undefined)).toBe(true);
  });

  it('gives up when a connection breaks off again and again without a byte', async () => {
    hub.manners = { breakAfter: 0, breaks: 1000 };
    expect(await reasonOf(storeAt(at, hub, entry).pull('small'))).toMatch(/broke off|closed the connection/);
    expect(hub.seen.length).toBeLessThan(10);
  });

  it('takes up a transfer that stalls, and gives up when no byte comes', async () => {
    const http = { ...quick, stallMs: 50, retries: 1 };
    hub.manners = { hangAfter: 0 };
    expect(await reasonOf(storeAt(at, hub, entry, { http }).pull('small'))).toMatch(/no byte for 0.05 s/);
    hub.manners = { hangAfter: 300_000 };
    await storeAt(at, hub, entry, { http }).pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
  });

  it('goes on where an aborted pull stopped', async () => {
    const left = await interrupted();
    const store = storeAt(at, hub, entry);
    expect((await store.list())[0]).toMatchObject({ state: 'partial', size: bytes.length });
    await store.pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(hub.seen.at(-1)).toMatchObject({ range: `bytes=${left}-`, ifRange: expect.stringMatching(/^"/) });
  });

  it('starts over when the server does not know ranges', async () => {
    await interrupted();
    hub.manners.ignoreRange = true;
    await storeAt(at, hub, entry).pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
  });

  it('starts over when what was left is damaged', async () => {
    await interrupted();
    const damaged = readFileSync(at.part);
    damaged[1000]! ^= 1;
    writeFileSync(at.part, damaged);
    await storeAt(at, hub, entry).pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(hub.seen.at(-1)!.range).toBeUndefined();
  });

  it('needs no transfer when an interrupted pull had all bytes', async () => {
    await interrupted();
    writeFileSync(at.part, bytes);
    await storeAt(at, hub, entry).pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
  });

  it('leaves nothing of a file with a wrong checksum', async () => {
    hub.manners = { body: other, silent: true };
    const reason = await reasonOf(storeAt(at, hub, entry).pull('small'));
    expect(reason).toMatch(/its sha256 is [0-9a-f]{64} instead of/);
    expect(readdirSync(dirname(at.model))).toEqual([]);
  });

  it('does not download a file that the hub says is another', async () => {
    hub.manners.says = 'f'.repeat(64);
    expect(await reasonOf(storeAt(at, hub, entry).pull('small'))).toMatch(/holds another file now/);
    expect(hub.seen).toEqual([]);
  });

  it.each([
    ['longer', Buffer.concat([bytes, Buffer.alloc(10)])],
    ['shorter', bytes.subarray(0, -10)],
  ])('refuses a %s file', async (_, body) => {
    hub.manners = { body, silent: true };
    expect(await reasonOf(storeAt(at, hub, entry).pull('small'))).toMatch(
      /another file, of \d+ bytes instead of/,
    );
  });

  it.each([
    [401, /not allowed: .*HF_TOKEN/],
    [403, /accept the terms/],
    [404, /not found \(status 404\)/],
    [418, /the server refuses \(status 418\)/],
  ])('says what status %i means', async (status, message) => {
    hub.manners = { status };
    expect(await reasonOf(storeAt(at, hub, entry).pull('small'))).toMatch(message);
  });

  it('tries again what is transient', async () => {
    hub.manners = { status: 503, refusals: 2 };
    await storeAt(at, hub, entry).pull('small');
    expect(existsSync(at.model)).toBe(true);
  });

  it('sends the token to the hub and not to where it redirects', async () => {
    await storeAt(at, hub, entry, { env: { HF_TOKEN: 'secret' } }).pull('small');
    expect(hub.seen[0]!.authorization).toBeUndefined();
  });

  it('skips a hub that cannot be reached, and says so', async () => {
    const gone = await Hub.start();
    await gone.close();
    const skipped: PullProgress[] = [];
    const onProgress = (progress: PullProgress) => {
      if (progress.phase === 'skipped') skipped.push(progress);
    };
    const error = await failure(storeAt(at, gone, entry).pull('small', { onProgress }));
    expect(error.message).toMatch(
      /could not be pulled:\n {2}hf:user\/repo\/small.Q4_0.gguf: 127.0.0.1:\d+ cannot be/,
    );
    expect(error.message).toContain(`the file itself at ${at.model}`);
    expect(skipped).toMatchObject([{ source: 'hf:user/repo/small.Q4_0.gguf' }]);
  });

  it('does not begin when the disk is too small', async () => {
    const error = await failure(storeAt(at, hub, { ...entry, size: 2 ** 52 }).pull('small'));
    expect(error.code).toBe('disk-full');
    expect(error.message).toMatch(/MB needed, \d+ MB free/);
  });
});

describe('what is there already', () => {
  it('takes a file of LLAMBO_MODEL_PATH when its checksum is right', async () => {
    const folder = join(at.home, 'elsewhere');
    mkdirSync(folder);
    writeFileSync(join(folder, 'small.Q4_0.gguf'), bytes);
    await storeAt(at, hub, entry, { env: { LLAMBO_MODEL_PATH: folder } }).pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
    expect(hub.seen).toEqual([]);
  });

  it('goes to the next source when it is not', async () => {
    const folder = join(at.home, 'elsewhere');
    mkdirSync(folder);
    writeFileSync(join(folder, 'small.gguf'), other);
    await storeAt(at, hub, entry, { env: { LLAMBO_MODEL_PATH: folder } }).pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
  });

  it('replaces a file of the wrong size', async () => {
    const store = storeAt(at, hub, entry);
    mkdirSync(dirname(at.model), { recursive: true });
    writeFileSync(at.model, 'broken');
    expect((await store.list())[0]!.state).toBe('broken');
    expect((await failure(store.resolve('small'))).code).toBe('not-installed');
    await store.pull('small');
    expect(readFileSync(at.model).equals(bytes)).toBe(true);
  });
});

describe('any model of the hub', () => {
  beforeEach(() => {
    hub.files.clear();
    hub.put('org', 'Big-GGUF', 'README.md', Buffer.from('no model'));
    hub.put('org', 'Big-GGUF', 'big-Q4_K_M.gguf', bytes);
    hub.put('org', 'Big-GGUF', 'big-Q4_K_M-00001-of-00002.gguf', other);
    hub.put('org', 'Big-GGUF', 'mmproj-Q4_K_M.gguf', other);
    hub.put('org', 'Big-GGUF', 'sub/big-Q8_0.gguf', other);
  });

  it('is found by its quantization, and again without the hub', async () => {
    const store = storeAt(at, hub, entry);
    const model = await store.pull('hf:org/Big-GGUF');
    expect(model.path).toBe(join(at.home, 'models', 'hf', 'org', 'Big-GGUF', 'big-Q4_K_M.gguf'));
    const offline = storeAt(at, undefined, entry, { env: { HF_ENDPOINT: 'http://127.0.0.1:1' } });
    expect((await offline.resolve('hf:org/Big-GGUF:q4_k_m')).path).toBe(model.path);
    expect((await offline.pull('hf:org/Big-GGUF:Q4_K_M')).path).toBe(model.path);
    expect((await offline.list()).map(({ name }) => name)).toEqual([
      'small',
      'hf:org/Big-GGUF/big-Q4_K_M.gguf',
    ]);
    expect((await offline.resolve('hf:org/Big-GGUF/big-Q4_K_M.gguf')).path).toBe(model.path);
  });

  it('is found by its file', async () => {
    const model = await storeAt(at, hub, entry).pull('hf:org/Big-GGUF/sub/big-Q8_0.gguf');
    expect(readFileSync(model.path).equals(other)).toBe(true);
  });

  it('has the checksum that the hub says', async () => {
    hub.manners = { body: other };
    const error = await failure(storeAt(at, hub, entry).pull('hf:org/Big-GGUF/big-Q4_K_M.gguf'));
    expect(error.tried[0]!.reason).toMatch(/its sha256 is/);
    expect((await storeAt(at, hub, entry).list()).length).toBe(1);
  });

  it('must be a model', async () => {
    hub.put('org', 'Big-GGUF', 'fake-Q2_K.gguf', Buffer.from('no model at all'));
    const error = await failure(storeAt(at, hub, entry).pull('hf:org/Big-GGUF:Q2_K'));
    expect(error.tried[0]!.reason).toMatch(/no usable model: .*not a GGUF file/);
  });

  it('says which quantizations there are', async () => {
    const error = await failure(storeAt(at, hub, entry).pull('hf:org/Big-GGUF:Q5_0'));
    expect(error.tried[0]!.reason).toMatch(
      /no single GGUF file of quantization Q5_0; there is big-Q4_K_M.gguf/,
    );
    expect((await failure(storeAt(at, hub, entry).pull('hf:org/None'))).tried[0]!.reason).toMatch(
      /not found/,
    );
  });
});
