/**
 * Runs one fusion: seats a committee, asks it in waves, replaces nodes that fail or dawdle, stops as soon as more votes
 * would not matter, and lets the strategy decide over what has come. Bounded by one absolute deadline; whoever is not
 * needed any more is cancelled at once.
 */
import { setMaxListeners } from 'node:events';
import { noNode, requestCancelled } from '../errors.ts';
import { clamp, leaderPosterior, median } from './agreement.ts';
import { seating } from './committee.ts';
import { agreementOf, dissentOf, poolShares } from './outcome.ts';
import type { Question } from './question.ts';
import { askCanaries, CANARIES, CANARY_MS, type Reliabilities } from './reliability.ts';
import { cosine, rougeL, wordsOf } from './rouge.ts';
import type { Decision, Setting } from './strategies/index.ts';
import { carryOut, type Task, taskFor } from './task.ts';
import type { Agreement, FusionCluster, FusionHooks, FusionNode, FusionResult, Vote } from './types.ts';

/** Votes of the first wave: four that agree are enough for the Beta rule (1 - 2^-5 > 0.95). */
const FIRST_WAVE = 4;
const NEXT_WAVE = 4;
/** Probability of the leader at which an adaptive fusion stops. */
const SURE = 0.95;
/** A seat is given to a second node after this many times the median of the answers that have come. */
const STRAGGLER = 3;
const STRAGGLER_LEAST_MS = 250;
/** Lead of an option, in pooled probability, that ends a cascade of opinions: by tuning questions, docs/fusion.md. */
const POOL_MARGIN = 0.15;
/** Weight of a vote, whatever reliabilities and configuration say. */
const WEIGHT_CLIP = [0.05, 4] as const;

/** A seat of the committee, its task, and who is at it. */
interface Seat {
  readonly task: Task;
  readonly model: string;
  readonly startedAt: number;
  readonly running: Map<string, AbortController>;
  hedged: boolean;
  over: boolean;
}

export class Fusion {
  readonly #cluster: FusionCluster;
  readonly #question: Question;
  readonly #hooks: FusionHooks;
  readonly #reliabilities: Reliabilities | undefined;
  readonly #caller: AbortSignal | undefined;
  readonly #stop = new AbortController();
  readonly #votes: Vote[] = [];
  readonly #asked = new Map<string, FusionNode>();
  readonly #seats: Seat[] = [];
  readonly #ofModel = new Map<string, number>();
  #spares: FusionNode[] = [];
  #wake: (() => void) | undefined;
  #late = false;

  constructor(
    cluster: FusionCluster,
    question: Question,
    hooks: FusionHooks = {},
    signal?: AbortSignal,
    reliabilities?: Reliabilities,
  ) {
    this.#cluster = cluster;
    this.#question = question;
    this.#hooks = hooks;
    this.#caller = signal;
    this.#reliabilities = reliabilities ?? cluster.reliabilities;
  }

