import { LlamboError } from '../errors.ts';
import { AnswerWriter, type History, newSessionId, turnEntries } from './history.ts';
import type { Attributes, Session, Summary, Turn } from './history-format.ts';

/** One conversation: what was said, kept in the history as it is said. */
export class Conversation {
  readonly id: string;
  #name: string | undefined;
  #turns: Turn[];
  #summary: Summary | undefined;
  #highest: number;
  readonly #history: History | undefined;

  /** A new one, or `session` goes on. Without a history nothing is kept. */
  constructor(history: History | undefined, session?: Session) {
    this.#history = history;
    this.id = session?.id ?? newSessionId();
    this.#name = session?.name;
    this.#turns = [...(session?.turns ?? [])];
    this.#summary = session?.summary;
    this.#highest = session?.highest ?? 0;
  }

  get name(): string | undefined {
    return this.#name;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  get summary(): Summary | undefined {
    return this.#summary;
  }

  /** The newest question, if it was not answered yet or is to be asked again. */
  get question(): Turn | undefined {
    return this.#turns.findLast(({ role }) => role === 'user');
  }

  get answer(): Turn | undefined {
    return this.#turns.findLast(({ role }) => role === 'assistant');
  }

  /** A user's turn. */
  say(text: string): Turn {
    const number = ++this.#highest;
    this.#history?.append(turnEntries(this.id, number, 'user', text));
    const turn: Turn = { number, at: Date.now(), role: 'user', text, end: {} };
    this.#turns.push(turn);
    return turn;
  }

  /** The answer to the newest question, as it comes. */
  begin(): { push(text: string): void; end(attributes: Readonly<Record<string, string | number>>): Turn } {
    const number = ++this.#highest;
    const writer = new AnswerWriter(this.#history, this.id, number);
    return {
      push: (text) => writer.push(text),
      end: (attributes) => {
        writer.end(attributes);
        const end: Attributes = Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, String(value)]),
        );
        const turn: Turn = { number, at: Date.now(), role: 'assistant', text: writer.text, end };
        this.#turns.push(turn);
        return turn;
      },
    };
  }

  /** Stands for the turns up to `through` from now on. */
  summarise(through: number, text: string): void {
    const number = ++this.#highest;
    this.#history?.append(turnEntries(this.id, number, 'summary', text, { through }));
    this.#summary = { through, text };
  }

  /** Takes the newest question and its answer back. @throws LlamboError when there is none */
  undo(): Turn {
    const { question } = this;
    if (question === undefined) throw new LlamboError('bad-request', 'there is nothing to take back');
    this.#takeBack(question.number);
    return question;
  }

  /** Takes the answer to the newest question back, so that it can be asked again. */
  undoAnswer(): Turn {
    const { question } = this;
    if (question === undefined) throw new LlamboError('bad-request', 'nothing was asked yet');
    if (this.#turns.some(({ number }) => number > question.number)) this.#takeBack(question.number + 1);
    return question;
  }

  #takeBack(number: number): void {
    this.#history?.append([{ at: Date.now(), session: this.id, turn: number, kind: 'undo', text: '' }]);
    this.#turns = this.#turns.filter((turn) => turn.number < number);
    if (this.#summary !== undefined && this.#summary.through >= number) this.#summary = undefined;
  }

  rename(name: string): void {
    if (/[\r\n]/.test(name)) throw new LlamboError('bad-request', 'a name is one line');
    this.#history?.append([{ at: Date.now(), session: this.id, turn: 0, kind: 'name', text: name }]);
    this.#name = name === '' ? undefined : name;
  }
}
