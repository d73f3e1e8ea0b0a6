/** How a host becomes part of a cluster: it dials the orchestrator, says who it is, and stays on the line. */
import { Client, ORDWR, type RemoteFile, StyxError } from '@llambo/styx';
import { dial } from '@llambo/styx/node';
import { attributeLine } from '../attributes.ts';
import { attachAs, type Certificate, dialOptions } from './proof.ts';

export interface Announcement {
  readonly name: string;
  /** Dial string at which the orchestrator reaches this host. */
  readonly address: string;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  /** Models that are on this machine. */
  readonly models: readonly string[];
}

export interface JoinOptions {
  /** Dial string of the orchestrator. */
  readonly orchestrator: string;
  /** Secret of the cluster; nothing is proved when left out. */
  readonly token?: string;
  /** For an orchestrator at a tls address, in place of the token. */
  readonly certificate?: Certificate;
  /** Asked anew at every attempt. */
  readonly announce: () => Announcement | Promise<Announcement>;
  readonly log?: (text: string) => void;
  /** Seconds without an orchestrator after which `orphaned` is called; never when left out. */
  readonly orphan?: number;
  readonly orphaned?: () => void;
}

export interface Joined {
  /** Settles at the first success. Rejects when the orchestrator refuses this host: trying again would not help. */
  readonly first: Promise<void>;
  /** Root of the orchestrator's tree; undefined while there is no connection. */
  readonly root: RemoteFile | undefined;
  /** Leaves the cluster. */
  close(): void;
}

const FIRST_RETRY_MS = 250;
/** With its jitter below the 2 s in which an orchestrator that is back is to have its hosts again. */
const LONGEST_RETRY_MS = 1500;
/** An orchestrator that does not answer for so long is as good as gone. */
const PROBE_MS = 5000;
const PATIENCE_MS = 10_000;

/** Joins, and joins again whenever the connection breaks, until it is closed. */
export function join(options: JoinOptions): Joined {
  return new Membership(options);
}

class Membership implements Joined {
  readonly first: Promise<void>;
  root: RemoteFile | undefined;
  readonly #options: JoinOptions;
  #client: Client | undefined;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;
  #orphaned: NodeJS.Timeout | undefined;
  #closed = false;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(options: JoinOptions) {
    this.#options = options;
    this.first = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.first.catch(() => {});
    this.#alone();
    void this.#try();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#orphaned);
    this.#client?.close();
    this.#settle?.reject(new Error('left before it had joined'));
  }

  #alone(): void {
    const { orphan, orphaned } = this.#options;
    if (orphan === undefined || orphaned === undefined || this.#orphaned !== undefined) return;
    this.#orphaned = setTimeout(orphaned, orphan * 1000);
  }

  async #try(): Promise<void> {
    try {
      await this.#join();
    } catch (error) {
      this.#client?.close();
      this.#client = undefined;
      this.root = undefined;
      if (this.#closed) return;
      const refused = error instanceof Refused;
      this.#options.log?.(`cannot join ${this.#options.orchestrator}: ${(error as Error).message}`);
      if (refused && this.#settle !== undefined) {
        this.#settle.reject(error);
        this.#settle = undefined;
        this.#closed = true;
        clearTimeout(this.#orphaned);
        return;
      }
      this.#again();
    }
  }

  #again(): void {
    this.#alone();
    this.#timer = setTimeout(() => void this.#try(), this.#retryMs * (0.75 + Math.random() / 2));
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  async #join(): Promise<void> {
    const { orchestrator, announce, log } = this.#options;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { name, address, cpus, memory, models } = await announce();
    const client = await Client.connect(
      await dial(orchestrator, { signal, ...dialOptions(orchestrator, this.#options) }),
    );
    if (this.#closed) return client.close();
    this.#client = client;
    let ctl: RemoteFile;
    try {
      // The socket of this account is open to nobody else: there the orchestrator asks for no proof.
      const proof = orchestrator.startsWith('unix!') ? {} : this.#options;
      const root = await client.attach(attachAs(orchestrator, name, proof), { signal });
      const { file } = await root.walk(['hosts', 'ctl'], { signal });
      if (file === undefined) throw new StyxError('it takes no hosts');
      ctl = file as RemoteFile;
      await ctl.open(ORDWR, { signal });
      const line = `join ${attributeLine({ name, address, cpus, memory, models: models.join(',') })}`;
      await ctl.write(0, new TextEncoder().encode(line), { signal });
      this.root = root;
    } catch (error) {
      throw error instanceof StyxError && FINAL.test(error.message) ? new Refused(error.message) : error;
    }
    clearTimeout(this.#orphaned);
    this.#orphaned = undefined;
    this.#retryMs = FIRST_RETRY_MS;
    log?.(`joined ${orchestrator}`);
    this.#settle?.resolve();
    this.#settle = undefined;
    const probe = setInterval(() => void this.#probe(client, ctl, name), PROBE_MS);
    void client.closed.then((why) => {
      clearInterval(probe);
      if (this.#client !== client || this.#closed) return;
      this.#client = undefined;
      this.root = undefined;
      log?.(`lost ${orchestrator}${why === undefined ? '' : `: ${why.message}`}`);
      this.#again();
    });
  }

  /** A connection whose other end is gone may look alive for hours, and an orchestrator may have given this host up. */
  async #probe(client: Client, ctl: RemoteFile, name: string): Promise<void> {
    const call = { signal: AbortSignal.timeout(PATIENCE_MS) };
    try {
      await ctl.stat(call);
      const { file } = (await this.root?.walk(['hosts', name], call)) ?? {};
      if (file === undefined && this.root !== undefined) throw new StyxError(`host ${name} is forgotten`);
      await file?.clunk();
    } catch {
      client.transport.destroy();
    }
  }
}

/** Answers that no later attempt will change. */
const FINAL = /^(authentication|permission denied|bad-request)/;

/** The orchestrator answered, and said no. */
class Refused extends Error {}
