import type { GenerateRequest } from '@llambo/llama';

/** About 250 tokens. */
const SYSTEM = 'You are a careful assistant who answers briefly and truthfully, in plain words. '.repeat(16);

/** Chats of about 30 prompt tokens and exactly `tokens` generated ones; with `system` they share a long beginning. */
export function chats(count: number, tokens: number, { system = false } = {}): GenerateRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    messages: [
      ...(system ? [{ role: 'system', content: SYSTEM }] : []),
      // Two digits each: prompts of one length, as in the bare loop, so that both run the same batches.
      { role: 'user', content: `Tell me something about number ${10 + i}.` },
    ],
    maxTokens: tokens,
    ignoreEos: true,
    temperature: 0,
    cachePrompt: system,
  }));
}
