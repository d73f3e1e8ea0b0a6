/** From the words of a command to its arguments. */
import type { FdGroup } from '@llambo/namespace';
import { DishError, Econcat, Econcatnull } from '../errors.ts';
import type { Node, Word } from '../syntax/ast.ts';
import type { Context } from './context.ts';
import { put } from './fds.ts';
import { expandPattern } from './glob.ts';
import { pieces, readText } from './io.ts';
import { hasPattern, literalPattern } from './pattern.ts';

/** One argument; `pattern` when it has characters that match. */
export interface Piece {
  readonly text: string;
  readonly pattern: string | undefined;
}

/** What words need of the interpreter: running commands, and open files for the command that they belong to. */
export interface Expander {
  /** Runs `body` in a subshell; what it writes or reads is the channel. */
  substitute(ctx: Context, body: Node, fds: FdGroup): Promise<void>;
}

/** Open files and processes of `<{...}` words, which last as long as their command. */
export class CommandFiles {
  fds: FdGroup | undefined;
  readonly running: Promise<void>[] = [];

  async end(): Promise<void> {
    this.fds?.release();
    await Promise.all(this.running);
  }
}

export async function expandWords(
  ctx: Context,
  words: readonly Word[],
  run: Expander,
  files: CommandFiles,
): Promise<string[]> {
  const out: string[] = [];
  for (const word of words) {
    for (const { text, pattern } of await expandWord(ctx, word, run, files)) {
      if (pattern === undefined) out.push(text);
      else out.push(...(await expandPattern(ctx, pattern, text)));
    }
  }
  return out;
}

/** The words as patterns, for `~` and `case`: file names are not looked at. */
export async function expandPatterns(
  ctx: Context,
  words: readonly Word[],
  run: Expander,
  files: CommandFiles,
): Promise<string[]> {
  const out: string[] = [];
  for (const word of words) {
    for (const { text, pattern } of await expandWord(ctx, word, run, files))
      out.push(pattern ?? literalPattern(text));
  }
  return out;
}

export async function expandWord(
  ctx: Context,
  word: Word,
  run: Expander,
  files: CommandFiles,
): Promise<Piece[]> {
  switch (word.kind) {
    case 'literal':
      return [
        {
          text: word.text,
          pattern: !word.quoted && hasPattern(word.text) ? backslashed(word.text) : undefined,
        },
      ];
    case 'variable': {
      const list = ctx.shell.get(await nameOf(ctx, word.name, run, files));
      if (word.index === undefined) return list.map(plain);
      const wanted = await expandWords(ctx, word.index, run, files);
      return wanted.flatMap((index) => select(list, index)).map(plain);
    }
    case 'count':
      return [plain(String(ctx.shell.get(await nameOf(ctx, word.name, run, files)).length))];
    case 'joined':
      return [plain(ctx.shell.get(await nameOf(ctx, word.name, run, files)).join(' '))];
    case 'list': {
      const out: Piece[] = [];
      for (const inner of word.words) out.push(...(await expandWord(ctx, inner, run, files)));
      return out;
    }
    case 'concat':
      return concatenated(
        await expandWord(ctx, word.left, run, files),
        await expandWord(ctx, word.right, run, files),
      );
    case 'backquote': {
      const split = word.split === undefined ? undefined : await expandWords(ctx, [word.split], run, files);
      const text = await output(ctx, word.body, run);
      return tear(text, split?.join('') ?? ctx.shell.get('ifs').join('')).map(plain);
    }
    case 'command-file':
      return [plain(await commandFile(ctx, word.mode, word.body, run, files))];
  }
}

const plain = (text: string): Piece => ({ text, pattern: undefined });

/** A literal backslash is no escape: patterns of the shell have none. */
const backslashed = (text: string): string => text.replaceAll('\\', '\\\\');

async function nameOf(ctx: Context, word: Word, run: Expander, files: CommandFiles): Promise<string> {
  const names = await expandWords(ctx, [word], run, files);
  if (names.length !== 1) throw new DishError(`a variable wants one name, not ${names.length}`);
  return names[0] as string;
}

/** `2`, `2-4`, `2-`: elements from 1. */
function select(list: readonly string[], index: string): string[] {
  const found = /^(\d+)(?:(-)(\d*))?$/.exec(index);
  if (found === null) throw new DishError(`bad subscript: ${index}`);
  const from = Number(found[1]);
  const to = found[2] === undefined ? from : found[3] === '' ? list.length : Number(found[3]);
  return list.slice(Math.max(0, from - 1), to);
}

/** Word by word, or one with each of many. */
function concatenated(left: readonly Piece[], right: readonly Piece[]): Piece[] {
  if (left.length === 0 || right.length === 0) throw new DishError(Econcatnull);
  if (left.length === right.length) return left.map((piece, i) => glue(piece, right[i] as Piece));
  if (left.length === 1) return right.map((piece) => glue(left[0] as Piece, piece));
  if (right.length === 1) return left.map((piece) => glue(piece, right[0] as Piece));
  throw new DishError(Econcat(left.length, right.length));
}

function glue(a: Piece, b: Piece): Piece {
  const text = a.text + b.text;
  if (a.pattern === undefined && b.pattern === undefined) return { text, pattern: undefined };
  return { text, pattern: (a.pattern ?? literalPattern(a.text)) + (b.pattern ?? literalPattern(b.text)) };
}

async function output(ctx: Context, body: Node, run: Expander): Promise<string> {
  const [reading, writing] = await ctx.ns.pipe(ctx.by);
  const fds = ctx.fds.fork();
  put(fds, 1, writing);
  const [text] = await Promise.all([
    readText(pieces(reading, ctx.by)),
    run.substitute(ctx, body, fds).finally(() => fds.release()),
  ]);
  await reading.close();
  return text;
}

function tear(text: string, separators: string): string[] {
  if (separators === '') return text === '' ? [] : [text];
  const out: string[] = [];
  let word = '';
  for (const char of text) {
    if (!separators.includes(char)) word += char;
    else if (word !== '') {
      out.push(word);
      word = '';
    }
  }
  if (word !== '') out.push(word);
  return out;
}

async function commandFile(
  ctx: Context,
  mode: 'read' | 'write',
  body: Node,
  run: Expander,
  files: CommandFiles,
): Promise<string> {
  const [ours, theirs] = await ctx.ns.pipe(ctx.by);
  const fds = ctx.fds.fork();
  put(fds, mode === 'read' ? 1 : 0, theirs);
  files.fds ??= ctx.fds.fork();
  const fd = files.fds.add(ours);
  files.running.push(
    run.substitute(ctx, body, fds).then(
      () => fds.release(),
      () => fds.release(),
    ),
  );
  return `/fd/${fd}`;
}
