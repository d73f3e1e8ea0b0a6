/** limbot-history.txt: what was said, by whom, in every conversation of this home. */

import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LlamboError } from '../errors.ts';
import { homeFolder } from '../home.ts';
import {
  type Entry,
  formatAttributes,
  formatEntry,
  parseHistory,
  type Role,
  type Session,
  type Turn,
} from './history-format.ts';

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;

export interface Hit {
  readonly session: Session;
  readonly turn: Turn;
  /** The line in which it was found. */
  readonly line: string;
}

export class History {
  readonly path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** The one of this home. */
  static open(): History {
    return new History(join(homeFolder('usr'), 'limbot-history.txt'));
  }

  /**
   * Appends lines in one write, which the system makes one piece of the file: writers at the same time lose nothing.
   * An empty line comes before them, so that a line which a dying writer left unfinished takes none of them with it.
   *
   * @throws LlamboError when not all of it could be written; what is missing is not written later, behind others' lines
   */
  append(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const bytes = Buffer.from(`\n${entries.map(formatEntry).join('\n')}\n`);
    try {
      this.#fd ??= openSync(this.path, APPEND, 0o600);
      const written = writeSync(this.#fd, bytes);
      if (written < bytes.length) throw new Error(`${written} of ${bytes.length} bytes were written`);
    } catch (error) {
      throw new LlamboError('internal', `cannot write ${this.path}: ${(error as Error).message}`);
    }
  }

  /** Used last: last. */
  sessions(): Session[] {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new LlamboError('internal', `cannot read ${this.path}: ${(error as Error).message}`);
    }
    return parseHistory(text);
  }

  /** By name, id, the beginning of one, or `last`. @throws LlamboError `bad-request` */
  session(wanted: string): Session {
    const sessions = this.sessions().filter(({ turns }) => turns.length > 0);
    if (wanted === 'last') {
      const last = sessions.at(-1);
      if (last === undefined) throw new LlamboError('bad-request', 'there is no conversation yet');
      return last;
    }
    const exact = sessions.filter(({ id, name }) => id === wanted || name === wanted);
    const found = exact.length > 0 ? exact : sessions.filter(({ id }) => id.startsWith(wanted));
    const one = found.at(-1);
    if (one === undefined)
      throw new LlamboError('bad-request', `there is no conversation ${wanted}; /history lists them`);
    if (exact.length === 0 && found.length > 1)
      throw new LlamboError('bad-request', `${wanted} could be ${found.map(({ id }) => id).join(' or ')}`);
    return one;
  }

  /** Lines that have all the words in them, in any case; newest last. */
  search(text: string): Hit[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const hits: Hit[] = [];
    for (const session of this.sessions())
      for (const turn of session.turns)
        for (const line of turn.text.split('\n')) {
          const lower = line.toLowerCase();
          if (words.every((word) => lower.includes(word))) hits.push({ session, turn, line });
        }
    return hits;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Ten letters and digits: no two conversations have the same. */
export function newSessionId(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from(randomBytes(10), (byte) => letters[byte % letters.length]).join('');
}

/** The lines of a turn that is whole. */
export function turnEntries(
  session: string,
  turn: number,
  kind: Role | 'summary',
  text: string,
  end: Readonly<Record<string, string | number>> = {},
): Entry[] {
  const at = Date.now();
  const entry = (kind: Entry['kind'], text: string): Entry => ({ at, session, turn, kind, text });
  return [...text.split('\n').map((line) => entry(kind, line)), entry('end', formatAttributes(end))];
}

/** Writes an answer line by line, each when it is whole: what dies with the program is the line under way. */
export class AnswerWriter {
  readonly #history: History | undefined;
  readonly #session: string;
  readonly #turn: number;
  #rest = '';
  #text = '';

  constructor(history: History | undefined, session: string, turn: number) {
    this.#history = history;
    this.#session = session;
    this.#turn = turn;
  }

  get text(): string {
    return this.#text;
  }

  push(text: string): void {
    this.#text += text;
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() as string;
    if (lines.length > 0) this.#append(lines);
  }

  /** The rest, and how it ended. */
  end(attributes: Readonly<Record<string, string | number>>): void {
    this.#append([this.#rest], attributes);
    this.#rest = '';
  }

  #append(lines: readonly string[], end?: Readonly<Record<string, string | number>>): void {
    if (this.#history === undefined) return;
    const at = Date.now();
    const [session, turn] = [this.#session, this.#turn];
    const entries: Entry[] = lines.map((text) => ({ at, session, turn, kind: 'assistant', text }));
    if (end !== undefined) entries.push({ at, session, turn, kind: 'end', text: formatAttributes(end) });
    this.#history.append(entries);
  }
}
