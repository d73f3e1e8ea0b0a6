/**
 * One question's life on nodes: follow the answer, and when the node dies on the way, go on where it stopped on another
 * one, in the same stream.
 */
import { type Chunk, type Finish, type Generation, LlamaError } from '@llambo/llama';
import { LlamboError, noNode } from '../errors.ts';
import type { Priority } from './admission/index.ts';
import { fingerprint, type Observation, type RouteRequest } from './balancer/index.ts';
import type { AnswerSink, Assignment, InferenceRequest } from './inference.ts';
import type { Job } from './job.ts';
import type { ClusterNode } from './node.ts';

/** Nodes in a row that may fail under one question before it has gained a token: it may be what kills them. */
const MOST_FAILURES = 5;
/** Tokens of an answer whose length nobody bounds, for estimates. */
const USUAL_ANSWER = 256;

/** The cluster's side of a question. */
export interface AnswerHooks {
  readonly strategy: () => string;
  /** A node gave tokens. */
  tokens(node: ClusterNode, count: number): void;
  firstToken(milliseconds: number): void;
  /** An attempt ended, well or by the node's fault. */
  observed(node: ClusterNode, observation: Observation): void;
  /** The node failed; the question goes on elsewhere. */
  failover(answer: Answer, node: ClusterNode, error: Error): void;
  /** Finished, failed or given up: called once. */
  over(answer: Answer): void;
}

export interface AnswerOptions {
  readonly model: string;
  readonly class: string | undefined;
  /** Milliseconds that it waits for its next token at most, the time in the queue included. */
  readonly waitMs: number;
}

export class Answer implements Job {
  readonly request: InferenceRequest;
  readonly id: string;
  readonly model: string;
  readonly class: string | undefined;
  readonly node: string | undefined;
  readonly key: string;
  readonly priority: Priority;
  readonly tokens: number;
  attempts = 0;
  /** Nodes in a row that took it and failed before they gave a token. */
  failures = 0;
  over = false;
  readonly #sink: AnswerSink;
  readonly #hooks: AnswerHooks;
  readonly #waitMs: number;
  readonly #seed: number;
  readonly #promptTokens: number;
  /** What strategy `prefix` knows the prompt by. */
  readonly #prefix: readonly number[];
  readonly #submittedAt: number = performance.now();
  readonly #tried: Set<string>;
  /** Runs out when no token has come for too long, be it the first or a later one. */
  readonly #deadline: NodeJS.Timeout;
  /** All tokens of the answer so far: what another node resumes behind. */
  readonly #generated: number[] = [];
  #on: ClusterNode | undefined;
  #generation: Generation | undefined;

  constructor(request: InferenceRequest, options: AnswerOptions, sink: AnswerSink, hooks: AnswerHooks) {
    const { generate } = request;
    const text = promptText(request);
    this.request = request;
    this.id = request.id;
    this.model = options.model;
    this.class = options.class;
    this.node = request.node;
    this.key = request.key ?? 'anonymous';
    this.priority = request.priority ?? 'normal';
    this.#promptTokens = generate.tokens?.length ?? Math.ceil(text.length / 4); // near enough for a balancer
    this.tokens = this.#promptTokens + (generate.maxTokens ?? USUAL_ANSWER);
    this.#sink = sink;
    this.#hooks = hooks;
    this.#waitMs = options.waitMs;
    this.#seed = generate.seed ?? Math.floor(Math.random() * 0x1_0000_0000);
    this.#prefix = fingerprint(text, options.model);
    this.#tried = new Set(request.exclude);
    this.#deadline = setTimeout(() => this.#timedOut(), options.waitMs);
  }

  /** Tokens that it has given so far. */
  get generated(): number {
    return this.#generated.length;
  }

  route(): RouteRequest {
    const { session } = this.request;
    return {
      model: this.model,
      promptTokens: this.#promptTokens + this.#generated.length,
      prefix: this.#prefix,
      exclude: this.#tried,
      ...(this.class === undefined ? {} : { class: this.class }),
      ...(session === undefined ? {} : { session }),
    };
  }

