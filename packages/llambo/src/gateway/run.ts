/** Runs the questions of one HTTP request, for any API: all answers at once, or as they come. */
import { randomUUID } from 'node:crypto';
import type { Chunk, GenerateRequest, TokenLogprob } from '@llambo/llama';
import type { Assignment, InferenceFinish, InferenceRequest } from '../cluster/inference.ts';
import { AnswerStream, ownRequestId } from './answer-stream.ts';
import { ask } from './ask.ts';
import { principalOf } from './auth.ts';
import { Choices } from './choices.ts';
import { bodyOf, type Ctx, departureOf } from './http.ts';
import type { Services } from './services.ts';
import type { Spool } from './spool.ts';

export interface Run {
  readonly services: Services;
  readonly context: Ctx;
  /** Which API, for the metrics: `chat`, `completions`, ... */
  readonly api: string;
  /** Begins the id of the answer: `chatcmpl`. */
  readonly prefix: string;
  /** As the request names it. */
  readonly model: string | undefined;
  /** What keeps a conversation on one node. */
  readonly session?: string | undefined;
  /** One entry for each answer. */
  readonly requests: readonly GenerateRequest[];
}

export interface WholeAnswer {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly logprobs: readonly TokenLogprob[];
  readonly finish: InferenceFinish;
}

/** What one answer is called. */
export interface Envelope {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

/** @throws LlamboError `unknown-model` */
export function envelopeFor({ services, context, prefix, model }: Run): Envelope {
  const { model: resolved } = services.orchestrator.resolve(model);
  return {
    id: ownRequestId(context) ?? `${prefix}-${randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1000),
    model: model || resolved,
  };
}

export const headersOf = (
  envelope: Envelope,
  { node, strategy, attempt }: Assignment,
): Record<string, string> => ({
  'x-request-id': envelope.id,
  'x-llambo-node': node,
  'x-llambo-strategy': strategy,
  'x-llambo-attempts': String(attempt),
});

function question({ model, session, requests }: Run, envelope: Envelope, index: number): InferenceRequest {
  return {
    id: `${envelope.id}-${index}`,
    ...(model === undefined ? {} : { model }),
    ...(session === undefined ? {} : { session }),
    generate: requests[index] as GenerateRequest,
  };
}

const parentOf = ({ services, context }: Run): string | undefined =>
  services.tracer === undefined ? undefined : context.req.header('traceparent');

/** Keeps the stream over the end of this process, where that is wanted. */
function spoolFor({ services, context }: Run, id: string): Spool | undefined {
  const body = bodyOf(context);
  if (services.spools === undefined || body === undefined) return undefined;
  return services.spools.create({ owner: principalOf(context).id, id, path: context.req.path, body });
}

/** All answers, in the order of the requests. @throws whatever the cluster says about one; the others are cancelled then */
export async function wholeAnswers(run: Run, envelope: Envelope): Promise<WholeAnswer[]> {
  const asked = new Choices(departureOf(run.context));
  try {
    const answers = run.requests.map((_, index) => wholeAnswer(run, envelope, index, asked));
    return await Promise.race([Promise.all(answers), asked.gone]);
  } finally {
    asked.cancel();
  }
}

function wholeAnswer(run: Run, envelope: Envelope, index: number, asked: Choices): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const tokens: number[] = [];
    const logprobs: TokenLogprob[] = [];
    const sink = {
      chunk(chunk: Chunk) {
        text += chunk.text;
        for (const token of chunk.tokens) tokens.push(token);
        if (chunk.logprobs !== undefined) logprobs.push(...chunk.logprobs);
      },
      finish: (finish: InferenceFinish) => resolve({ text, tokens, logprobs, finish }),
      error: reject,
    };
    asked.add(
      ask(
        run.services,
        question(run, envelope, index),
        principalOf(run.context),
        run.api,
        sink,
        parentOf(run),
      ),
    );
  });
}

/** Writes answers in an API's own form. Calls come in order, after the headers have left. */
export interface AnswerWriter {
  chunk(index: number, chunk: Chunk): void;
  finish(index: number, finish: InferenceFinish): void;
  /** All answers have ended. */
  done(finishes: readonly InferenceFinish[]): void;
  /** Something went wrong after the beginning. */
  fail(error: Error): void;
}

export interface StreamForm {
  readonly headers?: Readonly<Record<string, string>>;
  /** False: lines of JSON instead of server-sent events. */
  readonly events?: boolean;
}

/**
 * The headers leave with the first token, so that what goes wrong before it still has a status of its own; what goes
 * wrong later is an error event and the end of the stream, never a silent stop.
 */
export function streamedAnswers(
  run: Run,
  envelope: Envelope,
  writerOf: (stream: AnswerStream) => AnswerWriter,
  { headers = {}, events = true }: StreamForm = {},
): Promise<Response> {
  const { services, context, api, requests } = run;
  const asked = new Choices(departureOf(context));
  const finishes: InferenceFinish[] = [];
  const assignments: Assignment[] = [];
  let open = requests.length;

  const response = new Promise<Response>((resolve, reject) => {
    const abandon = (): void => {
      asked.cancel();
      spool?.remove();
    };
    const stream = new AnswerStream(services, context, abandon, events);
    const writer = writerOf(stream);
    let spool: Spool | undefined;
    const begin = (): void => {
      if (stream.begun) return;
      if (stream.requestId !== undefined) {
        asked.detach();
        spool = spoolFor(run, stream.requestId);
      }
      resolve(stream.begin({ ...headers, ...headersOf(envelope, assignments[0] as Assignment) }));
    };
    const fail = (error: Error): void => {
      asked.cancel();
      spool?.remove();
      if (!stream.begun) return reject(error);
      writer.fail(error);
      stream.close();
    };
    const principal = principalOf(context);
    requests.forEach((_, index) => {
      if (asked.over) return;
      const sink = {
        assigned(assignment: Assignment) {
          assignments.push(assignment);
        },
        chunk(chunk: Chunk) {
          begin();
          spool?.chunk(index, chunk);
          writer.chunk(index, chunk);
        },
        finish(finish: InferenceFinish) {
          begin();
          finishes[index] = finish;
          spool?.finish(index, finish);
          writer.finish(index, finish);
          if (--open > 0) return;
          asked.end();
          spool?.close();
          writer.done(finishes);
          stream.close();
        },
        error: fail,
      };
      try {
        asked.add(ask(services, question(run, envelope, index), principal, api, sink, parentOf(run)));
      } catch (error) {
        fail(error as Error);
      }
    });
  });
  return Promise.race([response, asked.gone]);
}
