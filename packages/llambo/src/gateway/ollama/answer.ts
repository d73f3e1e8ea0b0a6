import type { GenerateRequest } from '@llambo/llama';
import type { InferenceFinish } from '../../cluster/inference.ts';
import { NDJSON_HEADERS } from '../event-stream.ts';
import { type Ctx, jsonResponse } from '../http.ts';
import { split } from '../openai/chat.ts';
import { toFailure } from '../openai/errors.ts';
import { chatLogprobs, provenance } from '../openai/shapes.ts';
import { envelopeFor, headersOf, type Run, streamedAnswers, type WholeAnswer, wholeAnswers } from '../run.ts';
import type { Services } from '../services.ts';
import { ToolCallParser } from '../tools/parser.ts';
import { objectOf, type ToolCall } from '../tools/tools.ts';

/** What one line of an answer says, in the form of its API. */
export type Say = (text: string, calls: readonly ToolCall[]) => Record<string, unknown>;

export const sayChat: Say = (content, calls) => ({
  message: {
    role: 'assistant',
    content,
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ name, arguments: given }) => ({
            function: { name, arguments: objectOf(given) },
          })),
        }),
  },
});

export const sayGenerate: Say = (response) => ({ response });

const nanoseconds = (milliseconds: number): number => Math.round(milliseconds * 1e6);

function ending({ reason, usage, assignment, ...rest }: InferenceFinish): Record<string, unknown> {
  const { queueMs, promptMs, generateMs } = usage;
  return {
    done: true,
    done_reason: reason,
    total_duration: nanoseconds(queueMs + promptMs + generateMs),
    load_duration: nanoseconds(queueMs),
    prompt_eval_count: usage.promptTokens,
    prompt_eval_duration: nanoseconds(promptMs),
    eval_count: usage.completionTokens,
    eval_duration: nanoseconds(generateMs),
    llambo: provenance({ reason, usage, assignment, ...rest }),
  };
}

interface Question {
  readonly services: Services;
  readonly context: Ctx;
  readonly api: string;
  /** As the client wrote it, and as the cluster knows it. */
  readonly named: string;
  readonly model: string;
  readonly request: GenerateRequest;
  readonly names: readonly string[];
  readonly stream: boolean;
}

export async function answer(
  { services, context, api, named, model, request, names, stream }: Question,
  say: Say,
): Promise<Response> {
  const run: Run = { services, context, api, prefix: 'ollama', model, requests: [request] };
  const envelope = envelopeFor(run);
  const head = (): Record<string, unknown> => ({ model: named, created_at: new Date().toISOString() });
  if (!stream) {
    const [{ text, logprobs, finish }] = (await wholeAnswers(run, envelope)) as [WholeAnswer];
    const { content, calls } = split(names, text);
    const body = { ...head(), ...say(content, calls), ...withLogprobs(logprobs), ...ending(finish) };
    return jsonResponse(context, body, headersOf(envelope, finish.assignment));
  }
  const parser = names.length === 0 ? undefined : new ToolCallParser(names);
  return streamedAnswers(
    run,
    envelope,
    (out) => {
      const line = (more: Record<string, unknown>): void => out.line(JSON.stringify({ ...head(), ...more }));
      const pieces = (list: ReturnType<ToolCallParser['push']>): void => {
        for (const { text, call } of list)
          line({ ...say(text ?? '', call === undefined ? [] : [call]), done: false });
      };
      return {
        chunk(_index, { text, logprobs }) {
          if (parser !== undefined) pieces(parser.push(text));
          else if (text !== '' || logprobs !== undefined) {
            line({ ...say(text, []), ...withLogprobs(logprobs), done: false });
          }
        },
        finish(_index, finish) {
          if (parser !== undefined) pieces(parser.end());
          line({ ...say('', []), ...ending(finish) });
        },
        done() {},
        fail: (error) => out.line(JSON.stringify({ error: toFailure(error).body.error.message })),
      };
    },
    { headers: NDJSON_HEADERS, events: false },
  );
}

function withLogprobs(logprobs: Parameters<typeof chatLogprobs>[0]): Record<string, unknown> {
  const told = chatLogprobs(logprobs);
  return told === null ? {} : { logprobs: told.content };
}
