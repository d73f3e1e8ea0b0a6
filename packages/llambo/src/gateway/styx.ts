import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server } from '@llambo/styx';
import { acceptWebSocket } from '@llambo/styx/node';
import { asSteersman } from '../cluster/tree/tree.ts';
import { checkScope } from './auth.ts';
import { failureOf, HttpError } from './http.ts';
import { notFound } from './openai/errors.ts';
import type { Services } from './services.ts';

const PATH = '/api/v1/styx';

/** The cluster's name space over WebSocket: what a browser walks, reads and writes. */
export class StyxDoor {
  readonly #services: Services;
  /** By whether their clients may do everything. */
  readonly #servers = new Map<boolean, Server>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Takes an HTTP connection that wants to be a WebSocket, or refuses it with a status. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    socket.on('error', () => {});
    let admin: boolean;
    try {
      admin = this.#check(request);
    } catch (error) {
      return refuse(socket, error);
    }
    const transport = acceptWebSocket(request, socket, head);
    if (transport !== undefined) this.#server(admin).serve(transport);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close(200)));
  }

  #server(admin: boolean): Server {
    const { orchestrator } = this.#services;
    let server = this.#servers.get(admin);
    if (server === undefined) {
      server = new Server(admin ? orchestrator.fileServer() : asSteersman(orchestrator.tree()));
      this.#servers.set(admin, server);
    }
    return server;
  }

  /** Whether the client may do everything. @throws HttpError */
  #check(request: IncomingMessage): boolean {
    const { headers } = request;
    const { auth } = this.#services;
    const path = (request.url ?? '/').split('?')[0];
    if (path !== PATH) throw new HttpError(notFound('WebSocket', String(path)));
    auth.checkSite(headers.host, headers.origin);
    const apiKey = headers['x-api-key'];
    const principal = auth.principal({
      authorization: headers.authorization,
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      protocols: headers['sec-websocket-protocol'],
    });
    checkScope(principal, 'operate');
    return principal.scopes.includes('admin');
  }
}

function refuse(socket: Duplex, error: unknown): void {
  const { status, body } = failureOf(error);
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
