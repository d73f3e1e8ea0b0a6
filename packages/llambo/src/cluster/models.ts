import { type GgufModel, ModelStore, type OnProgress, progressRenderer } from '@llambo/llama';
import type { Config } from '../config/schema.ts';

/** What the cluster knows of a model before its engine runs. */
export interface ServedModel {
  /** As requests name it. */
  readonly name: string;
  /** Its file on this machine; absent for the echo engine. */
  readonly path?: string;
  /** Key-value cells of one token, bytes. */
  readonly kvBytesPerToken: number;
}

/** Finds the model that a class names; llama models are pulled when they are not there. */
export type FindModel = (name: string) => Promise<ServedModel>;

/** Key-value cache of one token where a header does not tell: 32 layers of 8 heads of 128, keys and values, at f16. */
const USUAL_KV_BYTES = 131_072;

export function modelFinder(config: Config): FindModel {
  if (config.engine.kind === 'echo') return async (name) => ({ name, kvBytesPerToken: 23_040 });
  return async (name) => {
    const { path, gguf } = await new ModelStore().pull(name, {
      onProgress: unlessThere(progressRenderer(process.stderr)),
    });
    const header: GgufModel = gguf.model;
    return { name, path, kvBytesPerToken: header.kvBytesPerToken ?? USUAL_KV_BYTES };
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
