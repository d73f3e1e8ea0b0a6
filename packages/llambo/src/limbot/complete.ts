/** Tab in a conversation: commands, and what stands behind them. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Completer, Completion } from '../terminal/index.ts';
import type { Bot } from './bot.ts';
import type { History } from './history.ts';
import { SETTINGS } from './settings.ts';
import { SLASH, type SlashKind } from './slash.ts';

export function completer(bot: Bot, history: History): Completer {
  const names: Readonly<Record<Exclude<SlashKind, 'file'>, () => Promise<readonly string[]>>> = {
    model: async () => (await bot.models()).map(({ name }) => name),
    class: async () => (await bot.cluster.status()).classes.map(({ name }) => name),
    setting: async () => ['save', ...SETTINGS.map(({ name }) => name)],
    session: async () => [
      'last',
      ...history.sessions().flatMap(({ id, name, turns }) => (turns.length === 0 ? [] : [name ?? id])),
    ],
  };
  return async (text, cursor): Promise<Completion> => {
    const before = text.slice(0, cursor);
    if (/^\/[a-z]*$/.test(before))
      return {
        start: 0,
        candidates: SLASH.map(({ name }) => `/${name}`)
          .filter((name) => name.startsWith(before))
          .map((text) => ({ text })),
      };
    const [, name, word = ''] = /^\/([a-z]+)\s+(\S*)$/.exec(before) ?? [];
    const kind = SLASH.find((command) => command.name === name)?.kind;
    const start = cursor - word.length;
    if (kind === undefined) return { start: cursor, candidates: [] };
    if (kind === 'file') return { start, candidates: paths(word) };
    const found = (await names[kind]()).filter((each) => each.startsWith(word));
    return { start, candidates: found.map((text) => ({ text })) };
  };
}

function paths(word: string): { text: string; label: string; suffix: string }[] {
  const folder = word.endsWith('/') ? word : word.includes('/') ? dirname(word) : '.';
  const last = word.endsWith('/') ? '' : (word.split('/').at(-1) as string);
  const prefix = word.slice(0, word.length - last.length);
  return readdirSync(join(folder), { withFileTypes: true })
    .filter(({ name }) => name.startsWith(last) && (last !== '' || !name.startsWith('.')))
    .map((entry) => {
      const name = `${entry.name}${entry.isDirectory() ? '/' : ''}`;
      return { text: prefix + name, label: name, suffix: entry.isDirectory() ? '' : ' ' };
    });
}
