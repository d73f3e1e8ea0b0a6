/** A wire that can fail: tcp in front of an address, cut or struck dumb on command. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Target {
  readonly host: string;
  readonly port: number;
}

export class Wire {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #target: Target;
  #state: 'up' | 'cut' | 'dumb' = 'up';

  private constructor(server: Server, target: Target) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (near) => this.#connected(near));
  }

  static async to(target: Target): Promise<Wire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Wire(server, target);
  }

  /** Where it listens. */
  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Breaks what is connected, and refuses what comes. */
  cut(): void {
    this.#state = 'cut';
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Loses everything without a word, as a pulled cable does: nobody is told. */
  silence(): void {
    this.#state = 'dumb';
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** Works again; what was under way arrives late, as TCP sends it again. */
  mend(): void {
    this.#state = 'up';
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #connected(near: Socket): void {
    if (this.#state === 'cut') return void near.destroy();
    const far = connect(this.#target);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as const) {
      from.setNoDelay(true);
      from.on('data', (data) => to.write(data));
      from.on('error', () => {});
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
      if (this.#state === 'dumb') from.pause();
    }
  }
}
