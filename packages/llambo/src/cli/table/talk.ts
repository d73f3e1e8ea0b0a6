import type { Command } from '../spec.ts';
import { addr, GROUPS, json } from './common.ts';

const group = GROUPS.talk;

export const talk: readonly Command[] = [
  {
    name: 'start',
    group,
    summary: 'start a cluster and chat with it, or ask one question',
    arguments: [{ name: 'PROMPT', optional: true, rest: true }],
    description: [
      `With a prompt: one answer. In a terminal without one: a conversation. Otherwise: like llamboctl up.
Uses the cluster that is running, and starts one for the time of the conversation if there is none.`,
    ],
    examples: [{ line: 'llamboctl start "What is AI?"', what: 'one answer, from nothing' }],
    load: () => import('../commands/start.ts'),
  },
  {
    name: 'limbot',
    group,
    summary: 'chat with the cluster',
    arguments: [{ name: 'PROMPT', optional: true, rest: true }],
    options: [
      addr,
      { name: 'model', short: 'm', value: 'MODEL', kind: 'model', summary: 'model that answers' },
      { name: 'class', short: 'c', value: 'CLASS', kind: 'class', summary: 'class of nodes that answers' },
      { name: 'system', short: 's', value: 'TEXT', summary: 'system prompt' },
      { name: 'file', short: 'f', value: 'FILE', kind: 'file', multiple: true, summary: 'ask about a file' },
      {
        name: 'set',
        value: 'NAME=VALUE',
        multiple: true,
        summary: 'a setting of limbot.conf, for this conversation',
      },
      { name: 'max-tokens', value: 'N', summary: 'tokens of an answer at most' },
      { name: 'seed', value: 'N', summary: 'the same seed gives the same answer' },
      { name: 'quiet', short: 'q', summary: 'no figures behind an answer' },
      {
        name: 'resume',
        short: 'r',
        value: 'SESSION',
        kind: 'session',
        summary: 'go on with a conversation: its id or name, or `last`',
      },
      { name: 'sessions', short: 'l', summary: 'list the conversations' },
      { name: 'search', value: 'TEXT', summary: 'find what was said' },
      { name: 'export', value: 'SESSION', kind: 'session', summary: 'print a conversation as Markdown' },
      { ...json, summary: 'print the answer, the list or the conversation as JSON' },
    ],
    description: [
      `Without a prompt in a terminal: a conversation; /help lists what can be typed. Ctrl-C stops an answer,
Ctrl-D ends. With a prompt: one answer on standard output, its figures on standard error. Text on standard
input is put behind the prompt. Everything that is said is kept in usr/limbot-history.txt of the home.`,
    ],
    examples: [
      { line: 'llamboctl limbot', what: 'a conversation' },
      { line: 'cat notes.txt | llamboctl limbot "summarise"', what: 'text from a pipe' },
      { line: 'llamboctl limbot -r last', what: 'go on where you stopped' },
    ],
    exits: [
      [0, 'answered'],
      [1, 'failed'],
      [2, 'wrong command line'],
      [3, 'no cluster answers'],
      [130, 'the answer was stopped by Ctrl-C'],
    ],
    load: () => import('../commands/limbot.ts'),
  },
  {
    name: 'dish',
    group,
    summary: 'the distributed shell: work on the cluster as files, in the manner of rc',
    arguments: [
      { name: 'SCRIPT', kind: 'file', optional: true },
      { name: 'ARGUMENT', optional: true, rest: true },
    ],
    options: [
      addr,
      { name: 'command', short: 'c', value: 'COMMANDS', summary: 'run these commands instead of a prompt' },
      { name: 'errors', short: 'e', summary: 'end at the first command that fails' },
      { name: 'trace', short: 'x', summary: 'show each command before it runs' },
      { name: 'listen', value: 'unix!PATH', summary: 'serve ctl, data and status of this shell there' },
    ],
    description: [
      `Without a script in a terminal: a prompt; help lists the commands. The cluster is mounted at /n/llambo, the
host's files are at /n/local, and /usr/llambo is the folder usr of the home. dish(1) describes the language.`,
    ],
    examples: [
      { line: 'llamboctl dish', what: 'a prompt' },
      { line: "llamboctl dish -c 'status; nodes'", what: 'two commands' },
      { line: 'llamboctl dish examples/ask-every-node.dish "What is AI?"', what: 'a script' },
    ],
    exits: [
      [0, 'the last command succeeded'],
      [1, 'it failed, or exited with that status'],
      [2, 'the command line is wrong'],
      [3, 'the cluster that was named does not answer'],
      [130, 'Ctrl-C ended a script'],
    ],
    verbatim: true,
    load: () => import('../commands/dish.ts'),
  },
  {
    name: 'fuse',
    group,
    summary: 'ask several nodes and let them agree',
    arguments: [{ name: 'QUERY', rest: true }],
    options: [
      addr,
      { name: 'nodes', short: 'n', value: 'N', summary: 'how many are asked' },
      { name: 'strategy', short: 's', value: 'NAME', summary: 'how one answer is made of many' },
      { name: 'option', short: 'o', value: 'TEXT', multiple: true, summary: 'an answer to choose from' },
      { name: 'model', short: 'm', value: 'MODEL', kind: 'model', summary: 'model or class that is asked' },
      { name: 'votes', short: 'v', summary: 'show each vote as it comes' },
      json,
    ],
    description: [
      'Prints the answer on which the nodes agree; with -v what each of them said. fusion(7) lists the strategies.',
    ],
    examples: [
      {
        line: 'llamboctl fuse -n 5 -o yes -o no "Is 97 a prime?"',
        what: 'a vote of five nodes between two answers',
      },
    ],
    load: () => import('../commands/fuse.ts'),
  },
];
