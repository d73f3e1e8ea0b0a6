import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a hub treats the next requests for a file. */
export interface Manners {
  /** Closes the connection after this many bytes, so many times. */
  breakAfter?: number;
  breaks?: number;
  /** Answers with this status, so many times. */
  status?: number;
  refusals?: number;
  /** Pretends that Range does not exist. */
  ignoreRange?: boolean;
  /** Sends a body of other bytes. */
  body?: Buffer;
  /** Says no checksum before it redirects. */
  silent?: boolean;
  /** Says this checksum. */
  says?: string;
  /** Pauses after each piece, milliseconds, so that a test can act in the middle. */
  slow?: number;
  /** Sends this many bytes, then nothing more. */
  hangAfter?: number;
}

export interface Seen {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly authorization: string | undefined;
}

const piece = 64 * 1024;

/**
 * A hub of models on loopback, with the observable behaviour of the real one: a list of files, a first answer that tells
 * size and checksum and redirects, and a second origin with ranges and entity tags.
 */
export class Hub {
  readonly #server: Server;
  readonly files: Map<string, Buffer> = new Map();
  manners: Manners = {};
  /** Requests for bytes, in order. */
  readonly seen: Seen[] = [];
  #port = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<Hub> {
    const hub = new Hub();
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    hub.#port = (hub.#server.address() as AddressInfo).port;
    return hub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  put(user: string, repo: string, file: string, bytes: Buffer): void {
    this.files.set(`/${user}/${repo}/${file}`, bytes);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, this.endpoint);
    const list = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/main$/.exec(pathname);
    if (list !== null) return this.#list(`/${list[1]}/`, response);
    if (pathname.startsWith('/cdn/')) return this.#bytes(pathname.slice(4), request, response);
    const path = decodeURI(pathname).replace('/resolve/main/', '/');
    const bytes = this.files.get(path);
    if (this.manners.status !== undefined && (this.manners.refusals ?? 1) > 0) {
      this.manners.refusals = (this.manners.refusals ?? 1) - 1;
      response.writeHead(this.manners.status).end();
      return;
    }
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const says = this.manners.says ?? sha256(bytes);
    response.writeHead(302, {
      // The bytes live at another origin, where no token belongs.
      location: `http://localhost:${this.#port}/cdn${encodeURI(path)}`,
      ...(this.manners.silent ? {} : { 'x-linked-etag': `"${says}"`, 'x-linked-size': String(bytes.length) }),
    });
    response.end();
  }

  #list(prefix: string, response: ServerResponse): void {
    const all = [...this.files].filter(([path]) => path.startsWith(prefix));
    if (all.length === 0) {
      response.writeHead(404).end();
      return;
    }
    const entries = all.map(([path, bytes]) => ({
      type: 'file',
      path: path.slice(prefix.length),
      size: bytes.length,
      lfs: { oid: sha256(bytes), size: bytes.length },
    }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(entries));
  }

  async #bytes(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const {
      range,
      'if-range': ifRange,
      authorization,
    } = request.headers as Record<string, string | undefined>;
    this.seen.push({ path: decodeURI(path), range, ifRange, authorization });
    const bytes = this.manners.body ?? this.files.get(decodeURI(path))!;
    const tag = `"${sha256(bytes).slice(0, 16)}"`;
    const asked = /^bytes=(\d+)-$/.exec(range ?? '');
    const ranged = asked !== null && !this.manners.ignoreRange && (ifRange === undefined || ifRange === tag);
    const start = ranged ? Number(asked[1]) : 0;
    if (start >= bytes.length && ranged) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    response.writeHead(ranged ? 206 : 200, {
      etag: tag,
      'content-length': String(bytes.length - start),
      ...(ranged ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    response.flushHeaders();
    for (let at = start; at < bytes.length; at += piece) {
      if (this.manners.breakAfter !== undefined && (this.manners.breaks ?? 0) > 0) {
        if (at - start >= this.manners.breakAfter) {
          this.manners.breaks = this.manners.breaks! - 1;
          response.destroy();
          return;
        }
      }
      if (this.manners.hangAfter !== undefined && at - start >= this.manners.hangAfter) return;
      response.write(bytes.subarray(at, at + piece));
      await new Promise((resolve) => setTimeout(resolve, this.manners.slow ?? 0));
      if (response.destroyed) return;
    }
    response.end();
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
