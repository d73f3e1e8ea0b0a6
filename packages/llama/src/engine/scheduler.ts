/**
 * Continuous batching: one loop over llama_decode for all sequences of a model. Each step takes one token of every
 * sequence that generates and pieces of the prompts that are being read, runs them as one batch, and hands out what came
 * of it. All bookkeeping happens between two decodes; while one runs on its thread, this thread is free for requests.
 */
import { cancelled, engineGone, nativeError, queueFull } from '../errors.ts';
import type { Context } from '../native/context.ts';
import type { Vocabulary } from '../native/vocabulary.ts';
import { type CpuLimit, CpuLimits } from './cpu-limits.ts';
import type { Chunk, Finish, TokenLogprob } from './engine.ts';
import { CHUNK } from './prompt.ts';
import { FairQueue } from './queue.ts';
import { logSumExp, selectLargest } from './sampler.ts';
import { fail, type GenerateSequence, type ScoreSequence, type Sequence } from './sequence.ts';
import { type Slot, SlotPool } from './slots.ts';

/** Which row of logits belongs to whom. */
interface Output {
  readonly sequence: Sequence;
  /** Index in the sequence of the token that the logits are of. */
  readonly index: number;
}

export interface Counters {
  requests: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  steps: number;
}

export class Scheduler {
  readonly counters: Counters = {
    requests: 0,
    promptTokens: 0,
    cachedTokens: 0,
    completionTokens: 0,
    steps: 0,
  };
  readonly #context: Context;
  readonly #vocabulary: Vocabulary;
  readonly #queue: FairQueue<Sequence>;
  readonly #pool: SlotPool;
  #active: Sequence[] = [];
  #outputs: Output[] = [];
  #virtual = 0;
  readonly #limits = new CpuLimits();
  /** Tokens in this step of those who have a limit. */
  #charges: { readonly limit: CpuLimit; readonly tokens: number }[] = [];
  /** Milliseconds until the first of those who have used up their limit may go on. */
  #pause = Number.POSITIVE_INFINITY;
  #closed: Error | undefined;
  #wake: (() => void) | undefined;
  readonly #loop: Promise<void>;

  /**
   * @param waiting requests that may wait for a sequence
   * @param sharing whether the model's state can be cut at a position, so that prefixes can be shared
   */
  constructor(context: Context, vocabulary: Vocabulary, waiting: number, sharing: boolean) {
    this.#context = context;
    this.#vocabulary = vocabulary;
    this.#queue = new FairQueue(waiting);
    this.#pool = new SlotPool(context.shape.sequences, sharing);
    this.#loop = this.#run();
  }

