/** Load without a library in between: requests and answers as bytes on sockets. */
import { connect, type Socket } from 'node:net';

export interface StreamResult {
  readonly firstMs: number;
  readonly events: number;
  readonly ok: boolean;
}

const END = Buffer.from('\r\n0\r\n\r\n');

/** One connection that asks one question after the other. */
export class Asker {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #taken: ((bytes: Buffer) => void) | undefined;
  #broken: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, request: Buffer) {
    this.#socket = socket;
    this.#request = request;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#taken?.(bytes));
    socket.on('error', (error) => this.#broken?.(error));
    socket.on('close', () => this.#broken?.(new Error('connection closed')));
  }

  static connect(url: string, body: unknown): Promise<Asker> {
    const { hostname, port } = new URL(url);
    const json = JSON.stringify(body);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        resolve(new Asker(socket, Buffer.from(head + json))),
      );
      socket.once('error', reject);
    });
  }

  /** Reads events up to the end of the answer. */
  stream(): Promise<StreamResult> {
    const startedAt = performance.now();
    let firstMs = Number.NaN;
    let events = 0;
    let tail = Buffer.alloc(0);
    let ok = true;
    return new Promise((resolve, reject) => {
      this.#broken = reject;
      this.#taken = (bytes) => {
        if (Number.isNaN(firstMs)) {
          firstMs = performance.now() - startedAt;
          ok = bytes.toString('latin1', 9, 12) === '200';
        }
        for (let at = bytes.indexOf('data: '); at >= 0; at = bytes.indexOf('data: ', at + 6)) events++;
        tail =
          bytes.length >= END.length
            ? bytes.subarray(-END.length)
            : Buffer.concat([tail, bytes]).subarray(-END.length);
        if (tail.equals(END)) resolve({ firstMs, events, ok });
      };
      this.#socket.write(this.#request);
    });
  }

  /** Reads one answer with a length. */
  whole(): Promise<boolean> {
    let buffered = Buffer.alloc(0);
    return new Promise((resolve, reject) => {
      this.#broken = reject;
      this.#taken = (bytes) => {
        buffered = buffered.length === 0 ? bytes : Buffer.concat([buffered, bytes]);
        const at = buffered.indexOf('\r\n\r\n');
        if (at < 0) return;
        const head = buffered.toString('latin1', 0, at);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (buffered.length >= at + 4 + length) resolve(head.startsWith('HTTP/1.1 200'));
      };
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#broken = undefined;
    this.#socket.destroy();
  }
}