  /** One that failed before may have recovered, when every other node is busy or gone. */
  retryAll(): boolean {
    const again = this.#tried.size > (this.request.exclude?.size ?? 0);
    this.#tried.clear();
    for (const id of this.request.exclude ?? []) this.#tried.add(id);
    return again;
  }

  start(node: ClusterNode, release: () => void): void {
    this.#on = node;
    this.attempts++;
    node.counters.requests++;
    const assignment: Assignment = {
      node: node.id,
      class: node.class,
      model: node.model,
      strategy: this.#hooks.strategy(),
      attempt: this.attempts,
    };
    const resumed = this.#generated.length;
    const startedAt = performance.now();
    this.#sink.assigned?.(assignment);
    let ended = false;
    const leave = (): void => {
      ended = true;
      this.#on = undefined;
      this.#generation = undefined;
      release();
    };
    const generation = node.calls.generate(
      {
        ...this.request.generate,
        seed: this.#seed,
        caller: node.caller,
        ...(resumed === 0 ? {} : { resume: this.#generated.slice() }),
      },
      {
        chunk: (chunk) => this.#chunk(node, chunk),
        finish: (finish) => {
          const took = performance.now() - startedAt;
          this.#finish(node, finish, assignment, took, this.#generated.length - resumed);
          leave();
        },
        error: (error) => {
          leave();
          this.#error(node, error);
        },
      },
    );
    if (!ended) this.#generation = generation;
    if (this.over) generation.cancel();
  }

  /** Gives it up: the node is free at its next token, and nothing reaches the sink any more. */
  cancel(): void {
    const generation = this.#generation;
    this.#end(() => {});
    generation?.cancel();
  }

  fail(error: Error): void {
    const generation = this.#generation;
    this.#end(() => this.#sink.error(error));
    generation?.cancel();
  }

  #chunk(node: ClusterNode, chunk: Chunk): void {
    if (this.over) return;
    if (this.#generated.length === 0) this.#hooks.firstToken(performance.now() - this.#submittedAt);
    this.#deadline.refresh();
    this.failures = 0;
    for (const token of chunk.tokens) this.#generated.push(token);
    node.counters.tokens += chunk.tokens.length;
    this.#hooks.tokens(node, chunk.tokens.length);
    this.#sink.chunk(chunk);
  }

  #finish(node: ClusterNode, finish: Finish, assignment: Assignment, totalMs: number, tokens: number): void {
    const { queueMs, promptMs, promptTokens, cachedTokens } = finish.usage;
    node.measured(tokens, totalMs);
    this.#hooks.observed(node, {
      ok: true,
      firstTokenMs: queueMs + promptMs,
      totalMs,
      tokens,
      prefix: this.#prefix,
      promptTokens,
      cachedTokens,
    });
    this.#end(() => this.#sink.finish({ ...finish, assignment }));
  }

  #error(node: ClusterNode, error: Error): void {
    if (this.over) return;
    if (!isNodesFault(error)) return this.#end(() => this.#sink.error(error));
    node.counters.failures++;
    if (!wasUnreached(error)) {
      this.#hooks.observed(node, { ok: false });
      if (++this.failures >= MOST_FAILURES) return this.#end(() => this.#sink.error(error));
    }
    this.#tried.add(node.id);
    this.#hooks.failover(this, node, error);
  }

  #timedOut(): void {
    const seconds = this.#waitMs / 1000;
    this.fail(
      this.#on === undefined
        ? noNode(this.model, `none was free for ${seconds} s`)
        : new LlamboError('overloaded', `${this.#on.id} gave no token for ${seconds} s`, { retryAfter: 1 }),
    );
  }

  #end(tell: () => void): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.#deadline);
    tell();
    this.#hooks.over(this);
  }
}

/** The death of an engine, a program, a host or a connection: not the question's fault. */
export const isNodesFault = (error: Error): boolean =>
  error instanceof LlamaError && (error.code === 'engine-gone' || error.code === 'native');

/** The question never got to an engine: its death is news to nobody but us, and no fault of the question. */
export const wasUnreached = (error: Error): boolean => /is not running$|is away$/.test(error.message);

function promptText({ generate }: InferenceRequest): string {
  if (generate.messages === undefined) return generate.prompt ?? '';
  return generate.messages.map(({ role, content }) => `${role}\n${content}\n`).join('');
}
