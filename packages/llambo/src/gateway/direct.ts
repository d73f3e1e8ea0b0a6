/**
 * The short way of what is asked most: chats go from Node's request to their handler, past the routes, the middleware and
 * the web's request and response, which cost more than all that a chat needs of the gateway. Whatever is special about a
 * request (a page of another site, a body of unknown length) goes the usual way.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { requestCancelled } from '../errors.ts';
import { checkScope, type Principal } from './auth.ts';
import { type Ctx, failureOf, MOST_BODY } from './http.ts';
import { chatCompletions } from './openai/routes.ts';
import type { Services } from './services.ts';

type Handler = (services: Services, context: Ctx) => Promise<Response>;

const HANDLERS: ReadonlyMap<string, Handler> = new Map([['/v1/chat/completions', chatCompletions]]);

/** Takes a request, or says that it is not for here. */
export function directLane(
  services: Services,
): (incoming: IncomingMessage, outgoing: ServerResponse) => boolean {
  return (incoming, outgoing) => {
    const path = incoming.url as string;
    const handler = HANDLERS.get(path);
    if (handler === undefined || incoming.method !== 'POST') return false;
    const { headers } = incoming;
    const length = Number(headers['content-length']);
    if (headers.origin !== undefined || headers.expect !== undefined || !(length <= MOST_BODY)) return false;
    void run(services, handler, incoming, outgoing, path);
    return true;
  };
}

async function run(
  services: Services,
  handler: Handler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  path: string,
): Promise<void> {
  const { auth, metrics } = services;
  try {
    const { headers } = incoming;
    auth.checkSite(headers.host, undefined);
    const principal = auth.principal({
      authorization: headers.authorization,
      apiKey: headers['x-api-key'] as string | undefined,
    });
    checkScope(principal, 'infer');
    const response = await handler(services, new DirectContext(incoming, outgoing, path, principal));
    if (response !== RESPONSE_ALREADY_SENT) {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(await response.text());
    }
    metrics.http('openai', response.status);
  } catch (error) {
    const { status, body, retryAfter, headers } = failureOf(error);
    metrics.http('openai', status);
    if (outgoing.headersSent) return void outgoing.destroy();
    outgoing.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
      ...headers,
    } satisfies OutgoingHttpHeaders);
    outgoing.end(JSON.stringify(body));
  }
}

/** What handlers need to know of a request. */
class DirectContext implements Ctx {
  readonly env: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse };
  readonly path: string;
  readonly #principal: Principal;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, path: string, principal: Principal) {
    this.env = { incoming, outgoing };
    this.path = path;
    this.#principal = principal;
  }

  /** Itself: one object a request is enough. */
  get req(): this {
    return this;
  }

  get raw(): this {
    return this;
  }

  get signal(): never {
    throw new Error('departureOf watches the response'); // an AbortSignal would have to be made
  }

  get(_key: 'principal'): Principal {
    return this.#principal;
  }

  header(name: string): string | undefined {
    const value = this.env.incoming.headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  }

  text(): Promise<string> {
    const { incoming } = this.env;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const broken = (): void => reject(requestCancelled());
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('close', broken);
      incoming.once('end', () => {
        incoming.off('close', broken);
        resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString());
      });
      incoming.once('error', reject);
    });
  }
}
