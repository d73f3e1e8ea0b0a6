/** `9p trace`: stands between a client and a server and shows what they say. */
import { decode } from '../codec/decode.ts';
import { DEFAULT_MSIZE } from '../constants.ts';
import { dial, listen } from '../node/dial.ts';
import type { Transport } from '../transport/transport.ts';
import { type Options, printMessage, tlsOptions, UsageError } from './options.ts';
import { untilSignal } from './signals.ts';

/** Finds the messages in one direction; the bytes themselves pass untouched. */
class Watcher {
  readonly #direction: '<-' | '->';
  readonly #remote: string;
  #held: Uint8Array = new Uint8Array(0);
  #lost = false;

  constructor(direction: '<-' | '->', remote: string) {
    this.#direction = direction;
    this.#remote = remote;
  }

  see(chunk: Uint8Array): void {
    if (this.#lost) return;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= 4) {
      const size = new DataView(this.#held.buffer, this.#held.byteOffset).getUint32(0, true);
      if (size < 7 || size > 16 * DEFAULT_MSIZE) {
        this.#lost = true;
        process.stderr.write(`${this.#remote} ${this.#direction} not 9P: message of ${size} bytes\n`);
        return;
      }
      if (this.#held.length < size) return;
      const bytes = this.#held.subarray(0, size);
      this.#held = this.#held.subarray(size);
      try {
        printMessage(this.#direction, decode(bytes), this.#remote);
      } catch (e) {
        const head = Buffer.from(bytes.subarray(0, 32)).toString('hex');
        process.stderr.write(`${this.#remote} ${this.#direction} ${(e as Error).message}: ${head}\n`);
      }
    }
  }
}

function relay(from: Transport, to: Transport, watcher: Watcher): void {
  let queued = 0;
  from.start({
    data: (chunk) => {
      watcher.see(chunk);
      queued += chunk.length;
      if (queued > DEFAULT_MSIZE) from.pause();
      to.send([chunk], () => {
        queued -= chunk.length;
        if (queued <= DEFAULT_MSIZE) from.resume();
      });
    },
    closed: () => to.close(),
  });
}

export async function runTrace(o: Options): Promise<void> {
  const [where, to] = o.args;
  if (where === undefined || to === undefined) throw new UsageError('trace: want LISTEN and ADDR');
  const listener = await listen(
    where,
    (client) => {
      dial(to, { tls: tlsOptions(o) }).then(
        (server) => {
          relay(client, server, new Watcher('->', client.remote));
          relay(server, client, new Watcher('<-', client.remote));
        },
        (e: Error) => {
          process.stderr.write(`9p: ${e.message}\n`);
          client.destroy();
        },
      );
    },
    { tls: tlsOptions(o) },
  );
  process.stdout.write(`listening on ${listener.address}\n`);
  await untilSignal();
  await Promise.race([listener.close(), new Promise((resolve) => setTimeout(resolve, 100))]);
}
