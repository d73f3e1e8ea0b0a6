import OpenAI from 'openai';
import type { Orchestrator } from '../../src/index.ts';
import { type Gateway, startGateway } from '../../src/index.ts';

export interface Served {
  readonly url: string;
  readonly client: OpenAI;
  readonly gateway: Gateway;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export async function serve(
  orchestrator: Orchestrator,
  options: Parameters<typeof startGateway>[2] = {},
): Promise<Served> {
  const gateway = await startGateway(orchestrator, '127.0.0.1:0', options);
  const { url } = gateway;
  return {
    url,
    gateway,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 }),
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Server-sent events of a response, as a browser would tell them. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() as string;
    for (const block of blocks) {
      const field = (name: string): string | undefined =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = field('data');
      if (data !== undefined) yield { event: field('event') ?? 'message', data, id: field('id') };
    }
  }
}

/** Follows a stream of events; leaving the loop closes the connection. */
export async function* sse(url: string, headers: Record<string, string> = {}): AsyncGenerator<ServerEvent> {
  const abort = new AbortController();
  try {
    const response = await fetch(url, { headers, signal: abort.signal });
    if (response.body === null) throw new Error(`${response.status}`);
    yield* eventsOf(response.body);
  } finally {
    abort.abort();
  }
}
