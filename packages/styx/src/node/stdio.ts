/** A pair of pipes as a transport: standard input and output, or those of a child process. */
import type { Readable, Writable } from 'node:stream';
import type { Receiver, Transport } from '../transport/transport.ts';

class PipeTransport implements Transport {
  readonly remote: string;
  readonly #in: Readable;
  readonly #out: Writable;
  #error: Error | undefined;
  #closed = false;
  #receiver: Receiver | undefined;

  constructor(input: Readable, output: Writable, remote: string) {
    this.remote = remote;
    this.#in = input;
    this.#out = output;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    const over = (e?: Error | null): void => this.#over(e ?? undefined);
    this.#in.on('data', (chunk: Uint8Array) => {
      if (!this.#closed) receiver.data(chunk);
    });
    this.#in.once('end', over).once('error', over).once('close', over);
    this.#out.once('error', over).once('close', over);
  }

  #over(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error ??= error;
    if (!this.#out.writableEnded) this.#out.end();
    this.#in.destroy();
    process.nextTick(() => this.#receiver?.closed(this.#error));
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    const out = this.#out;
    if (out.destroyed || out.writableEnded) {
      process.nextTick(sent);
      return;
    }
    // A stream may hold on to what it was given after it has called back: a transform does.
    out.write(Buffer.concat(chunks), () => sent());
  }

  pause(): void {
    this.#in.pause();
  }

  resume(): void {
    this.#in.resume();
  }

  close(): void {
    this.#over(undefined);
  }

  destroy(error?: Error): void {
    this.#over(error);
    this.#out.destroy();
  }

  defer(fn: () => void): void {
    process.nextTick(fn);
  }
}

/** What arrives on `input` and leaves on `output`; the process's own when not given. */
export function stdio(
  input: Readable = process.stdin,
  output: Writable = process.stdout,
  remote: string = 'stdio',
): Transport {
  return new PipeTransport(input, output, remote);
}
