import { optionRow, synopsis } from './help.ts';
import { type Command, EXIT_TEXT } from './spec.ts';

/** llamboctl(1), as docs/man has it. */
export function manual(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  const groups = new Map<string, Command[]>();
  for (const command of shown) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  const parts = [
    `# LLAMBOCTL(1)

<!-- made by llamboctl help --man from the table in packages/llambo/src/cli/table -->`,
    '## NAME',
    'llamboctl - run, ask, steer and watch a cluster',
    '## SYNOPSIS',
    `    llamboctl COMMAND [ARGUMENTS]
    llamboctl COMMAND --help`,
    '## DESCRIPTION',
    `Options stand before or behind the words of a command; \`--\` ends them. Results go to standard output, everything else to
standard error. Colours and bars are for terminals only. The cluster is, in this order: **--addr**, \`LLAMBO_ADDR\`, \`addr=\` of
\`$LLAMBO_HOME/usr/llamboctl.conf\`, the one that this home has running. An address is \`HOST:PORT\` or the URL of a gateway(4),
or a dial string such as \`tcp!host!5640\` (Styx).`,
  ];
  for (const [group, members] of groups) {
    parts.push(`## ${group.toUpperCase()}`);
    for (const command of members) parts.push(...section(command));
  }
  parts.push(
    '## EXIT STATUS',
    ['| status | meaning |', '|---|---|', ...EXIT_TEXT.map(([code, what]) => `| ${code} | ${what} |`)].join(
      '\n',
    ),
    '## ENVIRONMENT',
    ENVIRONMENT,
    '## FILES',
    FILES,
    '## SEE ALSO',
    'limbot(1), dish(1), llamboctl-pull(1), llambo.yaml(5), gateway(4), models(7), strategies(7), autoscale(7), sim(1), limbo(1)',
  );
  return `${parts.join('\n\n')}\n`;
}

const ENVIRONMENT = `| variable | what |
|---|---|
| \`LLAMBO_HOME\` | Llambo's folder, default \`~/.llambo\` |
| \`LLAMBO_ADDR\` | the cluster, when \`--addr\` does not say |
| \`LLAMBO_KEY\` | key for a gateway that wants one |
| \`LLAMBO_TOKEN\` | token for Styx of another machine |
| \`LLAMBO_THREADS\` | threads of llama.cpp |
| \`VISUAL\`, \`EDITOR\` | editor of \`config edit\` |
| \`NO_COLOR\` | no colours |`;

const FILES = `| file in \`$LLAMBO_HOME\` | what |
|---|---|
| \`usr/llamboctl.conf\` | \`addr=ADDRESS\`, \`key=KEY\` and \`token=TOKEN\`, one a line; \`#\` begins a comment |
| \`usr/limbot.conf\`, \`usr/limbot-history.txt\` | limbot(1) |
| \`state/cluster.json\`, \`state/cluster.log\` | the cluster that runs here |
| \`models/\` | models(7) |`;

function section(command: Command): string[] {
  const { summary, options = [], description = [], examples = [], exits = [] } = command;
  const parts = [
    `### ${command.name}`,
    `    ${synopsis(command)}`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...description.map(plain),
  ];
  if (options.length > 0)
    parts.push(
      [
        '| option | |',
        '|---|---|',
        ...options.map((option) => {
          const [form, what] = optionRow(option);
          return `| \`${form.trim()}\` | ${plain(what)} |`;
        }),
      ].join('\n'),
    );
  if (examples.length > 0)
    parts.push(examples.map(({ line, what }) => `    ${line}    # ${what}`).join('\n'));
  if (exits.length > 0)
    parts.push(`Exit status: ${exits.map(([code, what]) => `${code} ${what}`).join(', ')}.`);
  return parts;
}

/** Text that Markdown must not take for its own. */
const plain = (words: string): string => words.replace(/[<>|*_]/g, (char) => `\\${char}`);
