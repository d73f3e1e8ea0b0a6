import type { Argument, Command, Kind, Option } from '../spec.ts';

/** Between single quotes; brackets and colons have a meaning to _arguments. */
const text = (words: string): string => words.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');

function action(kind: Kind | undefined, choices: readonly string[] | undefined): string {
  if (choices !== undefined) return `(${choices.join(' ')})`;
  switch (kind) {
    case undefined:
    case 'none':
      return ' ';
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'command':
      return '_llamboctl_commands';
    default:
      return `_llamboctl_names ${kind}`;
  }
}

function optionSpec({ name, short, value, kind, choices, multiple, summary }: Option): string {
  const tail = `[${text(summary)}]${value === undefined ? '' : `:${text(value)}:${action(kind, choices)}`}`;
  const long = `--${name}${value === undefined ? '' : '='}`;
  const star = multiple ? '*' : '';
  if (short === undefined) return `'${star}${long}${tail}'`;
  const letter = `-${short}${value === undefined ? '' : '+'}`;
  const exclude = multiple ? `'*'` : `'(-${short} --${name})'`;
  return `${exclude}{${letter},${long}}'${tail}'`;
}

const argumentSpec = ({ name, kind, choices, optional, rest }: Argument, i: number): string =>
  `'${rest ? '*' : i + 1}${optional && !rest ? '::' : ':'}${text(name)}:${action(kind, choices)}'`;

function commandCase({ name, options = [], arguments: words = [] }: Command): string {
  const specs = [
    `'(-h --help)'{-h,--help}'[print help]'`,
    ...options.map(optionSpec),
    ...words.map(argumentSpec),
  ];
  return `        ${name})\n          _arguments -s \\\n            ${specs.join(' \\\n            ')}\n          ;;`;
}

export function zsh(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  return `#compdef llamboctl
# zsh completion of llamboctl; made by llamboctl completion zsh

_llamboctl_commands() {
  local -a commands
  commands=(
${shown.map(({ name, summary }) => `    '${name}:${text(summary)}'`).join('\n')}
  )
  _describe -t commands command commands
}

_llamboctl_names() {
  local -a names
  names=(\${(f)"$(llamboctl complete \${@[-1]} 2>/dev/null)"})
  compadd -a names
}

_llamboctl() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C '1:command:_llamboctl_commands' '*::argument:->argument'
  case $state in
    argument)
      case $words[1] in
${shown.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _llamboctl ]]; then
  _llamboctl "$@"
else
  compdef _llamboctl llamboctl
fi
`;
}
