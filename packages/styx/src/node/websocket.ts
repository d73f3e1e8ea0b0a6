/** WebSockets (RFC 6455), client and server, as far as a byte stream needs them: no extensions, binary messages. */
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { giveBuffer, takeBuffer } from '../codec/buffers.ts';
import { StyxError } from '../errors.ts';
import { type Address, formatAddress } from '../transport/address.ts';
import type { Listener, Receiver, Transport } from '../transport/transport.ts';
import type { DialOptions, ListenOptions } from './dial.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CONTINUATION = 0;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** The subprotocol that both sides name. */
const PROTOCOL = '9p';

function accept(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** Payload bytes flow through as they come: a message need not be whole, for 9P has its own sizes. */
class WebSocketTransport implements Transport {
  readonly remote: string;
  readonly #socket: Socket;
  readonly #masks: boolean;
  #receiver: Receiver | undefined;
  #head: Uint8Array;
  #error: Error | undefined;
  #closing = false;
  /** Of the frame whose payload is arriving. */
  #opcode = 0;
  #left = 0;
  #mask: Uint8Array | undefined;
  #maskAt = 0;
  #control: Uint8Array[] = [];

  constructor(socket: Socket, remote: string, head: Uint8Array, client: boolean) {
    this.remote = remote;
    this.#socket = socket;
    this.#masks = client;
    this.#head = head;
    socket.setNoDelay(true);
    socket.setTimeout(0);
    socket.on('error', (e) => {
      this.#error ??= e;
    });
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    const head = this.#head;
    this.#head = new Uint8Array(0);
    if (head.length > 0) this.#socket.unshift(head);
    this.#socket.on('data', (chunk: Uint8Array) => this.#take(chunk));
    if (this.#socket.destroyed) process.nextTick(() => receiver.closed(this.#error));
    else this.#socket.once('close', () => receiver.closed(this.#error));
    // The upgraded socket of an http server allows half-open connections.
    this.#socket.once('end', () => this.#socket.end());
  }

  #take(chunk: Uint8Array): void {
    if (this.#closing) return;
    let bytes = chunk;
    if (this.#head.length > 0) {
      bytes = Buffer.concat([this.#head, chunk]);
      this.#head = new Uint8Array(0);
    }
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const n = Math.min(this.#left, bytes.length - at);
        this.#payload(bytes.subarray(at, at + n));
        at += n;
        this.#left -= n;
        if (this.#left === 0 && this.#opcode >= CLOSE) this.#onControl();
        if (this.#closing) return;
        continue;
      }
      const used = this.#header(bytes, at);
      if (used < 0) return;
      if (used === 0) {
        this.#head = bytes.slice(at);
        return;
      }
      at += used;
      if (this.#left === 0 && this.#opcode >= CLOSE) this.#onControl();
      if (this.#closing) return;
    }
  }

  /** Bytes that the header at `at` takes; 0 when it is not whole, -1 when it is wrong. */
  #header(b: Uint8Array, at: number): number {
    const have = b.length - at;
    if (have < 2) return 0;
    const first = b[at] as number;
    const second = b[at + 1] as number;
    const masked = (second & 0x80) !== 0;
    let length = second & 0x7f;
    const extra = length === 126 ? 2 : length === 127 ? 8 : 0;
    const size = 2 + extra + (masked ? 4 : 0);
    if (have < size) return 0;
    const v = new DataView(b.buffer, b.byteOffset + at, size);
    if (extra === 2) length = v.getUint16(2);
    else if (extra === 8) length = Number(v.getBigUint64(2));
    const opcode = first & 0x0f;
    const known = opcode === BINARY || opcode === CONTINUATION || (opcode >= CLOSE && opcode <= PONG);
    const badControl = opcode >= CLOSE && (length > 125 || (first & 0x80) === 0);
    if (
      (first & 0x70) !== 0 ||
      !known ||
      badControl ||
      masked === this.#masks ||
      !Number.isSafeInteger(length)
    ) {
      this.destroy(new StyxError('bad websocket frame'));
      return -1;
    }
    this.#opcode = opcode;
    this.#left = length;
    this.#mask = masked ? b.slice(at + size - 4, at + size) : undefined;
    this.#maskAt = 0;
    return size;
  }

  #payload(part: Uint8Array): void {
    const mask = this.#mask;
    if (mask !== undefined) this.#maskAt = applyMask(part, mask, this.#maskAt);
    if (this.#opcode >= CLOSE) this.#control.push(part.slice());
    else this.#receiver?.data(part);
  }

  #onControl(): void {
    const payload = Buffer.concat(this.#control);
    this.#control = [];
    if (this.#opcode === PING) this.#frame(PONG, [payload], () => {});
    else if (this.#opcode === CLOSE) this.close();
  }

  send(chunks: readonly Uint8Array[], sent: () => void): void {
    this.#frame(BINARY, chunks, sent);
  }

  #frame(opcode: number, chunks: readonly Uint8Array[], sent: () => void): void {
    let n = 0;
    for (const c of chunks) n += c.length;
    const extra = n < 126 ? 0 : n < 65536 ? 2 : 8;
    const header = new Uint8Array(2 + extra + (this.#masks ? 4 : 0));
    const v = new DataView(header.buffer);
    header[0] = 0x80 | opcode;
    header[1] = (this.#masks ? 0x80 : 0) | (extra === 0 ? n : extra === 2 ? 126 : 127);
    if (extra === 2) v.setUint16(2, n);
    else if (extra === 8) v.setBigUint64(2, BigInt(n));
    const socket = this.#socket;
    socket.cork();
    if (this.#masks) {
      // The chunks belong to the caller: their masked form is a copy.
      const mask = randomBytes(4);
      header.set(mask, 2 + extra);
      const buffer = takeBuffer(n);
      let at = 0;
      for (const c of chunks) {
        buffer.set(c, at);
        at += c.length;
      }
      const masked = buffer.subarray(0, n);
      applyMask(masked, mask, 0);
      socket.write(header);
      socket.write(masked, () => {
        giveBuffer(buffer);
        sent();
      });
    } else {
      const last = chunks.length - 1;
      if (last < 0) socket.write(header, sent);
      else {
        socket.write(header);
        for (let i = 0; i < last; i++) socket.write(chunks[i] as Uint8Array);
        socket.write(chunks[last] as Uint8Array, sent);
      }
    }
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
    this.#frame(CLOSE, [new Uint8Array([3, 232])], () => {});
    this.#closing = true;
    this.#socket.end();
    this.#socket.resume();
    setTimeout(() => this.#socket.destroy(), 2000).unref();
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

function applyMask(bytes: Uint8Array, mask: Uint8Array, from: number): number {
  const n = bytes.length;
  for (let i = 0; i < n; i++) bytes[i] = (bytes[i] as number) ^ (mask[(from + i) & 3] as number);
  return (from + n) & 3;
}

/** A WebSocket client's connection to `ws!host!port!path` or `wss!...`. */
export function dialWebSocket(a: Address, options: DialOptions): Promise<Transport> {
  const key = randomBytes(16).toString('base64');
  const { host, port, path } = a;
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': PROTOCOL,
  };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const request =
    a.net === 'wss'
      ? https.request({ host, port, path, headers, ...signal, ...options.tls, agent: false })
      : http.request({ host, port, path, headers, ...signal, agent: false });
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error): void =>
      reject(
        new StyxError(`can't dial ${formatAddress(a)}: ${cause?.message ?? 'no websocket there'}`, { cause }),
      );
    request.once('error', fail);
    request.once('response', (response) => {
      response.resume();
      request.destroy();
      fail();
    });
    request.once('upgrade', (response, socket: Socket, head: Uint8Array) => {
      if (response.headers['sec-websocket-accept'] !== accept(key)) {
        socket.destroy();
        fail();
        return;
      }
      request.off('error', fail);
      resolve(new WebSocketTransport(socket, formatAddress(a), head, true));
    });
    request.end();
  });
}

/**
 * Takes over an `upgrade` request of an http server, so that one port can serve web pages and files. Undefined when it is
 * no WebSocket request; the socket is then closed with an answer that says so.
 */
export function acceptWebSocket(
  request: http.IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
): Transport | undefined {
  const key = request.headers['sec-websocket-key'];
  const version = request.headers['sec-websocket-version'];
  const upgrade = request.headers.upgrade?.toLowerCase();
  if (request.method !== 'GET' || upgrade !== 'websocket' || key === undefined || version !== '13') {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\n\r\n');
    return undefined;
  }
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((s) => s.trim()) ?? [];
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept(key)}\r\n` +
      (offered.includes(PROTOCOL) ? `Sec-WebSocket-Protocol: ${PROTOCOL}\r\n` : '') +
      '\r\n',
  );
  const { remoteAddress, remotePort } = socket as Socket;
  return new WebSocketTransport(socket as Socket, `ws!${remoteAddress}!${remotePort}`, head, false);
}

/** Listens for WebSocket connections on a port of their own. */
export async function listenWebSocket(
  a: Address,
  serve: (transport: Transport) => void,
  options: ListenOptions,
): Promise<Listener> {
  const plain = (_: http.IncomingMessage, response: http.ServerResponse): void => {
    response.writeHead(426, { Upgrade: 'websocket', 'Content-Type': 'text/plain' });
    response.end('this port speaks 9P over WebSocket\n');
  };
  const server = a.net === 'wss' ? https.createServer({ ...options.tls }, plain) : http.createServer(plain);
  server.maxConnections = options.maxConnections ?? 10_000;
  server.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Uint8Array) => {
    if (new URL(request.url ?? '/', 'ws://host').pathname !== a.path) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    const transport = acceptWebSocket(request, socket, head);
    if (transport !== undefined) serve(transport);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new StyxError(`can't listen on ${formatAddress(a)}: ${cause.message}`, { cause })),
    );
    server.listen({ port: a.port, ...(a.host === '*' ? {} : { host: a.host }) }, resolve);
  });
  server.on('error', () => {});
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return {
    address: formatAddress({ ...a, port }),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
