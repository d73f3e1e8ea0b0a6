/** Makes the response of a chat or completion request: whole, or as server-sent events. */
import type { Chunk, TokenLogprob } from '@llambo/llama';
import type { InferenceFinish } from '../../cluster/inference.ts';
import { jsonResponse } from '../http.ts';
import { type Envelope, envelopeFor, headersOf, type Run, streamedAnswers, wholeAnswers } from '../run.ts';
import { toFailure } from './errors.ts';
import { chatUsage, provenance } from './shapes.ts';

export interface Choice {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly reason: InferenceFinish['reason'];
}

/** Writes the events of one choice: members of `choices`, each in an event of its own. */
export interface ChoiceWriter {
  /** The first event, where the API has one. */
  opening(): readonly Record<string, unknown>[];
  delta(chunk: Chunk): readonly Record<string, unknown>[];
  /** The last event's choice comes last. */
  closing(reason: InferenceFinish['reason']): readonly Record<string, unknown>[];
}

/** What differs between /v1/chat/completions and /v1/completions. */
export interface Shape {
  readonly object: string;
  readonly chunkObject: string;
  /** A whole choice. */
  choice(index: number, choice: Choice): Record<string, unknown>;
  writer(index: number): ChoiceWriter;
}

export async function wholeResponse(run: Run, shape: Shape): Promise<Response> {
  const envelope = envelopeFor(run);
  const answers = await wholeAnswers(run, envelope);
  const [first] = answers as [(typeof answers)[0]];
  const body = {
    id: envelope.id,
    object: shape.object,
    created: envelope.created,
    model: envelope.model,
    choices: answers.map(({ text, logprobs, finish }, index) =>
      shape.choice(index, { text, logprobs, reason: finish.reason }),
    ),
    usage: chatUsage(answers.map(({ finish }) => finish.usage)),
    llambo: provenance(first.finish),
  };
  return jsonResponse(run.context, body, headersOf(envelope, first.finish.assignment));
}

export function streamedResponse(run: Run, shape: Shape, includeUsage: boolean): Promise<Response> {
  const envelope = envelopeFor(run);
  const head = headOf(envelope, shape);
  return streamedAnswers(run, envelope, (stream) => {
    const writers = run.requests.map((_, index) => shape.writer(index));
    const opened = writers.map(() => false);
    const tail = includeUsage ? ',"usage":null}' : '}';
    const choice = (each: Record<string, unknown>): void =>
      stream.event(`${head}[${JSON.stringify(each)}]${tail}`);
    const open = (index: number): ChoiceWriter => {
      const writer = writers[index] as ChoiceWriter;
      if (!opened[index]) {
        opened[index] = true;
        for (const each of writer.opening()) choice(each);
      }
      return writer;
    };
    return {
      chunk(index, chunk) {
        for (const each of open(index).delta(chunk)) choice(each);
      },
      finish(index, finish) {
        const events = open(index).closing(finish.reason);
        for (const each of events.slice(0, -1)) choice(each);
        const llambo = JSON.stringify(provenance(finish));
        stream.event(`${head}[${JSON.stringify(events.at(-1))}],"llambo":${llambo}${tail}`);
      },
      done(finishes) {
        if (includeUsage) {
          stream.event(`${head}[],"usage":${JSON.stringify(chatUsage(finishes.map(({ usage }) => usage)))}}`);
        }
        stream.event('[DONE]');
      },
      fail: (error) => stream.event(JSON.stringify(toFailure(error).body)),
    };
  });
}

/** The part of every event that never changes, written once; what follows is the array of choices. */
function headOf({ id, created, model }: Envelope, { chunkObject }: Shape): string {
  return `${JSON.stringify({ id, object: chunkObject, created, model }).slice(0, -1)},"choices":`;
}
