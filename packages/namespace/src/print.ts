import { MAFTER, MBEFORE, MCACHE, MCREATE } from './constants.ts';
import type { Namespace } from './namespace.ts';
import { quoteIfNeeded } from './path.ts';

/** One line of a printed name space, prog(3). */
export interface MountLine {
  readonly id: number;
  readonly verb: 'bind' | 'mount';
  readonly flags: number;
  /** What was bound, by its name at that time; or the server that was mounted. */
  readonly source: string;
  readonly on: string;
  /** The aname of a mount. */
  readonly spec: string;
}

export function mountLines({ table }: Namespace): MountLine[] {
  const lines: MountLine[] = [];
  for (const { from, mounts } of table.heads) {
    for (const { id, to, flags, spec, source } of mounts) {
      const verb = source === undefined ? 'bind' : 'mount';
      lines.push({ id, verb, flags, source: source ?? to.path, on: from.path, spec });
    }
  }
  return lines.sort((a, b) => a.id - b.id);
}

/** `-abcC` as bind(1) takes them; empty for MREPL. */
export function flagLetters(flags: number): string {
  let letters = '';
  if (flags & MAFTER) letters += 'a';
  if (flags & MBEFORE) letters += 'b';
  if (flags & MCREATE) letters += 'c';
  if (flags & MCACHE) letters += 'C';
  return letters && `-${letters}`;
}

export function printLine({ verb, flags, source, on, spec }: MountLine): string {
  const words = [verb, flagLetters(flags), quoteIfNeeded(source), quoteIfNeeded(on)];
  if (spec !== '') words.push(quoteIfNeeded(spec));
  return words.filter((word) => word !== '').join(' ');
}

export function printNamespace(ns: Namespace): string {
  const lines = mountLines(ns).map(printLine);
  lines.push(`cd ${quoteIfNeeded(ns.dot)}`);
  return `${lines.join('\n')}\n`;
}

/** The lines as the file `ns` of prog(3) has them, which ns(1) reads: nothing is quoted, and a place is kept for flags. */
export function rawLines(ns: Namespace): string[] {
  const lines = mountLines(ns).map(({ verb, flags, source, on, spec }) => {
    const words = `${verb} ${flagLetters(flags)} ${source} ${on}`;
    return verb === 'mount' ? `${words} ${spec}\n` : `${words}\n`;
  });
  return [...lines, `cd ${ns.dot}\n`];
}
