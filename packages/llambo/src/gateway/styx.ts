import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server } from '@llambo/styx';
import { acceptWebSocket } from '@llambo/styx/node';
import { checkScope } from './auth.ts';
import { failureOf, HttpError } from './http.ts';
import { notFound } from './openai/errors.ts';
import type { Services } from './services.ts';

const PATH = '/api/v1/styx';

/** The cluster's name space over WebSocket: what a browser walks, reads and writes. */
export class StyxDoor {
  readonly #services: Services;
  #server: Server | undefined;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Takes an HTTP connection that wants to be a WebSocket, or refuses it with a status. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    socket.on('error', () => {});
    try {
      this.#check(request);
    } catch (error) {
      return refuse(socket, error);
    }
    const transport = acceptWebSocket(request, socket, head);
    if (transport !== undefined) this.#server?.serve(transport);
  }

  async close(): Promise<void> {
    await this.#server?.close(200);
  }

  #check(request: IncomingMessage): void {
    const { headers } = request;
    const { auth, orchestrator } = this.#services;
    const path = (request.url ?? '/').split('?')[0];
    if (path !== PATH) throw new HttpError(notFound('WebSocket', String(path)));
    auth.checkSite(headers.host, headers.origin);
    const apiKey = headers['x-api-key'];
    const principal = auth.principal({
      authorization: headers.authorization,
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      protocols: headers['sec-websocket-protocol'],
    });
    // Its ctl files take every command.
    checkScope(principal, 'operate');
    this.#server ??= new Server(orchestrator.fileServer());
  }
}

function refuse(socket: Duplex, error: unknown): void {
  const { status, body } = failureOf(error);
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
