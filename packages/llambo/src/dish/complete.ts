/** What Tab offers: commands, files of every mount, names of nodes, classes, variables, jobs. */
import type { Candidate, Completer } from '../terminal/index.ts';
import { parseAttributes } from './builtins/attributes.ts';
import type { ArgumentKind } from './builtins/builtin.ts';
import { BUILTINS } from './builtins/index.ts';
import { Context } from './run/context.ts';
import { namesIn } from './run/glob.ts';
import { CLUSTER, type Session } from './session.ts';
import { quoteWord } from './syntax/quote.ts';

const KEYWORDS = ['if', 'for', 'while', 'switch', 'fn', 'time'];

/** Where the cursor is in a command. */
export interface Position {
  /** Where the word begins. */
  readonly start: number;
  /** The word up to the cursor, without its quotes. */
  readonly word: string;
  /** The words of the command before it. */
  readonly before: readonly string[];
  /** A file name is wanted, whatever the command: behind `<` or `>`. */
  readonly file: boolean;
}

export function positionOf(text: string, cursor: number): Position {
  let before: string[] = [];
  const outer: string[][] = [];
  let word = '';
  let start = -1;
  let file = false;
  let redirected = false;
  const finish = (): void => {
    if (start < 0) return;
    if (!redirected) before.push(word);
    redirected = false;
    start = -1;
    word = '';
  };
  for (let at = 0; at < cursor; at++) {
    const char = text[at] as string;
    if (char === "'") {
      if (start < 0) start = at;
      for (at++; at < cursor; at++) {
        if (text[at] !== "'") word += text[at];
        else if (text[at + 1] === "'" && at + 1 < cursor) word += text[++at];
        else break;
      }
    } else if (/[\s;&|{}()`<>^]/.test(char)) {
      finish();
      if (char === '(') outer.push(before);
      if (/[;&|{(`\n]/.test(char)) before = [];
      // Behind the condition of an if there is a command; behind a list the same command goes on.
      if (char === ')')
        before = (outer.pop() ?? []).filter((each) => !/^(?:if|while|for|switch)$/.test(each));
      if (char === '<' || char === '>') {
        redirected = true;
        while (at + 1 < cursor && /[<>[\]\d=]/.test(text[at + 1] as string)) at++;
      } else if (!/\s/.test(char)) redirected = false;
    } else {
      if (start < 0) start = at;
      word += char;
    }
  }
  file = redirected;
  while (/^(?:[!@]|time|[\p{L}_]\w*=.*)$/u.test(before[0] ?? '')) before.shift();
  return { start: start < 0 ? cursor : start, word, before, file };
}

export function completer(session: Session): Completer {
  return async (text, cursor, signal) => {
    const { start, word, before, file } = positionOf(text, cursor);
    const ctx = new Context(session.shell, session.fds, signal);
    const offer = (candidates: readonly Candidate[], prefix: string = word) => ({
      start,
      candidates: candidates
        .filter(({ label, text }) => (label ?? text).startsWith(prefix) || text.startsWith(prefix))
        .sort((a, b) => (a.text < b.text ? -1 : 1)),
    });
    const variable = /\$["#]?(\w*)$/.exec(word);
    if (variable !== null) {
      const head = word.slice(0, word.length - (variable[1] as string).length);
      return offer(session.shell.env.names().map((name) => ({ text: head + name, suffix: '' })));
    }
    if (file) return { start, candidates: await files(ctx, word) };
    if (before.length === 0) {
      if (word.includes('/')) return { start, candidates: await files(ctx, word) };
      return offer(
        [...BUILTINS.keys(), ...session.shell.functions.keys(), ...KEYWORDS].map((name) => ({ text: name })),
      );
    }
    const kind = kindOf(before);
    if (kind === 'file' || word.startsWith('/') || word.startsWith('./')) {
      return { start, candidates: await files(ctx, word) };
    }
    const found = offer(await named(ctx, kind, before));
    return found;
  };
}

/** What the word behind these is. */
function kindOf(before: readonly string[]): ArgumentKind {
  let words = before;
  for (;;) {
    const takes = BUILTINS.get(words[0] ?? '')?.takes ?? ['file'];
    const last = words.at(-1) as string;
    if (/^(?:ask|infer|run)$/.test(words[0] ?? '') && last === '-w') return 'node';
    if (/^(?:ask|infer|run)$/.test(words[0] ?? '') && last === '-c') return 'class';
    const count = words.slice(1).filter((word) => !/^-\w/.test(word)).length;
    const kind = takes[Math.min(count, takes.length - 1)] ?? 'none';
    // watch status worker-...: what the command behind it takes
    if (takes[0] === 'command' && count > 0) {
      words = words.slice(words.findIndex((word, i) => i > 0 && !/^-\w/.test(word) && !/^\d/.test(word)));
      if (words.length > 0 && words !== before && BUILTINS.has(words[0] as string)) continue;
    }
    return kind;
  }
}

async function named(ctx: Context, kind: ArgumentKind, before: readonly string[]): Promise<Candidate[]> {
  const plain = (names: Iterable<string>): Candidate[] =>
    [...names].map((name) => ({ text: quoteWord(name), label: name }));
  switch (kind) {
    case 'command':
      return plain([...BUILTINS.keys(), ...ctx.shell.functions.keys()]);
    case 'node':
      return plain(await nodeNames(ctx));
    case 'class':
      return plain(await classNames(ctx));
    case 'strategy': {
      const { strategyNames } = await import('../cluster/balancer/index.ts');
      return plain(strategyNames());
    }
    case 'variable':
      return plain(ctx.shell.env.names());
    case 'job': {
      const jobs = ctx.session.jobs.running.map(
        ({ pid, text }): Candidate => ({ text: String(pid), label: `${pid} ${text}` }),
      );
      return before[0] === 'kill' ? [...jobs, ...plain(await nodeNames(ctx))] : jobs;
    }
    default:
      return [];
  }
}

/** The nodes, by the file that lists them. */
async function nodeNames(ctx: Context): Promise<string[]> {
  const text = await ctx.readFile(`${CLUSTER}/nodes`).catch(() => '');
  return text
    .split('\n')
    .map((line) => line.split(' ')[0] as string)
    .filter((name) => name !== '');
}

async function classNames(ctx: Context): Promise<string[]> {
  const text = await ctx.readFile(`${CLUSTER}/nodes`).catch(() => '');
  const status = await ctx.readFile(`${CLUSTER}/status`).catch(() => '');
  const found = new Set<string>();
  for (const line of `${text}\n${status}`.split('\n')) {
    const name = parseAttributes(line.replaceAll("'", '')).attributes.get('class');
    if (name !== undefined) found.add(name);
  }
  return [...found];
}

async function files(ctx: Context, word: string): Promise<Candidate[]> {
  const slash = word.lastIndexOf('/') + 1;
  const dir = word.slice(0, slash);
  const part = word.slice(slash);
  const entries = await namesIn(ctx, dir === '' ? '.' : dir);
  return entries
    .filter(({ name }) => name.startsWith(part) && (part !== '' || !name.startsWith('.')))
    .map(({ name, isDir }) => {
      const quoted = quotePath(dir + name + (isDir ? '/' : ''));
      return { text: quoted, label: isDir ? `${name}/` : name, suffix: isDir ? '' : ' ' };
    })
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** A path needs quotes less often than a word that might be a keyword. */
function quotePath(path: string): string {
  return /^[\p{L}\p{N}/._+:,%-]+$/u.test(path) ? path : quoteWord(path);
}
