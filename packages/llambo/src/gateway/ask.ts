/** The one way from the gateway to the cluster's answers: every API asks through here, and is measured. */
import type { Chunk, GenerateRequest, Usage } from '@llambo/llama';
import type {
  AnswerSink,
  Assignment,
  Inference,
  InferenceFinish,
  InferenceRequest,
} from '../cluster/inference.ts';
import type { ModelCells } from '../metrics/cluster-metrics.ts';
import { QuestionTrace } from '../metrics/question-trace.ts';
import { ANONYMOUS, type Principal } from './auth.ts';
import { HttpError } from './http.ts';
import { rateLimited } from './openai/errors.ts';
import type { Services } from './services.ts';
import type { Past } from './spool.ts';

/** Counts what passes on its way to the API's own sink. */
class Measured implements AnswerSink {
  readonly #services: Services;
  readonly #sink: AnswerSink;
  readonly #api: string;
  readonly #principal: Principal;
  readonly #estimate: number;
  readonly #startedAt = performance.now();
  readonly #trace: QuestionTrace | undefined;
  #assignment: Assignment | undefined;
  /** Of the model that answers: a question stays with it. */
  #cells: ModelCells | undefined;
  #last = 0;
  #over = false;

  constructor(
    services: Services,
    question: InferenceRequest,
    principal: Principal,
    api: string,
    sink: AnswerSink,
    traceparent: string | undefined,
  ) {
    this.#services = services;
    this.#sink = sink;
    this.#api = api;
    this.#principal = principal;
    this.#estimate = estimatedTokens(question.generate);
    const verdict = principal.limiter?.admit(this.#estimate, this.#startedAt);
    if (verdict?.ok === false) throw new HttpError(rateLimited(verdict.why, verdict.retryAfter));
    const { tracer } = services;
    this.#trace = tracer === undefined ? undefined : new QuestionTrace(tracer, question.id, api, traceparent);
  }

  assigned(assignment: Assignment): void {
    this.#assignment = assignment;
    this.#trace?.assigned(assignment);
    if (assignment.attempt > 1) this.#services.metrics.failover(assignment.model);
    this.#sink.assigned?.(assignment);
  }

  chunk(chunk: Chunk): void {
    const now = performance.now();
    const cells = (this.#cells ??= this.#services.metrics.model(this.#assignment?.model ?? 'none'));
    if (this.#last === 0) {
      const seconds = (now - this.#startedAt) / 1000;
      cells.firstToken.observe(seconds);
      cells.firstTokenVllm.observe(seconds);
    } else cells.interToken.observe((now - this.#last) / 1000);
    this.#last = now;
    this.#sink.chunk(chunk);
  }

  finish(finish: InferenceFinish): void {
    const { usage } = finish;
    this.#services.metrics.used(finish.assignment.model, usage);
    this.#end(finish.reason, usage);
    this.#sink.finish(finish);
  }

  error(error: Error): void {
    this.refused(error);
    this.#sink.error(error);
  }

  /** It did not even begin. */
  refused(error: Error): void {
    this.#end((error as { code?: string }).code ?? 'internal', undefined);
  }

  /** The client gave it up. */
  cancelled(): void {
    this.#end('cancelled', undefined);
  }

  #end(outcome: string, usage: Usage | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#trace?.ended(outcome, usage);
    const surplus = usage === undefined ? 0 : usage.promptTokens + usage.completionTokens - this.#estimate;
    this.#principal.limiter?.done(surplus);
    this.#services.metrics.ended(
      this.#api,
      this.#assignment,
      outcome,
      (performance.now() - this.#startedAt) / 1000,
    );
  }
}

/**
 * Asks the cluster on behalf of `principal`.
 *
 * @param api which API the question came by, for the metrics
 * @param traceparent the request's header of that name, for traces
 * @throws LlamboError `unknown-model`, HttpError when the key is at its limit
 */
export function ask(
  services: Services,
  question: InferenceRequest,
  principal: Principal,
  api: string,
  sink: AnswerSink,
  traceparent?: string,
): Inference {
  const measured = new Measured(services, question, principal, api, sink, traceparent);
  const owned = principal.id === ANONYMOUS ? question : { ...question, key: principal.id };
  const past = services.spools?.take(question.id);
  if (past?.finish !== undefined) return replayPast(past, measured, question.id);
  let inference: Inference;
  try {
    const begun = past === undefined ? owned : { ...owned, begun: past.chunks };
    inference = services.orchestrator.infer(begun, measured);
  } catch (error) {
    measured.refused(error as Error);
    throw error;
  }
  return {
    id: inference.id,
    cancel() {
      measured.cancelled();
      inference.cancel();
    },
  };
}

/** An answer that was whole before this process began. */
function replayPast({ chunks, finish }: Past, sink: AnswerSink, id: string): Inference {
  if (finish !== undefined) {
    sink.assigned?.(finish.assignment);
    for (const chunk of chunks) sink.chunk(chunk);
    sink.finish(finish);
  }
  return { id, cancel() {} };
}

/** Characters over four, and an answer of usual length: what a key's limit of tokens is charged before it is known. */
function estimatedTokens({ messages, prompt, tokens, maxTokens }: Omit<GenerateRequest, 'caller'>): number {
  const characters =
    prompt?.length ?? messages?.reduce((sum, { content }) => sum + (content?.length ?? 0), 0) ?? 0;
  return (tokens?.length ?? Math.ceil(characters / 4)) + Math.min(maxTokens ?? 256, 1024);
}
