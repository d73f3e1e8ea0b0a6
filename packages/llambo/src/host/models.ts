/** Models on this machine: what is in the store, what the orchestrator has, what the catalogue knows. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ModelStore } from '@llambo/llama';
import { type File, Fsys } from '@llambo/styx';
import type { HostModel } from './types.ts';

/** Bytes of a model that are on their way at once. */
const AHEAD = 8;

export class HostModels {
  readonly #store: ModelStore;
  /** Root of the orchestrator's tree, for models that it has. */
  readonly #orchestrator: () => File | undefined;
  readonly #log: (text: string) => void;

  constructor(
    orchestrator: () => File | undefined,
    log: (text: string) => void,
    store: ModelStore = new ModelStore(),
  ) {
    this.#store = store;
    this.#orchestrator = orchestrator;
    this.#log = log;
  }

  /** Names of those that are here. */
  async installed(): Promise<string[]> {
    const all = await this.#store.list().catch(() => []);
    return all.filter(({ state }) => state === 'installed').map(({ name }) => name);
  }

  /** The model of the name, fetched when it is not here. Rejects with a ModelStoreError. */
  async find(name: string): Promise<HostModel> {
    let model = await this.#store.resolve(name).catch(() => undefined);
    if (model === undefined && (await this.#copy(name))) model = await this.#store.resolve(name);
    model ??= await this.#store.pull(name);
    const { kvBytesPerToken } = model.gguf.model;
    return { path: model.path, ...(kvBytesPerToken === undefined ? {} : { kvBytesPerToken }) };
  }

  /** Copies `models/NAME.gguf` of the orchestrator; only a file whose checksum is right gets the name. */
  async #copy(name: string): Promise<boolean> {
    const root = this.#orchestrator();
    const sha256 = (await this.#store.list().catch(() => [])).find((m) => m.name === name)?.catalogue?.sha256;
    if (root === undefined || sha256 === undefined) return false;
    const file = await found(root, ['models', `${name}.gguf`]);
    if (file === undefined) return false;
    await Promise.resolve(file.clunk()).catch(() => {});
    this.#log(`copying ${name} from the orchestrator`);
    await mkdir(this.#store.folder, { recursive: true });
    const target = join(this.#store.folder, `${name}.gguf`);
    const part = `${target}.copy-${process.pid}`;
    try {
      const source = await new Fsys(root).open(`models/${name}.gguf`);
      await pipeline(source.readable({ ahead: AHEAD }), createWriteStream(part));
      const hash = createHash('sha256');
      await pipeline(createReadStream(part), hash);
      if (hash.digest('hex') !== sha256) throw new Error('its checksum is wrong');
      await rename(part, target);
      return true;
    } catch (error) {
      this.#log(`cannot copy ${name} from the orchestrator: ${(error as Error).message}`);
      await rm(part, { force: true });
      return false;
    }
  }
}

async function found(root: File, names: readonly string[]): Promise<File | undefined> {
  try {
    return (await root.walk(names, { signal: AbortSignal.timeout(10_000) })).file;
  } catch {
    return undefined;
  }
}
