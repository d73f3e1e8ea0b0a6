/** The connections to one host: one for its own files, one to each of its threads for the workers' data. */
import { LlamaError } from '@llambo/llama';
import {
  type Client,
  type FileServer,
  Fsys,
  Tclunk,
  Tflush,
  Topen,
  Tread,
  Tstat,
  Twalk,
  Twrite,
  uninterrupted,
} from '@llambo/styx';
import { connect } from '@llambo/styx/node';
import { attachAs, dialOptions, type Proof } from '../../host/proof.ts';

/** Where a host is: a dial string, or its files themselves when it lives in this process. */
export type HostAddress = string | FileServer;

export interface Ports {
  /** The host's own tree. */
  readonly root: Fsys;
  /** The tree that holds the workers of a thread. @throws LlamaError `engine-gone` while there is no connection to it */
  thread(index: number): Fsys;
  /** Connects to the threads that there is no connection to. Rejects when one of them cannot be reached. */
  redial(): Promise<void>;
  /** Resolves when the connection to the host itself is gone, with the reason. */
  readonly closed: Promise<string>;
  /** What was asked on all connections. */
  requests(): Requests;
  close(): void;
}

export interface Requests {
  /** By name: `Tread`. */
  readonly sent: ReadonlyMap<string, number>;
  readonly errors: number;
}

/** Those of a session's life; version, auth and attach are few. */
const MESSAGES: readonly (readonly [name: string, type: number])[] = [
  ['Twalk', Twalk],
  ['Topen', Topen],
  ['Tread', Tread],
  ['Twrite', Twrite],
  ['Tclunk', Tclunk],
  ['Tstat', Tstat],
  ['Tflush', Tflush],
];

/** As whom the orchestrator appears at its hosts. */
const UNAME = 'orchestrator';
const DIAL_MS = 5000;

/** @throws StyxError when the host cannot be reached or refuses */
export async function dialHost(address: HostAddress, proof: Proof = {}): Promise<Ports> {
  if (typeof address !== 'string') {
    const root = new Fsys(await address.attach({ uname: UNAME, aname: '' }, uninterrupted));
    const requests = (): Requests => ({ sent: new Map(), errors: 0 });
    return {
      root,
      thread: () => root,
      redial: async () => {},
      closed: new Promise(() => {}),
      requests,
      close: () => {},
    };
  }
  const ports = new DialledPorts(await dialTree(address, proof), proof);
  try {
    await ports.redial();
    return ports;
  } catch (error) {
    ports.close();
    throw error;
  }
}

/** A connection that a thread's death breaks concerns the nodes of that thread and nobody else. */
class DialledPorts implements Ports {
  readonly root: Fsys;
  readonly closed: Promise<string>;
  readonly #main: Dialled;
  readonly #proof: Proof;
  readonly #threads = new Map<number, Dialled>();
  /** Threads that have a tree of their own, whether there is a connection now or not. */
  readonly #listed = new Set<number>();
  /** All that there were: what was asked on those that are gone counts as well. */
  readonly #clients: Client[];

  constructor(main: Dialled, proof: Proof) {
    this.#main = main;
    this.#proof = proof;
    this.root = main.fsys;
    this.closed = main.closed;
    this.#clients = [main.client];
  }

  thread(index: number): Fsys {
    const dialled = this.#threads.get(index);
    if (dialled === undefined && !this.#listed.has(index)) return this.root; // the host's own
    if (dialled === undefined) throw new LlamaError('engine-gone', `thread ${index} of the host is away`);
    return dialled.fsys;
  }

  async redial(): Promise<void> {
    const lines = (await this.root.readText('threads')).split('\n');
    await Promise.all(
      lines.map(async (line) => {
        const [index, address] = line.split(' ');
        if (index === undefined || address === undefined || this.#threads.has(Number(index))) return;
        this.#listed.add(Number(index));
        const dialled = await dialTree(address, this.#proof);
        this.#threads.set(Number(index), dialled);
        this.#clients.push(dialled.client);
        void dialled.closed.then(() => {
          if (this.#threads.get(Number(index)) === dialled) this.#threads.delete(Number(index));
        });
      }),
    );
  }

  requests(): Requests {
    return sumOf(this.#clients);
  }

  close(): void {
    this.#main.hangup();
    for (const { hangup } of this.#threads.values()) hangup();
  }
}

function sumOf(clients: readonly Client[]): Requests {
  const sent = new Map(
    MESSAGES.map(([name, type]) => [
      name,
      clients.reduce((sum, client) => sum + (client.sent[type] as number), 0),
    ]),
  );
  return { sent, errors: clients.reduce((sum, { errors }) => sum + errors, 0) };
}

interface Dialled {
  readonly fsys: Fsys;
  readonly client: Client;
  readonly closed: Promise<string>;
  readonly hangup: () => void;
}

async function dialTree(address: string, proof: Proof): Promise<Dialled> {
  const signal = AbortSignal.timeout(DIAL_MS);
  const client = await connect(address, { signal, ...dialOptions(address, proof) });
  try {
    const root = await client.attach(attachAs(address, UNAME, proof), { signal });
    return {
      fsys: new Fsys(root),
      client,
      closed: client.closed.then((reason) => reason?.message ?? 'connection closed'),
      hangup: () => client.close(),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}
