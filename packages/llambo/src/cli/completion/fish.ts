import type { Command, Kind, Option } from '../spec.ts';

const quoted = (words: string): string => `'${words.replace(/[\\']/g, '\\$&')}'`;

function candidates(kind: Kind | undefined, choices: readonly string[] | undefined): string {
  if (choices !== undefined) return `-a ${quoted(choices.join(' '))}`;
  switch (kind) {
    case undefined:
    case 'none':
      return '';
    case 'file':
      return '-F';
    case 'folder':
      return `-a '(__fish_complete_directories)'`;
    default:
      return `-a '(llamboctl complete ${kind} 2>/dev/null)'`;
  }
}

function optionLine(command: string, { name, short, value, kind, choices, summary }: Option): string {
  const parts = [
    `complete -c llamboctl -n '__fish_seen_subcommand_from ${command}' -l ${name}`,
    short === undefined ? '' : `-s ${short}`,
    value === undefined ? '' : kind === 'file' ? '-r' : '-x',
    value === undefined ? '' : candidates(kind, choices),
    `-d ${quoted(summary)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

function commandLines(command: Command, names: string): string[] {
  const { name, summary, options = [], arguments: words = [] } = command;
  return [
    `complete -c llamboctl -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...options.map((option) => optionLine(name, option)),
    ...words.flatMap(({ kind, choices }) => {
      const found = kind === 'command' ? `-a ${quoted(names)}` : candidates(kind, choices);
      return found === '' ? [] : [`complete -c llamboctl -n '__fish_seen_subcommand_from ${name}' ${found}`];
    }),
  ];
}

export function fish(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  const names = shown.map(({ name }) => name).join(' ');
  return `# fish completion of llamboctl; made by llamboctl completion fish
complete -c llamboctl -f
complete -c llamboctl -s h -l help -d 'print help'
${shown.flatMap((command) => commandLines(command, names)).join('\n')}
`;
}
