import { writeFileSync } from 'node:fs';
import type { FusionVote } from '../cli/client/client.ts';
import { fusionFigures, voteLine } from '../cli/commands/fuse.ts';
import { screen } from '../cli/commands/status.ts';
import { nearest } from '../cli/errors.ts';
import { bold, dim, table } from '../cli/terminal.ts';
import { LlamboError } from '../errors.ts';
import type { Bot, Watcher } from './bot.ts';
import { titleOf, toJson, toMarkdown } from './export.ts';
import { totalsText } from './figures.ts';
import { type Attachment, readAttachment } from './files.ts';
import type { History } from './history.ts';
import type { Session } from './history-format.ts';
import { SETTINGS, show } from './settings.ts';
import { saveSettings } from './settings-file.ts';
import { SLASH } from './slash.ts';

/** What the commands may do to the program around them. */
export interface Surroundings {
  readonly bot: Bot;
  readonly history: History;
  readonly output: NodeJS.WriteStream;
  attachments: Attachment[];
  print(text: string): void;
  /** Shows an answer as it comes; the work gets a signal that Ctrl-C aborts. */
  answering(work: (watcher: Watcher, signal: AbortSignal) => Promise<unknown>): Promise<void>;
}

type Run = (around: Surroundings, rest: string) => unknown;

const bad = (message: string): LlamboError => new LlamboError('bad-request', message);

const RUN: Readonly<Record<string, Run>> = {
  help: ({ print, output }) => {
    const rows = SLASH.map(({ name, words, summary }) => [`  /${name} ${words}`.trimEnd(), summary]);
    print(`${table(rows)}\n
A line that ends with \\ goes on in the next, and so does text between """ and """.
Ctrl-C stops an answer, Ctrl-R searches what you asked before, Tab completes.
${dim(output, 'Settings last for this conversation; /set save keeps them.')}`);
  },
  history: listOrSearch,
  clear: ({ bot, print, attachments }) => {
    bot.begin();
    attachments.length = 0;
    print(`a new conversation: ${bot.conversation.id}`);
  },
  status: async ({ bot, print }) => print(screen(await bot.cluster.status()).trimEnd()),
  model: (around, rest) => choose(around, 'model', rest),
  class: (around, rest) => choose(around, 'class', rest),
  system: ({ bot, print }, rest) => {
    if (rest !== '') bot.settings.set('system', rest === '-' ? '' : rest);
    print(bot.settings.text('system') ?? 'no system prompt');
  },
  set: changeSetting,
  file: (around, rest) => {
    if (rest === '-') around.attachments = [];
    else if (rest !== '') {
      const file = readAttachment(rest.replace(/^~(?=\/)/, process.env['HOME'] ?? '~'));
      around.attachments.push(file);
    }
    const { attachments, print } = around;
    if (attachments.length === 0) return print('no file waits for the next question');
    for (const { name, text } of attachments)
      print(`${name}, ${Buffer.byteLength(text)} bytes, goes before the next question`);
  },
  retry: ({ bot, answering }) => answering((watcher, signal) => bot.retry(watcher, signal)),
  undo: ({ bot, print }) => {
    const { text } = bot.conversation.undo();
    print(`taken back: ${oneLine(text, 60)}`);
  },
  save,
  load: (around, rest) => {
    const { bot, history, print } = around;
    if (rest === '') return listOrSearch(around, '');
    const session = history.session(rest);
    bot.begin(session);
    print(recap(session, around));
  },
  fusion,
  stats: async ({ bot, print }) =>
    print(
      table(totalsText(bot.totals, bot.last, await bot.context()).map(([name, text]) => [`  ${name}`, text])),
    ),
  copy: ({ bot, output, print }) => {
    const { answer } = bot.conversation;
    if (answer === undefined) throw bad('there is no answer yet');
    if (!output.isTTY) throw bad('only a terminal has a clipboard');
    // OSC 52: the terminal's own way to the clipboard, over ssh too.
    output.write(`\x1b]52;c;${Buffer.from(answer.text).toString('base64')}\x07`);
    print(`${answer.text.length} characters are given to the terminal's clipboard`);
  },
};

/** @throws LlamboError with what is wrong, and what would be right */
export async function runSlash(around: Surroundings, name: string, rest: string): Promise<void> {
  const run = RUN[name];
  if (run === undefined) {
    const near = nearest(
      name,
      SLASH.map((command) => command.name),
    );
    throw bad(
      `there is no command /${name}; ${near === undefined ? '/help lists them' : `did you mean /${near}?`}`,
    );
  }
  await run(around, rest);
}

/** The newest turns of a conversation that goes on. */
export function recap(session: Session, { output }: { output: NodeJS.WriteStream }): string {
  const turns = session.turns.slice(-2).map(({ role, text }) => {
    const who = role === 'user' ? 'You' : 'Limbot';
    return `${bold(output, `${who}:`)} ${oneLine(text, 200)}`;
  });
  return [dim(output, `${titleOf(session)}: ${session.turns.length} turns`), ...turns].join('\n');
}

