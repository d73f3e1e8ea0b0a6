/** What is sent to a cluster that counts every word, and refuses what does not fit. */
import { describe, expect, test } from 'vitest';
import type { ChatEnd, ChatRequest, ChatTurn, ClusterClient } from '../../src/cli/client/client.ts';
import { LlamboError } from '../../src/errors.ts';
import { Bot } from '../../src/limbot/bot.ts';
import { Settings } from '../../src/limbot/settings.ts';

const sizeOf = (messages: readonly ChatTurn[]): number =>
  messages.reduce((sum, { content }) => sum + 4 + content.split(/\s+/).length, 0);

/** A word is a token. `says` is the context that it admits to; undefined: it does not say. */
function fakeCluster(context: number, says: number | undefined = context) {
  const sent: ChatTurn[][] = [];
  let refused = 0;
  const cluster = {
    context: async () => says,
    countTokens: async (_model: unknown, text: string) => text.split(/\s+/).length,
    countPrompt: async (_model: unknown, messages: readonly ChatTurn[]) => sizeOf(messages),
    async chat({ messages, max_tokens }: ChatRequest, onText: (text: string) => void, signal?: AbortSignal) {
      if (sizeOf(messages) >= context) {
        refused++;
        throw new LlamboError(
          'context-overflow',
          `prompt of ${sizeOf(messages)} tokens and 1 to generate exceed the context of ${context} tokens`,
        );
      }
      sent.push([...messages]);
      const text = messages[0]?.content.startsWith('Summarise') ? 'they counted' : `answer ${sent.length}`;
      onText(text.slice(0, 3));
      signal?.throwIfAborted();
      onText(text.slice(3));
      const end: ChatEnd = {
        reason: 'stop',
        model: 'm',
        promptTokens: sizeOf(messages),
        cachedTokens: 0,
        completionTokens: max_tokens ?? 2,
        provenance: undefined,
      };
      return end;
    },
  };
  return { cluster: cluster as unknown as ClusterClient, sent, refused: () => refused };
}

const words = (count: number, name: string): string =>
  Array.from({ length: count }, (_, i) => `${name}${i}`).join(' ');

function botOf(cluster: ClusterClient, settings: Record<string, string> = {}) {
  const all = new Settings();
  for (const [name, value] of Object.entries(settings)) all.set(name, value);
  const notes: string[] = [];
  const watcher = { text: () => {}, note: (text: string) => notes.push(text) };
  return { bot: new Bot(cluster, all, undefined), notes, watcher };
}

describe('limbot and the context', () => {
  test('leaves the oldest turns out, says so once, and keeps the system prompt', async () => {
    const { cluster, sent, refused } = fakeCluster(200);
    const { bot, notes, watcher } = botOf(cluster, { system: 'Be brief.' });
    for (const name of ['a', 'b', 'c', 'd']) await bot.ask(words(60, name), watcher);
    expect(refused()).toBe(0);
    const last = sent.at(-1) as ChatTurn[];
    expect(last[0]).toEqual({ role: 'system', content: 'Be brief.' });
    expect(last.at(-1)?.content).toContain('d59');
    expect(last.some(({ content }) => content.includes('a0'))).toBe(false);
    expect(notes[0]).toBe('the oldest 2 turns do not fit any more and are left out');
    expect(bot.conversation.turns).toHaveLength(8);
  });

  test('summarises them when it is told to, and goes on with the summary', async () => {
    const { cluster, sent } = fakeCluster(200);
    const { bot, notes, watcher } = botOf(cluster, { overflow: 'summarise' });
    for (const name of ['a', 'b', 'c']) await bot.ask(words(60, name), watcher);
    expect(notes).toEqual([expect.stringMatching(/^summarising \d+ turns that do not fit any more/)]);
    expect(bot.conversation.summary?.text).toBe('they counted');
    expect(sent.at(-1)?.[0]).toEqual({
      role: 'system',
      content: 'What was said before, in short: they counted',
    });
    // The next summary stands on the one before.
    await bot.ask('and now?', watcher);
    expect(notes).toHaveLength(2);
    expect(sent.some(([first]) => first?.content.includes('Before: they counted'))).toBe(true);
  });

  test('a question that is too long never leaves, and is no part of the conversation', async () => {
    const { cluster, sent, refused } = fakeCluster(200);
    const { bot, watcher } = botOf(cluster);
    await expect(bot.ask(words(400, 'x'), watcher)).rejects.toThrow('this is too long');
    expect([sent.length, refused(), bot.conversation.turns.length]).toEqual([0, 0, 0]);
  });

  test('learns the context of a cluster that does not say it, by one refusal', async () => {
    const { cluster, sent, refused } = fakeCluster(200, 4096);
    const { bot, watcher } = botOf(cluster);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await bot.ask(words(60, name), watcher);
    expect(sent).toHaveLength(6);
    expect(refused()).toBe(1);
    expect(await bot.context()).toBe(200);
  });

  test('a stopped answer is kept as far as it came; retry asks again', async () => {
    const { cluster, sent } = fakeCluster(200);
    const { bot, watcher } = botOf(cluster);
    const abort = new AbortController();
    abort.abort();
    await expect(bot.ask('hello', watcher, abort.signal)).rejects.toThrow();
    expect(bot.conversation.answer).toMatchObject({ text: 'ans', end: { reason: 'stopped' } });
    await bot.retry(watcher);
    expect(bot.conversation.turns.map(({ text }) => text)).toEqual(['hello', 'answer 2']);
    expect(sent[1]).toEqual([{ role: 'user', content: 'hello' }]);
    bot.conversation.undo();
    expect(bot.conversation.turns).toEqual([]);
  });
});
