/** Trees of other machines that are mounted by dial string, and dialled again when their connection was lost. */
import {
  type Attach,
  type AttachOptions,
  type Awaitable,
  type Call,
  type Client,
  type ClientOptions,
  type Dir,
  Eneedauth,
  type File,
  type FileServer,
  type Opened,
  proveToken,
  type Qid,
  type RemoteFile,
  StyxError,
  uninterrupted,
  type Walked,
} from '@llambo/styx';
import { connect } from '@llambo/styx/node';

/** Milliseconds that a server may take to accept a connection. */
const DIAL_MS = 10_000;

export class Remote implements FileServer {
  readonly address: string;
  readonly #options: ClientOptions;
  readonly #token: string | undefined;
  #client: Promise<Client> | undefined;
  /** Set once the server has asked. */
  #proves: AttachOptions['auth'];

  /** @param token what is proved to a server that asks for proof */
  constructor(address: string, options: ClientOptions = {}, token?: string) {
    this.address = address;
    this.#options = options;
    this.#token = token;
  }

  async attach(who: Attach, call: Call): Promise<File> {
    const root = await this.enter(who, call);
    return new RemoteRoot(this, who, root);
  }

  /** The root over a connection that lives; with proof of the token where that is demanded. */
  async enter({ uname, aname }: Attach, call: Call = uninterrupted): Promise<RemoteFile> {
    const client = await (this.#client ??= this.#dial());
    if (this.#proves === undefined) {
      try {
        return await client.attach({ uname, aname }, call);
      } catch (error) {
        if ((error as Error).message !== Eneedauth) throw error;
        if (this.#token === undefined)
          throw new StyxError(`${Eneedauth}: set LLAMBO_TOKEN, or token= in usr/llamboctl.conf`);
        this.#proves = proveToken(this.#token, aname);
      }
    }
    return client.attach({ uname, aname, auth: this.#proves }, call);
  }

  close(): void {
    void this.#client?.then(
      (client) => client.close(),
      () => {},
    );
    this.#client = undefined;
  }

  async #dial(): Promise<Client> {
    try {
      const client = await connect(this.address, { ...this.#options, signal: AbortSignal.timeout(DIAL_MS) });
      void client.closed.then(() => {
        this.#client = undefined;
      });
      return client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }
}

/**
 * The root that is mounted. It lasts longer than its connection: walks begin at a root of the connection that there is
 * now. Files below it belong to their connection and fail with it.
 */
class RemoteRoot implements File {
  readonly #remote: Remote;
  readonly #who: Attach;
  /** Once it is open it is a file like others. */
  #open = false;
  #root: RemoteFile | undefined;
  readonly qid: Qid;

  constructor(remote: Remote, who: Attach, root: RemoteFile) {
    this.#remote = remote;
    this.#who = who;
    this.#root = root;
    this.qid = root.qid;
  }

  async walk(names: readonly string[], call: Call): Promise<Walked> {
    if (names.length === 0) {
      const root = await this.#remote.enter(this.#who, call);
      return { qids: [], file: new RemoteRoot(this.#remote, this.#who, root) };
    }
    return this.#with((root) => root.walk(names, call), call);
  }

  async open(mode: number, call: Call): Promise<Opened> {
    const opened = await this.#with((root) => root.open(mode, call), call);
    this.#open = true;
    return opened;
  }

  async create(name: string, perm: number, mode: number, call: Call): Promise<Opened> {
    const opened = await this.#with((root) => root.create(name, perm, mode, call), call);
    this.#open = true;
    return opened;
  }

  read(offset: number, count: number, call: Call): Awaitable<Uint8Array> {
    return (this.#root as RemoteFile).read(offset, count, call);
  }

  write(offset: number, data: Uint8Array, call: Call): Awaitable<number> {
    return (this.#root as RemoteFile).write(offset, data, call);
  }

  async stat(call: Call): Promise<Dir> {
    return this.#with((root) => root.stat(call), call);
  }

  async wstat(dir: Dir, call: Call): Promise<void> {
    return this.#with((root) => root.wstat(dir, call), call);
  }

  async remove(call: Call): Promise<void> {
    await this.#root?.remove(call);
  }

  async clunk(): Promise<void> {
    const root = this.#root;
    this.#root = undefined;
    await root?.clunk();
  }

  /** One more try over a new connection, when the old one turns out to be gone. */
  async #with<T>(use: (root: RemoteFile) => Awaitable<T>, call: Call): Promise<T> {
    try {
      if (this.#root !== undefined) return await use(this.#root);
    } catch (error) {
      if (this.#open || (error as Error).name !== 'HangupError') throw error;
    }
    this.#root = await this.#remote.enter(this.#who, call);
    return use(this.#root);
  }
}
