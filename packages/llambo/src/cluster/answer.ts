/**
 * One question's life on nodes: follow the answer, and when the node dies on the way, go on where it stopped on another
 * one, in the same stream.
 */
import { type Chunk, type Finish, type Generation, LlamaError } from '@llambo/llama';
import { Ehangup } from '@llambo/styx';
import { LlamboError, noNode } from '../errors.ts';
import type { Priority } from './admission/index.ts';
import { fingerprint, type Observation, type RouteRequest } from './balancer/index.ts';
import type { AnswerSink, Assignment, InferenceRequest } from './inference.ts';
import type { Job } from './job.ts';
import type { ClusterNode } from './node.ts';
import { HedgeRace, type Runner } from './retry/index.ts';

/** Nodes in a row that may fail under one question before it has gained a token: it may be what kills them. */
const MOST_FAILURES = 5;
/** What the end of a host, or of the way there, counts: the native code that a question may kill is not in that process. */
const HOST_FAILURE = 0.2;
/** A suspect node that has given no token for so long, in milliseconds, keeps no answer: tokens are a sign of life, too. */
const SILENT_MS = 2000;
/** Tokens of an answer whose length nobody bounds, for estimates. */
const USUAL_ANSWER = 256;

/** The cluster's side of a question. */
export interface AnswerHooks {
  readonly strategy: () => string;
  /** A node gave tokens. */
  tokens(node: ClusterNode, count: number): void;
  /** Milliseconds since it was submitted, and since its node was asked. */
  firstToken(answer: Answer, milliseconds: number, ofNode: number): void;
  /** Milliseconds without a token after which a second node may be asked; undefined: never. */
  hedgeDelay(answer: Answer): number | undefined;
  /** Asks a second node, if there is one and the budget allows it. */
  hedge(answer: Answer): void;
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

/** The question on one node. */
class Run implements Runner {
  readonly on: ClusterNode;
  readonly assignment: Assignment;
  /** Tokens of the answer that were there before. */
  readonly resumed: number;
  readonly startedAt: number = performance.now();
  /** When its last token came. */
  heardAt: number = this.startedAt;
  /** The question goes on elsewhere: whatever still comes is too late. */
  abandoned = false;
  readonly #release: () => void;
  /** What ends with the run. */
  #ends: () => void = () => {};
  #generation: Generation | undefined;
  #ended = false;
  #cancelled = false;

  constructor(on: ClusterNode, release: () => void, options: Assignment & { readonly resumed: number }) {
    const { resumed, ...assignment } = options;
    this.on = on;
    this.assignment = assignment;
    this.resumed = resumed;
    this.#release = release;
  }

  get node(): string {
    return this.on.id;
  }

