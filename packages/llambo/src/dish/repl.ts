/** The prompt: lines are read, run, and what they print is shown, until `exit` or Ctrl-D. */
import { Editor, type EditorOptions, historyFile } from '../terminal/index.ts';
import { isBareText } from './bare.ts';
import { completer } from './complete.ts';
import { EditorIO } from './host-io.ts';
import { Session, type SessionOptions } from './session.ts';
import { isIncomplete } from './syntax/parser.ts';
import { quoteWord } from './syntax/quote.ts';

export interface PromptOptions extends Omit<SessionOptions, 'io' | 'history' | 'interactive'> {
  /** File of the command history; none is kept when left out. */
  readonly historyPath?: string;
}

/** A session at a prompt. */
export class Prompt {
  readonly session: Session;
  readonly io: EditorIO;
  readonly #editor: Editor;

  private constructor(session: Session, io: EditorIO, editor: Editor) {
    this.session = session;
    this.io = io;
    this.#editor = editor;
  }

  static async create(options: PromptOptions): Promise<Prompt> {
    let session: Session | undefined;
    const history = options.historyPath === undefined ? undefined : historyFile(options.historyPath);
    const editorOptions: EditorOptions = {
      history,
      complete: (text, cursor, signal) => completer(session as Session)(text, cursor, signal),
      incomplete: (text) => !isBareText((session as Session).shell, text) && isIncomplete(text),
      interrupt: () => session?.interrupt(),
    };
    const editor = new Editor(editorOptions);
    const io = new EditorIO(editor);
    session = await Session.create({
      ...options,
      io,
      interactive: editor.interactive,
      history: () => editor.history.entries,
    });
    io.onInterrupt = () => session?.interrupt();
    return new Prompt(session, io, editor);
  }

  /** Until the end. The status of the last command. */
  async run(): Promise<string> {
    const { session } = this;
    session.ended = () => this.#editor.cancel();
    let offered = '';
    while (!session.exiting) {
      this.io.tell();
      const [prompt = 'llambo> '] = session.shell.get('prompt');
      session.forgetInterrupt();
      const line = await this.#editor.read(prompt, offered);
      // Where a terminal edits the lines, its Ctrl-C has dropped one.
      if (!this.#editor.interactive) session.forgetInterrupt();
      offered = '';
      if (line.kind === 'end') break;
      if (line.kind === 'interrupt' || line.text.trim() === '') continue;
      if (this.#editor.interactive && isBareText(session.shell, line.text)) {
        const [setting = 'offer'] = session.shell.get('bare');
        const question = `ask ${quoteWord(line.text.trim())}`;
        if (setting === 'offer') {
          this.#editor.print('that is no command: Enter asks the cluster, Ctrl-C drops it');
          offered = question;
          continue;
        }
        if (setting === 'ask') {
          await session.run(question);
          continue;
        }
      }
      await session.run(line.text);
    }
    return session.shell.status;
  }

  async close(): Promise<void> {
    this.io.flush();
    await this.session.close();
    this.#editor.close();
  }
}