  /** @throws LlamboError `no-node` when there is nobody to ask, `cancelled` when the caller aborted */
  async run(): Promise<FusionResult> {
    const start = performance.now();
    const question = this.#question;
    if (this.#caller?.aborted) throw requestCancelled();
    const { model } = question.request;
    const mine = this.#cluster
      .nodes()
      .filter((node) => model === undefined || node.model === model || node.class === model);
    this.#spares = seating(mine, question.distinct);
    if (this.#spares.length === 0) {
      throw noNode(
        model ?? 'of any name',
        mine.length === 0 ? 'there is none' : 'all are busy or out of order',
      );
    }
    const size = Math.min(question.nodes, this.#spares.length);
    const deadline = setTimeout(() => {
      this.#late = true;
      this.#end();
    }, question.deadlineMs);
    const aborted = (): void => this.#end();
    this.#caller?.addEventListener('abort', aborted, { once: true });
    try {
      await this.#canaries(size);
      await this.#convene(size);
    } finally {
      clearTimeout(deadline);
      this.#caller?.removeEventListener('abort', aborted);
      this.#end();
    }
    if (this.#caller?.aborted) throw requestCancelled();
    const result = await this.#result(size, start);
    if (!result.abstained) this.#hooks.text?.(result.answer);
    return result;
  }

  /** Lets the nodes that are about to vote answer the canaries that they have not answered yet. */
  async #canaries(size: number): Promise<void> {
    const { canaries } = this.#question;
    if (canaries === 0 || this.#reliabilities === undefined) return;
    const nodes = this.#spares.slice(0, size).map(({ id }) => id);
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(CANARY_MS)]);
    await askCanaries(this.#cluster, this.#reliabilities, nodes, signal, CANARIES.slice(0, canaries));
  }

  /** Asks wave after wave until all seats have voted or the rest cannot matter. */
  async #convene(size: number): Promise<void> {
    const { cascade, adaptive, strategy } = this.#question;
    if (cascade) {
      await this.#wave(1, true);
      const [first] = this.#valid();
      const { confident } = this.#question;
      if (strategy.asks === 'scores' ? this.#sure() : first !== undefined && first.confidence >= confident)
        return;
    }
    // Opinions about options are joined as they come: each may make the next one needless.
    while (cascade && strategy.asks === 'scores' && !this.#stop.signal.aborted && this.#seats.length < size) {
      const before = this.#seats.length;
      await this.#wave(1, true);
      if (this.#seats.length === before || this.#sure()) return;
    }
    // Texts are compared with each other, and opinions are cheap: those are asked for at once.
    const waves = adaptive && strategy.asks === 'answers' && this.#question.kind !== 'text';
    while (!this.#stop.signal.aborted && this.#seats.length < size) {
      const before = this.#seats.length;
      const left = size - before;
      await this.#wave(
        waves ? Math.min(left, before < FIRST_WAVE ? FIRST_WAVE - before : NEXT_WAVE) : left,
        false,
      );
      if (this.#seats.length === before) return; // nobody is left
      if (waves && this.#decided(size - this.#seats.length)) return;
    }
  }

  /** Whether the opinions that are there make one option likely enough. */
  #sure(): boolean {
    const votes = this.#valid();
    if (votes.length === 0) return false;
    const { shares } = this.#question.strategy.decide(votes, this.#setting(votes));
    const [first = 0, second = 0] = shares.map(({ weight }) => weight);
    const { confident } = this.#question.request;
    return confident === undefined ? first - second >= POOL_MARGIN : first >= confident;
  }

  /** Whether `left` more votes would leave the leader where it is, surely or probably. */
  #decided(left: number): boolean {
    const votes = this.#valid();
    if (votes.length === 0) return false;
    const { shares, weights } = this.#question.strategy.decide(votes, this.#setting(votes));
    const [first, second] = shares;
    const typical = weights.reduce((sum, weight) => sum + weight, 0) / votes.length || 1;
    const lead = ((first?.weight ?? 0) - (second?.weight ?? 0)) / typical;
    if (lead > left * 2) return true;
    return leaderPosterior((first?.weight ?? 0) / typical, (second?.weight ?? 0) / typical) >= SURE;
  }

  /** Fills `count` seats and waits until each has voted, failed for good, or is not waited for any more. */
  async #wave(count: number, greedy: boolean): Promise<void> {
    const seats: Seat[] = [];
    for (let i = 0; i < count; i++) {
      const node = this.#spares.shift();
      if (node === undefined) break;
      const nth = this.#ofModel.get(node.model) ?? 0;
      this.#ofModel.set(node.model, nth + 1);
      const task = taskFor(this.#question, node, this.#seats.length, nth, greedy);
      const seat: Seat = {
        task,
        model: node.model,
        startedAt: performance.now(),
        running: new Map(),
        hedged: false,
        over: false,
      };
      this.#seats.push(seat);
      seats.push(seat);
      this.#start(seat, node);
    }
    while (!this.#stop.signal.aborted && seats.some(({ over }) => !over)) {
      const timer = setTimeout(() => this.#rouse(), this.#hedge(seats));
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      clearTimeout(timer);
    }
  }

  /** Gives seats of stragglers to a spare node as well; milliseconds until the next look at them. */
  #hedge(seats: readonly Seat[]): number {
    const times = this.#valid().map(({ ms }) => ms);
    if (times.length * 2 < seats.length) return 60_000;
    const patience = Math.max(STRAGGLER_LEAST_MS, STRAGGLER * median(times));
    const now = performance.now();
    let next = 60_000;
    for (const seat of seats) {
      if (seat.over || seat.hedged) continue;
      const due = seat.startedAt + patience - now;
      if (due > 0) next = Math.min(next, due);
      else {
        seat.hedged = true;
        const spare = this.#spareFor(seat);
        if (spare !== undefined) this.#start(seat, spare);
      }
    }
    return next + 1;
  }

  /** A node that can take over a seat's task: of the same model first, since a task is made for a model. */
  #spareFor(seat: Seat): FusionNode | undefined {
    const ready = new Set(
      this.#cluster
        .nodes()
        .filter((node) => node.ready)
        .map(({ id }) => id),
    );
    const able = this.#spares.filter(({ id }) => ready.has(id));
    const spare =
      able.find(({ model }) => model === seat.model) ??
      (seat.task.member === undefined ? able[0] : undefined);
    if (spare !== undefined) this.#spares = this.#spares.filter((node) => node !== spare);
    return spare;
  }

  #start(seat: Seat, node: FusionNode): void {
    const own = new AbortController();
    seat.running.set(node.id, own);
    this.#asked.set(node.id, node);
    const startedAt = performance.now();
    const signal = AbortSignal.any([own.signal, this.#stop.signal]);
    setMaxListeners(0, signal); // a task of many scores listens once for each
    carryOut(this.#question, seat.task, node, this.#cluster, signal).then(
      (vote) => this.#voted(seat, node, vote),
      (error: unknown) => this.#failed(seat, node, error, performance.now() - startedAt),
    );
  }

  #voted(seat: Seat, node: FusionNode, vote: Vote): void {
    if (seat.over || this.#stop.signal.aborted) return;
    seat.running.delete(node.id);
    seat.over = true;
    for (const [loser, controller] of seat.running) {
      controller.abort();
      this.#missing(loser, 'another node was faster');
    }
    seat.running.clear();
    this.#record(vote);
    this.#rouse();
  }

  #failed(seat: Seat, node: FusionNode, error: unknown, ms: number): void {
    if (seat.over || this.#stop.signal.aborted) return;
    seat.running.delete(node.id);
    this.#missing(node.id, error instanceof Error ? error.message : String(error), ms);
    if (seat.running.size === 0) {
      const spare = this.#spareFor(seat);
      if (spare === undefined) seat.over = true;
      else this.#start(seat, spare);
    }
    this.#rouse();
  }

  #missing(id: string, error: string, ms = 0): void {
    const { model = '', class: nodeClass = '' } = this.#asked.get(id) ?? {};
    this.#record({
      node: id,
      model,
      class: nodeClass,
      text: '',
      key: '',
      weight: 0,
      logprob: 0,
      confidence: 0,
      tokens: 0,
      ms,
      error,
    });
  }

  #record(vote: Vote): void {
    this.#votes.push(vote);
    this.#hooks.vote?.(vote);
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Frees every node that is still at it. */
  #end(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    for (const seat of this.#seats) {
      for (const id of seat.running.keys()) {
        this.#missing(id, this.#late ? 'no answer by the deadline' : 'not waited for');
      }
      seat.running.clear();
    }
    this.#rouse();
  }

  #valid(): Vote[] {
    return this.#votes.filter(({ error }) => error === undefined);
  }

  #setting(votes: readonly Vote[], vectors?: ReadonlyMap<string, Float32Array>): Setting {
    const { kind, options, agree, request } = this.#question;
    const words = new Map<string, string[]>();
    const of = (text: string): string[] => {
      const known = words.get(text) ?? wordsOf(text);
      words.set(text, known);
      return known;
    };
    const share = poolShares(votes);
    return {
      kind,
      options,
      agree,
      pooling: request.pooling ?? 'logarithmic',
      accuracies: request.accuracies ?? {},
      weight: (vote) =>
        (share.get(vote) ?? 1) *
        clamp(
          (request.weights?.[vote.model] ?? 1) * (this.#reliabilities?.weight(vote.node) ?? 1),
          ...WEIGHT_CLIP,
        ),
      likeness: (a, b) => {
        const [x, y] = [vectors?.get(a.text), vectors?.get(b.text)];
        return x && y ? cosine(x, y) : rougeL(of(a.text), of(b.text));
      },
    };
  }

  async #result(size: number, start: number): Promise<FusionResult> {
    const { id, strategy, request } = this.#question;
    const valid = this.#valid();
    const vectors =
      strategy.name === 'medoid' && request.similarity === 'embedding'
        ? await this.#vectors(valid)
        : undefined;
    const decision = valid.length === 0 ? undefined : strategy.decide(valid, this.#setting(valid, vectors));
    const agreement = agreementOf(decision);
    const reason = this.#reason(decision, agreement, valid.length, size);
    const leader = decision?.leader === undefined ? undefined : valid[decision.leader];
    const weightOf = new Map(valid.map((vote, at) => [vote, decision?.weights[at] ?? 0]));
    const winner = reason === undefined ? leader : undefined;
    const { options } = this.#question;
    const option = winner && options.length > 0 ? Number(decision?.shares[0]?.key) : undefined;
    return {
      id,
      strategy: strategy.name,
      answer:
        option !== undefined && Number.isInteger(option) ? (options[option] as string) : (winner?.text ?? ''),
      ...(option === undefined ? {} : { option }),
      ...(winner === undefined ? {} : { node: winner.node }),
      agreement,
      votes: this.#votes.map((vote) => ({ ...vote, weight: weightOf.get(vote) ?? 0 })),
      dissent: dissentOf(decision, valid, options),
      responded: valid.length,
      asked: this.#asked.size,
      tokens: this.#votes.reduce((sum, { tokens }) => sum + tokens, 0),
      ms: performance.now() - start,
      abstained: winner === undefined,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  #reason(
    decision: Decision | undefined,
    agreement: Agreement,
    votes: number,
    size: number,
  ): string | undefined {
    const { minAgreement, tolerate, quorum, cascade } = this.#question;
    // A cascade that was sure after its first answer needs no second one.
    const needed =
      quorum ?? (cascade && this.#seats.length === 1 ? 1 : Math.floor(this.#planned(size) / 2) + 1);
    if (decision === undefined) return this.#late ? 'no vote by the deadline' : 'no node gave a vote';
    if (votes < needed)
      return `only ${votes} of the ${needed} votes needed${this.#late ? ' by the deadline' : ''}`;
    if (decision.leader === undefined) return decision.reason ?? 'no consensus';
    if (agreement.share < minAgreement) {
      return `agreement is ${agreement.share.toFixed(2)}, less than ${minAgreement}`;
    }
    if (decision.tolerates < tolerate) {
      return `${tolerate} lying nodes could have changed the result; it stands up to ${decision.tolerates}`;
    }
    return undefined;
  }

  /** Votes that the committee meant to have: those of the seats filled, when it stopped early because it was sure. */
  #planned(size: number): number {
    return this.#late ? size : Math.min(size, this.#seats.length);
  }

  async #vectors(votes: readonly Vote[]): Promise<ReadonlyMap<string, Float32Array> | undefined> {
    const texts = [...new Set(votes.map(({ text }) => text))];
    if (this.#cluster.embed === undefined) return undefined;
    const signal = AbortSignal.any([AbortSignal.timeout(10_000), ...(this.#caller ? [this.#caller] : [])]);
    try {
      const vectors = await this.#cluster.embed(texts, signal);
      return new Map(texts.map((text, at) => [text, vectors[at] as Float32Array]));
    } catch {
      return undefined; // words are compared instead
    }
  }
}
