import { badRequest, cancelled, contextOverflow, engineGone, queueFull } from '../errors.ts';
import type {
  ChatMessage,
  Engine,
  EngineStatus,
  GenerateRequest,
  GenerateSink,
  Generation,
  ModelInfo,
  Score,
  ScoreRequest,
} from './engine.ts';
import { uniform } from './random.ts';
import { checkRequest, checkScore } from './validate.ts';

export interface EchoOptions {
  readonly name?: string;
  /** Milliseconds between two tokens of one answer; default 0: as fast as the event loop turns. */
  readonly tokenMs?: number;
  /** Milliseconds before the first token. */
  readonly firstMs?: number;
  readonly context?: number;
  readonly sequences?: number;
  readonly queue?: number;
}

interface Running {
  readonly request: GenerateRequest;
  readonly sink: GenerateSink;
  readonly words: readonly string[];
  readonly maxTokens: number;
  readonly prompt: string;
  readonly queuedAt: number;
  next: number;
  timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
}

const WORDS =
  'the echo engine has no model and repeats what it was told in other words so that tests can tell where it stopped'.split(
    ' ',
  );

/**
 * An engine without a model, for tests and benches of the control plane. It answers `echo:` and a pseudo-random run of
 * words that depends on prompt, seed and position alone: an answer that moves between two echo engines has the same bytes
 * as one that did not. A token is a word.
 */
export class EchoEngine implements Engine {
  readonly info: ModelInfo;
  readonly #options: Required<EchoOptions>;
  readonly #running = new Set<Running>();
  readonly #waiting: Running[] = [];
  #counters = { requests: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0, steps: 0 };
  #closed: string | undefined;

  constructor(options: EchoOptions = {}) {
    this.#options = {
      name: 'echo',
      tokenMs: 0,
      firstMs: 0,
      context: 4096,
      sequences: 32,
      queue: 1024,
      ...options,
    };
    const { name, context, sequences } = this.#options;
    this.info = {
      name,
      path: '',
      description: 'echo engine: no model, for tests',
      parameters: 0,
      bytes: 0,
      vocabulary: WORDS.length,
      embeddingLength: 8,
      trainedContext: context,
      context,
      sequences,
      chat: true,
    };
  }

  generate(request: GenerateRequest, sink: GenerateSink): Generation {
    let running: Running;
    try {
      running = this.#prepare(request, sink);
    } catch (error) {
      sink.error(error as Error);
      return { cancel() {} };
    }
    this.#counters.requests++;
    if (this.#running.size < this.#options.sequences) this.#start(running);
    else if (this.#waiting.length < this.#options.queue) this.#waiting.push(running);
    else sink.error(queueFull(this.#options.queue));
    return { cancel: () => this.#cancel(running) };
  }

  #prepare(request: GenerateRequest, sink: GenerateSink): Running {
    if (this.#closed !== undefined) throw engineGone(this.#closed);
    checkRequest(request);
    const prompt = textOf(request);
    const tokens = prompt.split(/\s+/).length;
    if (tokens >= this.#options.context) throw contextOverflow(tokens, 1, this.#options.context);
    const maxTokens = Math.min(request.maxTokens ?? 64, this.#options.context - tokens);
    return {
      request,
      sink,
      prompt,
      maxTokens,
      words: wordsFor(prompt, request.seed ?? 0, maxTokens),
      queuedAt: performance.now(),
      next: request.resume?.length ?? 0,
      timer: undefined,
    };
  }

  #start(running: Running): void {
    this.#running.add(running);
    const startedAt = performance.now();
    let firstAt = startedAt;
    const again = (ms: number): void => {
      running.timer = ms > 0 ? setTimeout(step, ms) : setImmediate(step);
    };
    const step = (): void => {
      this.#counters.steps++;
      if (running.next === (running.request.resume?.length ?? 0)) firstAt = performance.now();
      if (running.next >= running.maxTokens) {
        this.#end(running);
        const promptTokens = running.prompt.split(/\s+/).length;
        this.#counters.promptTokens += promptTokens;
        return running.sink.finish({
          reason: 'length',
          usage: {
            promptTokens,
            cachedTokens: 0,
            completionTokens: running.next,
            queueMs: startedAt - running.queuedAt,
            promptMs: firstAt - startedAt,
            generateMs: performance.now() - firstAt,
          },
        });
      }
      const token = running.next++;
      this.#counters.completionTokens++;
      running.sink.chunk({ text: running.words[token] as string, tokens: [token] });
      if (this.#running.has(running)) again(this.#options.tokenMs); // the sink may have cancelled, or killed this engine
    };
    again(this.#options.firstMs);
  }

  #end(running: Running): void {
    clearTimeout(running.timer as NodeJS.Timeout);
    clearImmediate(running.timer as NodeJS.Immediate);
    if (!this.#running.delete(running)) return;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next);
  }

  #cancel(running: Running): void {
    const at = this.#waiting.indexOf(running);
    if (at >= 0) this.#waiting.splice(at, 1);
    else if (!this.#running.has(running)) return;
    else this.#end(running);
    running.sink.error(cancelled());
  }

  async score(request: ScoreRequest): Promise<Score[]> {
    checkScore(request);
    return request.options.map((option, i) => {
      const tokens = option.trim().split(/\s+/).length;
      return {
        logprob: -tokens * (1 + uniform(hash(textOf(request)), i)),
        tokens,
        bytes: Buffer.byteLength(option),
      };
    });
  }

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    return texts.map((text) => {
      if (text === '') throw badRequest('text to embed is empty');
      const raw = Float32Array.from({ length: 8 }, (_, i) => uniform(hash(text), i) - 0.5);
      const length = Math.hypot(...raw);
      return raw.map((value) => value / length);
    });
  }

  async tokenize(text: string): Promise<number[]> {
    return text.split(/\s+/).map((word) => Math.max(0, WORDS.indexOf(word)));
  }

  async detokenize(tokens: readonly number[]): Promise<string> {
    return tokens.map((token) => WORDS[token] ?? '').join(' ');
  }

  async applyTemplate(messages: readonly ChatMessage[]): Promise<string> {
    return textOf({ messages });
  }

  async status(): Promise<EngineStatus> {
    return {
      active: this.#running.size,
      waiting: this.#waiting.length,
      sequences: this.#options.sequences,
      ...this.#counters,
      rss: process.memoryUsage.rss(),
    };
  }

  /** Ends every request at once, as the death of an engine process does. */
  async close(): Promise<void> {
    this.fail('closed');
  }

  /** Dies: what a test of failover does to it. */
  fail(why: string): void {
    this.#closed = why;
    const doomed = [...this.#running, ...this.#waiting.splice(0)];
    for (const running of doomed) {
      this.#end(running);
      running.sink.error(engineGone(why));
    }
  }
}

function textOf(request: Pick<GenerateRequest, 'prompt' | 'messages' | 'tokens'>): string {
  if (request.messages !== undefined)
    return request.messages.map((message) => `${message.role}: ${message.content}`).join('\n');
  return request.prompt ?? (request.tokens ?? []).join(' ');
}

function wordsFor(prompt: string, seed: number, count: number): string[] {
  const start = hash(prompt) ^ seed;
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? 'echo:' : ` ${WORDS[Math.floor(uniform(start, i) * WORDS.length)]}`,
  );
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
