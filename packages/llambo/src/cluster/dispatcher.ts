/**
 * The seed's data flow, for every question: wait for room, let the balancer choose a node, follow the answer, and when
 * the node dies on the way, go on where it stopped on another one, in the same stream.
 */
import { type Chunk, type Generation, LlamaError } from '@llambo/llama';
import { LlamboError, noNode, overloaded } from '../errors.ts';
import { fingerprint, type RouteRequest, type Strategy } from './balancer/index.ts';
import type { AnswerSink, Assignment, Inference, InferenceRequest } from './inference.ts';
import type { ClusterNode } from './node.ts';

/** Nodes that may fail under one question before the client is told. */
const MOST_ATTEMPTS = 5;

export interface DispatcherOptions {
  /** Questions that may wait for a node, per model. */
  readonly queue: number;
  /** Milliseconds that a question waits for its next token at most, the time in the queue included. */
  readonly waitMs: number;
}

export interface DispatcherHooks {
  /** A node gave a token. */
  tokens(node: ClusterNode, count: number): void;
  firstToken(milliseconds: number): void;
  /** A question moves to another node after `error`. */
  failover(node: ClusterNode, error: Error, tokens: number): void;
  /** Whether a node of the model may come back by itself. */
  hopeful(model: string): boolean;
}

/** A question on its way. */
interface Question {
  readonly request: InferenceRequest;
  readonly model: string;
  readonly class: string | undefined;
  readonly sink: AnswerSink;
  readonly seed: number;
  /** What strategy `prefix` knows the prompt by. */
  readonly prefix: readonly number[];
  readonly submittedAt: number;
  readonly tried: Set<string>;
  /** Runs out when no token has come for too long, be it the first or a later one. */
  readonly deadline: NodeJS.Timeout;
  /** All tokens of the answer so far: what another node resumes behind. */
  tokens: number[];
  attempts: number;
  node: ClusterNode | undefined;
  generation: Generation | undefined;
  over: boolean;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #hooks: DispatcherHooks;
  readonly #waiting = new Map<string, Question[]>();
  #strategy: Strategy<ClusterNode>;
  #closed: Error | undefined;

  constructor(strategy: Strategy<ClusterNode>, options: DispatcherOptions, hooks: DispatcherHooks) {
    this.#strategy = strategy;
    this.#options = options;
    this.#hooks = hooks;
  }

  get strategy(): Strategy<ClusterNode> {
    return this.#strategy;
  }

  /** Questions that are under way keep their nodes; the next decision is the new strategy's. */
  set strategy(strategy: Strategy<ClusterNode>) {
    this.#strategy = strategy;
  }

