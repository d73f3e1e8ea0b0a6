import { dim } from '../cli/terminal.ts';
import { MarkdownStream } from '../terminal/index.ts';
import type { Bot } from './bot.ts';
import { figures } from './figures.ts';

/** One question: its answer on standard output, figures on standard error. False: stopped by Ctrl-C. */
export async function askOnce(bot: Bot, question: string, json = false): Promise<boolean> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  const render = process.stdout.isTTY === true && bot.settings.flag('markdown');
  const shown = new MarkdownStream({ output: process.stdout, render });
  try {
    const watcher = {
      text: (text: string) => {
        if (!json) shown.push(text);
      },
      note: (text: string) => process.stderr.write(`${dim(process.stderr, `(${text})`)}\n`),
    };
    const answer = await bot.ask(question, watcher, abort.signal);
    if (json) {
      const { text, end, firstMs, totalMs } = answer;
      const session = bot.conversation.id;
      process.stdout.write(`${JSON.stringify({ answer: text, ...end, firstMs, totalMs, session })}\n`);
      return true;
    }
    shown.end();
    if (bot.settings.flag('stats')) process.stderr.write(`${dim(process.stderr, figures(answer))}\n`);
    return true;
  } catch (error) {
    shown.end();
    if (!abort.signal.aborted) throw error;
    return false;
  } finally {
    process.removeListener('SIGINT', stop);
  }
}
