import { History } from '../../limbot/history.ts';
import type { Session } from '../../limbot/history-format.ts';
import type { Settings } from '../../limbot/settings.ts';
import { loadSettings } from '../../limbot/settings-file.ts';
import type { ClusterClient } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { noCluster, UsageError } from '../errors.ts';
import { EXIT, type Parsed } from '../spec.ts';
import { readAll, table } from '../terminal.ts';

export async function run(_args: readonly string[], parsed: Parsed): Promise<number> {
  const history = History.open();
  if (await listed(parsed, history)) return EXIT.ok;
  const { readAttachment, withAttachments } = await import('../../limbot/files.ts');
  const attachments = parsed.texts('file').map(readAttachment);
  const piped = process.stdin.isTTY ? '' : await readAll(process.stdin);
  const question = [parsed.words.join(' '), piped.trim()].filter(Boolean).join('\n\n');
  const interactive = question === '' && process.stdin.isTTY === true;
  if (!interactive && question === '' && attachments.length === 0) {
    throw new UsageError('limbot wants a question: as words, on standard input, or in a terminal');
  }
  const settings = settingsOf(parsed);
  const wanted = parsed.text('resume');
  const session = wanted === undefined ? undefined : history.session(wanted);
  if (!interactive) {
    const cluster = await connect(parsed.text('addr'));
    return ask(
      cluster,
      settings,
      history,
      session,
      withAttachments(question, attachments),
      parsed.flag('json'),
    );
  }
  const [{ Bot }, { chat }, { connectOrStart, reviver }] = await Promise.all([
    import('../../limbot/bot.ts'),
    import('../../limbot/chat.ts'),
    import('../revive.ts'),
  ]);
  const addr = parsed.text('addr');
  const cluster = await connectOrStart(addr);
  if (cluster === undefined) throw noCluster();
  const bot = new Bot(cluster, settings, history, session);
  return chat({ bot, history, attachments, revive: reviver(addr, bot) });
}

/** -l, --search and --export: what needs no cluster. */
async function listed(parsed: Parsed, history: History): Promise<boolean> {
  const exported = parsed.text('export');
  const sought = parsed.text('search');
  const json = parsed.flag('json');
  const out = process.stdout;
  if (exported !== undefined) {
    const { toJson, toMarkdown } = await import('../../limbot/export.ts');
    const session = history.session(exported);
    out.write(json ? toJson(session) : toMarkdown(session));
  } else if (sought !== undefined) {
    const hits = history
      .search([sought, ...parsed.words].join(' '))
      .map(({ session, turn, line }) => ({ session: session.id, turn: turn.number, role: turn.role, line }));
    if (json) out.write(`${JSON.stringify(hits)}\n`);
    else
      out.write(hits.map(({ session, role, line }) => `${fit(`${session}  ${role}  ${line}`)}\n`).join(''));
  } else if (parsed.flag('sessions')) {
    const { titleOf } = await import('../../limbot/export.ts');
    const rows = history
      .sessions()
      .filter(({ turns }) => turns.length > 0)
      .map((session) => ({
        id: session.id,
        name: session.name ?? null,
        last: new Date(session.last).toISOString(),
        turns: session.turns.length,
        title: titleOf(session),
      }));
    if (json) out.write(`${JSON.stringify(rows)}\n`);
    else if (rows.length > 0)
      out.write(`${table(rows.map(({ id, last, turns, title }) => [id, last, String(turns), title]))}\n`);
  } else return false;
  return true;
}

/** A row of a terminal; a pipe gets all of it. */
function fit(line: string): string {
  const { isTTY, columns } = process.stdout;
  return isTTY && line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
}

function settingsOf(parsed: Parsed): Settings {
  const settings = loadSettings();
  for (const pair of parsed.texts('set')) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`--set ${pair}: expected NAME=VALUE`);
    settings.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const given: [option: string, setting: string][] = [
    ['model', 'model'],
    ['class', 'class'],
    ['system', 'system'],
    ['max-tokens', 'max_tokens'],
    ['seed', 'seed'],
  ];
  // What is said here goes before the file: a model against its class, too.
  if (parsed.text('model') !== undefined) settings.set('class', '');
  for (const [option, setting] of given) {
    const value = parsed.text(option);
    if (value !== undefined) settings.set(setting, value);
  }
  if (parsed.flag('quiet')) settings.set('stats', 'off');
  return settings;
}

/** One question, one answer. */
export async function ask(
  cluster: ClusterClient,
  settings: Settings,
  history: History,
  session: Session | undefined,
  question: string,
  json = false,
): Promise<number> {
  const [{ Bot }, { askOnce }] = await Promise.all([
    import('../../limbot/bot.ts'),
    import('../../limbot/once.ts'),
  ]);
  const bot = new Bot(cluster, settings, history, session);
  return (await askOnce(bot, question, json)) ? EXIT.ok : EXIT.interrupted;
}
