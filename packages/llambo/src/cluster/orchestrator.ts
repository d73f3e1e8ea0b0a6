import {
  type ChatMessage,
  type Engine,
  LlamaError,
  type ModelInfo,
  type Score,
  type ScoreRequest,
} from '@llambo/llama';
import type { ClassConfig, Config } from '../config/schema.ts';
import { LlamboError, unknownModel } from '../errors.ts';
import { createStrategy } from './balancer/index.ts';
import { Dispatcher } from './dispatcher.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { EventLog } from './events.ts';
import type { AnswerSink, Inference, InferenceRequest } from './inference.ts';
import { RateMeter, Reservoir } from './meter.ts';
import { type FindModel, modelFinder, type ServedModel } from './models.ts';
import { ClusterNode, capacityOf } from './node.ts';
import { type ClusterStatus, statusOf } from './status.ts';

/** Milliseconds that a question waits for its next token at most. */
const WAIT_MS = 120_000;
/** Requests that one engine runs at once, whatever the nodes' capacities add up to. */
const MOST_SEQUENCES = 64;

export interface OrchestratorOptions {
  /** Default: by the configuration's engine kind. */
  readonly findModel?: FindModel;
  readonly log?: (text: string) => void;
}

/** One model, its engine and its nodes. */
interface Pool {
  readonly model: ServedModel;
  readonly nodes: ClusterNode[];
  readonly supervisor: EngineSupervisor;
  info: ModelInfo | undefined;
}

/** The cluster's head: knows the nodes, keeps their engines alive, and takes the questions. */
export class Orchestrator {
  readonly config: Config;
  readonly events: EventLog = new EventLog();
  readonly startedAt: number = Date.now();
  readonly #pools = new Map<string, Pool>();
  /** Class name to model name, in the configuration's order. */
  readonly #classes = new Map<string, string>();
  readonly #nodes = new Map<string, ClusterNode>();
  readonly #dispatcher: Dispatcher;
  readonly #throughput = new RateMeter();
  readonly #latency = new Reservoir();
  #lastNode = 0;

  /** Starts engines and nodes; settles when every class can answer. @throws LlamboError, LlamaError, ModelStoreError */
  static async start(config: Config, options: OrchestratorOptions = {}): Promise<Orchestrator> {
    const orchestrator = new Orchestrator(config);
    try {
      await orchestrator.#startClasses(options);
    } catch (error) {
      await orchestrator.stop();
      throw error;
    }
    return orchestrator;
  }

