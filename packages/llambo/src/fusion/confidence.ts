/** How sure a model was of what it wrote, from the log-probabilities of its tokens. */

/** Mean log-probability: the logarithm of the geometric mean. 0 for an empty answer. */
export function meanLogprob(logprobs: readonly number[]): number {
  return logprobs.length === 0 ? 0 : logprobs.reduce((sum, value) => sum + value, 0) / logprobs.length;
}

/**
 * The least sure stretch of an answer: the lowest mean log-probability of `width` tokens in a row, as a probability. One
 * slip makes an answer wrong, which a mean over everything hides (lowest group confidence; Fu et al. 2025, DeepConf).
 */
export function windowConfidence(logprobs: readonly number[], width = 8): number {
  if (logprobs.length === 0) return 0;
  const size = Math.min(width, logprobs.length);
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  logprobs.forEach((value, at) => {
    sum += value - (at >= size ? (logprobs[at - size] as number) : 0);
    if (at >= size - 1) least = Math.min(least, sum / size);
  });
  return Math.exp(least);
}