function listOrSearch({ history, bot, print, output }: Surroundings, words: string): void {
  if (words !== '') {
    const hits = history.search(words);
    if (hits.length === 0) return print(`nobody said ${words}`);
    const rows = hits
      .slice(-30)
      .map(({ session, turn, line }) => [`  ${session.id}`, turn.role, oneLine(line, 80)]);
    return print(table(rows));
  }
  const sessions = history.sessions().filter(({ turns }) => turns.length > 0);
  if (sessions.length === 0) return print('there is no conversation yet');
  const rows = sessions
    .slice(-20)
    .map((session) => [
      `${session.id === bot.conversation.id ? '*' : ' '} ${session.id}`,
      new Date(session.last).toISOString().slice(0, 16).replace('T', ' '),
      `${session.turns.length} turns`,
      titleOf(session),
    ]);
  print(`${table(rows)}\n${dim(output, '/load ID goes on with one')}`);
}

async function choose(
  { bot, print, output }: Surroundings,
  what: 'model' | 'class',
  name: string,
): Promise<void> {
  const { settings, cluster } = bot;
  const models = await bot.models();
  const classes = (await cluster.status()).classes;
  const names = what === 'model' ? models.map((model) => model.name) : classes.map((each) => each.name);
  if (name === '') {
    const contexts = await Promise.all(models.map((model) => model.context ?? cluster.context(model.name)));
    const rows =
      what === 'model'
        ? models.map((model, i) => [model.name, contexts[i] === undefined ? '' : `${contexts[i]} tokens`])
        : classes.map((each) => [each.name, `${each.nodes} nodes, ${each.load} of ${each.capacity} in use`]);
    const chosen = settings.text(what);
    print(table(rows.map(([first, ...more]) => [`${first === chosen ? '*' : ' '} ${first}`, ...more])));
    return;
  }
  if (name !== '-' && !names.includes(name)) throw bad(`there is no ${what} ${name}; ${names.join(', ')}`);
  settings.set(what, name === '-' ? '' : name);
  // One of them says who answers: the other would contradict it.
  if (name !== '-') settings.set(what === 'model' ? 'class' : 'model', '');
  print(name === '-' ? dim(output, `any ${what} answers`) : `${name} answers`);
}

function changeSetting({ bot: { settings }, print }: Surroundings, rest: string): void {
  const [, name = '', value = ''] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (name === 'save') {
    saveSettings(settings);
    return print('limbot.conf is written');
  }
  if (name !== '' && value !== '') settings.set(name, value === '-' ? '' : value);
  if (name !== '') return print(`${name}=${show(settings.get(name))}`);
  print(table(SETTINGS.map(({ name, summary }) => [`  ${name}`, show(settings.get(name)), summary])));
}

function save({ bot, print }: Surroundings, rest: string): void {
  const { conversation } = bot;
  if (rest === '') throw bad('/save wants a name, or a file that ends with .md or .json');
  const form = /\.(md|json)$/.exec(rest)?.[1];
  if (conversation.turns.length === 0) throw bad('nothing was said yet that could be saved');
  if (form === undefined) {
    conversation.rename(rest);
    return print(`${conversation.id} is called ${rest}: /load ${rest}`);
  }
  const session: Session = {
    id: conversation.id,
    name: conversation.name,
    begun: conversation.turns[0]?.at ?? Date.now(),
    last: Date.now(),
    turns: conversation.turns,
    summary: conversation.summary,
    highest: 0,
  };
  writeFileSync(rest, form === 'md' ? toMarkdown(session) : toJson(session));
  print(`${rest} is written`);
}

async function fusion({ bot, answering, print, output }: Surroundings, question: string): Promise<void> {
  if (question === '') throw bad('/fusion wants a question');
  const { settings } = bot;
  const request = {
    messages: [{ role: 'user' as const, content: question }],
    nodes: settings.number('fusion_nodes'),
    strategy: settings.text('fusion_strategy'),
    model: bot.target,
  };
  await answering(async (watcher, signal) => {
    const vote = (vote: FusionVote): void => print(dim(output, oneLine(voteLine(vote), 100)));
    const result = await bot.cluster.fuse(request, vote, signal);
    if (result.abstained) return print(fusionFigures(result));
    bot.conversation.say(question);
    const writer = bot.conversation.begin();
    writer.push(result.answer);
    writer.end({ reason: 'fusion', strategy: result.strategy });
    watcher.text(`${result.answer.trimEnd()}\n`);
    watcher.note(fusionFigures(result));
  });
}

function oneLine(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > width ? `${line.slice(0, width - 3)}...` : line;
}
