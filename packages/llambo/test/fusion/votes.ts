import type { Vote } from '../../src/fusion/index.ts';
import { rougeL, wordsOf } from '../../src/fusion/rouge.ts';
import type { Setting } from '../../src/fusion/strategies/index.ts';

/** A vote for `key` with everything else at hand. */
export const ballot = (node: string, key: string, more: Partial<Vote> = {}): Vote => ({
  node,
  model: 'm',
  class: 'tiny',
  text: key,
  key,
  weight: 1,
  logprob: -0.5,
  confidence: 0.6,
  tokens: 1,
  ms: 1,
  ...more,
});

/** A vote with an opinion of options. */
export const opinion = (node: string, shares: readonly number[], more: Partial<Vote> = {}): Vote => {
  const option = shares.indexOf(Math.max(...shares));
  const logs = shares.map((share) => Math.log(share));
  return ballot(node, String(option), {
    option,
    opinion: logs,
    confidence: shares[option] as number,
    ...more,
  });
};

export const setting = (more: Partial<Setting> = {}): Setting => ({
  kind: 'short',
  options: ['0', '1', '2'],
  agree: 3,
  pooling: 'logarithmic',
  accuracies: {},
  weight: () => 1,
  likeness: (a, b) => rougeL(wordsOf(a.text), wordsOf(b.text)),
  ...more,
});
