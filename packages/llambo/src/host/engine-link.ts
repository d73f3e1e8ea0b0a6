/** /dev/llama of the nodes of one model: follows the engine from one process to its next. */
import {
  type Attach,
  type Awaitable,
  type Call,
  Client,
  type Dir,
  Enotdir,
  Eperm,
  type File,
  type FileServer,
  HangupError,
  type Opened,
  type Qid,
  QTDIR,
  StyxError,
  type Walked,
} from '@llambo/styx';
import { dial } from '@llambo/styx/node';
import { tooManyFiles } from './errors.ts';

/** Where an engine is served: in this process, or at a dial string. */
export type EngineTarget = FileServer | string;

/** The way to one model's engine. Unless it is there, every walk fails with `engine-gone`. */
export class EngineLink {
  readonly model: string;
  #server: Awaitable<FileServer> | undefined;
  #client: Client | undefined;
  /** Rises whenever another engine takes over: attachments to an older one are void. */
  generation = 0;

  constructor(model: string) {
    this.model = model;
  }

  /** From now on the engine is at `target`; undefined when it is down. */
  set(target: EngineTarget | undefined): void {
    this.generation++;
    this.#client?.close();
    this.#client = undefined;
    this.#server = undefined;
    if (target === undefined) return;
    if (typeof target !== 'string') {
      this.#server = target;
      return;
    }
    const mine = this.generation;
    const server = this.#connect(target, mine);
    server.catch(() => {
      if (mine === this.generation) this.#server = undefined;
    });
    this.#server = server;
  }

  get isUp(): boolean {
    return this.#server !== undefined;
  }

  async #connect(address: string, mine: number): Promise<FileServer> {
    const client = await Client.connect(await dial(address));
    if (mine !== this.generation) {
      client.close();
      throw this.gone();
    }
    this.#client = client;
    void client.closed.then(() => {
      if (mine === this.generation) this.set(undefined);
    });
    return { attach: ({ uname, aname }, call) => client.attach({ uname, aname }, call) };
  }

  attach(who: Attach, call: Call): Awaitable<File> {
    const server = this.#server;
    if (server === undefined) throw this.gone();
    return server instanceof Promise
      ? server.then(
          (s) => s.attach(who, call),
          () => {
            throw this.gone();
          },
        )
      : server.attach(who, call);
  }

  gone(): StyxError {
    return new StyxError(`engine-gone: engine of ${this.model} is not running`);
  }

  /** It died with the question in it, and maybe of it: the orchestrator counts these. */
  died(): StyxError {
    return new StyxError(`engine-gone: engine of ${this.model} died`);
  }

  close(): void {
    this.set(undefined);
  }
}

/** One caller's root: attached when it is first used, and again after the engine was started anew. */
interface Attachment {
  readonly link: EngineLink;
  readonly who: Attach;
  generation: number;
  root: Awaitable<File> | undefined;
  /** Files of the engine that this caller holds. */
  files: number;
}

/** At most so many: all callers share the numbers of one connection. */
const MOST_FILES = 600;

function rootOf(at: Attachment, call: Call): Awaitable<File> {
  if (at.generation === at.link.generation && at.root !== undefined) return at.root;
  const { generation } = at.link;
  const root = at.link.attach(at.who, call);
  at.generation = generation;
  at.root = root;
  if (root instanceof Promise)
    root.then(
      (file) => {
        if (at.generation === generation) at.root = file;
      },
      () => {
        if (at.generation === generation) at.root = undefined;
      },
    );
  return root;
}

/** The tree of the engine, as `who` sees it: what is mounted at /dev/llama. */
export function llamaRoot(link: EngineLink, who: Attach): File {
  return new LlamaRoot({ link, who, generation: -1, root: undefined, files: 0 });
}

const ROOT: Qid = { type: QTDIR, version: 0, path: 0n };

class LlamaRoot implements File {
  readonly #at: Attachment;
  #open: File | undefined;

