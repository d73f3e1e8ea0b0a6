import { existsSync, readFileSync } from 'node:fs';
import { LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { configError } from '../errors.ts';
import { type Config, configSchema } from './schema.ts';

const DEFAULT_FILE = 'llambo.yaml';

/**
 * Reads a configuration: the named file, or llambo.yaml in the current folder, or the defaults.
 *
 * @throws LlamboError `config` with file, line and column of each mistake
 */
export function loadConfig(path?: string): Config {
  const file = path ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (file === undefined) return parseConfig('', 'built-in defaults');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw configError(`cannot read ${file}: ${(error as Error).message}`);
  }
  return parseConfig(text, file);
}

/** Parses and validates YAML; `name` is what messages call it. */
export function parseConfig(text: string, name: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number | undefined): string => {
    if (offset === undefined) return name;
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const problems = document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`);
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return;
      problems.push(`${at(node.range?.[0])}: alias *${node.source} has no anchor before it`);
    },
  });
  if (problems.length > 0) throw configError(problems.join('\n'));
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const path = issue.path as (string | number)[];
    const key = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] as string] : path;
    problems.push(`${at(offsetOf(document, key))}: ${key.join('.') || 'configuration'}: ${messageOf(issue)}`);
  }
  throw configError(problems.join('\n'));
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'unknown key';
  const text = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return text.replace(/^./, (char) => char.toLowerCase());
}

/** Where the value at `path` stands in the file; for a key that is missing, where its parent does. */
function offsetOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly (string | number)[],
): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const items = (parent as { items?: { key?: { value?: unknown; range?: number[] } }[] } | null)?.items;
    const pair = items?.find((item) => String(item.key?.value) === String(path[length - 1]));
    if (pair?.key?.range) return pair.key.range[0];
  }
  return document.contents?.range?.[0];
}
