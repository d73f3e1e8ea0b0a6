import type { Argument, Command, Option } from './spec.ts';
import { EXIT_TEXT } from './spec.ts';
import { bold, dim } from './terminal.ts';

type Stream = { readonly isTTY?: boolean };

/** `llamboctl spawn CLASS N [--addr ADDR]` */
export function synopsis({ name, arguments: words = [], options = [] }: Command): string {
  return [
    'llamboctl',
    name,
    ...options.map((option) => `[${optionForm(option)}]`),
    ...words.map(argumentForm),
  ].join(' ');
}

function optionForm({ name, short, value, choices, multiple }: Option): string {
  const form = short === undefined ? `--${name}` : `-${short}`;
  const of = choices === undefined ? value : choices.join('|');
  return `${form}${value === undefined ? '' : ` ${of}`}${multiple ? ' ...' : ''}`;
}

function argumentForm({ name, choices, optional, rest }: Argument): string {
  const form = `${choices === undefined ? name : choices.join('|')}${rest ? ' ...' : ''}`;
  return optional ? `[${form}]` : form;
}

/** `-c, --config FILE` and what it does. */
export function optionRow({ name, short, value, summary }: Option): [string, string] {
  const letter = short === undefined ? '    ' : `-${short}, `;
  return [`${letter}--${name}${value === undefined ? '' : ` ${value}`}`, summary];
}

/** All commands in their groups. */
export function overview(commands: readonly Command[], stream: Stream): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const groups = new Map<string, string[]>();
  for (const { name, group, summary, hidden } of commands) {
    if (hidden) continue;
    groups.set(group, [...(groups.get(group) ?? []), `  ${name.padEnd(width)}  ${summary}`]);
  }
  const parts = [...groups].map(([group, lines]) => `${bold(stream, group)}\n${lines.join('\n')}`);
  return `usage: llamboctl COMMAND [ARGUMENTS]

${parts.join('\n\n')}

llamboctl COMMAND --help tells more; docs/man/llamboctl.1.md tells all.
`;
}

/** Help of one command: what --help prints. */
export function commandHelp(command: Command, stream: Stream): string {
  const { summary, options = [], description = [], examples = [], exits = [] } = command;
  const parts = [`usage: ${synopsis(command)}\n\n${summary[0]?.toUpperCase()}${summary.slice(1)}.`];
  parts.push(...description);
  if (options.length > 0) {
    const rows = options.map(optionRow);
    const width = Math.max(...rows.map(([form]) => form.length));
    parts.push(
      [bold(stream, 'Options'), ...rows.map(([form, what]) => `  ${form.padEnd(width)}  ${what}`)].join('\n'),
    );
  }
  if (examples.length > 0) {
    const lines = examples.map(({ line, what }) => `  ${line}\n      ${dim(stream, what)}`);
    parts.push([bold(stream, 'Examples'), ...lines].join('\n'));
  }
  const own = exits.map(([code, what]) => `${code} ${what}`);
  const all = EXIT_TEXT.map(([code, what]) => `${code} ${what}`);
  parts.push(`${bold(stream, 'Exit status')}\n  ${[...own, ...(own.length > 0 ? [] : all)].join('; ')}`);
  return `${parts.join('\n\n')}\n`;
}
