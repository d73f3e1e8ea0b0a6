import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Ctx } from './http.ts';

const encoder = new TextEncoder();

/** Bytes that may wait for a client that reads slowly; beyond, it is let go. */
const MOST_WAITING = 8 * 1024 * 1024;

export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

export const NDJSON_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/x-ndjson',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/** A response body that grows. */
export interface Outlet {
  /** Sends the headers. To be called once, before the first text. */
  open(headers: Readonly<Record<string, string>>): Response;
  write(text: string): void;
  close(): void;
}

/**
 * Where a response's text goes: Node's response itself when there is one, for a stream of the web's kind costs several
 * promises for each chunk; else such a stream.
 *
 * @param abandoned called when the client goes away, or has left too much unread, before the end
 */
export function outletOf(context: Ctx, abandoned: () => void): Outlet {
  const outgoing = context.env?.outgoing;
  return outgoing === undefined ? new WebOutlet(abandoned) : new NodeOutlet(outgoing, abandoned);
}

class NodeOutlet implements Outlet {
  readonly #outgoing: ServerResponse;
  readonly #abandoned: () => void;
  #over = false;

  constructor(outgoing: ServerResponse, abandoned: () => void) {
    this.#outgoing = outgoing;
    this.#abandoned = abandoned;
    outgoing.once('close', () => this.#leave());
  }

  open(headers: Readonly<Record<string, string>>): Response {
    if (!this.#outgoing.headersSent && !this.#outgoing.destroyed) this.#outgoing.writeHead(200, headers);
    return RESPONSE_ALREADY_SENT;
  }

  write(text: string): void {
    if (this.#over) return;
    if (!this.#outgoing.write(text) && this.#outgoing.writableLength > MOST_WAITING) {
      this.#outgoing.destroy();
      this.#leave();
    }
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#outgoing.end();
  }

  #leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#abandoned();
  }
}

class WebOutlet implements Outlet {
  readonly #body: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(abandoned: () => void) {
    this.#body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
          abandoned();
        },
      },
      { highWaterMark: 0 },
    );
  }

  open(headers: Readonly<Record<string, string>>): Response {
    return new Response(this.#body, { headers });
  }

  write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
  }

  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}
