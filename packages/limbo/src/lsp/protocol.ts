/** JSON-RPC 2.0 as the Language Server Protocol frames it: headers, an empty line, JSON. */

export interface Message {
  readonly jsonrpc?: '2.0';
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export const parseError = -32700;
export const invalidRequest = -32600;
export const methodNotFound = -32601;

/** Bytes that a message may have: more is taken for a broken stream. */
const most = 64 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function frame(message: Message): Uint8Array {
  const body = encoder.encode(JSON.stringify({ jsonrpc: '2.0', ...message }));
  const head = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`);
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

/** Cuts a stream of bytes into messages. */
export class Deframer {
  #pending: Uint8Array = new Uint8Array(0);

  /** The messages that `bytes` completes; undefined in place of one that is no JSON object. Throws on a bad header. */
  push(bytes: Uint8Array): (Message | undefined)[] {
    const all = new Uint8Array(this.#pending.length + bytes.length);
    all.set(this.#pending);
    all.set(bytes, this.#pending.length);
    let at = 0;
    const messages: (Message | undefined)[] = [];
    for (;;) {
      const end = endOfHead(all, at);
      if (end < 0) break;
      const head = decoder.decode(all.subarray(at, end));
      const length = Number(/^content-length:\s*(\d+)\s*$/im.exec(head)?.[1] ?? Number.NaN);
      if (!(length <= most)) throw new Error('bad message header: expected Content-Length');
      const start = end + 4;
      if (all.length < start + length) break;
      messages.push(parse(decoder.decode(all.subarray(start, start + length))));
      at = start + length;
    }
    this.#pending = all.slice(at);
    if (this.#pending.length > most) throw new Error('message too long');
    return messages;
  }
}

function endOfHead(bytes: Uint8Array, from: number): number {
  for (let i = from; i + 3 < bytes.length; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i;
  }
  return -1;
}

function parse(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Message)
      : undefined;
  } catch {
    return undefined;
  }
}
