/** The lines of limbot-history.txt: limbot-history(6). */
import { quote, readAttributes } from '../cli/attributes.ts';

export type Role = 'system' | 'user' | 'assistant';

/** `end`: the turn is whole. `undo`: turns from this one on are taken back. `name`: of the session. */
type Kind = Role | 'summary' | 'end' | 'undo' | 'name';

export interface Entry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly session: string;
  /** Rises with each turn of the session; 0 for what is said of the session itself. */
  readonly turn: number;
  readonly kind: Kind;
  /** One line, without its newline. */
  readonly text: string;
}

const LINE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z0-9]{4,32}) (\d{1,9}) (system|user|assistant|summary|end|undo|name)(?: ([^\n]*))?$/;

export function formatEntry({ at, session, turn, kind, text }: Entry): string {
  return `${new Date(at).toISOString()} ${session} ${turn} ${kind}${text === '' ? '' : ` ${text}`}`;
}

/** Undefined when the line is none of ours: damaged, or a comment. */
export function parseEntry(line: string): Entry | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, time, session, turn, kind, text = ''] = match as unknown as string[];
  const at = Date.parse(time as string);
  if (Number.isNaN(at)) return undefined;
  return { at, session: session as string, turn: Number(turn), kind: kind as Kind, text };
}

export type Attributes = Readonly<Record<string, string>>;

export const formatAttributes = (attributes: Readonly<Record<string, string | number>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}=${quote(String(value).replaceAll('\n', ' '))}`)
    .join(' ');

/** None, when the line is damaged. */
export function parseAttributes(text: string): Attributes {
  try {
    return Object.fromEntries(readAttributes(text));
  } catch {
    return {};
  }
}

export interface Turn {
  readonly number: number;
  readonly at: number;
  readonly role: Role;
  readonly text: string;
  /** How it ended, for an answer: model, node, tokens ... Undefined: it was cut short. */
  readonly end: Attributes | undefined;
}

/** What stands for the turns up to `through` in prompts. */
export interface Summary {
  readonly through: number;
  readonly text: string;
}

export interface Session {
  readonly id: string;
  readonly name: string | undefined;
  readonly begun: number;
  readonly last: number;
  /** Without those that were taken back. */
  readonly turns: readonly Turn[];
  readonly summary: Summary | undefined;
  /** The highest number that any turn has had. */
  readonly highest: number;
}

interface Draft {
  begun: number;
  last: number;
  name: string | undefined;
  highest: number;
  readonly turns: Map<
    number,
    { at: number; role: Role | 'summary'; lines: string[]; end: Attributes | undefined }
  >;
}

/** All sessions in the text of the file, the one that was used last at the end. Damaged lines are passed over. */
export function parseHistory(text: string): Session[] {
  const drafts = new Map<string, Draft>();
  for (const line of text.split('\n')) {
    const entry = line === '' ? undefined : parseEntry(line);
    if (entry === undefined) continue;
    let draft = drafts.get(entry.session);
    if (draft === undefined) {
      draft = { begun: entry.at, last: entry.at, name: undefined, highest: 0, turns: new Map() };
      drafts.set(entry.session, draft);
    }
    apply(draft, entry);
  }
  return [...drafts].map(([id, draft]) => finish(id, draft)).sort((a, b) => a.last - b.last);
}

function apply(draft: Draft, { at, turn, kind, text }: Entry): void {
  draft.last = Math.max(draft.last, at);
  draft.highest = Math.max(draft.highest, turn);
  const known = draft.turns.get(turn);
  switch (kind) {
    case 'name':
      draft.name = text === '' ? undefined : text;
      return;
    case 'undo':
      for (const number of draft.turns.keys()) if (number >= turn) draft.turns.delete(number);
      return;
    case 'end':
      if (known !== undefined) known.end = parseAttributes(text);
      return;
    default:
      if (known === undefined) draft.turns.set(turn, { at, role: kind, lines: [text], end: undefined });
      else if (known.role === kind) known.lines.push(text);
  }
}

function finish(id: string, { begun, last, name, highest, turns }: Draft): Session {
  let summary: Summary | undefined;
  const said: Turn[] = [];
  for (const [number, { at, role, lines, end }] of turns) {
    const text = lines.join('\n');
    if (role !== 'summary') said.push({ number, at, role, text, end });
    else if (end !== undefined) summary = { through: Number(end['through'] ?? 0), text };
  }
  return { id, name, begun, last, turns: said.sort((a, b) => a.number - b.number), summary, highest };
}
