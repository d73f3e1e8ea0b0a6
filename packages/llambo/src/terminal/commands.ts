/** What each key does, as in readline's emacs mode. */
import type { Editor } from './editor.ts';

type Command = (editor: Editor, lastKey: string) => void;

const left: Command = ({ buffer }) => void buffer.move(-1);
const right: Command = ({ buffer }) => void buffer.move(1);
const home: Command = ({ buffer }) => void buffer.moveTo(buffer.lineStart());
const end: Command = ({ buffer }) => void buffer.moveTo(buffer.lineEnd());
const wordLeft: Command = ({ buffer }) => void buffer.moveTo(buffer.wordStart());
const wordRight: Command = ({ buffer }) => void buffer.moveTo(buffer.wordEnd());
const backspace: Command = ({ buffer }) => void buffer.delete(-1);
const killWord: Command = ({ buffer }) => buffer.kill(buffer.wordEnd());
const killWordBack: Command = ({ buffer }) => buffer.kill(buffer.wordStart());
const newline: Command = ({ buffer }) => buffer.insert('\n');

export const COMMANDS: Readonly<Record<string, Command>> = {
  enter: (editor) => editor.enter(),
  'alt-enter': newline,
  'shift-enter': newline,
  'ctrl-enter': newline,
  tab: (editor) => void editor.complete(),
  backspace,
  'ctrl-h': backspace,
  'shift-backspace': backspace,
  delete: ({ buffer }) => void buffer.delete(1),
  left,
  right,
  'ctrl-b': left,
  'ctrl-f': right,
  home,
  end,
  'ctrl-a': home,
  'ctrl-e': end,
  up: (editor) => editor.vertical(-1),
  down: (editor) => editor.vertical(1),
  'ctrl-p': (editor) => editor.vertical(-1),
  'ctrl-n': (editor) => editor.vertical(1),
  'alt-<': (editor) => editor.toHistoryEnd('oldest'),
  'alt->': (editor) => editor.toHistoryEnd('newest'),
  'alt-b': wordLeft,
  'alt-f': wordRight,
  'alt-left': wordLeft,
  'alt-right': wordRight,
  'ctrl-left': wordLeft,
  'ctrl-right': wordRight,
  'ctrl-c': (editor) => editor.interrupt(),
  'ctrl-d': (editor) => {
    if (editor.buffer.text === '') editor.end();
    else editor.buffer.delete(1);
  },
  'ctrl-k': ({ buffer }) => {
    const to = buffer.lineEnd();
    buffer.kill(to === buffer.cursor && to < buffer.text.length ? to + 1 : to);
  },
  'ctrl-u': ({ buffer }) => buffer.kill(buffer.lineStart()),
  'ctrl-w': ({ buffer }) => buffer.kill(buffer.blankStart()),
  'alt-d': killWord,
  'ctrl-delete': killWord,
  'alt-backspace': killWordBack,
  'alt-ctrl-h': killWordBack,
  'ctrl-backspace': killWordBack,
  'ctrl-y': ({ buffer }) => buffer.yank(),
  'alt-y': ({ buffer }) => buffer.yankPop(),
  'ctrl-t': ({ buffer }) => buffer.transpose(),
  'ctrl-_': ({ buffer }) => buffer.undo(),
  'ctrl-r': (editor) => editor.search(false),
  'ctrl-s': (editor) => editor.search(true),
  'alt-u': ({ buffer }) => buffer.changeWord((word) => word.toUpperCase()),
  'alt-l': ({ buffer }) => buffer.changeWord((word) => word.toLowerCase()),
  'alt-c': ({ buffer }) =>
    buffer.changeWord((word) => word.replace(/\p{L}/u, (letter) => letter.toUpperCase())),
  'alt-_': ({ buffer }) => buffer.redo(),
  'ctrl-l': (editor) => editor.clearScreen(),
  'ctrl-z': (editor) => editor.suspend(),
};