  get active(): number {
    return this.#active.length;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Puts a sequence into the queue; one that finds it full fails at once. */
  submit(sequence: Sequence): void {
    if (this.#closed !== undefined) return fail(sequence, this.#closed);
    this.counters.requests++;
    if (!this.#queue.push(sequence)) return fail(sequence, queueFull(this.#queue.limit));
    this.#rouse();
  }

  cancel(sequence: Sequence): void {
    if (sequence.cancelled) return;
    sequence.cancelled = true;
    if (this.#queue.remove(sequence)) fail(sequence, cancelled());
    else this.#rouse();
  }

  /** Fails all that is under way and ends the loop; the context is no longer used once this has settled. */
  async close(): Promise<void> {
    this.#closed ??= engineGone('closed');
    this.#rouse();
    await this.#loop;
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  async #run(): Promise<void> {
    while (this.#closed === undefined) {
      this.#dropCancelled();
      this.#admit();
      const tokens = this.#fillBatch();
      if (tokens === 0) {
        await this.#rest();
        continue;
      }
      await this.#step(tokens);
    }
    for (const sequence of [...this.#active, ...this.#queue.drain()]) fail(sequence, this.#closed);
    this.#active = [];
  }

  /** Until there is news, or somebody's limit allows the next step. */
  async #rest(): Promise<void> {
    const milliseconds = this.#pause;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (Number.isFinite(milliseconds)) timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
  }

  async #step(tokens: number): Promise<void> {
    let code: number;
    const before = this.#charges.length > 0 ? process.cpuUsage() : undefined;
    try {
      code = await this.#context.decode(tokens);
    } catch (error) {
      code = -1;
      this.#closed = nativeError('llama_decode could not be called', error);
    }
    this.counters.steps++;
    if (before !== undefined) this.#charge(tokens, process.cpuUsage(before));
    if (code !== 0) return this.#decodeFailed(code);
    this.#takeOutputs();
  }

  #charge(tokens: number, { user, system }: NodeJS.CpuUsage): void {
    const now = performance.now();
    const each = (user + system) / 1000 / tokens;
    for (const { limit, tokens: own } of this.#charges) this.#limits.charge(limit, own * each, now);
  }

  /** Whether the sequence has used up the processor time that its caller may have. */
  #mustRest({ limit }: Sequence, now: number): boolean {
    if (limit === undefined) return false;
    const wait = this.#limits.wait(limit, now);
    if (wait > 0) this.#pause = Math.min(this.#pause, wait);
    return wait > 0;
  }

  #dropCancelled(): void {
    for (const sequence of this.#active) if (sequence.cancelled) this.#fail(sequence, cancelled());
  }

  /** Gives free sequences to waiting requests; those whose prefix is being read by another stay in the queue. */
  #admit(): void {
    while (this.#queue.size > 0 && this.#pool.free > 0) {
      const sequence = this.#queue.take((waiting) => this.#start(waiting));
      if (sequence === undefined) return;
      this.#active.push(sequence);
    }
  }

  #start(sequence: Sequence): boolean {
    const { prompt, tenant, cached } = sequence;
    const place = this.#pool.place(tenant, prompt.tokens, prompt.cuts, cached);
    if (place.kind !== 'slot') return false;
    const { slot, source, reuse } = place;
    if (source !== slot) {
      this.#context.copy(source.id, slot.id);
      this.#pool.touch(source);
    }
    this.#context.truncate(slot.id, reuse);
    this.#pool.take(slot, tenant, prompt.tokens, reuse, cached);
    sequence.slot = slot;
    sequence.cachedTokens = reuse;
    sequence.startedAt = performance.now();
    sequence.virtual = this.#virtual;
    this.counters.cachedTokens += reuse;
    this.counters.promptTokens += prompt.tokens.length;
    return true;
  }

  /** Fills the batch and the list of its outputs; the number of tokens in it. */
  #fillBatch(): number {
    this.#outputs = [];
    this.#charges = [];
    this.#pause = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let used = 0;
    const generating = this.#eligible(now);
    for (const sequence of generating) {
      const slot = sequence.slot as Slot;
      slot.tokens.push(sequence.next);
      this.#put(used++, sequence, slot.computed, true);
      slot.computed++;
      sequence.virtual += 1 / sequence.share;
      if (sequence.limit !== undefined) this.#charges.push({ limit: sequence.limit, tokens: 1 });
    }
    const { batch, outputs } = this.#context.shape;
    let budget = this.#readingBudget(generating.length);
    for (const sequence of this.#active) {
      const slot = sequence.slot as Slot;
      if (slot.computed >= sequence.prompt.tokens.length) continue;
      // One piece a step, even with room for more: a batch then looks the same whether what came before was cached.
      const end = sequence.prompt.cuts.find((cut) => cut > slot.computed) ?? sequence.prompt.tokens.length;
      const length = end - slot.computed;
      const wanted = this.#wantedOutputs(sequence, slot.computed, end);
      if (length > budget || used + length > batch || this.#outputs.length + wanted > outputs) continue;
      if (this.#mustRest(sequence, now)) continue;
      if (sequence.limit !== undefined) this.#charges.push({ limit: sequence.limit, tokens: length });
      for (; slot.computed < end; slot.computed++) {
        this.#put(used++, sequence, slot.computed, wanted > 0 && this.#wants(sequence, slot.computed));
      }
      budget -= length;
    }
    return used;
  }

  /**
   * Prompt tokens in this step. Alone, prompts take the whole batch; beside generating sequences they take a piece, and
   * more in proportion when more wait to be read than generate: then the sooner they are read, the fuller the steps.
   */
  #readingBudget(generating: number): number {
    if (generating === 0) return this.#context.shape.batch;
    return CHUNK * Math.max(1, Math.ceil((this.#active.length - generating) / generating));
  }

  /**
   * Sequences that generate in this step. With equal weights these are all; with unequal ones, who is a token ahead of
   * the one served least, relative to the weights, waits. Who has used up a limit neither waits for others nor lets them
   * wait.
   */
  #eligible(now: number): GenerateSequence[] {
    const generating: GenerateSequence[] = [];
    let least = Number.POSITIVE_INFINITY;
    let heaviest = 0;
    for (const sequence of this.#active) {
      if (sequence.kind !== 'generate' || sequence.next < 0) continue;
      if (this.#mustRest(sequence, now)) {
        sequence.virtual = Math.max(sequence.virtual, this.#virtual);
        continue;
      }
      generating.push(sequence);
      least = Math.min(least, sequence.virtual);
      heaviest = Math.max(heaviest, sequence.share);
    }
    if (generating.length === 0) return generating;
    this.#virtual = Math.max(this.#virtual, least);
    const horizon = least + 1 / heaviest;
    return generating.filter((sequence) => sequence.virtual < horizon);
  }

  #wants(sequence: Sequence, index: number): boolean {
    const last = sequence.prompt.tokens.length - 1;
    return sequence.kind === 'generate' ? index === last : index >= sequence.from - 1;
  }

  #wantedOutputs(sequence: Sequence, start: number, end: number): number {
    const first = sequence.kind === 'generate' ? sequence.prompt.tokens.length - 1 : sequence.from - 1;
    return Math.max(0, end - Math.max(start, first));
  }

  #put(at: number, sequence: Sequence, index: number, output: boolean): void {
    const slot = sequence.slot as Slot;
    this.#context.token[at] = slot.tokens[index] as number;
    this.#context.position[at] = index;
    this.#context.sequence[at] = slot.id;
    this.#context.output[at] = output ? 1 : 0;
    if (output) this.#outputs.push({ sequence, index });
  }

  #takeOutputs(): void {
    const { size } = this.#vocabulary;
    const outputs = this.#outputs;
    if (outputs.length === 0) return;
    const rows = this.#context.logits(outputs.length);
    for (let row = 0; row < outputs.length; row++) {
      const { sequence, index } = outputs[row] as Output;
      if (sequence.cancelled) continue;
      const logits = rows.subarray(row * size, (row + 1) * size);
      try {
        if (sequence.kind === 'generate') this.#nextToken(sequence, logits);
        else this.#scored(sequence, index, logits);
      } catch (error) {
        this.#fail(sequence, error instanceof Error ? error : nativeError(String(error)));
      }
    }
  }

