import type { Services } from '../services.ts';
import { embed } from './embeddings.ts';
import type { RerankRequest } from './schemas.ts';

/** Characters of a document that count: what a small context has room for. */
const MOST_CHARACTERS = 4000;

/**
 * How likely the query is as a question about each document: the mean probability of its tokens (Sachan et al. 2022,
 * "Improving Passage Retrieval with Zero-Shot Question Generation"). Needs no model made for ranking.
 */
async function likelihoods(
  { orchestrator }: Services,
  { model, query }: RerankRequest,
  texts: readonly string[],
): Promise<number[]> {
  const option = ` ${query}`;
  return Promise.all(
    texts.map(async (text) => {
      const prompt = `Passage: ${text}\nPlease write a question based on this passage.\nQuestion:`;
      const [score] = await orchestrator.score(model, { prompt, options: [option] });
      return Math.exp((score?.logprob ?? 0) / Math.max(1, score?.tokens ?? 1));
    }),
  );
}

/** Cosine of query and document, 0 where they point away from each other. */
async function cosines(
  services: Services,
  { model, query }: RerankRequest,
  texts: readonly string[],
): Promise<number[]> {
  const { vectors } = await embed(services, model, [query, ...texts]);
  const [wanted, ...documents] = vectors as [Float32Array, ...Float32Array[]];
  return documents.map((vector) =>
    Math.max(
      0,
      vector.reduce((sum, value, i) => sum + value * (wanted[i] as number), 0),
    ),
  );
}

export async function rerank(services: Services, body: RerankRequest): Promise<Record<string, unknown>> {
  const { model } = services.orchestrator.resolve(body.model);
  const texts = body.documents.map((each) =>
    (typeof each === 'string' ? each : each.text).slice(0, MOST_CHARACTERS),
  );
  const scores = await (body.method === 'embedding' ? cosines : likelihoods)(services, body, texts);
  const results = scores
    .map((score, index) => ({
      index,
      relevance_score: score,
      ...(body.return_documents ? { document: { text: texts[index] } } : {}),
    }))
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, body.top_n ?? scores.length);
  return { object: 'list', model: body.model || model, results };
}
