/** HTTP for commands that live for a moment: node:http starts faster than fetch, and hands over bytes as they arrive. */
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { LlamboError, unreachable } from '../../errors.ts';
import { cutShort } from '../errors.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which it fails; default: none. */
  readonly patience?: number;
}

/** One gateway: its address and, when it wants one, the key. */
export class HttpEndpoint {
  readonly url: string;
  readonly #key: string | undefined;

  constructor(url: string, key?: string) {
    this.url = url.replace(/\/+$/, '');
    this.#key = key;
  }

  /** Settles when the headers are there. @throws LlamboError `unreachable`, or with the cluster's own words */
  async open(path: string, request: HttpRequest = {}): Promise<IncomingMessage> {
    const answer = await this.#send(path, request);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    throw failure(status, await textOf(answer), answer.headers);
  }

  async text(path: string, request: HttpRequest = {}): Promise<string> {
    return textOf(await this.open(path, request));
  }

  async json<T>(path: string, request: HttpRequest = {}): Promise<T> {
    return JSON.parse(await this.text(path, { patience: 10_000, ...request })) as T;
  }

  /** Whatever the status is: for /health, which answers 503 in words. */
  async jsonOfAny<T>(path: string): Promise<T> {
    return JSON.parse(await textOf(await this.#send(path, { patience: 10_000 }))) as T;
  }

  async #send(
    path: string,
    { method = 'GET', body, signal, patience }: HttpRequest,
  ): Promise<IncomingMessage> {
    const secure = this.url.startsWith('https:');
    const { request } = secure ? await import('node:https') : await import('node:http');
    const headers: Record<string, string> = {};
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    if (payload !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = String(payload.length);
    }
    if (this.#key !== undefined) headers['authorization'] = `Bearer ${this.#key}`;
    return new Promise((resolve, reject) => {
      let sent: ClientRequest;
      try {
        sent = request(this.url + path, { method, headers, ...(signal === undefined ? {} : { signal }) });
      } catch (error) {
        return reject(
          new LlamboError('bad-request', `${this.url} is no address: ${(error as Error).message}`),
        );
      }
      sent.on('response', resolve);
      sent.on('error', (error) => reject(signal?.aborted ? error : unreachable(this.url, error)));
      if (patience !== undefined)
        sent.setTimeout(patience, () => sent.destroy(new Error(`silent for ${patience} ms`)));
      sent.end(payload);
    });
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of answer) parts.push(part as Buffer);
  } catch {
    throw cutShort('its answer');
  }
  return Buffer.concat(parts).toString('utf8');
}

function failure(status: number, text: string, headers: IncomingHttpHeaders): LlamboError {
  let message = `${status} ${text.slice(0, 200).trim()}`;
  let code: string | null | undefined;
  try {
    const { error } = JSON.parse(text) as { error: { message: string; code?: string | null } };
    message = error.message;
    code = error.code;
  } catch {
    // not the gateway's own error: the text as it is
  }
  if (status === 401 || status === 403)
    return new LlamboError(
      'bad-request',
      `${message}; the key is taken from LLAMBO_KEY or usr/llamboctl.conf`,
    );
  if (code === 'context_length_exceeded') return new LlamboError('context-overflow', message);
  if (code === 'model_not_found') return new LlamboError('unknown-model', message);
  if (code === 'node_not_found') return new LlamboError('unknown-node', message);
  const retryAfter = Number(headers['retry-after']);
  const options = Number.isFinite(retryAfter) ? { retryAfter } : {};
  if (status === 429) return new LlamboError('overloaded', message, options);
  if (status === 503) return new LlamboError('no-node', message, options);
  return new LlamboError(status >= 500 ? 'internal' : 'bad-request', message);
}

/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** The events of a stream, each as soon as its last byte is here: https://html.spec.whatwg.org/#server-sent-events */
export async function* serverEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    rest = lines.pop() as string;
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      else if (line.startsWith('event:')) event = line.slice(6).trim();
    }
  }
}
