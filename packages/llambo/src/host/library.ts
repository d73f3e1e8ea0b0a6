/** The programs and modules that nodes find in /dis: our own Limbo, compiled when the package is built or first used. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Awaitable, type FileServer, StyxError } from '@llambo/styx';
import { FileNode, type Handle, StaticDir, serveTree, slice } from '@llambo/styx/fs';

const here = dirname(fileURLToPath(import.meta.url));
/** Sources, in a checkout: src/host and dist/host are equally deep. */
const sources = join(here, '../../../../limbo');
/** What the build has left. */
const built = join(here, '../../dist/limbo');

/** Where `#include` looks, after the program's own folder. */
export const includes: readonly string[] = [join(sources, 'module'), sources];

const found = new Map<string, Uint8Array>();

/** The object file of `name`, such as `lib/bufio.dis`. Rejects when there is none, or its source is wrong. */
export function objectFile(name: string): Awaitable<Uint8Array> {
  const known = found.get(name);
  if (known !== undefined) return known;
  const source = join(sources, name.replace(/\.dis$/, '.b'));
  const object = join(built, name);
  if (!isNewer(object, source)) {
    return compileFile(source).then((bytes) => {
      found.set(name, bytes);
      return bytes;
    });
  }
  const bytes = new Uint8Array(readFileSync(object));
  found.set(name, bytes);
  return bytes;
}

/** Compiles all of them for later: what the build does. */
export async function buildLibrary(): Promise<void> {
  for (const name of objectNames()) {
    const object = join(built, name);
    if (isNewer(object, join(sources, name.replace(/\.dis$/, '.b')))) continue;
    mkdirSync(dirname(object), { recursive: true });
    writeFileSync(object, await objectFile(name));
  }
}

/** Milliseconds at which an interface was changed last: any program may include any. */
let interfaces: number | undefined;

function interfacesChanged(): number {
  const folder = join(sources, 'module');
  return (interfaces ??= Math.max(
    0,
    ...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs),
  ));
}

/** Whether there is an object file that is up to date; without sources any is. */
function isNewer(object: string, source: string): boolean {
  if (!existsSync(object)) return false;
  if (!existsSync(source)) return true;
  return statSync(object).mtimeMs >= Math.max(statSync(source).mtimeMs, interfacesChanged());
}

/** Compiles the program at a path of this machine. Rejects with the compiler's messages. */
export async function compileFile(path: string): Promise<Uint8Array> {
  // A built host needs no compiler.
  const { compile } = await import('@llambo/limbo');
  const read = (file: string): Uint8Array | undefined =>
    existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined;
  const { dis, diagnostics } = compile(path, read, { include: includes });
  if (dis !== undefined) return dis;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  throw new StyxError(errors.map((e) => `${e.file}:${e.line}: ${e.message}`).join('\n'));
}

/** Names of all object files, in a checkout those of the sources. */
export function objectNames(): string[] {
  const from = existsSync(sources) ? sources : built;
  const ending = from === sources ? '.b' : '.dis';
  const names: string[] = [];
  const add = (folder: string): void => {
    for (const entry of readdirSync(join(from, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) add(name);
      else if (name.endsWith(ending)) names.push(`${name.slice(0, -ending.length)}.dis`);
    }
  };
  add('');
  return names.sort();
}

let library: StaticDir | undefined;

/** The directory /dis: read only, the same for every node, each file compiled when it is first opened. */
export function libraryDir(): StaticDir {
  if (library !== undefined) return library;
  library = new StaticDir([]);
  for (const name of objectNames()) {
    const names = name.split('/');
    let at = library;
    for (const folder of names.slice(0, -1)) {
      const there = at.get(folder);
      const next = there instanceof StaticDir ? there : new StaticDir([]);
      at.add(folder, next);
      at = next;
    }
    at.add(names.at(-1) as string, objectNode(name));
  }
  return library;
}

function objectNode(name: string): FileNode {
  const handle = (bytes: Uint8Array): Handle => ({ read: (offset, count) => slice(bytes, offset, count) });
  const open = (): Awaitable<Handle> => {
    const bytes = objectFile(name);
    return bytes instanceof Promise ? bytes.then(handle) : handle(bytes);
  };
  const stat = () => ({ length: BigInt(found.get(name)?.length ?? 0) });
  return new FileNode(open, { stat }, 0o555);
}

let server: FileServer | undefined;

export function libraryServer(): FileServer {
  return (server ??= serveTree(libraryDir()));
}
