/** The connections to one host: one for its own files, one to each of its threads for the workers' data. */
import {
  type Client,
  type FileServer,
  Fsys,
  proveToken,
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

/** Where a host is: a dial string, or its files themselves when it lives in this process. */
export type HostAddress = string | FileServer;

export interface Ports {
  /** The host's own tree. */
  readonly root: Fsys;
  /** The tree that holds the workers of a thread. */
  thread(index: number): Fsys;
  /** Resolves when any of the connections is gone, with the reason. */
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
export async function dialHost(address: HostAddress, token?: string): Promise<Ports> {
  if (typeof address !== 'string') {
    const root = new Fsys(await address.attach({ uname: UNAME, aname: '' }, uninterrupted));
    const requests = (): Requests => ({ sent: new Map(), errors: 0 });
    return { root, thread: () => root, closed: new Promise(() => {}), requests, close: () => {} };
  }
  const open: Dialled[] = [];
  const close = (): void => {
    for (const { hangup } of open) hangup();
  };
  try {
    const main = await dialTree(address, token);
    open.push(main);
    const threads: Fsys[] = [];
    for (const line of (await main.fsys.readText('threads')).split('\n')) {
      const [index, dial] = line.split(' ');
      if (index === undefined || dial === undefined) continue;
      const thread = await dialTree(dial, token);
      open.push(thread);
      threads[Number(index)] = thread.fsys;
    }
    return {
      root: main.fsys,
      thread: (index) => threads[index] ?? main.fsys,
      closed: Promise.race(open.map(({ closed }) => closed)),
      requests: () => sumOf(open.map(({ client }) => client)),
      close,
    };
  } catch (error) {
    close();
    throw error;
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

async function dialTree(address: string, token: string | undefined): Promise<Dialled> {
  const signal = AbortSignal.timeout(DIAL_MS);
  const client = await connect(address, { signal });
  try {
    const root = await client.attach(
      { uname: UNAME, ...(token === undefined ? {} : { auth: proveToken(token) }) },
      { signal },
    );
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