  private constructor(config: Config) {
    this.config = config;
    this.#dispatcher = new Dispatcher(
      createStrategy<ClusterNode>(config.strategy),
      { queue: config.queue, waitMs: WAIT_MS },
      {
        tokens: (_node, count) => this.#throughput.add(count),
        firstToken: (milliseconds) => this.#latency.add(milliseconds),
        failover: (node, error, tokens) =>
          this.events.add(`request moves on from ${node.id} after ${tokens} tokens: ${error.message}`),
        hopeful: (model) => this.#pools.has(model),
      },
    );
  }

  async #startClasses({ findModel, log = () => {} }: OrchestratorOptions): Promise<void> {
    const find = findModel ?? modelFinder(this.config, log);
    const byModel = new Map<string, [name: string, options: ClassConfig][]>();
    for (const [name, options] of Object.entries(this.config.classes)) {
      this.#classes.set(name, options.model);
      byModel.set(options.model, [...(byModel.get(options.model) ?? []), [name, options]]);
    }
    await Promise.all([...byModel].map(([model, classes]) => this.#startModel(model, classes, find)));
  }

  async #startModel(name: string, classes: readonly [string, ClassConfig][], find: FindModel): Promise<void> {
    const model = await find(name);
    const planned = classes.reduce(
      (sum, [, options]) => sum + options.count * capacityOf(options, model.kvBytesPerToken),
      0,
    );
    const shape = {
      context: Math.max(...classes.map(([, options]) => options.context_size)),
      sequences: Math.min(this.config.engine.sequences ?? MOST_SEQUENCES, Math.max(1, planned)),
      queue: Math.max(1024, planned),
    };
    const nodes: ClusterNode[] = [];
    const supervisor = new EngineSupervisor((exited) => model.start(shape, exited), {
      up: (engine) => this.#engineUp(pool, engine),
      down: (why, retryMs) => this.#engineDown(pool, why, retryMs),
    });
    const pool: Pool = { model, nodes, supervisor, info: undefined };
    this.#pools.set(name, pool);
    await supervisor.start();
    for (const [className, options] of classes) this.#addNodes(pool, className, options);
  }

  #addNodes(pool: Pool, className: string, options: ClassConfig): void {
    for (let i = 0; i < options.count; i++) {
      const node = new ClusterNode({
        id: `worker-${String(++this.#lastNode).padStart(4, '0')}`,
        class: className,
        model: pool.model.name,
        capacity: capacityOf(options, pool.model.kvBytesPerToken),
        cpu: options.cpu,
        memory: options.memory,
        contextSize: options.context_size,
      });
      node.engine = pool.supervisor.engine;
      pool.nodes.push(node);
      this.#nodes.set(node.id, node);
      this.#dispatcher.strategy.add(node);
    }
    this.events.add(`spawned ${options.count} ${className} nodes`);
  }

  #engineUp(pool: Pool, engine: Engine): void {
    const again = pool.info !== undefined;
    pool.info = engine.info;
    this.#setEngine(pool, engine);
    if (again) this.events.add(`engine of ${pool.model.name} is back, ${pool.nodes.length} nodes recovered`);
    this.#dispatcher.pump(pool.model.name);
  }

  #engineDown(pool: Pool, why: string, retryMs: number): void {
    this.#setEngine(pool, undefined);
    this.events.add(
      `engine of ${pool.model.name} died (${why}), ${pool.nodes.length} nodes in error, next start in ${retryMs} ms`,
    );
  }

  #setEngine(pool: Pool, engine: Engine | undefined): void {
    for (const node of pool.nodes) {
      node.engine = engine;
      this.#dispatcher.strategy.changed(node);
    }
  }

  /**
   * Sends a question to a node. Whatever happens, the sink hears of it: exactly one finish or error.
   *
   * @throws LlamboError `unknown-model`
   */
  infer(request: InferenceRequest, sink: AnswerSink): Inference {
    const { model, class: className } = this.resolve(request.model);
    return this.#dispatcher.submit(request, model, className, sink);
  }

  /** Log-probabilities of continuations, from one node. @throws LlamboError, LlamaError */
  score(
    model: string | undefined,
    request: Omit<ScoreRequest, 'caller'>,
    signal?: AbortSignal,
  ): Promise<Score[]> {
    const target = this.resolve(model);
    return this.#dispatcher.borrow(target.model, target.class, (node) =>
      engineOf(node).score({ ...request, caller: node.caller }, signal),
    );
  }

  /** Unit vectors for texts, from one node. @throws LlamboError, LlamaError */
  embed(model: string | undefined, texts: readonly string[]): Promise<Float32Array[]> {
    const target = this.resolve(model);
    return this.#dispatcher.borrow(target.model, target.class, (node) => engineOf(node).embed(texts));
  }

  async tokenize(model: string | undefined, text: string): Promise<number[]> {
    return this.#engine(model).tokenize(text);
  }

  async detokenize(model: string | undefined, tokens: readonly number[]): Promise<string> {
    return this.#engine(model).detokenize(tokens);
  }

  async applyTemplate(model: string | undefined, messages: readonly ChatMessage[]): Promise<string> {
    return this.#engine(model).applyTemplate(messages);
  }

  #engine(model: string | undefined): Engine {
    const pool = this.#pools.get(this.resolve(model).model) as Pool;
    const { engine } = pool.supervisor;
    if (engine === undefined)
      throw new LlamaError('engine-gone', `engine of ${pool.model.name} is starting again`);
    return engine;
  }

  /** The model, and the class if one was named, that a request's model name stands for. */
  resolve(name: string | undefined): { model: string; class: string | undefined } {
    if (name === undefined || name === '' || name === 'default') {
      const [model] = this.#classes.values();
      return { model: model as string, class: undefined };
    }
    const ofClass = this.#classes.get(name);
    if (ofClass !== undefined) return { model: ofClass, class: name };
    if (this.#pools.has(name)) return { model: name, class: undefined };
    throw unknownModel(name, [...this.#pools.keys(), ...this.#classes.keys()]);
  }

  get strategy(): string {
    return this.#dispatcher.strategy.name;
  }

  /** Changes how nodes are chosen, from the next question on. @throws LlamboError `bad-request` */
  setStrategy(name: string): void {
    this.#dispatcher.strategy = createStrategy<ClusterNode>(name, {}, this.#nodes.values());
    this.events.add(`strategy is ${name}`);
  }

  models(): readonly ModelInfo[] {
    return [...this.#pools.values()].flatMap(({ info, model }) =>
      info === undefined ? [] : [{ ...info, name: model.name }],
    );
  }

  get nodes(): readonly ClusterNode[] {
    return [...this.#nodes.values()];
  }

  status(): ClusterStatus {
    return statusOf({
      nodes: this.nodes,
      classes: [...this.#classes.keys()],
      waiting: this.#dispatcher.waiting(),
      strategy: this.strategy,
      tokensPerSecond: this.#throughput.rate(),
      firstTokenMs: this.#latency.percentile(0.5),
      startedAt: this.startedAt,
    });
  }

  /** Fails what waits, ends the engines. */
  async stop(): Promise<void> {
    this.#dispatcher.close(new LlamboError('no-node', 'cluster is shutting down'));
    await Promise.all([...this.#pools.values()].map(({ supervisor }) => supervisor.stop()));
  }
}

function engineOf(node: ClusterNode): Engine {
  if (node.engine === undefined)
    throw new LlamaError('engine-gone', `engine of ${node.id} is starting again`);
  return node.engine;
}
