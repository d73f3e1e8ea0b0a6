import type { ChatMessage, ModelInfo, Score, ScoreRequest } from '@llambo/llama';
import type { FileServer } from '@llambo/styx';
import type { Config } from '../config/schema.ts';
import { LlamboError } from '../errors.ts';
import { homeFolder } from '../home.ts';
import type { LaunchEngine } from '../host/index.ts';
import type { Proof } from '../host/proof.ts';
import type { KeyLimits } from './admission/index.ts';
import { Answer, type AnswerHooks, isNodesFault } from './answer.ts';
import { AutoscaleController, type ClassDecision, type ClassScale } from './autoscaler/index.ts';
import { createStrategy, type Decision, hasRoom, type Observation } from './balancer/index.ts';
import { checkpointText } from './checkpoint.ts';
import { type Control, runCommands } from './ctl/index.ts';
import { Dispatcher } from './dispatcher.ts';
import { embeddedHost } from './embedded.ts';
import { Errand } from './errand.ts';
import { EventLog } from './events.ts';
import { Fleet } from './fleet.ts';
import type { HostStatus } from './hosts/link.ts';
import type { HostAddress } from './hosts/ports.ts';
import type { AnswerSink, Inference, InferenceRequest } from './inference.ts';
import type { Job } from './job.ts';
import { ClusterMeters } from './meter.ts';
import { type FindModel, modelFinder } from './models.ts';
import type { ClusterNode, NodeCalls } from './node.ts';
import { Hedging, RetryPolicy } from './retry/index.ts';
import { policyOptions, scaleLimits } from './scaling.ts';
import { autoscaleSignals } from './signals.ts';
import { type ClusterStatus, statusOf } from './status.ts';
import { MemoryStore, type Store } from './store/index.ts';
import { asOperator, clusterTree } from './tree/tree.ts';
import { Watch } from './watch.ts';

/** Milliseconds that a question waits for its next token at most. */
const WAIT_MS = 120_000;
/** Requests that one engine runs at once, whatever the nodes' capacities add up to. */
const MOST_SEQUENCES = 64;
/** Milliseconds that a node may finish what it has when it is drained, before its answers go on elsewhere. */
const DRAIN_MS = 30_000;
/** Between two looks for room elsewhere, when that was full at the end of the time. */
const NO_ROOM_MS = 500;

export interface OrchestratorOptions extends Proof {
  /** Default: by the configuration's engine kind. */
  readonly findModel?: FindModel;
  /** Limits of an API key. Default: none. */
  readonly limits?: (key: string) => KeyLimits | undefined;
  /** What outlives this process. Default: nothing. */
  readonly store?: Store;
  /** Milliseconds that a drained node may finish what it has. Default 30,000. */
  readonly drainMs?: number;
  /** Called by the command `shutdown`. */
  readonly shutdown?: () => void;
}

export interface EmbeddedOptions extends OrchestratorOptions {
  /** How its host starts engines. Default: as the configuration says, each in a process of its own. */
  readonly launch?: LaunchEngine;
}

/** Who asks for something short, and of which node. */
export interface Target {
  readonly node?: string | undefined;
  readonly exclude?: ReadonlySet<string> | undefined;
  readonly key?: string | undefined;
}

/** The cluster's head: knows hosts and nodes, keeps as many as there should be, and takes the questions. */
export class Orchestrator {
  readonly config: Config;
  readonly events: EventLog;
  readonly startedAt: number = Date.now();
  /** The Prometheus text, once somebody measures. */
  metrics: () => string = () => '';
  readonly #options: OrchestratorOptions;
  readonly #store: Store;
  readonly #fleet: Fleet;
  readonly #dispatcher: Dispatcher;
  readonly #watch: Watch;
  readonly #retry = new RetryPolicy();
  readonly #hedging: Hedging | undefined;
  readonly #meters = new ClusterMeters();
  readonly #pauses = new Set<NodeJS.Timeout>();
  /** Nodes that an operator took out of rotation. */
  readonly #drained = new Set<string>();
  readonly #autoscaler: AutoscaleController;
  readonly #answerHooks: AnswerHooks;
  readonly #control: Control;
  #tree: FileServer | undefined;

