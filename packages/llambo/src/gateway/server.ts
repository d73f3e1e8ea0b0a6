import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Orchestrator } from '../cluster/orchestrator.ts';
import { configError } from '../errors.ts';
import { appOf } from './app.ts';
import { directLane } from './direct.ts';
import type { Env } from './http.ts';
import { createServices, type GatewayOptions, type Services } from './services.ts';
import type { Kept } from './spool.ts';
import { StyxDoor } from './styx.ts';
import { isLoopback, readTls, type TlsFiles, watchTls } from './tls.ts';

export interface ServeOptions extends GatewayOptions {
  /** PEM files of the certificate and its key; they are read again when they change. */
  readonly tls?: TlsFiles;
}

export interface Gateway {
  /** `http://127.0.0.1:8640` */
  readonly url: string;
  close(): Promise<void>;
}

type CreateServer = (options: object, listener: RequestListener) => Server;

/** Milliseconds that answers under way are given when the gateway closes. */
const CLOSE_MS = 2000;
/** Milliseconds that a client may take for its headers, and for its whole request. */
const HEADERS_MS = 30_000;
const REQUEST_MS = 60_000;
/** Bytes of all headers of a request. */
const MOST_HEADER = 16 * 1024;
const MOST_CONNECTIONS = 20_000;

/**
 * @param listen HOST:PORT; port 0 takes a free one
 * @throws LlamboError `config` when the address cannot be had, or others could reach it without key or TLS
 */
export async function startGateway(
  orchestrator: Orchestrator,
  listen: string,
  options: ServeOptions = {},
): Promise<Gateway> {
  const colon = listen.lastIndexOf(':');
  const hostname = listen.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(listen.slice(colon + 1));
  const { tls, keys } = options;
  if (!isLoopback(hostname) && tls === undefined && (keys === undefined || keys.empty)) {
    throw configError(
      `refusing to listen on ${listen}, where others can reach it, without a key or TLS; make a key with llamboctl keys create NAME, or listen on 127.0.0.1`,
    );
  }
  const secured = tls !== undefined;
  const services = createServices(orchestrator, { ...options, secured });
  const app = appOf(services);
  const direct = directLane(services);
  const styx = new StyxDoor(services);
  const listener = {
    fetch: app.fetch,
    hostname,
    port,
    serverOptions: {
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      maxHeaderSize: MOST_HEADER,
      connectionsCheckingInterval: 5000,
      keepAliveTimeout: 65_000,
      ...(tls === undefined ? {} : readTls(tls)),
    },
  };
  const make = (secured ? createTlsServer : createServer) as CreateServer;
  const create: CreateServer = (settings, fetched) =>
    make(settings, (incoming, outgoing) => {
      if (!direct(incoming, outgoing)) fetched(incoming, outgoing);
    });
  return new Promise((resolve, reject) => {
    const server = serve(
      { ...listener, createServer: create as typeof createServer },
      (address: AddressInfo) => {
        const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
        for (const kept of services.spools?.revive() ?? []) void askAgain(app, services, kept);
        resolve({ url: `${secured ? 'https' : 'http'}://${host}:${address.port}`, close });
      },
    ) as Server;
    server.maxConnections = MOST_CONNECTIONS;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Uint8Array) =>
      styx.upgrade(request, socket, head),
    );
    const unwatch = tls === undefined ? () => {} : watchTls(tls, server, orchestrator);
    const close = async (): Promise<void> => {
      unwatch();
      services.close();
      await styx.close();
      await closeServer(server);
    };
    server.on('error', (error) => {
      services.close();
      reject(configError(`cannot listen on ${listen}: ${error.message}`));
    });
  });
}

/** A request of an earlier process: its answer goes on, for a client that comes back for it. */
async function askAgain(app: Hono<Env>, { auth }: Services, { owner, id, path, body }: Kept): Promise<void> {
  const secret = auth.standIn(owner);
  if (secret === undefined) return;
  const headers = {
    'content-type': 'application/json',
    'x-request-id': id,
    host: 'localhost',
    authorization: `Bearer ${secret}`,
  };
  const response = await app.request(path, { method: 'POST', headers, body });
  await response.body?.cancel();
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
