import type { Principal } from '../auth.ts';
import { errand, estimateOf, keyOf } from '../errand.ts';
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
  services: Services,
  principal: Principal,
  { model, query }: RerankRequest,
  texts: readonly string[],
): Promise<number[]> {
  const option = ` ${query}`;
  const prompts = texts.map(
    (text) => `Passage: ${text}\nPlease write a question based on this passage.\nQuestion:`,
  );
  const tokens = estimateOf(prompts.map((prompt) => prompt + option));
  return errand(services, { principal, api: 'rerank', model, tokens }, () =>
    Promise.all(
      prompts.map(async (prompt) => {
        const request = { prompt, options: [option], ...keyOf(principal) };
        const [score] = await services.orchestrator.score(model, request);
        return Math.exp((score?.logprob ?? 0) / Math.max(1, score?.tokens ?? 1));
      }),
    ),
  );
}

/** Cosine of query and document, 0 where they point away from each other. */
async function cosines(
  services: Services,
  principal: Principal,
  { model, query }: RerankRequest,
  texts: readonly string[],
): Promise<number[]> {
  const { vectors } = await embed(services, principal, 'rerank', model, [query, ...texts]);
  const [wanted, ...documents] = vectors as [Float32Array, ...Float32Array[]];
  return documents.map((vector) =>
    Math.max(
      0,
      vector.reduce((sum, value, i) => sum + value * (wanted[i] as number), 0),
    ),
  );
}

export async function rerank(
  services: Services,
  principal: Principal,
  body: RerankRequest,
): Promise<Record<string, unknown>> {
  const { model } = services.orchestrator.resolve(body.model);
  const texts = body.documents.map((each) =>
    (typeof each === 'string' ? each : each.text).slice(0, MOST_CHARACTERS),
  );
  const measure = body.method === 'embedding' ? cosines : likelihoods;
  const scores = await measure(services, principal, body, texts);
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