  /**
   * With one host in this process, for programs that embed a cluster, tests and benches; settles when every node serves.
   *
   * @throws LlamboError, ModelStoreError, StyxError
   */
  static async start(config: Config, options: EmbeddedOptions = {}): Promise<Orchestrator> {
    const orchestrator = await Orchestrator.create(config, options);
    try {
      const host = await embeddedHost(config, options.launch);
      await orchestrator.join(host.name, host.fileServer());
      await orchestrator.ready();
    } catch (error) {
      await orchestrator.stop();
      throw error;
    }
    return orchestrator;
  }

  /** Finds the models; nodes come as hosts join. @throws LlamboError, ModelStoreError */
  static async create(config: Config, options: OrchestratorOptions = {}): Promise<Orchestrator> {
    const orchestrator = new Orchestrator(config, options);
    try {
      await orchestrator.#fleet.define(config.classes);
      if (orchestrator.#store.state.autoscale?.enabled ?? config.autoscale.enabled)
        orchestrator.#autoscaler.start();
    } catch (error) {
      await orchestrator.stop();
      throw error;
    }
    return orchestrator;
  }

  private constructor(config: Config, options: OrchestratorOptions) {
    this.config = config;
    this.#options = options;
    this.#hedging = config.hedge ? new Hedging(this.#retry.budget) : undefined;
    this.#store = options.store ?? new MemoryStore();
    const saved = this.#store.load();
    for (const node of saved.drained) this.#drained.add(node);
    this.events = new EventLog(1000, saved.events);
    this.events.follow((event) => this.#store.append({ kind: 'event', event }));
    this.#fleet = new Fleet(
      {
        maximum: config.limits.maximum,
        kind: config.engine.kind,
        sequences: config.engine.sequences ?? MOST_SEQUENCES,
        threads: config.engine.threads,
        tokenMs: config.engine.token_ms,
        findModel: options.findModel ?? modelFinder(config),
        token: options.token,
        certificate: options.certificate,
        counts: saved.classes,
        lastNode: saved.lastNode,
        drainMs: options.drainMs ?? DRAIN_MS,
      },
      {
        added: (node) => {
          this.#watch.add(node);
          if (this.#drained.has(node.id)) this.#watch.tell(node, 'drain');
          this.#dispatcher.strategy.add(node);
          this.#dispatcher.pump(node.model);
        },
        leaving: (node) => this.#watch.tell(node, 'drain'),
        removed: (node) => {
          this.#watch.tell(node, 'removed');
          this.#dispatcher.strategy.remove(node);
          this.#dispatcher.pump(node.model);
        },
        beat: (node) => this.#watch.beat(node),
        down: (node, why) => this.#watch.tell(node, 'crashed', why),
        up: (node) => {
          if (node.health === 'draining' || this.#drained.has(node.id)) return;
          this.#watch.add(node);
          this.#dispatcher.strategy.changed(node);
          this.#dispatcher.pump(node.model);
        },
        event: (text) => this.events.add(text),
        scaled: (name, count) => this.#store.append({ kind: 'class', name, count }),
        named: (last) => this.#store.append({ kind: 'node', last }),
      },
    );
    this.#dispatcher = new Dispatcher(createStrategy<ClusterNode>(saved.strategy ?? config.strategy), {
      queue: config.queue,
      waitMs: WAIT_MS,
      node: (id) => this.#fleet.nodes.get(id),
      hopeful: (model) => this.#hopeful(model),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    this.#watch = new Watch({
      node: (id) => this.#fleet.nodes.get(id),
      changed: (node, from, to, why) => {
        this.#dispatcher.strategy.changed(node);
        this.#dispatcher.pump(node.model);
        if (to === 'ejected' || to === 'gone' || from === 'probation') {
          this.events.add(`${node.id} is ${to}: ${why}`);
        }
        if (to === 'suspect') node.doubt();
        if (to === 'gone') this.#fleet.lose(node);
      },
      probe: (node) => this.#probe(node),
    });
    this.#answerHooks = {
      strategy: () => this.#dispatcher.strategy.name,
      tokens: (node, count) => this.#meters.tokens(node.class, count),
      firstToken: (answer, milliseconds, ofNode) => {
        this.#meters.firstToken.add(milliseconds);
        this.#hedging?.observe(answer.model, ofNode);
      },
      hedgeDelay: (answer) => this.#hedging?.delay(answer.model),
      hedge: (answer) => {
        if (this.#hedging?.allow(performance.now()) === true) this.#dispatcher.hedge(answer);
      },
      observed: (node, observation) => this.#observed(node, observation),
      failover: (answer, node, error) => {
        const tokens = answer.generated;
        this.events.add(`request moves on from ${node.id} after ${tokens} tokens: ${error.message}`);
        if (/^engine (of|is gone)/.test(error.message)) this.#fleet.doubt(node);
        this.#again(answer, tokens, error);
      },
      over: (answer) => this.#dispatcher.forget(answer),
    };
    this.#autoscaler = new AutoscaleController({
      policy: saved.autoscale?.policy ?? config.autoscale.policy,
      policyOptions: policyOptions(config),
      limits: saved.limits ?? scaleLimits(config),
      signals: autoscaleSignals(this.#fleet, {
        waiting: (name) => this.#dispatcher.waitingFor(name, this.#fleet.resolve(name).model),
        tokensPerSecond: (name) => this.#meters.rateOf(name),
        firstTokenMs: () => this.#meters.firstToken.percentile(0.95) ?? 0,
      }),
      effects: {
        spawn: async (name, count) => {
          const before = this.#fleet.classes.get(name)?.count ?? 0;
          await this.#fleet.scale(name, before + count);
          return count;
        },
        drain: (ids) => this.#fleet.retire(ids),
      },
      log: (text) => this.events.add(text),
    });
    this.#control = {
      fleet: this.#fleet,
      autoscaler: this.#autoscaler,
      drain: (node) => this.#drain(node, true),
      resume: (node) => this.#drain(node, false),
      setStrategy: (name) => this.setStrategy(name),
      autoscaled: () => {
        const { enabled, policy, limits } = this.#autoscaler;
        this.#store.append({ kind: 'autoscale', enabled, policy });
        this.#store.append({ kind: 'limits', limits });
      },
      checkpoint: () => this.checkpoint(),
      save: async () => {
        await this.#store.flush();
        return 'saved';
      },
      shutdown: () => this.#options.shutdown?.(),
    };
  }

  /** A host joins, by its address or with its files at hand. @throws StyxError */
  join(name: string, address: HostAddress, models: readonly string[] = []): Promise<void> {
    return this.#fleet.join(name, address, models);
  }

  /** Settles when there are as many nodes as there should be. @throws StyxError when a host could not start them */
  ready(): Promise<void> {
    return this.#fleet.reconcile();
  }

  /** Settles when a host has joined and every node serves. @throws LlamboError, StyxError when that cannot be */
  async serving(patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (this.#fleet.hosts.length === 0) {
      if (performance.now() > deadline) throw new LlamboError('no-node', 'no host has joined in time');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.ready();
  }

  /**
   * Sends a question to a node. Whatever happens, the sink hears of it: exactly one finish or error.
   *
   * @throws LlamboError `unknown-model`, `unknown-node`
   */
  infer(request: InferenceRequest, sink: AnswerSink): Inference {
    const { model, class: className } = this.#target(request.model, request.node);
    const answer = new Answer(request, { model, class: className, waitMs: WAIT_MS }, sink, this.#answerHooks);
    this.#retry.arrived(performance.now());
    this.#dispatcher.submit(answer);
    return { id: request.id, cancel: () => answer.cancel() };
  }

  /** Log-probabilities of continuations, from one node. @throws LlamboError, LlamaError */
  score(
    model: string | undefined,
    request: Omit<ScoreRequest, 'caller'> & Target,
    signal?: AbortSignal,
  ): Promise<Score[]> {
    const { node, exclude, key, ...score } = request;
    const length = (score.prompt?.length ?? 0) + score.options.join('').length;
    return this.#errand(model, { node, exclude, key }, length, (calls, { caller }) =>
      calls.score({ ...score, caller }, signal),
    );
  }

  /** Unit vectors for texts, from one node. @throws LlamboError, LlamaError */
  embed(model: string | undefined, texts: readonly string[], target: Target = {}): Promise<Float32Array[]> {
    return this.#errand(model, target, texts.join('').length, (calls) => calls.embed(texts));
  }

  tokenize(model: string | undefined, text: string, options: { special?: boolean } = {}): Promise<number[]> {
    return this.#aside(model, (calls) => calls.tokenize(text, options));
  }

  detokenize(model: string | undefined, tokens: readonly number[]): Promise<string> {
    return this.#aside(model, (calls) => calls.detokenize(tokens));
  }

  applyTemplate(
    model: string | undefined,
    messages: readonly ChatMessage[],
    tools?: readonly unknown[],
  ): Promise<string> {
    return this.#aside(model, (calls) => calls.applyTemplate(messages, tools));
  }

  /** The model, and the class if one was named, that a request's model name stands for. @throws LlamboError */
  resolve(name: string | undefined): { model: string; class: string | undefined } {
    return this.#fleet.resolve(name);
  }

  /** Runs ctl lines, ctl(7); what is to be told of them. @throws LlamboError with the reason */
  execute(lines: string): Promise<string> {
    return runCommands(lines, this.#control);
  }

  get strategy(): string {
    return this.#dispatcher.strategy.name;
  }

  /** Changes how nodes are chosen, from the next question on. @throws LlamboError `bad-request` */
  setStrategy(name: string): void {
    this.#dispatcher.strategy = createStrategy<ClusterNode>(name, {}, this.#fleet.nodes.values());
    this.#store.append({ kind: 'strategy', name });
    this.events.add(`strategy is ${name}`);
  }

  models(): readonly ModelInfo[] {
    return this.#fleet.models();
  }

  get nodes(): readonly ClusterNode[] {
    return [...this.#fleet.nodes.values()];
  }

  node(id: string): ClusterNode | undefined {
    return this.#fleet.nodes.get(id);
  }

  hosts(): readonly HostStatus[] {
    return this.#fleet.hosts;
  }

  /** The cluster's nodes and hosts, for those who serve them as files. */
  get fleet(): Fleet {
    return this.#fleet;
  }

  /** What is wanted of the cluster, as commands that would make another one like it, ctl(7). */
  checkpoint(): string {
    return checkpointText({
      strategy: this.strategy,
      autoscale: this.#autoscaler,
      classes: this.#fleet.classes,
    });
  }

  /** The last decisions of the balancer, oldest first. */
  trace(count?: number): readonly Decision[] {
    return this.#dispatcher.trace.recent(count);
  }

  autoscale(): {
    readonly enabled: boolean;
    readonly policy: string;
    readonly classes: readonly ClassScale[];
    readonly decisions: readonly ClassDecision[];
  } {
    const { enabled, policy } = this.#autoscaler;
    return { enabled, policy, classes: this.#autoscaler.classes(), decisions: this.#autoscaler.decisions() };
  }

  /** What balancer and autoscaler decided lately. */
  decisions(): { readonly balancer: readonly Decision[]; readonly autoscaler: readonly ClassDecision[] } {
    return { balancer: this.trace(), autoscaler: this.#autoscaler.decisions() };
  }

  /** The cluster as files, llambo(4); who attaches is who they say they are. */
  tree(): FileServer {
    return (this.#tree ??= clusterTree(this, {
      metrics: () => this.metrics(),
      models: homeFolder('models'),
    }));
  }

  /** The same files for those who run the cluster. */
  fileServer(): FileServer {
    return asOperator(this.tree());
  }

  status(): ClusterStatus {
    return statusOf({
      nodes: this.nodes,
      classes: [...this.#fleet.classes.keys()],
      maximum: this.#fleet.maximum,
      hosts: this.#fleet.hosts.length,
      waiting: this.#dispatcher.waiting(),
      strategy: this.strategy,
      tokensPerSecond: this.#meters.rate(),
      firstTokenMs: this.#meters.firstToken.percentile(0.5),
      startedAt: this.startedAt,
    });
  }

  /** First-token latency, milliseconds, of the newest answers. */
  latency(share: number): number | undefined {
    return this.#meters.firstToken.percentile(share);
  }

  /** Fails what waits. Hosts go on without us, unless `down` ends them. */
  async stop({ down = true }: { down?: boolean } = {}): Promise<void> {
    this.#autoscaler.stop();
    this.#watch.stop();
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#dispatcher.close(new LlamboError('no-node', 'cluster is shutting down'));
    await this.#fleet.stop(down);
    await this.#store.close();
  }

  #target(name: string | undefined, node: string | undefined): { model: string; class: string | undefined } {
    if (node === undefined) return this.#fleet.resolve(name);
    return { model: this.#fleet.node(node).model, class: undefined };
  }

  async #errand<T>(
    model: string | undefined,
    target: Target,
    characters: number,
    work: (calls: NodeCalls, node: ClusterNode) => Promise<T>,
  ): Promise<T> {
    const { node, exclude, key } = target;
    const errand = new Errand<T>(
      {
        ...this.#target(model, node),
        node,
        exclude,
        key,
        tokens: Math.ceil(characters / 4),
        waitMs: WAIT_MS,
      },
      (each) => work(each.calls, each),
      {
        failover: (job, failed, error) => {
          this.#observed(failed, { ok: false });
          if (/^engine (of|is gone)/.test(error.message)) this.#fleet.doubt(failed);
          this.#again(job, 0, error);
        },
        over: (job) => this.#dispatcher.forget(job),
      },
    );
    this.#dispatcher.submit(errand);
    return errand.result;
  }

  /** What costs no decoding asks any node that works, full or not: it needs none of the engine's sequences. */
  async #aside<T>(model: string | undefined, work: (calls: NodeCalls) => Promise<T>): Promise<T> {
    const target = this.#fleet.resolve(model);
    for (const node of this.#fleet.nodesOf(target.model)) {
      if (node.state !== 'idle' && node.state !== 'busy') continue;
      try {
        return await work(node.calls);
      } catch (error) {
        if (!isNodesFault(error as Error)) throw error;
        break; // something is going on: wait in line like everybody
      }
    }
    return this.#errand(model, {}, 0, work);
  }

  /** A job whose node died goes to another one, now or after a pause. */
  #again(job: Job, tokens: number, error: Error): void {
    const now = performance.now();
    const { failures: attempts } = job;
    const verdict = this.#retry.failed({ attempts, tokens, another: true, patienceMs: WAIT_MS }, now);
    if (!verdict.retry) return job.fail(error);
    if (verdict.afterMs === 0) return this.#dispatcher.resubmit(job);
    this.#later(verdict.afterMs, () => job.over || this.#dispatcher.resubmit(job));
  }

  #observed(node: ClusterNode, observation: Observation): void {
    this.#dispatcher.strategy.observe(node, observation);
    this.#watch.answered(node, observation);
    if (node.load === 0) this.#fleet.idle(node);
  }

  #probe(node: ClusterNode): Promise<Observation> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      node.calls.generate(
        { prompt: 'a', maxTokens: 1, cachePrompt: false, caller: node.caller },
        {
          chunk() {},
          finish: () => resolve({ ok: true, totalMs: performance.now() - startedAt, tokens: 0 }),
          error: reject,
        },
      );
    });
  }

  #hopeful(model: string): boolean {
    if (this.#fleet.hopeful(model)) return true;
    for (const [name, { options }] of this.#fleet.classes) {
      if (options.model !== model || !this.#autoscaler.hopeful(name)) continue;
      this.#autoscaler.wake();
      return true;
    }
    return false;
  }

  #drain(node: ClusterNode, drained: boolean): void {
    if (drained) this.#drained.add(node.id);
    else this.#drained.delete(node.id);
    this.#store.append({ kind: 'drained', node: node.id, drained });
    this.#watch.tell(node, drained ? 'drain' : 'resume');
    this.events.add(`${node.id} is ${drained ? 'draining' : 'back in rotation'}`);
    if (drained) this.#later(this.#options.drainMs ?? DRAIN_MS, () => this.#migrate(node));
  }

  /** Moves what a drained node still has to others; it keeps that as long as they have no room. */
  #migrate(node: ClusterNode): void {
    if (!this.#drained.has(node.id) || this.#fleet.nodes.get(node.id) !== node || node.load === 0) return;
    let room = 0;
    for (const other of this.#fleet.nodesOf(node.model))
      if (other.class === node.class && hasRoom(other)) room += other.capacity - other.load;
    if (room >= node.load) node.evict();
    else this.#later(NO_ROOM_MS, () => this.#migrate(node));
  }

  #later(milliseconds: number, what: () => void): void {
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      what();
    }, milliseconds);
    this.#pauses.add(pause);
  }
}