  begin(generation: Generation, ends: () => void): void {
    if (this.#ended) return ends();
    this.#ends = ends;
    this.#generation = generation;
    if (this.#cancelled) generation.cancel();
  }

  /** The node is free of it. */
  leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#generation = undefined;
    this.#ends();
    this.#release();
  }

  /** Nobody waits for it any more, whether it can still be told so or not. */
  abandon(): void {
    this.abandoned = true;
    this.cancel();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#generation?.cancel();
  }
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
  /** Chunks that the sink is owed before anything else. */
  #begun: readonly Chunk[];
  readonly #race = new HedgeRace<Run>();
  /** Whom the sink takes for its node. */
  #assigned: Run | undefined;
  #hedge: NodeJS.Timeout | undefined;

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
    this.#begun = request.begun ?? [];
    for (const { tokens } of this.#begun) this.#generated.push(...tokens);
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
    this.attempts++;
    node.counters.requests++;
    const run = new Run(node, release, {
      node: node.id,
      class: node.class,
      model: node.model,
      strategy: this.#hooks.strategy(),
      attempt: this.attempts,
      resumed: this.#generated.length,
    });
    const first = this.#race.size === 0;
    this.#race.enter(run);
    if (first) this.#assign(run);
    const { request } = this;
    run.begin(
      node.calls.generate(
        {
          ...request.generate,
          seed: this.#seed,
          caller: node.caller,
          ...(run.resumed === 0 ? {} : { resume: this.#generated.slice() }),
        },
        {
          chunk: (chunk) => run.abandoned || this.#chunk(run, chunk),
          finish: (finish) => run.abandoned || this.#finish(run, finish),
          error: (error) => run.abandoned || this.#error(run, error),
        },
      ),
      this.#watch(run),
    );
    if (this.over) run.cancel();
    else if (first && this.#generated.length === 0) this.#hedgeLater();
  }

  /** Gives it up: its nodes are free at their next tokens, and nothing reaches the sink any more. */
  cancel(): void {
    this.#end(() => {});
    this.#race.cancel();
  }

  fail(error: Error): void {
    this.#end(() => this.#sink.error(error));
    this.#race.cancel();
  }

  #assign(run: Run): void {
    this.#assigned = run;
    this.#sink.assigned?.(run.assignment);
    const begun = this.#begun;
    this.#begun = [];
    for (const chunk of begun) this.#sink.chunk(chunk);
  }

  /** Leaves a node that puts its answers out, or is suspect and silent: it may be stopped for ever. What this gives ends it. */
  #watch(run: Run): () => void {
    let timer: NodeJS.Timeout | undefined;
    const leave = (why: string): void => {
      run.abandon();
      this.#error(run, new LlamaError('engine-gone', why));
    };
    const look = (): void => {
      clearTimeout(timer);
      if (this.over) return;
      if (run.on.evicting) return leave(`${run.on.id} is drained`);
      if (run.on.health !== 'suspect') return;
      const silent = performance.now() - run.heardAt;
      if (silent < SILENT_MS) timer = setTimeout(look, SILENT_MS - silent);
      else leave(`host ${run.on.host} is away`);
    };
    const unfollow = run.on.follow(look);
    return () => {
      clearTimeout(timer);
      unfollow();
    };
  }

  /** A second node is asked when the first one takes longer than nearly all others. */
  #hedgeLater(): void {
    const delay = this.#hooks.hedgeDelay(this);
    if (delay === undefined) return;
    clearTimeout(this.#hedge);
    this.#hedge = setTimeout(() => {
      const [slow] = this.#race.runners();
      if (this.over || this.#race.winner !== undefined || slow === undefined) return;
      this.#tried.add(slow.node);
      this.#hooks.hedge(this);
    }, delay);
  }

  #chunk(run: Run, chunk: Chunk): void {
    if (this.over || !this.#race.token(run)) return;
    if (this.#generated.length === 0) {
      clearTimeout(this.#hedge);
      const now = performance.now();
      this.#hooks.firstToken(this, now - this.#submittedAt, now - run.startedAt);
    }
    if (this.#assigned !== run) this.#assign(run);
    this.#deadline.refresh();
    run.heardAt = performance.now();
    this.failures = 0;
    for (const token of chunk.tokens) this.#generated.push(token);
    run.on.counters.tokens += chunk.tokens.length;
    this.#hooks.tokens(run.on, chunk.tokens.length);
    this.#sink.chunk(chunk);
  }

  #finish(run: Run, finish: Finish): void {
    if (this.over || !this.#race.token(run)) return run.leave();
    const { queueMs, promptMs, promptTokens, cachedTokens } = finish.usage;
    const totalMs = performance.now() - run.startedAt;
    const tokens = this.#generated.length - run.resumed;
    run.on.measured(tokens, totalMs);
    this.#hooks.observed(run.on, {
      ok: true,
      firstTokenMs: queueMs + promptMs,
      totalMs,
      tokens,
      prefix: this.#prefix,
      promptTokens,
      cachedTokens,
    });
    this.#end(() => this.#sink.finish({ ...finish, assignment: run.assignment }));
    run.leave();
  }

  #error(run: Run, error: Error): void {
    run.leave();
    const alone = this.#race.failed(run);
    if (this.over) return;
    if (!isNodesFault(error)) {
      if (alone) this.#end(() => this.#sink.error(error));
      return;
    }
    run.on.counters.failures++;
    const unreached = wasUnreached(error);
    if (!unreached) this.#hooks.observed(run.on, { ok: false });
    this.#tried.add(run.node);
    if (!alone) return;
    if (!unreached) this.failures += wasHosts(error) ? HOST_FAILURE : 1;
    if (this.failures >= MOST_FAILURES) return this.#end(() => this.#sink.error(error));
    this.#hooks.failover(this, run.on, error);
  }

  #timedOut(): void {
    const seconds = this.#waitMs / 1000;
    this.fail(
      this.#race.size === 0
        ? noNode(this.model, `none was free for ${seconds} s`)
        : new LlamboError('overloaded', `${this.#assigned?.node} gave no token for ${seconds} s`, {
            retryAfter: 1,
          }),
    );
  }

  #end(tell: () => void): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#hedge);
    tell();
    this.#hooks.over(this);
  }
}

/** The death of an engine, a program, a host or a connection: not the question's fault. */
export const isNodesFault = (error: Error): boolean =>
  error instanceof LlamaError && (error.code === 'engine-gone' || error.code === 'native');

/** The question never got to an engine: its death is news to nobody but us, and no fault of the question. */
export const wasUnreached = (error: Error): boolean =>
  /is not running$|is away$|is drained$/.test(error.message);

const wasHosts = (error: Error): boolean => error.message.includes(Ehangup);

function promptText({ generate }: InferenceRequest): string {
  if (generate.messages === undefined) return generate.prompt ?? '';
  return generate.messages.map(({ role, content }) => `${role}\n${content}\n`).join('');
}
