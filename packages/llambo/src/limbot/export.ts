import type { Session } from './history-format.ts';

const WHO = { system: 'System', user: 'You', assistant: 'Limbot' } as const;

/** A conversation as Markdown, for people. */
export function toMarkdown({ id, name, begun, turns }: Session): string {
  const head = `# ${name ?? id}\n\n${new Date(begun).toISOString()}, conversation ${id}\n`;
  const parts = turns.map(({ role, text, end }) => {
    const node = end?.['node'];
    const who = `${WHO[role]}${node === undefined ? '' : ` (${end?.['model']}, ${node})`}`;
    return `## ${who}\n\n${text.trimEnd()}\n`;
  });
  return [head, ...parts].join('\n');
}

/** A conversation as other tools read it: the messages of the OpenAI API. */
export function toJson({ id, name, begun, turns }: Session): string {
  const messages = turns.map(({ role, text, at, end }) => ({
    role,
    content: text,
    at: new Date(at).toISOString(),
    ...(end === undefined ? { whole: false } : end),
  }));
  return `${JSON.stringify({ id, name: name ?? null, begun: new Date(begun).toISOString(), messages })}\n`;
}

/** The first words of the first question. */
export function titleOf({ name, turns }: Session, width = 48): string {
  if (name !== undefined) return name;
  const text =
    turns
      .find(({ role }) => role === 'user')
      ?.text.replace(/\s+/g, ' ')
      .trim() ?? '';
  return text.length > width ? `${text.slice(0, width - 3)}...` : text;
}
