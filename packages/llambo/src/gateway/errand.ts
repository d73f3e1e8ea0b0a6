/** Short work for a request: vectors, scores, tokens. Within the limits of its key, and counted. */
import { ANONYMOUS, type Principal } from './auth.ts';
import { HttpError } from './http.ts';
import { rateLimited } from './openai/errors.ts';
import type { Services } from './services.ts';

export interface ErrandFor {
  readonly principal: Principal;
  /** For the metrics: `embeddings`, `rerank`, ... */
  readonly api: string;
  readonly model: string | undefined;
  /** What a key's limit of tokens is charged: those that a model reads; 0 for what only its tokenizer does. */
  readonly tokens: number;
}

/** @throws HttpError 429 when the key is at its limit; whatever `work` rejects with */
export async function errand<T>(
  { metrics, orchestrator }: Services,
  { principal, api, model, tokens }: ErrandFor,
  work: () => Promise<T>,
): Promise<T> {
  const resolved = orchestrator.resolve(model).model;
  const verdict = principal.limiter?.admit(tokens, performance.now());
  if (verdict?.ok === false) throw new HttpError(rateLimited(verdict.why, verdict.retryAfter));
  try {
    const done = await work();
    metrics.errand(resolved, api, 'done');
    return done;
  } catch (error) {
    metrics.errand(resolved, api, (error as { code?: string }).code ?? 'internal');
    throw error;
  } finally {
    principal.limiter?.done();
  }
}

/** As whom the cluster is asked, for fairness between keys. */
export const keyOf = ({ id }: Principal): { readonly key?: string } => (id === ANONYMOUS ? {} : { key: id });

/** Tokens of texts, before anybody has counted them: a fourth of their characters. */
export const estimateOf = (texts: readonly string[]): number =>
  texts.reduce((sum, { length }) => sum + Math.ceil(length / 4), 0);
