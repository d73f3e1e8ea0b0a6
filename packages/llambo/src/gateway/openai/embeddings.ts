import { LlamboError } from '../../errors.ts';
import type { Principal } from '../auth.ts';
import { errand, estimateOf, keyOf } from '../errand.ts';
import type { Services } from '../services.ts';
import type { EmbeddingRequest } from './schemas.ts';

/** Texts of an embedding request, whatever form they came in. */
async function textsOf({ orchestrator }: Services, { input, model }: EmbeddingRequest): Promise<string[]> {
  if (typeof input === 'string') return [input];
  if (typeof input[0] === 'number') return [await orchestrator.detokenize(model, input as number[])];
  return Promise.all(
    (input as (string | number[])[]).map((each) =>
      typeof each === 'string' ? each : orchestrator.detokenize(model, each),
    ),
  );
}

/** Vectors cut to `dimensions` numbers and brought to length 1 again. @throws LlamboError `bad-request` */
export function shortened(vector: Float32Array, dimensions: number | null | undefined): Float32Array {
  if (dimensions == null || dimensions === vector.length) return vector;
  if (dimensions > vector.length) {
    throw new LlamboError('bad-request', `dimensions must be at most ${vector.length} for this model`);
  }
  const cut = vector.slice(0, dimensions);
  const length = Math.hypot(...cut);
  return length === 0 ? cut : cut.map((value) => value / length);
}

export interface Embedded {
  readonly vectors: readonly Float32Array[];
  /** Of all texts. */
  readonly tokens: number;
}

/** @param api which API asks, for the metrics */
export async function embed(
  services: Services,
  principal: Principal,
  api: string,
  model: string | undefined,
  texts: readonly string[],
): Promise<Embedded> {
  const { orchestrator } = services;
  if (texts.includes('')) throw new LlamboError('bad-request', 'text to embed is empty');
  return errand(services, { principal, api, model, tokens: estimateOf(texts) }, async () => {
    const [vectors, ids] = await Promise.all([
      orchestrator.embed(model, texts, keyOf(principal)),
      Promise.all(texts.map((text) => orchestrator.tokenize(model, text))),
    ]);
    return { vectors, tokens: ids.reduce((sum, { length }) => sum + length, 0) };
  });
}

export async function embeddings(
  services: Services,
  principal: Principal,
  body: EmbeddingRequest,
): Promise<Record<string, unknown>> {
  const { model } = services.orchestrator.resolve(body.model);
  const { vectors, tokens } = await embed(
    services,
    principal,
    'embeddings',
    body.model,
    await textsOf(services, body),
  );
  const data = vectors.map((vector, index) => {
    const { buffer, byteOffset, byteLength } = shortened(vector, body.dimensions);
    const embedding =
      body.encoding_format === 'base64'
        ? Buffer.from(buffer, byteOffset, byteLength).toString('base64')
        : [...new Float32Array(buffer, byteOffset, byteLength / 4)];
    return { object: 'embedding', index, embedding };
  });
  return {
    object: 'list',
    data,
    model: body.model || model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
