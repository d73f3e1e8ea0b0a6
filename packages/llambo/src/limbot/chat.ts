/** A conversation at the terminal. */
import { bold, dim, red } from '../cli/terminal.ts';
import { Editor, hang, History as Lines, MarkdownStream } from '../terminal/index.ts';
import type { Bot, Watcher } from './bot.ts';
import { completer } from './complete.ts';
import { figures } from './figures.ts';
import { type Attachment, withAttachments } from './files.ts';
import type { History } from './history.ts';
import { parseSlash } from './slash.ts';
import { recap, runSlash, type Surroundings } from './slash-run.ts';

/** Questions that the arrow keys go back to. */
const MOST_LINES = 2000;

export interface ChatOptions {
  readonly bot: Bot;
  readonly history: History;
  readonly attachments?: readonly Attachment[];
  /** Called when no cluster answers: whether there is one now. */
  readonly revive?: (ask: (question: string) => Promise<string>) => Promise<boolean>;
}

/** Until /quit, /exit or the end of the input. */
export async function chat({ bot, history, attachments = [], revive }: ChatOptions): Promise<number> {
  const output = process.stdout;
  let abort: AbortController | undefined;
  const editor = new Editor({
    history: new Lines(questions(history)),
    complete: completer(bot, history),
    incomplete,
    continuation: dim(output, '... '),
    interrupt: () => abort?.abort(),
  });
  const print = (text: string): void => editor.print(output.isTTY ? hang(text, output.columns) : text);
  const answering: Surroundings['answering'] = async (work) => {
    abort = new AbortController();
    const stop = (): void => abort?.abort();
    process.on('SIGINT', stop); // where keys are not read one by one
    const shown = new MarkdownStream({ output, render: bot.settings.flag('markdown') });
    const before = bot.last;
    const watcher: Watcher = {
      text: (text) => shown.push(text),
      note: (text) => {
        shown.end(); // what was drawn so far stands above it
        print(dim(output, `(${text})`));
      },
    };
    try {
      await work(watcher, abort.signal);
      shown.end();
      if (bot.settings.flag('stats') && bot.last !== undefined && bot.last !== before)
        print(dim(output, figures(bot.last)));
    } catch (error) {
      shown.end();
      if (!abort.signal.aborted) throw error;
      print(dim(output, '(stopped)'));
    } finally {
      process.off('SIGINT', stop);
      abort = undefined;
    }
  };
  const around: Surroundings = { bot, history, output, attachments: [...attachments], print, answering };
  const ask = async (question: string): Promise<string> => {
    const line = await editor.read(question);
    return line.kind === 'line' ? line.text.trim() : 'n';
  };
  const guarded = async (work: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        print(red(output, (error as Error).message));
        const gone = (error as { code?: string }).code === 'unreachable';
        if (!gone || revive === undefined || !(await revive(ask))) return;
      }
    }
  };
  try {
    if (bot.conversation.turns.length > 0)
      print(recap({ ...sessionOf(bot), turns: bot.conversation.turns }, { output }));
    for (;;) {
      const line = await editor.read(bold(output, 'You: '));
      if (line.kind === 'end') break;
      if (line.kind === 'interrupt') continue;
      const text = unwrap(line.text);
      if (text === '') continue;
      const command = parseSlash(text);
      if (command?.name === 'quit' || command?.name === 'exit') break;
      if (command !== undefined) {
        await guarded(() => runSlash(around, command.name, command.rest));
        continue;
      }
      const question = withAttachments(text, around.attachments);
      let said = false;
      await guarded(() =>
        answering(async (watcher, signal) => {
          // A question that was said and not answered is asked again, not said twice.
          if (said && bot.conversation.question?.text === question) await bot.retry(watcher, signal);
          else {
            said = true;
            await bot.ask(question, watcher, signal);
          }
          around.attachments = [];
        }),
      );
    }
  } finally {
    editor.close();
    history.close();
  }
  return 0;
}

/** Everything that was asked in this home, oldest first. */
function questions(history: History): string[] {
  const turns = history.sessions().flatMap(({ turns }) => turns);
  return turns
    .filter(({ role }) => role === 'user')
    .sort((a, b) => a.at - b.at)
    .map(({ text }) => text)
    .slice(-MOST_LINES);
}

/** A line that ends with a backslash, or text between triple quotes, goes on. */
function incomplete(text: string): boolean {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('"""')) return !/^"""[\s\S]*"""\s*$/.test(trimmed) || trimmed.trimEnd().length < 6;
  return /(^|[^\\])\\$/.test(text);
}

/** What is meant by it: without the marks that made it go on. */
function unwrap(text: string): string {
  const quoted = /^\s*"""([\s\S]*)"""\s*$/.exec(text)?.[1];
  return (quoted ?? text.replace(/\\\n/g, '\n')).trim();
}

const sessionOf = ({ conversation }: Bot): Parameters<typeof recap>[0] => ({
  id: conversation.id,
  name: conversation.name,
  begun: 0,
  last: 0,
  turns: [],
  summary: undefined,
  highest: 0,
});