  #nextToken(sequence: GenerateSequence, logits: Float32Array): void {
    const slot = sequence.slot as Slot;
    const now = performance.now();
    if (sequence.next < 0) sequence.firstTokenAt = now;
    const wanted = sequence.request.logprobs;
    const before = wanted === undefined ? undefined : logSumExp(logits);
    const top = wanted === undefined ? undefined : this.#alternatives(logits, wanted, before as number);
    const raw = wanted === undefined ? undefined : logits.slice();
    const token = sequence.sampler.sample(logits, slot.tokens, sequence.generated);
    sequence.next = token;
    sequence.generated++;
    this.counters.completionTokens++;

    if (this.#vocabulary.endsGeneration(token) && !sequence.request.ignoreEos) {
      return this.#finish(sequence, 'stop', [token], '');
    }
    const piece = this.#vocabulary.piece(token);
    const text = sequence.detokenizer.push(piece);
    const chunk: Chunk = { text, tokens: [token] };
    if (raw !== undefined && top !== undefined) {
      const logprob = (raw[token] as number) - (before as number);
      Object.assign(chunk, { logprobs: [this.#logprob(token, logprob, top)] });
    }
    if (sequence.detokenizer.stopString !== undefined) return this.#finish(sequence, 'stop', [token], text);
    sequence.sink.chunk(chunk);
    if (sequence.generated >= sequence.maxTokens) return this.#finish(sequence, 'length', [], '');
    if (slot.computed >= this.#context.contextPerSequence) this.#contextFull(sequence, slot);
  }

  #alternatives(logits: Float32Array, wanted: number, sum: number): TokenLogprob['top'] {
    const ids = new Int32Array(wanted);
    const values = new Float64Array(wanted);
    const count = wanted === 0 ? 0 : selectLargest(logits, wanted, ids, values);
    return Array.from({ length: count }, (_, i) => ({
      token: ids[i] as number,
      text: this.#vocabulary.detokenize([ids[i] as number]),
      logprob: (values[i] as number) - sum,
    }));
  }

  #logprob(token: number, logprob: number, top: TokenLogprob['top']): TokenLogprob {
    return { token, text: this.#vocabulary.detokenize([token]), logprob, top };
  }

  /** Ends the answer, or drops the older half of what follows the first message and goes on. */
  #contextFull(sequence: GenerateSequence, slot: Slot): void {
    if (sequence.request.overflow !== 'shift' || !this.#context.canShift()) {
      return this.#finish(sequence, 'length', [], '');
    }
    const keep = Math.min(sequence.prompt.keep, slot.computed >> 1);
    const drop = (slot.computed - keep) >> 1;
    this.#context.shift(slot.id, keep, keep + drop);
    slot.tokens.splice(keep, drop);
    slot.computed -= drop;
    slot.shared = false; // keys were rotated in place: near enough to go on, not to be taken for a fresh reading
  }

  #finish(
    sequence: GenerateSequence,
    reason: Finish['reason'],
    tokens: readonly number[],
    text: string,
  ): void {
    const now = performance.now();
    const rest = text + sequence.detokenizer.flush();
    if (rest !== '' || tokens.length > 0) sequence.sink.chunk({ text: rest, tokens });
    const { stopString } = sequence.detokenizer;
    this.#release(sequence);
    sequence.sampler.free();
    sequence.sink.finish({
      reason,
      ...(stopString === undefined ? {} : { stopString }),
      usage: {
        promptTokens: sequence.prompt.tokens.length - (sequence.request.resume?.length ?? 0),
        cachedTokens: sequence.cachedTokens,
        completionTokens: sequence.generated,
        queueMs: sequence.startedAt - sequence.queuedAt,
        promptMs: sequence.firstTokenAt - sequence.startedAt,
        generateMs: now - sequence.firstTokenAt,
      },
    });
  }

