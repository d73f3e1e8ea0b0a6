import { availableParallelism } from 'node:os';
import { contextOverflow } from '../errors.ts';
import { Context, loadModel } from '../native/context.ts';
import { type Llama, loadLlama, type Pointer } from '../native/llama.ts';
import { Vocabulary } from '../native/vocabulary.ts';
import { Detokenizer } from './detokenizer.ts';
import { Embedder } from './embedder.ts';
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
import { Grammar } from './grammar.ts';
import { schemaToGrammar } from './json-schema.ts';
import { cutsOf, type Prompt, PromptBuilder } from './prompt.ts';
import { Sampler, withDefaults } from './sampler.ts';
import { Scheduler } from './scheduler.ts';
import { callerOf, type GenerateSequence, type ScoreSequence, type ScoreTarget } from './sequence.ts';
import { checkRequest, checkScore } from './validate.ts';

export interface LocalEngineOptions {
  /** Path of a GGUF file. */
  readonly path: string;
  /** Name that requests know the model by; default: the file's name. */
  readonly name?: string;
  /** Tokens that one request can use; default 2,048, at most what the model was trained on. */
  readonly context?: number;
  /** Requests that generate at once, 1 to 256; default 32. */
  readonly sequences?: number;
  /** Threads of llama_decode; default: the machine's cores. */
  readonly threads?: number;
  /** Requests that wait at most; default 1,024. */
  readonly queue?: number;
  /** Layers on a GPU, where the library has one; default: all. */
  readonly gpuLayers?: number;
  /** Receives llama.cpp's own warnings and errors. */
  readonly log?: (text: string) => void;
}

/** ggml_log_level of warnings; info is below, errors above. */
const WARN = 3;
/** llama.cpp's own default for an answer without a bound would be endless. */
const MOST_DEFAULT_TOKENS = 4096;

/** llama.cpp in this process. A crash of the native code takes the process along: see process/ for one of its own. */
export class LocalEngine implements Engine {
  readonly info: ModelInfo;
  readonly #llama: Llama;
  readonly #model: Pointer;
  readonly #context: Context;
  readonly #vocabulary: Vocabulary;
  readonly #prompts: PromptBuilder;
  readonly #scheduler: Scheduler;
  readonly #embedder: Embedder;

  /** @throws LlamaError `native` when the library or the model cannot be loaded */
  static async load(options: LocalEngineOptions): Promise<LocalEngine> {
    const llama = loadLlama((level, text) => level >= WARN && options.log?.(text));
    const model = await loadModel(llama, options.path, options.gpuLayers ?? -1);
    return new LocalEngine(llama, model, options);
  }