  constructor(at: Attachment) {
    this.#at = at;
  }

  get qid(): Qid {
    return ROOT;
  }

  async walk(names: readonly string[], call: Call): Promise<Walked> {
    if (names.length === 0) return { qids: [], file: new LlamaRoot(this.#at) };
    return orGone(this.#at.link, async () => {
      if (this.#at.files >= MOST_FILES) throw tooManyFiles(MOST_FILES);
      const root = await rootOf(this.#at, call);
      const { qids, file } = await root.walk(names, call);
      return file === undefined ? { qids } : { qids, file: new LlamaFile(file, this.#at) };
    });
  }

  async open(mode: number, call: Call): Promise<Opened> {
    return orGone(this.#at.link, async () => {
      const { file } = await (await rootOf(this.#at, call)).walk([], call);
      if (file === undefined) throw new StyxError(Enotdir);
      const opened = await file.open(mode, call);
      this.#open = file;
      return { ...opened, qid: ROOT };
    });
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    if (this.#open === undefined) throw this.#at.link.gone();
    return this.#open.read(offset, count, call);
  }

  async stat(call: Call): Promise<Dir> {
    return orGone(this.#at.link, async () => (await rootOf(this.#at, call)).stat(call));
  }

  create(): never {
    throw new StyxError(Eperm);
  }

  write(): never {
    throw new StyxError(Eperm);
  }

  wstat(): never {
    throw new StyxError(Eperm);
  }

  remove(): never {
    throw new StyxError(Eperm);
  }

  clunk(): Awaitable<void> {
    return this.#open?.clunk();
  }
}

/** What a file's connection says when it is gone, in words that tell why. */
async function orGone<T>(link: EngineLink, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof HangupError ? link.gone() : error;
  }
}

/** A file of an engine: a connection that breaks under it means that the engine is gone. */
class LlamaFile implements File {
  readonly #file: File;
  readonly #at: Attachment;
  readonly #link: EngineLink;
  readonly stable: boolean | undefined;
  #gone = false;

  constructor(file: File, at: Attachment) {
    this.#file = file;
    this.#at = at;
    this.#link = at.link;
    at.files++;
    this.stable = file.stable;
  }

  get qid(): Qid {
    return this.#file.qid;
  }

  #told<T>(value: Awaitable<T>): Awaitable<T> {
    if (!(value instanceof Promise)) return value;
    return value.catch((error: unknown) => {
      throw error instanceof HangupError ? this.#link.gone() : error;
    });
  }

  async walk(names: readonly string[], call: Call): Promise<Walked> {
    if (this.#at.files >= MOST_FILES) throw tooManyFiles(MOST_FILES);
    const { qids, file } = await this.#told(this.#file.walk(names, call));
    return file === undefined ? { qids } : { qids, file: new LlamaFile(file, this.#at) };
  }

  open(mode: number, call: Call): Awaitable<Opened> {
    return this.#told(this.#file.open(mode, call));
  }

  create(name: string, perm: number, mode: number, call: Call): Awaitable<Opened> {
    return this.#file.create(name, perm, mode, call);
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    const data = this.#file.read(offset, count, call);
    if (!(data instanceof Promise)) return data;
    return data.catch((error: unknown) => {
      throw error instanceof HangupError ? this.#link.died() : error;
    });
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    return this.#told(this.#file.write(offset, data, call));
  }

  stat(call: Call): Awaitable<Dir> {
    return this.#told(this.#file.stat(call));
  }

  wstat(dir: Dir, call: Call): Awaitable<void> {
    return this.#told(this.#file.wstat(dir, call));
  }

  remove(call: Call): Awaitable<void> {
    this.#end();
    return this.#file.remove(call);
  }

  clunk(): Awaitable<void> {
    this.#end();
    return this.#file.clunk();
  }

  #end(): void {
    if (!this.#gone) this.#at.files--;
    this.#gone = true;
  }
}
