/** File names that a pattern matches, anywhere in the name space. */
import { type Dir, OREAD, unpackDirs } from '@llambo/styx';
import type { Context } from './context.ts';
import { pieces } from './io.ts';
import { matches, plainText } from './pattern.ts';

/** Look-ups that are under way at once: a pattern over a thousand nodes is a thousand walks. */
const AT_ONCE = 64;

/** The names, sorted; the text itself when there are none. */
export async function expandPattern(ctx: Context, pattern: string, text: string): Promise<string[]> {
  const rooted = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part) => part !== '');
  let found: string[] = [rooted ? '/' : ''];
  for (const [i, part] of parts.entries()) {
    ctx.signal.throwIfAborted();
    const plain = plainText(part);
    const last = i === parts.length - 1;
    if (plain !== undefined) {
      found = found.map((dir) => joinName(dir, plain));
      if (last) found = await existing(ctx, found);
      continue;
    }
    const lists = await inBatches(found, async (dir) => {
      const names = await namesIn(ctx, dir === '' ? '.' : dir);
      return names
        .filter(({ name, isDir }) => (last || isDir) && visibleTo(part, name) && matches(part, name))
        .map(({ name }) => joinName(dir, name));
    });
    found = lists.flat();
  }
  return found.length === 0 ? [text] : found.sort();
}

/** A dot at the beginning must be asked for. */
function visibleTo(pattern: string, name: string): boolean {
  return !name.startsWith('.') || pattern.startsWith('.') || pattern.startsWith('\\.');
}

function joinName(dir: string, name: string): string {
  return dir === '' || dir.endsWith('/') ? dir + name : `${dir}/${name}`;
}

async function existing(ctx: Context, names: readonly string[]): Promise<string[]> {
  const there = await inBatches(names, async (name) => {
    try {
      await ctx.ns.stat(name, ctx.by);
      return true;
    } catch {
      return false;
    }
  });
  return names.filter((_, i) => there[i]);
}

/** Entries of a directory; none when it can't be read. */
export async function namesIn(ctx: Context, dir: string): Promise<{ name: string; isDir: boolean }[]> {
  try {
    return (await readDirectory(ctx, dir)).map(({ name, mode }) => ({
      name,
      isDir: (mode & 0x80000000) !== 0,
    }));
  } catch {
    return [];
  }
}

/** Entries of a directory by name; what a union has twice is there once. */
export async function readDirectory(ctx: Context, dir: string): Promise<Dir[]> {
  const found = new Map<string, Dir>();
  await ctx.using(ctx.ns.open(dir, OREAD, ctx.by), async (chan) => {
    for await (const bytes of pieces(chan, ctx.by)) {
      for (const entry of unpackDirs(bytes)) if (!found.has(entry.name)) found.set(entry.name, entry);
    }
  });
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function inBatches<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const out: U[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    out.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  }
  return out;
}
