import type { Diagnostic } from './diagnostic.ts';

/**
 * A diagnostic as people read it on a terminal:
 *
 *     a.b:3:5: error: smy is not declared
 *         smy->print("hello\n");
 *         ^~~
 *     did you mean sys?
 */
export function render(d: Diagnostic): string {
  const lines = [`${d.file}:${d.line}:${d.column}: ${d.severity}: ${d.message}`];
  if (d.source.trim() !== '') {
    const characters = [...d.source];
    const before = characters
      .slice(0, d.column - 1)
      .map((c) => (c === '\t' ? '\t' : ' '))
      .join('');
    const end = d.endLine === d.line ? Math.min(d.endColumn, characters.length + 1) : characters.length + 1;
    lines.push(`    ${d.source}`, `    ${before}^${'~'.repeat(Math.max(0, end - d.column - 1))}`);
  }
  if (d.hint !== undefined) lines.push(`    ${d.hint}`);
  for (const n of d.notes) lines.push(`    ${n.file}:${n.line}:${n.column}: ${n.message}`);
  return lines.join('\n');
}
