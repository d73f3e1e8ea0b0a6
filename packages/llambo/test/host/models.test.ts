/** Models of the orchestrator, over Styx: only what has the right checksum gets the name; a full disk harms nobody. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { File } from '@llambo/styx';
import { Client, pair, serve } from '@llambo/styx';
import { dir, serveTree } from '@llambo/styx/fs';
import { expect, onTestFinished, test } from 'vitest';
import { entryFor, modelBytes, type Place, place, storeAt } from '../../../llama/test/store/fixture.ts';
import { modelFiles } from '../../src/cluster/tree/model-files.ts';
import { HostModels } from '../../src/host/models.ts';

const bytes = modelBytes(3_000_000);
const entry = entryFor(bytes);

function home(): Place {
  const at = place();
  onTestFinished(() => at.remove());
  return at;
}

/** The root of an orchestrator's tree, over a connection, with `contents` as its copy of the model. */
async function orchestrator(contents: Uint8Array): Promise<File> {
  const { home: folder, model } = home();
  mkdirSync(join(folder, 'models'));
  writeFileSync(model, contents);
  const [near, far] = pair();
  serve(far, serveTree(dir({ models: modelFiles(join(folder, 'models')) })));
  const client = await Client.connect(near);
  onTestFinished(() => client.close());
  return client.attach({ uname: 'far' });
}

/** No hub: what the orchestrator does not give cannot be had. */
const offline = { env: { HF_ENDPOINT: 'http://127.0.0.1:9' } };

test('a model that is missing is copied from the orchestrator, byte for byte', async () => {
  const at = home();
  const root = await orchestrator(bytes);
  const said: string[] = [];
  const models = new HostModels(
    () => root,
    (text) => said.push(text),
    storeAt(at, undefined, entry, offline),
  );
  expect(await models.installed()).toEqual([]);
  expect(await models.find('small')).toEqual({ path: at.model, kvBytesPerToken: expect.any(Number) });
  expect(readFileSync(at.model).equals(bytes)).toBe(true);
  expect(said).toEqual(['copying small from the orchestrator']);
  expect(await models.installed()).toEqual(['small']);
  expect(readdirSync(join(at.home, 'models'))).toEqual(['small.gguf']);
});

test('a copy with another checksum is thrown away', async () => {
  const at = home();
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
  const root = await orchestrator(changed);
  const said: string[] = [];
  const models = new HostModels(
    () => root,
    (text) => said.push(text),
    storeAt(at, undefined, entry, offline),
  );
  await expect(models.find('small')).rejects.toThrow('model small could not be pulled');
  expect(said.at(-1)).toBe('cannot copy small from the orchestrator: its checksum is wrong');
  expect(readdirSync(join(at.home, 'models')).filter((name) => name.includes('gguf'))).toEqual([]);
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
test.skipIf(!canMount)(
  `a full disk is said, leaves nothing behind, and the next try works${canMount ? '' : ' (skipped: needs root)'}`,
  async () => {
    const at = home();
    const mount = (...args: string[]): void => void execFileSync('mount', args, { stdio: 'pipe' });
    mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at.home);
    onTestFinished(() => void execFileSync('umount', [at.home]));
    const root = await orchestrator(bytes);
    const said: string[] = [];
    const models = new HostModels(
      () => root,
      (text) => said.push(text),
      storeAt(at, undefined, entry, offline),
    );
    await expect(models.find('small')).rejects.toThrow('disk full');
    expect(said.at(-1)).toMatch(/^cannot copy small from the orchestrator: ENOSPC/);
    expect(readdirSync(join(at.home, 'models')).filter((name) => name.includes('gguf'))).toEqual([]);
    mount('-o', 'remount,size=16m', at.home);
    expect(await models.find('small')).toMatchObject({ path: at.model });
  },
);