  private constructor(llama: Llama, model: Pointer, options: LocalEngineOptions) {
    this.#llama = llama;
    this.#model = model;
    this.#vocabulary = new Vocabulary(llama, model);
    const threads = options.threads ?? defaultThreads();
    const sequences = Math.min(options.sequences ?? 32, llama.maxParallelSequences);
    this.#context = new Context(llama, model, {
      sequences,
      contextPerSequence: Math.min(options.context ?? 2048, llama.trainedContext(model)),
      batch: 512,
      outputs: sequences + 128,
      threads,
    });
    const text = (key: string): string => {
      const token = Number(llama.metadata(model, `tokenizer.ggml.${key}_token_id`) ?? Number.NaN);
      return Number.isInteger(token) ? llama.tokenText(this.#vocabulary.pointer, token) : '';
    };
    this.#prompts = new PromptBuilder(this.#vocabulary, llama.chatTemplate(model), text('bos'), text('eos'));
    const sharing = !llama.isRecurrent(model) && !llama.hasEncoder(model);
    this.#scheduler = new Scheduler(this.#context, this.#vocabulary, options.queue ?? 1024, sharing);
    this.#embedder = new Embedder(llama, model, this.#vocabulary, threads);
    this.info = {
      name: options.name ?? options.path.replace(/^.*[\\/]/, '').replace(/\.gguf$/i, ''),
      path: options.path,
      description: llama.describe(model),
      parameters: llama.parameterCount(model),
      bytes: llama.modelSize(model),
      vocabulary: this.#vocabulary.size,
      embeddingLength: llama.embeddingLength(model),
      trainedContext: llama.trainedContext(model),
      context: this.#context.contextPerSequence,
      sequences,
      chat: this.#prompts.chat,
    };
  }

  generate(request: GenerateRequest, sink: GenerateSink): Generation {
    let sequence: GenerateSequence | undefined;
    try {
      sequence = this.#sequence(request, sink);
    } catch (error) {
      sink.error(error as Error);
      return { cancel() {} };
    }
    const started = sequence;
    this.#scheduler.submit(started);
    return { cancel: () => this.#scheduler.cancel(started) };
  }

  #sequence(request: GenerateRequest, sink: GenerateSink): GenerateSequence {
    checkRequest(request);
    const prompt = this.#prompt(request);
    const resume = request.resume ?? [];
    const room = this.info.context - prompt.tokens.length;
    if (room < 1) throw contextOverflow(prompt.tokens.length, request.maxTokens ?? 1, this.info.context);
    const tokens = resume.length === 0 ? prompt.tokens : [...prompt.tokens, ...resume];
    if (tokens.length >= this.info.context) throw contextOverflow(tokens.length, 1, this.info.context);
    const most = request.maxTokens ?? Math.min(MOST_DEFAULT_TOKENS, room);
    const sampler = this.#sampler(request);
    const detokenizer = new Detokenizer(request.stop);
    for (const token of resume) {
      sampler.accept(token);
      detokenizer.push(this.#vocabulary.piece(token));
    }
    return {
      kind: 'generate',
      request,
      sink,
      sampler,
      detokenizer,
      ...callerOf(request.caller),
      prompt: {
        tokens,
        cuts: [...prompt.cuts, ...shifted(cutsOf([resume.length]), prompt.tokens.length)],
        keep: prompt.keep,
      },
      cost: tokens.length + most,
      maxTokens: most,
      cached: request.cachePrompt ?? true,
      queuedAt: performance.now(),
      slot: undefined,
      virtual: 0,
      cancelled: false,
      startedAt: 0,
      cachedTokens: 0,
      generated: resume.length,
      next: -1,
      firstTokenAt: 0,
    };
  }

  #prompt(request: Pick<GenerateRequest, 'prompt' | 'messages' | 'tokens' | 'tools'>): Prompt {
    if (request.messages !== undefined) return this.#prompts.messages(request.messages, request.tools);
    if (request.tokens !== undefined) return this.#prompts.tokens(request.tokens);
    return this.#prompts.text(request.prompt ?? '');
  }

  #sampler(request: GenerateRequest): Sampler {
    const options = withDefaults(request);
    const bias = request.ignoreEos
      ? [...options.bias, ...this.#vocabulary.endTokens.map((token) => [token, -100] as const)]
      : options.bias;
    const grammar = request.jsonSchema === undefined ? request.grammar : schemaToGrammar(request.jsonSchema);
    return new Sampler(
      { ...options, bias },
      grammar === undefined ? undefined : new Grammar(this.#llama, this.#vocabulary, grammar),
    );
  }

  async score(request: ScoreRequest, signal?: AbortSignal): Promise<Score[]> {
    checkScore(request);
    const prompt = this.#prompt(request);
    const groups = this.#scoreGroups(prompt, request.options);
    const scores: Score[] = new Array(request.options.length);
    const sequences: ScoreSequence[] = [];
    const work = groups.map(
      ({ tokens, targets }) =>
        new Promise<void>((resolve, reject) => {
          const sequence: ScoreSequence = {
            kind: 'score',
            ...callerOf(request.caller),
            prompt: { tokens, cuts: scoreCuts(prompt, tokens.length), keep: 0 },
            cost: tokens.length,
            cached: true,
            queuedAt: performance.now(),
            slot: undefined,
            virtual: 0,
            cancelled: false,
            startedAt: 0,
            cachedTokens: 0,
            from: prompt.tokens.length,
            targets,
            logprob: 0,
            done(results) {
              for (const [option, score] of results) scores[option] = score;
              resolve();
            },
            failed: reject,
          };
          sequences.push(sequence);
          this.#scheduler.submit(sequence);
        }),
    );
    const abort = (): void => {
      for (const sequence of sequences) this.#scheduler.cancel(sequence);
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await Promise.all(work);
    } finally {
      signal?.removeEventListener('abort', abort);
      abort();
    }
    return scores;
  }

  /** Options that differ in their last token only need one reading. */
  #scoreGroups(prompt: Prompt, options: readonly string[]): { tokens: number[]; targets: ScoreTarget[] }[] {
    const groups = new Map<string, { tokens: number[]; targets: ScoreTarget[] }>();
    options.forEach((text, option) => {
      const tokens = [...this.#vocabulary.tokenize(text, { parse: false })];
      const last = tokens.pop() as number;
      if (prompt.tokens.length + tokens.length >= this.info.context) {
        throw contextOverflow(prompt.tokens.length, tokens.length + 1, this.info.context);
      }
      const key = tokens.join(' ');
      const group = groups.get(key) ?? { tokens: [...prompt.tokens, ...tokens], targets: [] };
      groups.set(key, group);
      group.targets.push({ option, last, tokens: tokens.length + 1, bytes: Buffer.byteLength(text) });
    });
    return [...groups.values()];
  }

  embed(texts: readonly string[]): Promise<Float32Array[]> {
    return this.#embedder.embed(texts);
  }

  async tokenize(text: string, options: { special?: boolean } = {}): Promise<number[]> {
    return [...this.#vocabulary.tokenize(text, options)];
  }

  async detokenize(tokens: readonly number[]): Promise<string> {
    return this.#vocabulary.detokenize(tokens);
  }

  async applyTemplate(messages: readonly ChatMessage[], tools?: readonly unknown[]): Promise<string> {
    return this.#prompts.render(messages, tools);
  }

  async status(): Promise<EngineStatus> {
    return {
      active: this.#scheduler.active,
      waiting: this.#scheduler.waiting,
      sequences: this.info.sequences,
      ...this.#scheduler.counters,
      rss: process.memoryUsage.rss(),
    };
  }

  async close(): Promise<void> {
    await this.#scheduler.close();
    await this.#embedder.close();
    this.#context.free();
    this.#llama.freeModel(this.#model);
  }
}

const shifted = (cuts: readonly number[], by: number): number[] => cuts.map((cut) => cut + by);

/** The last prompt token is read by every option, since its logits are wanted: the prefix ends before it. */
function scoreCuts(prompt: Prompt, length: number): number[] {
  const shared = prompt.tokens.length - 1;
  const cuts = prompt.cuts.filter((cut) => cut < shared);
  if (shared > 0) cuts.push(shared);
  return [...cuts, ...shifted(cutsOf([length - shared]), shared)];
}

function defaultThreads(): number {
  const configured = Number(process.env.LLAMBO_THREADS);
  return configured > 0 ? configured : availableParallelism();
}
