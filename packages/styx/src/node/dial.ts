/** Connects to, and listens on, dial strings. */
import { chmodSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { isMainThread } from 'node:worker_threads';
import { Edial, StyxError } from '../errors.ts';
import { type Address, formatAddress, parseAddress } from '../transport/address.ts';
import type { Listener, Transport } from '../transport/transport.ts';
import { SocketTransport } from './socket.ts';
import { dialWebSocket, listenWebSocket } from './websocket.ts';

export interface DialOptions {
  /** For `tls!` and `wss!`: certificates, keys and trusted authorities, as node:tls takes them. */
  readonly tls?: tls.ConnectionOptions;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

export interface ListenOptions {
  /** For `tls!` and `wss!`; `requestCert` and `ca` make clients prove who they are. */
  readonly tls?: tls.TlsOptions;
  /** Connections at once; more are closed at once. 10,000 when not given. */
  readonly maxConnections?: number;
  /** Mode of a unix socket's file, 0o600 when not given. */
  readonly mode?: number;
}

/** Connections that wait to be taken: a unix socket refuses what is beyond. The system has a bound of its own. */
const BACKLOG = 4096;

/** Connects to the server at `address`. Rejects with the system's error when there is none. */
export async function dial(address: string, options: DialOptions = {}): Promise<Transport> {
  const a = parseAddress(address);
  options.signal?.throwIfAborted();
  if (a.net === 'ws' || a.net === 'wss') return dialWebSocket(a, options);
  const socket = connect(a, options);
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => void socket.destroy(options.signal?.reason as Error);
    options.signal?.addEventListener('abort', abort, { once: true });
    socket.once(a.net === 'tls' ? 'secureConnect' : 'connect', () => {
      options.signal?.removeEventListener('abort', abort);
      socket.off('error', reject);
      resolve();
    });
    socket.once('error', reject);
  }).catch((cause: Error) => {
    throw new StyxError(`can't dial ${address}: ${cause.message}`, { cause });
  });
  return new SocketTransport(socket, formatAddress(a));
}

function connect(a: Address, options: DialOptions): net.Socket {
  const { host, port, path } = a;
  if (a.net === 'unix') return net.connect({ path });
  if (a.net === 'tcp') return net.connect({ host, port });
  const named = net.isIP(host) === 0 ? { servername: host } : {};
  return tls.connect({ host, port, ...named, ...options.tls });
}

/** Listens on `address` and hands each connection to `serve`. Rejects when the address can't be had. */
export async function listen(
  address: string,
  serve: (transport: Transport) => void,
  options: ListenOptions = {},
): Promise<Listener> {
  const a = parseAddress(address);
  if (a.net === 'ws' || a.net === 'wss') return listenWebSocket(a, serve, options);
  let n = 0;
  const take = (socket: net.Socket): void => {
    const from =
      a.net === 'unix' ? `unix!${a.path}!${++n}` : `${a.net}!${socket.remoteAddress}!${socket.remotePort}`;
    serve(new SocketTransport(socket, from, socket instanceof tls.TLSSocket ? certified(socket) : undefined));
  };
  const server: net.Server =
    a.net === 'tls'
      ? tls.createServer({ ...options.tls }, take).on('tlsClientError', () => {})
      : net.createServer(take);
  server.maxConnections = options.maxConnections ?? 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new StyxError(`can't listen on ${address}: ${cause.message}`, { cause })),
    );
    if (a.net === 'unix') listenUnix(server, a.path, options.mode ?? 0o600, resolve);
    else
      server.listen({ port: a.port, backlog: BACKLOG, ...(a.host === '*' ? {} : { host: a.host }) }, resolve);
  });
  server.on('error', () => {});
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return {
    address: formatAddress({ ...a, port }),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/**
 * The socket's file must never be open to others, not even for a moment. A worker thread can't see to that, since the mask
 * is the process's: there it gets its mode a moment later, unless the main thread has set the mask.
 */
function listenUnix(server: net.Server, path: string, mode: number, done: () => void): void {
  if (!isMainThread) {
    server.listen({ path, backlog: BACKLOG }, () => {
      chmodSync(path, mode);
      done();
    });
    return;
  }
  const before = process.umask(0o777 & ~mode);
  try {
    server.listen({ path, backlog: BACKLOG }, done);
  } finally {
    process.umask(before);
  }
}

/** The user that a client certificate names, when a trusted authority has signed it: its common name. */
function certified(socket: tls.TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const cn = socket.getPeerCertificate()?.subject?.CN;
  if (typeof cn !== 'string' || cn === '') throw new StyxError(Edial);
  return cn;
}
