import { principalOf } from './auth.ts';
import { EVENT_STREAM_HEADERS, type Outlet, outletOf } from './event-stream.ts';
import { type Ctx, HttpError } from './http.ts';
import { notFound } from './openai/errors.ts';
import type { Services } from './services.ts';

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The client's own id for its request: then it may come back for the rest of a broken answer. */
export function ownRequestId(context: Ctx): string | undefined {
  const id = context.req.header('x-request-id');
  return id !== undefined && REQUEST_ID.test(id) ? id : undefined;
}

/** A streamed answer on its way to a client, which may leave and come back when it gave its request an id. */
export class AnswerStream {
  /** The client's own id; undefined: the answer ends when the client goes. */
  readonly requestId: string | undefined;
  readonly #services: Services;
  readonly #context: Ctx;
  readonly #abandoned: () => void;
  #target: { write(text: string): void; close(): void } | undefined;

  /**
   * @param abandoned called when nobody wants the answer any more
   * @param events false: lines of JSON, which have no ids to come back by
   */
  constructor(services: Services, context: Ctx, abandoned: () => void, events = true) {
    this.#services = services;
    this.#context = context;
    this.#abandoned = abandoned;
    this.requestId = events ? ownRequestId(context) : undefined;
  }

  get begun(): boolean {
    return this.#target !== undefined;
  }

  /** Sends the headers, once. */
  begin(headers: Readonly<Record<string, string>>): Response {
    const all = { ...EVENT_STREAM_HEADERS, ...headers };
    if (this.requestId === undefined) {
      const outlet = outletOf(this.#context, this.#abandoned);
      this.#target = outlet;
      return outlet.open(all);
    }
    const owner = principalOf(this.#context).id;
    const replay = this.#services.replays.create(owner, this.requestId, all, this.#abandoned);
    this.#target = replay;
    return attach(this.#context, replay, 0);
  }

  /** One event. `data` must not hold line ends (JSON has none). */
  event(data: string, name?: string): void {
    this.#target?.write(name === undefined ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`);
  }

  /** One line of a stream that has no events. */
  line(text: string): void {
    this.#target?.write(`${text}\n`);
  }

  close(): void {
    this.#target?.close();
  }
}

/**
 * The rest of an answer that was begun before, for a client that says by `Last-Event-ID` how far it got; undefined when
 * the request is no such return.
 */
export function resumed(services: Services, context: Ctx): Response | undefined {
  const id = ownRequestId(context);
  if (id === undefined || context.req.header('last-event-id') === undefined) return undefined;
  return replayed(services, context, id);
}

/** @throws HttpError 404 when there is no such answer, or not any more */
export function replayed(services: Services, context: Ctx, id: string): Response {
  const replay = services.replays.find(principalOf(context).id, id);
  if (replay === undefined) throw new HttpError(notFound('answer with', `x-request-id ${id}`));
  const after = Number(context.req.header('last-event-id') ?? 0);
  return attach(context, replay, Number.isSafeInteger(after) && after > 0 ? after : 0);
}

function attach(
  context: Ctx,
  replay: {
    headers: Readonly<Record<string, string>>;
    listen(outlet: Outlet, after: number): void;
    leave(outlet: Outlet): void;
  },
  after: number,
): Response {
  const outlet: Outlet = outletOf(context, () => replay.leave(outlet));
  const response = outlet.open(replay.headers);
  replay.listen(outlet, after);
  return response;
}
