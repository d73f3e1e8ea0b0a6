import { nodeText, typeText } from '../types/print.ts';
import { type Decl, Kind, nameOf, Store } from '../types/type.ts';
import type { Analysis, Named } from './analyse.ts';

/** A place in a file: line and UTF-16 unit from 0, as the protocol counts. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Location {
  /** Path of the file. */
  readonly path: string;
  readonly range: Range;
}

const letter = /[\p{L}\p{N}_]/u;

/** The word at an offset of the text, or undefined between words. */
export function wordAt(text: string, offset: number): { start: number; stop: number } | undefined {
  let start = offset;
  let stop = offset;
  while (start > 0 && letter.test(text[start - 1]!)) start--;
  while (stop < text.length && letter.test(text[stop]!)) stop++;
  return stop > start ? { start, stop } : undefined;
}

export function offsetAt(a: Analysis, p: Position): number {
  const start = a.file.lines[p.line];
  return start === undefined ? a.file.text.length : Math.min(start + p.character, a.file.text.length);
}

function positionAt(lines: readonly number[], line: number, offset: number): Position {
  return { line, character: offset - lines[line]! };
}

export interface Found {
  readonly decl: Decl | undefined;
  readonly named: Named | undefined;
  readonly start: number;
  readonly stop: number;
}

/**
 * What the word at `offset` stands for: the declaration that the checker found for it, else the one of that name which
 * comes last before it, else any of that name.
 */
export function find(a: Analysis, offset: number): Found | undefined {
  const word = wordAt(a.file.text, offset);
  if (word === undefined) return undefined;
  const text = a.file.text.slice(word.start, word.stop);
  let best: Named | undefined;
  for (const n of a.names) {
    if (n.start > word.start || n.stop < word.stop) continue;
    if (n.node.decl !== null && nameOf(n.node.decl) !== text) continue;
    if (best === undefined || n.stop - n.start < best.stop - best.start) best = n;
    else if (n.stop - n.start === best.stop - best.start && best.node.decl === null) best = n;
  }
  const exact = best !== undefined && best.node.decl !== null ? best.node.decl : undefined;
  const decl = exact ?? byName(a, text, word.start);
  if (decl === undefined && best?.start !== word.start) return undefined;
  return { decl, named: best, ...word };
}

function byName(a: Analysis, name: string, before: number): Decl | undefined {
  const list = a.declared.get(name);
  if (list === undefined) return undefined;
  const base = a.unit.map.segments.find((s) => s.file === a.file)?.shift ?? 0;
  let last: Decl | undefined;
  for (const d of list) if (d.start <= before + base || last === undefined) last = d;
  return last;
}

/** The declaration itself: for an imported name, that in the module. */
export function origin(d: Decl): Decl {
  return d.importid ?? d;
}

export function locationOf(a: Analysis, decl: Decl): Location | undefined {
  const d = origin(decl);
  if (d.start < 0) return undefined;
  const { file, shift } = a.unit.map.segmentAt(d.start);
  const start = d.start - shift;
  const stop = Math.max(start, Math.min(d.stop - shift, file.text.length));
  const line = file.lineAt(start);
  const endLine = file.lineAt(stop);
  return {
    path: file.name,
    range: { start: positionAt(file.lines, line, start), end: positionAt(file.lines, endLine, stop) },
  };
}

const what: Readonly<Record<number, string>> = {
  [Store.Arg]: 'argument',
  [Store.Local]: 'local',
  [Store.Global]: 'global',
  [Store.Field]: 'member',
};

/** One line of Limbo that says what a word is. */
export function describe(a: Analysis, found: Found): string | undefined {
  const d = found.decl === undefined ? undefined : origin(found.decl);
  if (d === undefined) {
    const t = found.named?.node.ty;
    return t === undefined || t.kind === Kind.None ? undefined : typeText(a.unit, t);
  }
  const name = nameOf(d);
  switch (d.store) {
    case Store.Type: {
      if (d.ty.kind === Kind.Module) return `${name}: module`;
      if (d.ty.kind === Kind.Adt || d.ty.kind === Kind.AdtPick) {
        const fields = d.ty.ids
          .filter((f) => f.store === Store.Field)
          .map((f) => `${nameOf(f)}: ${typeText(a.unit, f.ty)};`);
        return `${typeText(a.unit, d.ty)}: adt { ${fields.join(' ')} }`;
      }
      return `${name}: type ${typeText(a.unit, d.ty)}`;
    }
    case Store.Const:
      return d.init === null ? `${name}: con` : `${name}: con ${nodeText(a.unit, d.init)}`;
    default: {
      const kind = what[d.store];
      return `${name}: ${typeText(a.unit, d.ty)}${kind === undefined ? '' : `\t# ${kind}`}`;
    }
  }
}
