import { Chan, Ebadusefd, ignore } from '@llambo/namespace';
import {
  type Awaitable,
  Client,
  canRead,
  canWrite,
  NOFID,
  ORDWR,
  RemoteFile,
  StyxError,
  serve,
  Tattach,
} from '@llambo/styx';
import type { Call } from '../../vm/builtin.ts';
import { ChanTransport } from './chan-transport.ts';
import { contextOf } from './context.ts';
import { by, chanOf, enterChan, fdNumber, syscall } from './fd.ts';
import { MountedFile, Uses } from './mounted-file.ts';

/** The open file of the FD at 32, which must be open both ways. */
function connectionOf(call: Call): Chan {
  const chan = chanOf(call, 32);
  if (!canRead(chan.mode) || !canWrite(chan.mode)) throw new StyxError(Ebadusefd);
  return chan;
}

/** A 9P connection over a file that was mounted (or asked for its version); the same file is one connection. */
interface Session {
  readonly client: Client;
  readonly uses: Uses;
}

const sessions = new WeakMap<Chan, Promise<Session>>();

/** Largest message that mount offers on its own, in bytes. */
const msizeDefault = 64 * 1024 + 24;

function sessionOn(chan: Chan, msize: number): Promise<Session> {
  let session = sessions.get(chan);
  if (session === undefined) {
    session = Client.connect(new ChanTransport(chan), { msize }).then((client) => {
      void client.closed.then(() => sessions.delete(chan));
      return { client, uses: new Uses(() => void client.close()) };
    });
    session.catch(() => sessions.delete(chan));
    sessions.set(chan, session);
  }
  return session;
}

async function attach(call: Call, session: Session, aname: string, afid: number): Promise<MountedFile> {
  const { client, uses } = session;
  const uname = contextOf(call).user;
  const fid = client.fids.take();
  try {
    const r = await client.rpc({ type: Tattach, tag: 0, fid, afid, uname, aname }, by(call));
    return new MountedFile(new RemoteFile(client, fid, (r as { qid: RemoteFile['qid'] }).qid), uses);
  } catch (error) {
    client.fids.give(fid);
    throw error;
  }
}

export const mounts = {
  bind: (call: Call): Awaitable<void> =>
    syscall(
      call,
      () => contextOf(call).namespace.bind(call.string(32), call.string(36), call.word(40), by(call)),
      (id) => call.returnWord(id),
    ),

  unmount: (call: Call): Awaitable<void> =>
    syscall(
      call,
      () => contextOf(call).namespace.unmount(call.string(32) || undefined, call.string(36), by(call)),
      () => call.returnWord(0),
    ),

  mount(call: Call): Awaitable<void> {
    const context = contextOf(call);
    return syscall(
      call,
      async () => {
        const chan = connectionOf(call);
        const afd = fdNumber(call, 36);
        const auth = afd < 0 ? undefined : context.fds.get(afd).file;
        if (auth !== undefined && !(auth instanceof RemoteFile)) throw new StyxError('not an auth fd');
        const [on, flags, aname] = [call.string(40), call.word(44), call.string(48)];
        const session = await sessionOn(chan, msizeDefault);
        const root = await attach(call, session, aname, auth?.fid ?? NOFID);
        try {
          return await context.namespace.mount(root, on, flags, { aname, channel: chan }, by(call));
        } finally {
          // The name space has a reference of its own; if it failed, this was the last.
          ignore(() => root.clunk());
        }
      },
      (id) => call.returnWord(id),
    );
  },

  fversion(call: Call): Awaitable<void> {
    const { heap } = call;
    call.returnWord(-1);
    heap.setPointer(call.result + 4, 0);
    const msize = call.word(36);
    return syscall(
      call,
      async () => {
        const chan = connectionOf(call);
        const version = call.string(40);
        if (version !== '' && !version.startsWith('9P2000'))
          throw new StyxError('bad version format in version');
        await sessionOn(chan, msize > 0 ? msize : msizeDefault);
        return '9P2000';
      },
      (version) => {
        heap.setPointer(call.result + 4, heap.newString(version));
        call.returnWord(msize);
      },
    );
  },

  /** A file to hold an authentication protocol on; nil when the server wants none, or is no server. */
  fauth(call: Call): Awaitable<void> {
    call.returnPointer(0);
    return syscall(
      call,
      async () => {
        const chan = connectionOf(call);
        const aname = call.string(36);
        const { client } = await sessionOn(chan, msizeDefault);
        const file = await client.auth(contextOf(call).user, aname, by(call));
        return new Chan(file, chan.dev, '#M').opened(ORDWR, client.iounit);
      },
      (chan) => call.returnPointer(enterChan(call, chan)),
      () => call.returnPointer(0),
    );
  },

  /** Serves the tree at `dir` on a file, until the other end goes away; with EXPASYNC in the background. */
  export(call: Call): Awaitable<void> {
    const { namespace } = contextOf(call);
    const isAsync = (call.word(40) & EXPASYNC) !== 0;
    return syscall(
      call,
      async () => {
        const chan = connectionOf(call);
        const dir = call.string(36);
        const found = await namespace.find(dir, by(call));
        ignore(() => found.close());
        const tree = namespace.share();
        const connection = serve(new ChanTransport(chan), tree.export(dir), { msize: msizeDefault });
        const ended = connection.closed.then(() => tree.close());
        if (isAsync) return;
        const stop = (): void => connection.destroy();
        call.signal.addEventListener('abort', stop, { once: true });
        await ended;
        call.signal.removeEventListener('abort', stop);
      },
      () => call.returnWord(0),
    );
  },
};

const EXPASYNC = 1;