  waiting(model?: string): number {
    if (model !== undefined) return this.#waiting.get(model)?.length ?? 0;
    let sum = 0;
    for (const questions of this.#waiting.values()) sum += questions.length;
    return sum;
  }

  submit(
    request: InferenceRequest,
    model: string,
    nodeClass: string | undefined,
    sink: AnswerSink,
  ): Inference {
    const question: Question = {
      request,
      model,
      class: nodeClass,
      sink,
      seed: request.generate.seed ?? Math.floor(Math.random() * 0x1_0000_0000),
      prefix: fingerprint(promptText(request), model),
      submittedAt: performance.now(),
      tried: new Set(),
      deadline: setTimeout(() => this.#timedOut(question), this.#options.waitMs),
      tokens: [],
      attempts: 0,
      node: undefined,
      generation: undefined,
      over: false,
    };
    this.#place(question, false);
    return { id: request.id, cancel: () => this.#cancel(question) };
  }

  /** Runs a short piece of work (scores, embeddings) on a node, counted as load like any other. */
  async borrow<T>(
    model: string,
    nodeClass: string | undefined,
    work: (node: ClusterNode) => Promise<T>,
  ): Promise<T> {
    const node = this.#strategy.pick(this.#route(model, nodeClass, 0, new Set()));
    if (node === undefined) throw noNode(model, 'all are busy or out of order');
    this.#take(node);
    try {
      return await work(node);
    } finally {
      this.#give(node);
    }
  }

  /** Gives waiting questions to nodes that have room: to be called when a node came (back) or got less to do. */
  pump(model: string): void {
    const questions = this.#waiting.get(model);
    if (questions === undefined) return;
    // Those of a class that is full stay; those behind them may ask for another.
    const full = new Set<string | undefined>();
    for (const question of [...questions]) {
      if (full.has(question.class) || full.has(undefined)) continue;
      const node = this.#pick(question);
      if (node === undefined) {
        full.add(question.class);
        continue;
      }
      questions.splice(questions.indexOf(question), 1);
      this.#run(question, node);
    }
  }

  /** Ends all questions: the cluster is going down. */
  close(error: Error): void {
    this.#closed = error;
    for (const questions of this.#waiting.values()) {
      for (const question of questions.splice(0)) this.#end(question, () => question.sink.error(error));
    }
  }

  #place(question: Question, first: boolean): void {
    const closed = this.#closed;
    if (closed !== undefined) return this.#end(question, () => question.sink.error(closed));
    const node = this.#pick(question);
    if (node !== undefined) return this.#run(question, node);
    if (!this.#hooks.hopeful(question.model)) {
      return this.#end(question, () => question.sink.error(noNode(question.model, 'all are out of order')));
    }
    const questions = this.#waiting.get(question.model) ?? [];
    this.#waiting.set(question.model, questions);
    if (first) questions.unshift(question);
    else if (questions.length < this.#options.queue) questions.push(question);
    else this.#end(question, () => question.sink.error(overloaded(questions.length, 1)));
  }

  #pick(question: Question): ClusterNode | undefined {
    const { model, class: nodeClass, tried, prefix } = question;
    const { session } = question.request;
    const length = question.tokens.length + estimatedTokens(question.request);
    const route: RouteRequest = {
      ...this.#route(model, nodeClass, length, tried),
      prefix,
      ...(session === undefined ? {} : { session }),
    };
    const node = this.#strategy.pick(route);
    if (node !== undefined || tried.size === 0) return node;
    // Every other node is busy or gone: one that failed before may have recovered.
    return this.#strategy.pick({ ...route, exclude: new Set() });
  }

  #route(
    model: string,
    nodeClass: string | undefined,
    promptTokens: number,
    exclude: Set<string>,
  ): RouteRequest {
    return { model, ...(nodeClass === undefined ? {} : { class: nodeClass }), promptTokens, exclude };
  }

  #run(question: Question, node: ClusterNode): void {
    const { engine } = node;
    if (engine === undefined) return this.#place(question, true);
    this.#take(node);
    question.node = node;
    question.attempts++;
    node.counters.requests++;
    const assignment: Assignment = {
      node: node.id,
      class: node.class,
      model: node.model,
      strategy: this.#strategy.name,
      attempt: question.attempts,
    };
    const startedAt = performance.now();
    const resumed = question.tokens.length;
    question.sink.assigned?.(assignment);
    const { generate } = question.request;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      question.node = undefined;
      question.generation = undefined;
      this.#give(node);
    };
    const generation = engine.generate(
      {
        ...generate,
        seed: question.seed,
        caller: node.caller,
        ...(resumed === 0 ? {} : { resume: question.tokens.slice() }),
      },
      {
        chunk: (chunk: Chunk) => {
          if (question.over) return;
          if (question.tokens.length === 0) this.#hooks.firstToken(performance.now() - question.submittedAt);
          question.deadline.refresh();
          for (const token of chunk.tokens) question.tokens.push(token);
          node.counters.tokens += chunk.tokens.length;
          this.#hooks.tokens(node, chunk.tokens.length);
          question.sink.chunk(chunk);
        },
        finish: (finish) => {
          const totalMs = performance.now() - startedAt;
          node.measured(question.tokens.length - resumed, totalMs);
          this.#strategy.observe(node, {
            ok: true,
            firstTokenMs: finish.usage.queueMs + finish.usage.promptMs,
            totalMs,
            tokens: question.tokens.length - resumed,
            prefix: question.prefix,
            promptTokens: finish.usage.promptTokens,
            cachedTokens: finish.usage.cachedTokens,
          });
          this.#end(question, () => question.sink.finish({ ...finish, assignment }));
          release();
        },
        error: (error) => {
          if (
            !question.over &&
            this.#closed === undefined &&
            worthRetrying(error) &&
            question.attempts < MOST_ATTEMPTS
          ) {
            node.counters.failures++;
            this.#strategy.observe(node, { ok: false });
            question.tried.add(node.id);
            this.#hooks.failover(node, error, question.tokens.length);
            release();
            return this.#place(question, true);
          }
          this.#end(question, () => question.sink.error(this.#closed ?? error));
          release();
        },
      },
    );
    if (!released) question.generation = generation;
    if (question.over) generation.cancel();
  }

  #take(node: ClusterNode): void {
    node.load++;
    this.#strategy.changed(node);
  }

  #give(node: ClusterNode): void {
    node.load--;
    this.#strategy.changed(node);
    this.pump(node.model);
  }

  #cancel(question: Question): void {
    this.#end(question, () => {});
    this.#dequeue(question);
    question.generation?.cancel();
  }

  #timedOut(question: Question): void {
    this.#dequeue(question);
    const { generation } = question;
    this.#end(question, () => {
      const error =
        question.node === undefined
          ? noNode(question.model, `none was free for ${this.#options.waitMs / 1000} s`)
          : new LlamboError('overloaded', 'the node gave no token in time', { retryAfter: 1 });
      question.sink.error(error);
    });
    generation?.cancel();
  }

  #dequeue(question: Question): void {
    const questions = this.#waiting.get(question.model);
    const index = questions?.indexOf(question) ?? -1;
    if (index >= 0) questions?.splice(index, 1);
  }

  #end(question: Question, tell: () => void): void {
    if (question.over) return;
    question.over = true;
    clearTimeout(question.deadline);
    tell();
  }
}

/** The engine's death, not the question's fault. */
const worthRetrying = (error: Error): boolean =>
  error instanceof LlamaError && (error.code === 'engine-gone' || error.code === 'native');

function promptText({ generate }: InferenceRequest): string {
  if (generate.messages === undefined) return generate.prompt ?? '';
  return generate.messages.map(({ role, content }) => `${role}\n${content}\n`).join('');
}

/** Characters over four: near enough for a balancer. */
function estimatedTokens(request: InferenceRequest): number {
  return request.generate.tokens?.length ?? Math.ceil(promptText(request).length / 4);
}
