import type { Usage } from '@llambo/llama';
import type { Assignment } from '../cluster/inference.ts';
import type { Tracer } from './tracer.ts';

/** The hops of one question: waiting for a node, each node that had it, and what its engine did there. */
export class QuestionTrace {
  readonly #tracer: Tracer;
  readonly #trace: string;
  readonly #parent: string | undefined;
  readonly #id: string;
  readonly #request: string;
  readonly #api: string;
  readonly #startedAt = Date.now();
  #node: { readonly assignment: Assignment; readonly at: number } | undefined;

  constructor(tracer: Tracer, request: string, api: string, traceparent: string | undefined) {
    this.#tracer = tracer;
    const { trace, parent } = tracer.begin(traceparent);
    this.#trace = trace;
    this.#parent = parent;
    this.#id = tracer.newId();
    this.#request = request;
    this.#api = api;
  }

  assigned(assignment: Assignment): void {
    const now = Date.now();
    if (this.#node === undefined) this.#hop('wait for a node', this.#startedAt, now, {});
    else this.#endNode(now, undefined, 'failed over');
    this.#node = { assignment, at: now };
  }

  /** @param outcome `stop`, `length`, or the code of the error */
  ended(outcome: string, usage: Usage | undefined): void {
    const now = Date.now();
    const error = usage === undefined ? outcome : undefined;
    this.#endNode(now, usage, error);
    this.#tracer.add({
      trace: this.#trace,
      id: this.#id,
      parent: this.#parent,
      name: 'question',
      start: this.#startedAt,
      end: now,
      attributes: { 'llambo.request': this.#request, 'llambo.api': this.#api, 'llambo.outcome': outcome },
      error,
    });
  }

  #endNode(now: number, usage: Usage | undefined, error: string | undefined): void {
    if (this.#node === undefined) return;
    const { assignment, at } = this.#node;
    this.#node = undefined;
    const { node, model, strategy, attempt, class: nodeClass } = assignment;
    const attributes = { 'llambo.class': nodeClass, 'llambo.strategy': strategy, 'llambo.attempt': attempt };
    const id = this.#hop(
      `node ${node}`,
      at,
      now,
      { 'gen_ai.request.model': model, ...attributes },
      this.#id,
      error,
    );
    if (usage === undefined) return;
    // The engine tells how long each part took, not when: the last one ended now.
    const { queueMs, promptMs, generateMs, promptTokens, cachedTokens, completionTokens } = usage;
    const read = now - generateMs;
    const queued = read - promptMs;
    this.#hop('engine queue', queued - queueMs, queued, {}, id);
    this.#hop(
      'read prompt',
      queued,
      read,
      { 'gen_ai.usage.input_tokens': promptTokens, 'llambo.cached': cachedTokens },
      id,
    );
    this.#hop('generate', read, now, { 'gen_ai.usage.output_tokens': completionTokens }, id);
  }

  #hop(
    name: string,
    start: number,
    end: number,
    attributes: Readonly<Record<string, string | number>>,
    parent: string = this.#id,
    error?: string,
  ): string {
    const id = this.#tracer.newId();
    this.#tracer.add({ trace: this.#trace, id, parent, name, start, end, attributes, error });
    return id;
  }
}