  #scored(sequence: ScoreSequence, index: number, logits: Float32Array): void {
    const sum = logSumExp(logits);
    const { tokens } = sequence.prompt;
    if (index < tokens.length - 1) {
      sequence.logprob += (logits[tokens[index + 1] as number] as number) - sum;
      return;
    }
    this.#release(sequence);
    sequence.done(
      sequence.targets.map(({ option, last, tokens, bytes }) => [
        option,
        { logprob: sequence.logprob + (logits[last] as number) - sum, tokens, bytes },
      ]),
    );
  }

  #fail(sequence: Sequence, error: Error): void {
    this.#release(sequence);
    fail(sequence, error);
  }

  #release(sequence: Sequence): void {
    this.#active = this.#active.filter((other) => other !== sequence);
    if (sequence.slot !== undefined) this.#pool.release(sequence.slot);
    sequence.slot = undefined;
  }

  /** A failed decode leaves the buffers undefined: every sequence in it fails, and what they held is forgotten. */
  #decodeFailed(code: number): void {
    const error = nativeError(
      code === 1 ? 'KV cache has no room for the batch' : `llama_decode failed with code ${code}`,
    );
    for (const sequence of [...this.#active]) {
      const { slot } = sequence;
      this.#fail(sequence, error);
      if (slot !== undefined) {
        this.#pool.forget(slot);
        this.#context.truncate(slot.id, 0);
      }
    }
  }
}
