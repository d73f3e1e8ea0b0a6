import type { GenerateRequest, TokenLogprob } from '@llambo/llama';
import type { Principal } from '../auth.ts';
import { errand, keyOf } from '../errand.ts';
import type { Services } from '../services.ts';
import type { Shape } from './answer.ts';
import { completionLogprobs } from './shapes.ts';

/** What `echo` puts before an answer. */
export interface Echoed {
  readonly text: string;
  /** Of the prompt's tokens; undefined: not asked for. The first token has none of its own. */
  readonly logprobs: readonly TokenLogprob[] | undefined;
}

/** Tokens of a prompt whose log-probabilities are told: each costs a reading of the prompt up to it. */
const MOST_SCORED = 256;

/** @param echoes one for each choice, or none at all */
export function completionShape(echoes: readonly Echoed[] | undefined): Shape {
  return {
    object: 'text_completion',
    chunkObject: 'text_completion',
    choice(index, { text, logprobs, reason }) {
      const echo = echoes?.[index];
      return {
        index,
        text: (echo?.text ?? '') + text,
        logprobs: completionLogprobs(
          [...(echo?.logprobs ?? []), ...logprobs],
          0,
          echo?.logprobs !== undefined,
        ),
        finish_reason: reason,
      };
    },
    writer(index) {
      const echo = echoes?.[index];
      let offset = echo?.text.length ?? 0;
      return {
        opening: () =>
          echo === undefined
            ? []
            : [
                {
                  index,
                  text: echo.text,
                  logprobs: completionLogprobs(echo.logprobs, 0, true),
                  finish_reason: null,
                },
              ],
        delta({ text, logprobs }) {
          if (text === '' && logprobs === undefined) return [];
          const choice = {
            index,
            text,
            logprobs: completionLogprobs(logprobs, offset, false),
            finish_reason: null,
          };
          offset += text.length;
          return [choice];
        },
        closing: (reason) => [{ index, text: '', logprobs: null, finish_reason: reason }],
      };
    },
  };
}

/**
 * The prompt as it is echoed. Its log-probabilities come from scores of ever longer continuations of its first token: the
 * difference of two neighbours is the token between them.
 */
export async function echoOf(
  services: Services,
  principal: Principal,
  model: string | undefined,
  { prompt, tokens, logprobs }: GenerateRequest,
): Promise<Echoed> {
  const { orchestrator } = services;
  const text = prompt ?? (await orchestrator.detokenize(model, tokens ?? []));
  if (logprobs === undefined) return { text, logprobs: undefined };
  const ids = (tokens ?? (await orchestrator.tokenize(model, text))).slice(0, MOST_SCORED);
  const pieces = await Promise.all(ids.map((id) => orchestrator.detokenize(model, [id])));
  const first = pieces[0] as string;
  const options = pieces.slice(1).map((_, i) => pieces.slice(1, i + 2).join(''));
  const scores =
    options.length === 0 || first === '' || options.includes('')
      ? []
      : await errand(services, { principal, api: 'echo', model, tokens: ids.length }, () =>
          orchestrator.score(model, { prompt: first, options, ...keyOf(principal) }),
        );
  const scored = pieces.map((piece, i): TokenLogprob => {
    const before = i < 2 ? 0 : (scores[i - 2]?.logprob ?? 0);
    const logprob = i === 0 ? Number.NaN : Math.min(0, (scores[i - 1]?.logprob ?? Number.NaN) - before);
    const token = { token: ids[i] as number, text: piece, logprob };
    return { ...token, top: Number.isNaN(logprob) ? [] : [token] };
  });
  return { text, logprobs: scored };
}
