/** A MessagePort as a transport: to another thread or a worker of a page, by moving buffers. */
import { defer } from './defer.ts';
import type { Receiver, Transport } from './transport.ts';

/** What MessagePort of the web and of worker_threads have in common. */
export interface Port {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message' | 'close', fn: (event: { readonly data?: unknown }) => void): void;
  start?(): void;
  close(): void;
}

/**
 * A port has no end of file in browsers and no flow control anywhere: `null` says that a side is closed, and a number
 * how many bytes it has taken.
 */
class PortTransport implements Transport {
  readonly remote: string;
  readonly #port: Port;
  #receiver: Receiver | undefined;
  #paused: Uint8Array[] | undefined;
  #unsent: { end: number; sent: () => void }[] = [];
  #total = 0;
  #closed = false;

  constructor(port: Port, remote: string) {
    this.remote = remote;
    this.#port = port;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#port.addEventListener('message', (event) => this.#onMessage(event.data));
    this.#port.addEventListener('close', () => this.#over(undefined));
    this.#port.start?.();
  }

  #onMessage(data: unknown): void {
    if (this.#closed) return;
    if (data === null) this.#over(undefined);
    else if (typeof data === 'number') this.#taken(data);
    else if (data instanceof Uint8Array) {
      if (this.#paused !== undefined) this.#paused.push(data);
      else this.#deliver(data);
    }
  }

  #deliver(chunk: Uint8Array): void {
    this.#port.postMessage(chunk.length, []);
    this.#receiver?.data(chunk);
  }

  #taken(n: number): void {
    this.#total -= n;
    for (const u of this.#unsent) u.end -= n;
    while ((this.#unsent[0]?.end ?? 1) <= 0) this.#unsent.shift()?.sent();
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    if (this.#closed) {
      queueMicrotask(sent);
      return;
    }
    let n = 0;
    for (const c of chunks) n += c.length;
    const copy = new Uint8Array(n);
    let at = 0;
    for (const c of chunks) {
      copy.set(c, at);
      at += c.length;
    }
    this.#total += n;
    this.#unsent.push({ end: this.#total, sent });
    this.#port.postMessage(copy, [copy.buffer]);
  }

  pause(): void {
    this.#paused ??= [];
  }

  resume(): void {
    const waiting = this.#paused;
    this.#paused = undefined;
    while (waiting !== undefined && waiting.length > 0) {
      if (this.#paused !== undefined) {
        (this.#paused as Uint8Array[]).unshift(...waiting);
        return;
      }
      this.#deliver(waiting.shift() as Uint8Array);
    }
  }

  close(): void {
    this.#over(undefined);
  }

  destroy(error?: Error): void {
    this.#over(error);
  }

  #over(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port.postMessage(null, []);
    // A message that was posted just now is lost when the port closes in the same turn.
    setTimeout(() => this.#port.close(), 0);
    for (const { sent } of this.#unsent) queueMicrotask(sent);
    this.#unsent = [];
    queueMicrotask(() => this.#receiver?.closed(error));
  }

  defer(fn: () => void): void {
    defer(fn);
  }
}

/** The connection over `port`; the other end does the same with the other port of its MessageChannel. */
export function messagePort(port: Port, remote: string = 'port'): Transport {
  return new PortTransport(port, remote);
}
