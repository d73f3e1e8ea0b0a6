/** Bodies, responses and departures of HTTP requests: on Node's own objects where there are some, else on the web's. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { requestCancelled } from '../errors.ts';
import type { Principal } from './auth.ts';
import { type HttpFailure, invalidRequest, toFailure, tooLarge } from './openai/errors.ts';

/** Bytes of a request body at most. */
export const MOST_BODY = 8 * 1024 * 1024;

export interface Env {
  readonly Bindings: { readonly incoming?: IncomingMessage; readonly outgoing?: ServerResponse };
  Variables: { principal: Principal };
}

/** A request on its way to its answer: what handlers need of it, be it Hono's Context or something smaller. */
export interface Ctx {
  readonly req: {
    header(name: string): string | undefined;
    readonly path: string;
    readonly raw: { text(): Promise<string>; readonly signal: AbortSignal };
  };
  /** Node's own objects; absent where Hono runs elsewhere. */
  readonly env: Env['Bindings'] | undefined;
  get(key: 'principal'): Principal;
}

/** A refusal with its response; thrown by whoever reads a request. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly failure: HttpFailure;

  constructor(failure: HttpFailure) {
    super(failure.body.error.message);
    this.failure = failure;
  }
}

export const failureOf = (error: unknown): HttpFailure => {
  if (error instanceof HttpError) return error.failure;
  return error instanceof SyntaxError ? invalidRequest(error.message) : toFailure(error);
};

/** @param body as the API that was asked writes errors */
export function respond({ status, retryAfter, headers }: HttpFailure, body: unknown): Response {
  return Response.json(body, {
    status,
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
      ...headers,
    },
  });
}

/**
 * JSON, written by Node's response itself where there is one. Headers stay a plain object: one of class Headers, which
 * `Response.json` makes, costs more than all the rest of a short answer.
 */
export function jsonResponse(
  { env }: Ctx,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Response {
  const text = JSON.stringify(body);
  const outgoing = env?.outgoing;
  if (outgoing === undefined || outgoing.headersSent) {
    return new Response(text, { headers: { 'content-type': 'application/json', ...headers } });
  }
  if (!outgoing.destroyed) {
    const length = Buffer.byteLength(text);
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': length, ...headers });
    outgoing.end(text);
  }
  return RESPONSE_ALREADY_SENT;
}

/** Bodies of requests that their clients may come back for. */
const bodies = new WeakMap<Ctx, string>();

/** The text of a body that `readJson` has read, where the client gave its request an id. */
export const bodyOf = (context: Ctx): string | undefined => bodies.get(context);

/** @throws SyntaxError with what was wrong with the body, HttpError when it is too large */
export async function readJson(context: Ctx): Promise<unknown> {
  const text = await readText(context);
  if (context.req.header('x-request-id') !== undefined) bodies.set(context, text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`request body is not JSON: ${(error as Error).message}`);
  }
}

async function readText(context: Ctx): Promise<string> {
  const { raw } = context.req;
  const declared = Number(context.req.header('content-length') ?? 0);
  if (declared > MOST_BODY) throw new HttpError(tooLarge(MOST_BODY));
  const incoming = context.env?.incoming;
  // With a declared length Node never delivers more than that.
  if (incoming === undefined || declared > 0) {
    const text = await raw.text();
    if (text.length > MOST_BODY) throw new HttpError(tooLarge(MOST_BODY));
    return text;
  }
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const take = (chunk: Uint8Array): void => {
      length += chunk.length;
      if (length <= MOST_BODY) return void chunks.push(chunk);
      // What still comes is thrown away by the server, up to a bound of its own.
      incoming.off('data', take);
      incoming.resume();
      reject(new HttpError(tooLarge(MOST_BODY)));
    };
    incoming.on('data', take);
    incoming.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    incoming.once('error', reject);
    incoming.once('close', () => reject(requestCancelled()));
  });
}

/** The client's going before its answer was whole. */
export interface Departure {
  readonly gone: boolean;
  /** Calls `left` when the client goes, once; not when it has gone already. The returned function takes it back. */
  watch(left: () => void): () => void;
}

/**
 * Watches Node's response itself: an AbortSignal of the request would have to be made, and with it the whole request of
 * the web's kind.
 */
export function departureOf(context: Ctx): Departure {
  const outgoing = context.env?.outgoing;
  if (outgoing !== undefined) {
    return {
      get gone() {
        return outgoing.destroyed && !outgoing.writableFinished;
      },
      watch(left) {
        const closed = (): void => {
          if (!outgoing.writableFinished) left();
        };
        outgoing.once('close', closed);
        return () => outgoing.off('close', closed);
      },
    };
  }
  const { signal } = context.req.raw;
  return {
    get gone() {
      return signal.aborted;
    },
    watch(left) {
      signal.addEventListener('abort', left, { once: true });
      return () => signal.removeEventListener('abort', left);
    },
  };
}
