/** What can be typed after a slash: one table gives help, completion and the manual page. */

export type SlashKind = 'model' | 'class' | 'setting' | 'session' | 'file';

export interface SlashCommand {
  readonly name: string;
  readonly words: string;
  readonly kind?: SlashKind;
  readonly summary: string;
}

export const SLASH: readonly SlashCommand[] = [
  { name: 'help', words: '', summary: 'list these commands' },
  {
    name: 'history',
    words: '[WORDS]',
    summary: 'list the conversations, or the lines in which all the words were said',
  },
  { name: 'clear', words: '', summary: 'begin a new conversation' },
  { name: 'status', words: '', summary: 'show the cluster' },
  { name: 'model', words: '[NAME]', kind: 'model', summary: 'list the models, or choose who answers' },
  {
    name: 'class',
    words: '[NAME]',
    kind: 'class',
    summary: 'list the classes of nodes, or choose one; - takes any',
  },
  { name: 'system', words: '[TEXT]', summary: 'show or set the system prompt; - takes it away' },
  {
    name: 'set',
    words: '[NAME [VALUE]]',
    kind: 'setting',
    summary: 'show settings, or change one; - is its default; /set save writes limbot.conf',
  },
  {
    name: 'file',
    words: '[PATH]',
    kind: 'file',
    summary: 'put a file before the next question; - takes them away',
  },
  { name: 'retry', words: '', summary: 'ask the newest question again' },
  { name: 'undo', words: '', summary: 'take the newest question and its answer back' },
  {
    name: 'save',
    words: 'NAME|FILE',
    kind: 'file',
    summary: 'name this conversation, or write it to FILE.md or FILE.json',
  },
  {
    name: 'load',
    words: '[SESSION]',
    kind: 'session',
    summary: 'go on with an earlier conversation: id, name or last',
  },
  { name: 'fusion', words: 'QUESTION', summary: 'let several nodes answer and agree' },
  { name: 'stats', words: '', summary: 'show tokens, speed and how full the context is' },
  { name: 'copy', words: '', summary: 'copy the newest answer to the clipboard of the terminal' },
  { name: 'exit', words: '', summary: 'end; so does /quit, and Ctrl-D' },
  { name: 'quit', words: '', summary: 'end' },
];

/** `/name rest`; undefined when it is a question. A path such as /etc/hosts is no command. */
export function parseSlash(text: string): { readonly name: string; readonly rest: string } | undefined {
  const match = /^\/([a-z?]+)(?:\s+([\s\S]*))?$/.exec(text.trim());
  if (match === null) return undefined;
  return { name: match[1] === '?' ? 'help' : (match[1] as string), rest: (match[2] ?? '').trim() };
}
