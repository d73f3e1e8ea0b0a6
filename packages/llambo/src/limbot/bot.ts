/** A conversation with a cluster, without a terminal: what is asked, sent, kept and counted. */
import type { ChatEnd, ChatTurn, ClusterClient, ModelRow } from '../cli/client/client.ts';
import { LlamboError } from '../errors.ts';
import { type Fit, fitContext, reserveOf } from './context.ts';
import { Conversation } from './conversation.ts';
import type { History } from './history.ts';
import type { Session, Turn } from './history-format.ts';
import type { Settings } from './settings.ts';
import { summarise } from './summarise.ts';
import { ClusterCounter } from './tokens.ts';

/** Context of a cluster that does not say what it has. */
const SMALLEST_CONTEXT = 2048;

/** Who watches an answer. */
export interface Watcher {
  /** A piece of the answer. */
  text(text: string): void;
  /** Something about the conversation that a person should know. */
  note(text: string): void;
}

export interface Answer {
  readonly text: string;
  readonly end: ChatEnd;
  /** Milliseconds from the question to the first piece; undefined: there was none. */
  readonly firstMs: number | undefined;
  readonly totalMs: number;
}

/** Sums over the answers of this run. */
export interface Totals {
  answers: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  milliseconds: number;
}

export class Bot {
  readonly settings: Settings;
  readonly totals: Totals = {
    answers: 0,
    promptTokens: 0,
    cachedTokens: 0,
    completionTokens: 0,
    milliseconds: 0,
  };
  cluster: ClusterClient;
  conversation: Conversation;
  /** The newest answer's figures. */
  last: Answer | undefined;
  readonly #history: History | undefined;
  #models: readonly ModelRow[] | undefined;
  /** By model or class: as the cluster says, or as was found out by running into it. */
  readonly #contexts = new Map<string, number>();
  #counters = new Map<string, ClusterCounter>();
  /** Turns of which it was said that they are left out. */
  #told = 0;

  constructor(cluster: ClusterClient, settings: Settings, history: History | undefined, session?: Session) {
    this.cluster = cluster;
    this.settings = settings;
    this.#history = history;
    this.conversation = new Conversation(this.#kept(), session);
  }

  #kept(): History | undefined {
    return this.settings.flag('history') ? this.#history : undefined;
  }

