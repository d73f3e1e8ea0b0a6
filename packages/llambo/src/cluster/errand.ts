/** A short piece of work for a node: scores, embeddings, tokens. Done again elsewhere when its node dies over it. */
import { LlamaError } from '@llambo/llama';
import { noNode } from '../errors.ts';
import { isNodesFault, wasUnreached } from './answer.ts';
import type { RouteRequest } from './balancer/index.ts';
import type { Job } from './job.ts';
import type { ClusterNode } from './node.ts';

const MOST_FAILURES = 3;
let serial = 0;

export interface ErrandOptions {
  readonly model: string;
  readonly class: string | undefined;
  readonly node?: string | undefined;
  readonly exclude?: ReadonlySet<string> | undefined;
  readonly key?: string | undefined;
  /** Estimate, for fairness. */
  readonly tokens: number;
  readonly waitMs: number;
}

export interface ErrandHooks {
  failover(errand: Job, node: ClusterNode, error: Error): void;
  over(errand: Job): void;
}

export class Errand<T> implements Job {
  readonly id: string = `errand-${++serial}`;
  readonly model: string;
  readonly class: string | undefined;
  readonly node: string | undefined;
  readonly key: string;
  readonly priority = 'normal' as const;
  readonly tokens: number;
  attempts = 0;
  failures = 0;
  over = false;
  readonly result: Promise<T>;
  readonly #exclude: ReadonlySet<string>;
  readonly #work: (node: ClusterNode) => Promise<T>;
  readonly #hooks: ErrandHooks;
  readonly #deadline: NodeJS.Timeout;
  #resolve: (value: T) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(options: ErrandOptions, work: (node: ClusterNode) => Promise<T>, hooks: ErrandHooks) {
    this.model = options.model;
    this.class = options.class;
    this.node = options.node;
    this.key = options.key ?? 'anonymous';
    this.tokens = options.tokens;
    this.#exclude = options.exclude ?? new Set();
    this.#work = work;
    this.#hooks = hooks;
    this.#deadline = setTimeout(
      () => this.fail(noNode(this.model, `none was free for ${options.waitMs / 1000} s`)),
      options.waitMs,
    );
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  route(): RouteRequest {
    return {
      model: this.model,
      promptTokens: this.tokens,
      exclude: this.#exclude,
      ...(this.class === undefined ? {} : { class: this.class }),
    };
  }

  start(node: ClusterNode, release: () => void): void {
    this.attempts++;
    node.counters.requests++;
    let unfollow: () => void = () => {};
    const doubted = new Promise<never>((_, reject) => {
      unfollow = node.follow(() => reject(new LlamaError('engine-gone', `host ${node.host} is away`)));
    });
    const leave = (): void => {
      unfollow();
      release();
    };
    Promise.race([this.#work(node), doubted]).then(
      (value) => {
        leave();
        this.#end(() => this.#resolve(value));
      },
      (error: Error) => {
        leave();
        if (this.over) return;
        if (!isNodesFault(error)) return this.fail(error);
        if (!wasUnreached(error) && ++this.failures >= MOST_FAILURES) return this.fail(error);
        node.counters.failures++;
        this.#hooks.failover(this, node, error);
      },
    );
  }

  fail(error: Error): void {
    this.#end(() => this.#reject(error));
  }

  #end(tell: () => void): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.#deadline);
    tell();
    this.#hooks.over(this);
  }
}
