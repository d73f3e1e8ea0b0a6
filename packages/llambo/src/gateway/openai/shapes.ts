/** Answers in the OpenAI API's shapes. */
import type { TokenLogprob, Usage } from '@llambo/llama';
import type { Assignment, InferenceFinish } from '../../cluster/inference.ts';

export function chatUsage(usages: readonly Usage[]): Record<string, unknown> {
  // Choices of one request share the prompt: it counts once.
  const prompt = usages[0]?.promptTokens ?? 0;
  const completion = usages.reduce((sum, usage) => sum + usage.completionTokens, 0);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usages[0]?.cachedTokens ?? 0 },
  };
}

/** What the cluster says of an answer, beside the OpenAI members: who gave it, after how many attempts, how fast. */
export function provenance({ assignment, usage }: InferenceFinish): Record<string, unknown> {
  const generated = usage.completionTokens - 1;
  return {
    ...nodeOf(assignment),
    queue_ms: round(usage.queueMs),
    prompt_ms: round(usage.promptMs),
    generate_ms: round(usage.generateMs),
    tokens_per_second: usage.generateMs > 0 ? round((generated / usage.generateMs) * 1000) : null,
  };
}

export const nodeOf = ({
  node,
  class: nodeClass,
  strategy,
  attempt,
}: Assignment): Record<string, unknown> => ({
  node,
  class: nodeClass,
  strategy,
  attempts: attempt,
});

const round = (value: number): number => Math.round(value * 100) / 100;

export function chatLogprobs(logprobs: readonly TokenLogprob[] | undefined): Record<string, unknown> | null {
  if (logprobs === undefined || logprobs.length === 0) return null;
  const entry = ({ text, logprob }: { text: string; logprob: number }): Record<string, unknown> => ({
    token: text,
    logprob,
    bytes: [...Buffer.from(text)],
  });
  return {
    content: logprobs.map((token) => ({ ...entry(token), top_logprobs: token.top.map(entry) })),
    refusal: null,
  };
}

/** @param first whether the first token is the prompt's first, which has no probability */
export function completionLogprobs(
  logprobs: readonly TokenLogprob[] | undefined,
  offset: number,
  first: boolean,
): Record<string, unknown> | null {
  if (logprobs === undefined || logprobs.length === 0) return null;
  let at = offset;
  return {
    tokens: logprobs.map(({ text }) => text),
    token_logprobs: logprobs.map(({ logprob }) => (Number.isNaN(logprob) ? null : logprob)),
    top_logprobs: logprobs.map(({ top }, i) =>
      first && i === 0 ? null : Object.fromEntries(top.map(({ text, logprob }) => [text, logprob])),
    ),
    text_offset: logprobs.map(({ text }) => {
      const here = at;
      at += text.length;
      return here;
    }),
  };
}
