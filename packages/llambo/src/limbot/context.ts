/** Which turns go into a prompt, so that it always fits. */
import type { ChatTurn } from '../cli/client/client.ts';
import { LlamboError } from '../errors.ts';
import type { Summary, Turn } from './history-format.ts';

/** Counts tokens by the model's own tokenizer. */
export interface TokenCounter {
  /** Of the prompt that these messages become. */
  prompt(messages: readonly ChatTurn[]): Promise<Count>;
}

export interface Count {
  readonly tokens: number;
  /** False: not more than this, by a bound that needs no tokenizer. */
  readonly exact: boolean;
}

export interface ContextOptions {
  readonly system: string | undefined;
  readonly summary: Summary | undefined;
  /** Tokens of prompt and answer together. */
  readonly context: number;
  /** Tokens that the answer is to have room for. */
  readonly reserve: number;
}

export interface Fit {
  readonly messages: readonly ChatTurn[];
  readonly prompt: Count;
  /** Turns that did not fit, and are covered by no summary. */
  readonly dropped: readonly Turn[];
}

/** Room for an answer when nothing else is said. */
export const reserveOf = (context: number, maxTokens: number | undefined): number =>
  Math.min(maxTokens ?? 512, Math.max(16, Math.floor(context / 4)));

/**
 * The system prompt, the summary, and as many of the newest turns as fit; turns go in pairs, so that the first is a
 * question. The newest question is always in.
 *
 * @throws LlamboError `context-overflow` when that alone is too long
 */
export async function fitContext(
  turns: readonly Turn[],
  options: ContextOptions,
  counter: TokenCounter,
): Promise<Fit> {
  const budget = options.context - options.reserve;
  const through = options.summary?.through ?? 0;
  const open = turns.filter(({ number }) => number > through);
  const starts = open.flatMap(({ role }, i) => (role === 'user' ? [i] : []));
  // The fewest that must go: sought by halves, for each try is a question to the cluster.
  let low = 0;
  let high = starts.length - 1;
  let best: Fit | undefined;
  const attempt = async (at: number): Promise<Fit | undefined> => {
    const from = starts[at] ?? 0;
    const messages = messagesOf(open.slice(from), options);
    const prompt = await counter.prompt(messages);
    return prompt.tokens <= budget ? { messages, prompt, dropped: open.slice(0, from) } : undefined;
  };
  best = await attempt(0);
  if (best !== undefined || starts.length === 0) return best ?? tooLong(options, budget);
  low = 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const fit = await attempt(middle);
    if (fit === undefined) low = middle + 1;
    else {
      best = fit;
      high = middle - 1;
    }
  }
  return best ?? tooLong(options, budget);
}

function tooLong({ context, reserve }: ContextOptions, budget: number): never {
  throw new LlamboError(
    'context-overflow',
    `this is too long: ${budget} tokens fit into a prompt (context ${context}, ${reserve} for the answer); shorten it, or choose a model or class with more`,
  );
}

function messagesOf(turns: readonly Turn[], { system, summary }: ContextOptions): ChatTurn[] {
  const parts = [system, summary && `What was said before, in short: ${summary.text}`].filter(Boolean);
  return [
    ...(parts.length === 0 ? [] : [{ role: 'system' as const, content: parts.join('\n\n') }]),
    ...turns.map(({ role, text }) => ({ role, content: text })),
  ];
}
