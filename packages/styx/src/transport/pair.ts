/** Two ends in one process: what one sends, the other receives. */
import { defer } from './defer.ts';
import type { Receiver, Transport } from './transport.ts';

/** Bytes on the way before the sender is told to wait. */
const HIGH_WATER = 1024 * 1024;

class End implements Transport {
  readonly remote: string;
  peer!: End;
  #receiver: Receiver | undefined;
  #inbox: { chunks: readonly Uint8Array[]; sent: () => void }[] = [];
  #paused = false;
  #scheduled = false;
  #eof = false;
  #closed = false;
  #error: Error | undefined;

  constructor(remote: string) {
    this.remote = remote;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#schedule();
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    if (this.#closed || this.peer.#closed) queueMicrotask(sent);
    else this.peer.#take(chunks, sent);
  }

  #take(chunks: readonly Uint8Array[], sent: () => void): void {
    this.#inbox.push({ chunks, sent });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#paused || this.#receiver === undefined) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    let moved = 0;
    while (!this.#closed && !this.#paused && this.#inbox.length > 0) {
      const { chunks, sent } = this.#inbox.shift()!;
      for (const chunk of chunks) {
        if (!this.#closed) this.#receiver?.data(chunk);
        moved += chunk.length;
      }
      sent();
      if (moved >= HIGH_WATER) break;
    }
    if (this.#inbox.length > 0) this.#schedule();
    else if (this.#eof) this.#finish(undefined);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#schedule();
  }

  close(): void {
    if (this.#closed) return;
    this.peer.#eof = true;
    this.peer.#schedule();
    this.#finish(undefined);
  }

  destroy(error?: Error): void {
    if (this.#closed) return;
    this.peer.#inbox = drop(this.peer.#inbox);
    this.peer.#eof = true;
    this.peer.#schedule();
    this.#finish(error);
  }

  #finish(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    this.#inbox = drop(this.#inbox);
    queueMicrotask(() => this.#receiver?.closed(this.#error));
  }

  defer(fn: () => void): void {
    defer(fn);
  }
}

function drop(inbox: { sent: () => void }[]): [] {
  for (const { sent } of inbox) queueMicrotask(sent);
  return [];
}

/** A connection inside this process: give one end to a server and the other to a client. */
export function pair(name: string = 'pair'): [Transport, Transport] {
  const a = new End(`${name}!0`);
  const b = new End(`${name}!1`);
  a.peer = b;
  b.peer = a;
  return [a, b];
}
