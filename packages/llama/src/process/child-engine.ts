import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
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
} from '../engine/engine.ts';
import { engineGone, fromRecord } from '../errors.ts';
import type { CallName, Calls, Event, FromEngine, LoadOptions, ToEngine } from './protocol.ts';

export interface ChildEngineOptions extends LoadOptions {
  /** Receives llama.cpp's warnings, line by line. */
  readonly log?: (text: string) => void;
  /** Called once when the process is gone, wanted or not, before its requests fail: who retries them must know. */
  readonly exited?: (why: string) => void;
}

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** How long a process may take to end by itself before it is killed, in milliseconds. */
const CLOSE_MS = 5000;

/** An engine in a process of its own: native code that crashes, or is killed, fails its requests and nothing else. */
export class ChildEngine implements Engine {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #sinks = new Map<number, GenerateSink>();
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #info: ModelInfo | undefined;
  #gone: string | undefined;

  /** @throws LlamaError `native` when the model cannot be loaded, `engine-gone` when the process dies over it */
  static async start(options: ChildEngineOptions): Promise<ChildEngine> {
    const engine = new ChildEngine(options);
    const { log: _log, exited: _exited, ...load } = options;
    try {
      engine.#info = await engine.#call('load', load);
    } catch (error) {
      engine.#child.kill('SIGKILL');
      throw error;
    }
    return engine;
  }

  private constructor(options: ChildEngineOptions) {
    const main = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url);
    this.#child = fork(fileURLToPath(main), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: main.pathname.endsWith('.ts') ? ['--conditions=llambo:source', '--import', 'tsx'] : [],
    });
    this.pid = this.#child.pid ?? -1;
    let lastWords = '';
    this.#child.stderr?.on('data', (data: Buffer) => {
      lastWords = (lastWords + data.toString()).slice(-2000);
    });
    this.#child.on('message', (message: FromEngine) => this.#receive(message, options.log));
    this.#child.on('error', (error) => this.#ended(error.message, options.exited));
    this.#child.on('exit', (code, signal) => {
      const words = lastWords.trim().split('\n').at(-1);
      const how = signal === null ? `exit code ${code}` : signal;
      this.#ended(code === 0 ? 'closed' : words ? `${how}: ${words}` : how, options.exited);
    });
  }

  get info(): ModelInfo {
    return this.#info as ModelInfo;
  }

  generate(request: GenerateRequest, sink: GenerateSink): Generation {
    const id = ++this.#lastId;
    if (this.#gone !== undefined) {
      sink.error(engineGone(this.#gone));
      return { cancel() {} };
    }
    this.#sinks.set(id, sink);
    this.#send({ kind: 'generate', id, request });
    return { cancel: () => this.#sinks.has(id) && this.#send({ kind: 'cancel', id }) };
  }

  score(request: ScoreRequest): Promise<Score[]> {
    return this.#call('score', request);
  }

  embed(texts: readonly string[]): Promise<Float32Array[]> {
    return this.#call('embed', texts);
  }

  tokenize(text: string, options: { special?: boolean } = {}): Promise<number[]> {
    return this.#call('tokenize', { text, special: options.special ?? false });
  }

  detokenize(tokens: readonly number[]): Promise<string> {
    return this.#call('detokenize', tokens);
  }

  applyTemplate(messages: readonly ChatMessage[], tools?: readonly unknown[]): Promise<string> {
    return this.#call('applyTemplate', tools === undefined ? { messages } : { messages, tools });
  }

  status(): Promise<EngineStatus> {
    return this.#call('status', undefined);
  }

  async close(): Promise<void> {
    if (this.#gone !== undefined) return;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_MS);
    const exit = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    await this.#call('close', undefined).catch(() => undefined);
    await exit;
    clearTimeout(timer);
  }

  #call<Name extends CallName>(
    name: Name,
    argument: Calls[Name]['argument'],
  ): Promise<Calls[Name]['result']> {
    if (this.#gone !== undefined) return Promise.reject(engineGone(this.#gone));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ kind: 'call', id, name, argument });
    });
  }

  #send(message: ToEngine): void {
    this.#child.send(message, (error) => error && this.#child.kill('SIGKILL'));
  }

  #receive(message: FromEngine, log?: (text: string) => void): void {
    switch (message.kind) {
      case 'events':
        for (const event of message.events) this.#deliver(event);
        return;
      case 'log':
        log?.(message.text);
        return;
      default: {
        const pending = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        if (message.kind === 'failed') pending?.reject(fromRecord(message.error));
        else pending?.resolve(message.result as never);
      }
    }
  }

  #deliver(event: Event): void {
    const sink = this.#sinks.get(event.id);
    if (sink === undefined) return;
    if ('chunk' in event) return sink.chunk(event.chunk);
    this.#sinks.delete(event.id);
    if ('finish' in event) sink.finish(event.finish);
    else sink.error(fromRecord(event.error));
  }

  #ended(why: string, exited?: (why: string) => void): void {
    if (this.#gone !== undefined) return;
    this.#gone = why;
    const sinks = [...this.#sinks.values()];
    const pending = [...this.#pending.values()];
    this.#sinks.clear();
    this.#pending.clear();
    exited?.(why);
    for (const { reject } of pending) reject(engineGone(why));
    for (const sink of sinks) sink.error(engineGone(why));
  }
}
