/** The two calls that most programs need. */
import { Client, type ClientOptions } from '../client/client.ts';
import type { FileServer } from '../file.ts';
import type { ServerOptions } from '../server/options.ts';
import { Server } from '../server/server.ts';
import { type DialOptions, dial, type ListenOptions, listen } from './dial.ts';

/** A client of the server at `address`, such as `tcp!127.0.0.1!5640`. */
export async function connect(address: string, options: ClientOptions & DialOptions = {}): Promise<Client> {
  return Client.connect(await dial(address, options), options);
}

/** A server that is listening. */
export interface Serving {
  /** Dial string of where it listens, with the real port. */
  readonly address: string;
  readonly server: Server;
  /** Stops listening and closes all connections; requests under way get up to `grace` milliseconds. */
  close(grace?: number): Promise<void>;
}

/** Serves `fs` to whoever connects to `address`; port 0 lets the system choose one. */
export async function serveOn(
  address: string,
  fs: FileServer,
  options: ServerOptions & ListenOptions = {},
): Promise<Serving> {
  const server = new Server(fs, options);
  const listener = await listen(address, (transport) => server.serve(transport), options);
  return {
    address: listener.address,
    server,
    close: async (grace) => {
      const closed = listener.close();
      await server.close(grace);
      await closed;
    },
  };
}
