import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatTurn } from '../../src/cli/client/client.ts';
import { fitContext, reserveOf, type TokenCounter } from '../../src/limbot/context.ts';
import type { Turn } from '../../src/limbot/history-format.ts';

/** A word is a token, a message costs two more. */
const words: TokenCounter = {
  async prompt(messages) {
    return { tokens: sizeOf(messages), exact: true };
  },
};

const sizeOf = (messages: readonly ChatTurn[]): number =>
  messages.reduce((sum, { content }) => sum + 2 + content.split(' ').length, 0);

const turn = (number: number, role: Turn['role'], count: number): Turn => ({
  number,
  at: 0,
  role,
  text: Array.from({ length: count }, (_, i) => `w${number}.${i}`).join(' '),
  end: {},
});

/** question, answer, question, answer, ..., question */
const talk = (sizes: readonly number[]): Turn[] =>
  sizes.map((size, i) => turn(i + 1, i % 2 === 0 ? 'user' : 'assistant', size));

const fit = (turns: readonly Turn[], context: number, more: { system?: string; summary?: string } = {}) =>
  fitContext(
    turns,
    {
      system: more.system,
      summary: more.summary === undefined ? undefined : { through: 2, text: more.summary },
      context,
      reserve: 10,
    },
    words,
  );

describe('what goes into a prompt', () => {
  test('everything, while it fits', async () => {
    const { messages, dropped } = await fit(talk([3, 3, 3]), 100, { system: 'be brief' });
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(dropped).toEqual([]);
  });

  test('then the system prompt and the newest turns, from a question on', async () => {
    const { messages, dropped } = await fit(talk([20, 20, 20, 20, 3]), 70, { system: 'be brief' });
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(dropped.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('a summary stands for the turns that it covers', async () => {
    const { messages } = await fit(talk([20, 20, 3]), 60, { system: 's', summary: 'they spoke' });
    expect(messages).toHaveLength(2);
    expect(messages[0]?.content).toBe('s\n\nWhat was said before, in short: they spoke');
  });

  test('a question that alone is too long is refused, with the figures', async () => {
    await expect(fit(talk([200]), 100)).rejects.toThrow(
      '90 tokens fit into a prompt (context 100, 10 for the answer)',
    );
  });

  test('never more than fits, never less than could be', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 45, max: 300 }),
        async (sizes, context) => {
          const turns = talk(sizes.length % 2 === 0 ? sizes.slice(1) : sizes);
          const { messages, dropped } = await fit(turns, context);
          expect(sizeOf(messages)).toBeLessThanOrEqual(context - 10);
          expect(messages[0]?.role).toBe('user');
          expect(messages.at(-1)?.content).toBe(turns.at(-1)?.text);
          if (dropped.length > 0) {
            const more = turns.slice(dropped.length - 2).map(({ role, text }) => ({ role, content: text }));
            expect(sizeOf(more)).toBeGreaterThan(context - 10);
          }
        },
      ),
    );
  });

  test('the answer keeps a quarter of a small context', () => {
    expect(reserveOf(512, undefined)).toBe(128);
    expect(reserveOf(8192, undefined)).toBe(512);
    expect(reserveOf(8192, 64)).toBe(64);
  });
});
