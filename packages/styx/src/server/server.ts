import type { FileServer } from '../file.ts';
import type { Transport } from '../transport/transport.ts';
import { Connection } from './connection.ts';
import type { ServerOptions } from './options.ts';

/** Serves one tree to any number of connections. */
export class Server {
  readonly connections: Set<Connection> = new Set();
  readonly #fs: FileServer;
  readonly #options: ServerOptions;
  #closing = false;

  constructor(fs: FileServer, options: ServerOptions = {}) {
    this.#fs = fs;
    this.#options = options;
  }

  /** Serves the client at the other end of `transport`, until it goes. Suits as what a listener calls. */
  serve(transport: Transport): Connection {
    const conn = new Connection(this.#fs, transport, this.#options);
    if (this.#closing) conn.destroy();
    this.connections.add(conn);
    void conn.closed.then(() => this.connections.delete(conn));
    return conn;
  }

  /** Closes all connections in good order; requests under way get up to `grace` milliseconds. */
  async close(grace: number = 1000): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.connections].map((c) => c.close(grace)));
  }
}

/** Serves `fs` on one connection. */
export function serve(transport: Transport, fs: FileServer, options: ServerOptions = {}): Connection {
  return new Connection(fs, transport, options);
}
