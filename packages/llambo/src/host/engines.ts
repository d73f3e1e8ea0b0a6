/** The engines of this host: one process for each model. */
import { Fsys, OREAD } from '@llambo/styx';
import { DirNode, StaticDir, type TreeNode, text } from '@llambo/styx/fs';
import { attributeLines } from '../attributes.ts';
import { EngineLink, type EngineTarget } from './engine-link.ts';
import { Supervisor } from './supervisor.ts';
import type { EngineOptions, LaunchEngine, RunningEngine } from './types.ts';

export interface EngineHooks {
  /** Where the engine of `model` is from now on; undefined: it is down. */
  moved(model: string, target: EngineTarget | undefined): void;
  event(text: string): void;
}

interface Entry {
  readonly options: EngineOptions;
  readonly supervisor: Supervisor<RunningEngine>;
  /** The host's own way to it, for its status. */
  readonly link: EngineLink;
  readonly started: Promise<RunningEngine>;
  state: 'up' | 'starting' | 'down';
}

/** Milliseconds that an engine has to tell its status. */
const PATIENCE_MS = 2000;

/** A model that is named by a path needs a name without slashes among the files. */
export const fileName = (model: string): string => model.replaceAll('%', '%25').replaceAll('/', '%2F');
const modelName = (name: string): string => name.replaceAll('%2F', '/').replaceAll('%25', '%');

export class Engines {
  readonly #launch: LaunchEngine;
  readonly #hooks: EngineHooks;
  readonly #entries = new Map<string, Entry>();

  constructor(launch: LaunchEngine, hooks: EngineHooks) {
    this.#launch = launch;
    this.#hooks = hooks;
  }

  get models(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(model: string): boolean {
    return this.#entries.has(model);
  }

  options(model: string): EngineOptions | undefined {
    return this.#entries.get(model)?.options;
  }

  target(model: string): EngineTarget | undefined {
    return this.#entries.get(model)?.supervisor.running?.target;
  }

  /** Settles when the engine works. Nothing happens when the model has one already. */
  async start(options: EngineOptions): Promise<void> {
    const { name } = options;
    const known = this.#entries.get(name);
    if (known !== undefined) {
      await known.started;
      return;
    }
    const link = new EngineLink(name);
    const supervisor = new Supervisor<RunningEngine>((exited) => this.#launch(options, exited), {
      up: ({ target }) => {
        entry.state = 'up';
        link.set(target);
        this.#hooks.moved(name, target);
        this.#hooks.event(`engine ${name} up`);
      },
      down: (why, retryMs) => {
        entry.state = 'down';
        link.set(undefined);
        this.#hooks.moved(name, undefined);
        this.#hooks.event(`engine ${name} down retry_ms=${retryMs} why='${why.replaceAll("'", "''")}'`);
      },
    });
    const started = supervisor.start();
    const entry: Entry = { options, supervisor, link, started, state: 'starting' };
    this.#entries.set(name, entry);
    try {
      await started;
    } catch (error) {
      this.#entries.delete(name);
      throw error;
    }
  }

  /** engines/MODEL/status. */
  dir(): DirNode {
    const dirs = new Map<string, StaticDir>();
    const dirOf = (model: string): TreeNode | undefined => {
      const entry = this.#entries.get(model);
      if (entry === undefined) return undefined;
      let dir = dirs.get(model);
      if (dir === undefined)
        dirs.set(model, (dir = new StaticDir([['status', text(() => statusOf(this.#entries.get(model)))]])));
      return dir;
    };
    const models = (): readonly string[] => this.models;
    return new DirNode({
      lookup: (name) => dirOf(modelName(name)),
      *list() {
        for (const model of models()) yield [fileName(model), dirOf(model) as TreeNode];
      },
    });
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#entries.values()].map(async ({ supervisor, link }) => {
        link.close();
        await supervisor.stop();
      }),
    );
    this.#entries.clear();
  }
}

async function statusOf(entry: Entry | undefined): Promise<string> {
  if (entry === undefined) return 'state=down\n';
  const { state, options, link, supervisor } = entry;
  const first = attributeLines({
    state,
    kind: options.kind,
    model: options.name,
    pid: supervisor.running?.pid,
  });
  if (state !== 'up') return first;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const fs = new Fsys(await link.attach({ uname: 'host', aname: '' }, { signal }));
    try {
      const file = await fs.open('status', OREAD, { signal });
      const own = new TextDecoder().decode(await file.readAll({ signal }));
      await file.close();
      return `${first}${own.replace(/^(model|pid|state|kind)=.*\n/gm, '')}`;
    } finally {
      await fs.close();
    }
  } catch (error) {
    return `${first}error='${(error as Error).message.replaceAll("'", "''")}'\n`;
  }
}