  /** Begins another conversation, or goes on with an earlier one. */
  begin(session?: Session): void {
    this.conversation = new Conversation(this.#kept(), session);
    this.#told = 0;
  }

  /** What requests name: a class, a model, or nothing: the cluster's default. */
  get target(): string | undefined {
    return this.settings.text('class') ?? this.settings.text('model');
  }

  async models(): Promise<readonly ModelRow[]> {
    this.#models ??= await this.cluster.models();
    return this.#models;
  }

  /** Another cluster: nothing that was learned of the old one counts. */
  reconnect(cluster: ClusterClient): void {
    this.cluster = cluster;
    this.#models = undefined;
    this.#contexts.clear();
    this.#counters.clear();
  }

  /** Tokens of prompt and answer together, of who answers next. */
  async context(): Promise<number> {
    const target = this.target ?? '';
    let context = this.#contexts.get(target);
    if (context === undefined) {
      context = (await this.cluster.context(this.target)) ?? SMALLEST_CONTEXT;
      this.#contexts.set(target, context);
    }
    return context;
  }

  /** A question and its answer. What goes wrong before the answer leaves the question, for /retry. */
  async ask(text: string, watcher: Watcher, signal?: AbortSignal): Promise<Answer> {
    const { conversation } = this;
    const next: Turn = { number: Number.MAX_SAFE_INTEGER, at: Date.now(), role: 'user', text, end: {} };
    // Too long a question is refused before it becomes a part of the conversation.
    await this.#fit([...conversation.turns, next], watcher, signal);
    conversation.say(text);
    return this.#answer(watcher, signal);
  }

  /** The newest question once more, with another seed when one is set. */
  async retry(watcher: Watcher, signal?: AbortSignal): Promise<Answer> {
    this.conversation.undoAnswer();
    return this.#answer(watcher, signal, this.settings.number('seed') === undefined ? undefined : 1);
  }

  async #answer(watcher: Watcher, signal?: AbortSignal, seedStep = 0): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const fit = await this.#fit(this.conversation.turns, watcher, signal);
      this.#tell(fit, watcher);
      try {
        return await this.#send(fit.messages, watcher, signal, seedStep);
      } catch (error) {
        // The bound of a cluster that did not say it: found by running into it, before a word of the answer.
        if (!(error instanceof LlamboError) || error.code !== 'context-overflow' || attempt >= 4) throw error;
        const believed = await this.context();
        const limit = contextIn(error.message);
        this.#contexts.set(this.target ?? '', limit < believed ? limit : Math.floor(believed * 0.75));
        this.#counters.clear();
      }
    }
  }

  async #send(
    messages: readonly ChatTurn[],
    watcher: Watcher,
    signal: AbortSignal | undefined,
    seedStep: number,
  ): Promise<Answer> {
    const asked = performance.now();
    let firstMs: number | undefined;
    const sent = this.settings.sent();
    if (sent['seed'] !== undefined) sent['seed'] += seedStep;
    let writer: ReturnType<Conversation['begin']> | undefined;
    let text = '';
    const onText = (part: string): void => {
      firstMs ??= performance.now() - asked;
      watcher.text(part);
      text += part;
      writer ??= this.conversation.begin();
      writer.push(part);
    };
    let end: ChatEnd;
    try {
      const request = { messages, model: this.target, user: this.conversation.id, ...sent };
      end = await this.cluster.chat(request, onText, signal);
    } catch (error) {
      writer?.end({ reason: signal?.aborted ? 'stopped' : 'failed' });
      throw error;
    }
    writer ??= this.conversation.begin();
    const { provenance } = end;
    writer.end({
      reason: end.reason,
      model: end.model,
      ...(provenance === undefined ? {} : { node: provenance.node, class: provenance.class }),
      prompt: end.promptTokens,
      cached: end.cachedTokens,
      completion: end.completionTokens,
    });
    const answer: Answer = { text, end, firstMs, totalMs: performance.now() - asked };
    this.last = answer;
    this.totals.answers++;
    this.totals.promptTokens += end.promptTokens;
    this.totals.cachedTokens += end.cachedTokens;
    this.totals.completionTokens += end.completionTokens;
    this.totals.milliseconds += answer.totalMs;
    return answer;
  }

  async #fit(turns: readonly Turn[], watcher: Watcher, signal?: AbortSignal): Promise<Fit> {
    const context = await this.context();
    const reserve = reserveOf(context, this.settings.number('max_tokens'));
    const answered = turns.filter(({ role }, i) => role !== 'user' || turns[i + 1]?.role !== 'user');
    const options = (): Parameters<typeof fitContext>[1] => ({
      system: this.settings.text('system'),
      summary: this.conversation.summary,
      context,
      reserve,
    });
    const counter = this.#counter(context - reserve);
    let fit = await fitContext(answered, options(), counter);
    const through = fit.dropped.at(-1)?.number;
    if (through !== undefined && this.settings.text('overflow') === 'summarise') {
      watcher.note(`summarising ${fit.dropped.length} turns that do not fit any more ...`);
      const text = await summarise(this.cluster, this.target, this.conversation.summary, fit.dropped, {
        context,
        counter,
        signal,
      });
      this.conversation.summarise(through, text);
      fit = await fitContext(answered, options(), counter);
    }
    return fit;
  }

  #counter(enough: number): ClusterCounter {
    const key = `${this.target ?? ''} ${enough}`;
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = new ClusterCounter(this.cluster, this.target, enough);
      this.#counters.set(key, counter);
    }
    return counter;
  }

  #tell({ dropped }: Fit, watcher: Watcher): void {
    const newest = dropped.at(-1)?.number ?? 0;
    if (newest <= this.#told) return;
    this.#told = newest;
    const what = dropped.length === 1 ? 'turn does' : `${dropped.length} turns do`;
    watcher.note(`the oldest ${what} not fit any more and ${dropped.length === 1 ? 'is' : 'are'} left out`);
  }
}

/** `... context of 2048 tokens`, as the engine words it. */
const contextIn = (message: string): number => Number(/context of (\d+)/.exec(message)?.[1] ?? Number.NaN);
