import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CatalogueModel, ModelStore, type ModelStoreOptions } from '../../src/store/index.ts';
import { smallModel, writeGguf } from '../gguf/writer.ts';
import { type Hub, sha256 } from './hub.ts';

/** A small valid GGUF file whose last part is random, so that it neither packs nor repeats. */
export function modelBytes(size: number): Buffer {
  const bytes = writeGguf({ ...smallModel, data: 160 + 256 + size });
  randomBytes(size).copy(bytes, bytes.length - size);
  return bytes;
}

export function entryFor(bytes: Buffer, more: Partial<CatalogueModel> = {}): CatalogueModel {
  return {
    name: 'small',
    title: 'Small',
    class: 'tiny',
    use: 'chat',
    purpose: 'tests',
    quantization: 'Q4_0',
    parameters: '320',
    contextLength: 512,
    kvBytesPerToken: 256,
    size: bytes.length,
    sha256: sha256(bytes),
    license: 'MIT',
    hf: { user: 'user', repo: 'repo', file: 'small.Q4_0.gguf' },
    pip: [],
    wheelBytes: 0,
    ...more,
  };
}

export interface Place {
  readonly home: string;
  readonly model: string;
  readonly part: string;
  remove(): void;
}

/** A home of a store's own. */
export function place(): Place {
  const home = mkdtempSync(join(tmpdir(), 'llambo-store-'));
  const model = join(home, 'models', 'small.gguf');
  return { home, model, part: `${model}.part`, remove: () => rmSync(home, { recursive: true, force: true }) };
}

export const quick = { connectMs: 2000, stallMs: 2000, retries: 3, pauseMs: 1 };

export function storeAt(
  { home }: Place,
  hub: Hub | undefined,
  entry: CatalogueModel,
  more: ModelStoreOptions = {},
): ModelStore {
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HF_HOME: join(home, 'no-cache'), ...more.env };
  if (hub !== undefined) env['HF_ENDPOINT'] = hub.endpoint;
  return new ModelStore({ home, http: quick, catalogue: [entry], ...more, env });
}
