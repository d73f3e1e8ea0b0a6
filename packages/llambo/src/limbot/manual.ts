import { SETTINGS, show } from './settings.ts';
import { SLASH } from './slash.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** limbot(1), as docs/man has it. */
export const limbotManual = (): string => `# LIMBOT(1)

<!-- made by llamboctl help --man limbot from the tables in packages/llambo/src/limbot -->

## NAME

limbot - chat with a cluster

## SYNOPSIS

    llamboctl limbot [OPTIONS] [PROMPT ...]

llamboctl(1) lists the options.

## DESCRIPTION

With a prompt, or text on standard input, *limbot* prints one answer on standard output and its figures on standard error:
tokens, tokens a second, time to the first token, the node. Text on standard input comes behind the prompt, files of **-f**
before it. Without either, in a terminal, it is a conversation: \`You: \` asks for a question, the answer is drawn as it comes.

A line that ends with \`\\\` goes on in the next, and so does text between \`"""\` and \`"""\`; pasted lines stay together. Ctrl-C
stops an answer, which is kept as far as it came; Ctrl-D or \`/quit\` ends. The arrow keys go through everything that was
asked in this home, Ctrl-R searches it, Tab completes commands and what stands behind them.

When no cluster answers and none was named, it offers to start one in the background.

## COMMANDS

| command | what it does |
|---|---|
${SLASH.map(({ name, words, summary }) => `| \`${cell(`/${name} ${words}`.trimEnd())}\` | ${cell(summary)} |`).join('\n')}

## CONTEXT

A model reads so many tokens, prompt and answer together, and no more: \`GET /v1/models\` says how many. *Limbot* sends the system
prompt and as many of the newest turns as leave room for an answer (\`max_tokens\`, else a quarter of the context, at most 512
tokens). Prompts are counted by the model's own template and tokenizer as soon as their bytes could be more tokens than fit.
Turns go from the oldest on, question and answer together, and it says so; with \`overflow=summarise\` the model first puts
them into a few sentences, which stay. A question that alone is too long is refused and not sent.

## SETTINGS

In \`$LLAMBO_HOME/usr/limbot.conf\`, one \`name=value\` a line; \`#\` begins a comment, a value with blanks is quoted as in rc(1),
\`\\n\` is a newline in it. **--set** and \`/set\` change them for one conversation, \`/set save\` writes the file.

| name | default | what |
|---|---|---|
${SETTINGS.map(({ name, default: value, choices, summary }) => `| \`${name}\` | ${show(value)} | ${cell(summary)}${choices === undefined ? '' : ` (${choices.join(', ')})`} |`).join('\n')}

## FILES

\`$LLAMBO_HOME/usr/limbot-history.txt\`: every conversation, limbot-history(6). \`$LLAMBO_HOME/usr/limbot.conf\`: settings.

## EXIT STATUS

0 answered, 1 failed, 2 wrong command line, 3 no cluster answers, 130 the answer was stopped by Ctrl-C.

## SEE ALSO

llamboctl(1), limbot-history(6), gateway(4), models(7)
`;
