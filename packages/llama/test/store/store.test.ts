import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue, defaultModel, ModelStore, ModelStoreError } from '../../src/store/index.ts';
import { parseName } from '../../src/store/name.ts';
import { entryFor, modelBytes, type Place, place, storeAt } from './fixture.ts';

const bytes = modelBytes(1000);
const entry = entryFor(bytes);
let at: Place;
beforeEach(() => {
  at = place();
});
afterEach(() => at.remove());

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof ModelStoreError ? error.code : error),
  );

describe('names', () => {
  it.each([
    ['smollm2-135m', { kind: 'name', name: 'smollm2-135m' }],
    ['./x', { kind: 'path', path: './x' }],
    ['x.gguf', { kind: 'path', path: 'x.gguf' }],
    ['C:\\m\\x.gguf', { kind: 'path', path: 'C:\\m\\x.gguf' }],
    ['hf:u/r', { kind: 'hf-quant', user: 'u', repo: 'r', quant: 'Q4_K_M' }],
    ['hf:u/r:Q8_0', { kind: 'hf-quant', user: 'u', repo: 'r', quant: 'Q8_0' }],
    ['hf:u/r/f.gguf', { kind: 'hf-file', user: 'u', repo: 'r', file: 'f.gguf' }],
    ['hf:u/r/a/f.gguf', { kind: 'hf-file', user: 'u', repo: 'r', file: 'a/f.gguf' }],
  ])('%s', (text, name) => expect(parseName(text)).toEqual(name));

  it.each([
    '',
    'a b',
    '-x',
    '..',
    'a\0b',
    'hf:',
    'hf:u',
    'hf:u/..',
    'hf:../r',
    'hf:u/r/../x.gguf',
    'hf:u/r//x.gguf',
    'hf:u/r/x.bin',
    'hf:u/r:',
    'hf:u/r:Q4:x',
    'hf:u/r:(.*)',
    'hf:u/r/f.gguf:Q4_0',
    'hf:u\\r/x',
  ])('refuses %j', (text) => expect(() => parseName(text)).toThrow(ModelStoreError));
});

describe('the catalogue', () => {
  it('has names, sums, sizes and sources', () => {
    expect(defaultModel).toBe('smollm2-135m');
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
    for (const model of catalogue) {
      expect(parseName(model.name).kind).toBe('name');
      expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(model.size).toBeGreaterThan(1e6);
      if (model.hf !== undefined) {
        const { user, repo, file } = model.hf;
        expect(parseName(`hf:${user}/${repo}/${file}`).kind).toBe('hf-file');
      }
      expect(model.pip.length).toBeGreaterThan(0);
    }
  });
});

describe('a store', () => {
  it('lists all states, and files that the user puts there', async () => {
    const store = storeAt(at, undefined, entry);
    expect(await store.list()).toEqual([
      { name: 'small', state: 'absent', path: at.model, size: bytes.length, catalogue: entry },
    ]);
    mkdirSync(store.folder, { recursive: true });
    writeFileSync(at.model, bytes);
    writeFileSync(join(store.folder, 'mine.gguf'), bytes);
    writeFileSync(join(store.folder, 'mine.gguf.part'), bytes);
    expect((await store.list()).map(({ name, state }) => [name, state])).toEqual([
      ['small', 'installed'],
      ['mine', 'installed'],
    ]);
    expect((await store.resolve('mine')).gguf.model.architecture).toBe('llama');
    expect((await store.pull('mine')).catalogue).toBeUndefined();
  });

  it('resolves a path', async () => {
    const path = join(at.home, 'any.gguf');
    writeFileSync(path, bytes);
    const store = storeAt(at, undefined, entry);
    expect(await store.resolve(path)).toMatchObject({
      name: path,
      path,
      size: bytes.length,
      catalogue: undefined,
    });
    expect((await store.pull(path)).path).toBe(path);
    writeFileSync(path, bytes.subarray(0, 50));
    expect(await code(store.resolve(path))).toBe('corrupt');
    expect(await code(store.resolve(join(at.home, 'none.gguf')))).toBe('not-installed');
  });

  it('knows what it does not know', async () => {
    const store = storeAt(at, undefined, entry);
    const error = await store.resolve('larg').catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toMatch(/^no model "larg": known are small; or give the path/);
    expect(await code(store.pull('larg'))).toBe('unknown-model');
    expect(await code(store.resolve('hf:user/repo:Q4_0'))).toBe('not-installed');
  });

  it('removes models of its own and nothing else', async () => {
    const store = storeAt(at, undefined, entry);
    await store.remove('small');
    mkdirSync(store.folder, { recursive: true });
    writeFileSync(at.model, bytes);
    writeFileSync(at.part, bytes);
    await store.remove('small');
    expect([existsSync(at.model), existsSync(at.part)]).toEqual([false, false]);
    const outside = join(at.home, 'any.gguf');
    writeFileSync(outside, bytes);
    expect(await code(store.remove(outside))).toBe('permission');
    expect(existsSync(outside)).toBe(true);
  });

  it('says when its folder cannot be made', async () => {
    writeFileSync(join(at.home, 'models'), 'a file');
    expect(await code(storeAt(at, undefined, entry).pull('small'))).toBe('io');
  });

  it.skipIf(process.getuid?.() === 0)('says when its folder cannot be written', async () => {
    mkdirSync(join(at.home, 'models'), { mode: 0o500 });
    expect(await code(storeAt(at, undefined, entry).pull('small'))).toBe('permission');
  });

  it('refuses to begin after an abort', async () => {
    const error = await code(storeAt(at, undefined, entry).pull('small', { signal: AbortSignal.abort() }));
    expect(error).toBe('aborted');
  });

  it('takes its folder from LLAMBO_HOME', () => {
    expect(new ModelStore({ env: { LLAMBO_HOME: '/x/y' } }).folder).toBe(join('/x/y', 'models'));
  });
});
