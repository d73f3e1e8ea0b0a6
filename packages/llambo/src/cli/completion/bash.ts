import type { Argument, Command, Kind, Option } from '../spec.ts';

/** What fills `words` in the script for a value of this kind, or with one of these choices. */
function candidates(kind: Kind | undefined, choices: readonly string[] | undefined): string {
  if (choices !== undefined) return `words='${choices.join(' ')}'`;
  return kind === undefined || kind === 'none' ? ':' : `kind=${kind}`;
}

const forms = ({ name, short }: Option): string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];

function commandCase(command: Command): string {
  const options = [{ name: 'help', short: 'h', summary: '' } as Option, ...(command.options ?? [])];
  const valued = options.filter(({ value }) => value !== undefined);
  const values = valued.map(
    (option) => `        ${forms(option).join('|')}) ${candidates(option.kind, option.choices)} ;;`,
  );
  return [
    `    ${command.name})`,
    `      options='${options.flatMap(forms).join(' ')}'`,
    `      valued=' ${valued.flatMap(forms).join(' ')} '`,
    ...(values.length > 0 ? ['      case $prev in', ...values, '      esac'] : []),
    ...argumentCases(command.arguments ?? []),
    '      ;;',
  ].join('\n');
}

function argumentCases(words: readonly Argument[]): string[] {
  if (words.length === 0) return [];
  const lines = words.map(({ kind, choices, rest }, i) => {
    const found = candidates(kind, choices)
      .replace(/^kind=/, 'argkind=')
      .replace(/^words=/, 'argwords=');
    return `        ${rest ? '*' : i}) ${found} ;;`;
  });
  return ['      _llamboctl_position', '      case $position in', ...lines, '      esac'];
}

export function bash(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  return `# bash completion of llamboctl; made by llamboctl completion bash

# How many words before the cursor are arguments of the command.
_llamboctl_position() {
  local i word
  position=0
  for ((i = 2; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      -*) [[ $valued == *" $word "* ]] && ((i++)) ;;
      *) ((position++)) ;;
    esac
  done
  return 0
}

_llamboctl() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local words='' kind='' options='' valued='' argkind='' argwords='' position=0
  local commands='${shown.map(({ name }) => name).join(' ')}'
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "$commands --help --version" -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${shown.map(commandCase).join('\n')}
  esac
  if [[ $valued != *" $prev "* ]]; then
    if [[ $cur == -* ]]; then
      COMPREPLY=($(compgen -W "$options" -- "$cur"))
      return
    fi
    kind=$argkind words=$argwords
  fi
  case $kind in
    '') ;;
    file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return ;;
    folder) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); return ;;
    command) words=$commands ;;
    *) words=$("\${COMP_WORDS[0]}" complete $kind 2>/dev/null) ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

complete -F _llamboctl llamboctl
`;
}
