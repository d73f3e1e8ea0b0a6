/** Streams of Node as transports: tcp, TLS and unix sockets. */
import type { Socket } from 'node:net';
import type { Receiver, Transport } from '../transport/transport.ts';
import { receive } from './receive.ts';

/** Milliseconds that a closed socket may take to send what it holds. */
const LINGER = 2000;

export class SocketTransport implements Transport {
  readonly remote: string;
  readonly uname?: string;
  readonly #socket: Socket;
  #error: Error | undefined;
  #closing = false;

  constructor(socket: Socket, remote: string, uname?: string) {
    this.remote = remote;
    if (uname !== undefined) this.uname = uname;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (e) => {
      this.#error ??= e;
    });
  }

  start(receiver: Receiver): void {
    const socket = this.#socket;
    receive(socket, (bytes) => {
      if (!this.#closing) receiver.data(bytes);
    });
    if (socket.destroyed) process.nextTick(() => receiver.closed(this.#error));
    else socket.once('close', () => receiver.closed(this.#error));
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    const socket = this.#socket;
    const last = chunks.length - 1;
    if (last === 0) {
      socket.write(chunks[0] as Uint8Array, sent);
      return;
    }
    socket.cork();
    for (let i = 0; i < last; i++) socket.write(chunks[i] as Uint8Array);
    socket.write(chunks[last] as Uint8Array, sent);
    socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    const socket = this.#socket;
    socket.end();
    // What still arrives is thrown away: closing over unread data would reset the connection and lose our last words.
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER).unref();
  }

  destroy(error?: Error): void {
    this.#closing = true;
    this.#error ??= error;
    this.#socket.destroy();
  }

  defer(fn: () => void): void {
    process.nextTick(fn);
  }
}
