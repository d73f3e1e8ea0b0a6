import { EchoEngine, type EchoOptions } from '@llambo/llama';
import type { AnswerSink, InferenceFinish } from '../../src/cluster/inference.ts';
import { engineServer } from '../../src/engine/server.ts';
import type { LaunchEngine } from '../../src/host/index.ts';
import { Orchestrator, parseConfig } from '../../src/index.ts';

/** Engines without a model, one after the other as they are started, and the means to kill the newest. */
export class EchoModels {
  readonly engines: EchoEngine[] = [];
  readonly #options: EchoOptions;
  #exited: (why: string) => void = () => {};

  constructor(options: EchoOptions = {}) {
    this.#options = options;
  }

  readonly launch: LaunchEngine = async ({ name, context, sequences, queue }, exited) => {
    const engine = new EchoEngine({ name, context, sequences, queue, ...this.#options });
    this.engines.push(engine);
    this.#exited = exited;
    return { target: engineServer(engine), close: () => engine.close() };
  };

  /** Dies as a process does: first the word of its end, then its requests. */
  kill(): void {
    const engine = this.engines.at(-1);
    this.#exited('SIGKILL');
    engine?.fail('SIGKILL');
  }
}

export function startEcho(
  models: EchoModels,
  yaml = 'classes: { tiny: { count: 2, model: m, capacity: 1 } }',
): Promise<Orchestrator> {
  return Orchestrator.start(parseConfig(`${yaml}\nengine: { kind: echo }`, 'test'), {
    launch: models.launch,
  });
}

export interface Outcome {
  readonly text: string;
  readonly finish?: InferenceFinish;
  readonly error?: Error;
}

let serial = 0;

/** Asks, and gives the whole answer; `onChunk` sees how many chunks there were so far. */
export function ask(
  orchestrator: Orchestrator,
  prompt: string,
  options: {
    maxTokens?: number;
    seed?: number;
    model?: string;
    onChunk?: (count: number, cancel: () => void) => void;
  } = {},
): Promise<Outcome> {
  const { model, onChunk, ...generate } = options;
  return new Promise((resolve) => {
    let text = '';
    let count = 0;
    const sink: AnswerSink = {
      chunk(chunk) {
        text += chunk.text;
        onChunk?.(++count, () => {
          inference.cancel();
          resolve({ text });
        });
      },
      finish: (finish) => resolve({ text, finish }),
      error: (error) => resolve({ text, error }),
    };
    const request = {
      id: `req-${++serial}`,
      generate: { prompt, seed: 1, ...generate },
      ...(model === undefined ? {} : { model }),
    };
    const inference = orchestrator.infer(request, sink);
  });
}
