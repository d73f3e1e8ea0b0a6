import {
  ChildEngine,
  EchoEngine,
  type Engine,
  type GgufModel,
  ModelStore,
  type OnProgress,
  progressRenderer,
} from '@llambo/llama';
import type { Config } from '../config/schema.ts';

/** What the cluster knows of a model before its engine runs. */
export interface ServedModel {
  /** As requests name it. */
  readonly name: string;
  /** Key-value cells of one token, bytes. */
  readonly kvBytesPerToken: number;
  /** Starts an engine; `exited` is called once when it is gone. */
  start(shape: EngineShape, exited: (why: string) => void): Promise<Engine>;
}

export interface EngineShape {
  readonly context: number;
  readonly sequences: number;
  readonly queue: number;
}

/** Finds the model that a class names; llama models are pulled when they are not there. */
export type FindModel = (name: string) => Promise<ServedModel>;

/** Key-value cache of one token where a header does not tell: 32 layers of 8 heads of 128, keys and values, at f16. */
const USUAL_KV_BYTES = 131_072;

export function modelFinder(config: Config, log: (text: string) => void): FindModel {
  return config.engine.kind === 'echo'
    ? async (name) => echoModel(name)
    : (name) => llamaModel(name, config, log);
}

function echoModel(name: string): ServedModel {
  return {
    name,
    kvBytesPerToken: 23_040,
    start: async ({ context, sequences, queue }) =>
      new EchoEngine({ name, context, sequences, queue, tokenMs: 1 }),
  };
}

async function llamaModel(name: string, config: Config, log: (text: string) => void): Promise<ServedModel> {
  const store = new ModelStore();
  const { path, gguf } = await store.pull(name, {
    onProgress: unlessThere(progressRenderer(process.stderr)),
  });
  const header: GgufModel = gguf.model;
  return {
    name,
    kvBytesPerToken: header.kvBytesPerToken ?? USUAL_KV_BYTES,
    start: ({ context, sequences, queue }, exited) =>
      ChildEngine.start({
        path,
        name,
        context,
        sequences,
        queue,
        ...(config.engine.threads === undefined ? {} : { threads: config.engine.threads }),
        log,
        exited,
      }),
  };
}

/** A model that is there already is nothing to report. */
function unlessThere(report: OnProgress): OnProgress {
  let pulling = false;
  return (progress) => {
    pulling ||= progress.phase !== 'done';
    if (pulling) report(progress);
  };
}
