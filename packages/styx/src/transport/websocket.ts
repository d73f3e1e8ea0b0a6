/** The platform's own WebSocket, in browsers and newer Nodes, as a transport. */
import { HangupError, StyxError } from '../errors.ts';
import { defer } from './defer.ts';
import type { Receiver, Transport } from './transport.ts';

/** The part of the web's WebSocket that is used. */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  send(data: Uint8Array): void;
  close(): void;
  addEventListener(type: string, fn: (event: { readonly data?: unknown }) => void): void;
}

/** How often `bufferedAmount` is looked at while something is queued: there is no event for it. */
const POLL = 10;

class BrowserTransport implements Transport {
  readonly remote: string;
  readonly #ws: WebSocketLike;
  #paused: Uint8Array[] | undefined;
  #receiver: Receiver | undefined;
  #unsent: (() => void)[] = [];
  #closed = false;

  constructor(ws: WebSocketLike, remote: string) {
    this.remote = remote;
    this.#ws = ws;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#ws.addEventListener('message', ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return;
      const chunk = new Uint8Array(data);
      if (this.#paused !== undefined) this.#paused.push(chunk);
      else if (!this.#closed) receiver.data(chunk);
    });
    this.#ws.addEventListener('close', () => this.#over(undefined));
    this.#ws.addEventListener('error', () => this.#over(new HangupError('websocket failed')));
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    if (this.#closed) {
      queueMicrotask(sent);
      return;
    }
    // send() copies at once.
    for (const c of chunks) this.#ws.send(c);
    this.#unsent.push(sent);
    if (this.#unsent.length === 1) queueMicrotask(() => this.#poll());
  }

  #poll(): void {
    if (this.#ws.bufferedAmount > 1024 * 1024 && !this.#closed) {
      setTimeout(() => this.#poll(), POLL);
      return;
    }
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const sent of unsent) sent();
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
      this.#receiver?.data(waiting.shift() as Uint8Array);
    }
  }

  close(): void {
    this.#ws.close();
    this.#over(undefined);
  }

  destroy(error?: Error): void {
    this.#ws.close();
    this.#over(error);
  }

  #over(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    queueMicrotask(() => this.#receiver?.closed(error));
  }

  defer(fn: () => void): void {
    defer(fn);
  }
}

/** Connects to `url` (`ws://host:port/path`). Rejects when that fails. */
export function dialWebSocketUrl(url: string): Promise<Transport> {
  const Socket = (globalThis as { WebSocket?: new (url: string, protocols: string[]) => WebSocketLike })
    .WebSocket;
  if (Socket === undefined) throw new StyxError('no WebSocket on this platform');
  const ws = new Socket(url, ['9p']);
  ws.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    ws.addEventListener('open', () => resolve(webSocket(ws, url)));
    ws.addEventListener('error', () => reject(new StyxError(`can't dial ${url}`)));
  });
}

/** The connection over a WebSocket that is open already. */
export function webSocket(ws: WebSocketLike, remote: string = 'ws'): Transport {
  ws.binaryType = 'arraybuffer';
  return new BrowserTransport(ws, remote);
}
