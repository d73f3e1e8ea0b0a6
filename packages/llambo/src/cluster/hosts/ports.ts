/** The connections to one host: one for its own files, one to each of its threads for the workers' data. */
import { type FileServer, Fsys, proveToken, uninterrupted } from '@llambo/styx';
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
  close(): void;
}

/** As whom the orchestrator appears at its hosts. */
const UNAME = 'orchestrator';
const DIAL_MS = 5000;

/** @throws StyxError when the host cannot be reached or refuses */
export async function dialHost(address: HostAddress, token?: string): Promise<Ports> {
  if (typeof address !== 'string') {
    const root = new Fsys(await address.attach({ uname: UNAME, aname: '' }, uninterrupted));
    return { root, thread: () => root, closed: new Promise(() => {}), close: () => {} };
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
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

interface Dialled {
  readonly fsys: Fsys;
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
      closed: client.closed.then((reason) => reason?.message ?? 'connection closed'),
      hangup: () => client.close(),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}
