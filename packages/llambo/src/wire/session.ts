/** Data files of a tree with a `clone` file, such as /dev/llama. */
import {
  type Awaitable,
  type Call,
  type Dir,
  Enotfound,
  type File,
  type Opened,
  ORDWR,
  type Qid,
  StyxError,
  uninterrupted,
  type Walked,
} from '@llambo/styx';

async function walk(from: File, ...names: string[]): Promise<File> {
  const { file } = await from.walk(names, uninterrupted);
  if (file === undefined) throw new StyxError(Enotfound);
  return file;
}

/**
 * For a NodeEngine on the tree of which `root` gives the root: each call opens `clone` and gives the new session's `data`.
 * The root stays where it is.
 */
export function sessionData(root: () => Awaitable<File>): () => Promise<File> {
  return async () => {
    const top = await root();
    const ctl = await walk(top, 'clone');
    try {
      await ctl.open(ORDWR, uninterrupted);
      const id = Buffer.from(await ctl.read(0, 32, uninterrupted))
        .toString()
        .trim();
      return new SessionFile(ctl, await walk(top, id, 'data'));
    } catch (error) {
      await Promise.resolve(ctl.clunk()).catch(() => {});
      throw error;
    }
  };
}

/** A session's data, together with the ctl file that keeps the session until the data is open. */
class SessionFile implements File {
  readonly #data: File;
  #ctl: File | undefined;

  constructor(ctl: File, data: File) {
    this.#ctl = ctl;
    this.#data = data;
  }

  get qid(): Qid {
    return this.#data.qid;
  }

  get stable(): boolean {
    return this.#data.stable === true;
  }

  walk(names: readonly string[], call: Call): Awaitable<Walked> {
    return this.#data.walk(names, call);
  }

  async open(mode: number, call: Call): Promise<Opened> {
    const opened = await this.#data.open(mode, call);
    this.#leave();
    return opened;
  }

  create(name: string, perm: number, mode: number, call: Call): Awaitable<Opened> {
    return this.#data.create(name, perm, mode, call);
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    return this.#data.read(offset, count, call);
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    return this.#data.write(offset, data, call);
  }

  stat(call: Call): Awaitable<Dir> {
    return this.#data.stat(call);
  }

  wstat(dir: Dir, call: Call): Awaitable<void> {
    return this.#data.wstat(dir, call);
  }

  remove(call: Call): Awaitable<void> {
    this.#leave();
    return this.#data.remove(call);
  }

  clunk(): Awaitable<void> {
    this.#leave();
    return this.#data.clunk();
  }

  #leave(): void {
    const ctl = this.#ctl;
    this.#ctl = undefined;
    if (ctl !== undefined) void Promise.resolve(ctl.clunk()).catch(() => {});
  }
}
