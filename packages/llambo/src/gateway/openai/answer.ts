/** Runs the choices of one HTTP request and makes its response: whole, or as server-sent events. */
import { randomUUID } from 'node:crypto';
import type { Chunk, GenerateRequest, TokenLogprob, Usage } from '@llambo/llama';
import type { Assignment, InferenceFinish } from '../../cluster/inference.ts';
import type { Orchestrator } from '../../cluster/orchestrator.ts';
import { EVENT_STREAM_HEADERS, EventStream } from '../event-stream.ts';
import { Choices } from './choices.ts';
import { toFailure } from './errors.ts';
import { chatUsage, type Envelope, provenance } from './shapes.ts';

/** What differs between /v1/chat/completions and /v1/completions. */
export interface Shape {
  readonly prefix: string;
  readonly object: string;
  readonly chunkObject: string;
  /** A whole choice. */
  choice(index: number, choice: Choice): Record<string, unknown>;
  /** The first event of a choice, where the API has one. */
  opening?(index: number): Record<string, unknown>;
  /** One event's choice. */
  delta(index: number, chunk: Chunk, offset: number): Record<string, unknown>;
  /** The last event's choice. */
  closing(index: number, reason: string): Record<string, unknown>;
}

export interface Choice {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly reason: string;
}

export interface AnswerOptions {
  readonly orchestrator: Orchestrator;
  readonly model: string | undefined;
  /** The request's `user`. */
  readonly session: string | undefined;
  /** One entry for each choice. */
  readonly requests: readonly GenerateRequest[];
  readonly shape: Shape;
  readonly includeUsage: boolean;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export const FINISH_REASONS: Readonly<Record<InferenceFinish['reason'], string>> = {
  stop: 'stop',
  length: 'length',
};

const headersOf = (envelope: Envelope, { node, strategy, attempt }: Assignment): Record<string, string> => ({
  'x-request-id': envelope.id,
  'x-llambo-node': node,
  'x-llambo-strategy': strategy,
  'x-llambo-attempts': String(attempt),
});

function envelopeFor({ orchestrator, model, shape }: AnswerOptions): Envelope {
  return {
    id: `${shape.prefix}-${randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1000),
    model: model ?? orchestrator.resolve(model).model,
  };
}

/** @throws whatever the cluster says about a choice; the others are cancelled then */
export async function wholeAnswer(options: AnswerOptions): Promise<Response> {
  const envelope = envelopeFor(options);
  const asked = new Choices(options.signal);
  try {
    const answers = options.requests.map((_, index) => oneChoice(options, envelope, index, asked));
    const choices = await Promise.race([Promise.all(answers), asked.gone]);
    const body = {
      id: envelope.id,
      object: options.shape.object,
      created: envelope.created,
      model: envelope.model,
      choices: choices.map(({ choice }, index) => options.shape.choice(index, choice)),
      usage: chatUsage(choices.map(({ finish }) => finish.usage)),
      llambo: provenance((choices[0] as { finish: InferenceFinish }).finish),
    };
    const { assignment } = (choices[0] as { finish: InferenceFinish }).finish;
    return Response.json(body, { headers: headersOf(envelope, assignment) });
  } finally {
    asked.cancel();
  }
}

function oneChoice(
  { orchestrator, model, session, requests }: AnswerOptions,
  envelope: Envelope,
  index: number,
  asked: Choices,
): Promise<{ choice: Choice; finish: InferenceFinish }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const logprobs: TokenLogprob[] = [];
    const request = {
      id: `${envelope.id}-${index}`,
      ...named(model, session),
      generate: requests[index] as GenerateRequest,
    };
    asked.add(
      orchestrator.infer(request, {
        chunk(chunk) {
          text += chunk.text;
          if (chunk.logprobs !== undefined) logprobs.push(...chunk.logprobs);
        },
        finish: (finish) =>
          resolve({ choice: { text, logprobs, reason: FINISH_REASONS[finish.reason] }, finish }),
        error: reject,
      }),
    );
  });
}

/**
 * The headers leave with the first token, so that what goes wrong before it still has a status of its own; what goes
 * wrong later is an error event and the end of the stream, never a silent stop.
 */
export function streamedAnswer(options: AnswerOptions): Promise<Response> {
  const { orchestrator, model, session, requests, shape, includeUsage, signal } = options;
  const envelope = envelopeFor(options);
  const asked = new Choices(signal);
  const usages: Usage[] = [];
  let open = requests.length;

  const response = new Promise<Response>((resolve, reject) => {
    const stream = new EventStream(() => asked.cancel());
    const assignments: (Assignment | undefined)[] = [];
    let begun = false;
    // The part of every event that never changes, written once.
    const head = JSON.stringify({
      id: envelope.id,
      object: shape.chunkObject,
      created: envelope.created,
      model: envelope.model,
    });
    const event = (choices: readonly Record<string, unknown>[], more: Record<string, unknown> = {}): void => {
      const usage = includeUsage ? { usage: null } : {};
      stream.data(`${head.slice(0, -1)},${JSON.stringify({ choices, ...usage, ...more }).slice(1)}`);
    };
    const begin = (): void => {
      if (begun) return;
      begun = true;
      const headers = {
        ...EVENT_STREAM_HEADERS,
        ...headersOf(envelope, assignments.find(Boolean) as Assignment),
      };
      resolve(new Response(stream.body, { headers }));
    };
    const done = (): void => {
      asked.end();
      if (includeUsage) event([], { usage: chatUsage(usages) });
      stream.data('[DONE]');
      stream.close();
    };
    const fail = (error: Error): void => {
      asked.cancel();
      if (!begun) return reject(error);
      stream.data(JSON.stringify(toFailure(error).body));
      stream.close();
    };
    requests.forEach((generate, index) => {
      if (asked.over) return;
      let offset = 0;
      let opened = false;
      const opening = (): void => {
        begin();
        if (!opened && shape.opening !== undefined) event([shape.opening(index)]);
        opened = true;
      };
      const request = { id: `${envelope.id}-${index}`, ...named(model, session), generate };
      asked.add(
        orchestrator.infer(request, {
          assigned(assignment) {
            assignments[index] = assignment;
          },
          chunk(chunk) {
            opening();
            if (chunk.text === '' && chunk.logprobs === undefined) return;
            event([shape.delta(index, chunk, offset)]);
            offset += chunk.text.length;
          },
          finish(finish) {
            opening();
            usages.push(finish.usage);
            event([shape.closing(index, FINISH_REASONS[finish.reason])], { llambo: provenance(finish) });
            if (--open === 0) done();
          },
          error: fail,
        }),
      );
    });
  });
  return Promise.race([response, asked.gone]);
}

const named = (
  model: string | undefined,
  session: string | undefined,
): { model?: string; session?: string } => ({
  ...(model === undefined ? {} : { model }),
  ...(session === undefined ? {} : { session }),
});
