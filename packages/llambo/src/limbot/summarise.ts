import type { ChatTurn, ClusterClient } from '../cli/client/client.ts';
import type { TokenCounter } from './context.ts';
import type { Summary, Turn } from './history-format.ts';

/** Tokens of a summary at most. */
const MOST = 192;

/** A summary of the turns by the model itself, in a prompt that fits. */
export async function summarise(
  cluster: ClusterClient,
  model: string | undefined,
  before: Summary | undefined,
  turns: readonly Turn[],
  { context, counter, signal }: { context: number; counter: TokenCounter; signal?: AbortSignal | undefined },
): Promise<string> {
  const lines = [
    ...(before === undefined ? [] : [`Before: ${before.text}`]),
    ...turns.map(({ role, text }) => `${role === 'user' ? 'User' : 'Assistant'}: ${text}`),
  ];
  const most = Math.min(MOST, Math.floor(context / 4));
  const messages = (text: string): ChatTurn[] => [
    {
      role: 'user',
      content: `Summarise this conversation in a few short sentences. Keep names, numbers and decisions.\n\n${text}`,
    },
  ];
  let text = lines.join('\n');
  // The end counts more than the beginning: what is too much is cut at the front.
  while ((await counter.prompt(messages(text))).tokens > context - most && text.length > 16)
    text = text.slice(Math.ceil(text.length / 4));
  let summary = '';
  await cluster.chat(
    { messages: messages(text), model, max_tokens: most, temperature: 0 },
    (part) => {
      summary += part;
    },
    signal,
  );
  return summary.trim();
}
